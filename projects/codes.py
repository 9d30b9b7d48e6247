"""The code lists of the Article 6 reporting format, as data with editions: exact spelling, nothing added.

Source: the common nomenclatures of 17 February 2026. A value once published is never removed or respelled
("C02 usage" has a digit zero at the source); a later nomenclature becomes another edition of the list.
"Other" is no official value of any list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches


@dataclass(frozen=True)
class Edition:
    """The values of a list in one published nomenclature."""

    published_on: date
    codes: tuple[str, ...]


@dataclass(frozen=True)
class CodeList:
    """One code list. `table` is its table in the nomenclature; `editions` run from oldest to newest."""

    name: str
    table: str
    editions: tuple[Edition, ...]

    def on(self, day: date | None = None) -> Edition:
        """The last edition published by that day, or the oldest known; without a day the newest."""
        if day is None:
            return self.editions[-1]
        published = [edition for edition in self.editions if edition.published_on <= day]
        return published[-1] if published else self.editions[0]

    @property
    def codes(self) -> tuple[str, ...]:
        """The values of the newest edition."""
        return self.on().codes

    def __contains__(self, code: object) -> bool:
        """Whether any edition has the value: what was right when it was written stays right."""
        return any(code in edition.codes for edition in self.editions)

    def nearest(self, text: str) -> str | None:
        """The value of the newest edition most like a misspelt one; None if nothing is near."""
        by_folded = {code.casefold(): code for code in self.codes}
        near = get_close_matches(text.casefold(), by_folded, n=1, cutoff=0.5)
        return by_folded[near[0]] if near else None


_NOMENCLATURE_OF_2026 = date(2026, 2, 17)


def _of_2026(*codes: str) -> tuple[Edition, ...]:
    return (Edition(_NOMENCLATURE_OF_2026, codes),)


METRICS = CodeList("metric", "12b", _of_2026("GHG", "non-GHG"))

SECTORS = CodeList(
    "sector",
    "15b",
    _of_2026(
        "Agriculture",
        "Building and construction",
        "Cross-sectoral mechanisms",
        "Energy generation",
        "Forestry and land use",
        "Industrial processes",
        "Transportation",
        "Urban development",
        "Waste management",
    ),
)

PURPOSES = CodeList(
    "purpose",
    "16b",
    _of_2026("NDC", "OIMP", "IMP", "OP", "NDC and OIMP", "NDC and IMP", "NDC and OP"),
)

FIRST_TRANSFER_DEFINITIONS = CodeList(
    "first-transfer definition", "22b", _of_2026("Authorisation", "Issuance", "Use or Cancellation")
)

# Not a column of the format; the first one is what the law fixes for use towards an NDC.
FIRST_TRANSFERS = CodeList(
    "first transfer",
    "49b",
    _of_2026("First international transfer", "Authorisation", "Issuance", "Use or Cancellation"),
)

UNDERLYING_UNIT_REGISTRIES = CodeList(
    "underlying unit registry",
    "31b",
    _of_2026(
        "VCS",
        "GS",
        "CAR",
        "ACR",
        "ART",
        "GCC",
        "Cercarbono",
        "Isometric",
        "ISFL",
        "FCPF",
        "T-VER",
        "JCM",
    ),
)

MITIGATION_TYPES = CodeList(
    "mitigation type",
    "36b",
    _of_2026("Emission reductions", "Removals", "Emission reductions and removals"),
)

ACTIVITY_TYPES = CodeList(
    "activity type",
    "51b",
    _of_2026(
        "Afforestation",
        "Agriculture",
        "Biogas",
        "Biomass Energy",
        "Cement",
        "C02 usage",
        "Coal bed/mine methane",
        "Energy distribution",
        "Energy Efficiency households",
        "Energy Efficiency Industry",
        "Energy Efficiency own generation",
        "Energy Efficiency service",
        "Energy Efficiency supply side",
        "Fossil fuel switch",
        "Fugitive",
        "Geothermal",
        "Hydro",
        "Landfill gas",
        "Methane avoidance",
        "N2O",
        "PFCs and SF6",
        "Reforestation",
        "Solar",
        "Tidal",
        "Transport",
        "Waste",
        "Wind",
    ),
)
