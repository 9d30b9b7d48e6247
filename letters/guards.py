"""Why a step of a letter may not be taken, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.names import in_language
from authorisation.guards.paying import fees_before_the_letter_are_settled
from authorisation.lifecycle import State as CaseState
from letters.certificates import SEAL
from letters.fonts import undrawable
from letters.keys import names_in_certificate
from letters.recorded_paper import is_confirmed, last_record
from letters.signatories import signing_offices_of
from workflow.actors import Actor, Person
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


def signature_can_be_drawn(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """What the stamp of a signature says is known before: its names are in the certificate of the office.

    The sealing would fail on them, when everybody has signed.
    """
    if letter.on_paper or not isinstance(actor, Person) or actor.office is None:
        return ()
    office = actor.office
    return _drawn(
        actor.user.name,
        in_language(office.title, letter.language),
        *names_in_certificate(authority=letter.authority.slug, office=str(office.public_id)),
    )


def seal_can_be_drawn(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """The same of the seal of the authority, which a certified copy bears."""
    return _drawn(*names_in_certificate(authority=letter.authority.slug, office=SEAL))


def _drawn(*names: str) -> Iterable[Reason]:
    if signs := undrawable("".join(names), settings.LETTER_FONT_DIR):
        yield Reason(
            code="signature-undrawable",
            words=_(
                "No font here can draw these characters of the names that the signature shows: %(signs)s. "
                "The letter could not be sealed."
            ),
            values={"signs": ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs[:10])},
            mend=_(
                "Let whoever runs the system put a font that has them into LETTER_FONT_DIR and start it "
                "again, or provide a certificate whose names are in another script."
            ),
        )


def every_office_has_consented(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """All signing offices of the kind, in order; of one on paper, a second officer has confirmed them."""
    if letter.on_paper:
        record = last_record(letter)
        if record is None or not is_confirmed(record):
            yield Reason(
                code="paper-not-confirmed",
                words=_("No second officer has confirmed the copy of the signed paper."),
                mend=_("Wait for the confirmation."),
            )
        return
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
