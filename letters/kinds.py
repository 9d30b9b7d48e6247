"""The kinds of letter: one row each.

A further kind is one row in KINDS, one content model of the same code (letters/content.py) and one
template. Whoever asks which kinds there are, how their numbers begin or who signs them, asks here.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class UnknownKind(LookupError):
    """A kind of letter that the table does not hold."""


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """What is common to all letters of one kind.

    `series` begins the letter's number; `signing_offices` are values of accounts.Function in the order
    in which they sign; a `public` letter is shown to anyone who has its code.
    """

    code: str
    title: Promise
    series: str
    template: str
    signing_offices: tuple[str, ...]
    public: bool


KINDS: Final[tuple[LetterKind, ...]] = (
    LetterKind(
        code="authorisation",
        title=_("Letter of authorisation"),
        series="LOA",
        template="letters/authorisation.html",
        signing_offices=("signer",),
        public=True,
    ),
    LetterKind(
        code="partial_authorisation",
        title=_("Letter of partial authorisation"),
        series="LPA",
        template="letters/partial_authorisation.html",
        signing_offices=("signer",),
        public=True,
    ),
    LetterKind(
        code="refusal",
        title=_("Letter of refusal"),
        series="REF",
        template="letters/refusal.html",
        signing_offices=("signer",),
        public=False,
    ),
    LetterKind(
        code="request_for_completion",
        title=_("Request for completion"),
        series="RFC",
        template="letters/request_for_completion.html",
        signing_offices=("desk_officer",),
        public=False,
    ),
)

_BY_CODE: Final = {kind.code: kind for kind in KINDS}


def kind_of(code: str) -> LetterKind:
    """The row of a kind's code. Raises UnknownKind."""
    try:
        return _BY_CODE[code]
    except KeyError:
        known = ", ".join(_BY_CODE)
        raise UnknownKind(f"There is no kind of letter {code!r}. Known are: {known}.") from None
