"""What an application says about the approach, the activity and the entities, as frozen pydantic models.

The shape is the one applications arrive in. Every field may be missing (None), which is for the completeness
check to name; malformed values raise `pydantic.ValidationError`, put into words by `projects.problems`.
Volumes are whole t CO2 eq by calendar year.
"""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails

from accounts.wording import day
from projects import codes
from projects.fields import (
    CaId,
    CountryCode,
    Day,
    ExpectedByYear,
    Line,
    Lines,
    PartyCodes,
    Short,
    Title,
    Year,
    code_of,
    each_of,
    one_of,
)
from projects.problems import located, path, problem, raise_all

SCALES = ("project", "programme", "jurisdiction", "policy")

APPLICANT = "applicant"
ROLES = (APPLICANT, "activity participant", "seller", "acquirer", "user")


def _without(raw: dict[str, Any], error: ValidationError) -> dict[str, Any]:
    """A copy of raw content without its malformed fields; a list with a malformed item goes as a whole."""
    pruned = deepcopy(raw)
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        inside: Any = pruned
        for step in found["loc"]:
            if not isinstance(inside.get(step), dict) or step == found["loc"][-1]:
                inside.pop(step, None)
                break
            inside = inside[step]
    return pruned


def _elsewhere(
    contradictions: list[InitErrorDetails], problems: list[InitErrorDetails]
) -> list[InitErrorDetails]:
    """The contradictions that do not merely repeat that a field, being malformed, was set aside."""
    places = [found.get("loc", ()) for found in problems]
    return [
        found
        for found in contradictions
        if not any(
            place[: len(found.get("loc", ()))] == found.get("loc", ())[: len(place)] for place in places
        )
    ]


class Content(BaseModel):
    """A group of fields. Every problem is reported, also what contradicts itself among well-formed fields."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    def contradictions(self) -> list[InitErrorDetails]:
        """What the fields, each well-formed, say against each other or against a rule."""
        return []

    @model_validator(mode="wrap")
    @classmethod
    def _everything_at_once(cls, raw: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """The malformed fields are set aside, so that the rest is judged in the same pass."""
        try:
            content = handler(raw)
        except ValidationError as error:
            if not isinstance(raw, dict):
                raise
            problems = located(error)
            # Without a field that must be there it fails again; the first error says so.
            with suppress(ValidationError):
                problems += _elsewhere(handler(_without(raw, error)).contradictions(), problems)
            raise_all(problems)
            raise
        raise_all(content.contradictions())
        return content

    def as_json(self) -> dict[str, Any]:
        """The content as plain JSON values, in the shape it is read from: years as text, days as ISO 8601."""
        return self.model_dump(mode="json", by_alias=True)


def left_aside(content: Content, raw: dict[str, Any], *place: str | int) -> list[str]:
    """The paths of fields that were given and that nothing here understands (`request.foo`)."""
    fields = {field.alias or name: name for name, field in type(content).model_fields.items()}
    paths = []
    for key, given in raw.items():
        value = getattr(content, fields[key]) if key in fields else None
        if key not in fields:
            paths.append(path((*place, key)))
        elif isinstance(value, Content) and isinstance(given, dict):
            paths += left_aside(value, given, *place, key)
        elif isinstance(value, tuple) and isinstance(given, list) and len(value) == len(given):
            for index, (item, part) in enumerate(zip(value, given, strict=True)):
                if isinstance(item, Content) and isinstance(part, dict):
                    paths += left_aside(item, part, *place, key, index)
    return paths


class PeriodContent(Content):
    """From the first day until the last, both included; either may be missing."""

    starts_on: Day = Field(default=None, alias="from")
    ends_on: Day = Field(default=None, alias="to")

    def contradictions(self) -> list[InitErrorDetails]:
        """A period that ends before it starts."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            return [
                problem(
                    "period_reversed",
                    value=self.as_json(),
                    starts=day(self.starts_on),
                    ends=day(self.ends_on),
                )
            ]
        return []


class NdcPeriodContent(Content):
    """The implementation period of a nationally determined contribution, in calendar years."""

    first_year: Year = Field(default=None, alias="from")
    last_year: Year = Field(default=None, alias="to")

    def contradictions(self) -> list[InitErrorDetails]:
        """A period that ends before it starts."""
        if self.first_year and self.last_year and self.last_year < self.first_year:
            return [
                problem("years_reversed", value=self.as_json(), starts=self.first_year, ends=self.last_year)
            ]
        return []


class AgreementContent(Content):
    """The agreement between the Parties on which a cooperative approach rests."""

    title: Line = None
    signed_on: Day = None


class CooperativeApproachContent(Content):
    """The arrangement between Parties. `ca_id` None: the identifier is not yet assigned."""

    ca_id: CaId = None
    name: Line = None
    parties: PartyCodes = None
    agreement: AgreementContent | None = None
    duration: PeriodContent | None = None
    initial_report: Line = None


def _scale(value: object) -> object:
    return "project" if value is None else value


class ActivityContent(Content):
    """The activity that achieves mitigation.

    `activity_type` None with `activity_type_note`: no type applies, for that reason. `expected_tco2e` is the
    activity's own fact and may hold years before 2021.
    """

    title: Title = None
    scale: Annotated[str, one_of("unknown_scale", *SCALES), BeforeValidator(_scale)] = "project"
    standard: Short = None
    registry_id: Short = None
    methodology: Line = None
    sector: Annotated[str | None, code_of(codes.SECTORS)] = None
    activity_type: Annotated[str | None, code_of(codes.ACTIVITY_TYPES)] = None
    activity_type_note: Title = None
    ghgs: Lines = None
    metric: Annotated[str | None, code_of(codes.METRICS)] = None
    gwp: Short = None
    mitigation_type: Annotated[str | None, code_of(codes.MITIGATION_TYPES)] = None
    location: Line = None
    crediting_period: PeriodContent | None = None
    expected_tco2e: ExpectedByYear = None


class EntityContent(Content):
    """A legal person and its roles; a role other than applicant asks to be authorised in it."""

    name: Line = None
    country: CountryCode = None
    identification: Short = None
    roles: Annotated[tuple[str, ...] | None, each_of("unknown_role", *ROLES)] = None

    @property
    def is_applicant(self) -> bool:
        """Whether this entity makes the application."""
        return APPLICANT in (self.roles or ())

    @property
    def roles_to_authorise(self) -> tuple[str, ...]:
        """The roles in which it asks to be authorised."""
        return tuple(role for role in self.roles or () if role != APPLICANT)
