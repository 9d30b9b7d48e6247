"""What can be wrong with content that people or files give: raised, gathered, and said in a sentence.

A sentence names the place as a path (`request.volumes_tco2e.2023`) and the value, in words a project
developer understands; `SENTENCES` holds every one of them, by kind of problem.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, LiteralString

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from accounts.wording import in_words

_SHOWN = 80  # characters of a value that a sentence repeats

SENTENCES: Mapping[str, Promise] = {
    # The shape of a value
    "not_an_object": gettext_lazy("a group of named fields in braces {…} is expected here, not %(value)s"),
    "not_a_list": gettext_lazy("a list in square brackets […] is expected here, not %(value)s"),
    "item_missing": gettext_lazy("this place in the list is empty (%(value)s)"),
    "not_text": gettext_lazy("a text in quotation marks is expected here, not %(value)s"),
    "text_too_long": gettext_lazy(
        "%(value)s is too long: %(length)s characters, where at most %(limit)s fit"
    ),
    "unwritable_text": gettext_lazy("%(value)s holds a character that cannot be written on paper"),
    "not_yes_or_no": gettext_lazy("true or false is expected here, not %(value)s"),
    "must_be_given": gettext_lazy("this must be given here, and is not"),
    # Days and years
    "not_a_day": gettext_lazy(
        "%(value)s is no date: year, month and day are expected in the form “2024-06-30”"
    ),
    "day_out_of_range": gettext_lazy("%(value)s is no date between the years %(first)s and %(last)s"),
    "not_a_year": gettext_lazy("%(value)s is no calendar year: four digits such as 2023 are expected"),
    "period_reversed": gettext_lazy("the period ends on %(ends)s, before it starts on %(starts)s"),
    "years_reversed": gettext_lazy("the period ends with %(ends)s, before it starts with %(starts)s"),
    # Volumes
    "volume_not_a_number": gettext_lazy(
        "%(value)s is no volume: a whole number of tonnes, without quotation marks, is expected"
    ),
    "volume_not_finite": gettext_lazy("%(value)s is no number, and no volume"),
    "volume_negative": gettext_lazy("%(value)s is a negative volume: zero or more tonnes are expected"),
    "volume_fractional": gettext_lazy("%(value)s is no whole number of tonnes: volumes have no decimals"),
    "volume_too_large": gettext_lazy("%(value)s tonnes are more than any volume can be (%(limit)s)"),
    "not_by_vintage": gettext_lazy(
        'volumes by calendar year are expected here, such as {"2023": 1000}, not %(value)s'
    ),
    "not_a_vintage": gettext_lazy("%(value)s is no vintage: a calendar year such as “2023” is expected"),
    "vintage_too_early": gettext_lazy(
        "vintage %(value)s lies before %(first)s: "
        "only mitigation from %(first)s on can be authorised (rule A1)"
    ),
    "occurs_too_early": gettext_lazy(
        "outcomes from %(value)s on include years before %(first)s: "
        "only mitigation from %(first)s on can be authorised (rule A1)"
    ),
    "not_a_scope": gettext_lazy("“all”, or volumes by calendar year, is expected here, not %(value)s"),
    "not_a_percentage": gettext_lazy("%(value)s is no percentage: a number from 0 to 100 is expected"),
    "percentage_too_fine": gettext_lazy("%(value)s is too fine a percentage: at most four decimals are kept"),
    # Parties, countries, codes
    "unknown_party": gettext_lazy(
        "%(value)s is not a Party to the Paris Agreement: "
        "its code of three capital letters, or EUE, is expected, such as GHA"
    ),
    "party_has_left": gettext_lazy("%(value)s is no Party to the Paris Agreement since %(left)s"),
    "not_yet_a_party": gettext_lazy("%(value)s became a Party to the Paris Agreement only on %(joined)s"),
    "unknown_country": gettext_lazy(
        "%(value)s is no country: its code of three capital letters (ISO 3166-1) is expected, such as GHA"
    ),
    "unknown_code": gettext_lazy(
        "%(value)s is no %(list)s of the nomenclature of %(published)s, which knows: %(known)s"
    ),
    "misspelt_code": gettext_lazy(
        "%(value)s is no %(list)s of the nomenclature of %(published)s; do you mean “%(suggestion)s”?"
    ),
    "wrong_ca_id": gettext_lazy(
        "%(value)s is no identifier of a cooperative approach: "
        "CA and four digits are expected, such as CA0001"
    ),
    "unknown_scale": gettext_lazy("%(value)s is no scale of an activity; known are: %(known)s"),
    "unknown_role": gettext_lazy("%(value)s is no role of an entity; known are: %(known)s"),
    "unknown_kind": gettext_lazy("%(value)s is no kind of application; known are: %(known)s"),
    "unknown_use": gettext_lazy(
        "%(value)s is no use; known are: %(known)s "
        "(other international mitigation purposes are IMP, OP or both)"
    ),
    # Contradictions
    "applicant_count": gettext_lazy("exactly one entity is the applicant, here %(count)s are"),
    "definition_on_ndc_only": gettext_lazy(
        "%(value)s is given, but the only use is NDC, for which the law fixes first transfer as the first "
        "international transfer (rule A4)"
    ),
    "oimp_on_ndc_only": gettext_lazy(
        "%(value)s names other international mitigation purposes, but the only use is NDC (rule A4)"
    ),
    "imp_not_asked_for": gettext_lazy(
        "%(value)s names an international mitigation purpose, but the uses do not include IMP (rule A4)"
    ),
    "op_not_asked_for": gettext_lazy(
        "%(value)s names another purpose, but the uses do not include OP (rule A4)"
    ),
    # Case files
    "wrong_schema": gettext_lazy("%(value)s is no format known here: “case/1” is"),
    "wrong_id": gettext_lazy(
        "%(value)s cannot name a case: letters A to Z, digits, dots and hyphens are expected, at most 100"
    ),
    "unknown_outcome": gettext_lazy("%(value)s is no outcome; known are: %(known)s"),
    "unknown_event": gettext_lazy("%(value)s is no event known here; known are: %(known)s"),
    "unknown_change": gettext_lazy("%(value)s is no type of change; known are: %(known)s"),
    "decided_before_submission": gettext_lazy(
        "a decision on %(value)s stands before the submission on %(submitted)s"
    ),
    "signed_before_decided": gettext_lazy(
        "a signature on %(value)s stands before the decision on %(decided)s"
    ),
    "unknown_appeal_outcome": gettext_lazy("%(value)s is no outcome of an appeal; known are: %(known)s"),
    "repeated_field": gettext_lazy("the field %(value)s stands here more than once"),
    "too_deep": gettext_lazy("lists and groups stand inside each other too deeply to be read"),
    "not_a_number": gettext_lazy("%(value)s is no number"),
}

# What the parsing library itself may report, in the terms above.
_LIBRARY_KINDS: Mapping[str, str] = {
    "model_type": "not_an_object",
    "missing": "must_be_given",
}


def problem(kind: LiteralString, *place: str | int, value: object, **details: object) -> InitErrorDetails:
    """A problem at a place below the present one; `details` fill the sentence of its kind."""
    return InitErrorDetails(type=PydanticCustomError(kind, kind, details), loc=place, input=value)


def raise_all(problems: list[InitErrorDetails]) -> None:
    """Raises `ValidationError` with all of them, if there are any."""
    if problems:
        raise ValidationError.from_exception_data("content", problems)


def refusal(kind: LiteralString, value: object, **details: object) -> ValidationError:
    """The error that refuses one value, to be raised by the check of a field."""
    return ValidationError.from_exception_data("content", [problem(kind, value=value, **details)])


def located(error: ValidationError, *place: str | int) -> list[InitErrorDetails]:
    """The problems of an error, further inside at `place`, to be raised together with others."""
    return [
        problem(
            _kind(found["type"]),
            *place,
            *found["loc"],
            value=found["input"],
            **found.get("ctx", {}),
        )
        for found in error.errors(include_url=False)
    ]


def _kind(reported: str) -> str:
    return _LIBRARY_KINDS.get(reported, reported)


def _printable(text: str) -> str:
    """The text on one line, with escapes for what cannot be shown."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text
    )


def shown(value: object) -> str:
    """A value as a sentence repeats it: texts in quotation marks, the rest as in the file, cut where long."""
    if isinstance(value, str):
        return f"“{_cut(value)}”"
    if isinstance(value, Decimal):
        return _cut(str(value))
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str) -> str:
    printable = _printable(text[: _SHOWN + 1])
    return f"{printable[:_SHOWN]}…" if len(printable) > _SHOWN else printable


def path(place: tuple[str | int, ...]) -> str:
    """A place as people write it: `request.volumes_tco2e.2023`."""
    return ".".join(_printable(str(step)[:_SHOWN]) for step in place)


def words(kind: str, value: object, details: Mapping[str, Any]) -> str:
    """What is wrong with a value, without the place; it neither begins nor ends as a sentence does."""
    if kind == "unknown_code" and details.get("suggestion"):
        kind = "misspelt_code"
    said = {name: in_words(detail) for name, detail in details.items()}
    return str(SENTENCES[kind]) % {**said, "value": shown(value)}


def sentence(kind: str, place: tuple[str | int, ...], value: object, details: Mapping[str, Any]) -> str:
    """One problem in words: where, and what is wrong with which value."""
    said = words(kind, value, details)
    where = path(place) or _("the file as a whole")
    return f"{where}: {said}" if said.endswith("?") else f"{where}: {said}."


@dataclass(frozen=True, kw_only=True)
class Found:
    """One problem of content: its kind (a key of `SENTENCES`), its place, the value, and further details."""

    kind: str
    place: tuple[str | int, ...]
    value: object
    details: Mapping[str, Any]

    @property
    def words(self) -> str:
        """What is wrong, without the place: for whoever sees the place before them."""
        return words(self.kind, self.value, self.details)

    @property
    def sentence(self) -> str:
        """What is wrong, and where."""
        return sentence(self.kind, self.place, self.value, self.details)


def problems_of(error: ValidationError) -> list[Found]:
    """Every problem of an error, in the order of the content."""
    return [
        Found(
            kind=_kind(found["type"]), place=found["loc"], value=found["input"], details=found.get("ctx", {})
        )
        for found in error.errors(include_url=False)
    ]


def sentences_of(error: ValidationError) -> list[str]:
    """Every problem of an error as a sentence, in the order of the content, none twice."""
    return list(dict.fromkeys(found.sentence for found in problems_of(error)))
