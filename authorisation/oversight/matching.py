"""Whether an activity is meant by a scope, a name stands in a text, and which gas a text names."""

import re
from enum import StrEnum

from authorisation.procedures.lists import Scope
from projects.content import ActivityContent


class Match(StrEnum):
    """Whether an activity is meant by a scope."""

    YES = "yes"
    BY_WORDS = "by words"  # sector and type fit, and a word of the technology stands in the application
    NOT_NAMED = "not named"  # sector and type fit, and no such word stands there
    UNKNOWN = "unknown"  # the sector or the type is not given
    NO = "no"


def match(scope: Scope, activity: ActivityContent) -> Match:
    """Whether the activity fits everything that the scope gives."""
    no_type_applies = activity.activity_type is None and bool(activity.activity_type_note)
    compared = [
        _compare(scope.sectors, activity.sector, is_none=False),
        _compare(scope.activity_types, activity.activity_type, is_none=no_type_applies),
    ]
    if Match.NO in compared:
        return Match.NO
    if Match.UNKNOWN in compared:
        return Match.UNKNOWN
    if not scope.technologies:
        return Match.YES
    written = " ".join(filter(None, (activity.title, activity.activity_type_note, activity.methodology)))
    named = any(contains(written, technology) for technology in scope.technologies)
    return Match.BY_WORDS if named else Match.NOT_NAMED


def _compare(meant: frozenset[str], given: str | None, *, is_none: bool) -> Match:
    if not meant or given in meant:
        return Match.YES
    return Match.UNKNOWN if given is None and not is_none else Match.NO


def contains(text: str, name: str) -> bool:
    """Whether a name stands in a text, word for word; case and punctuation do not count."""
    words, sought = words_of(text), words_of(name)
    return bool(sought) and f" {' '.join(sought)} " in f" {' '.join(words)} "


def words_of(text: str) -> list[str]:
    """The words of a text, without case and punctuation."""
    return re.findall(r"[^\W_]+", text.casefold())


_CHEMICAL = {
    "co2": "CO2",
    "carbon dioxide": "CO2",
    "ch4": "CH4",
    "methane": "CH4",
    "n2o": "N2O",
    "nitrous oxide": "N2O",
    "hfcs": "HFCs",
    "hfc": "HFCs",
    "pfcs": "PFCs",
    "pfc": "PFCs",
    "sf6": "SF6",
    "nf3": "NF3",
}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def inventory_gas(text: str) -> str | None:
    """The gas, or group of gases, of inventories that a text names; none where it names none of them."""
    plain = " ".join(text.translate(_SUBSCRIPTS).casefold().split())
    group = re.fullmatch(r"(hfc|pfc)s?(-[\w]+)?", plain)
    return _CHEMICAL.get(group.group(1) if group else plain)
