"""Rows that grow: how the rows of a question are kept in the application, sent by a form, and shown."""

import re
from collections.abc import Mapping
from typing import Any

from desk.applications.places import Raw, at_place
from desk.applications.questions import Codes, Rows, Years
from desk.applications.typed import Sent, items_of, text_of

Row = dict[str, Raw]


def rows_of(asked: Rows, content: Mapping[str, Raw]) -> list[Row]:
    """The rows that are kept, each by the keys of its columns; years in their order."""
    raw = at_place(content, asked.place)
    if isinstance(asked, Years) and isinstance(raw, dict):
        return [{"year": text_of(year), "tonnes": raw[year]} for year in sorted(raw)]
    if isinstance(asked, Codes):
        return [{"code": code} for code in items_of(raw)]
    return [row if isinstance(row, dict) else {asked.columns[0].key: row} for row in items_of(raw)]


def kept(asked: Rows, rows: list[Row]) -> Raw:
    """The raw value of rows; None where there is none. Rows without an answer are none."""
    given = [row for row in rows if any(value is not None for value in row.values())]
    if not given:
        return None
    if isinstance(asked, Codes):
        return [row["code"] for row in given]
    if isinstance(asked, Years):
        years = [text_of(row["year"]).strip() for row in given]
        # Two rows of one year have no place side by side by year: as rows they stand until one is corrected.
        if len(set(years)) == len(years):
            return {year: row["tonnes"] for year, row in zip(years, given, strict=True)}
    return given


def sent_rows(asked: Rows, sent: Sent) -> list[Row]:
    """The rows of a form as they were sent, in their order."""
    numbered = re.compile(rf"{re.escape(asked.name)}-([0-9]{{1,4}})-")
    numbers = sorted({int(found[1]) for name in sent if (found := numbered.match(name))})
    return [
        {
            column.key: column.answer.read(sent, row_name(asked, number, column.key))
            for column in asked.columns
        }
        for number in numbers
    ]


def row_name(asked: Rows, number: int, key: str) -> str:
    """The name of one field of one row in the form; rows are counted from nought."""
    return f"{asked.name}-{number}-{key}"


def row_of(asked: Rows, content: Mapping[str, Raw], inside: tuple[Any, ...]) -> tuple[int, str]:
    """The row and the column that a problem below the place of the rows is about."""
    rows = rows_of(asked, content)
    if not inside:
        return 0, asked.columns[0].key
    if isinstance(asked, Years) and not isinstance(inside[0], int):
        years = [row["year"] for row in rows]
        return (years.index(inside[0]), "tonnes") if inside[0] in years else (0, "year")
    number = inside[0] if isinstance(inside[0], int) else 0
    keys = [column.key for column in asked.columns]
    return min(number, max(len(rows) - 1, 0)), inside[1] if len(inside) > 1 and inside[1] in keys else keys[0]
