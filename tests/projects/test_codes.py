from datetime import date

import pytest

from projects import codes
from projects.codes import CodeList, Edition

LISTS = (
    codes.METRICS,
    codes.SECTORS,
    codes.PURPOSES,
    codes.FIRST_TRANSFER_DEFINITIONS,
    codes.FIRST_TRANSFERS,
    codes.UNDERLYING_UNIT_REGISTRIES,
    codes.MITIGATION_TYPES,
    codes.ACTIVITY_TYPES,
)


@pytest.mark.parametrize(
    ("code_list", "table", "count"),
    list(
        zip(
            LISTS,
            ["12b", "15b", "16b", "22b", "49b", "31b", "36b", "51b"],
            [2, 9, 7, 3, 4, 12, 3, 27],
            strict=True,
        )
    ),
)
def test_every_list_has_the_table_and_the_number_of_values_of_the_nomenclature(
    code_list: CodeList, table: str, count: int
) -> None:
    assert code_list.table == table
    assert len(set(code_list.codes)) == len(code_list.codes) == count
    assert code_list.on().published_on == date(2026, 2, 17)


@pytest.mark.parametrize("code_list", LISTS)
def test_no_list_has_the_value_other(code_list: CodeList) -> None:
    assert not any(code.casefold() == "other" for code in code_list.codes)


def test_the_spelling_is_that_of_the_source() -> None:
    assert "C02 usage" in codes.ACTIVITY_TYPES  # a digit zero
    assert "CO2 usage" not in codes.ACTIVITY_TYPES
    assert "Use or Cancellation" in codes.FIRST_TRANSFER_DEFINITIONS
    assert "Use or cancellation" not in codes.FIRST_TRANSFER_DEFINITIONS


@pytest.mark.parametrize(
    ("code_list", "text", "near"),
    [
        (codes.SECTORS, "energy generation", "Energy generation"),
        (codes.SECTORS, "Agricultre", "Agriculture"),
        (codes.SECTORS, "Banking", None),
        (codes.ACTIVITY_TYPES, "CO2 usage", "C02 usage"),
        (codes.FIRST_TRANSFER_DEFINITIONS, "Authorization", "Authorisation"),
        (codes.FIRST_TRANSFER_DEFINITIONS, "Use of cancellation", "Use or Cancellation"),
    ],
)
def test_a_misspelt_value_has_a_nearest_one_where_there_is_any(
    code_list: CodeList, text: str, near: str | None
) -> None:
    assert code_list.nearest(text) == near


def test_a_later_edition_takes_effect_on_its_day_and_keeps_the_older_values_valid() -> None:
    first, second = Edition(date(2026, 2, 17), ("Old",)), Edition(date(2027, 1, 1), ("New",))
    code_list = CodeList("value", "0", (first, second))
    assert code_list.on(date(2020, 1, 1)) == code_list.on(date(2026, 12, 31)) == first
    assert code_list.on(date(2027, 1, 1)) == code_list.on() == second
    assert "Old" in code_list
    assert code_list.nearest("Old") is None
