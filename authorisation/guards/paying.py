"""Why a step may not be taken for want of a fee, or a proof not be handed in or judged; each a sentence."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from accounts.wording import Named
from authorisation.fees import (
    BEFORE_DECISION,
    BEFORE_LETTER,
    BEFORE_REVIEW,
    COUNTING,
    Owed,
    Payment,
    owed_by,
    unsettled,
)
from authorisation.procedures.shape import Stage
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


def fees_before_submission_are_proved(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Proof before service: of each fee for submission a proof is handed in, which the desk checks then."""
    for owed in unsettled(case, (Stage.SUBMISSION,)):
        if owed.state != Payment.HANDED_IN:
            yield Reason(
                code="fee",
                words=_("A fee of %(fee)s is due before this step, and no proof of payment is here."),
                values={"fee": owed.amount},
                mend=_("Pay the fee and hand in the proof of payment under “Fees”, or ask to be exempted."),
            )


def fees_before_review_are_settled(case: "Case", actor: Actor) -> Iterable[Reason]:
    """What is due for submission and for review is paid, or exempted with a reason."""
    return _unsettled(case, BEFORE_REVIEW)


def fees_before_decision_are_settled(case: "Case", actor: Actor) -> Iterable[Reason]:
    """The same with what is due for the decision."""
    return _unsettled(case, BEFORE_DECISION)


def fees_before_the_letter_are_settled(case: "Case", actor: Actor) -> Iterable[Reason]:
    """The same with what is due for the letter of a grant; a refusal is told without a fee."""
    return _unsettled(case, BEFORE_LETTER) if case.outcome == "granted" else ()


def _unsettled(case: "Case", stages: Collection[Stage]) -> Iterable[Reason]:
    return [_reason(owed) for owed in unsettled(case, stages)]


def _reason(owed: Owed) -> Reason:
    values = {"fee": owed.amount}
    if owed.state == Payment.HANDED_IN:
        return Reason(
            code="fee-unchecked",
            words=_("The proof of payment of the fee of %(fee)s is not checked yet."),
            values=values,
            mend=_("Let the desk accept or reject the proof, under “Fees”."),
        )
    if owed.state == Payment.REJECTED:
        return Reason(
            code="fee-rejected",
            words=_("The proof of payment of the fee of %(fee)s was rejected."),
            values=values,
            mend=_("Let the applicant hand in another proof, or exempt them with a reason."),
        )
    return Reason(
        code="fee",
        words=_("A fee of %(fee)s is due before this step, and no proof of payment is here."),
        values=values,
        mend=_("Let the applicant pay and hand in the proof, or exempt them with a reason."),
    )


# -- of one fee ------------------------------------------------------------------------------------


def _meant(case: "Case", facts: Facts) -> Owed | None:
    return next((owed for owed in owed_by(case) if owed.number == facts.get("fee")), None)


def fee_can_be_settled(case: "Case", facts: Facts) -> Iterable[Reason]:
    """The fee is asked for, and neither paid nor exempted."""
    owed = _meant(case, facts)
    if owed is None or owed.state == Payment.LATER:
        yield Reason(
            code="fee-unknown",
            words=_("No such fee is asked for in this case now."),
            mend=_("Look at the fees of the case again."),
        )
    elif owed.is_settled:
        yield Reason(
            code="fee-settled",
            words=_("The fee of %(fee)s is already paid or exempted."),
            values={"fee": owed.amount},
            mend=_("Nothing more is to be done about it."),
        )


def payment_is_named(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A proof names the payment by its reference: by that it is found, and counted once."""
    if not facts.get("payment"):
        yield Reason(
            code="payment-unnamed",
            words=_("The reference of the payment is not given."),
            mend=_("Give the number or reference that the bank or the cashier gave to the payment."),
        )


def proof_counts_once(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Neither the payment nor the file was handed in for another fee of this authority."""
    others = case.authority.fee_proofs.filter(standing__in=COUNTING).exclude(
        notice__case=case, notice__number=cast(int, facts.get("fee"))
    )
    if facts.get("payment") and others.filter(payment=facts["payment"]).exists():
        yield payment_used()
    if others.filter(sha256=facts.get("sha256")).exists():
        yield file_used()


def payment_used() -> Reason:
    """The payment was used for another fee; of which case is not for everybody to know."""
    return Reason(
        code="payment-used",
        words=_("This payment was already handed in for another fee: it counts once."),
        mend=_("Check the reference, or pay this fee as well."),
    )


def file_used() -> Reason:
    """The file was."""
    return Reason(
        code="payment-file-used",
        words=_("This file was already handed in as the proof of another fee: it counts once."),
        mend=_("Hand in the proof of the payment for this fee."),
    )


def proof_is_there(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What is accepted or rejected is a proof that counts."""
    owed = _meant(case, facts)
    if owed is None or owed.proof is None or owed.proof.standing not in COUNTING:
        yield Reason(
            code="proof-missing",
            words=_("There is no proof of payment of this fee to accept or reject."),
            mend=_("Wait until the applicant hands one in."),
        )


def rejection_of_a_proof_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A proof is rejected with reasons, which the applicant reads."""
    if facts.get("verdict") == "rejected" and not facts.get("reasoned"):
        yield Reason(
            code="proof-reasons",
            words=_("It is not said why the proof of payment is rejected."),
            mend=_("Give the reasons: the applicant reads them."),
        )


def exemption_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Nobody is exempted without a reason."""
    if not facts.get("reasoned"):
        yield Reason(
            code="exemption-reasons",
            words=_("It is not said why the applicant need not pay the fee."),
            mend=_("Give the reason, with the rule that allows it."),
        )


def exemption_is_theirs_to_give(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Exempted by whom the procedure names; by the desk where it names nobody."""
    owed = _meant(case, facts)
    if owed is not None and facts.get("function") != owed.fee.exempted_by:
        yield Reason(
            code="exemption-elsewhere",
            words=_("From this fee only this office exempts: %(office)s."),
            values={"office": Named(owed.fee.exempted_by.value, owed.fee.exempted_by.label)},
            mend=_("Ask that office to exempt the applicant, with the reason."),
        )
