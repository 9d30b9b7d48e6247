"""Serial numbers of blocks of units, as programmes write them: what one says, and how a part is written.

A serial holds, between hyphens, the first and the last number of the block, next to each other; what
stands around them names programme, project and batch. Two blocks can only overlap within one series.
"""

import re
from dataclasses import dataclass

# The Verified Carbon Standard numbers all its units in one series, and writes the numbers in second place.
_VCS = re.compile(r"\d+-(?P<first>\d+)-(?P<last>\d+)-VCS-", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{4}(20\d\d)", re.ASCII)
_YEAR = re.compile(r"20\d\d", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Serial:
    """What a serial number says.

    series    within which numbers are given once
    pattern   the serial with `{first}` and `{last}` in place of its numbers
    vintage   the calendar year of the outcomes; None where the serial does not say it
    """

    series: str
    pattern: str
    first: int
    last: int
    vintage: int | None

    @property
    def tonnes(self) -> int:
        """One unit is one tonne."""
        return self.last - self.first + 1

    def shares_a_unit(self, other: "Serial") -> bool:
        """Whether a unit stands in both."""
        return self.series == other.series and self.first <= other.last and other.first <= self.last


def written(pattern: str, first: int, last: int) -> str:
    """The serial of the block with these numbers."""
    return pattern.replace("{first}", str(first)).replace("{last}", str(last))


def read_serial(text: str) -> Serial | None:
    """What a serial says; None where it holds no first and last number."""
    text = text.strip()
    parts = text.split("-")
    place = _place_of_numbers(text, parts)
    if place is None or "{" in text:
        return None
    around = parts[:place] + parts[place + 2 :]
    pattern = "-".join([*parts[:place], "{first}", "{last}", *parts[place + 2 :]])
    return Serial(
        series="VCS" if _VCS.match(text) else pattern,
        pattern=pattern,
        first=int(parts[place]),
        last=int(parts[place + 1]),
        vintage=_vintage(around),
    )


def _place_of_numbers(text: str, parts: list[str]) -> int | None:
    """Where the first number stands: the last two neighbours that can be a first and a last number."""
    if _VCS.match(text):
        return 1 if int(parts[1]) <= int(parts[2]) else None
    for place in range(len(parts) - 2, -1, -1):
        first, last = parts[place], parts[place + 1]
        if _NUMBER.fullmatch(first) and _NUMBER.fullmatch(last) and 1 <= int(first) <= int(last):
            return place
    return None


def _vintage(parts: list[str]) -> int | None:
    """A year, or that of the last day that is named."""
    days = [match[1] for part in parts if (match := _DAY.fullmatch(part))]
    years = [part for part in parts if _YEAR.fullmatch(part)]
    return int(days[-1]) if days else int(years[0]) if years else None
