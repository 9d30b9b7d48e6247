"""Time travel: what the clocks of a case do, day by day, over holidays, summer time and downtime."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import Function
from audit.models import Event
from audit.verification import verify_database
from authorisation import proposals
from authorisation.clocks import Clock, What
from authorisation.deadlines import reminder_day
from authorisation.handling import procedure_of
from authorisation.kinds import Initiative
from authorisation.lifecycle import State
from authorisation.models import Case, ClockAct
from authorisation.models.decisions import Outcome
from authorisation.procedures.shape import Calendar, Silence, Unit
from authorisation.running import due_of, periods_of, rule_of, totals
from authorisation.services import applications, clocks, desk
from config.celery import app
from tests.accounts.factories import AT
from tests.authorisation.factories import (
    Staff,
    drafted,
    in_decision,
    in_review,
    questioned,
    submitted,
    with_applicant,
)
from tests.authorisation.timing import again, move, run_on, staff_of, under
from tests.workflow.children import at_once
from workflow import daily
from workflow.actors import CLOCK
from workflow.clock import SetClock
from workflow.daily import Tally
from workflow.door import Act, Move, take
from workflow.models import OutboxMessage
from workflow.refusals import Refused

ONE = timedelta(days=1)
EASTER = Calendar(holidays={date(2026, 4, 3): "Good Friday", date(2026, 4, 6): "Easter Monday"})


@pytest.fixture(autouse=True)
def plain_procedures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without review sheets."""
    under(monkeypatch)


def told(case: Case, step: str) -> list[str]:
    """By which effects somebody is told of what the clock did."""
    messages = OutboxMessage.objects.filter(payload__step=step, payload__record=str(case.public_id))
    return sorted(messages.values_list("effect", flat=True))


def done(case: Case) -> list[tuple[str, date]]:
    return [(act.what, act.day) for act in ClockAct.objects.filter(case=case).order_by("pk")]


def actions(case: Case) -> list[str]:
    return list(
        Event.objects.filter(stream=case.trail_stream).order_by("sequence").values_list("action", flat=True)
    )


def recomputed(case: Case) -> date | None:
    """By when the case is due, computed once more from its trail."""
    found = periods_of([case])[case.pk]
    rule = rule_of(case, found[-1].clock)
    assert rule is not None
    return due_of(found, rule, procedure_of(case).calendar)


def answered(of: Staff, case: Case) -> Case:
    return applications.answer(case, act=of.act(), answers={1: "By meter."})


# -- running, standing still, going on ---------------------------------------------------------------


@pytest.mark.django_db
def test_the_authoritys_clock_goes_on_with_the_days_that_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty working days from Monday 2 March, over the change to summer time and Easter, and a question."""
    under(monkeypatch, calendar=EASTER, review={"days": 30, "unit": Unit.WORKING})
    of = staff_of()
    case = in_review(of)
    assert case.due_on == date(2026, 4, 15)
    move(of, date(2026, 3, 20))
    case = desk.ask(case, act=of.act(Function.REVIEWER), questions=[("", "How are stoves counted?")])
    assert case.state == State.WITH_APPLICANT
    move(of, date(2026, 4, 7))
    case = answered(of, again(case))
    # Fourteen of the thirty had run; sixteen are left from Tuesday 7 April on.
    assert (case.state, case.due_on) == (State.IN_REVIEW, date(2026, 4, 29))
    assert recomputed(again(case)) == case.due_on
    spent = totals(periods_of([again(case)])[case.pk], date(2026, 4, 10))
    assert (spent.authority, spent.applicant) == (18 + 3, 18)


@pytest.mark.django_db
def test_a_clock_that_does_not_stand_still_runs_on_while_the_applicant_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under(monkeypatch, review={"days": 60, "unit": Unit.CALENDAR, "stands_still": False})
    of = staff_of()
    case = in_review(of)
    due = case.due_on
    move(of, date(2026, 3, 20))
    case = desk.ask(case, act=of.act(Function.REVIEWER), questions=[("", "How are stoves counted?")])
    move(of, date(2026, 4, 7))
    assert answered(of, again(case)).due_on == due == date(2026, 5, 1)


@pytest.mark.django_db
def test_what_was_overdue_before_it_stood_still_stays_overdue_by_as_many_days() -> None:
    of = staff_of()
    case = in_review(of)
    due = case.due_on
    assert due is not None
    move(of, due + timedelta(days=5))
    case = desk.ask(case, act=of.act(Function.REVIEWER), questions=[("", "How are stoves counted?")])
    move(of, due + timedelta(days=30))
    case = answered(of, again(case))
    assert case.due_on == due + timedelta(days=25)


@pytest.mark.django_db
def test_each_new_run_is_a_run_of_its_own_and_every_due_day_is_that_of_the_trail() -> None:
    of = staff_of()
    case = with_applicant(of)
    found = periods_of([again(case)])[case.pk]
    assert [(one.clock, one.run, one.stood_still) for one in found] == [
        (Clock.RETENTION, 1, False),
        (Clock.COMPLETENESS, 1, True),
        (Clock.APPLICANT, 1, False),
    ]
    assert case.due_on == recomputed(again(case))
    case = questioned(of)
    assert case.due_on == recomputed(again(case))
    case = again(in_decision(of))
    assert case.due_on == recomputed(case)
    case = again(drafted(of))
    assert case.due_on == recomputed(case)


# -- reminders, and the end of the applicant's time ---------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("party", "zone"), [("LIE", "Europe/Zurich"), ("URY", "America/Asuncion"), ("VUT", "Pacific/Efate")]
)
def test_the_applicant_is_warned_once_and_the_case_lapses_at_local_midnight(
    monkeypatch: pytest.MonkeyPatch, party: str, zone: str
) -> None:
    """Due on Sunday 29 March, on which Zurich's clocks are put forward."""
    under(monkeypatch, applicant={"days": 27, "unit": Unit.CALENDAR, "remind": (14, 5)})
    of = staff_of(party, zone)
    case = with_applicant(of)
    due = case.due_on
    assert due is not None
    assert run_on(of, due - timedelta(days=15)) == Tally()
    assert run_on(of, due - timedelta(days=14)) == Tally(done=1)
    assert run_on(of, due - timedelta(days=14), time(15)) == Tally()
    assert run_on(of, due - timedelta(days=5)) == Tally(done=1)
    assert again(case).warned_on == due - timedelta(days=14)
    assert told(case, "warn") == ["tell_applicant", "tell_applicant"]
    assert run_on(of, due, time(23, 59)) == Tally()
    assert again(case).state == State.WITH_APPLICANT
    assert run_on(of, due + ONE, time(0, 1)) == Tally(done=1)
    assert again(case).state == State.LAPSED
    assert run_on(of, due + ONE, time(0, 2)) == Tally()
    assert done(case) == [
        ("warn", due - timedelta(days=14)),
        ("warn", due - timedelta(days=5)),
        ("lapse", due + ONE),
    ]
    assert actions(case)[-3:] == ["warn", "warn", "lapse"]
    assert verify_database().whole


@pytest.mark.django_db
def test_nothing_lapses_unwarned_a_warning_that_came_late_moves_the_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The worker stood still for months."""
    under(monkeypatch, applicant={"days": 60, "unit": Unit.CALENDAR, "remind": (30, 14)})
    of = staff_of()
    case = with_applicant(of)
    due = case.due_on
    assert due is not None
    late = due + timedelta(days=40)
    assert run_on(of, late) == Tally(done=1)
    assert (again(case).state, again(case).warned_on) == (State.WITH_APPLICANT, late)
    assert run_on(of, late + timedelta(days=14)) == Tally()
    assert run_on(of, late + timedelta(days=15)) == Tally(done=1)
    assert again(case).state == State.LAPSED


@pytest.mark.django_db
def test_the_door_lets_no_case_lapse_before_its_day_or_without_a_warning() -> None:
    of = staff_of()
    case = with_applicant(of)
    due = case.due_on
    assert due is not None

    def lapse(today: date, **facts: Any) -> Case:
        move = Move(step=Case.lapse, record=again(case), facts={"today": today.isoformat(), **facts})
        return take(Act(actor=CLOCK, clock=of.clock), move)

    with pytest.raises(Refused) as refusal:
        lapse(due)
    assert {reason.code for reason in refusal.value.reasons} == {"deadline-runs", "not-warned"}
    with pytest.raises(Refused) as refusal:
        lapse(due + ONE)
    assert {reason.code for reason in refusal.value.reasons} == {"not-warned"}
    Case.objects.filter(pk=case.pk).update(warned_on=due)
    with pytest.raises(Refused) as refusal:
        lapse(due + ONE, last_day=(due + timedelta(days=14)).isoformat())
    assert {reason.code for reason in refusal.value.reasons} == {"deadline-runs"}
    assert again(case).state == State.WITH_APPLICANT


@pytest.mark.django_db
def test_a_draft_is_kept_for_so_long_and_then_lapses_after_a_warning() -> None:
    of = staff_of()
    case = drafted(of)
    due = case.due_on
    assert due is not None
    rule = rule_of(again(case), Clock.RETENTION)
    assert rule is not None
    first = reminder_day(due, max(rule.remind), unit=rule.unit, calendar=procedure_of(case).calendar)
    assert run_on(of, first - ONE) == Tally()
    assert run_on(of, first) == Tally(done=1)
    assert told(case, "warn") == ["tell_applicant"]
    run_on(of, due)
    assert again(case).state == State.DRAFT
    run_on(of, due + ONE)
    assert again(case).state == State.LAPSED


@pytest.mark.django_db
def test_nobody_outside_is_told_of_a_draft_of_the_authority() -> None:
    of = staff_of()
    case = drafted(of)
    Case.objects.filter(pk=case.pk).update(initiative=Initiative.WITH_HEARING)
    due = case.due_on
    assert due is not None
    run_on(of, due)
    run_on(of, due + ONE)
    assert [what for what, _day in done(case)] == ["remind", "escalate"]
    assert (told(case, "remind"), told(case, "escalate")) == (["tell_desk"], ["tell_desk"])
    assert again(case).state == State.DRAFT


@pytest.mark.django_db
def test_a_warning_is_about_the_run_in_which_it_was_given() -> None:
    of = staff_of()
    case = questioned(of)
    due = case.due_on
    assert due is not None
    run_on(of, due - ONE)
    assert again(case).warned_on is not None
    case = answered(of, again(case))
    assert again(case).warned_on is None


@pytest.mark.django_db
def test_an_answer_in_time_stops_the_lapse() -> None:
    of = staff_of()
    case = questioned(of)
    due = case.due_on
    assert due is not None
    run_on(of, due - timedelta(days=14))
    move(of, due, time(22))
    case = answered(of, again(case))
    run_on(of, due + ONE)
    assert again(case).state == State.IN_REVIEW
    assert "lapse" not in actions(case)


# -- the authority's time ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_whoever_is_waited_on_is_reminded_and_then_it_is_passed_on_once() -> None:
    of = staff_of()
    case = in_decision(of)
    due = case.due_on
    assert due is not None
    rule = rule_of(case, Clock.DECISION)
    assert rule is not None
    day = reminder_day(due, rule.remind[-1], unit=rule.unit, calendar=procedure_of(case).calendar)
    assert run_on(of, day) == Tally(done=1)
    assert told(case, "remind") == ["tell_decider"]
    assert run_on(of, due) == Tally()
    assert run_on(of, due + ONE) == Tally(done=1)
    assert told(case, "escalate") == ["tell_desk", "tell_director"]
    assert run_on(of, due + timedelta(days=30)) == Tally()
    assert again(case).state == State.IN_DECISION
    assert done(case) == [("remind", day), ("escalate", due + ONE)]


@pytest.mark.django_db
def test_of_reminders_missed_only_the_last_is_sent_and_none_when_time_has_run_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    under(monkeypatch, decision={"days": 30, "unit": Unit.CALENDAR, "remind": (20, 10, 5)})
    of = staff_of()
    case, other = in_decision(of), in_decision(of)
    due = case.due_on
    assert due is not None
    assert run_on(of, due - timedelta(days=4)) == Tally(done=2)
    assert done(case) == [("remind", due - timedelta(days=5))]
    assert run_on(of, due + timedelta(days=9)) == Tally(done=2)
    assert done(other) == [("remind", due - timedelta(days=5)), ("escalate", due + ONE)]


@pytest.mark.django_db
@pytest.mark.parametrize("silence", [Silence.FAVOURABLE, Silence.ABSTAINS])
def test_the_silence_of_a_body_is_recorded_by_the_clock_and_lets_the_desk_go_on(
    monkeypatch: pytest.MonkeyPatch, silence: Silence
) -> None:
    under(monkeypatch, body={"silence": silence})
    of = staff_of()
    case = in_review(of)
    due = case.due_on
    assert due is not None
    run_on(of, due)
    assert What.SILENCE not in [what for what, _day in done(case)]
    run_on(of, due + ONE)
    act = ClockAct.objects.get(case=case, what=What.SILENCE)
    assert (act.meaning, act.about) == (silence.value, next(iter(procedure_of(case).bodies)))
    event = Event.objects.get(stream=case.trail_stream, action="silence")
    assert (event.actor, event.from_state, event.to_state) == ("clock", "in_review", "in_review")
    assert "tell_desk" in told(case, "silence")
    run_on(of, due + timedelta(days=2))
    assert ClockAct.objects.filter(case=case, what=What.SILENCE).count() == 1
    assert not case.opinions.exists()
    assert recommended_in_silence(of, again(case)).state == State.IN_DECISION


@pytest.mark.django_db
def test_where_silence_means_nothing_the_case_waits_and_the_desk_is_told() -> None:
    of = staff_of()
    case = in_review(of)
    due = case.due_on
    assert due is not None
    run_on(of, due + ONE)
    assert [what for what, _day in done(case)] == ["escalate"]
    with pytest.raises(Refused) as refusal:
        recommended_in_silence(of, again(case))
    assert "opinion-missing" in {reason.code for reason in refusal.value.reasons}
    assert again(case).state == State.IN_REVIEW


def recommended_in_silence(of: Staff, case: Case) -> Case:
    return desk.recommend(
        case,
        act=of.act(Function.DESK_OFFICER),
        outcome=Outcome.APPROVE,
        reasons="As far as reviewed.",
        answers={finding.rule: "Seen." for finding in proposals.findings_on_request(case)},
    )


@pytest.mark.django_db
def test_the_silence_of_a_holder_who_was_to_be_heard_is_their_answer() -> None:
    of = staff_of()
    case = with_applicant(of)
    Case.objects.filter(pk=case.pk).update(initiative=Initiative.WITH_HEARING)
    due = case.due_on
    assert due is not None
    run_on(of, due)
    assert again(case).state == State.WITH_APPLICANT
    run_on(of, due + ONE)
    assert again(case).state == State.IN_REVIEW
    assert (actions(case)[-1], done(case)[-1]) == ("hear", ("hear", due + ONE))


# -- whose cases, in which order, and what goes wrong ----------------------------------------------------


@pytest.mark.django_db
def test_cases_on_clocks_of_their_own_and_ended_ones_are_left_alone() -> None:
    case = with_applicant(replace(staff_of("VUT", "Pacific/Efate"), clock=SetClock(AT)))
    assert case.simulated
    before = actions(case)
    of = staff_of()
    gone = applications.withdraw(submitted(of), act=of.act())
    assert clocks.run(SetClock(of.clock.now() + timedelta(days=4000), simulated=False)) == Tally()
    assert actions(case) == before
    assert again(gone).state == State.WITHDRAWN


@pytest.mark.django_db
def test_after_downtime_everything_is_done_in_order_of_the_days_for_which_it_was_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of = staff_of()
    first = in_review(of)
    move(of, date(2026, 3, 10))
    second = submitted(of)
    asked: list[date] = []
    real = clocks.do

    def noted(case: Case, due: Any, *, clock: SetClock) -> bool:
        asked.append(due.day)
        return real(case, due, clock=clock)

    monkeypatch.setattr(clocks, "do", noted)
    tally = run_on(of, date(2027, 1, 1))
    assert asked == sorted(asked)
    assert tally == Tally(done=len(asked))
    assert {first.pk, second.pk} == set(ClockAct.objects.values_list("case", flat=True))


@pytest.mark.django_db
def test_one_case_that_cannot_be_done_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    of = staff_of()
    broken, sound = in_decision(of), in_decision(of)
    Case.objects.filter(pk=broken.pk).update(procedure_version="nowhere/1")
    due = sound.due_on
    assert due is not None
    assert run_on(of, due + ONE) == Tally(done=1, failed=1)
    assert [what for what, _day in done(sound)] == ["escalate"]
    assert done(broken) == []


@pytest.mark.django_db
def test_a_thing_is_done_once_by_a_constraint_of_the_database() -> None:
    of = staff_of()
    case = in_decision(of)
    due = case.due_on
    assert due is not None
    run_on(of, due + ONE)
    act = ClockAct.objects.get(case=case)
    values = {
        name: getattr(act, name) for name in ("case", "clock", "run", "what", "about", "day", "done_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockAct.objects.create(**values)
    assert ClockAct.objects.filter(case=case).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_time_do_nothing_twice() -> None:
    of = staff_of()
    deciding, asked = in_decision(of), with_applicant(of)
    Case.objects.filter(pk=asked.pk).update(warned_on=of.clock.now().date())
    due = max(day for day in (deciding.due_on, asked.due_on) if day is not None)
    move(of, due + timedelta(days=20))
    tallies = at_once(*[lambda: clocks.run(of.clock) for _one in range(3)])
    assert all(isinstance(tally, Tally) for tally in tallies), tallies
    assert sum((tally for tally in tallies if isinstance(tally, Tally)), Tally()) == Tally(done=2)
    assert [what for what, _day in done(deciding)] == ["escalate"]
    assert [what for what, _day in done(asked)] == ["lapse"]
    assert actions(deciding).count("escalate") == 1
    assert actions(asked).count("lapse") == 1
    assert not [action for action in actions(asked) if action.endswith(":refused")]
    assert told(deciding, "escalate") == ["tell_desk", "tell_director"]
    assert verify_database().whole


# -- who runs it ---------------------------------------------------------------------------------------


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Nothing for the clock to look at but what the test adds."""
    empty: dict[str, Any] = {}
    monkeypatch.setattr(daily, "_works", empty)
    return empty


def test_a_work_that_breaks_keeps_none_of_the_others_from_being_done(
    works: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    fault = ConnectionError("no answer for ama@example.org")

    def broken(clock: Any) -> Tally:
        raise fault

    daily.every_day("broken", broken)
    daily.every_day("sound", lambda clock: Tally(done=3))
    assert daily.run(SetClock(AT)) == Tally(done=3, failed=1)
    assert "ConnectionError" in caplog.text
    assert "ama@example.org" not in caplog.text
    with pytest.raises(daily.AlreadyNamed):
        daily.every_day("sound", broken)


@pytest.mark.django_db
def test_the_command_says_what_it_did_and_fails_where_something_could_not_be_done(
    works: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    daily.every_day("sound", lambda clock: Tally(done=2))
    call_command("run_clocks")
    assert capsys.readouterr().out == "Done: 2.\n"
    daily.every_day("half", lambda clock: Tally(failed=1))
    with pytest.raises(CommandError, match="1 could not be done"):
        call_command("run_clocks")


def test_workers_look_every_quarter_of_an_hour() -> None:
    hand, at = daily.Hand(), AT
    assert [hand.is_due(at + timedelta(minutes=minute)) for minute in (0, 1, 14, 15, 16, 31)] == [
        True,
        False,
        False,
        True,
        False,
        True,
    ]
    assert app.conf.beat_schedule["clocks"]["schedule"] == daily.EVERY.total_seconds()
    assert "the clocks of cases" in daily.works()


def test_every_function_to_which_a_case_may_be_passed_on_has_somebody_who_is_told() -> None:
    assert {function.value for function in Function} <= set(clocks._OWNERS)
