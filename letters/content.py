"""The frozen content of a letter (`letter-content/1`): what it says, as data.

Everything printed in a letter stands here or in its template, so that the same content always gives the
same file. The canonical text (RFC 8785) is what is stored, attached to the PDF and hashed. Volumes are
whole t CO2 eq; dates are local dates of the authority, ISO 8601; names of Parties, offices and roles are
already in the letter's language. The items of an authorisation follow domain rules on what an
authorisation must state (its fourteen items); None means "not stated" only where the field says so.
"""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal, Self

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_serializer,
    model_validator,
)

Use = Literal["NDC", "IMP", "OP"]
PurposeCode = Literal["NDC", "OIMP", "IMP", "OP", "NDC and OIMP", "NDC and IMP", "NDC and OP"]
FirstTransferDefinition = Literal["Authorisation", "Issuance", "Use or Cancellation"]
Scale = Literal["project", "programme", "jurisdiction", "policy"]
Object = Literal["approach", "outcomes", "entities"]
CapForm = Literal["project_cap", "sector_cap", "national_budget"]
Subject = Literal["uses", "parties", "entities", "periods", "other"]

_USE_ORDER: Final[tuple[Use, ...]] = ("NDC", "IMP", "OP")
_PURPOSE_CODES: Final[dict[tuple[Use, ...], PurposeCode]] = {
    ("NDC",): "NDC",
    ("IMP",): "IMP",
    ("OP",): "OP",
    ("IMP", "OP"): "OIMP",
    ("NDC", "IMP"): "NDC and IMP",
    ("NDC", "OP"): "NDC and OP",
    ("NDC", "IMP", "OP"): "NDC and OIMP",
}


class ContentInvalid(ValueError):
    """The content of a letter breaks its form; `sentences` name every place."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


def _printable(text: str) -> str:
    """Refuse what cannot be printed, hashed or read aloud: control characters and half characters."""
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cs", "Cn") or (category == "Cc" and character not in "\n\t"):
            raise ValueError(f"contains the unprintable character U+{ord(character):04X}")
    return text


Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_printable)]
Alpha3 = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Tonnes = Annotated[int, Field(ge=0, le=2**53 - 1)]
# Article 6 knows no outcome before 2021 (decision 2/CMA.3, annex, paragraph 1(e)).
Vintage = Annotated[int, Field(ge=2021, le=9999)]


class Record(BaseModel):
    """A frozen, strict piece of content: no conversion, nothing that is not declared."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    # Fields of which a letter says nothing where they are None: those drawn before there were any keep their
    # digest (`Head`, which writes them).
    silent: ClassVar[tuple[str, ...]] = ()


class Party(Record):
    """A Party to the Paris Agreement: ISO alpha-3 (EUE for the European Union) and its name."""

    code: Alpha3
    name: Text


class Country(Record):
    """A country: ISO alpha-3 and its name."""

    code: Alpha3
    name: Text


class Period(Record):
    """From a day to a day, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the period ends on {self.last} before it starts on {self.first}")
        return self


class StatedText(Record):
    """A value, or the officer's reason why it does not apply: exactly one of the two."""

    value: Text | None = None
    not_applicable: Text | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.value is None) == (self.not_applicable is None):
            raise ValueError("give either a value or the reason why it is not applicable")
        return self


class StatedPeriod(Record):
    """A period, or the officer's reason why it does not apply: exactly one of the two."""

    value: Period | None = None
    not_applicable: Text | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.value is None) == (self.not_applicable is None):
            raise ValueError("give either a value or the reason why it is not applicable")
        return self


class VintageVolume(Record):
    """Tonnes of one vintage (calendar year in which the mitigation occurs)."""

    vintage: Vintage
    tonnes: Tonnes


def _ascending(rows: tuple[VintageVolume, ...]) -> tuple[VintageVolume, ...]:
    vintages = [row.vintage for row in rows]
    if vintages != sorted(set(vintages)):
        raise ValueError("every vintage stands once, in ascending order")
    return rows


Volumes = Annotated[tuple[VintageVolume, ...], AfterValidator(_ascending)]


def total_of(rows: Sequence[VintageVolume]) -> int:
    """The sum in t CO2 eq."""
    return sum(row.tonnes for row in rows)


# The head that all letters share.


class IssuingAuthority(Record):
    """The authority as its letterhead shows it; `legal_basis` and `address` are lines."""

    name: Text
    legal_basis: tuple[Text, ...]
    address: tuple[Text, ...] = ()
    contact: Text | None = None


class Addressee(Record):
    """To whom the letter goes; `name_latin` where the name is written in another script."""

    name: Text
    name_latin: Text | None = None
    country: Country | None
    identification: Text | None = None
    address: tuple[Text, ...] = ()


class Signatory(Record):
    """One office that signs, in the order of the list; `field_name` is its field in the PDF.

    `deputy_for` names the holder of the office in whose stead the person signs.
    """

    office_title: Text
    field_name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
    person_name: Text
    deputy_for: Text | None = None

    @model_serializer(mode="wrap")
    def _said_of_deputies_alone(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Of whoever signs for themselves nothing is said: letters drawn before this keep their digest."""
        said: dict[str, Any] = serialise(self)
        return {name: value for name, value in said.items() if name != "deputy_for" or value is not None}


class HouseUsed(Record):
    """The version of an authority’s own blocks and style in which a letter is set; digest of its files."""

    authority: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$")]
    version: Annotated[int, Field(ge=1)]
    dated: date
    sha256: Sha256
    beside: Language | None = None

    @model_serializer(mode="wrap")
    def _beside_where_there_is_one(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Of one language alone nothing is said."""
        said: dict[str, Any] = serialise(self)
        return {name: value for name, value in said.items() if name != "beside" or value is not None}


class Head(Record):
    """What stands in every letter, whatever its kind.

    `public_copy_of` is the digest of the content of which this is the public copy; None = the letter itself.
    `beside` is the same content in a second language, which is printed beside the first.
    """

    content_schema: Literal["letter-content/1"] = Field(alias="schema")
    number: Text
    case_reference: Text
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{6,64}$")]
    check_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"'<>]+$", max_length=500)]
    language: Language
    demonstration: bool
    party: Party
    authority: IssuingAuthority
    addressee: Addressee
    date: date
    place: Text | None = None
    signatories: Annotated[tuple[Signatory, ...], Field(min_length=1)]
    public_copy_of: Sha256 | None = None
    house: HouseUsed | None = None
    beside: dict[str, Any] | None = None

    @model_serializer(mode="wrap")
    def _said_where_it_is_so(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Of what does not concern a letter nothing is said: those drawn before keep their digest."""
        said: dict[str, Any] = serialise(self)
        unsaid = ("public_copy_of", "house", "beside", *self.silent)
        return {name: value for name, value in said.items() if name not in unsaid or value is not None}

    @model_validator(mode="after")
    def _one_field_each(self) -> Self:
        names = [signatory.field_name for signatory in self.signatories]
        if len(set(names)) != len(names):
            raise ValueError("every signatory has a field of its own")
        return self


# The blocks of an authorisation.


class Instrument(Record):
    """The authorisation itself (item 14); `supersedes` names the letter that this one replaces."""

    identifier: Text
    version: Annotated[int, Field(ge=1)]
    authorises: Annotated[tuple[Object, ...], Field(min_length=1)]
    supersedes: Text | None = None


class Agreement(Record):
    """The agreement between the Parties under which the outcomes move."""

    title: Text
    signed_on: date | None


class CooperativeApproach(Record):
    """Items 1 and 2. `identifier` None = not yet assigned by the United Nations platform."""

    identifier: Annotated[str, StringConstraints(pattern=r"^CA\d{4}$")] | None
    name: Text | None
    parties: Annotated[tuple[Party, ...], Field(min_length=1)]
    agreement: Agreement | None
    duration: Period | None = None


class Activity(Record):
    """Items 8 to 10 and 13: what achieves the mitigation, and how it is measured."""

    title: Text
    scale: Scale
    standard: StatedText
    registry_id: StatedText
    methodology: StatedText
    sector: StatedText
    activity_type: StatedText
    ghgs: tuple[Text, ...]
    metric: StatedText
    gwp: StatedText
    mitigation_type: StatedText
    location: StatedText
    crediting_period: StatedPeriod
    expected: Volumes

    @property
    def expected_total(self) -> int:
        """Expected mitigation over all vintages, t CO2 eq."""
        return total_of(self.expected)


class Uses(Record):
    """Item 5: the uses authorised, their code in the agreed electronic format, the named purposes.

    `using_parties` empty = any Party may use the outcomes towards its NDC.
    """

    uses: Annotated[tuple[Use, ...], Field(min_length=1)]
    purpose_code: PurposeCode
    imp_purposes: tuple[Text, ...] = ()
    op_purposes: tuple[Text, ...] = ()
    using_parties: tuple[Party, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.uses != tuple(use for use in _USE_ORDER if use in self.uses):
            raise ValueError("the uses stand once each, in the order NDC, IMP, OP")
        if self.purpose_code != purpose_code(self.uses):
            raise ValueError(f"the purpose code of these uses is {purpose_code(self.uses)}")
        for use, purposes in (("IMP", self.imp_purposes), ("OP", self.op_purposes)):
            if (use in self.uses) != bool(purposes):
                raise ValueError(f"purposes are named exactly where the use {use} is authorised")
        return self

    @property
    def oimp(self) -> bool:
        """Whether any use other than towards an NDC is covered."""
        return self.uses != ("NDC",)


def purpose_code(uses: Sequence[Use]) -> PurposeCode:
    """The code of a set of uses among the seven of the agreed electronic format. Raises KeyError."""
    return _PURPOSE_CODES[tuple(use for use in _USE_ORDER if use in uses)]


class TotalCeiling(Record):
    """A ceiling over a span of vintages, t CO2 eq."""

    tonnes: Tonnes
    first_vintage: Vintage
    last_vintage: Vintage

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_vintage < self.first_vintage:
            raise ValueError("the span of vintages ends before it starts")
        return self


class Ceilings(Record):
    """Item 8: how much may be used. All ceilings that are given hold together.

    `none_because` is "not_requested" where no volume was requested: then there is no ceiling of its own,
    and the expected and the issued mitigation bound what may be used.
    """

    by_vintage: Volumes = ()
    total: TotalCeiling | None = None
    none_because: Literal["not_requested"] | None = None

    @model_validator(mode="after")
    def _ceiling_or_reason(self) -> Self:
        if (bool(self.by_vintage) or self.total is not None) == (self.none_because is not None):
            raise ValueError("give ceilings, or the reason why there are none")
        return self

    @property
    def sum_by_vintage(self) -> int:
        """The sum of the ceilings by vintage, t CO2 eq."""
        return total_of(self.by_vintage)

    @property
    def most(self) -> int | None:
        """The most that may be used over all vintages, t CO2 eq; None without a ceiling."""
        bounds = [self.sum_by_vintage] if self.by_vintage else []
        if self.total is not None:
            bounds.append(self.total.tonnes)
        return min(bounds, default=None)

    def of(self, vintage: int) -> int | None:
        """The ceiling of one vintage, t CO2 eq, or None."""
        return next((row.tonnes for row in self.by_vintage if row.vintage == vintage), None)


class Entity(Record):
    """Item 3: a legal person. `authorised_by` None = named here, but authorised by nobody in this letter."""

    name: Text
    name_latin: Text | None = None
    country: Country
    identification: Text | None
    roles: tuple[Text, ...]
    authorised_by: Party | None
    conditions: tuple[Text, ...] = ()


class Periods(Record):
    """Items 4 and 11: when outcomes occur, and the last days of issuance, use and cancellation."""

    outcomes_occur: Period
    last_use_on: date
    last_issuance_on: date | None = None
    last_cancellation_on: date | None = None


class Tracking(Record):
    """Item 12: where the outcomes are recorded, and which registry issues the underlying units."""

    registry: StatedText
    registry_id: Text | None = None
    underlying_registry: Text | None = None


class Confidential(Record):
    """Something that is not published, and on which basis. The public copy leaves out what is at `paths`.

    A path names fields from the top of the content, with `[]` for each entry of a list.
    """

    what: Text
    basis: Text
    paths: tuple[Text, ...] = ()

    @model_serializer(mode="wrap")
    def _paths_where_there_are_any(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Where none is named nothing is said of them: letters drawn before this keep their digest."""
        said: dict[str, Any] = serialise(self)
        return {name: value for name, value in said.items() if name != "paths" or value}


class AuthorisationBody(Record):
    """The fourteen items of an authorisation, and what belongs to them.

    `first_transfer` is None exactly where only NDC use is authorised: then the law fixes it.
    `consent_to_changes` and `consent_to_revocation` are the Parties without whose consent it is not changed,
    or not revoked; `revocable_after_transfer` and `reducible_after_transfer` the circumstances in which a
    revocation, or a reduction of volume, may touch what is first transferred. `adjustment_method` names how
    the Party applies corresponding adjustments, where it says so. `unverified` lists paths of values that
    were never published; `effective_on` None = on the last signature. `applicant_of_the_state`: a part of the
    authority's own State applied, and its unit took no part.
    """

    silent: ClassVar[tuple[str, ...]] = (
        "consent_to_changes",
        "consent_to_revocation",
        "revocable_after_transfer",
        "reducible_after_transfer",
    )

    instrument: Instrument
    cooperative_approach: CooperativeApproach
    activity: Activity
    uses: Uses
    first_transfer: FirstTransferDefinition | None
    ceilings: Ceilings
    entities: tuple[Entity, ...]
    periods: Periods
    tracking: Tracking
    conditions: tuple[Text, ...]
    change_terms: Text
    consent_to_changes: tuple[Party, ...] | None = None
    consent_to_revocation: tuple[Party, ...] | None = None
    revocable_after_transfer: tuple[Text, ...] | None = None
    reducible_after_transfer: tuple[Text, ...] | None = None
    adjustment_method: Text | None = None
    confidential: tuple[Confidential, ...] = ()
    unverified: tuple[Text, ...] = ()
    effective_on: date | None = None
    applicant_of_the_state: bool = False

    @model_validator(mode="after")
    def _first_transfer_where_it_is_a_choice(self) -> Self:
        if self.uses.oimp != (self.first_transfer is not None):
            raise ValueError("a first-transfer definition is given exactly where a use other than NDC is")
        return self

    @property
    def authorised_entities(self) -> tuple[Entity, ...]:
        """The entities that some Party authorises."""
        return tuple(entity for entity in self.entities if entity.authorised_by is not None)

    @property
    def vintages(self) -> tuple[int, ...]:
        """Every vintage that is expected or has a ceiling, ascending."""
        rows = (*self.activity.expected, *self.ceilings.by_vintage)
        return tuple(sorted({row.vintage for row in rows}))

    @property
    def volume_rows(self) -> tuple[tuple[int, int | None, int | None], ...]:
        """(vintage, expected or None, ceiling or None), t CO2 eq, ascending."""
        expected = {row.vintage: row.tonnes for row in self.activity.expected}
        return tuple((year, expected.get(year), self.ceilings.of(year)) for year in self.vintages)

    @property
    def volumes_have_gaps(self) -> bool:
        """Whether some vintage lacks an expectation or a ceiling."""
        return any(None in row for row in self.volume_rows)


class ComparedVolume(Record):
    """Requested less granted, t CO2 eq. None = no volume was stated; then there is no difference."""

    requested: Tonnes | None
    granted: Tonnes | None
    difference: int | None

    @model_validator(mode="after")
    def _arithmetic(self) -> Self:
        known = self.requested is not None and self.granted is not None
        right = (
            self.requested - self.granted if self.requested is not None and self.granted is not None else None
        )
        if self.difference != right:
            raise ValueError(
                f"the difference must be {right}" if known else "there is no difference to an unstated volume"
            )
        return self


class ComparedVintage(ComparedVolume):
    """One vintage as requested and as granted."""

    vintage: Vintage


class ComparedTerm(Record):
    """Something other than a volume as it was requested and as it is granted, in words."""

    subject: Subject
    requested: Text
    granted: Text


class KeptOf(Record):
    """Of one vintage, or of all together (None): ceiling, kept by the host, what may leave, t CO2 eq."""

    vintage: Vintage | None
    ceiling: Tonnes
    kept: Tonnes
    leaves: Tonnes

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.kept + self.leaves != self.ceiling:
            raise ValueError("what is kept and what leaves are the ceiling")
        return self


class HostShareArithmetic(Record):
    """The host keeps a percentage of each transfer, rounded up to the next whole tonne.

    `total` is a ceiling over all vintages that is lower than the rows together, t CO2 eq.
    """

    form: Literal["host_share"]
    percent: Text
    rows: Annotated[tuple[KeptOf, ...], Field(min_length=1)]
    total: Tonnes | None = None

    @property
    def ceiling(self) -> int:
        """Over all rows, t CO2 eq."""
        return sum(row.ceiling for row in self.rows)

    @property
    def kept(self) -> int:
        """Over all rows, t CO2 eq."""
        return sum(row.kept for row in self.rows)

    @property
    def leaves(self) -> int:
        """Over all rows, t CO2 eq."""
        return sum(row.leaves for row in self.rows)


class CapArithmetic(Record):
    """A ceiling above the authorisation: allowed, held by others, free, asked for, granted, t CO2 eq.

    `name` is that of the sector, or the years of the period. `requested` None = no volume was requested.
    """

    form: CapForm
    name: Text | None = None
    ceiling: Tonnes
    held: Tonnes
    free: Tonnes
    requested: Tonnes | None
    granted: Tonnes

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.free != max(self.ceiling - self.held, 0):
            raise ValueError("what is free is the ceiling less what is held")
        if self.granted > self.free:
            raise ValueError("more is granted than is free")
        return self


class LeviedOf(Record):
    """One part of what is issued of a vintage, what the mechanism takes of it, what remains, t CO2 eq."""

    vintage: Vintage
    authorised: bool
    issued: Tonnes
    adaptation: Tonnes
    overall_mitigation: Tonnes
    remaining: Tonnes

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.adaptation + self.overall_mitigation + self.remaining != self.issued:
            raise ValueError("the shares and what remains are what is issued")
        return self


class SplitArithmetic(Record):
    """What the Article 6.4 mechanism takes at issuance of both parts, the authorised one and the other."""

    form: Literal["mechanism_split"]
    adaptation_percent: Text
    overall_mitigation_percent: Text
    rows: Annotated[tuple[LeviedOf, ...], Field(min_length=1)]


class TrancheArithmetic(Record):
    """Of a vintage the tonnes from the `first` to the `last` that are issued, both included."""

    form: Literal["tranche"]
    vintage: Vintage
    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]
    requested: Tonnes | None
    granted: Tonnes

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.last - self.first + 1 != self.granted:
            raise ValueError("a tranche is granted from its first tonne to its last")
        return self


Arithmetic = Annotated[
    HostShareArithmetic | CapArithmetic | SplitArithmetic | TrancheArithmetic, Field(discriminator="form")
]


class RequestedAndGranted(Record):
    """What a partial authorisation must show: the arithmetic, requested and granted side by side, and why.

    `total` is the sum of the rows; `overall` compares ceilings over all vintages, where such were
    requested or granted. `arithmetic` is that of each form in which the part is given.
    """

    volumes: tuple[ComparedVintage, ...]
    total: ComparedVolume | None
    overall: ComparedVolume | None = None
    terms: tuple[ComparedTerm, ...]
    arithmetic: tuple[Arithmetic, ...] = ()
    reasons: Annotated[tuple[Text, ...], Field(min_length=1)]

    @model_serializer(mode="wrap")
    def _forms_where_they_are_named(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Where no form is named nothing is said of it: letters drawn before this keep their digest."""
        said: dict[str, Any] = serialise(self)
        return {name: value for name, value in said.items() if name != "arithmetic" or value}

    @model_validator(mode="after")
    def _sums(self) -> Self:
        vintages = [row.vintage for row in self.volumes]
        if vintages != sorted(set(vintages)):
            raise ValueError("every vintage stands once, in ascending order")
        if bool(self.volumes) != (self.total is not None):
            raise ValueError("a total stands below rows, and only there")
        if self.total is not None:
            for column in ("requested", "granted"):
                values: list[int | None] = [getattr(row, column) for row in self.volumes]
                known = [value for value in values if value is not None]
                right = sum(known) if len(known) == len(values) else None
                if getattr(self.total, column) != right:
                    raise ValueError(f"the total {column} must be {right}")
        differ = any(term.requested != term.granted for term in self.terms)
        if not (self.volumes or self.overall or differ):
            raise ValueError("nothing differs: this is not a partial authorisation")
        return self


class Authorisation(Head, AuthorisationBody):
    """An authorisation in full."""

    kind: Literal["authorisation"]


class PartialAuthorisation(Head, AuthorisationBody):
    """An authorisation of less than was requested."""

    kind: Literal["partial_authorisation"]
    requested_and_granted: RequestedAndGranted


class AuthorisationOfApproach(Head, AuthorisationBody):
    """The authorisation of a cooperative approach alone: neither outcomes nor entities."""

    kind: Literal["authorisation_of_approach"]

    @model_validator(mode="after")
    def _of_the_approach_alone(self) -> Self:
        if self.instrument.authorises != ("approach",):
            raise ValueError("a letter about a cooperative approach authorises that alone")
        return self


class AuthorisationOfEntities(Head, AuthorisationBody):
    """The authorisation of entities in their roles: no outcome is authorised by it."""

    kind: Literal["authorisation_of_entities"]

    @model_validator(mode="after")
    def _of_entities_alone(self) -> Self:
        if self.instrument.authorises != ("entities",):
            raise ValueError("a letter about entities authorises these alone")
        if not self.authorised_entities:
            raise ValueError("no entity is named that anybody authorises")
        return self


class RequestSummary(Record):
    """What was asked, in brief. None = not stated by the applicant."""

    submitted_on: date
    activity_title: Text
    cooperative_approach: Text | None
    uses: tuple[Use, ...]
    by_vintage: Volumes = ()
    total: Tonnes | None = None
    outcomes_occur: Period | None = None
    last_use_on: date | None = None

    @property
    def sum_by_vintage(self) -> int:
        """The sum requested by vintage, t CO2 eq."""
        return total_of(self.by_vintage)


class Refusal(Head):
    """Nothing is granted, and why. `remedies` is the authority's own text, where its law has one."""

    kind: Literal["refusal"]
    request: RequestSummary
    reasons: Annotated[tuple[Text, ...], Field(min_length=1)]
    conditions_for_new_request: tuple[Text, ...] = ()
    remedies: Text | None = None


class MissingItem(Record):
    """One thing that is missing: its path in the application, what it is, and what would mend it."""

    path: Text
    label: Text
    mend: Text


class RequestForCompletion(Head):
    """What is missing from an application, until when and where it can be answered."""

    kind: Literal["request_for_completion"]
    request: RequestSummary
    items: Annotated[tuple[MissingItem, ...], Field(min_length=1)]
    answer_by: date | None
    answer_at: Text


class ReceivedDocument(Record):
    """A document as it was handed in: what it is called and the SHA-256 of its bytes."""

    name: Text
    sha256: Sha256


class Receipt(Head):
    """An application has come in, as it is written: which version, with which documents.

    `application_sha256` is that of the frozen application; `examined_by` the last day of the check of its
    completeness, where the procedure sets one.
    """

    kind: Literal["receipt"]
    request: RequestSummary
    application_version: Annotated[int, Field(ge=1)]
    application_sha256: Sha256
    documents: tuple[ReceivedDocument, ...] = ()
    examined_by: date | None = None
    follow_at: Text


class AskedQuestion(Record):
    """A question about an application, by its number; `path` is its place, None for all of it."""

    number: Annotated[int, Field(ge=1)]
    path: Text | None = None
    text: Text


class Clarification(Head):
    """What the review has to know from the applicant, until when and where it can be answered."""

    kind: Literal["clarification"]
    request: RequestSummary
    questions: Annotated[tuple[AskedQuestion, ...], Field(min_length=1)]
    answer_by: date | None
    answer_at: Text


class OwedFee(Record):
    """A fee that is asked for. `amount` in the currency's unit (ISO 4217), two decimals.

    `reference` is what is written on the payment; `waits` what is not done before it is paid.
    """

    reference: Text
    amount: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{2}$")]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    waits: Literal["review", "decision", "letter"]
    basis: Text | None = None
    due_on: date | None = None
    pay_to: Text | None = None


class FeeNotice(Head):
    """Fees that are paid before the next service, and where the proof of payment is handed in."""

    kind: Literal["fee_notice"]
    request: RequestSummary
    fees: Annotated[tuple[OwedFee, ...], Field(min_length=1)]
    prove_at: Text


class Lapse(Head):
    """An application has ended because nothing came by the day that was set, after warnings."""

    kind: Literal["lapse"]
    request: RequestSummary
    deadline: date
    warned_on: tuple[date, ...] = ()
    unanswered: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _after_the_deadline(self) -> Self:
        if self.date <= self.deadline:
            raise ValueError("nothing lapses before its deadline has passed")
        return self


class TransferredVintage(Record):
    """Of one vintage: what was first transferred, and what the host kept besides, t CO2 eq."""

    vintage: Vintage
    tonnes: Tonnes
    kept: Tonnes
    serial: Text | None = None


class FirstTransfer(Head):
    """Outcomes were first transferred: which, when and to whom; for these an adjustment is due.

    `to_party` None = to nobody that is a Party. `event` is what made it the first transfer.
    """

    kind: Literal["first_transfer"]
    authorisation: Text
    authorisation_letter: Text
    activity_title: Text
    cooperative_approach: Annotated[str, StringConstraints(pattern=r"^CA\d{4}$")] | None
    transferred_on: date
    event: Literal["First international transfer", "Authorisation", "Issuance", "Use or Cancellation"]
    to_party: Party | None
    rows: Annotated[tuple[TransferredVintage, ...], Field(min_length=1)]
    total: Tonnes
    kept_total: Tonnes
    registry: Text | None = None
    evidence: Text | None = None

    @model_validator(mode="after")
    def _sums(self) -> Self:
        if self.total != sum(row.tonnes for row in self.rows):
            raise ValueError("the total is what the rows come to")
        if self.kept_total != sum(row.kept for row in self.rows):
            raise ValueError("the total kept is what the rows come to")
        return self


class Endorsement(Head):
    """What says before any authorisation how a Party looks upon an activity. It authorises nothing.

    `valid_until` None = without an end. `further_requirements` is what the next application must bring.
    """

    request: RequestSummary
    conditions: tuple[Text, ...] = ()
    further_requirements: tuple[Text, ...] = ()
    valid_until: date | None = None


class Intent(Endorsement):
    """A letter of intent: the Party stands ready to consider an authorisation."""

    kind: Literal["intent"]


class NoObjection(Endorsement):
    """A letter of no objection: the activity may be developed further."""

    kind: Literal["no_objection"]


class Acknowledgement(Head):
    """The Party knows of the activity, for which no authorisation is meant."""

    kind: Literal["acknowledgement"]
    request: RequestSummary
    conditions: tuple[Text, ...] = ()


class AppealedDecision(Record):
    """The decision against which the appeal goes. `outcome` is in the letter's language."""

    case_reference: Text
    letter_number: Text | None
    decided_on: date
    outcome: Text


class Appeal(Head):
    """What was decided on an appeal, and why. Upheld, it opens the matter anew."""

    kind: Literal["appeal"]
    appealed: AppealedDecision
    activity_title: Text
    submitted_on: date
    outcome: Literal["upheld", "dismissed"]
    reasons: tuple[Text, ...] = ()
    remedies: Text | None = None

    @model_validator(mode="after")
    def _dismissed_with_reasons(self) -> Self:
        if self.outcome == "dismissed" and not self.reasons:
            raise ValueError("an appeal is dismissed with reasons")
        return self


# Acts about an authorisation that stands.


class ActLine(Record):
    """One vintage before and after an act, t CO2 eq.

    `before`, `after` are the ceiling, or what is taken up where the vintage has none; `stands` is first
    transferred or retained; `uncovered` of what is taken was issued already, and is no longer covered;
    `touched` of what is taken was first transferred, where the act touches such outcomes.
    """

    vintage: Vintage
    before: Tonnes
    after: Tonnes
    stands: Tonnes
    taken: Tonnes
    uncovered: Tonnes
    touched: Tonnes | None = None

    @model_serializer(mode="wrap")
    def _touched_where_it_is(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Where nothing first transferred is touched nothing is said of it: others keep their digest."""
        said: dict[str, Any] = serialise(self)
        return {name: value for name, value in said.items() if name != "touched" or value is not None}

    @model_validator(mode="after")
    def _stands_beneath(self) -> Self:
        if self.after < self.stands:
            raise ValueError("nothing that is first transferred or retained falls away")
        return self


class ActLines(Record):
    """Every line before and after. `capped` false: the vintages have no ceiling of their own."""

    capped: bool
    rows: tuple[ActLine, ...] = ()
    total_before: Tonnes | None = None
    total_after: Tonnes | None = None

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        vintages = [row.vintage for row in self.rows]
        if vintages != sorted(set(vintages)):
            raise ValueError("every vintage stands once, in ascending order")
        return self

    @property
    def before(self) -> int:
        """Over all vintages, t CO2 eq."""
        return sum(row.before for row in self.rows)

    @property
    def after(self) -> int:
        """Over all vintages, t CO2 eq."""
        return sum(row.after for row in self.rows)

    @property
    def stands(self) -> int:
        """Over all vintages, t CO2 eq."""
        return sum(row.stands for row in self.rows)

    @property
    def uncovered(self) -> int:
        """Over all vintages, t CO2 eq."""
        return sum(row.uncovered for row in self.rows)

    @property
    def touched(self) -> int:
        """Over all vintages, t CO2 eq."""
        return sum(row.touched or 0 for row in self.rows)


class ActTerm(Record):
    """A term that changes, in the letter's language. None = nothing was, or is, said of it."""

    label: Text
    before: Text | None
    after: Text | None


class Fact(Record):
    """Something that the authorisation says as it stands, in the letter's language."""

    label: Text
    value: Text


ActType = Literal[
    "clarification",
    "correction",
    "identifier_assigned",
    "entity_added",
    "entity_removed",
    "entity_renamed",
    "quantity_up",
    "quantity_down",
    "use_added",
    "use_removed",
    "period",
    "methodology",
    "consent_terms",
    "top_up",
    "transfer_of_holder",
    "suspension",
    "resumption",
    "revocation",
    "surrender",
]


class ActStatement(Head):
    """What an act does to an authorisation: what was, what is, line by line, and what stands untouched.

    act         its type
    whole       a revocation or a surrender of all that is not first transferred
    identifier  of the authorisation; `version` the one that the act makes, `versions_letter` the letter of
                the version before, which is replaced where `replaces`
    text        what is clarified or corrected, in words
    now         the authorisation as it stands with this letter, item by item
    tells       what the rules tell of the act
    circumstance, check   where it touches what is first transferred: in which of the circumstances that the
                letter's terms name, and how it was checked that nothing is counted twice
    decided_on  None in a notice: nothing is decided yet
    effective_on   None = on the last signature
    """

    silent: ClassVar[tuple[str, ...]] = ("circumstance", "check")

    act: ActType
    whole: bool = False
    identifier: Text
    version: Annotated[int, Field(ge=1)]
    versions_letter: Text | None
    replaces: bool
    authorises: Annotated[tuple[Object, ...], Field(min_length=1)]
    activity_title: Text
    grounds: tuple[Text, ...] = ()
    text: Text | None = None
    lines: ActLines
    taken: Tonnes = 0
    terms: tuple[ActTerm, ...] = ()
    now: tuple[Fact, ...] = ()
    tells: tuple[Text, ...] = ()
    circumstance: Text | None = None
    check: Text | None = None
    consent: Text | None = None
    decided_on: date | None = None
    effective_on: date | None = None


class Addendum(ActStatement):
    """A change in which no volume, use or period moves, and not whose consent later acts need."""

    kind: Literal["addendum"]


class Amendment(ActStatement):
    """A change in which a volume, a use or a period moves, or whose consent later acts need."""

    kind: Literal["amendment"]


class Notice(ActStatement):
    """What the authority intends and on which grounds, and until when the holder may be heard."""

    kind: Literal["notice"]
    answer_by: date | None
    answer_at: Text


class Suspension(ActStatement):
    """Nothing can be first transferred until a resumption."""

    kind: Literal["suspension"]


class Resumption(ActStatement):
    """The end of a suspension."""

    kind: Literal["resumption"]


class Revocation(ActStatement):
    """What is not first transferred is taken back, all of it or by vintage."""

    kind: Literal["revocation"]


class Surrender(ActStatement):
    """What the holder gave up is accepted, all of it or by vintage."""

    kind: Literal["surrender"]


class Discontinued(Head):
    """The authority gives up an act of its own. `told`: the holder had been given notice of it."""

    kind: Literal["discontinued"]
    act: ActType
    identifier: Text
    activity_title: Text
    told: bool
    reasons: Annotated[tuple[Text, ...], Field(min_length=1)]


Letter = (
    Authorisation
    | PartialAuthorisation
    | Refusal
    | RequestForCompletion
    | Intent
    | NoObjection
    | Acknowledgement
    | Appeal
    | AuthorisationOfApproach
    | AuthorisationOfEntities
    | Receipt
    | Clarification
    | FeeNotice
    | Lapse
    | FirstTransfer
    | Addendum
    | Amendment
    | Notice
    | Suspension
    | Resumption
    | Revocation
    | Surrender
    | Discontinued
)
LetterContent = Annotated[Letter, Field(discriminator="kind")]
_ADAPTER: Final[TypeAdapter[Letter]] = TypeAdapter(LetterContent)


def in_second_language(content: Letter, other: Letter) -> Letter:
    """The content with the same in another language beside it."""
    said = other.model_dump(mode="json", by_alias=True)
    both: Letter = content.model_copy(update={"beside": said})
    content_beside(both)
    return both


def content_beside(content: Letter) -> Letter | None:
    """The content in the second language; None where there is one alone. Raises ContentInvalid."""
    if content.beside is None:
        return None
    other = parse(rfc8785.dumps(content.beside))
    same = all(getattr(other, name) == getattr(content, name) for name in ("kind", "number", "code", "date"))
    if not same or other.beside is not None or other.language == content.language:
        raise ContentInvalid(["What stands beside a letter is the same letter in one other language."])
    return other


def canonical(content: Letter) -> bytes:
    """The content as canonical JSON (RFC 8785): the bytes that are stored, attached and hashed."""
    return rfc8785.dumps(content.model_dump(mode="json", by_alias=True))


def digest(content: Letter) -> str:
    """SHA-256 of the canonical bytes, lower-case hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def parse(data: bytes) -> Letter:
    """The content from its canonical bytes. Raises ContentInvalid for anything else."""
    try:
        if rfc8785.dumps(json.loads(data)) != data:
            raise ContentInvalid(["The content is not in canonical form (RFC 8785)."])
        return _ADAPTER.validate_json(data)
    except ValidationError as error:
        raise ContentInvalid(sentences_of(error)) from None
    except (ValueError, rfc8785.CanonicalizationError, RecursionError) as error:
        if isinstance(error, ContentInvalid):
            raise
        raise ContentInvalid([f"The content cannot be read as JSON: {error}."]) from None


def sentences_of(error: ValidationError) -> list[str]:
    """One sentence for each place; the values themselves are left out, they may be personal."""
    return [
        f"The content is wrong at {'.'.join(map(str, fault['loc'])) or 'its top'}: {fault['msg']}."
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    ]
