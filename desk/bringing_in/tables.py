"""Tables that people send, as CSV or XLSX, row by row: every cell as text, whatever program wrote it.

A spreadsheet hands over what somebody saw as a number or a day in some form of its own. Here a whole number
is its digits, a day is as in 2024-12-31, and what cannot be told without guessing is a fault of its row: a
formula that was never worked out, an error, an instant within a day.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from projects.file_checks import checked_media_type
from workflow.refusals import Refused

XLSX = ".xlsx"
# Of one field. A file with more is not one that a person wrote.
_LONGEST_FIELD = 100_000
# Rows in the middle of which nothing stands are left out; a sheet may claim a million of them.
_LAST_ROW = 1_048_576


class BadFile(Exception):
    """The file as a whole cannot be read: the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One row: its number, counted from 1 without the heading; its cells by column; what is wrong in them."""

    number: int
    cells: Mapping[str, str]
    faults: tuple[str, ...] = ()


def read_table(path: Path, *, needed: Sequence[str], known: Sequence[str] = ()) -> Iterator[TableRow]:
    """The rows of a file, streamed; empty ones are left out and counted. Raises BadFile.

    needed   columns that must be there
    known    further ones; others are left aside
    """
    rows = _sheet(path) if path.suffix.lower() == XLSX else _text(path)
    names = next(rows, ((), ()))[0]
    columns = [name.strip().casefold() for name in names]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise BadFile(_("%(file)s lacks the columns: %(names)s.") % _named(path, missing))
    twice = sorted({name for name in columns if name in (*needed, *known) and columns.count(name) > 1})
    if twice:
        raise BadFile(_("%(file)s has columns more than once: %(names)s.") % _named(path, twice))
    wanted = [(place, name) for place, name in enumerate(columns) if name in (*needed, *known)]
    for number, (cells, faults) in enumerate(rows, start=1):
        if not any(cells) and not any(faults):
            continue
        told = {name: cells[place] if place < len(cells) else "" for place, name in wanted}
        wrong = [
            faults[place] % {"column": name}
            for place, name in wanted
            if place < len(faults) and faults[place]
        ]
        yield TableRow(number=number, cells=told, faults=tuple(wrong))


# Texts of the cells of a row, and beside each what is wrong with it, "" for nothing.
_Cells = tuple[Sequence[str], Sequence[str]]


def _text(path: Path) -> Iterator[_Cells]:
    try:
        csv.field_size_limit(_LONGEST_FIELD)
        with path.open(encoding="utf-8-sig", newline="") as file:
            heading = file.readline()
            file.seek(0)
            # Where a comma parts the decimals, spreadsheets part the columns by semicolons.
            apart = ";" if heading.count(";") > heading.count(",") else ","
            for row in csv.reader(file, delimiter=apart):
                yield [cell.strip() for cell in row], [_of_text(cell) for cell in row]
    except UnicodeDecodeError as fault:
        raise BadFile(_("%(file)s is not text in UTF-8.") % {"file": path.name}) from fault
    except (OSError, csv.Error) as fault:
        raise _unreadable(path, str(fault)) from fault


def _sheet(path: Path) -> Iterator[_Cells]:
    """The first sheet, read twice side by side: as it was written, and with what formulas came to."""
    try:
        checked_media_type(path.read_bytes(), name=path.name)
        with path.open("rb") as first, path.open("rb") as second:
            written = load_workbook(first, read_only=True, data_only=False, keep_links=False)
            worked_out = load_workbook(second, read_only=True, data_only=True, keep_links=False)
            # Many programs write a size that is not so: it is found while reading.
            for sheet in (written.worksheets[0], worked_out.worksheets[0]):
                sheet.reset_dimensions()
            rows = zip(
                written.worksheets[0].iter_rows(max_row=_LAST_ROW),
                worked_out.worksheets[0].iter_rows(max_row=_LAST_ROW),
                strict=True,
            )
            for row, values in rows:
                told = [_cell(cell, value) for cell, value in zip(row, values, strict=True)]
                yield [text for text, _fault in told], [fault for _text, fault in told]
    except Refused as refusal:
        raise BadFile(" ".join(str(reason) for reason in refusal.reasons)) from refusal
    except (OSError, BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as fault:
        raise _unreadable(path, str(fault)) from fault


def _cell(written: Any, worked_out: Any) -> tuple[str, str]:
    value = worked_out.value
    if written.data_type == "f" and value is None:
        return "", _(
            "%(column)s: a formula that was never worked out. Open the file, save it, or paste values."
        )
    if written.data_type == "e" or worked_out.data_type == "e":
        return "", _("%(column)s: an error of the spreadsheet.")
    return _value(value)


def _value(value: object) -> tuple[str, str]:
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ("1" if value else "0"), ""
    if isinstance(value, float):
        return (str(int(value)) if value.is_integer() else repr(value)), ""
    if isinstance(value, datetime):
        if value.time() == time(0):
            return value.date().isoformat(), ""
        return "", _("%(column)s: an instant, where a day is asked for.")
    if isinstance(value, date):
        return value.isoformat(), ""
    if isinstance(value, (int, str)):
        text = str(value).strip()
        return text, _of_text(text)
    return "", _("%(column)s: neither text, number nor day.")


def _of_text(cell: str) -> str:
    """A formula that was exported as its text says nothing; what comes to something was exported as that."""
    return _("%(column)s: a formula, where its value is asked for.") if cell.lstrip().startswith("=") else ""


def _unreadable(path: Path, why: str) -> BadFile:
    return BadFile(_("%(file)s cannot be read: %(names)s.") % _named(path, [why]))


def _named(path: Path, names: Sequence[str]) -> dict[str, str]:
    return {"file": path.name, "names": ", ".join(names)}
