"""What a form may ask: single questions, questions asked together, and rows that grow."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from desk.applications.places import Place, Raw
from desk.applications.typed import Answer
from workflow.refusals import Words

Applies = Callable[[Mapping[str, Raw]], bool]


def always(_content: Mapping[str, Raw]) -> bool:
    """It is asked of everybody."""
    return True


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `applies` says of the application as it stands whether it is asked at all."""

    place: Place
    label: Words
    answer: Answer
    help: Words = ""
    applies: Applies = always

    @property
    def name(self) -> str:
        """Its name in the form."""
        return "__".join(self.place)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that are asked together, under one heading."""

    legend: Words
    fields: tuple[Field, ...]
    help: Words = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One field of a row. `key` is its name in the row."""

    key: str
    label: Words
    answer: Answer
    help: Words = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A question with as many answers as somebody has. A row left empty is no answer.

    one     what one row is called, with its number as `%(number)s`
    add     the words of the button for one more
    empty   how many empty rows wait where there is no answer yet
    more    how many the button adds
    """

    place: Place
    label: Words
    columns: tuple[Column, ...]
    one: Words
    add: Words
    help: Words = ""
    empty: int = 1
    more: int = 1

    @property
    def name(self) -> str:
        """The beginning of the names of its fields in the form."""
        return "__".join(self.place)

    @property
    def applies(self) -> Applies:
        """Rows are always asked for."""
        return always


class Records(Rows):
    """Rows of several fields each, kept as a list of groups."""


class Years(Rows):
    """Tonnes by calendar year, kept by year."""


class Codes(Rows):
    """One code in each row, kept as a list."""


Asked = Field | Rows
Part = Field | Group | Rows


@dataclass(frozen=True, kw_only=True)
class Section:
    """One page of questions. `optional`: an application may well be complete without any answer here."""

    name: str
    title: Words
    parts: tuple[Part, ...]
    lead: Words = ""
    optional: bool = False

    def asked(self) -> Iterator[Asked]:
        """Its fields and rows, in order."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.fields
            else:
                yield part

    def asked_at(self, place: tuple[str | int, ...]) -> Asked | None:
        """The first question about something at this place, or above or below it."""
        return next((asked for asked in self.asked() if overlaps(asked.place, place)), None)

    def holds(self, place: tuple[str | int, ...]) -> bool:
        """Whether something at this place, or above or below it, is asked here."""
        return self.asked_at(place) is not None


def overlaps(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    """Whether one place lies at, above or below the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
