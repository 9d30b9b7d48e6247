"""Cases on the world's clock, which a test moves, and procedures with other clocks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from authorisation.models import Case
from authorisation.procedures.shape import Calendar, Procedure
from authorisation.procedures.shipped import SHIPPED
from authorisation.services import clocks
from tests.accounts import factories
from tests.authorisation.factories import Staff, staff
from workflow.clock import SetClock
from workflow.daily import Tally


def staff_of(code: str = "LIE", zone: str = "Europe/Zurich") -> Staff:
    """An authority without a procedure of its own, whose cases run on the world's clock."""
    made = staff(factories.authority(code, time_zone=zone))
    return replace(made, clock=SetClock(made.clock.now(), simulated=False))


def move(of: Staff, day: date, at: time = time(9)) -> None:
    """Puts the clock to an hour of a day in the authority's zone."""
    there = datetime.combine(day, at, tzinfo=ZoneInfo(of.authority.time_zone))
    of.clock.move_to(there)


def run_on(of: Staff, day: date, at: time = time(9)) -> Tally:
    """Runs the clocks at an hour of a day of the authority."""
    move(of, day, at)
    return clocks.run(of.clock)


def again(case: Case) -> Case:
    return Case.objects.select_related("authority", "activity").get(pk=case.pk)


def under(
    monkeypatch: pytest.MonkeyPatch,
    *,
    calendar: Calendar | None = None,
    body: Mapping[str, Any] | None = None,
    **rules: Mapping[str, Any],
) -> None:
    """Changes the procedures that are shipped: the calendar, every body, and rules of clocks by name.

    No body has a review sheet then: what it would ask has nothing to do with time.
    """

    def changed(terms: Procedure) -> Procedure:
        return replace(
            terms,
            calendar=calendar or terms.calendar,
            bodies={code: replace(one, sheet=(), **(body or {})) for code, one in terms.bodies.items()},
            handling={
                kind: replace(
                    handling,
                    clocks={
                        clock: replace(rule, **rules.get(clock.value, {}))
                        for clock, rule in handling.clocks.items()
                    },
                )
                for kind, handling in terms.handling.items()
            },
        )

    shipped = {version: changed(terms) for version, terms in SHIPPED.items()}
    monkeypatch.setattr("authorisation.procedures.SHIPPED", shipped)
