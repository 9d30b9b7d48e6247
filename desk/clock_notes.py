"""What the clocks did, in sentences that stand in a case's story beside the events that made them do it."""

import json
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.wording import long_date
from audit.models import Event
from authorisation.clocks import What
from authorisation.deadlines import days_between, due_after
from authorisation.handling import procedure_of
from authorisation.models import Case
from authorisation.procedures.shape import Calendar, ClockRule, Silence, Unit
from authorisation.running import Period, periods_of, rule_of


def clock_notes(case: Case, events: Sequence[Event]) -> Mapping[int, str]:
    """By the place of an event in the case's stream, what it did to the clocks; one query."""
    found = _silences(case, events)
    ran = periods_of([case])[case.pk]
    calendar = procedure_of(case).calendar
    used: dict[tuple[str, int], int] = {}
    for number, period in enumerate(ran):
        rule = rule_of(case, period.clock)
        if rule is None or not rule.stands_still:
            continue
        run = (period.clock.value, period.run)
        if period.resumes:
            found[period.sequence] = _went_on(period, rule, calendar, used.get(run, 0))
        if period.ended_on is not None:
            ran_for = days_between(period.started_on, period.ended_on, unit=rule.unit, calendar=calendar)
            used[run] = used.get(run, 0) + ran_for
        if period.stood_still and number + 1 < len(ran):
            found[ran[number + 1].sequence] = _stood_still(period, rule, used[run])
    return found


def _stood_still(period: Period, rule: ClockRule, used: int) -> str:
    words = (
        _(
            "The clock of the authority (%(clock)s) stood still from here on. "
            "Working days run: %(used)s of %(days)s."
        )
        if rule.unit is Unit.WORKING
        else _(
            "The clock of the authority (%(clock)s) stood still from here on. Days run: %(used)s of %(days)s."
        )
    )
    return words % {"clock": period.clock.label, "used": used, "days": rule.days}


def _went_on(period: Period, rule: ClockRule, calendar: Calendar, used: int) -> str:
    left = rule.days - used
    due = due_after(period.started_on, left, unit=rule.unit, calendar=calendar)
    values = {"clock": period.clock.label, "left": left, "due": long_date(due)}
    if left < 0:
        return (
            _("The clock of the authority (%(clock)s) went on; it had run out before it stood still.")
            % values
        )
    words = (
        _("The clock of the authority (%(clock)s) went on. Working days left: %(left)s, until %(due)s.")
        if rule.unit is Unit.WORKING
        else _("The clock of the authority (%(clock)s) went on. Days left: %(left)s, until %(due)s.")
    )
    return words % values


def _silences(case: Case, events: Sequence[Event]) -> dict[int, str]:
    """What the silence of each body was recorded as."""
    bodies = procedure_of(case).bodies
    found = {}
    for event in events:
        if event.stream != case.trail_stream or event.action != What.SILENCE:
            continue
        facts = json.loads(event.facts)
        body = bodies.get(facts["body"])
        words = (
            _("%(body)s gave no opinion in time: that counts as favourable.")
            if facts["silence"] == Silence.FAVOURABLE
            else _("%(body)s gave no opinion in time: it counts as having abstained.")
        )
        found[event.sequence] = words % {"body": body.label if body else facts["body"]}
    return found
