"""Use-cases of what is asked of holders: hand in, find met or not, give more time, find a breach, waive.

A finding of breach can open a suspension, of which it is the ground.

By the holder, or by officers of the authority. Each raises Refused with every reason, and nothing has then
moved.
"""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, cast

from accounts.models import Office
from audit.models import Event
from audit.trail import Json
from authorisation import acts, covering
from authorisation.balances import moving_of
from authorisation.document_types import EVIDENCE
from authorisation.held_back import unmet_conditions
from authorisation.models import (
    Authorisation,
    Case,
    Obligation,
    ObligationEvidence,
    ObligationFinding,
    PlannedAct,
)
from authorisation.obligations import begin_after_issuance, begin_next_turn
from authorisation.requirements import Sort
from authorisation.services.acts import open_act
from authorisation.services.documents import Said, Upload, write_document
from authorisation.standing import granting_case
from projects.documents import TakenIn, take_in, taken_in_again
from projects.models import Activity
from workflow.actors import Person
from workflow.clock import today
from workflow.door import Act, Move, pass_through, take
from workflow.steps import Step

Verdict = ObligationFinding.Verdict


def hand_in(
    obligation: Obligation,
    *,
    act: Act,
    upload: Upload | None = None,
    reference: str = "",
    note: str = "",
    confidentiality_basis: str = "",
    seen: int | None = None,
) -> Obligation:
    """Hands in what shows that it was done: a file, or the reference of something that can be looked up.

    A confidential file has its basis. The file is checked and scanned before anything is locked.
    """
    file = _taken_in(upload)
    reference, note = " ".join(reference.split())[:500], note.strip()
    move = Move(
        step=Obligation.hand_in,
        record=obligation,
        facts=_evidence_facts(file, reference),
        beside=(
            partial(
                _write_evidence,
                act=act,
                file=file,
                reference=reference,
                note=note,
                basis=confidentiality_basis.strip(),
            ),
        ),
        seen=seen,
        asked={"reference": reference, "sha256": file.sha256 if file is not None else ""},
    )
    return take(act, move)


def find_met(
    obligation: Obligation,
    *,
    act: Act,
    reasons: str,
    upload: Upload | None = None,
    reference: str = "",
    seen: int | None = None,
) -> Obligation:
    """Finds it met, on what was handed in or on evidence of the officer's own, with reasons.

    With the last condition precedent the authorisation takes effect: what was issued meanwhile is covered,
    and first transferred where its definition says so.
    """
    file = _taken_in(upload)
    reference = " ".join(reference.split())[:500]
    on = today(obligation.authority, act.clock)
    evidence = _evidence_facts(file, reference)
    beside: list[Any] = []
    if evidence["evidence"]:
        beside.append(partial(_write_evidence, act=act, file=file, reference=reference, note="", basis=""))
    beside += [partial(_write_finding, act=act, verdict=Verdict.MET, reasons=reasons.strip())]
    beside += [partial(_go_on, act=act)]
    found: Move[Any] = Move(
        step=Obligation.find_met,
        record=obligation,
        facts={**evidence, "reasoned": bool(reasons.strip()), "today": on.isoformat()},
        reason=reasons.strip(),
        writes={"met_on": on},
        beside=tuple(beside),
        seen=seen,
    )
    moves = [found]
    if obligation.sort == Sort.CONDITION:
        # Under the lock of the authorisation: of two officers who record the last two, one is the last.
        moves.append(
            Move(
                step=Authorisation.note_condition,
                record=obligation.authorisation,
                facts={"condition": str(obligation.public_id), "on": on.isoformat()},
                beside=(_take_effect,),
            )
        )
    return cast(Obligation, pass_through(act, *moves).records[0])


def _take_effect(authorisation: Authorisation, event: Event) -> None:
    """What was issued while a condition held the authorisation back is covered once none does."""
    if unmet_conditions(authorisation):
        return
    Activity.locked(authorisation.activity_id)
    case = granting_case(authorisation)
    moving = moving_of(event, case)
    covering.cover_what_is_issued(moving, authorisation)
    begin_after_issuance(authorisation, event, on=moving.on)


def find_not_met(obligation: Obligation, *, act: Act, reasons: str, seen: int | None = None) -> Obligation:
    """Finds that what was handed in does not show it, with reasons: it is awaited as before."""
    return take(act, _found(Obligation.find_not_met, Verdict.NOT_MET, obligation, act, reasons, seen))


def extend(
    obligation: Obligation, *, act: Act, until: date | None, reasons: str, seen: int | None = None
) -> Obligation:
    """Gives more time, until a later day, with reasons. What falls due again keeps its days."""
    facts: dict[str, Json] = {"until": until.isoformat() if until is not None else None}
    move = _found(
        Obligation.extend, Verdict.MORE_TIME, obligation, act, reasons, seen, facts=facts, until=until
    )
    return take(act, move)


def find_breach(obligation: Obligation, *, act: Act, reasons: str, seen: int | None = None) -> Obligation:
    """Finds that its day has passed and it was not done, with reasons; the holder may still make it good."""
    return take(act, _found(Obligation.find_breach, Verdict.BREACH, obligation, act, reasons, seen))


def waive(obligation: Obligation, *, act: Act, reasons: str, seen: int | None = None) -> Obligation:
    """Waives it this time, with reasons; what recurs falls due again."""
    move = _found(Obligation.waive, Verdict.WAIVED, obligation, act, reasons, seen, goes_on=True)
    return take(act, move)


def breach_found(obligation: Obligation) -> ObligationFinding | None:
    """The last finding that it was breached; None where there is none."""
    return obligation.findings.filter(verdict=Verdict.BREACH).last()


def open_suspension(obligation: Obligation, *, act: Act, grounds: str, seen: int | None = None) -> Case:
    """Opens a suspension of its authorisation, as a draft of which the finding of breach is the ground.

    grounds     in words, for the notice and the letter (`breach_in_words` says the finding)
    What was handed in goes with it, as documents of the case. Nothing is suspended by this.
    """
    plan = acts.read({"type": "suspension", "grounds": grounds.strip()})
    move = Move(
        step=Obligation.open_suspension,
        record=obligation,
        facts={"grounds": bool(grounds.strip())},
        beside=(partial(_open_suspension, act=act, plan=plan),),
        seen=seen,
        asked={"grounds": grounds.strip()},
    )
    done = take(act, move)
    return PlannedAct.objects.select_related("case").filter(breach__obligation=done).latest("pk").case


def _open_suspension(obligation: Obligation, event: Event, *, act: Act, plan: acts.AnyPlan) -> None:
    """Under the lock of the obligation: of two officers at once the second finds the first's case."""
    finding = breach_found(obligation)
    # The key is the step's own: whoever sends it again finds the step done.
    case = open_act(obligation.authorisation, plan, act=replace(act, key=""), breach=finding)
    for one in obligation.evidence.select_related("document__document"):
        if one.document is None:
            continue
        held = one.document.document
        said = Said(type=EVIDENCE, title=one.document.title, basis=held.confidentiality_basis, note=one.note)
        write_document(case, event, act=act, file=taken_in_again(held), said=said)


def _found(
    step: Step[Obligation],
    verdict: ObligationFinding.Verdict,
    obligation: Obligation,
    act: Act,
    reasons: str,
    seen: int | None,
    *,
    facts: dict[str, Json] | None = None,
    until: date | None = None,
    goes_on: bool = False,
) -> Move[Obligation]:
    written = partial(_write_finding, act=act, verdict=verdict, reasons=reasons.strip(), until=until)
    return Move(
        step=step,
        record=obligation,
        facts={
            "reasoned": bool(reasons.strip()),
            "today": today(obligation.authority, act.clock).isoformat(),
            **(facts or {}),
        },
        reason=reasons.strip(),
        writes={"due_on": until} if until is not None else {},
        beside=(written, partial(_go_on, act=act)) if goes_on else (written,),
        seen=seen,
    )


def _taken_in(upload: Upload | None) -> TakenIn | None:
    if upload is None:
        return None
    return take_in(upload.content, name=upload.name, declared=upload.declared)


def _evidence_facts(file: TakenIn | None, reference: str) -> dict[str, Json]:
    """What the trail keeps of evidence: of a file its digest, of a reference that there is one."""
    return {
        **(file.facts() if file is not None else {}),
        "evidence": file is not None or bool(reference),
        "reference": reference,
    }


def _write_evidence(
    obligation: Obligation,
    event: Event,
    *,
    act: Act,
    file: TakenIn | None,
    reference: str,
    note: str,
    basis: str,
) -> None:
    person = cast(Person, act.actor)
    document = None
    if file is not None:
        said = Said(type=EVIDENCE, title=f"{obligation.code}/{obligation.turn}", basis=basis)
        document = write_document(obligation.case, event, act=act, file=file, said=said)
    ObligationEvidence.objects.create(
        obligation=obligation,
        document=document,
        reference=reference,
        note=note,
        handed_in_by=person.user,
        office=person.office,
        handed_in_at=event.time,
        handed_in_on=today(obligation.authority, act.clock),
    )


def _write_finding(
    obligation: Obligation,
    event: Event,
    *,
    act: Act,
    verdict: ObligationFinding.Verdict,
    reasons: str,
    until: date | None = None,
) -> None:
    person = cast(Person, act.actor)
    ObligationFinding.objects.create(
        obligation=obligation,
        verdict=verdict,
        reasons=reasons,
        until=until,
        office=cast(Office, person.office),
        person=person.user,
        said_at=event.time,
        said_on=today(obligation.authority, act.clock),
    )


def _go_on(obligation: Obligation, event: Event, *, act: Act) -> None:
    """What falls due again is there from the moment its turn before was met or waived."""
    on = today(obligation.authority, act.clock)
    begin_next_turn(obligation, at=event.time, on=on, actor=act.actor)
