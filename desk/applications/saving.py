"""What a section's form sends, written into the application: as typed, and nothing of other sections."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from desk.applications.places import Raw, at_place, put
from desk.applications.rows import kept, sent_rows
from desk.applications.sections import Asked, Field, Rows, Section
from desk.applications.typed import Sent
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An application with what was sent.

    dropped    what is not asked for any more, and was taken out
    revealed   whether something is asked for now that was not on the form
    """

    content: dict[str, Raw]
    dropped: tuple[Words, ...]
    revealed: bool


def with_answers(section: Section, content: Mapping[str, Raw], sent: Sent, *, tidy: bool = True) -> Saved:
    """The application with the answers of a section's form.

    Only what the form says it asked is written (`asked`), so that whatever was not on it stays.
    `remove` names a row to leave out. Without `tidy` nothing is taken out that is asked no more.
    """
    changed = deepcopy(dict(content))
    on_the_form = set(sent.getlist("asked"))
    for asked in section.asked():
        if asked.name in on_the_form:
            put(changed, asked.place, _answer(asked, sent))
    dropped = _dropped(section, changed) if tidy else ()
    revealed = any(
        asked.applies(changed) and asked.name not in on_the_form
        for asked in section.asked()
        if isinstance(asked, Field)
    )
    return Saved(content=changed, dropped=dropped, revealed=revealed)


def _answer(asked: Asked, sent: Sent) -> Raw:
    if isinstance(asked, Field):
        return asked.answer.read(sent, asked.name)
    return kept(asked, _without_removed(asked, sent))


def _without_removed(asked: Rows, sent: Sent) -> list[dict[str, Raw]]:
    rows = sent_rows(asked, sent)
    name, _dash, number = (sent.get("remove") or "").rpartition("-")
    if name == asked.name and number.isdecimal():
        return [row for index, row in enumerate(rows) if index != int(number)]
    return rows


def _dropped(section: Section, changed: dict[str, Raw]) -> tuple[Words, ...]:
    """Takes out what does not apply any more, and says what it was."""
    dropped = []
    for asked in section.asked():
        if not asked.applies(changed) and at_place(changed, asked.place) is not None:
            put(changed, asked.place, None)
            dropped.append(asked.label)
    return tuple(dropped)
