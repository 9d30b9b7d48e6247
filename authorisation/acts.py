"""Acts about an authorisation that stands, as they are planned: what is to change, before any of it does.

A case about an authorisation carries one of these as its content from the day on which it is opened. What it
would do to every line is worked out by `authorisation.effect`. Volumes are whole t CO2 eq by vintage; days
are legal dates of the authority.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    SerializerFunctionWrapHandler,
    StringConstraints,
    TypeAdapter,
    model_serializer,
    model_validator,
)

from authorisation.kinds import Kind
from authorisation.terms import EntityTerms

Use = Literal["NDC", "IMP", "OP"]
Named = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


def _in_plain_lines(text: str) -> str:
    """Lines as letters write them: a browser ends each with a carriage return, which no letter can print."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


Said = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=20_000),
    AfterValidator(_in_plain_lines),
]
CaId = Annotated[str, StringConstraints(pattern=r"^CA\d{4}$")]
Vintages = Annotated[dict[int, PositiveInt], Field(min_length=1)]


PartyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def without_touching(said: dict[str, Any]) -> dict[str, Any]:
    """Of what is first transferred an act says something only where it touches it: others keep their text."""
    return {name: value for name, value in said.items() if name != "touching" or value is not None}


class Planned(BaseModel):
    """What every act says besides what it does.

    grounds       why, in words
    effective_on  from when it is to take effect; never before its letter is signed
    consent       what shows that the other participating Party agrees, where the letter's terms ask for that
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    grounds: Said = ""
    effective_on: date | None = None
    consent: Said = ""

    def canonical(self) -> str:
        """RFC 8785 canonical text, for the record."""
        return rfc8785.dumps(self.model_dump(mode="json")).decode()


class Touching(BaseModel):
    """That an act touches what is first transferred already, where the letter's own terms foresee it.

    circumstance   in which of the circumstances that the terms name, in their words
    check          how it was checked that nothing is counted twice, and with whom
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    circumstance: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    check: Said = ""


class Clarification(Planned):
    """Says more clearly what the letter says; moves nothing."""

    type: Literal["clarification"] = "clarification"
    text: Said


class Correction(Planned):
    """Corrects an error of the letter in words; moves no volume, use or period."""

    type: Literal["correction"] = "correction"
    text: Said


class IdentifierAssigned(Planned):
    """The UN platform has given the cooperative approach its identifier."""

    type: Literal["identifier_assigned"] = "identifier_assigned"
    ca_id: CaId


class EntityAdded(Planned):
    """One more entity is authorised, in the roles named."""

    type: Literal["entity_added"] = "entity_added"
    entity: EntityTerms

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not self.entity.name.strip():
            raise ValueError("the entity has no name")
        return self


class EntityRemoved(Planned):
    """An entity is no longer authorised. The authorisation of the outcomes stands (rule A14)."""

    type: Literal["entity_removed"] = "entity_removed"
    name: Named


class EntityRenamed(Planned):
    """An entity bears another name; it is the same legal person."""

    type: Literal["entity_renamed"] = "entity_renamed"
    name: Named
    to: Named


class Quantity(Planned):
    """New ceilings in place of those of the vintages named, or of the total; all up, or all down.

    touching   of a reduction that falls below what is first transferred already, where the letter foresees it
    """

    type: Literal["quantity_up", "quantity_down"]
    volumes: dict[int, NonNegativeInt] = Field(default_factory=dict)
    total: NonNegativeInt | None = None
    touching: Touching | None = None

    @model_validator(mode="after")
    def _touches_only_downwards(self) -> Self:
        if self.touching is not None and self.type == "quantity_up":
            raise ValueError("what rises touches nothing that is first transferred")
        return self

    @model_serializer(mode="wrap")
    def _what_is_said(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return without_touching(serialise(self))

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.volumes and self.total is None:
            raise ValueError("no new ceiling is given")
        return self


class UseAdded(Planned):
    """One more use, with its purpose, and the definition of first transfer where none is there yet."""

    type: Literal["use_added"] = "use_added"
    use: Use
    imp: tuple[Named, ...] = ()
    op: Named | None = None
    first_transfer_definition: Literal["Authorisation", "Issuance", "Use or Cancellation"] | None = None


class UseRemoved(Planned):
    """A use falls away for what is not yet first transferred."""

    type: Literal["use_removed"] = "use_removed"
    use: Use


class PeriodChanged(Planned):
    """Other days between which outcomes occur, or other last days. None leaves a day as it is."""

    type: Literal["period"] = "period"
    outcomes_from: date | None = None
    outcomes_to: date | None = None
    last_issuance_on: date | None = None
    last_use_on: date | None = None
    last_cancellation_on: date | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(getattr(self, name) for name in PERIOD):
            raise ValueError("no new day is given")
        return self


class MethodologyChanged(Planned):
    """Another version of the methodology, or another methodology."""

    type: Literal["methodology"] = "methodology"
    methodology: Named


class ConsentChanged(Planned):
    """Other Parties without whose consent it is not changed, or not revoked.

    consent_to_changes, consent_to_revocation   their codes in place of those of the terms; none: nobody's
               consent is needed any more; None leaves them as they are
    revocable_after_transfer, reducible_after_transfer   no act adds these circumstances; they are read so
               that whoever puts them into this one is told in a sentence why not (`authorisation.consent`)
    """

    type: Literal["consent_terms"] = "consent_terms"
    consent_to_changes: tuple[PartyCode, ...] | None = None
    consent_to_revocation: tuple[PartyCode, ...] | None = None
    revocable_after_transfer: tuple[Said, ...] | None = None
    reducible_after_transfer: tuple[Said, ...] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.consent_to_changes is None and self.consent_to_revocation is None:
            raise ValueError("nobody is named whose consent is to be needed")
        return self


class TopUp(Planned):
    """More of vintages, on top of what is authorised."""

    type: Literal["top_up"] = "top_up"
    volumes: Vintages


class HolderTransferred(Planned):
    """The units of a serial pass to another holder; without one, the authorisation itself with all its units.

    organisation   the public id of the organisation that the authorisation passes to: named with the request,
                   or found by its name when the case is opened (`authorisation.holders`)
    """

    type: Literal["transfer_of_holder"] = "transfer_of_holder"
    serial: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    to: Named
    organisation: UUID | None = None

    @property
    def of_all(self) -> bool:
        """Whether the authorisation itself passes on."""
        return not self.serial

    @model_validator(mode="after")
    def _is_of_units_or_of_all(self) -> Self:
        if self.serial and self.organisation is not None:
            raise ValueError("units of a serial pass to a holder by name, not to an organisation")
        return self


class WithWindow(Planned):
    """An act about which the holder is heard first.

    cure_until   until when at the least the holder may answer and mend what the grounds say, whatever its own
                 clock gives: of one act over many, the day that is common to all
    """

    cure_until: date | None = None

    @property
    def earliest(self) -> date | None:
        """The first day on which it may take effect for the sake of that window."""
        return self.cure_until + timedelta(days=1) if self.cure_until is not None else None


class Suspension(WithWindow):
    """Nothing can be first transferred until a resumption."""

    type: Literal["suspension"] = "suspension"


class Resumption(Planned):
    """The end of a suspension."""

    type: Literal["resumption"] = "resumption"


class Revocation(WithWindow):
    """Takes back what is not first transferred: all of it (no volumes), or tonnes by vintage.

    touching   where the letter foresees it: what remains of these tonnes is taken from what is first
               transferred and neither used nor cancelled; of no volumes, all of that
    """

    type: Literal["revocation"] = "revocation"
    volumes: Vintages | None = None
    touching: Touching | None = None

    @model_serializer(mode="wrap")
    def _what_is_said(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return without_touching(serialise(self))


class Surrender(Planned):
    """The holder gives up what is not first transferred: all of it (no volumes), or tonnes by vintage."""

    type: Literal["surrender"] = "surrender"
    volumes: Vintages | None = None


Change = (
    Clarification
    | Correction
    | IdentifierAssigned
    | EntityAdded
    | EntityRemoved
    | EntityRenamed
    | Quantity
    | UseAdded
    | UseRemoved
    | PeriodChanged
    | MethodologyChanged
    | ConsentChanged
)
Plan = Annotated[
    Change | TopUp | HolderTransferred | Suspension | Resumption | Revocation | Surrender,
    Field(discriminator="type"),
]
AnyPlan = Change | TopUp | HolderTransferred | Suspension | Resumption | Revocation | Surrender
# What one act, with one ground, may do to many authorisations.
OverMany = Suspension | Resumption | Revocation

PERIOD = ("outcomes_from", "outcomes_to", "last_issuance_on", "last_use_on", "last_cancellation_on")

_ADAPTER: TypeAdapter[AnyPlan] = TypeAdapter(Plan)
_OVER_MANY: TypeAdapter[OverMany] = TypeAdapter(Annotated[OverMany, Field(discriminator="type")])

_KINDS: Mapping[str, Kind] = {
    "top_up": Kind.TOP_UP,
    "transfer_of_holder": Kind.TRANSFER_OF_HOLDER,
    "suspension": Kind.SUSPENSION,
    "resumption": Kind.RESUMPTION,
    "revocation": Kind.REVOCATION,
    "surrender": Kind.SURRENDER,
}

# What takes something away: where nobody asked for it, the holder is heard first.
TAKING_AWAY = frozenset({"entity_removed", "quantity_down", "use_removed", "period"})

# Changes in which a volume, a use or a period moves, or whose consent later acts need; the letter is then an
# amendment, else an addendum.
AMENDING = frozenset(
    {"quantity_up", "quantity_down", "use_added", "use_removed", "period", "consent_terms", "top_up"}
)


def read(given: Mapping[str, Any]) -> AnyPlan:
    """The planned act from its JSON values. Raises pydantic.ValidationError."""
    return _ADAPTER.validate_python(dict(given))


def read_over_many(given: Mapping[str, Any]) -> OverMany:
    """An act over many authorisations from its JSON values. Raises pydantic.ValidationError."""
    return _OVER_MANY.validate_python(dict(given))


def parse_over_many(text: str) -> OverMany:
    """An act over many authorisations from its canonical text. Raises pydantic.ValidationError."""
    return _OVER_MANY.validate_json(text)


def parse(text: str) -> AnyPlan:
    """The planned act from its canonical text. Raises pydantic.ValidationError."""
    return _ADAPTER.validate_json(text)


def kind_of(plan: AnyPlan) -> Kind:
    """The kind of case that carries this act."""
    return _KINDS.get(plan.type, Kind.CHANGE)


def is_part_of(part: AnyPlan, whole: AnyPlan) -> bool:
    """Whether an act does nothing beyond another: the same, or less volume of the vintages that it names.

    Of new ceilings that are to fall, a part lies above them; whether it still lies below what is authorised
    follows from how the authorisation stands.
    """
    if part == whole:
        return True
    volumes = getattr(part, "volumes", None)
    if (
        not volumes
        or part.type != whole.type
        or part.model_copy(update={"volumes": None}) != whole.model_copy(update={"volumes": None})
    ):
        return False
    asked = getattr(whole, "volumes", None)
    if asked is None:
        return True
    if not set(volumes) <= set(asked):
        return False
    falls = part.type == "quantity_down"
    return all(tonnes >= asked[one] if falls else tonnes <= asked[one] for one, tonnes in volumes.items())
