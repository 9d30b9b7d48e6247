"""The structured summary: what a Party first transferred, year by year, and what it adjusts for it. Pure.

Source: decision 2/CMA.3, annex, paragraphs 8, 16 and 23. Quantities are whole t CO2 eq, a year is a calendar
year. Outcomes count in rows 5 and 6 in the year of their first transfer, in row 10 in that of their vintage;
the three rows are about the same outcomes. Rows 1 to 4 are entered by the Party, and row 12 is there for the
years whose inventory it entered. Row 9 belongs to the averaging method, and is row 10 there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from authorisation.first_transfer import Trigger


class Row(StrEnum):
    """The rows, by the names under which programs read them."""

    TARGET = "row1_indicative_trajectory_or_budget"
    OWN_TARGET = "row2_multi_year_trajectory_or_budget"
    INVENTORY = "row3_inventory"
    INVENTORY_IN_NDC = "row4_inventory_under_paragraph_10"
    NDC = "row5_first_transferred_ndc"
    OIMP_ONLY = "row6_first_transferred_oimp_only"
    OWN_USE = "row7_used_towards_own_ndc"
    NET = "row8_net"
    AVERAGE = "row9_average"
    ADJUSTMENT = "row10_adjustment_by_vintage"
    CUMULATIVE = "row11_cumulative_net"
    BALANCE = "row12_emissions_balance"


# What a Party enters itself.
ENTERED = (Row.TARGET, Row.OWN_TARGET, Row.INVENTORY, Row.INVENTORY_IN_NDC)

# What is there only where something was entered for it.
_IF_GIVEN = (*ENTERED, Row.AVERAGE, Row.BALANCE)

# The rows that the outcomes of the Party's own authorisations come to.
REPORTED = (Row.NDC, Row.OIMP_ONLY, Row.ADJUSTMENT)


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Outcomes of one vintage under one authorisation that share a fate.

    tonnes                whole t CO2 eq
    letter                by what the authorisation was given: the letter's number, or where it is found
    definition            of the first transfer for other purposes than an NDC; "" where the letter has none
    trigger               the event that was the first transfer; "" while there was none
    first_transferred_on  its day; None where they are not first transferred
    issued_on             the day of issuance; None where it is not known of these
    serials               of the blocks of units, where they are in blocks
    revoked_on            when they were revoked after their first transfer, as the letter foresaw; else None
    """

    authorisation: str
    letter: str
    vintage: int
    tonnes: int
    for_ndc: bool
    for_oimp: bool
    definition: str
    trigger: str = ""
    first_transferred_on: date | None = None
    issued_on: date | None = None
    serials: tuple[str, ...] = ()
    revoked_on: date | None = None

    @property
    def row(self) -> Row:
        """Row 5 where they are authorised for use towards an NDC, alone or with other purposes."""
        return Row.NDC if self.for_ndc else Row.OIMP_ONLY


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of every year, what each is made of, and what stands in none of them.

    figures                by year and row; what is not given, or belongs to another method, is not there
    parts                  by year and row (of `REPORTED`), the outcomes that make the figure
    not_first_transferred  covered by an authorisation and issued, in no row
    dated_otherwise        first transferred with the authorisation though issued in an earlier year: a tool
                           that dates by issuance alone shows them in that year
    revoked_afterwards     first transferred, and revoked since under a clause of the letter: in no row any
                           more, whatever a report before said of them
    not_covered            tonnes issued that no authorisation covers, in no row
    """

    party: str
    figures: Mapping[int, Mapping[Row, int]]
    parts: Mapping[tuple[int, Row], Sequence[Outcomes]] = field(default_factory=dict)
    not_first_transferred: Sequence[Outcomes] = ()
    dated_otherwise: Sequence[Outcomes] = ()
    revoked_afterwards: Sequence[Outcomes] = ()
    not_covered: int = 0

    def as_json(self) -> dict[str, object]:
        """The Party, and of every year the rows that its own authorisations come to, and what was entered."""
        return {
            "party": self.party,
            "rows": {
                str(year): {row.value: rows[row] for row in (*REPORTED, *_IF_GIVEN) if row in rows}
                for year, rows in self.figures.items()
            },
        }


def summarise(
    party: str,
    outcomes: Iterable[Outcomes],
    *,
    years: Iterable[int],
    used_towards_own_ndc: Mapping[int, int] | None = None,
    not_covered: int = 0,
    entered: Mapping[int, Mapping[Row, int]] | None = None,
    averaging_since: int | None = None,
) -> Summary:
    """The summary of a Party (alpha-3) for these years, and for every other year in which something stands.

    used_towards_own_ndc  row 7: what the Party itself used, in t CO2 eq by the year for which
    entered               rows 1 to 4, by year
    averaging_since       of a Party that averages: the first year of its NDC's period. Row 9 is then the sum
                          of row 8 since, divided by the years elapsed, and up to the next whole tonne
    """
    entered = entered or {}
    used = used_towards_own_ndc or {}
    parts: dict[tuple[int, Row], list[Outcomes]] = {}
    standing: list[Outcomes] = []
    otherwise: list[Outcomes] = []
    revoked: list[Outcomes] = []
    for one in outcomes:
        if one.revoked_on is not None:
            revoked.append(one)
            continue
        if one.first_transferred_on is None:
            standing.append(one)
            continue
        parts.setdefault((one.first_transferred_on.year, one.row), []).append(one)
        parts.setdefault((one.vintage, Row.ADJUSTMENT), []).append(one)
        if _dated_otherwise(one):
            otherwise.append(one)
    found = {*years, *used, *entered, *(year for year, _row in parts)}
    figures: dict[int, dict[Row, int]] = {}
    so_far = since = 0
    for year in range(min(found), max(found) + 1) if found else ():
        sums = {row: sum(one.tonnes for one in parts.get((year, row), ())) for row in REPORTED}
        own = used.get(year, 0)
        net = sums[Row.NDC] + sums[Row.OIMP_ONLY] - own
        so_far += net
        figures[year] = {
            **sums,
            Row.OWN_USE: own,
            Row.NET: net,
            Row.ADJUSTMENT: sums[Row.ADJUSTMENT] - own,
            Row.CUMULATIVE: so_far,
            **entered.get(year, {}),
        }
        if averaging_since is not None and year >= averaging_since:
            since += net
            # Up, so that never less is adjusted than was transferred.
            average = -(-since // (year - averaging_since + 1))
            figures[year] |= {Row.AVERAGE: average, Row.ADJUSTMENT: average}
        inventory = figures[year].get(Row.INVENTORY)
        if inventory is not None:
            figures[year][Row.BALANCE] = inventory + figures[year][Row.ADJUSTMENT]
    return Summary(
        party=party,
        figures=figures,
        parts=parts,
        not_first_transferred=standing,
        dated_otherwise=otherwise,
        revoked_afterwards=revoked,
        not_covered=not_covered,
    )


def _dated_otherwise(one: Outcomes) -> bool:
    """Whether they were issued in an earlier year than that of the authorisation, where issuance counts."""
    return (
        one.trigger == Trigger.ISSUANCE
        and one.issued_on is not None
        and one.first_transferred_on is not None
        and one.issued_on.year < one.first_transferred_on.year
    )
