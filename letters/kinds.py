"""The kinds of letter: one row each.

A further kind is one row in KINDS, one content model of the same code (letters/content.py) and one
template. Whoever asks which kinds there are, how their numbers begin or who signs them, asks here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from authorisation.acts import AnyPlan
from authorisation.effect import letter_of
from authorisation.kinds import Kind
from letters.content import Letter


class UnknownKind(LookupError):
    """A kind of letter that the table does not hold."""


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """What is common to all letters of one kind.

    `series` begins the letter's number; `signing_offices` are values of accounts.Function in the order
    in which they sign, where the signer stands for the signing offices of the procedure; a `public`
    letter is shown to anyone who has its code; a `concluding` one ends its case when it is issued. `gives`
    is what stands and falls with it. A letter that is sent only `where_asked` is drawn where the procedure
    of the case names it among its notices.
    """

    code: str
    title: Promise
    series: str
    template: str
    signing_offices: tuple[str, ...]
    public: bool
    concluding: bool = True
    gives: Literal["authorisation", "endorsement"] | None = None
    where_asked: bool = False

    @property
    def signed_as_the_procedure_says(self) -> bool:
        """Whether the procedure of the case says which offices sign it, and in which order."""
        return "signer" in self.signing_offices


KINDS: Final[tuple[LetterKind, ...]] = (
    LetterKind(
        code="authorisation",
        title=_("Letter of authorisation"),
        series="LOA",
        template="letters/authorisation.html",
        signing_offices=("signer",),
        public=True,
        gives="authorisation",
    ),
    LetterKind(
        code="partial_authorisation",
        title=_("Letter of partial authorisation"),
        series="LPA",
        template="letters/partial_authorisation.html",
        signing_offices=("signer",),
        public=True,
        gives="authorisation",
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
        concluding=False,
    ),
    LetterKind(
        code="intent",
        title=_("Letter of intent"),
        series="LOI",
        template="letters/intent.html",
        signing_offices=("signer",),
        public=True,
        gives="endorsement",
    ),
    LetterKind(
        code="no_objection",
        title=_("Letter of no objection"),
        series="LNO",
        template="letters/no_objection.html",
        signing_offices=("signer",),
        public=True,
        gives="endorsement",
    ),
    LetterKind(
        code="acknowledgement",
        title=_("Letter of acknowledgement"),
        series="ACK",
        template="letters/acknowledgement.html",
        signing_offices=("signer",),
        public=True,
    ),
    LetterKind(
        code="appeal",
        title=_("Decision on an appeal"),
        series="APP",
        template="letters/appeal.html",
        signing_offices=("signer",),
        public=False,
    ),
    LetterKind(
        code="authorisation_of_approach",
        title=_("Letter of authorisation of a cooperative approach"),
        series="LAA",
        template="letters/authorisation_of_approach.html",
        signing_offices=("signer",),
        public=True,
        gives="authorisation",
    ),
    LetterKind(
        code="authorisation_of_entities",
        title=_("Letter of authorisation of entities"),
        series="LAE",
        template="letters/authorisation_of_entities.html",
        signing_offices=("signer",),
        public=True,
        gives="authorisation",
    ),
    LetterKind(
        code="receipt",
        title=_("Acknowledgement of receipt"),
        series="REC",
        template="letters/receipt.html",
        signing_offices=("desk_officer",),
        public=False,
        concluding=False,
        where_asked=True,
    ),
    LetterKind(
        code="clarification",
        title=_("Request for clarification"),
        series="CLA",
        template="letters/clarification.html",
        signing_offices=("desk_officer",),
        public=False,
        concluding=False,
        where_asked=True,
    ),
    LetterKind(
        code="fee_notice",
        title=_("Notice of fees"),
        series="FEE",
        template="letters/fee_notice.html",
        signing_offices=("desk_officer",),
        public=False,
        concluding=False,
        where_asked=True,
    ),
    LetterKind(
        code="lapse",
        title=_("Notice of lapse"),
        series="LAP",
        template="letters/lapse.html",
        signing_offices=("desk_officer",),
        public=False,
        concluding=False,
        where_asked=True,
    ),
    LetterKind(
        code="first_transfer",
        title=_("Statement of first transfer"),
        series="SFT",
        template="letters/first_transfer.html",
        signing_offices=("signer",),
        public=True,
        concluding=False,
        where_asked=True,
    ),
    LetterKind(
        code="addendum",
        title=_("Addendum to a letter of authorisation"),
        series="ADD",
        template="letters/act.html",
        signing_offices=("signer",),
        public=True,
        gives="authorisation",
    ),
    LetterKind(
        code="amendment",
        title=_("Amendment of a letter of authorisation"),
        series="AMD",
        template="letters/act.html",
        signing_offices=("signer",),
        public=True,
        gives="authorisation",
    ),
    LetterKind(
        code="notice",
        title=_("Notice of an intended act"),
        series="NOT",
        template="letters/act.html",
        signing_offices=("desk_officer",),
        public=False,
        concluding=False,
    ),
    LetterKind(
        code="suspension",
        title=_("Letter of suspension"),
        series="SUS",
        template="letters/act.html",
        signing_offices=("signer",),
        public=True,
    ),
    LetterKind(
        code="resumption",
        title=_("Letter of resumption"),
        series="RES",
        template="letters/act.html",
        signing_offices=("signer",),
        public=True,
    ),
    LetterKind(
        code="revocation",
        title=_("Letter of revocation"),
        series="REV",
        template="letters/act.html",
        signing_offices=("signer",),
        public=True,
    ),
    LetterKind(
        code="surrender",
        title=_("Acceptance of a surrender"),
        series="SUR",
        template="letters/act.html",
        signing_offices=("signer",),
        public=True,
    ),
    LetterKind(
        code="discontinued",
        title=_("Notice that an act is not pursued"),
        series="DIS",
        template="letters/discontinued.html",
        signing_offices=("desk_officer",),
        public=False,
        concluding=False,
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


def title_of(content: Letter) -> Promise:
    """What a letter is called: by its kind; one that authorises outcomes alone says so."""
    if content.kind == "authorisation" and content.instrument.authorises == ("outcomes",):
        return _("Letter of authorisation of mitigation outcomes")
    return kind_of(content.kind).title


# Which letter a step asks for in a case that asks for an authorisation ...
_OF_STEP: Final = {
    "approve": "authorisation",
    "approve_in_part": "partial_authorisation",
    "refuse": "refusal",
    "return_for_completion": "request_for_completion",
    "serve_notice": "notice",
    "discontinue": "discontinued",
}

# ... and where the kind of the case makes it another.
_OF_KIND_AND_STEP: Final = {
    (Kind.APPROACH, "approve"): "authorisation_of_approach",
    (Kind.ENTITIES, "approve"): "authorisation_of_entities",
    (Kind.INTENT, "approve"): "intent",
    (Kind.NO_OBJECTION, "approve"): "no_objection",
    (Kind.ACKNOWLEDGEMENT, "approve"): "acknowledgement",
    (Kind.APPEAL, "approve"): "appeal",
    (Kind.APPEAL, "refuse"): "appeal",
}


def letter_for(kind_of_case: str, step: str, act: AnyPlan | None = None) -> str:
    """The code of the letter that a step of a case of this kind asks for. Raises UnknownKind.

    Of a case about an authorisation the granted `act` says which letter it is written in.
    """
    if act is not None and step in ("approve", "approve_in_part"):
        return letter_of(act)
    code = _OF_KIND_AND_STEP.get((Kind(kind_of_case), step)) or _OF_STEP.get(step)
    if code is None:
        raise UnknownKind(f"No letter belongs to the step {step!r} of a case of the kind {kind_of_case!r}.")
    return code


# Which letters a step of a case or of its authorisation can send besides, where the procedure asks for them.
_NOTICES_OF_STEP: Final = {
    "submit": ("receipt", "fee_notice"),
    "accept": ("fee_notice",),
    "approve": ("fee_notice",),
    "approve_in_part": ("fee_notice",),
    "ask": ("clarification",),
    "lapse": ("lapse",),
    "record_first_transfer": ("first_transfer",),
}


def notices_of(step: str, asked_for: Collection[str]) -> tuple[str, ...]:
    """The codes of the letters that a step sends besides, of those that the procedure asks for."""
    return tuple(code for code in _NOTICES_OF_STEP.get(step, ()) if code in asked_for)
