"""An application while it is written: what of it can be read, and what is wrong with the rest, in words."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import ValidationError

from authorisation.application import ApplicationContent
from desk.applications.places import Raw, at_place
from desk.applications.typed import Day
from projects.problems import Found, problems_of, shown

PlaceFound = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong at one place of the application, as a sentence for whoever typed it."""

    place: PlaceFound
    words: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An application as far as it can be read, and every problem of the rest, in the order of the content."""

    content: ApplicationContent
    problems: tuple[Problem, ...]


def read(raw: Mapping[str, Raw]) -> Reading:
    """Reads what is there. What is malformed is set aside, so that the rest still says something."""
    try:
        return Reading(content=ApplicationContent.model_validate(raw), problems=())
    except ValidationError as error:
        found = problems_of(error)
        problems = [problem for each in found for problem in _in_words(each, raw)]
        return Reading(content=_readable(raw, error), problems=tuple(dict.fromkeys(problems)))


def _readable(raw: Mapping[str, Raw], error: ValidationError) -> ApplicationContent:
    """The content without what is malformed. Contradictions come to light in turn, so it may take rounds."""
    pruned = deepcopy(dict(raw))
    for _round in range(5):
        places = sorted((found.place for found in problems_of(error)), key=_by_index, reverse=True)
        for place in places:
            _take_out(pruned, place)
        try:
            return ApplicationContent.model_validate(pruned)
        except ValidationError as again:
            error = again
    return ApplicationContent()


def _by_index(place: PlaceFound) -> tuple[tuple[bool, int, str], ...]:
    """Later items of a list come out first, so that the earlier keep their numbers."""
    return tuple((isinstance(step, int), step if isinstance(step, int) else 0, str(step)) for step in place)


def _take_out(content: Any, place: PlaceFound) -> None:
    """Takes out what stands at a place, or the nearest thing above it that there is."""
    inside = content
    for step, below in zip(place, [*place[1:], None], strict=True):
        try:
            deeper = inside[step]
        except (KeyError, IndexError, TypeError):
            return
        if below is None or not _has(deeper, below):
            del inside[step]
            return
        inside = deeper


def _has(group: Any, step: str | int) -> bool:
    if isinstance(group, dict):
        return step in group
    return isinstance(group, list) and isinstance(step, int) and step < len(group)


# The content's own sentences are written for files; where these kinds are met, somebody filled in a form.
_ON_PAGES: Mapping[str, Any] = {
    "not_a_day": gettext_lazy("%(value)s is no date: give day, month and year in figures, such as 30 6 2024"),
    "volume_not_a_number": gettext_lazy(
        "%(value)s is no whole number of tonnes: write figures only, such as 12000"
    ),
    "unknown_party": gettext_lazy(
        "%(value)s is not a Party to the Paris Agreement: choose one from the list"
    ),
    "unknown_country": gettext_lazy("%(value)s is no country: choose one from the list"),
    "definition_on_ndc_only": gettext_lazy(
        "a definition is given, but the only use is NDC, for which the law says when first transfer is "
        "(rule A4)"
    ),
}


def _in_words(found: Found, raw: Mapping[str, Raw]) -> list[Problem]:
    special = _SPECIAL.get(found.kind)
    if special is not None and (said := special(found, raw)):
        return said
    words = _ON_PAGES.get(found.kind)
    said_of = found.words if words is None else words % {"value": _typed(found)}
    return [Problem(place=found.place, words=_sentence(said_of))]


def _typed(found: Found) -> str:
    """The value as it was typed: of a date that is none, its three parts side by side."""
    if found.kind == "not_a_day" and isinstance(found.value, dict):
        return shown(" ".join(Day().told(found.value)))
    return shown(found.value)


def _sentence(words: str) -> str:
    return str(capfirst(words if words.endswith(("?", ".")) else f"{words}."))


def _years_twice(found: Found, raw: Mapping[str, Raw]) -> list[Problem]:
    """Years that were typed twice cannot be kept by year: they stand as rows, until one is corrected."""
    rows = at_place(raw, tuple(str(step) for step in found.place))
    if not isinstance(rows, list):
        return []
    years = [str(row.get("year") or "").strip() for row in rows if isinstance(row, dict)]
    return [
        Problem(
            place=(*found.place, index),
            words=_("Give a year for this row.")
            if not year
            else _("The year %(year)s stands here more than once: give each year once.") % {"year": year},
        )
        for index, year in enumerate(years)
        if not year or years.index(year) != index
    ]


def _year_left_out(found: Found, _raw: Mapping[str, Raw]) -> list[Problem]:
    if str(found.value).strip():
        return []
    return [Problem(place=found.place, words=_("Give the calendar year of this volume."))]


def _one_applicant(found: Found, _raw: Mapping[str, Raw]) -> list[Problem]:
    count = int(found.details.get("count", 0))
    if count == 0:
        words = _("No entity has the role of applicant: choose it for the one that makes this application.")
    else:
        words = ngettext(
            "%(count)s entity has the role of applicant: choose it for one only.",
            "%(count)s entities have the role of applicant: choose it for one only.",
            count,
        ) % {"count": count}
    return [Problem(place=found.place, words=words)]


_SPECIAL: Mapping[str, Callable[[Found, Mapping[str, Raw]], list[Problem]]] = {
    "not_by_vintage": _years_twice,
    "not_a_vintage": _year_left_out,
    "applicant_count": _one_applicant,
}
