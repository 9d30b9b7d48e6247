"""How conditions and obligations come to be: with the authorisation, with an issuance, or with the turn
before.

Called within the transaction of the step that brings them about; the caller holds the lock of the
authorisation.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from audit import trail
from audit.models import Event
from audit.trail import Happening
from authorisation.falling_due import falls_due
from authorisation.lifecycle_of_authorisations import ENDED
from authorisation.lifecycle_of_obligations import ENDED as DONE_WITH
from authorisation.models import (
    Authorisation,
    Case,
    Coverage,
    Decision,
    Obligation,
    Recording,
    TakenBack,
)
from authorisation.requirements import Requirement, Since, as_json, kept
from workflow.actors import SYSTEM, Actor


def requirements_of(case: Case) -> tuple[Requirement, ...]:
    """What the decision on a case asks of the holder: what its procedure asks, and what was typed there."""
    decision = case.decisions.last()
    return kept(decision.requirements) if decision is not None else ()


def still_asked(
    authorisation: Authorisation, *, but: Case | None = None
) -> list[tuple[Decision, tuple[Requirement, ...]]]:
    """What each decision on an authorisation asks of its holder and is not done with, oldest first.

    Done with is what falls due once and was met, waived or lifted. Decisions on the case `but` are left out.
    """
    versions = authorisation.versions.order_by("number").values_list("case", flat=True)
    cases = [case for case in dict.fromkeys(versions) if but is None or case != but.pk]
    last = {one.case_id: one for one in Decision.objects.filter(case__in=cases).order_by("pk")}
    done = {
        (one.case_id, one.code)
        for one in authorisation.obligations.filter(state__in=DONE_WITH)
        if one.requirement.every is None and one.requirement.since == Since.GRANT
    }
    found = []
    for decision in (last[case] for case in cases if case in last):
        asked = kept(decision.requirements)
        left = tuple(one for one in asked if (decision.case_id, one.code) not in done)
        if left:
            found.append((decision, left))
    return found


def begin(case: Case, authorisation: Authorisation, event: Event, *, on: date) -> list[Obligation]:
    """Begins what the decision on the case asks for, but for what follows issuances. `on`: the legal date.

    Days are counted from the decision: the letter says them before anybody has signed it.
    """
    decision = case.decisions.last()
    if decision is None:
        return []
    return [
        _begin(authorisation, case, one, at=event.time, since=decision.decided_on, on=on)
        for one in kept(decision.requirements)
        if one.since == Since.GRANT
    ]


def begin_after_issuance(authorisation: Authorisation, event: Event, *, on: date) -> list[Obligation]:
    """Begins what follows each issuance of which this event has covered something; `on`: the legal date.

    What is paid for each tonne is paid for those covered, also for what of an issuance is covered later, as
    where a change makes room for it; for no tonne twice.
    """
    covered = (
        Coverage.objects.filter(event=event.digest, line__authorisation=authorisation)
        .order_by("issued__recording")
        .values_list("issued__recording")
        .annotate(tonnes=Sum("tonnes"))
    )
    found = []
    for recording_id, tonnes in covered:
        recording = Recording.objects.get(pk=recording_id)
        for case, asked in _following_issuances(authorisation):
            begun = authorisation.obligations.filter(case=case, code=asked.code)
            if asked.once and begun.exists():
                continue
            paid_for = _never_covered_before(authorisation, recording, event, tonnes)
            again = begun.filter(recording=recording).exists()
            if again and not (asked.per_tonne and paid_for):
                continue
            turn = begun.count() + 1
            found.append(
                _begin(
                    authorisation,
                    case,
                    asked,
                    at=event.time,
                    since=recording.on,
                    on=on,
                    turn=turn,
                    recording=recording,
                    tonnes=paid_for,
                )
            )
    return found


def _never_covered_before(
    authorisation: Authorisation, recording: Recording, event: Event, tonnes: int
) -> int:
    """Of the tonnes of an issuance that this event covered, those that had not been covered once before."""
    about = {"line__authorisation": authorisation, "issued__recording": recording}
    taken = TakenBack.objects.filter(**about).order_by("pk")
    if not taken.exists():
        return tonnes
    covered = Coverage.objects.filter(**about).order_by("pk")
    moves = [(digest, line, -less) for digest, line, less in taken.values_list("event", "line", "tonnes")]
    moves += covered.values_list("event", "line", "tonnes")
    order = Event.objects.filter(digest__in={digest for digest, _line, _moved in moves})
    when = dict(order.values_list("digest", "pk"))
    held: Counter[int] = Counter()
    most: Counter[int] = Counter()
    before: Counter[int] = Counter()
    for digest, line, moved in sorted(moves, key=lambda one: when[one[0]]):
        held[line] += moved
        if digest != event.digest:
            before[line] = max(before[line], held[line])
        most[line] = max(most[line], held[line])
    return min(tonnes, (most - before).total())


def _following_issuances(authorisation: Authorisation) -> Iterable[tuple[Case, Requirement]]:
    for version in authorisation.versions.select_related("case__authority").order_by("number"):
        for asked in requirements_of(version.case):
            if asked.since == Since.ISSUANCE:
                yield version.case, asked


def begin_next_turn(obligation: Obligation, *, at: datetime, on: date, actor: Actor) -> Obligation | None:
    """Begins the turn after this one, of what falls due again; `on` is the legal date of `at`.

    None where it does not fall due again, the next turn is there already, or the authorisation has ended.
    """
    asked, turn = obligation.requirement, obligation.turn + 1
    if asked.every is None or obligation.authorisation.state in ENDED:
        return None
    turns = Obligation.objects.filter(
        authorisation=obligation.authorisation_id, case=obligation.case_id, code=obligation.code
    )
    if turns.filter(turn=turn).exists():
        return None
    return _begin(
        obligation.authorisation,
        obligation.case,
        asked,
        at=at,
        since=obligation.since,
        on=on,
        turn=turn,
        actor=actor,
    )


def _begin(
    authorisation: Authorisation,
    case: Case,
    asked: Requirement,
    *,
    at: datetime,
    since: date,
    on: date,
    turn: int = 1,
    recording: Recording | None = None,
    tonnes: int = 0,
    actor: Actor = SYSTEM,
) -> Obligation:
    due = falls_due(asked, since) if asked.since == Since.ISSUANCE else falls_due(asked, since, turn=turn)
    obligation = Obligation.objects.create(
        authority=authorisation.authority,
        authorisation=authorisation,
        case=case,
        sort=asked.sort,
        code=asked.code,
        rule=as_json(asked),
        since=since,
        recording=recording,
        turn=turn,
        begun_on=on,
        scheduled_on=due,
        due_on=due,
        waiting_since=at,
        amount=amount_due(asked, tonnes),
        currency=asked.currency,
    )
    trail.append(
        obligation,
        Happening(
            action="begin",
            to_state=obligation.state,
            actor=actor.trail_name,
            facts={
                "authorisation": authorisation.identifier,
                "case": str(case.public_id),
                "rule": as_json(asked),
                "turn": turn,
                "since": since.isoformat(),
                "due_on": due.isoformat() if due is not None else None,
                "recording": str(recording.public_id) if recording is not None else None,
                "amount": f"{obligation.amount:.2f}" if obligation.amount is not None else None,
            },
            procedure_version=case.procedure_version,
            at=at,
        ),
    )
    return obligation


def amount_due(asked: Requirement, tonnes: int) -> Decimal | None:
    """What is to be paid, with two decimals: the amount, or so much for each tonne; None where nothing is."""
    if asked.amount is None:
        return None
    return (asked.amount * tonnes if asked.per_tonne else asked.amount).quantize(Decimal("0.01"))
