"""Arithmetic of days: by when something is due, how many days have run, and when to remind. Pure.

A day counts once it is over, so the day of the event is not counted and a clock of n days that starts on one
day is due n counted days later; it has run out with midnight, local time of the authority, at the end of that
day (`workflow.clock.deadline`). Only dates are counted here, never hours: summer time moves no date.
"""

from calendar import monthrange
from datetime import date, timedelta

from authorisation.procedures.shape import Calendar, Unit

_ONE = timedelta(days=1)


class EndlessCalendar(ValueError):
    """A calendar in which no day of the week is a working day: nothing would ever be due."""


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether the authority works on that day."""
    return day.weekday() not in calendar.weekend and day not in calendar.holidays


def counts(day: date, unit: Unit, calendar: Calendar) -> bool:
    """Whether the day is counted: every day, or only the working days."""
    return unit is Unit.CALENDAR or is_working_day(day, calendar)


def due_after(start: date, days: int, *, unit: Unit, calendar: Calendar) -> date:
    """The day at whose end so many days have run since `start`, which itself is not counted.

    With fewer than none, the day at whose end the clock would have had to stand, for it to be over by that
    many days on `start`: what was overdue stays overdue by as much.
    """
    if unit is Unit.CALENDAR:
        return start + timedelta(days=days)
    if len(calendar.weekend & set(range(7))) == 7:
        raise EndlessCalendar("No day of the week is a working day.")
    day, left = start, days
    while left > 0:
        day += _ONE
        left -= is_working_day(day, calendar)
    while left < 0:
        left += is_working_day(day, calendar)
        day -= _ONE
    return day


def days_between(start: date, end: date, *, unit: Unit, calendar: Calendar) -> int:
    """How many days have run from `start`, not counted, to the end of `end`; less than none backwards."""
    if end < start:
        return -days_between(end, start, unit=unit, calendar=calendar)
    if unit is Unit.CALENDAR:
        return (end - start).days
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(is_working_day(day, calendar) for day in days)


def reminder_day(due: date, days_before: int, *, unit: Unit, calendar: Calendar) -> date:
    """The day on which somebody is reminded: so many counted days before the one on which it is due.

    By working days it is itself a working day, where there is one to go back to.
    """
    if unit is Unit.CALENDAR:
        return due - timedelta(days=days_before)
    day, left = due, days_before
    while left > 0 or not is_working_day(day, calendar):
        day -= _ONE
        left -= is_working_day(day, calendar)
    return day


def months_after(start: date, months: int) -> date:
    """The same day so many calendar months later, or the last of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
