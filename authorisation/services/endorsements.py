"""Use-cases of the clock on endorsements: remind the holder, and let lapse what was not used. Each once."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from django.db import transaction

from audit import trail
from audit.models import Event
from audit.trail import Happening
from authorisation.handling import handling_of
from authorisation.lifecycle_of_endorsements import State
from authorisation.models import Endorsement, EndorsementReminder
from workflow import daily, outbox
from workflow.actors import CLOCK
from workflow.clock import Clock, today
from workflow.daily import Tally
from workflow.door import Act, Move, pass_through
from workflow.refusals import Kind, Refused

# How many endorsements are looked at with one query for their reminders.
_AT_A_TIME = 500


def run(clock: Clock) -> Tally:
    """Reminds and lets lapse what has become due about any endorsement, in the order of their last days."""
    tally = Tally()
    for endorsement in _with_an_end():
        try:
            tally += Tally(done=_remind(endorsement, clock) + _lapse(endorsement, clock))
        except Exception as fault:  # noqa: BLE001 - one endorsement does not hold up the others
            daily.report(endorsement.trail_stream, fault)
            tally += Tally(failed=1)
    return tally


def _with_an_end() -> Iterator[Endorsement]:
    in_force = Endorsement.objects.filter(state=State.IN_FORCE, valid_until__isnull=False)
    in_force = in_force.filter(case__simulated=False)
    in_force = in_force.select_related("case__authority", "authority").prefetch_related("reminders")
    return in_force.order_by("valid_until", "pk").iterator(chunk_size=_AT_A_TIME)


def reminder_days(endorsement: Endorsement) -> list[date]:
    """The days on which its holder is reminded, in order; none where it has no end."""
    validity, until = handling_of(endorsement.case).validity, endorsement.valid_until
    if validity is None or until is None:
        return []
    return sorted(until - timedelta(days=before) for before in validity.remind)


def _remind(endorsement: Endorsement, clock: Clock) -> int:
    """Gives the last reminder that is due and was not given; earlier ones would say nothing new."""
    on = today(endorsement.authority, clock)
    due = [day for day in reminder_days(endorsement) if day <= on]
    # Asked before anything is locked: on most days of the window nothing is to be done.
    if not due or due[-1] in {reminder.day for reminder in endorsement.reminders.all()}:
        return 0
    with transaction.atomic():
        fresh = Endorsement.locked(endorsement.pk)
        if fresh.state != State.IN_FORCE or fresh.reminders.filter(day=due[-1]).exists():
            return 0
        EndorsementReminder.objects.create(endorsement=fresh, day=due[-1], reminded_at=clock.now())
        event = trail.append(
            fresh,
            Happening(
                action="remind",
                from_state=fresh.state,
                to_state=fresh.state,
                actor=CLOCK.trail_name,
                facts={"day": due[-1].isoformat(), "valid_until": str(fresh.valid_until)},
                procedure_version=endorsement.case.procedure_version,
                at=clock.now(),
            ),
        )
        _tell(endorsement, event, "endorsement_lapses_soon", clock)
    return 1


def _lapse(endorsement: Endorsement, clock: Clock) -> int:
    on, until = today(endorsement.authority, clock), endorsement.valid_until
    if until is None or on <= until:
        return 0
    move = Move(
        step=Endorsement.lapse,
        record=endorsement,
        facts={"today": on.isoformat(), "valid_until": until.isoformat()},
        beside=(partial(_tell_of_lapse, clock=clock),),
    )
    try:
        pass_through(Act(actor=CLOCK, clock=clock), move)
    except Refused as refusal:
        if refusal.kind in (Kind.STATE, Kind.STALE):
            # Somebody was quicker: it is used, or has lapsed.
            return 0
        raise
    return 1


def _tell_of_lapse(endorsement: Endorsement, event: Event, *, clock: Clock) -> None:
    _tell(endorsement, event, "endorsement_lapsed", clock)


def _tell(endorsement: Endorsement, event: Event, step: str, clock: Clock) -> None:
    """The holder is told as whoever applied, in the case that created the endorsement."""
    payload: dict[str, trail.Json] = {
        "record": str(endorsement.case.public_id),
        "stream": event.stream,
        "sequence": event.sequence,
        "step": step,
        "until": endorsement.valid_until.isoformat() if endorsement.valid_until else None,
    }
    outbox.enqueue("tell_applicant", payload, clock=clock)
