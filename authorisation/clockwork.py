"""What the clock has to do about a case on a day, and what happens when nobody acts.

It reads and decides; `authorisation.services.clocks` does it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from authorisation.clocks import Clock, What
from authorisation.deadlines import due_after, reminder_day
from authorisation.handling import bodies_of, procedure_of
from authorisation.kinds import Initiative
from authorisation.lifecycle import State
from authorisation.procedures.shape import Body, Calendar, ClockRule, Silence
from authorisation.reviews import standing_opinions
from authorisation.running import Period, rule_of, running

if TYPE_CHECKING:
    from authorisation.models import Case, ClockAct

# Where a procedure names no reminder: nothing lapses unwarned, and nobody is warned on the last day.
_WARNED_BEFORE = (7,)
_ONE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One thing to be done, and the day for which it is due; `about` is a body, `meaning` its silence's."""

    day: date
    clock: Clock
    run: int
    what: What
    about: str = ""
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class Timed:
    """A case with the clock that runs on it, and what that has done in this run already."""

    case: "Case"
    period: Period
    due_on: date
    rule: ClockRule
    calendar: Calendar
    done: Sequence["ClockAct"] = ()

    @property
    def lapses(self) -> bool:
        """Whether the case lapses when the time has run out: while it is with who asked for it."""
        with_them = self.period.state in (State.DRAFT, State.WITH_APPLICANT)
        return with_them and self.case.initiative == Initiative.ASKED_FOR

    @property
    def is_heard_by_silence(self) -> bool:
        """Whether the silence of the holder is their answer when the time has run out."""
        return self.period.state is State.WITH_APPLICANT and self.case.initiative == Initiative.WITH_HEARING

    @property
    def reminders(self) -> tuple[date, ...]:
        """The days on which the owner is reminded, ascending; none from before the clock went on."""
        before = self.rule.remind or (_WARNED_BEFORE if self.lapses else ())
        days = {self._before(number) for number in before}
        return tuple(sorted(day for day in days if day >= self.period.started_on))

    @property
    def notice(self) -> int:
        """How many days lie at least between a warning and the lapse."""
        return min(self.rule.remind or _WARNED_BEFORE)

    @property
    def last_day(self) -> date:
        """The last day on which the owner may still act: later than due, where the warning came late."""
        if not self.lapses or self.case.warned_on is None:
            return self.due_on
        warned = due_after(self.case.warned_on, self.notice, unit=self.rule.unit, calendar=self.calendar)
        return max(self.due_on, warned)

    def was_done(self, what: What, *, about: str = "", day: date | None = None) -> bool:
        """Whether the clock did this in this run, for that day if one is named."""
        return any(
            act.what == what and act.about == about and (day is None or act.day == day) for act in self.done
        )

    def _before(self, days: int) -> date:
        return reminder_day(self.due_on, days, unit=self.rule.unit, calendar=self.calendar)


def timed(case: "Case", found: Sequence[Period], done: Sequence["ClockAct"]) -> Timed | None:
    """The clock that runs on the case; None where none does, or its procedure names no rule for it."""
    period = running(found)
    rule = rule_of(case, period.clock) if period is not None else None
    if period is None or rule is None or case.due_on is None:
        return None
    return Timed(
        case=case,
        period=period,
        due_on=case.due_on,
        rule=rule,
        calendar=procedure_of(case).calendar,
        done=[act for act in done if (act.clock, act.run) == (period.clock, period.run)],
    )


def work_due(of: Timed, on: date, *, silent: Collection[Body] = ()) -> list[Due]:
    """What is to be done up to and with that day, in order of date.

    Of several reminders that were missed only the last is sent, and none once the time has run out, for then
    it is passed on; only who has to be warned before a case lapses is warned however late it is. `silent`:
    the bodies that have not spoken, where the case is in review.
    """
    found = [*_reminder(of, on), *_end(of, on)]
    if on > of.due_on:
        found += _passing_on(of)
        found += [due for body in silent for due in _silence(of, body)]
    return sorted(found, key=lambda due: due.day)


def _due(of: Timed, what: What, day: date, *, about: str = "", meaning: str = "") -> Due:
    return Due(day=day, clock=of.period.clock, run=of.period.run, what=what, about=about, meaning=meaning)


def _reminder(of: Timed, on: date) -> list[Due]:
    what = What.WARN if of.lapses else What.REMIND
    late = of.lapses and of.case.warned_on is None
    if on > of.due_on and not late:
        return []
    passed = [day for day in of.reminders if day <= on]
    if not passed and late and on >= of.due_on:
        passed = [of.due_on]
    if not passed or of.was_done(what, day=passed[-1]):
        return []
    return [_due(of, what, passed[-1])]


def _end(of: Timed, on: date) -> list[Due]:
    if on <= of.last_day:
        return []
    if of.lapses and of.case.warned_on is not None:
        return [_due(of, What.LAPSE, of.last_day + _ONE)]
    if of.is_heard_by_silence:
        return [_due(of, What.HEAR, of.last_day + _ONE)]
    return []


def _passing_on(of: Timed) -> list[Due]:
    """Once in a run. What lapses or is heard by silence needs nobody; what else is late, somebody."""
    if of.lapses or of.is_heard_by_silence or of.was_done(What.ESCALATE):
        return []
    return [_due(of, What.ESCALATE, of.due_on + _ONE)]


def _silence(of: Timed, body: Body) -> list[Due]:
    if body.silence is Silence.WAITS or of.was_done(What.SILENCE, about=body.code):
        return []
    return [_due(of, What.SILENCE, of.due_on + _ONE, about=body.code, meaning=body.silence.value)]


# -- of a case -------------------------------------------------------------------------------------


def silent_bodies(case: "Case") -> tuple[Body, ...]:
    """The bodies that review the case and whose opinion is not there."""
    spoken = standing_opinions(case)
    return tuple(body for body in bodies_of(case) if body.code not in spoken)
