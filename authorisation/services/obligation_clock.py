"""Use-cases of the clock on what is asked of holders: remind, pass on, begin what falls due again, lift.
Each once.

Every act is a small transaction of its own that locks the record and looks again, so that two workers at the
same time, or one that was killed, do nothing twice. What belongs to a demonstration runs on no clock.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction

from audit import trail
from audit.models import Event
from audit.trail import Happening
from authorisation.falling_due import reminder_days
from authorisation.guards.obliging import authorisation_ended_before_its_day
from authorisation.lifecycle_of_obligations import ENDED, State
from authorisation.models import Obligation, ObligationReminder
from authorisation.obligations import begin_next_turn
from workflow import daily, outbox
from workflow.actors import CLOCK
from workflow.clock import Clock, today
from workflow.daily import Tally
from workflow.door import Act, Move, pass_through
from workflow.refusals import Kind, Refused

What = ObligationReminder.What

# How many are read with one query for their reminders.
_AT_A_TIME = 500
_ONE = timedelta(days=1)


def run(clock: Clock) -> Tally:
    """Does what has become due about anything that is still owed, in the order of the days.

    What cannot be done is logged and counted, and keeps nothing else from being done.
    """
    tally = Tally()
    for obligation in _owed():
        try:
            tally += Tally(done=_lift(obligation, clock) or _look_after(obligation, clock))
        except Exception as fault:  # noqa: BLE001 - one of them does not hold up the others
            daily.report(obligation.trail_stream, fault)
            tally += Tally(failed=1)
    return tally


def _owed() -> Iterator[Obligation]:
    """Whatever is still owed, and the last turn of what falls due again."""
    found = Obligation.objects.filter(case__simulated=False).exclude(state__in=ENDED)
    found = found.select_related("authority", "case", "authorisation").prefetch_related("reminders")
    return found.order_by("due_on", "pk").iterator(chunk_size=_AT_A_TIME)


def _look_after(obligation: Obligation, clock: Clock) -> int:
    on = today(obligation.authority, clock)
    done = sum(_note(obligation, what, day, clock) for what, day in _due(obligation, on))
    return done + _turn(obligation, on, clock)


def _due(obligation: Obligation, on: date) -> list[tuple[ObligationReminder.What, date]]:
    """What is to be said of it today: the last reminder that was missed, or that its day has passed."""
    due = obligation.due_on
    if due is None or obligation.state != State.AWAITED:
        return []
    said = {(one.what, one.day) for one in obligation.reminders.all()}
    if on > due:
        # Once for each day that was given: with more time the holder may be late again.
        found = [(What.ESCALATE, due + _ONE)]
    else:
        days = reminder_days(obligation.requirement, due, begun_on=obligation.begun_on)
        found = [(What.REMIND, day) for day in [day for day in days if day <= on][-1:]]
    return [one for one in found if one not in said]


def _note(obligation: Obligation, what: ObligationReminder.What, day: date, clock: Clock) -> int:
    with transaction.atomic():
        fresh = Obligation.locked(obligation.pk)
        if (what, day) not in _due(fresh, today(obligation.authority, clock)):
            return 0
        ObligationReminder.objects.create(obligation=fresh, what=what, day=day, done_at=clock.now())
        event = trail.append(
            fresh,
            Happening(
                action=what.value,
                from_state=fresh.state,
                to_state=fresh.state,
                actor=CLOCK.trail_name,
                facts={"day": day.isoformat(), "due_on": str(fresh.due_on)},
                procedure_version=obligation.case.procedure_version,
                at=clock.now(),
            ),
        )
        for effect in _told(fresh, what):
            _tell(fresh, event, effect, what, clock)
    return 1


def _told(obligation: Obligation, what: ObligationReminder.What) -> tuple[str, ...]:
    """The holder before its day; after it the desk, and whoever it is passed on to."""
    if what == What.REMIND:
        return ("tell_applicant",)
    to = {"director": "tell_director", "desk_officer": "tell_desk"}
    passed_on = to.get(obligation.requirement.escalate_to.value, "tell_director")
    return tuple(dict.fromkeys(("tell_applicant", "tell_desk", passed_on)))


def _tell(
    obligation: Obligation, event: Event, effect: str, what: ObligationReminder.What, clock: Clock
) -> None:
    payload: dict[str, trail.Json] = {
        "record": str(obligation.public_id),
        "stream": event.stream,
        "sequence": event.sequence,
        "step": what.value,
        "until": obligation.due_on.isoformat() if obligation.due_on is not None else None,
    }
    outbox.enqueue(effect, payload, clock=clock)


def _turn(obligation: Obligation, on: date, clock: Clock) -> int:
    """Begins the next turn once the day of this one has passed, as it was before more time was given."""
    scheduled = obligation.scheduled_on
    if obligation.requirement.every is None or scheduled is None or scheduled >= on:
        return 0
    with transaction.atomic():
        fresh = Obligation.locked(obligation.pk)
        begun = begin_next_turn(fresh, at=clock.now(), on=on, actor=CLOCK)
    if begun is None:
        return 0
    return 1 + _turn(begun, on, clock)


def _lift(obligation: Obligation, clock: Clock) -> int:
    """Lifts what would fall due after the authorisation has ended."""
    facts: dict[str, trail.Json] = {"today": today(obligation.authority, clock).isoformat()}
    liftable = obligation.state in (State.AWAITED, State.HANDED_IN)
    if not liftable or list(authorisation_ended_before_its_day(obligation, facts)):
        return 0
    try:
        pass_through(
            Act(actor=CLOCK, clock=clock), Move(step=Obligation.lift, record=obligation, facts=facts)
        )
    except Refused as refusal:
        if refusal.kind in (Kind.STATE, Kind.STALE):
            return 0
        raise
    return 1
