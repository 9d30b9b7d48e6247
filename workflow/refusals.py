"""Refusals: why something may not happen, all reasons at once, each with what would mend it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from django.utils.functional import Promise

from accounts.wording import filled, in_words
from audit.trail import Json

Words: TypeAlias = str | Promise


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason, as a sentence.

    Words and values stay apart until somebody reads them: `words` is translatable and names its
    places as `%(place)s`, so that the trail can keep `code` and `values` and never a translation. A value
    that is a code, or a day, brings its label with it (`accounts.wording`).
    """

    code: str
    words: Words
    values: Mapping[str, Json] = field(default_factory=dict)
    mend: Words = ""

    def __str__(self) -> str:
        return self.filled(self.words)

    @property
    def mend_text(self) -> str:
        """What would mend it, as a sentence; empty where nothing would."""
        return self.filled(self.mend)

    def filled(self, words: Words, **instead: str) -> str:
        """Words with the values in their places, as people read them; `instead` of some of them, others."""
        if not self.values:
            return str(words)
        return filled(str(words), {place: in_words(value) for place, value in self.values.items()} | instead)


class Kind(StrEnum):
    """What sort of refusal it is. The first that applies names it: role, then state, then rule."""

    ROLE = "role"
    UNSEEN = "unseen"
    STATE = "state"
    STALE = "stale"
    RULE = "rule"


# The status with which a page or the API answers each kind.
STATUS = {Kind.ROLE: 403, Kind.UNSEEN: 404, Kind.STATE: 409, Kind.STALE: 409, Kind.RULE: 422}


class Refused(Exception):
    """The door's answer when something may not happen. Nothing has moved."""

    def __init__(self, kind: Kind, reasons: Iterable[Reason]) -> None:
        self.kind = kind
        self.reasons = tuple(reasons)
        super().__init__(kind, self.reasons)

    @property
    def status(self) -> int:
        """The HTTP status that says the same."""
        return STATUS[self.kind]

    def __str__(self) -> str:
        return " ".join(str(reason) for reason in self.reasons)
