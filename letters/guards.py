"""Why a step of a letter may not be taken, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from authorisation.guards.paying import fees_before_the_letter_are_settled
from authorisation.lifecycle import State as CaseState
from letters.signatories import signing_offices_of
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from letters.models import Letter


def digest_is_presented(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """The bytes are named by their SHA-256."""
    if not facts.get("digest"):
        yield Reason(code="digest-missing", words=_("The letter's bytes are not presented."))


def consent_is_to_these_bytes(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """What an office consents to is what it was shown."""
    if facts.get("digest") != letter.unsigned_sha256:
        yield Reason(
            code="other-bytes",
            words=_("The consent is to another text than the letter now has."),
            mend=_("Open the letter again, read it, and sign what you have read."),
        )


def fees_are_settled(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """The letter of a grant is signed once every fee is paid or exempted; other letters need none."""
    if letter.case.state != CaseState.LETTER_DUE:
        return ()
    return fees_before_the_letter_are_settled(letter.case, actor)


def every_office_has_consented(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """All signing offices of the kind, in order."""
    consented = letter.signatures.count()
    needed = len(signing_offices_of(letter))
    if consented < needed:
        yield Reason(
            code="signature-missing",
            words=_("%(consented)s of %(needed)s offices have signed."),
            values={"consented": consented, "needed": needed},
            mend=_("Wait for the remaining signatures."),
        )


def fault_is_said(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """A failure says what failed."""
    if not facts.get("fault"):
        yield Reason(code="fault-missing", words=_("What failed is not said."))


def reasons_are_given(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """A letter is not made void without a reason."""
    if not facts.get("reasoned"):
        yield Reason(code="reasons-missing", words=_("No reasons are given."), mend=_("Give the reasons."))
