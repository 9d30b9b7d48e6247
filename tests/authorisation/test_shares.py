"""Shares of outcomes, in whole tonnes rounded up, and what is left where little is there."""

from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorisation.shares import levies, share, split

tonnes = st.integers(0, 10**12)
percents = st.decimals(0, 100, places=3).map(str)


@given(tonnes, percents)
def test_a_share_is_the_percentage_rounded_up_to_a_whole_tonne(whole: int, percent: str) -> None:
    exact = Decimal(whole) * Decimal(percent) / 100
    assert share(whole, percent) == int(exact.to_integral_value(ROUND_CEILING))


@given(tonnes, st.booleans(), st.none() | percents)
def test_levies_never_take_more_than_is_there(whole: int, mechanism: bool, percent: str | None) -> None:
    taken = levies(whole, mechanism=mechanism, omge_percent=percent)
    assert 0 <= taken.total <= whole
    assert mechanism or taken.adaptation == 0


@given(tonnes, percents, st.booleans())
def test_a_gross_transfer_is_whole_with_the_hosts_part_and_a_net_one_beside_it(
    whole: int, percent: str, gross: bool
) -> None:
    parts = split(whole, percent=percent, gross=gross)
    assert parts.retained == share(whole, percent)
    assert parts.total == whole if gross else parts.transferred == whole


@pytest.mark.parametrize(
    ("whole", "adaptation", "cancelled"),
    [(0, 0, 0), (1, 1, 0), (2, 1, 1), (20, 1, 1), (21, 2, 1), (30000, 1500, 600), (50, 3, 1), (51, 3, 2)],
)
def test_the_mechanism_takes_five_and_two_per_cent(whole: int, adaptation: int, cancelled: int) -> None:
    taken = levies(whole, mechanism=True)
    assert (taken.adaptation, taken.overall_mitigation) == (adaptation, cancelled)


def test_no_percentage_takes_nothing() -> None:
    assert share(1000, None) == share(1000, "0") == levies(1000, mechanism=False).total == 0
    assert split(19, percent="5", gross=True).transferred == 18
