"""What a Party enters of the structured summary itself, from a file: nobody computes it from letters.

Rows 1 and 2 are the trajectory or budget of its NDC, rows 3 and 4 its inventory. The file is CSV with a row a
year; figures are whole t CO2 eq, an empty cell is not given.
"""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from django.utils.translation import gettext as _

from reporting.structured_summary import ENTERED, Row

_YEAR = "year"
_YEARS = range(2015, 2101)
# Removals may make an inventory negative.
_WHOLE = re.compile(r"-?\d{1,15}", re.ASCII)


class BadFigures(Exception):
    """The file cannot be read; the sentences say everything that is wrong with it."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def read_entered(path: Path) -> Mapping[int, Mapping[Row, int]]:
    """By year and row what the Party enters. Raises BadFigures."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise BadFigures([f"{path.name}: {fault}"]) from fault
    wrong: list[str] = []
    found: dict[int, dict[Row, int]] = {}
    for number, row in enumerate(rows, start=1):
        year = (row.get(_YEAR) or "").strip()
        if not year.isdecimal() or int(year) not in _YEARS or int(year) in found:
            wrong.append(
                _("%(row)s: “%(year)s” is no year, or stands twice.") % {"row": number, "year": year}
            )
            continue
        found[int(year)] = {}
        for name in ENTERED:
            text = (row.get(name.value) or "").strip()
            if not text:
                continue
            if not _WHOLE.fullmatch(text):
                wrong.append(
                    _("%(row)s, %(column)s: “%(text)s” is no whole number of tonnes.")
                    % {"row": number, "column": name.value, "text": text}
                )
                continue
            found[int(year)][name] = int(text)
    if not rows or not any(found.values()):
        wrong.append(
            _("No figure stands in it: its columns are year and %(names)s.")
            % {"names": ", ".join(name.value for name in ENTERED)}
        )
    if wrong:
        raise BadFigures(wrong)
    return found
