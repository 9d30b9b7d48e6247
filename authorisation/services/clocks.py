"""Use-cases of the clock: remind, warn, pass on, record silence, let lapse. Each once, whoever runs them.

Every act is a small transaction of its own that locks the case and looks again at what is due, so that two
workers at the same time, or one that was killed, do nothing twice and leave nothing half done. Cases on a
clock of their own (demonstrations) are left alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from audit import trail
from audit.models import Event
from audit.trail import Happening, Json
from authorisation.clocks import What
from authorisation.clockwork import Due, Timed, silent_bodies, timed, work_due
from authorisation.kinds import Initiative
from authorisation.lifecycle import ENDED, State
from authorisation.models import Case, ClockAct
from authorisation.running import Period, periods_of
from workflow import daily, outbox
from workflow.actors import CLOCK
from workflow.clock import Clock, today
from workflow.daily import Tally
from workflow.door import Act, Move, pass_through
from workflow.refusals import Kind, Refused

# Cases read at once: few queries for many cases, and little memory.
_CHUNK = 200


def run(clock: Clock) -> Tally:
    """Does everything that has become due about any case, in order of the days for which it is due.

    What cannot be done is logged and counted, and keeps nothing else from being done.
    """
    waiting: list[tuple[Case, Due]] = []
    tally = Tally()
    for read in _open_cases():
        try:
            of = timed(read.case, read.periods, read.acts)
            waiting += [(read.case, due) for due in _due_now(of, clock)]
        except Exception as fault:  # noqa: BLE001 - one case does not hold up the others
            daily.report(read.case.trail_stream, fault)
            tally += Tally(failed=1)
    for case, due in sorted(waiting, key=lambda one: (one[1].day, one[0].pk)):
        try:
            tally += Tally(done=int(do(case, due, clock=clock)))
        except Exception as fault:  # noqa: BLE001 - one case does not hold up the others
            daily.report(case.trail_stream, fault)
            tally += Tally(failed=1)
    return tally


def do(case: Case, due: Due, *, clock: Clock) -> bool:
    """Does one thing that is due about a case; false where it is no longer due, or was done meanwhile."""
    if due.what in (What.LAPSE, What.HEAR):
        return _step(case, due, clock=clock)
    with transaction.atomic(durable=True):
        fresh = Case.locked(case.pk)
        found = _timed(fresh)
        if found is None or due not in _due_now(found, clock):
            return False
        _note(found, due, clock=clock)
    return True


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A case with the periods of its clocks and what those did already."""

    case: Case
    periods: Sequence[Period]
    acts: Sequence[ClockAct]


def _open_cases() -> Iterator[_Read]:
    """The open cases on which a clock may run, read in chunks."""
    cases = Case.objects.filter(simulated=False, due_on__isnull=False).exclude(state__in=ENDED)
    ordered = cases.select_related("authority", "activity").order_by("pk")
    last = 0
    while chunk := list(ordered.filter(pk__gt=last)[:_CHUNK]):
        last = chunk[-1].pk
        yield from _read(chunk)


def _read(cases: Sequence[Case]) -> Iterator[_Read]:
    ran = periods_of(cases)
    acts: dict[int, list[ClockAct]] = {case.pk: [] for case in cases}
    for act in ClockAct.objects.filter(case__in=cases).order_by("pk"):
        acts[act.case_id].append(act)
    return (_Read(case=case, periods=ran[case.pk], acts=acts[case.pk]) for case in cases)


def _timed(case: Case) -> Timed | None:
    (read,) = _read([case])
    return timed(case, read.periods, read.acts)


def _due_now(of: Timed | None, clock: Clock) -> list[Due]:
    if of is None or of.case.simulated:
        return []
    case = of.case
    on = today(case.authority, clock)
    in_review = case.state == State.IN_REVIEW and on > of.due_on
    return work_due(of, on, silent=silent_bodies(case) if in_review else ())


# -- what moves nothing ----------------------------------------------------------------------------


def _note(of: Timed, due: Due, *, clock: Clock) -> None:
    """The clock says something, in the case's trail, and whom it concerns is told after the commit."""
    case = of.case
    _keep(case, due, clock=clock)
    event = trail.append(
        case,
        Happening(
            action=due.what.value,
            from_state=case.state,
            to_state=case.state,
            actor=CLOCK.trail_name,
            facts=_facts(of, due),
            procedure_version=case.procedure_version,
            at=clock.now(),
        ),
    )
    # The first warning counts: one more does not put the lapse off.
    if due.what is What.WARN and case.warned_on is None:
        case.warned_on = today(case.authority, clock)
        case.save(update_fields=["warned_on"])
    for effect in _told(of, due):
        payload: dict[str, Json] = {
            "record": str(case.public_id),
            "stream": event.stream,
            "sequence": event.sequence,
            "step": due.what.value,
            "until": of.last_day.isoformat(),
            "bodies": _bodies_told(of, due),
        }
        outbox.enqueue(effect, payload, clock=clock)


def _keep(case: Case, due: Due, *, clock: Clock) -> None:
    ClockAct.objects.create(
        case=case,
        clock=due.clock,
        run=due.run,
        what=due.what,
        about=due.about,
        meaning=due.meaning,
        day=due.day,
        done_at=clock.now(),
    )


def _facts(of: Timed, due: Due) -> dict[str, Json]:
    facts: dict[str, Json] = {
        "clock": due.clock.value,
        "run": due.run,
        "day": due.day.isoformat(),
        "due_on": of.due_on.isoformat(),
    }
    if due.about:
        facts |= {"body": due.about, "silence": due.meaning}
    return facts


# Who lets a clock run out, in the words of a procedure, and the effect by which they are told.
_OWNERS = {
    "applicant": "tell_applicant",
    "desk_officer": "tell_desk",
    "reviewer": "tell_bodies",
    "chair": "tell_bodies",
    "decider": "tell_decider",
    "signer": "tell_signers",
    "director": "tell_director",
}
_OWNER_IN = {
    State.DRAFT: "applicant",
    State.SUBMITTED: "desk_officer",
    State.WITH_APPLICANT: "applicant",
    State.IN_REVIEW: "reviewer",
    State.IN_DECISION: "decider",
    State.LETTER_DUE: "signer",
}


def _told(of: Timed, due: Due) -> tuple[str, ...]:
    """The effects by which is told who is concerned: the owner, or the one to whom it is passed on."""
    if due.what is What.SILENCE:
        return ("tell_desk",)
    if due.what is What.ESCALATE:
        to = of.rule.escalate_to
        # The desk always: it is who can ask what became of it.
        return tuple(dict.fromkeys(("tell_desk", _OWNERS[to.value if to is not None else "desk_officer"])))
    if of.period.state is State.DRAFT and of.case.initiative != Initiative.ASKED_FOR:
        # The authority's own draft: whom it is about learns of it with the notice, not before.
        return ("tell_desk",)
    if of.period.state in (State.DRAFT, State.WITH_APPLICANT):
        return ("tell_applicant",)
    return (_OWNERS.get(of.rule.owner or _OWNER_IN[of.period.state], "tell_bodies"),)


def _bodies_told(of: Timed, due: Due) -> list[Json]:
    """In review, the bodies that have not spoken: each is reminded of its own silence only."""
    if of.period.state is not State.IN_REVIEW or due.what is not What.REMIND:
        return []
    return [body.code for body in silent_bodies(of.case)]


# -- what moves the case ---------------------------------------------------------------------------

_STEPS = {What.LAPSE: Case.lapse, What.HEAR: Case.hear}


def _step(case: Case, due: Due, *, clock: Clock) -> bool:
    """Lets the case lapse, or counts the holder's silence as their answer: through the door.

    The key is the same for every worker: of two at the same time the second finds it done.
    """
    fresh = Case.objects.select_related("authority", "activity").get(pk=case.pk)
    of = _timed(fresh)
    if of is None or due not in _due_now(of, clock):
        return False
    move = Move(
        step=_STEPS[due.what],
        record=fresh,
        facts={
            **_facts(of, due),
            "today": today(fresh.authority, clock).isoformat(),
            "last_day": of.last_day.isoformat(),
            "heard": False,
        },
        beside=(partial(_keep_beside, due=due, clock=clock),),
        asked={"clock": due.clock.value, "run": due.run, "day": due.day.isoformat()},
        seen=fresh.version,
    )
    key = f"{due.what.value}:{fresh.public_id}:{due.clock.value}:{due.run}"
    try:
        return not pass_through(Act(actor=CLOCK, clock=clock, key=key), move).repeated
    except Refused as refusal:
        if refusal.kind in (Kind.STATE, Kind.STALE):
            # Somebody acted between looking and locking: it is no longer due.
            return False
        raise


def _keep_beside(case: Case, _event: Event, *, due: Due, clock: Clock) -> None:
    _keep(case, due, clock=clock)
