"""Who exactly is being waited on, for how long already, and what happens when nothing happens.

The people of the authority and the applicant are shown the same days.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts.wording import long_date
from authorisation.clocks import What
from authorisation.clockwork import Timed, timed
from authorisation.handling import bodies_of, handling_of
from authorisation.lifecycle import State
from authorisation.models import Case, ClockAct, Opinion
from authorisation.models.reviews import Reopening
from authorisation.procedures.shape import Body, Silence
from authorisation.running import Period, Totals, day_of, periods_of, totals
from workflow.clock import Clock


@dataclass(frozen=True, kw_only=True)
class BodyWaiting:
    """The clock of one reviewing body while the case is in review.

    since    when its review began, or began anew
    until    the last day to give its opinion
    spoke    when it gave the opinion that stands; None while it is waited on
    silent   its time ran out, and its silence was recorded as what the procedure says
    """

    name: str
    since: date
    until: date | None
    spoke: date | None
    silent: bool

    @property
    def is_waited_on(self) -> bool:
        """Whether the case waits for it."""
        return self.spoke is None and not self.silent


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What a page says of the waiting.

    whom        the bodies or offices by name; empty where the state says it all
    totals      calendar days with the authority and with the applicant since submission
    shows_totals whether there are any to show: not while it is a draft
    last_day    the last day to act: as due, or later where a warning came late
    reminder_on the next reminder, if one is to come
    days_over   calendar days since the last day; 0 while it is not over
    then        what happens then, in sentences
    bodies      the clock of each reviewing body, while the case is in review
    """

    whom: tuple[str, ...]
    totals: Totals
    shows_totals: bool
    last_day: date | None = None
    reminder_on: date | None = None
    days_over: int = 0
    then: tuple[str, ...] = ()
    bodies: tuple[BodyWaiting, ...] = ()


def waiting_of(cases: Sequence[Case], *, clock: Clock) -> Mapping[int, Waiting]:
    """By primary key, the waiting of each case; four queries for all. With authority and activity."""
    ran = periods_of(cases)
    acts: dict[int, list[ClockAct]] = {case.pk: [] for case in cases}
    for act in ClockAct.objects.filter(case__in=cases).order_by("pk"):
        acts[act.case_id].append(act)
    said = _said(cases)
    found = {}
    for case in cases:
        on = day_of(case, clock, ran[case.pk])
        of = timed(case, ran[case.pk], acts[case.pk])
        silent = _silent(case, {*said[case.pk].spoke, *_recorded(acts[case.pk])})
        found[case.pk] = Waiting(
            whom=_whom(case, silent),
            totals=totals(ran[case.pk], on),
            shows_totals=case.state != State.DRAFT,
            last_day=of.last_day if of is not None else None,
            reminder_on=_reminder_on(of, on),
            days_over=max((on - of.last_day).days, 0) if of is not None and not case.simulated else 0,
            then=tuple(_then(of, on, silent)) if of is not None and not case.simulated else (),
            bodies=_bodies(case, of, said[case.pk], _recorded(acts[case.pk]), ran[case.pk]),
        )
    return found


@dataclass(frozen=True, kw_only=True)
class _Said:
    """When each body gave the opinion that stands, and when its review was last begun anew, by its code."""

    spoke: Mapping[str, date]
    anew: Mapping[str, date]


def _said(cases: Sequence[Case]) -> Mapping[int, _Said]:
    """By primary key, what the bodies said and when they began anew; two queries for all."""
    rounds: dict[tuple[int, str], int] = {}
    anew: dict[int, dict[str, date]] = {case.pk: {} for case in cases}
    reopened = Reopening.objects.filter(case__in=cases).order_by("pk")
    for case, bodies, on in reopened.values_list("case", "bodies", "said_on"):
        for body in bodies:
            rounds[case, body] = rounds.get((case, body), 0) + 1
            anew[case][body] = on
    spoke: dict[int, dict[str, date]] = {case.pk: {} for case in cases}
    given = Opinion.objects.filter(case__in=cases).order_by("pk")
    for case, body, round_, on in given.values_list("case", "body", "round", "said_on"):
        if round_ == rounds.get((case, body), 0):
            spoke[case][body] = on
    return {case.pk: _Said(spoke=spoke[case.pk], anew=anew[case.pk]) for case in cases}


def _bodies(
    case: Case, of: Timed | None, said: _Said, recorded: Collection[str], ran: Sequence[Period]
) -> tuple[BodyWaiting, ...]:
    """The clock of a body goes from the day on which its review began to the end of the review's clock."""
    if case.state != State.IN_REVIEW or not ran:
        return ()
    began = next(period for period in ran if (period.clock, period.run) == (ran[-1].clock, ran[-1].run))
    return tuple(
        BodyWaiting(
            name=str(body.label),
            since=max(began.started_on, said.anew.get(body.code, began.started_on)),
            until=of.last_day if of is not None else None,
            spoke=said.spoke.get(body.code),
            silent=body.code in recorded and body.code not in said.spoke,
        )
        for body in bodies_of(case)
    )


def _recorded(acts: Sequence[ClockAct]) -> set[str]:
    """The bodies whose silence was recorded in the last run in which any was: nobody waits for them."""
    silences = [act for act in acts if act.what == What.SILENCE]
    last = max((act.run for act in silences), default=0)
    return {act.about for act in silences if act.run == last}


def _silent(case: Case, spoken: Collection[str]) -> tuple[Body, ...]:
    if case.state != State.IN_REVIEW:
        return ()
    return tuple(body for body in bodies_of(case) if body.code not in spoken)


def _whom(case: Case, silent: Sequence[Body]) -> tuple[str, ...]:
    """Names for the waiting: what the state alone says in general."""
    if case.state == State.IN_REVIEW:
        return tuple(str(body.label) for body in silent) or (_("the desk: every opinion is in"),)
    if case.state == State.WITH_APPLICANT:
        return (case.applicant.name,)
    if case.state == State.IN_DECISION:
        return (str(handling_of(case).deciding.label),)
    return ()


def _reminder_on(of: Timed | None, on: date) -> date | None:
    if of is None or of.case.simulated:
        return None
    return next((day for day in of.reminders if day > on), None)


# -- what happens then -----------------------------------------------------------------------------


def _then(of: Timed, on: date, silent: Sequence[Body]) -> list[str]:
    until = long_date(of.last_day)
    found = _past(of, until) if on > of.last_day else _ahead(of, until, silent)
    reminder = _reminder_on(of, on)
    if reminder is not None:
        found.append(_("A reminder goes out on %(day)s.") % {"day": long_date(reminder)})
    return found


def _ahead(of: Timed, until: str, silent: Sequence[Body]) -> list[str]:
    if of.lapses and of.period.state is State.DRAFT:
        return [_("If the application is not submitted by %(until)s, the draft lapses.") % {"until": until}]
    if of.lapses:
        return [_("If no answer comes by %(until)s, the application lapses.") % {"until": until}]
    if of.is_heard_by_silence:
        return [_("If no answer comes by %(until)s, the case goes to review without one.") % {"until": until}]
    found = [
        _SILENCE[body.silence]() % {"body": body.label, "until": until}
        for body in silent
        if body.silence is not Silence.WAITS
    ]
    to = of.rule.escalate_to
    if to is not None and of.period.state is not State.DRAFT:
        words = _("If the case still waits after %(until)s, the desk and this office are told: %(office)s.")
        found.append(words % {"until": until, "office": to.label})
    return found


def _favourable() -> str:
    return _("If %(body)s gives no opinion by %(until)s, its silence counts as favourable.")


def _abstains() -> str:
    return _("If %(body)s gives no opinion by %(until)s, it counts as having abstained.")


_SILENCE = {Silence.FAVOURABLE: _favourable, Silence.ABSTAINS: _abstains}


def _past(of: Timed, until: str) -> list[str]:
    found = [_("The time ran out on %(until)s.") % {"until": until}]
    if of.lapses:
        found.append(_("The case lapses shortly."))
    elif of.was_done(What.ESCALATE):
        found.append(_("The case was passed on, and goes on waiting."))
    return found
