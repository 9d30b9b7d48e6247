"""What pages show of the fees of a case."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Function
from accounts.names import in_language
from authorisation.fees import OPEN, Owed, Payment, owed_by
from authorisation.models import Case, FeeExemption, FeeProof
from authorisation.procedures.shape import Stage
from desk.documents.selectors import Version, version_shown
from workflow.clock import Clock, today
from workflow.refusals import Words

_BEFORE = {
    Stage.SUBMISSION: _("before the application is submitted"),
    Stage.REVIEW: _("before the review begins"),
    Stage.DECISION: _("before the decision"),
    Stage.LETTER: _("before the letter is signed"),
}


@dataclass(frozen=True, kw_only=True)
class FeeShown:
    """One fee of a case: what it is for, since when and until when it is owed, and what was done about it.

    reference   what to write on the payment; empty where it is not asked for yet
    until       the last day; None where only a step waits for it, which `before` names
    file        the proof that was handed in last
    """

    owed: Owed
    reference: str
    before: Words
    since: date | None
    until: date | None
    overdue: bool
    file: Version | None
    exempted_by: str

    @property
    def number(self) -> int:
        """Its place among the fees of the kind."""
        return self.owed.number

    @property
    def state(self) -> Payment:
        """Where it stands."""
        return self.owed.state

    @property
    def proof(self) -> FeeProof | None:
        """The last one."""
        return self.owed.proof

    @property
    def exemption(self) -> FeeExemption | None:
        """Why it need not be paid, where somebody said so."""
        return self.owed.exemption

    @property
    def is_open(self) -> bool:
        """Whether the applicant is waited on for it."""
        return self.state in OPEN

    @property
    def takes_proof(self) -> bool:
        """Whether a proof can be handed in: one that is not checked yet can be replaced."""
        return self.is_open or self.state == Payment.HANDED_IN

    @property
    def may_be_judged(self) -> bool:
        """Whether there is a proof that counts."""
        return self.state in (Payment.HANDED_IN, Payment.PAID)


def fees_shown(case: Case, *, inside: bool, clock: Clock, language: str) -> tuple[FeeShown, ...]:
    """The fees of a case; `inside` for people of its authority. No query where it owes none, else four."""
    on = today(case.authority, clock)
    return tuple(_shown(case, owed, inside, on, language) for owed in owed_by(case))


def _shown(case: Case, owed: Owed, inside: bool, on: date, language: str) -> FeeShown:
    exemption = owed.exemption
    return FeeShown(
        owed=owed,
        reference=f"{case.reference}/F{owed.number}" if owed.is_asked else "",
        before=_BEFORE[owed.fee.stage],
        since=owed.notice.served_on if owed.notice is not None else None,
        until=owed.due_on,
        overdue=owed.state in OPEN and owed.due_on is not None and owed.due_on < on and not case.simulated,
        file=version_shown(case, owed.proof.document, inside, language) if owed.proof is not None else None,
        exempted_by=(
            in_language(exemption.office.title, language)
            if exemption is not None
            else str(Function(owed.fee.exempted_by).label)
        ),
    )
