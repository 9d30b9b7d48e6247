"""The published blocks of nine Parties with what they come to, and parts of the file."""

import csv
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BLOCKS = HERE / "authorised-blocks.csv"
EXPECTED: dict[str, Any] = json.loads((HERE / "structured-summary-expected.json").read_text())
CODES = {
    "Benin": "BEN",
    "Gambia": "GMB",
    "Madagascar": "MDG",
    "Malawi": "MWI",
    "Morocco": "MAR",
    "Nigeria": "NGA",
    "Tanzania": "TZA",
    "Togo": "TGO",
    "Uzbekistan": "UZB",
}


def rows(parties: Collection[str] = tuple(CODES)) -> list[dict[str, str]]:
    """The rows of these Parties, as they stand."""
    with BLOCKS.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["country"] in parties]


def file_of(folder: Path, some: list[dict[str, str]], name: str = "some.csv") -> Path:
    """A file with these rows alone."""
    path = folder / name
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(some[0]))
        writer.writeheader()
        writer.writerows(some)
    return path


def tonnes(some: list[dict[str, str]]) -> int:
    """What rows come to."""
    return sum(int(row["volume_tco2e"]) for row in some)
