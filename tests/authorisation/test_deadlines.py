"""The arithmetic of days, by search: working days, months, what is left after standing still, summer time."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from authorisation.deadlines import (
    EndlessCalendar,
    days_between,
    due_after,
    is_working_day,
    months_after,
    reminder_day,
)
from authorisation.procedures.shape import Calendar, Unit
from workflow.clock import deadline

DAYS = st.dates(min_value=date(2021, 1, 1), max_value=date(2035, 12, 31))
LENGTHS = st.integers(min_value=0, max_value=120)
UNITS = st.sampled_from(Unit)
CALENDARS = st.builds(
    Calendar,
    weekend=st.frozensets(st.integers(0, 6), max_size=6),
    holidays=st.dictionaries(DAYS, st.just("holiday"), max_size=30),
)
# Zones with a summer time, two of which begin it at midnight itself, so that a midnight is missing.
ZONES = st.sampled_from(
    ["Europe/Zurich", "America/Asuncion", "America/Havana", "Africa/Accra", "Pacific/Apia"]
)


@given(DAYS, st.integers(1, 120), CALENDARS)
def test_so_many_working_days_later_is_never_a_day_off(start: date, days: int, calendar: Calendar) -> None:
    due = due_after(start, days, unit=Unit.WORKING, calendar=calendar)
    assert is_working_day(due, calendar)
    assert days_between(start, due, unit=Unit.WORKING, calendar=calendar) == days


@given(DAYS, LENGTHS, LENGTHS, UNITS, CALENDARS)
def test_more_days_are_never_due_earlier(
    start: date, days: int, more: int, unit: Unit, calendar: Calendar
) -> None:
    due = due_after(start, days, unit=unit, calendar=calendar)
    later = due_after(start, days + more, unit=unit, calendar=calendar)
    assert (later > due) if more else (later == due)


@given(DAYS, st.integers(0, 60), LENGTHS, UNITS, CALENDARS)
def test_a_later_start_is_never_due_earlier(
    start: date, later: int, days: int, unit: Unit, calendar: Calendar
) -> None:
    assert due_after(start, days, unit=unit, calendar=calendar) <= due_after(
        start + timedelta(days=later), days, unit=unit, calendar=calendar
    )


@given(DAYS, st.integers(0, 90), st.integers(0, 90), st.integers(1, 120), UNITS, CALENDARS)
def test_standing_still_leaves_the_days_that_are_left(
    start: date, ran: int, stood: int, days: int, unit: Unit, calendar: Calendar
) -> None:
    """What ran before and what runs after make up the length, also where it was overdue when it stopped."""
    stopped, resumed = start + timedelta(days=ran), start + timedelta(days=ran + stood)
    used = days_between(start, stopped, unit=unit, calendar=calendar)
    due = due_after(resumed, days - used, unit=unit, calendar=calendar)
    assert used + days_between(resumed, due, unit=unit, calendar=calendar) == days
    if stood == 0 and used < days:
        assert due == due_after(start, days, unit=unit, calendar=calendar)
    assert (due > resumed) == (used < days)


@given(DAYS, LENGTHS, LENGTHS, UNITS, CALENDARS)
def test_days_add_up(start: date, first: int, second: int, unit: Unit, calendar: Calendar) -> None:
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    whole = days_between(start, end, unit=unit, calendar=calendar)
    assert whole == days_between(start, middle, unit=unit, calendar=calendar) + days_between(
        middle, end, unit=unit, calendar=calendar
    )
    assert days_between(end, start, unit=unit, calendar=calendar) == -whole


@given(DAYS, st.integers(0, 60), UNITS, CALENDARS)
def test_one_is_reminded_so_many_counted_days_before(
    due: date, before: int, unit: Unit, calendar: Calendar
) -> None:
    assume(unit is Unit.CALENDAR or is_working_day(due, calendar))
    reminded = reminder_day(due, before, unit=unit, calendar=calendar)
    assert days_between(reminded, due, unit=unit, calendar=calendar) == before
    assert unit is Unit.CALENDAR or is_working_day(reminded, calendar)


@given(DAYS, st.integers(-60, 60))
def test_months_go_by_the_calendar_and_stop_at_the_end_of_a_short_one(start: date, months: int) -> None:
    then = months_after(start, months)
    assert (then.year * 12 + then.month) - (start.year * 12 + start.month) == months
    assert then.day == min(start.day, monthrange(then.year, then.month)[1])


@pytest.mark.parametrize(
    ("start", "months", "then"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 3, 31), 3, date(2027, 6, 30)),
        (date(2027, 11, 15), 2, date(2028, 1, 15)),
    ],
)
def test_ends_of_months(start: date, months: int, then: date) -> None:
    assert months_after(start, months) == then


@given(DAYS, LENGTHS, ZONES, st.times())
def test_summer_time_moves_no_date(start: date, days: int, zone: str, at: time) -> None:
    """The date does not depend on the hour, and the deadline is the first instant of the day after, there."""
    there = ZoneInfo(zone)
    event = datetime.combine(start, at, tzinfo=there).astimezone(UTC).astimezone(there)
    assume(event.date() == start)
    due = due_after(event.date(), days, unit=Unit.CALENDAR, calendar=Calendar())
    end = deadline(cast(Any, SimpleNamespace(time_zone=zone)), due).astimezone(there)
    assert end.date() == due + timedelta(days=1)
    assert (end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(there).date() == due
    assert (due - start).days == days


def test_a_calendar_without_working_days_is_refused_instead_of_searched_for_ever() -> None:
    with pytest.raises(EndlessCalendar):
        due_after(date(2027, 1, 1), 1, unit=Unit.WORKING, calendar=Calendar(weekend=frozenset(range(7))))
