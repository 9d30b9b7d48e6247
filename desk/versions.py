"""The versions of an application, and what each changed: place by place, added, removed or changed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from authorisation.models import Case
from authorisation.national_questions import place_of_answer, questions_of
from desk.values import name_of_place
from letters.templatetags.letter_format import tonnes
from workflow.refusals import Words

# Places whose values are tonnes by year.
_VOLUMES = frozenset({"request.volumes_tco2e", "activity.expected_tco2e"})


class How(StrEnum):
    """What became of a place from one version to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    @property
    def label(self) -> Words:
        """The word for it."""
        return {
            How.ADDED: _("added"),
            How.REMOVED: _("removed"),
            How.CHANGED: _("changed"),
        }[self]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One place, and what stood there before and stands there now; empty for nothing."""

    place: str
    how: How
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version as it was handed in, and what it changed of the one before; nothing for the first.

    round   the round of questions that it answers, where it answers one
    """

    number: int
    frozen_on: date
    sha256: str
    changes: tuple[Change, ...]
    first: bool
    round: int | None = None


def versions(case: Case) -> tuple[Version, ...]:
    """The versions of a case's application, newest first, in two queries."""
    found = []
    names = {place_of_answer(question.code): question.label for question in questions_of(case)}
    rounds = dict(case.question_rounds.exclude(version=None).values_list("version__number", "number"))
    before: Mapping[str, str] | None = None
    for one in case.versions.all():
        content = dict(_places(json.loads(one.content)))
        found.append(
            Version(
                number=one.number,
                frozen_on=one.frozen_on,
                sha256=one.sha256,
                changes=tuple(changes(before, content, names)) if before is not None else (),
                first=before is None,
                round=rounds.get(one.number),
            )
        )
        before = content
    return tuple(reversed(found))


def changes(
    before: Mapping[str, str], after: Mapping[str, str], names: Mapping[str, str] | None = None
) -> Iterator[Change]:
    """What differs between two contents, each given as text by place; `names` of this case's own places."""
    for place in dict.fromkeys([*before, *after]):
        old, new = before.get(place, ""), after.get(place, "")
        if old != new:
            how = How.ADDED if not old else How.REMOVED if not new else How.CHANGED
            yield Change(place=(names or {}).get(place) or _named(place), how=how, before=old, after=new)


def _places(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every place of a content that says something, with its value as text.

    An item of a list of groups, such as an entity, is known by its name, so that it may change its place.
    """
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _places(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for number, part in enumerate(value, start=1):
            yield from _places(part, f"{path}[{part.get('name') or number}]")
    elif isinstance(value, list):
        if value:
            yield path, ", ".join(str(part) for part in value)
    elif value is not None and value != "":
        yield path, _text(path, value)


def _text(path: str, value: Any) -> str:
    group = path.rpartition(".")[0]
    return tonnes(value) if group in _VOLUMES and isinstance(value, int) else str(value)


def _named(path: str) -> str:
    """A place by its name: of an entity its own, of a volume its year."""
    group, _dot, last = path.rpartition(".")
    if group in _VOLUMES:
        return f"{name_of_place(group)}, {last}"
    if "[" in path:
        listed, _bracket, rest = path.partition("[")
        name, _bracket, part = rest.rpartition("]")
        return f"{name_of_place(listed)}, {name}: {part.lstrip('.').replace('_', ' ')}"
    return name_of_place(path)
