"""Which offices sign a letter, in order, and who signs for them: the holder, or a deputy in their stead."""

from typing import TYPE_CHECKING

from accounts.models import Function
from accounts.selectors import stood_in_for
from authorisation.handling import handling_of
from authorisation.procedures.shape import OfficeRule
from letters.content import Signatory
from letters.kinds import LetterKind, kind_of

if TYPE_CHECKING:
    from authorisation.models import Case
    from letters.models import Letter, Signature


def signing_offices(kind: LetterKind, case: "Case") -> tuple[OfficeRule, ...]:
    """The offices that sign a letter of this kind about this case: its own, or those of the procedure."""
    if kind.signed_as_the_procedure_says:
        return handling_of(case).signing
    return tuple(OfficeRule(function=Function(function)) for function in kind.signing_offices)


def signing_offices_of(letter: "Letter") -> tuple[OfficeRule, ...]:
    """The offices that sign this letter, in order."""
    return signing_offices(kind_of(letter.kind), letter.case)


def as_signed(signature: "Signature", expected: Signatory) -> Signatory:
    """Who signed, in whose stead: as the letter says it, or as it was where another person signed in the end.

    A letter is drawn before anybody signs it: meanwhile the holder may have fallen ill, or come back.
    """
    person = signature.person
    if person.name == expected.person_name:
        return expected
    principal = stood_in_for(person, signature.office, on=signature.consented_on)
    return Signatory(
        office_title=expected.office_title,
        field_name=expected.field_name,
        person_name=person.name,
        deputy_for=principal.name if principal is not None else None,
    )
