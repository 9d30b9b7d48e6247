"""What is open for changes while a case is with the applicant: all of it, or only what was asked about.

Before the review the whole application is open. Once the review began, what the bodies have read stands, and
only the places about which something was asked may change. A question about the application as a whole opens
nothing: it is answered in words.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from authorisation.application import ApplicationContent
from authorisation.edits import changed_places

if TYPE_CHECKING:
    from authorisation.models import Case, Question, QuestionRound

Place = tuple[str, ...]

# Answers in words that are not sent yet are kept beside the application, by the question's key. They are no
# content of it: what is frozen as a version leaves them out.
ANSWERS = "answers"

# Content items that are more than one place.
_SEVERAL: Mapping[Place, tuple[Place, ...]] = {("request", "oimp"): (("request", "imp"), ("request", "op"))}


def open_round(case: "Case") -> "QuestionRound | None":
    """The round of questions that waits for the applicant's answers."""
    return case.question_rounds.filter(answered_at__isnull=True).last()


def open_places(case: "Case") -> frozenset[Place] | None:
    """The places that may be changed now; None where all of the application may be."""
    waiting = open_round(case)
    if waiting is None or waiting.purpose != waiting.Purpose.CLARIFICATION:
        return None
    return frozenset(
        place for question in waiting.questions.all() for place in places_of(question.path) if place
    )


def places_of(path: str) -> tuple[Place, ...]:
    """The places that a question about this path is about; none for the application as a whole."""
    place = tuple(path.split(".")) if path else ()
    return _SEVERAL.get(place, (place,) if place else ())


def is_open(place: Place, opened: frozenset[Place] | None) -> bool:
    """Whether a place may be changed: all may, or it lies in one that was asked about."""
    return opened is None or any(place[: len(one)] == one for one in opened)


def locked_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], opened: frozenset[Place] | None
) -> list[Place]:
    """The places that would change although nothing was asked about them."""
    if opened is None:
        return []
    return [
        place
        for place in changed_places(before, after)
        if place[0] != ANSWERS and not _opened_below(place, before, after, opened)
    ]


def _opened_below(
    place: Place, before: Mapping[str, Any], after: Mapping[str, Any], opened: frozenset[Place]
) -> bool:
    """Whether a changed place is open, or a group that came or went holds nothing but what is open."""
    if is_open(place, opened):
        return True
    old, new = _at(before, place), _at(after, place)
    groups = [group for group in (old, new) if isinstance(group, Mapping)]
    if len(groups) != 1 or None not in (old, new):
        return False
    return all(_opened_below((*place, key), before, after, opened) for key in groups[0])


def _at(content: Mapping[str, Any], place: Place) -> Any:
    inside: Any = content
    for key in place:
        inside = inside.get(key) if isinstance(inside, Mapping) else None
    return inside


def changed_since_submitted(case: "Case", content: ApplicationContent) -> frozenset[Place]:
    """The places that differ from the last version handed in."""
    last = case.versions.last()
    before = json.loads(last.content) if last is not None else {}
    return frozenset(changed_places(before, content.as_json()))


def is_answered_by_change(question: "Question", changed: Iterable[Place]) -> bool:
    """Whether the place that a question is about has changed since the application was handed in."""
    about = places_of(question.path)
    return any(place[: len(one)] == one or one[: len(place)] == place for one in about for place in changed)
