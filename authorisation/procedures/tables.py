"""Reads the tables of a TOML file key by key, and gathers everything that is wrong instead of stopping at it.

Every problem is a sentence that names the key, as a path, and the fault. A key that nobody asked for is
one too: what a lawyer wrote and the software ignored would be worse than an error.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext_lazy as _

from workflow.refusals import Words

T = TypeVar("T")

# Keys with which somebody might try to change the lifecycle, which is the same for every country.
STATES = frozenset(
    {"state", "states", "status", "statuses", "stages", "steps", "step", "transition", "transitions", "flow"}
)

_CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")


class Problems:
    """What is wrong with a file: places and faults, in the order of finding."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, place: str, fault: Words) -> None:
        """One more: where, and what."""
        self.found.append((place, str(fault)))

    def add_unless_known(self, others: "Problems") -> None:
        """Those of others that stand at places, or inside of places, of which nothing is said yet."""
        known = {place for place, _fault in self.found}
        self.found += [
            (place, fault)
            for place, fault in others.found
            if not any(place == one or place.startswith(f"{one}.") for one in known)
        ]

    @property
    def sentences(self) -> list[str]:
        """Every problem in words."""
        return [f"{place}: {fault}" for place, fault in self.found]


def shown(value: object) -> str:
    """A value as a sentence repeats it, cut where long."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text if len(text) <= 60 else f"{text[:60]}…"
    return f"“{text}”" if isinstance(value, str) else text


def listed(names: Collection[str]) -> str:
    """The names with commas between them."""
    return ", ".join(str(name) for name in names)


@dataclass
class Table:
    """One table of the file, the place where it stands, and what nobody has asked for yet."""

    values: Mapping[str, Any]
    place: str
    problems: Problems
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> str:
        """The place of a key of this table."""
        return f"{self.place}.{key}" if self.place else key

    def fault(self, key: str, fault: Words) -> None:
        """Something is wrong with this key."""
        self.problems.add(self.at(key), fault)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self.asked.add(key)
        return key in self.values

    def _get(
        self,
        key: str,
        default: T,
        read: Callable[[Any], T | None],
        expected: Words,
        *,
        must: bool,
        **said: object,
    ) -> T:
        self.asked.add(key)
        if key not in self.values:
            if must:
                self.fault(key, _("this must be given, and is not."))
            return default
        value = self.values[key]
        found = read(value)
        if found is None:
            self.fault(
                key,
                _("%(value)s stands here; expected is %(expected)s.")
                % {"value": shown(value), "expected": str(expected) % said},
            )
            return default
        return found

    # -- single values -----------------------------------------------------------------------

    def text(self, key: str, *, must: bool = True) -> str:
        """A text on one line."""
        return self._get(key, "", _line, _("a text in quotation marks"), must=must)

    def code(self, key: str, *, must: bool = True) -> str:
        """A short name by which other places of the file refer to something."""
        expected = _("a code of small letters, digits and underlines, such as technical_committee")
        return self._get(key, "", lambda value: value if is_code(value) else None, expected, must=must)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        return self._get(
            key,
            default,
            lambda value: value if isinstance(value, bool) else None,
            _("true or false"),
            must=False,
        )

    def number(self, key: str, default: int = 1, *, must: bool = True) -> int:
        """A whole number from 1 on."""
        expected = _("a whole number of at least 1")
        return self._get(key, default, lambda value: value if _counts(value) else None, expected, must=must)

    def numbers(self, key: str) -> tuple[int, ...]:
        """Whole numbers from 1 on."""

        def read(value: Any) -> tuple[int, ...] | None:
            if not isinstance(value, list) or not all(_counts(one) for one in value):
                return None
            return tuple(value)

        return self._get(key, (), read, _("a list of whole numbers of at least 1"), must=False)

    def decimal(self, key: str, *, most: int | None = None, places: int, must: bool = True) -> Decimal | None:
        """A number above nothing with so many decimals, at most `most`."""

        def read(value: Any) -> Decimal | None:
            if isinstance(value, bool) or not isinstance(value, int | Decimal):
                return None
            found = Decimal(value)
            if not found.is_finite() or found <= 0 or (most is not None and found > most):
                return None
            return found if found == round(found, places) else None

        expected = (
            _("a number above 0 with at most %(places)s decimals")
            if most is None
            else _("a number above 0, at most %(most)s, with at most %(places)s decimals")
        )
        return self._get(key, None, read, expected, must=must, most=most, places=places)

    def day(self, key: str, *, must: bool = True) -> date | None:
        """A date, written without quotation marks."""

        def read(value: Any) -> date | None:
            return value if isinstance(value, date) and not isinstance(value, datetime) else None

        return self._get(key, None, read, _("a date without quotation marks, such as 2024-06-30"), must=must)

    def texts(self, key: str, *, must: bool = True) -> Mapping[str, str]:
        """One text by language, such as { en = "Committee", fr = "Comité" }."""
        none: Mapping[str, str] = {}
        return self._get(
            key,
            none,
            _texts,
            _('a text by language, such as { en = "Committee", fr = "Comité" }'),
            must=must,
        )

    def one_of(self, key: str, known: Mapping[str, T], default: T, *, must: bool = False) -> T:
        """One of the known words."""
        return self._get(
            key,
            default,
            lambda value: known.get(value) if isinstance(value, str) else None,
            _("one of: %(known)s"),
            must=must,
            known=listed(tuple(known)),
        )

    def several_of(
        self, key: str, known: Mapping[str, T], what: Words, *, must: bool = False
    ) -> tuple[T, ...]:
        """Some of the known words, none twice; each unknown one is a problem of its own."""

        def read(value: Any) -> tuple[str, ...] | None:
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                return None
            return tuple(value)

        none: tuple[str, ...] = ()
        given = self._get(key, none, read, _("a list of texts in quotation marks"), must=must)
        for name in sorted({one for one in given if given.count(one) > 1}):
            self.fault(key, _("“%(name)s” is named twice.") % {"name": name})
        for name in given:
            if name not in known:
                self.fault(key, unknown(name, tuple(known), what))
        return tuple(known[name] for name in dict.fromkeys(given) if name in known)

    # -- tables within -----------------------------------------------------------------------

    def table(self, key: str, *, must: bool = False) -> "Table | None":
        """A table within this one."""
        found = self._get(
            key,
            None,
            lambda value: value if isinstance(value, dict) else None,
            _("a table, such as [%(place)s]"),
            must=must,
            place=self.at(key),
        )
        return Table(found, self.at(key), self.problems) if found is not None else None

    def tables(self, key: str, *, must: bool = False) -> list["Table"]:
        """Tables in a list, whose places are counted from 1."""

        def read(value: Any) -> list[Any] | None:
            if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
                return None
            return value

        none: list[Any] = []
        expected = _("a list of tables, such as [[%(place)s]]")
        found = self._get(key, none, read, expected, must=must, place=self.at(key))
        return [
            Table(one, f"{self.at(key)}.{number}", self.problems) for number, one in enumerate(found, start=1)
        ]

    def named_tables(self) -> Iterator[tuple[str, "Table"]]:
        """Every table in this one, by its key; for a table whose keys are codes."""
        for key in self.values:
            found = self.table(key)
            if found is not None:
                yield key, found

    def close(self, known: Collection[str] = ()) -> None:
        """All keys of this table were asked for: any other is a problem."""
        for key in self.values:
            if key in self.asked:
                continue
            if key.lower() in STATES:
                self.fault(
                    key,
                    _(
                        "a procedure adds no state and no step: they are the same everywhere. "
                        "Say who is asked, in which order and how long it may take."
                    ),
                )
            else:
                self.fault(key, unknown(key, tuple(self.asked | set(known)), _("key here")))


def is_code(value: object) -> bool:
    """Whether other places of the file can refer to something by this name."""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def unknown(name: str, known: Collection[str], what: object) -> str:
    """The fault of a name that is none of those known, with the nearest one."""
    values = {"name": name, "what": str(what)}
    near = get_close_matches(name, [str(one) for one in known], n=1, cutoff=0.6)
    if near:
        return _("“%(name)s” is no known %(what)s; do you mean “%(near)s”?") % {**values, "near": near[0]}
    if known:
        return _("“%(name)s” is no known %(what)s; known are: %(known)s.") % {
            **values,
            "known": listed(sorted(str(one) for one in known)),
        }
    return _("“%(name)s” is no known %(what)s.") % values


def is_language(tag: str) -> bool:
    """Whether this is the tag of a language, such as en or pt-BR."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def _line(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _counts(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _texts(value: Any) -> Mapping[str, str] | None:
    if not isinstance(value, dict) or not value:
        return None
    if not all(is_language(tag) and _line(text) for tag, text in value.items()):
        return None
    return dict(value)
