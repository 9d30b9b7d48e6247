"""What a case owes: each fee of its procedure that applies, and whether it is paid.

A fee of a stage is asked for when the case comes there: for submission with the draft, for review when the
application is submitted, for the decision when it is accepted, for the letter when it is approved.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.handling import handling_of
from authorisation.kinds import Initiative
from authorisation.procedures.shape import Fee, Stage

if TYPE_CHECKING:
    from authorisation.models import Case
    from authorisation.models.fees import FeeExemption, FeeNotice, FeeProof

# The stages whose fees must be settled before a case goes on to review, to decision, and to its letter.
BEFORE_REVIEW = (Stage.SUBMISSION, Stage.REVIEW)
BEFORE_DECISION = (*BEFORE_REVIEW, Stage.DECISION)
BEFORE_LETTER = (*BEFORE_DECISION, Stage.LETTER)


class Payment(models.TextChoices):
    """Where a fee stands."""

    LATER = "later", _("not asked for yet")
    OWED = "owed", _("to be paid")
    HANDED_IN = "handed_in", _("proof handed in, not checked yet")
    REJECTED = "rejected", _("proof rejected")
    PAID = "paid", _("paid")
    EXEMPT = "exempt", _("exempted")


# A proof of payment in one of these states is used up: no other fee can be paid with it.
COUNTING = ("handed_in", "accepted")

# A fee that stands there keeps nothing from going on.
SETTLED = (Payment.PAID, Payment.EXEMPT)
# What the applicant still has to do something about.
OPEN = (Payment.OWED, Payment.REJECTED)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One fee of a case.

    number      its place among the fees of the kind in the procedure, from 1
    notice      by which it was asked for; None where it is not yet, or the case is older than notices
    proof       the last one that was handed in and not taken back
    is_asked    the case has come to its stage
    """

    number: int
    fee: Fee
    is_asked: bool
    notice: "FeeNotice | None" = None
    proof: "FeeProof | None" = None
    exemption: "FeeExemption | None" = None

    @property
    def state(self) -> Payment:
        """Where it stands."""
        if self.exemption is not None:
            return Payment.EXEMPT
        if not self.is_asked:
            return Payment.LATER
        if self.proof is None:
            return Payment.OWED
        return {
            "handed_in": Payment.HANDED_IN,
            "accepted": Payment.PAID,
            "rejected": Payment.REJECTED,
        }[self.proof.standing]

    @property
    def is_settled(self) -> bool:
        """Whether it is paid, or need not be."""
        return self.state in SETTLED

    @property
    def amount(self) -> str:
        """Currency and amount, as everywhere in the software."""
        return amount_of(self.fee)

    @property
    def due_on(self) -> date | None:
        """The last day to pay it, where the procedure gives one."""
        return self.notice.due_on if self.notice is not None else None


def amount_of(fee: Fee) -> str:
    """Currency (ISO 4217) and amount with two decimals."""
    return f"{fee.currency} {fee.amount:.2f}"


def fees_of(case: "Case") -> tuple[tuple[int, Fee], ...]:
    """The fees that the applicant of this case pays at some stage, each with its number. No query.

    The authority asks nothing for its own acts, nor for what an upheld appeal has taken up: that was paid.
    """
    if case.initiative != Initiative.ASKED_FOR or case.after_appeal_id is not None:
        return ()
    asked = handling_of(case).fees
    if not asked:
        return ()
    country, at_home = case.applicant.country, case.authority.party.code
    return tuple(
        (number, fee)
        for number, fee in enumerate(asked, start=1)
        if fee.is_due_from(country, at_home=at_home)
    )


def owed_by(case: "Case") -> tuple[Owed, ...]:
    """Every fee of the case with what was done about it, in the order of the procedure.

    No query where the procedure asks for none, else at most four.
    """
    fees = fees_of(case)
    if not fees:
        return ()
    rows = case.fee_notices.select_related("exemption__office", "case")
    notices = {row.number: row for row in rows.prefetch_related("proofs__document__findings__office")}
    return tuple(_owed(case, number, fee, notices.get(number)) for number, fee in fees)


def _owed(case: "Case", number: int, fee: Fee, notice: "FeeNotice | None") -> Owed:
    if notice is None:
        return Owed(number=number, fee=fee, is_asked=fee.stage in _stages_reached(case))
    proofs = [proof for proof in notice.proofs.all() if proof.standing not in ("replaced", "removed")]
    return Owed(
        number=number,
        fee=fee,
        is_asked=True,
        notice=notice,
        proof=proofs[-1] if proofs else None,
        exemption=getattr(notice, "exemption", None),
    )


_REACHED: dict[str, Collection[Stage]] = {
    "draft": (Stage.SUBMISSION,),
    "submitted": BEFORE_REVIEW,
    "with_applicant": BEFORE_REVIEW,
    "in_review": BEFORE_DECISION,
    "in_decision": BEFORE_DECISION,
    "letter_due": BEFORE_LETTER,
}


def _stages_reached(case: "Case") -> Collection[Stage]:
    """Of a case that is older than notices, the stages whose fees it owes; none once it has ended."""
    return _REACHED.get(case.state, ())


def unsettled(case: "Case", stages: Collection[Stage]) -> list[Owed]:
    """The fees of these stages that are neither paid nor exempted."""
    return [owed for owed in owed_by(case) if owed.fee.stage in stages and not owed.is_settled]
