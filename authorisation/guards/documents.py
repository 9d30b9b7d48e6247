"""Why a document may not be added, removed or judged, or a step not be taken for want of one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import Named
from authorisation.document_types import OTHER, PAPER, PROOF_OF_PAYMENT, document_types
from authorisation.fees import fees_of
from authorisation.publication import kept_back
from authorisation.supporting_documents import BEFORE_DECISION, BEFORE_REVIEW, types_offered, wanted
from workflow.actors import Actor, Person
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case

# So many versions of documents one case may hold: nobody reads more, and nobody fills the disk.
MOST_VERSIONS = 300


def documents_are_asked_of_the_applicant(case: "Case", actor: Actor) -> Iterable[Reason]:
    """An applicant adds to a draft, and later what they are asked for; an officer adds at any time."""
    if not isinstance(actor, Person) or actor.office is not None:
        return
    if case.state not in ("draft", "with_applicant"):
        yield Reason(
            code="documents-not-now",
            words=_("Documents cannot be added now: the application is with the authority."),
            mend=_("Wait until the authority asks for something."),
        )


def document_may_be_added(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Its type is known, and where the applicant adds it, asked for; an officer says why they add it."""
    code = str(facts.get("type"))
    known = document_types(case.procedure_version).get(code)
    if known is None:
        yield Reason(
            code="document-type-unknown",
            words=_("There is no such type of document here."),
            mend=_("Choose a type from the list."),
        )
    elif facts.get("by") == "applicant" and code not in {one.code for one in types_offered(case)}:
        yield Reason(
            code="document-not-asked",
            words=_("The authority has not asked for a document of this type."),
            mend=_("Add what it asks for, or write to it in your answer."),
        )
    if code == PROOF_OF_PAYMENT and fees_of(case):
        yield Reason(
            code="proof-elsewhere",
            words=_("A proof of payment belongs to a fee, and is handed in with the payment’s reference."),
            mend=_("Hand it in under “Fees”."),
        )
    if code == OTHER and not facts.get("titled"):
        yield Reason(
            code="document-title",
            words=_("The document has neither a type of its own nor a title."),
            mend=_("Say in a few words what it is."),
        )
    if facts.get("by") == "office" and code != PAPER and not facts.get("noted"):
        yield Reason(
            code="document-note",
            words=_("It is not said why the authority adds this document."),
            mend=_("Say in a note where it comes from, and why it belongs to the case."),
        )
    if facts.get("marked") and not facts.get("confidential"):
        yield from kept_back(Named(code, known.name()) if known is not None else code, "")
    if case.documents.count() >= MOST_VERSIONS:
        yield Reason(
            code="documents-too-many",
            words=_("The case holds %(most)s documents, and takes no more."),
            values={"most": MOST_VERSIONS},
            mend=_("Send several papers as one file."),
        )


def document_is_current(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What is removed or judged is the version that counts now."""
    found = case.documents.filter(
        document__public_id=str(facts.get("document")), removed_at__isnull=True
    ).first()
    later = found is not None and case.documents.filter(
        type=found.type, title=found.title, number__gt=found.number, removed_at__isnull=True
    )
    if found is None or (later and later.exists()):
        yield Reason(
            code="document-not-current",
            words=_("This version of the document does not count any more: it was removed or replaced."),
            mend=_("Open the page again, and look at the version that counts now."),
        )


def document_is_no_proof_of_a_fee(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A proof of payment is judged with the fee that it is to pay."""
    if case.documents.filter(
        document__public_id=str(facts.get("document")), proof_of_fee__isnull=False
    ).exists():
        yield Reason(
            code="document-of-a-fee",
            words=_("This document is the proof of payment of a fee."),
            mend=_("Accept or reject it under “Fees”."),
        )


def rejection_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A document is rejected with reasons, which the applicant reads."""
    if facts.get("verdict") == "rejected" and not facts.get("reasoned"):
        yield Reason(
            code="document-reasons",
            words=_("It is not said why the document is rejected."),
            mend=_("Give the reasons: the applicant reads them."),
        )


def documents_are_in_order(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Before review every required document is here, and none that counts was rejected."""
    for want in wanted(case, BEFORE_REVIEW):
        if not want.is_fee:
            yield Reason(
                code=want.code, words=want.words, values={"document": want.type_name}, mend=want.mend
            )


def documents_for_decision_are_in_order(case: "Case", actor: Actor) -> Iterable[Reason]:
    """The same before the recommendation, with what must be there for a decision."""
    for want in wanted(case, BEFORE_DECISION):
        if not want.is_fee:
            yield Reason(
                code=want.code, words=want.words, values={"document": want.type_name}, mend=want.mend
            )
