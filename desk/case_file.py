"""Reading a case file (format `case/1`): an application, the decision on it, and what came after.

Everything malformed is reported at once, each problem as a sentence that names the place in the file and the
value. What is null is only missing: the completeness check names it later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Self

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, Field, PrivateAttr, ValidationError
from pydantic_core import InitErrorDetails

from accounts.wording import day
from authorisation.application import (
    USES,
    ApplicationContent,
    BlockContent,
    OimpContent,
    misnamed_purposes,
    too_early,
)
from projects import codes
from projects.content import Content, EntityContent, PeriodContent, left_aside
from projects.fields import (
    UNWRITABLE,
    CaId,
    Day,
    Flag,
    Items,
    Line,
    Lines,
    PartyCode,
    PartyCodes,
    Percentage,
    Scope,
    Text,
    Texts,
    Volume,
    VolumesByVintage,
    Year,
    code_of,
    each_of,
    one_of,
    party_problems,
)
from projects.problems import problem, refusal, sentence, sentences_of, shown

SCHEMA = "case/1"

OUTCOMES = ("approve", "approve_in_part", "refuse", "return")

EVENTS = (
    "issuance",
    "first_transfer",
    "use",
    "cancellation",
    "transfer_of_holder",
    "change",
    "top_up",
    "suspension",
    "resumption",
    "revocation",
    "surrender",
    "appeal",
)

CHANGES = (
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
)

_LARGEST_FILE = 10_000_000  # bytes
_DEEPEST = 40  # levels of lists and groups inside each other
_LONGEST_NUMBER = 30  # characters of a whole number that is read as one


class BadCaseFile(Exception):
    """A case file that cannot be carried out. `sentences` says everything that is wrong with it."""

    def __init__(self, path: Path, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.path = path
        self.sentences = sentences


def _named(value: object) -> object:
    """An entity given by its name alone, as the group of fields it stands for."""
    return {"name": value} if isinstance(value, str) else value


def _names(value: object) -> object:
    """Entities given as groups of fields, as the names that stand for them."""
    if not isinstance(value, list):
        return value
    return [item.get("name") if isinstance(item, dict) else item for item in value]


class DecisionContent(Content):
    """What the authority decided; volumes, uses, Parties, entities and periods here are what it grants."""

    outcome: Annotated[str | None, one_of("unknown_outcome", *OUTCOMES)] = None
    decided_on: Day = None
    signed_on: Day = None
    volumes_tco2e: VolumesByVintage = None
    total_tco2e: Volume = None
    uses: Annotated[tuple[str, ...] | None, each_of("unknown_use", *USES)] = None
    oimp: OimpContent | None = None
    first_transfer_definition: Annotated[str | None, code_of(codes.FIRST_TRANSFER_DEFINITIONS)] = None
    parties: PartyCodes = None
    entities: Annotated[Lines, BeforeValidator(_names)] = None
    outcomes_occur: PeriodContent | None = None
    last_use_on: Day = None
    reasons: Texts = None
    conditions: Texts = None
    host_retention_percent: Percentage = None
    omge_percent: Percentage = None

    def contradictions(self) -> list[InitErrorDetails]:
        """No outcome or day; a signature before the decision; rules A1 and A4."""
        problems = [
            problem("must_be_given", name, value=None)
            for name in ("outcome", "decided_on")
            if getattr(self, name) is None
        ]
        if self.signed_on and self.decided_on and self.signed_on < self.decided_on:
            problems.append(
                problem(
                    "signed_before_decided",
                    "signed_on",
                    value=self.signed_on.isoformat(),
                    decided=day(self.decided_on),
                )
            )
        return [
            *problems,
            *too_early(self.outcomes_occur, "outcomes_occur"),
            *misnamed_purposes(self.uses, self.oimp, self.first_transfer_definition),
        ]


class EventContent(Content):
    """Something that happened after, or outside, the decision. Which fields are given depends on `event`."""

    on: Day = None
    event: Annotated[str | None, one_of("unknown_event", *EVENTS)] = None
    type: Annotated[str | None, one_of("unknown_change", *CHANGES)] = None
    volumes_tco2e: VolumesByVintage = None
    total_tco2e: Volume = None
    blocks: Annotated[tuple[BlockContent, ...] | None, Items] = None
    serial: Line = None
    before_grant: Flag = None
    while_open: Flag = None
    gross: Flag = None
    to_party: PartyCode = None
    by_party: PartyCode = None
    by_entity: Line = None
    for_year: Year = None
    purpose: Text = None
    entity: Annotated[EntityContent | None, BeforeValidator(_named)] = None
    to: Line = None
    text: Text = None
    ca_id: CaId = None
    use: Annotated[str | None, one_of("unknown_use", *USES)] = None
    oimp: OimpContent | None = None
    outcomes_occur: PeriodContent | None = None
    last_use_on: Day = None
    methodology: Line = None
    consent_to_changes: PartyCodes = None
    consent_to_revocation: PartyCodes = None
    scope: Scope = None
    outcome: Annotated[str | None, one_of("unknown_appeal_outcome", "upheld", "dismissed")] = None
    reason: Text = None
    expect: Text = None

    def contradictions(self) -> list[InitErrorDetails]:
        """No day or event, a change without its type; outcomes before 2021 (A1)."""
        needed = ("on", "event", "type") if self.event == "change" else ("on", "event")
        missing = [
            problem("must_be_given", name, value=None) for name in needed if getattr(self, name) is None
        ]
        return [*missing, *too_early(self.outcomes_occur, "outcomes_occur")]


def _schema(value: object) -> object:
    if value is not None and value != SCHEMA:
        raise refusal("wrong_schema", value)
    return value


def _id(value: object) -> object:
    """Names a folder of output, so nothing that could lead elsewhere."""
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", value):
        raise refusal("wrong_id", value)
    return value


def _group(value: object) -> object:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refusal("not_an_object", value)
    return value


class CaseFile(ApplicationContent):
    """A whole case file: application, decision (None: none yet), what came after, what is expected."""

    format: Annotated[str | None, BeforeValidator(_schema)] = Field(default=None, alias="schema")
    id: Annotated[str | None, BeforeValidator(_id)] = None
    exercise: Text = None
    sources: Texts = None
    assumed: Lines = None
    party: PartyCode = None
    decision: DecisionContent | None = None
    afterwards: Annotated[tuple[EventContent, ...] | None, Items] = None
    # Kept as given: who compares it with an outcome knows what it means.
    expected: Annotated[Mapping[str, Any], BeforeValidator(_group)] = Field(default_factory=dict)

    _warnings: tuple[str, ...] = PrivateAttr(default=())

    def contradictions(self) -> list[InitErrorDetails]:
        """What no case can do without; a Party that has left; a decision before the submission."""
        needed: dict[tuple[str, ...], object] = {
            ("schema",): self.format,
            ("id",): self.id,
            ("party",): self.party,
            ("request", "submitted_on"): self.submitted_on,
        }
        problems = super().contradictions()
        problems += [
            problem("must_be_given", *place, value=None) for place, given in needed.items() if not given
        ]
        problems += self._parties_of_the_past()
        decided_on = self.decision.decided_on if self.decision else None
        if decided_on and self.submitted_on and decided_on < self.submitted_on:
            problems.append(
                problem(
                    "decided_before_submission",
                    "decision",
                    "decided_on",
                    value=decided_on.isoformat(),
                    submitted=day(self.submitted_on),
                )
            )
        return problems

    def _parties_of_the_past(self) -> list[InitErrorDetails]:
        """Parties that were none, or none any more, on the day of the submission."""
        approach = self.cooperative_approach
        named: list[tuple[tuple[str | int, ...], str]] = [(("party",), self.party)] if self.party else []
        named += [
            (("cooperative_approach", "parties", index), code)
            for index, code in enumerate((approach.parties if approach else None) or ())
        ]
        return [
            found for place, code in named for found in party_problems(code, *place, on=self.submitted_on)
        ]

    @property
    def submitted_on(self) -> date | None:
        """The day of the application; a case file that was read has one."""
        return self.request.submitted_on if self.request else None

    @property
    def application(self) -> ApplicationContent:
        """The application alone, as the applicant submits it."""
        return ApplicationContent.model_construct(
            **{name: getattr(self, name) for name in ApplicationContent.model_fields}
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on what was given and not understood, and is left aside."""
        return self._warnings

    def leaving_aside(self, places: list[str]) -> Self:
        """The same case file, warning that the fields at these places are not understood."""
        self._warnings = tuple(
            _("not understood and left aside: %(place)s") % {"place": place} for place in places
        )
        return self


class _Group(list[tuple[str, Any]]):
    """A JSON object as it stands in the file: its fields in order, repeated ones included."""


class _Tree:
    """Turns what the JSON parser gives into plain groups and lists, and notes what JSON lets pass."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def plain(self, value: Any, place: tuple[str | int, ...] = ()) -> Any:
        """The value without repeated fields and impossible numbers, each of them noted with its place."""
        if isinstance(value, _Group | list) and len(place) >= _DEEPEST:
            return self._note("too_deep", place, None)
        if isinstance(value, _Group):
            return self._fields(value, place)
        if isinstance(value, list):
            return [self.plain(item, (*place, index)) for index, item in enumerate(value)]
        if isinstance(value, float):
            return self._note("not_a_number", place, value)
        if isinstance(value, str) and UNWRITABLE.search(value):
            return self._note("unwritable_text", place, value)
        return value

    def _fields(self, group: _Group, place: tuple[str | int, ...]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in group:
            if name in fields:
                self._note("repeated_field", (*place, name), name)
            fields[name] = self.plain(value, (*place, name))
        return fields

    def _note(self, kind: str, place: tuple[str | int, ...], value: object) -> None:
        self.sentences.append(sentence(kind, place, value, {}))


def _whole_number(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_NUMBER else Decimal(text)


def _decimal(text: str) -> Decimal | float:
    """A number with decimals, exactly as written; one beyond every bound counts as infinite."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return float("inf")


def _read_json(path: Path) -> Any:
    """What the file holds. Raises `BadCaseFile` with one sentence if it cannot be read at all."""
    try:
        with path.open("rb") as file:
            held = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise BadCaseFile(
            path, [_("The file cannot be opened: %(why)s.") % {"why": error.strerror or error}]
        ) from None
    if len(held) > _LARGEST_FILE:
        raise BadCaseFile(path, [_("The file is larger than %(limit)s bytes.") % {"limit": _LARGEST_FILE}])
    try:
        return json.loads(
            held.decode("utf-8-sig"),
            object_pairs_hook=_Group,
            parse_int=_whole_number,
            parse_float=_decimal,
            parse_constant=float,
        )
    except UnicodeDecodeError as error:
        why = _("The file is no text in UTF-8: byte %(number)s fits nowhere.") % {"number": error.start + 1}
    except json.JSONDecodeError as error:
        why = _("The file is not JSON: line %(line)s, column %(column)s, at %(text)s, cannot be read on.") % {
            "line": error.lineno,
            "column": error.colno,
            "text": shown(error.doc[error.pos : error.pos + 20]),
        }
    except RecursionError:
        why = sentence("too_deep", (), None, {})
    raise BadCaseFile(path, [why])


def read_case_file(path: Path | str) -> CaseFile:
    """The case file, checked. Raises `BadCaseFile` with every problem; what is not understood only warns."""
    path = Path(path)
    tree = _Tree()
    given = tree.plain(_read_json(path))
    try:
        case_file = CaseFile.model_validate(given)
    except ValidationError as error:
        raise BadCaseFile(path, list(dict.fromkeys(tree.sentences + sentences_of(error)))) from None
    if tree.sentences:
        raise BadCaseFile(path, tree.sentences)
    return case_file.leaving_aside(left_aside(case_file, given))
