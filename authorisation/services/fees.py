"""Use-cases of fees: ask for them, hand in, accept or reject a proof of payment, exempt with a reason."""

from functools import partial
from typing import cast

from django.db import IntegrityError, transaction

from accounts.models import Office
from audit import trail
from audit.models import Event
from audit.trail import Happening
from authorisation.deadlines import due_after
from authorisation.document_types import PROOF_OF_PAYMENT
from authorisation.fees import COUNTING, fees_of
from authorisation.guards.paying import file_used, payment_used
from authorisation.handling import procedure_of
from authorisation.models import Case, DocumentFinding, FeeExemption, FeeNotice, FeeProof
from authorisation.models.fees import ProofState, payment_of
from authorisation.procedures.shape import Fee, Stage, Unit
from authorisation.services.documents import Said, Upload, write_document
from projects.documents import TakenIn, take_in
from workflow import outbox
from workflow.actors import SYSTEM, Person
from workflow.clock import Clock, today
from workflow.door import Act, Move, take
from workflow.effects import Step
from workflow.refusals import Kind, Refused

# The step with which a case comes to where the fees of a stage are asked for.
_ASKED_FOR_BY = {
    "submit": Stage.REVIEW,
    "accept": Stage.DECISION,
    "approve": Stage.LETTER,
    "approve_in_part": Stage.LETTER,
}


def charge(step: Step) -> None:
    """Asks for the fees of the stage to which a step has brought a case; within the step's transaction."""
    serve_notices(cast(Case, step.record), _ASKED_FOR_BY[step.name], clock=step.clock)


def serve_notices(case: Case, stage: Stage, *, clock: Clock) -> None:
    """Writes a notice of each fee of a stage that has none, tells the trail, and the applicant afterwards.

    Called within the transaction that holds the lock of the case. What was asked for once is not again.
    """
    due = [(number, fee) for number, fee in fees_of(case) if fee.stage == stage]
    if not due:
        return
    asked = set(case.fee_notices.values_list("number", flat=True))
    for number, fee in due:
        if number not in asked:
            _serve(case, number, fee, clock=clock)


def _serve(case: Case, number: int, fee: Fee, *, clock: Clock) -> FeeNotice:
    on = today(case.authority, clock)
    notice = FeeNotice.objects.create(
        case=case,
        number=number,
        stage=fee.stage.value,
        amount=fee.amount,
        currency=fee.currency,
        basis=fee.basis,
        served_at=clock.now(),
        served_on=on,
        due_on=(
            due_after(on, fee.days, unit=Unit.CALENDAR, calendar=procedure_of(case).calendar)
            if fee.days is not None
            else None
        ),
    )
    event = trail.append(
        case,
        Happening(
            action="charge",
            from_state=case.state,
            to_state=case.state,
            actor=SYSTEM.trail_name,
            facts={
                "fee": number,
                "stage": fee.stage.value,
                "amount": f"{fee.amount:.2f}",
                "currency": fee.currency,
                "due_on": notice.due_on.isoformat() if notice.due_on else None,
            },
            procedure_version=case.procedure_version,
            at=clock.now(),
        ),
    )
    outbox.enqueue(
        "tell_applicant",
        {
            "record": str(case.public_id),
            "stream": event.stream,
            "sequence": event.sequence,
            "step": "charge",
            **({"until": notice.due_on.isoformat()} if notice.due_on else {}),
        },
        clock=clock,
    )
    return notice


def hand_in_proof(
    case: Case, upload: Upload, *, fee: int, reference: str, act: Act, seen: int | None = None
) -> Case:
    """Hands in what shows that a fee was paid: a file, and the reference of the payment.

    `fee`: its number in the case. One that was handed in before for the same fee, and not accepted, is
    replaced. Raises Refused where the payment or the file was used for another fee of the authority, also by
    somebody at the same moment: the database lets one of them through.
    """
    return hand_in_taken(
        case,
        take_in(upload.content, name=upload.name, declared=upload.declared),
        fee=fee,
        reference=reference,
        act=act,
        seen=seen,
    )


def hand_in_taken(
    case: Case, file: TakenIn, *, fee: int, reference: str, act: Act, seen: int | None = None
) -> Case:
    """The same for a file that was taken in before."""
    reference = " ".join(reference.split())[:100]
    move = Move(
        step=Case.hand_in_proof,
        record=case,
        facts={**file.facts(), "fee": fee, "payment": payment_of(reference)},
        beside=(partial(_write_proof, act=act, file=file, fee=fee, reference=reference),),
        seen=seen,
        asked={"fee": fee, "payment": payment_of(reference), "sha256": file.sha256},
    )
    return take(act, move)


def _write_proof(case: Case, event: Event, *, act: Act, file: TakenIn, fee: int, reference: str) -> None:
    notice = _notice(case, fee, clock=act.clock)
    notice.proofs.filter(standing__in=COUNTING).update(standing=ProofState.REPLACED)
    document = write_document(
        case, event, act=act, file=file, said=Said(type=PROOF_OF_PAYMENT, title=notice.reference)
    )
    payment = payment_of(reference)
    try:
        with transaction.atomic():
            FeeProof.objects.create(
                authority=case.authority,
                notice=notice,
                document=document,
                reference=reference,
                payment=payment,
                sha256=file.sha256,
                handed_in_at=event.time,
            )
    except IntegrityError as error:
        # Between looking and writing somebody handed the same in for another case.
        counting = case.authority.fee_proofs.filter(standing__in=COUNTING)
        reasons = [payment_used()] if counting.filter(payment=payment).exists() else []
        if counting.filter(sha256=file.sha256).exists():
            reasons.append(file_used())
        if not reasons:
            raise
        raise Refused(Kind.RULE, reasons) from error


def _notice(case: Case, number: int, *, clock: Clock) -> FeeNotice:
    """The notice of a fee; for a case that is older than notices it is served now."""
    found = case.fee_notices.filter(number=number).first()
    return found if found is not None else _serve(case, number, dict(fees_of(case))[number], clock=clock)


def judge_proof(
    case: Case,
    *,
    fee: int,
    verdict: DocumentFinding.Verdict,
    act: Act,
    reasons: str = "",
    seen: int | None = None,
) -> Case:
    """Accepts the proof of a fee, which is then paid, or rejects it with reasons.

    One that was accepted may be rejected later, where the payment did not arrive after all.
    """
    reasons = reasons.strip()
    move = Move(
        step=Case.judge_proof,
        record=case,
        facts={"fee": fee, "verdict": verdict.value, "reasoned": bool(reasons)},
        reason=reasons,
        beside=(partial(_write_verdict, act=act, fee=fee, verdict=verdict, reasons=reasons),),
        seen=seen,
    )
    return take(act, move)


def _write_verdict(
    case: Case, event: Event, *, act: Act, fee: int, verdict: DocumentFinding.Verdict, reasons: str
) -> None:
    person = cast(Person, act.actor)
    proof = FeeProof.objects.get(notice__case=case, notice__number=fee, standing__in=COUNTING)
    accepted = verdict == DocumentFinding.Verdict.ACCEPTED
    proof.standing = ProofState.ACCEPTED if accepted else ProofState.REJECTED
    proof.save(update_fields=["standing"])
    # The file is among the documents of the case, and says there what was found of it.
    DocumentFinding.objects.create(
        document=proof.document,
        verdict=verdict,
        reasons=reasons,
        office=cast(Office, person.office),
        found_by=person.user,
        found_at=event.time,
    )


def exempt_from_fee(case: Case, *, fee: int, reasons: str, act: Act, seen: int | None = None) -> Case:
    """Exempts the applicant from a fee, with the reason: by whom the procedure names, else the desk."""
    reasons = reasons.strip()
    office = act.actor.office if isinstance(act.actor, Person) else None
    move = Move(
        step=Case.exempt_from_fee,
        record=case,
        facts={
            "fee": fee,
            "reasoned": bool(reasons),
            "function": office.function if office is not None else "",
        },
        reason=reasons,
        beside=(partial(_write_exemption, act=act, fee=fee, reasons=reasons),),
        seen=seen,
    )
    return take(act, move)


def _write_exemption(case: Case, event: Event, *, act: Act, fee: int, reasons: str) -> None:
    person = cast(Person, act.actor)
    notice = _notice(case, fee, clock=act.clock)
    FeeExemption.objects.create(
        case=case,
        notice=notice,
        office=cast(Office, person.office),
        person=person.user,
        reasons=reasons,
        said_at=event.time,
        said_on=today(case.authority, act.clock),
    )
