"""The content of an application for an authorisation, and what follows from its request alone.

Rule A1: no vintage before 2021 (2/CMA.3 annex, paragraph 1(e)). Rule A4: only the seven purposes,
a first-transfer definition and named purposes exactly where they apply (paragraph 2). Volumes are whole
t CO2 eq.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import InitErrorDetails

from authorisation.kinds import Kind
from projects import codes
from projects.content import (
    ActivityContent,
    Content,
    CooperativeApproachContent,
    EntityContent,
    NdcPeriodContent,
    PeriodContent,
)
from projects.fields import (
    FIRST_VINTAGE,
    Day,
    Items,
    Line,
    Lines,
    PartyCodes,
    Text,
    Texts,
    Volume,
    VolumesByVintage,
    code_of,
    each_of,
    one_of,
)
from projects.problems import problem

NDC, IMP, OP = "NDC", "IMP", "OP"
USES = (NDC, IMP, OP)

# The kinds of case that ask for something new; every other kind is about an authorisation that stands.
APPLICATION_KINDS = (
    Kind.INTENT,
    Kind.NO_OBJECTION,
    Kind.APPROACH,
    Kind.ENTITIES,
    Kind.OUTCOMES,
    Kind.CONSOLIDATED,
    Kind.ACKNOWLEDGEMENT,
)

_PURPOSE_OF_USES = {
    frozenset({NDC}): "NDC",
    frozenset({IMP}): "IMP",
    frozenset({OP}): "OP",
    frozenset({IMP, OP}): "OIMP",
    frozenset({NDC, IMP}): "NDC and IMP",
    frozenset({NDC, OP}): "NDC and OP",
    frozenset({NDC, IMP, OP}): "NDC and OIMP",
}


def purpose_code(uses: Iterable[str]) -> str | None:
    """The purpose code of a set of uses; None for no use. Raises `KeyError` for a use that is unknown."""
    asked = frozenset(uses)
    return _PURPOSE_OF_USES[asked] if asked else None


class OimpContent(Content):
    """The named purposes other than NDC: international mitigation purposes, and one other purpose."""

    imp: Lines = None
    op: Text = None

    @property
    def names_something(self) -> bool:
        """Whether any purpose is named at all."""
        return bool(self.imp or self.op)


class BlockContent(Content):
    """A block of units in an underlying registry, and who holds it."""

    serial: Line = None
    holder: Line = None


def too_early(period: PeriodContent | None, *place: str) -> list[InitErrorDetails]:
    """Outcomes that would occur before 2021 (rule A1); `place` is the period's, below the present one."""
    if period is None or period.starts_on is None or period.starts_on >= date(FIRST_VINTAGE, 1, 1):
        return []
    day = period.starts_on.isoformat()
    return [problem("occurs_too_early", *place, "from", value=day, first=FIRST_VINTAGE)]


def misnamed_purposes(
    uses: tuple[str, ...] | None, oimp: OimpContent | None, first_transfer_definition: str | None = None
) -> list[InitErrorDetails]:
    """What rule A4 forbids for these uses; nothing while the uses are missing."""
    asked = set(uses or ())
    problems = []
    if asked == {NDC} and first_transfer_definition:
        problems.append(
            problem("definition_on_ndc_only", "first_transfer_definition", value=first_transfer_definition)
        )
    if not asked or oimp is None:
        return problems
    if asked == {NDC} and oimp.names_something:
        named = [*(oimp.imp or ()), *((oimp.op,) if oimp.op else ())]
        problems.append(problem("oimp_on_ndc_only", "oimp", value=", ".join(named)))
        return problems
    if oimp.imp and IMP not in asked:
        problems.append(problem("imp_not_asked_for", "oimp", "imp", value=", ".join(oimp.imp)))
    if oimp.op and OP not in asked:
        problems.append(problem("op_not_asked_for", "oimp", "op", value=oimp.op))
    return problems


def _underscored(kind: object) -> object:
    """A kind of case as it is kept, also where it was written as people write it ("no-objection")."""
    return kind.replace("-", "_") if isinstance(kind, str) else kind


class RequestContent(Content):
    """What is asked for. No volumes at all: no ceiling of its own is asked, which is never missing."""

    kind: Annotated[
        str | None,
        one_of("unknown_kind", *(kind.value for kind in APPLICATION_KINDS)),
        BeforeValidator(_underscored),
    ] = None
    submitted_on: Day = None
    uses: Annotated[tuple[str, ...] | None, each_of("unknown_use", *USES)] = None
    oimp: OimpContent | None = None
    first_transfer_definition: Annotated[str | None, code_of(codes.FIRST_TRANSFER_DEFINITIONS)] = None
    volumes_tco2e: VolumesByVintage = None
    total_tco2e: Volume = None
    outcomes_occur: PeriodContent | None = None
    last_use_on: Day = None
    tracking_registry: Line = None
    conditions: Texts = None
    change_terms: Text = None
    consent_to_changes: PartyCodes = None
    consent_to_revocation: PartyCodes = None
    revocable_after_transfer: Texts = None
    reducible_after_transfer: Texts = None
    blocks: Annotated[tuple[BlockContent, ...] | None, Items] = Field(default=None)

    def contradictions(self) -> list[InitErrorDetails]:
        """Outcomes before 2021 (A1); a definition or a named purpose the uses do not ask for (A4)."""
        return [
            *too_early(self.outcomes_occur, "outcomes_occur"),
            *misnamed_purposes(self.uses, self.oimp, self.first_transfer_definition),
        ]

    @property
    def purpose(self) -> str | None:
        """One of the seven purpose codes, None while no use is given."""
        return purpose_code(self.uses or ())

    @property
    def asks_for_ndc(self) -> bool:
        """Use towards a nationally determined contribution is asked for."""
        return NDC in (self.uses or ())

    @property
    def asks_for_imp(self) -> bool:
        """Use for international mitigation purposes, such as CORSIA, is asked for."""
        return IMP in (self.uses or ())

    @property
    def asks_for_op(self) -> bool:
        """Use for other purposes determined by the first transferring Party is asked for."""
        return OP in (self.uses or ())

    @property
    def asks_for_oimp(self) -> bool:
        """A use other than towards an NDC is asked for, so that first transfer must be defined."""
        return self.asks_for_imp or self.asks_for_op

    @property
    def requested_tco2e(self) -> int | None:
        """The tonnes asked for: of vintages and total the less, if both are given; None if neither is."""
        given = [self.total_tco2e] if self.total_tco2e is not None else []
        if self.volumes_tco2e:
            given.append(sum(self.volumes_tco2e.values()))
        return min(given) if given else None

    @property
    def vintages(self) -> tuple[int, ...]:
        """The vintages for which volumes are asked, in order."""
        return tuple(sorted(self.volumes_tco2e or ()))


class ApplicationContent(Content):
    """A whole application: one version of it is frozen at each submission."""

    ndc_period: NdcPeriodContent | None = None
    cooperative_approach: CooperativeApproachContent | None = None
    activity: ActivityContent | None = None
    entities: Annotated[tuple[EntityContent, ...] | None, Items] = None
    request: RequestContent | None = None
    # Of an appeal: what is wrong with the decision, in the words of the appellant.
    grounds: Text = None
    # Answers to what this authority asks besides, by the code of the question (`national_questions`).
    national: dict[str, Text] | None = None

    def contradictions(self) -> list[InitErrorDetails]:
        """Entities of which not exactly one is the applicant."""
        applicants = sum(entity.is_applicant for entity in self.entities or ())
        if self.entities and applicants != 1:
            names = [entity.name for entity in self.entities]
            return [problem("applicant_count", "entities", value=names, count=applicants)]
        return []

    @property
    def applicant(self) -> EntityContent | None:
        """The entity that applies, if the entities are given."""
        return next((entity for entity in self.entities or () if entity.is_applicant), None)
