"""Time, passed in: one clock for instants, and the legal date of an authority derived from it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from accounts.models import Authority


class Clock(Protocol):
    """What time it is.

    `simulated` is true where the time is not the world's: a demonstration case runs on a clock of
    its own, and what it sets in motion later has to be told that time again.
    """

    @property
    def simulated(self) -> bool: ...

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class RealClock:
    """The world's time. The only place in the product that asks the machine for it."""

    simulated = False

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands where it is put: for demonstration cases and for tests of time."""

    instant: datetime
    simulated: bool = True

    def now(self) -> datetime:
        return self.instant

    def move_to(self, instant: datetime) -> None:
        """Puts the clock forward; a case never runs backwards (ValueError)."""
        if instant < self.instant:
            raise ValueError(f"A clock cannot go back from {self.instant} to {instant}.")
        self.instant = instant


def today(authority: Authority, clock: Clock) -> date:
    """The authority's legal date now, in its own time zone."""
    return clock.now().astimezone(ZoneInfo(authority.time_zone)).date()


def noon(authority: Authority, day: date) -> datetime:
    """Noon of a legal date of the authority, as an instant in UTC.

    A dated step of which no hour is known is placed at noon, so that the date is the same in the
    authority's zone whatever the season.
    """
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(authority.time_zone)).astimezone(UTC)


def deadline(authority: Authority, day: date) -> datetime:
    """The instant at which a deadline on this legal date has passed: local midnight at its end."""
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(authority.time_zone))
    return following.astimezone(UTC)
