"""The kinds of field that content is built of: text, day, volume, vintage, Party, code.

A field that is null, absent or blank is None: what is *missing* belongs to the completeness check. A value of
the wrong shape is *malformed* and refused with a kind of problem that `projects.problems` has a sentence for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, LiteralString

from pydantic import BeforeValidator, ValidationError
from pydantic_core import InitErrorDetails

from accounts import wording
from accounts.parties import known_parties
from accounts.validators import is_country
from projects.codes import CodeList
from projects.problems import located, problem, raise_all, refusal

FIRST_VINTAGE = 2021  # rule A1: 2/CMA.3 annex, paragraph 1(e)
LARGEST_VOLUME = 10**15  # t CO2 eq; far above any real volume, and its sums stay inside a 64-bit column
_SHORT, _LINE, _TITLE, _TEXT = 100, 300, 500, 20_000  # characters
_YEARS = range(1990, 2200)
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _text(limit: int) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, str):
            raise refusal("not_text", value)
        if UNWRITABLE.search(value):
            raise refusal("unwritable_text", value)
        if len(value) > limit:
            raise refusal("text_too_long", value, length=len(value), limit=limit)
        return value

    return check


def _items(value: object) -> object:
    if value is None or isinstance(value, tuple):
        return value
    if not isinstance(value, list):
        raise refusal("not_a_list", value)
    raise_all(
        [problem("item_missing", index, value=None) for index, item in enumerate(value) if item is None]
    )
    return tuple(value)


def _each(check: Callable[[object], object]) -> Callable[[object], object]:
    """Applies a check to every item of a list, and reports every item that fails."""

    def check_all(value: object) -> object:
        items = _items(value)
        if not isinstance(items, tuple):
            return items
        checked, problems = [], []
        for index, item in enumerate(items):
            try:
                checked.append(check(item))
            except ValidationError as error:
                problems += located(error, index)
        raise_all(problems)
        # Blank texts say nothing, and what is said twice is said once.
        return tuple(dict.fromkeys(item for item in checked if item is not None))

    return check_all


def _day(value: object) -> object:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise refusal("not_a_day", value)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise refusal("not_a_day", value) from None
    if day.year not in _YEARS:
        raise refusal("day_out_of_range", value, first=_YEARS[0], last=_YEARS[-1])
    return day


def _year(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value not in _YEARS:
        raise refusal("not_a_year", value)
    return value


def _volume(value: object) -> object:
    """Whole tonnes, zero or more; null is "not given"."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise refusal("volume_not_a_number", value)
    if value != value or value in (float("inf"), float("-inf")):
        raise refusal("volume_not_finite", value)
    if value < 0:
        raise refusal("volume_negative", value)
    if value > LARGEST_VOLUME:
        raise refusal("volume_too_large", value, limit=LARGEST_VOLUME)
    if not isinstance(value, int):
        raise refusal("volume_fractional", value)
    return value


def _by_year(first: int) -> Callable[[object], object]:
    """Volumes by calendar year, none before `first`; a vintage that is null is not given."""

    def check(value: object) -> object:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise refusal("not_by_vintage", value)
        volumes: dict[int, object] = {}
        problems: list[InitErrorDetails] = []
        for key, volume in value.items():
            text = str(key)
            if not re.fullmatch(r"[0-9]{4}", text) or int(text) not in _YEARS:
                problems.append(problem("not_a_vintage", text, value=text))
                continue
            if int(text) < first:
                problems.append(problem("vintage_too_early", text, value=int(text), first=first))
            try:
                volumes[int(text)] = _volume(volume)
            except ValidationError as error:
                problems += located(error, text)
        raise_all(problems)
        return {year: volume for year, volume in sorted(volumes.items()) if volume is not None}

    return check


def _scope(value: object) -> object:
    if value is None or value == "all":
        return value
    if not isinstance(value, dict):
        raise refusal("not_a_scope", value)
    return _by_year(FIRST_VINTAGE)(value)


def _percentage(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 100:
        raise refusal("not_a_percentage", value)
    exact = Decimal(value)
    if exact != round(exact, 4):
        raise refusal("percentage_too_fine", value)
    return exact


def party_problems(code: str, *place: str | int, on: date | None = None) -> list[InitErrorDetails]:
    """Why this code names no Party to the Agreement; with a day, no Party on that day."""
    record = known_parties().get(code)
    if record is None:
        return [problem("unknown_party", *place, value=code)]
    if on is not None and record.had_left(on):
        return [problem("party_has_left", *place, value=code, left=_day_in_words(record.left_on))]
    if on is not None and record.was_not_yet_one(on):
        return [problem("not_yet_a_party", *place, value=code, joined=_day_in_words(record.joined_on))]
    return []


def _day_in_words(day: date | None) -> str:
    return wording.day(day) if day else ""


def _party(value: object) -> object:
    if value is None:
        return None
    if not isinstance(value, str):
        raise refusal("not_text", value)
    raise_all(party_problems(value))
    return value


def _country(value: object) -> object:
    if value is not None and not is_country(value):
        raise refusal("unknown_country", value)
    return value


def _ca_id(value: object) -> object:
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"CA[0-9]{4}", value)):
        raise refusal("wrong_ca_id", value)
    return value


def code_of(codes: CodeList) -> BeforeValidator:
    """A check for values of a code list, spelt exactly; the problem suggests the nearest."""

    def check(value: object) -> object:
        if value is None or value in codes:
            return value
        if not isinstance(value, str):
            raise refusal("not_text", value)
        raise refusal(
            "unknown_code",
            value,
            list=codes.name,
            published=wording.day(codes.on().published_on),
            suggestion=codes.nearest(value) or "",
            known=", ".join(codes.codes),
        )

    return BeforeValidator(check)


def _one_of(kind: LiteralString, known: tuple[str, ...]) -> Callable[[object], object]:
    def check(value: object) -> object:
        if value is None or value in known:
            return value
        if not isinstance(value, str):
            raise refusal("not_text", value)
        raise refusal(kind, value, known=", ".join(known))

    return check


def one_of(kind: LiteralString, *known: str) -> BeforeValidator:
    """A check for the few words this software knows for something; `kind` is the problem's type."""
    return BeforeValidator(_one_of(kind, known))


def each_of(kind: LiteralString, *known: str) -> BeforeValidator:
    """The same for every item of a list."""
    return BeforeValidator(_each(_one_of(kind, known)))


def _yes_or_no(value: object) -> object:
    if value is not None and not isinstance(value, bool):
        raise refusal("not_yes_or_no", value)
    return value


Short = Annotated[str | None, BeforeValidator(_text(_SHORT))]
Line = Annotated[str | None, BeforeValidator(_text(_LINE))]
Title = Annotated[str | None, BeforeValidator(_text(_TITLE))]
Text = Annotated[str | None, BeforeValidator(_text(_TEXT))]
Lines = Annotated[tuple[str, ...] | None, BeforeValidator(_each(_text(_LINE)))]
Texts = Annotated[tuple[str, ...] | None, BeforeValidator(_each(_text(_TEXT)))]
Items = BeforeValidator(_items)
Flag = Annotated[bool | None, BeforeValidator(_yes_or_no)]
Day = Annotated[date | None, BeforeValidator(_day)]
Year = Annotated[int | None, BeforeValidator(_year)]
Volume = Annotated[int | None, BeforeValidator(_volume)]
VolumesByVintage = Annotated[Mapping[int, int] | None, BeforeValidator(_by_year(FIRST_VINTAGE))]
ExpectedByYear = Annotated[Mapping[int, int] | None, BeforeValidator(_by_year(_YEARS[0]))]
Percentage = Annotated[Decimal | None, BeforeValidator(_percentage)]
PartyCode = Annotated[str | None, BeforeValidator(_party)]
PartyCodes = Annotated[tuple[str, ...] | None, BeforeValidator(_each(_party))]
CountryCode = Annotated[str | None, BeforeValidator(_country)]
CaId = Annotated[str | None, BeforeValidator(_ca_id)]
Scope = Annotated[str | Mapping[int, int] | None, BeforeValidator(_scope)]
