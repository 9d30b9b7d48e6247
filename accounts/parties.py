"""Who is a Party to the Paris Agreement: the list shipped as `parties.csv`, and loading it into the database.

The list holds the European Union as EUE, and States that are no UN members (Cook Islands, Holy See, Niue,
State of Palestine). Iran, Libya and Yemen have not ratified. `joined_on` is given where it is 2021 or later;
a State that left and came back has the day of its return. The United States left with effect of 2026-01-27.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import Party

_LIST = Path(__file__).with_name("parties.csv")


@dataclass(frozen=True)
class PartyRecord:
    """One line of the list: alpha-3 code, first day (None: before 2021), first day no longer a Party."""

    code: str
    joined_on: date | None
    left_on: date | None

    def was_not_yet_one(self, on: date) -> bool:
        """Whether it became a Party only after that day."""
        return self.joined_on is not None and on < self.joined_on

    def had_left(self, on: date) -> bool:
        """Whether it was no longer a Party on that day."""
        return self.left_on is not None and on >= self.left_on


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def known_parties() -> dict[str, PartyRecord]:
    """Every Party of the shipped list by its code, past ones included. Needs no database."""
    with _LIST.open(encoding="utf-8", newline="") as lines:
        records = [
            PartyRecord(line["code"], _day(line["joined_on"]), _day(line["left_on"]))
            for line in csv.DictReader(lines)
        ]
    return {record.code: record for record in records}


def load_parties(model: type[Party]) -> int:
    """Brings the table into line with the list; may be run any number of times. Returns how many Parties."""
    records = known_parties()
    for record in records.values():
        model.objects.update_or_create(
            code=record.code, defaults={"joined_on": record.joined_on, "left_on": record.left_on}
        )
    return len(records)
