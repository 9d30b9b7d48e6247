"""What the clock does of itself: packages say here what is to be looked at, workers look several times a day.

Legal days begin at different instants in different zones, so whoever is called finds out for themselves what
has become due, does nothing twice, and catches up on what was missed. `manage.py run_clocks`, the embedded
worker and Celery's beat all call `run`.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from workflow.clock import Clock

logger = logging.getLogger(__name__)

# How often workers look: a deadline that passed at midnight is seen soon after.
EVERY = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a run came to: how many things were done, and how many could not be."""

    done: int = 0
    failed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(done=self.done + other.done, failed=self.failed + other.failed)


Work: TypeAlias = Callable[[Clock], Tally]

_works: dict[str, Work] = {}


class AlreadyNamed(RuntimeError):
    """Two works claim one name."""


def every_day(name: str, work: Work) -> None:
    """Adds something for the clock to look at; called once, when its package is ready (AlreadyNamed)."""
    if _works.get(name, work) is not work:
        raise AlreadyNamed(f"The clock already looks at {name!r}.")
    _works[name] = work


def works() -> dict[str, Work]:
    """Everything the clock looks at, by name, in the order in which it was added."""
    return dict(_works)


def run(clock: Clock) -> Tally:
    """Does what is due, work after work; one that breaks keeps none of the others from being done."""
    tally = Tally()
    for name, work in works().items():
        try:
            tally += work(clock)
        except Exception as fault:  # noqa: BLE001 - whatever went wrong, it is tried again with the next run
            report(name, fault)
            tally += Tally(failed=1)
    return tally


def report(what: str, fault: Exception) -> None:
    """Writes a fault into the log by class and place: its words might name a person."""
    logger.error(
        "The clock could not do its work on %s: %s\n%s",
        what,
        type(fault).__name__,
        "".join(traceback.format_tb(fault.__traceback__)),
    )


class Hand:
    """Remembers when a worker last looked, so that it looks every so often and not all the time."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def is_due(self, at: datetime) -> bool:
        """Whether it is time to look; if so, it counts as looked."""
        if self._last is not None and at - self._last < EVERY:
            return False
        self._last = at
        return True
