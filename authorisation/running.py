"""The clocks of a case as they ran, told from its trail: when each started, stood still, went on and ended.

Nothing of this is stored: a change of state is an event, and the events are the record. `due_on` of a case is
what is told here, written down when a state is entered. All days are legal dates of the authority.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F

from audit.models import Event
from authorisation.acts import WithWindow, parse
from authorisation.clocks import Clock
from authorisation.deadlines import days_between, due_after
from authorisation.handling import handling_in, handling_of, procedure_of
from authorisation.kinds import ABOUT_AUTHORISATIONS, Initiative, Kind
from authorisation.lifecycle import CLOCK as CLOCK_OF
from authorisation.lifecycle import State
from authorisation.procedures.shape import Calendar, ClockRule, Procedure, Unit
from workflow.clock import Clock as Time
from workflow.clock import today

if TYPE_CHECKING:
    from authorisation.models import Case

# Before it is submitted nobody waits for anybody; these days are in neither total.
_UNCOUNTED = frozenset({State.DRAFT})


@dataclass(frozen=True, kw_only=True)
class Change:
    """A case came into a state on a day; `sequence` is the place of the event in the case's stream."""

    on: date
    state: State
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class Period:
    """A clock ran without a break.

    run         which run of this clock it belongs to, from 1: a clock that stood still goes on in its run
    ended_on    None while it runs
    resumes     it goes on where it stood still
    stood_still it ended because the applicant was asked, and is to go on
    sequence    the place of the event with which it began
    """

    clock: Clock
    state: State
    run: int
    started_on: date
    ended_on: date | None = None
    resumes: bool = False
    stood_still: bool = False
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Calendar days since the application was submitted, by who was being waited on."""

    authority: int
    applicant: int


def periods(changes: Iterable[Change]) -> tuple[Period, ...]:
    """The periods that follow from the changes of state, in their order."""
    found: list[Period] = []
    runs: dict[Clock, int] = defaultdict(int)
    standing: set[Clock] = set()
    for change in changes:
        asked = change.state is State.WITH_APPLICANT
        if found and found[-1].ended_on is None:
            last = found.pop()
            stands = asked and last.clock is not Clock.RETENTION
            found.append(_ended(last, change.on, stood_still=stands))
            if stands:
                standing.add(last.clock)
        clock = CLOCK_OF.get(change.state)
        if clock is None:
            continue
        resumes = clock in standing
        if not asked:
            # What stands still goes on with the answer; any other way out of the applicant's hands ends it.
            standing.clear()
        runs[clock] += not resumes
        found.append(
            Period(
                clock=clock,
                state=change.state,
                run=runs[clock],
                started_on=change.on,
                resumes=resumes,
                sequence=change.sequence,
            )
        )
    return tuple(found)


def _ended(period: Period, on: date, *, stood_still: bool) -> Period:
    return Period(**{**vars(period), "ended_on": on, "stood_still": stood_still})


def running(found: Sequence[Period]) -> Period | None:
    """The period that has not ended, if a clock runs."""
    return found[-1] if found and found[-1].ended_on is None else None


def due_of(found: Sequence[Period], rule: ClockRule, calendar: Calendar) -> date:
    """By when the clock that runs is due: its days, less those that ran before it stood still."""
    last = found[-1]
    earlier = [period for period in found[:-1] if (period.clock, period.run) == (last.clock, last.run)]
    if not rule.stands_still and earlier:
        return due_after(earlier[0].started_on, rule.days, unit=rule.unit, calendar=calendar)
    used = sum(
        days_between(period.started_on, period.ended_on, unit=rule.unit, calendar=calendar)
        for period in earlier
        if period.ended_on is not None
    )
    return due_after(last.started_on, rule.days - used, unit=rule.unit, calendar=calendar)


def totals(found: Iterable[Period], on: date) -> Totals:
    """The two totals up to a day; a period that runs is counted until then."""
    days = {True: 0, False: 0}
    for period in found:
        if period.state in _UNCOUNTED:
            continue
        end = period.ended_on or max(on, period.started_on)
        days[period.state is State.WITH_APPLICANT] += days_between(
            period.started_on, end, unit=Unit.CALENDAR, calendar=Calendar()
        )
    return Totals(authority=days[False], applicant=days[True])


# -- of cases --------------------------------------------------------------------------------------


def changes_of(cases: Sequence["Case"]) -> Mapping[int, tuple[Change, ...]]:
    """By primary key, when each case came into each state; one query for all. With their authority."""
    by_stream = {case.trail_stream: case for case in cases}
    moved = Event.objects.filter(stream__in=by_stream).exclude(from_state=F("to_state"))
    found: dict[int, list[Change]] = {case.pk: [] for case in cases}
    rows = moved.order_by("stream", "sequence").values_list("stream", "sequence", "to_state", "time")
    for stream, sequence, state, time in rows:
        case = by_stream[stream]
        on = case.authority.legal_date(time)
        found[case.pk].append(Change(on=on, state=State(state), sequence=sequence))
    return {pk: tuple(changes) for pk, changes in found.items()}


def periods_of(cases: Sequence["Case"]) -> Mapping[int, tuple[Period, ...]]:
    """By primary key, the periods of each case; one query for all."""
    return {pk: periods(changes) for pk, changes in changes_of(cases).items()}


def rule_of(case: "Case", clock: Clock) -> ClockRule | None:
    """The rule of a clock under the case's procedure; None where that names none."""
    return handling_of(case).clocks.get(clock)


def due_on_entering(case: "Case", state: State, on: date) -> date | None:
    """By when a case that comes into this state on this day is due; None where no clock runs there."""
    clock = CLOCK_OF.get(state)
    rule = rule_of(case, clock) if clock is not None else None
    if rule is None:
        return None
    changes = (*changes_of([case])[case.pk], Change(on=on, state=state))
    due = due_of(periods(changes), rule, procedure_of(case).calendar)
    window = _window_of(case) if state is State.WITH_APPLICANT else None
    return max(due, window) if window is not None else due


def _window_of(case: "Case") -> date | None:
    """The day until which the act of a case leaves its holder time to mend, whatever the clock gives."""
    if case.initiative != Initiative.WITH_HEARING or case.kind not in ABOUT_AUTHORISATIONS:
        return None
    plan = parse(case.planned.plan)
    return plan.cure_until if isinstance(plan, WithWindow) else None


def due_of_draft(terms: Procedure, kind: Kind, on: date) -> date | None:
    """Until when a draft of this kind that is opened on this day is kept; None where no clock runs."""
    handling = handling_in(terms, kind)
    rule = handling.clocks.get(Clock.RETENTION) if handling is not None else None
    return due_after(on, rule.days, unit=rule.unit, calendar=terms.calendar) if rule is not None else None


def day_of(case: "Case", time: Time, changes: Sequence[Period]) -> date:
    """Today for the case: of one that runs on a clock of its own, the day of its last change."""
    if not case.simulated:
        return today(case.authority, time)
    return max((period.ended_on or period.started_on for period in changes), default=case.opened_on)
