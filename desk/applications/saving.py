"""What a section's form sends, written into the application: as typed, and nothing of other sections."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass

from desk.applications.places import Raw, at_place, put
from desk.applications.questions import Field, Section
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


def with_answers(
    section: Section,
    content: Mapping[str, Raw],
    answers: Mapping[str, Raw],
    *,
    on_the_form: Collection[str],
    tidy: bool = True,
) -> Saved:
    """The application with the answers of a section's form, by the names of their questions.

    `on_the_form` names the questions that the form asked. Without `tidy` nothing is taken out that is asked
    no more.
    """
    changed = deepcopy(dict(content))
    for asked in section.asked():
        if asked.name in answers:
            put(changed, asked.place, answers[asked.name])
    dropped = _dropped(section, changed) if tidy else ()
    revealed = any(
        asked.applies(changed) and asked.name not in on_the_form
        for asked in section.asked()
        if isinstance(asked, Field)
    )
    return Saved(content=changed, dropped=dropped, revealed=revealed)


def _dropped(section: Section, changed: dict[str, Raw]) -> tuple[Words, ...]:
    """Takes out what does not apply any more, and says what it was."""
    dropped = []
    for asked in section.asked():
        if not asked.applies(changed) and at_place(changed, asked.place) is not None:
            put(changed, asked.place, None)
            dropped.append(asked.label)
    return tuple(dropped)
