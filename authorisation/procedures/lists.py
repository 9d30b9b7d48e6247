"""National oversight as data: lists of activities, what is eligible, and what the contribution (NDC) covers.

Everything is dated, both days included, and names its source. Texts for people are held by language. What
follows from each is its `Force`; `authorisation.oversight` checks requests against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import get_language

from accounts.names import in_language

# The gases of greenhouse gas inventories, as they are written here.
GASES = ("CO2", "CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3")


class Sort(StrEnum):
    """What it means for an activity to stand on a list."""

    POSITIVE = "positive"  # it may be authorised; what stands on no positive list is said to stand on none
    AUTOMATIC = "automatic"  # its additionality is deemed
    NEGATIVE = "negative"  # it is not to be authorised


class Force(StrEnum):
    """What follows where a check finds something, weakest last."""

    BINDING = "binding"  # nothing can be granted
    WARNING = "warning"  # it is to be answered before the decision
    INFORMATION = "information"  # it is shown


@dataclass(frozen=True, kw_only=True)
class Dated:
    """Something that holds from a day until a day, both included; none: without a beginning, or an end."""

    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it holds on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def overlaps(self, other: "Dated") -> bool:
        """Whether there is a day on which both hold."""
        first, last = max(_first(self), _first(other)), min(_last(self), _last(other))
        return first <= last


def _first(dated: Dated) -> date:
    return dated.since or date.min


def _last(dated: Dated) -> date:
    return dated.until or date.max


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which activities are meant: those that fit everything that is given.

    sectors, activity_types     codes of the reporting format
    technologies                words, one of which the title or the description of the type would contain
    """

    sectors: frozenset[str] = frozenset()
    activity_types: frozenset[str] = frozenset()
    technologies: tuple[str, ...] = ()

    @property
    def is_given(self) -> bool:
        """Whether anything says which activities are meant."""
        return bool(self.sectors or self.activity_types or self.technologies)


@dataclass(frozen=True, kw_only=True)
class Entry(Dated):
    """One entry of a list."""

    name: Mapping[str, str]
    scope: Scope = Scope()
    source: str = ""

    @property
    def label(self) -> str:
        """The entry in the language of the page."""
        return in_language(self.name, get_language() or "en")


@dataclass(frozen=True, kw_only=True)
class ActivityList(Dated):
    """A list of activities.

    complete    whether every entry of the source is held here; what is not held is looked up by people
    """

    code: str
    sort: Sort
    name: Mapping[str, str]
    force: Force
    source: str
    complete: bool = True
    entries: tuple[Entry, ...] = ()

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return in_language(self.name, get_language() or "en")


@dataclass(frozen=True, kw_only=True)
class Admitted(Dated):
    """A standard or a methodology that is eligible.

    name    as applications write it, such as VCS or VM0042
    also    other names of it
    """

    name: str
    also: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Eligible:
    """The standards and the methodologies that are eligible. Where none are listed, all are."""

    force: Force = Force.WARNING
    standards: tuple[Admitted, ...] = ()
    methodologies: tuple[Admitted, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outside:
    """What holds for activities outside the contribution; `conditions` are said to whoever asks."""

    force: Force = Force.WARNING
    conditions: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @property
    def label(self) -> str:
        """The conditions in the language of the page; empty where none are given."""
        return in_language(self.conditions, get_language() or "en") if self.conditions else ""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A part of the contribution: conditional on support from abroad, or not."""

    name: Mapping[str, str]
    conditional: bool
    force: Force
    scope: Scope = Scope()
    source: str = ""

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return in_language(self.name, get_language() or "en")


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much of the outcomes of the period may be promised to others, in t CO2 eq."""

    tonnes: int
    force: Force = Force.WARNING
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Contribution(Dated):
    """What the Party's contribution says for one implementation period, as long as that version of it stands.

    years           the first and the last calendar year; none where they are not held here
    sectors, gases  what it covers; none where that is not held here
    """

    name: Mapping[str, str]
    source: str
    years: tuple[int, int] | None = None
    sectors: frozenset[str] | None = None
    gases: frozenset[str] | None = None
    outside: Outside | None = None
    targets: tuple[Target, ...] = ()
    budget: Budget | None = None

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return in_language(self.name, get_language() or "en")

    def runs_in(self, first: int, last: int) -> bool:
        """Whether any of these years lies in its period; true of a period that is not held."""
        return self.years is None or (self.years[0] <= last and first <= self.years[1])
