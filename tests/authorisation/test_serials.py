"""What serial numbers of programmes say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorisation.serials import read_serial, written


@pytest.mark.parametrize(
    ("text", "series", "first", "last", "vintage"),
    [
        ("GS1-1-TZ-GS777-16-2022-257-1-100", "GS1-1-TZ-GS777-16-2022-257-{first}-{last}", 1, 100, 2022),
        ("GS1-1-TZ-GS777-16-2022-257-1-100 ", "GS1-1-TZ-GS777-16-2022-257-{first}-{last}", 1, 100, 2022),
        ("18776-910-920-VCS-VCU-842-VER-MG-3-23-01012024-30042024-1", "VCS", 910, 920, 2024),
        ("18776-910-920-VCS-VCU-842-VER-MG-3-23-01122023-30042024-0", "VCS", 910, 920, 2024),
        ("ABC-2023-7-9-0", "ABC-2023-{first}-{last}-0", 7, 9, 2023),
        ("ABC-7-9", "ABC-{first}-{last}", 7, 9, None),
    ],
)
def test_a_serial_says_its_series_numbers_and_vintage(
    text: str, series: str, first: int, last: int, vintage: int | None
) -> None:
    serial = read_serial(text)
    assert serial is not None
    assert (serial.series, serial.first, serial.last, serial.vintage) == (series, first, last, vintage)
    assert written(serial.pattern, serial.first, serial.last) == text.strip()
    assert serial.tonnes == last - first + 1


@pytest.mark.parametrize("text", ["", "GS1", "ABC-9-7", "ABC-0-0", "{first}-1-2", "18776-920-910-VCS-VCU"])
def test_what_holds_no_first_and_last_number_says_nothing(text: str) -> None:
    assert read_serial(text) is None


@given(st.integers(1, 50), st.integers(0, 20), st.integers(1, 50), st.integers(0, 20))
def test_two_blocks_share_a_unit_where_a_number_is_in_both(one: int, long: int, other: int, far: int) -> None:
    mine, theirs = read_serial(f"A-{one}-{one + long}"), read_serial(f"A-{other}-{other + far}")
    assert mine is not None
    assert theirs is not None
    common = set(range(one, one + long + 1)) & set(range(other, other + far + 1))
    assert mine.shares_a_unit(theirs) == bool(common)
    elsewhere = read_serial(f"B-{other}-{other + far}")
    assert elsewhere is not None
    assert not mine.shares_a_unit(elsewhere)
