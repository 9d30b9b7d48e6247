"""Two colleagues at one section: nobody's words are overwritten unseen.

A form carries a mark of each answer as it was shown. When it is sent, an answer that its person left as it
was gives way to what a colleague has written meanwhile; where both changed one answer, both are shown, with
who and when, and the person chooses.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.datastructures import MultiValueDict

from desk.applications.places import Raw, at_place, put
from desk.applications.questions import Asked, Field, Rows, Section, overlaps
from desk.applications.rows import kept, row_name, rows_of, sent_rows
from desk.applications.typed import Sent, Typed

Edits = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class Clash:
    """An answer that somebody else changed while this person was changing it.

    by            the public id of who did
    theirs, mine  the two values; `now` marks theirs, as it is shown
    """

    asked: Asked
    by: str
    at: datetime
    theirs: Raw
    mine: Raw
    now: str


class Overtaken(Exception):
    """Somebody else changed what this person changed too. Nothing was saved."""

    def __init__(self, clashes: Sequence[Clash], content: Mapping[str, Raw]) -> None:
        self.clashes, self.content = tuple(clashes), content
        super().__init__(len(clashes))


def answer_of(asked: Asked, sent: Sent) -> Raw:
    """The raw value that a form sends for a question."""
    if isinstance(asked, Field):
        return asked.answer.read(sent, asked.name)
    return kept(asked, _without_removed(asked, sent))


def _without_removed(asked: Rows, sent: Sent) -> list[dict[str, Raw]]:
    rows = sent_rows(asked, sent)
    name, _dash, number = (sent.get("remove") or "").rpartition("-")
    if name == asked.name and number.isdecimal():
        return [row for index, row in enumerate(rows) if index != int(number)]
    return rows


def marks(section: Section, content: Mapping[str, Raw]) -> dict[str, str]:
    """The mark of each answer of a section, by the name of its question."""
    return {asked.name: mark_of(asked, content) for asked in section.asked()}


def mark_of(asked: Asked, content: Mapping[str, Raw]) -> str:
    """The mark of an answer as a form sends it back untouched: the same value has the same mark."""
    return _mark(answer_of(asked, _untouched(asked, content)))


def _untouched(asked: Asked, content: Mapping[str, Raw]) -> Sent:
    if isinstance(asked, Field):
        return MultiValueDict(asked.answer.write(asked.name, at_place(content, asked.place)))
    typed: Typed = {}
    for number, row in enumerate(rows_of(asked, content)):
        for column in asked.columns:
            typed |= column.answer.write(row_name(asked, number, column.key), row.get(column.key))
    return MultiValueDict(typed)


def _mark(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def settled(
    section: Section, content: Mapping[str, Raw], sent: Sent, *, edits: Edits, person: str
) -> dict[str, Raw]:
    """The answers to write, by the name of their question; what stays as it stands is left out.

    `edits` says who changed which place last, `person` who sends. Raises Overtaken.
    """
    written: dict[str, Raw] = {}
    clashes: list[Clash] = []
    on_the_form = set(sent.getlist("asked"))
    for asked in section.asked():
        if asked.name not in on_the_form:
            continue
        mine, now = answer_of(asked, sent), mark_of(asked, content)
        if not _is_touched(asked, sent, mine, now):
            continue
        edit = _last_edit(asked, edits)
        if edit is None or edit["by"] == person or _has_seen(asked, sent, now):
            written[asked.name] = mine
        else:
            clashes.append(
                Clash(
                    asked=asked,
                    by=edit["by"],
                    at=datetime.fromisoformat(edit["at"]),
                    theirs=at_place(content, asked.place),
                    mine=mine,
                    now=now,
                )
            )
    if clashes:
        raise Overtaken(clashes, content)
    return written


def _is_touched(asked: Asked, sent: Sent, mine: Raw, now: str) -> bool:
    """Whether the person changed the answer; one who chose a colleague's leaves it as that stands."""
    if sent.get(f"choose-{asked.name}") == "theirs" and sent.get(f"shown-{asked.name}") == now:
        return False
    return _mark(mine) not in (now, sent.get(f"saw-{asked.name}"))


def _has_seen(asked: Asked, sent: Sent, now: str) -> bool:
    """Whether what stands now is what the person saw: on the form, or beside their own to choose from."""
    chosen = sent.get(f"choose-{asked.name}") == "mine" and sent.get(f"shown-{asked.name}") == now
    return chosen or sent.get(f"saw-{asked.name}") == now


def _last_edit(asked: Asked, edits: Edits) -> Mapping[str, str] | None:
    """Who changed the answer last, or something in it."""
    at_it = [edit for place, edit in edits.items() if overlaps(tuple(place.split(".")), asked.place)]
    return max(at_it, key=lambda edit: edit["at"], default=None)


def is_typed(asked: Asked, sent: Sent) -> bool:
    """Whether the person changed the answer that they were shown."""
    on_the_form = asked.name in sent.getlist("asked")
    return on_the_form and _mark(answer_of(asked, sent)) != sent.get(f"saw-{asked.name}")


def with_mine(section: Section, content: Mapping[str, Raw], sent: Sent) -> dict[str, Raw]:
    """What stands, with every answer that the person changed as they typed it: to be shown to them again."""
    shown = deepcopy(dict(content))
    for asked in section.asked():
        if is_typed(asked, sent):
            put(shown, asked.place, answer_of(asked, sent))
    return shown
