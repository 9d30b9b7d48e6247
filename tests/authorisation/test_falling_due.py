"""By when a requirement falls due, the first time and again; and when the holder is reminded."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorisation.falling_due import falls_due, reminder_days
from authorisation.requirements import Requirement, Since, Sort

GRANT = date(2026, 8, 31)


def asked(**how: Any) -> Requirement:
    return Requirement(**{"code": "report", "sort": Sort.OBLIGATION, "name": {"en": "Report"}, **how})


@pytest.mark.parametrize(
    ("requirement", "days"),
    [
        (asked(months=6, every=6), [date(2027, 2, 28), date(2027, 8, 31), date(2028, 2, 29)]),
        (asked(months=12), [date(2027, 8, 31)]),
        (asked(days=30), [date(2026, 9, 30)]),
        (asked(on=date(2027, 1, 31), every=1), [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]),
        (asked(days=30, since=Since.ISSUANCE), [date(2026, 9, 30)]),
    ],
)
def test_it_falls_due_on_its_days(requirement: Requirement, days: list[date]) -> None:
    assert [falls_due(requirement, GRANT, turn=turn) for turn in range(1, len(days) + 1)] == days


def test_a_condition_without_a_last_day_never_falls_due() -> None:
    assert falls_due(asked(sort=Sort.CONDITION), GRANT) is None


def test_what_falls_due_once_has_no_second_turn() -> None:
    with pytest.raises(ValueError, match="falls due once"):
        falls_due(asked(months=12), GRANT, turn=2)


@given(
    since=st.dates(min_value=date(2021, 1, 1), max_value=date(2060, 12, 31)),
    months=st.integers(1, 60),
    every=st.integers(1, 24),
)
def test_turns_come_in_order_and_never_drift_from_their_day(since: date, months: int, every: int) -> None:
    found = [falls_due(asked(months=months, every=every), since, turn=turn) for turn in range(1, 9)]
    days = [day for day in found if day is not None]
    assert len(days) == 8
    assert days == sorted(set(days))
    for number, day in enumerate(days):
        months_on = (day.year - since.year) * 12 + day.month - since.month
        assert months_on == months + every * number
        assert day.day == since.day or (day.day < since.day and day.day >= 28)


def test_reminders_come_in_order_and_none_before_it_was_asked_for() -> None:
    due = date(2027, 2, 28)
    said = asked(months=6, remind=(7, 30, 400))
    assert reminder_days(said, due, begun_on=GRANT) == (date(2027, 1, 29), date(2027, 2, 21))
