"""What a letter of each kind looks like before there is any case: placeholders, and a mark on every page.

An authority looks at its letters before it uses them: its house, its languages, the words of every kind.
A specimen has no number and no code, carries no content for machines and no field to sign in, and so is
accepted by no check.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Authority
from accounts.names import in_language, party_name
from letters import content as letter
from letters import houses
from letters.bilingual import CSS as BESIDE
from letters.kinds import kind_of
from letters.preview import styles
from letters.rendering import house_of, page_of_letter
from letters.typesetting import typeset, write_pdf

# The languages that letters speak (`locale`, `locale_of_letters`).
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ar": "العربية",
}
# A code has twelve letters and digits in three groups: this is none.
CODE: Final = "SPECIMEN"
_OTHER_PARTY: Final = "XXX"
_TONNES: Final = 1000
_NO_DIGEST: Final = "0" * 64


def languages_of(authority: Authority) -> tuple[str, ...]:
    """The languages in which an authority can look at its letters, its own first."""
    own = [code for code in authority.languages if code in LANGUAGES]
    return tuple(dict.fromkeys([*own, *LANGUAGES]))


def specimen(authority: Authority, kind_code: str, language: str, *, on: date) -> letter.Letter:
    """The content of a letter of this kind, in the house that is in force on that day.

    Raises letters.houses.BadHouse, letters.kinds.UnknownKind.
    """
    kind = kind_of(kind_code)
    house = houses.in_force(settings.LETTER_HOUSES_DIR, authority.slug, on=on)
    made = _Specimen(authority, kind.code, language, on, house, offices=max(1, len(kind.signing_offices)))
    content = made.content()
    second = house.beside if house is not None else None
    if second is None or second == language:
        return content
    beside = _Specimen(authority, kind.code, second, on, house, offices=made.offices).content()
    # A letter has one number, whatever the language.
    return letter.in_second_language(content, beside.model_copy(update={"number": content.number}))


def on_screen(content: letter.Letter, *, stylesheet: str) -> str:
    """The page (HTML) of a specimen; `stylesheet` is the address of its look (`look`)."""
    return page_of_letter(content, specimen=True, preview=stylesheet)


def look(content: letter.Letter) -> str:
    """The look of a specimen on a screen, with that of the house it is set in."""
    house = house_of(content)
    return (
        styles() + (BESIDE if content.beside is not None else "") + (house.css if house is not None else "")
    )


def as_file(content: letter.Letter) -> bytes:
    """The PDF of a specimen. Raises letters.typesetting.CannotTypeset."""
    house = house_of(content)
    crest = house.crest if house is not None else None
    page = page_of_letter(content, specimen=True, crest=crest is not None)
    more = get_template("letters/specimen.css").render({}) + (BESIDE if content.beside is not None else "")
    with typeset(
        kind_of(content.kind).template,
        {},
        stylesheet="letters/letter.css",
        language=content.language,
        parts={} if crest is None else {"letter:crest.svg": crest},
        more_css=more + (house.css if house is not None else ""),
        page=page,
    ) as document:
        return write_pdf(document, pdf_variant="pdf/a-3a", pdf_identifier=CODE.encode().ljust(16, b"-"))


class _Specimen:
    """One specimen being made: every text that a case would give is a placeholder in square brackets."""

    def __init__(
        self,
        authority: Authority,
        kind_code: str,
        language: str,
        on: date,
        house: letter.HouseUsed | None,
        *,
        offices: int,
    ) -> None:
        self._authority, self._kind, self._language = authority, kind_code, language
        self._on, self._house, self.offices = on, house, offices

    def content(self) -> letter.Letter:
        """All of it, in its language."""
        with translation.override(self._language):
            return _BODIES[self._kind](self)

    def head(self) -> dict[str, Any]:
        """What stands in every letter."""
        party = self._authority.party.code
        return {
            "schema": "letter-content/1",
            "kind": self._kind,
            "number": put(pgettext("placeholder", "no number")),
            "case_reference": put(pgettext("placeholder", "reference of the case")),
            "code": CODE,
            "check_url": f"{settings.PUBLIC_URL}/check/",
            "language": self._language,
            "demonstration": settings.DEMONSTRATION,
            "party": letter.Party(code=party, name=party_name(party, self._language)),
            "authority": letter.IssuingAuthority(
                name=in_language(self._authority.name, self._language),
                legal_basis=(_("Article 6, paragraph 2, of the Paris Agreement; decision 2/CMA.3, annex"),),
            ),
            "addressee": letter.Addressee(
                name=put(pgettext("placeholder", "name of the addressee")),
                country=None,
                identification=put(pgettext("placeholder", "identification number")),
                address=(put(pgettext("placeholder", "address")),),
            ),
            "date": self._on,
            "signatories": tuple(
                letter.Signatory(
                    office_title=put(pgettext("placeholder", "office that signs")),
                    field_name=f"Signature{place}",
                    person_name=put(pgettext("placeholder", "name of who signs")),
                )
                for place in range(1, self.offices + 1)
            ),
            "house": self._house,
        }

    @property
    def first_day(self) -> date:
        """Of the year: periods begin with it."""
        return date(self._on.year, 1, 1)

    @property
    def last_day(self) -> date:
        """Of the year: periods end with it."""
        return date(self._on.year, 12, 31)

    @property
    def deadline(self) -> date:
        """By which somebody has to answer."""
        return self._on + timedelta(days=30)

    @property
    def year(self) -> letter.Period:
        """A period."""
        return letter.Period(first=self.first_day, last=self.last_day)

    @property
    def volumes(self) -> tuple[letter.VintageVolume, ...]:
        """One vintage."""
        return (letter.VintageVolume(vintage=self._on.year, tonnes=_TONNES),)

    @property
    def party(self) -> letter.Party:
        """The authority's own."""
        return self.head()["party"]  # type: ignore[no-any-return]

    @property
    def other_party(self) -> letter.Party:
        """That of the other side."""
        return letter.Party(code=_OTHER_PARTY, name=put(pgettext("placeholder", "other participating Party")))

    @property
    def page(self) -> str:
        """Where a case is answered."""
        return f"{settings.PUBLIC_URL}/cases/"

    @property
    def request(self) -> letter.RequestSummary:
        """What was asked."""
        return letter.RequestSummary(
            submitted_on=self._on,
            activity_title=put(pgettext("placeholder", "title of the activity")),
            cooperative_approach=put(pgettext("placeholder", "name of the cooperative approach")),
            uses=("NDC", "IMP", "OP"),
            by_vintage=self.volumes,
            outcomes_occur=self.year,
            last_use_on=self.last_day,
        )

    def authorisation(self, *objects: letter.Object) -> dict[str, Any]:
        """The items of an authorisation of these objects."""
        stated = letter.StatedText(value=put(pgettext("placeholder", "as stated in the application")))
        return {
            "instrument": letter.Instrument(
                identifier=put(pgettext("placeholder", "identifier of the authorisation")),
                version=1,
                authorises=objects,
            ),
            "cooperative_approach": letter.CooperativeApproach(
                identifier=None,
                name=put(pgettext("placeholder", "name of the cooperative approach")),
                parties=(self.party, self.other_party),
                agreement=letter.Agreement(
                    title=put(pgettext("placeholder", "title of the agreement")), signed_on=self._on
                ),
                duration=self.year,
            ),
            "activity": letter.Activity(
                title=put(pgettext("placeholder", "title of the activity")),
                scale="project",
                **dict.fromkeys(
                    (
                        "standard",
                        "registry_id",
                        "methodology",
                        "sector",
                        "activity_type",
                        "metric",
                        "gwp",
                        "mitigation_type",
                        "location",
                    ),
                    stated,
                ),
                ghgs=("CO2", "CH4"),
                crediting_period=letter.StatedPeriod(value=self.year),
                expected=self.volumes,
            ),
            "uses": letter.Uses(
                uses=("NDC", "IMP", "OP"),
                purpose_code="NDC and OIMP",
                using_parties=(self.other_party,),
                imp_purposes=(put(pgettext("placeholder", "international mitigation purpose")),),
                op_purposes=(put(pgettext("placeholder", "other purpose")),),
            ),
            "first_transfer": "Authorisation",
            "ceilings": letter.Ceilings(by_vintage=self.volumes),
            "entities": (
                letter.Entity(
                    name=put(pgettext("placeholder", "name of the entity")),
                    country=letter.Country(code=self.party.code, name=self.party.name),
                    identification=put(pgettext("placeholder", "identification number")),
                    roles=(put(pgettext("placeholder", "role")),),
                    authorised_by=self.party,
                ),
            ),
            "periods": letter.Periods(
                outcomes_occur=self.year,
                last_use_on=self.last_day,
                last_issuance_on=self.last_day,
                last_cancellation_on=self.last_day,
            ),
            "tracking": letter.Tracking(registry=stated),
            "conditions": (put(pgettext("placeholder", "condition")),),
            "change_terms": put(
                pgettext("placeholder", "when and how this authorisation may be changed or revoked")
            ),
            "confidential": (
                letter.Confidential(
                    what=put(pgettext("placeholder", "what is confidential")),
                    basis=put(pgettext("placeholder", "on which basis")),
                ),
            ),
        }

    def act(self, act: str, *, taken: int = 0) -> dict[str, Any]:
        """What a letter about an act says; of one vintage so many tonnes are taken."""
        row = letter.ActLine(
            vintage=self._on.year,
            before=_TONNES,
            after=_TONNES - taken,
            stands=0,
            taken=taken,
            uncovered=0,
        )
        return {
            **self.head(),
            "act": act,
            "identifier": put(pgettext("placeholder", "identifier of the authorisation")),
            "version": 2,
            "versions_letter": put(pgettext("placeholder", "number of the earlier letter")),
            "replaces": self._kind in ("addendum", "amendment"),
            "authorises": ("approach", "outcomes", "entities"),
            "activity_title": put(pgettext("placeholder", "title of the activity")),
            "grounds": (put(pgettext("placeholder", "ground")),),
            "lines": letter.ActLines(capped=True, rows=(row,)),
            "taken": taken,
            "terms": (
                letter.ActTerm(
                    label=put(pgettext("placeholder", "term that changes")),
                    before=put(pgettext("placeholder", "before")),
                    after=put(pgettext("placeholder", "afterwards")),
                ),
            )
            if self._kind in ("addendum", "amendment")
            else (),
            "now": (
                letter.Fact(
                    label=put(pgettext("placeholder", "term")),
                    value=put(pgettext("placeholder", "as it stands")),
                ),
            ),
            "decided_on": None if self._kind == "notice" else self._on,
        }


def put(name: str) -> str:
    """A placeholder: what a letter says there."""
    return f"[{name}]"


def _authorisation(made: _Specimen) -> letter.Letter:
    return letter.Authorisation(**made.head(), **made.authorisation("approach", "outcomes", "entities"))


def _partial_authorisation(made: _Specimen) -> letter.Letter:
    asked = 2 * _TONNES
    compared = {"requested": asked, "granted": _TONNES, "difference": asked - _TONNES}
    return letter.PartialAuthorisation(
        **made.head(),
        **made.authorisation("approach", "outcomes", "entities"),
        requested_and_granted=letter.RequestedAndGranted(
            volumes=(letter.ComparedVintage(vintage=made.first_day.year, **compared),),
            total=letter.ComparedVolume(**compared),
            terms=(
                letter.ComparedTerm(
                    subject="uses",
                    requested=put(pgettext("placeholder", "as requested")),
                    granted=put(pgettext("placeholder", "as granted")),
                ),
            ),
            reasons=(put(pgettext("placeholder", "reason")),),
        ),
    )


def _authorisation_of_approach(made: _Specimen) -> letter.Letter:
    return letter.AuthorisationOfApproach(**made.head(), **{**made.authorisation("approach"), "entities": ()})


def _authorisation_of_entities(made: _Specimen) -> letter.Letter:
    return letter.AuthorisationOfEntities(**made.head(), **made.authorisation("entities"))


def _refusal(made: _Specimen) -> letter.Letter:
    return letter.Refusal(
        **made.head(),
        request=made.request,
        reasons=(put(pgettext("placeholder", "reason")),),
        conditions_for_new_request=(put(pgettext("placeholder", "condition")),),
    )


def _request_for_completion(made: _Specimen) -> letter.Letter:
    return letter.RequestForCompletion(
        **made.head(),
        request=made.request,
        items=(
            letter.MissingItem(
                path=put(pgettext("placeholder", "place in the application")),
                label=put(pgettext("placeholder", "what is missing")),
                mend=put(pgettext("placeholder", "what mends it")),
            ),
        ),
        answer_by=made.deadline,
        answer_at=made.page,
    )


def _endorsement(made: _Specimen) -> dict[str, Any]:
    return {
        **made.head(),
        "request": made.request,
        "conditions": (put(pgettext("placeholder", "condition")),),
        "further_requirements": (put(pgettext("placeholder", "what the next application must bring")),),
        "valid_until": made.last_day,
    }


def _intent(made: _Specimen) -> letter.Letter:
    return letter.Intent(**_endorsement(made))


def _no_objection(made: _Specimen) -> letter.Letter:
    return letter.NoObjection(**_endorsement(made))


def _acknowledgement(made: _Specimen) -> letter.Letter:
    return letter.Acknowledgement(
        **made.head(), request=made.request, conditions=(put(pgettext("placeholder", "condition")),)
    )


def _appeal(made: _Specimen) -> letter.Letter:
    return letter.Appeal(
        **made.head(),
        appealed=letter.AppealedDecision(
            case_reference=put(pgettext("placeholder", "reference of the case")),
            letter_number=put(pgettext("placeholder", "number of the earlier letter")),
            decided_on=made.first_day,
            outcome=put(pgettext("placeholder", "what was decided")),
        ),
        activity_title=put(pgettext("placeholder", "title of the activity")),
        submitted_on=made.first_day,
        outcome="dismissed",
        reasons=(put(pgettext("placeholder", "reason")),),
    )


def _receipt(made: _Specimen) -> letter.Letter:
    return letter.Receipt(
        **made.head(),
        request=made.request,
        application_version=1,
        application_sha256=_NO_DIGEST,
        documents=(
            letter.ReceivedDocument(
                name=put(pgettext("placeholder", "name of the document")), sha256=_NO_DIGEST
            ),
        ),
        examined_by=made.deadline,
        follow_at=made.page,
    )


def _clarification(made: _Specimen) -> letter.Letter:
    return letter.Clarification(
        **made.head(),
        request=made.request,
        questions=(letter.AskedQuestion(number=1, text=put(pgettext("placeholder", "question"))),),
        answer_by=made.deadline,
        answer_at=made.page,
    )


def _fee_notice(made: _Specimen) -> letter.Letter:
    return letter.FeeNotice(
        **made.head(),
        request=made.request,
        fees=(
            letter.OwedFee(
                reference=put(pgettext("placeholder", "reference of the payment")),
                amount=f"{_TONNES}.00",
                currency="XXX",
                waits="review",
                basis=put(pgettext("placeholder", "legal basis")),
                due_on=made.deadline,
                pay_to=put(pgettext("placeholder", "account")),
            ),
        ),
        prove_at=made.page,
    )


def _lapse(made: _Specimen) -> letter.Letter:
    head = made.head()
    return letter.Lapse(
        **head,
        request=made.request,
        deadline=head["date"] - timedelta(days=1),
        warned_on=(head["date"] - timedelta(days=14),),
        unanswered=(put(pgettext("placeholder", "question")),),
    )


def _first_transfer(made: _Specimen) -> letter.Letter:
    head = made.head()
    return letter.FirstTransfer(
        **head,
        authorisation=put(pgettext("placeholder", "identifier of the authorisation")),
        authorisation_letter=put(pgettext("placeholder", "number of the earlier letter")),
        activity_title=put(pgettext("placeholder", "title of the activity")),
        cooperative_approach=None,
        transferred_on=head["date"],
        event="First international transfer",
        to_party=made.other_party,
        rows=(
            letter.TransferredVintage(
                vintage=head["date"].year,
                tonnes=_TONNES,
                kept=0,
                serial=put(pgettext("placeholder", "serial numbers")),
            ),
        ),
        total=_TONNES,
        kept_total=0,
        registry=put(pgettext("placeholder", "registry")),
        evidence=put(pgettext("placeholder", "evidence")),
    )


def _addendum(made: _Specimen) -> letter.Letter:
    return letter.Addendum(
        **made.act("clarification"), text=put(pgettext("placeholder", "what is clarified"))
    )


def _amendment(made: _Specimen) -> letter.Letter:
    return letter.Amendment(**made.act("quantity_down", taken=_TONNES // 2))


def _notice(made: _Specimen) -> letter.Letter:
    return letter.Notice(
        **made.act("revocation", taken=_TONNES), whole=True, answer_by=made.deadline, answer_at=made.page
    )


def _suspension(made: _Specimen) -> letter.Letter:
    return letter.Suspension(**made.act("suspension"))


def _resumption(made: _Specimen) -> letter.Letter:
    return letter.Resumption(**made.act("resumption"))


def _revocation(made: _Specimen) -> letter.Letter:
    return letter.Revocation(**made.act("revocation", taken=_TONNES), whole=True)


def _surrender(made: _Specimen) -> letter.Letter:
    return letter.Surrender(**made.act("surrender", taken=_TONNES), whole=True)


def _discontinued(made: _Specimen) -> letter.Letter:
    return letter.Discontinued(
        **made.head(),
        act="suspension",
        identifier=put(pgettext("placeholder", "identifier of the authorisation")),
        activity_title=put(pgettext("placeholder", "title of the activity")),
        told=True,
        reasons=(put(pgettext("placeholder", "reason")),),
    )


_BODIES: Final[Mapping[str, Callable[[_Specimen], letter.Letter]]] = {
    "authorisation": _authorisation,
    "partial_authorisation": _partial_authorisation,
    "refusal": _refusal,
    "request_for_completion": _request_for_completion,
    "intent": _intent,
    "no_objection": _no_objection,
    "acknowledgement": _acknowledgement,
    "appeal": _appeal,
    "authorisation_of_approach": _authorisation_of_approach,
    "authorisation_of_entities": _authorisation_of_entities,
    "receipt": _receipt,
    "clarification": _clarification,
    "fee_notice": _fee_notice,
    "lapse": _lapse,
    "first_transfer": _first_transfer,
    "addendum": _addendum,
    "amendment": _amendment,
    "notice": _notice,
    "suspension": _suspension,
    "resumption": _resumption,
    "revocation": _revocation,
    "surrender": _surrender,
    "discontinued": _discontinued,
}
