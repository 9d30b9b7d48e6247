"""Why a step of a letter may not be taken, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from letters.kinds import kind_of
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


def every_office_has_consented(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """All signing offices of the kind, in order."""
    consented = letter.signatures.count()
    needed = len(kind_of(letter.kind).signing_offices)
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
