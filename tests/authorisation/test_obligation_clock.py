"""The clock on what is asked of holders: reminders, passing on, the next turn, lifting; each once."""

from datetime import date, time, timedelta

import pytest

from accounts.models import Function
from audit.trail import events_of
from authorisation.models import Obligation, ObligationReminder
from authorisation.services import obligation_clock, obligations
from tests.authorisation.factories import Staff
from tests.authorisation.obliging import AGREEMENT, REPORT, START, authorised, handed_in, met, one
from tests.authorisation.timing import move, staff_of
from workflow.actors import CLOCK
from workflow.daily import Tally
from workflow.door import Act, Move, take
from workflow.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> Staff:
    return staff_of()


@pytest.fixture
def others() -> Staff:
    """An authority hours behind, of whose day nothing here must speak."""
    return staff_of("PER", "America/Lima")


def run(of: Staff, day: date) -> Tally:
    move(of, day)
    return obligation_clock.run(of.clock)


def due(obligation: Obligation) -> date:
    assert obligation.due_on is not None
    return obligation.due_on


def said(obligation: Obligation) -> list[tuple[str, date]]:
    found = ObligationReminder.objects.filter(obligation=obligation).order_by("day")
    return list(found.values_list("what", "day"))


def told(obligation: Obligation) -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(payload__record=str(obligation.public_id)).order_by("pk")
    return [(row.effect, str(row.payload["step"])) for row in rows]


def test_the_holder_is_reminded_before_and_the_desk_told_after(of: Staff) -> None:
    report = one(authorised(of, REPORT))
    last = due(report)
    assert run(of, last - timedelta(days=31)) == Tally()
    assert run(of, last - timedelta(days=30)).done == 1
    assert run(of, last - timedelta(days=29)) == Tally()
    # A worker that was down for a week sends the last reminder, and not those that were missed.
    assert run(of, last - timedelta(days=3)).done == 1
    assert run(of, last) == Tally()
    # Passed on, and the next turn has begun.
    assert run(of, last + timedelta(days=1)).done == 2
    assert run(of, last + timedelta(days=2)) == Tally()
    assert said(report) == [
        ("remind", last - timedelta(days=30)),
        ("remind", last - timedelta(days=7)),
        ("escalate", last + timedelta(days=1)),
    ]
    assert told(report) == [
        ("tell_applicant", "remind"),
        ("tell_applicant", "remind"),
        ("tell_applicant", "escalate"),
        ("tell_desk", "escalate"),
        ("tell_director", "escalate"),
    ]
    actions = [event.action for event in events_of(report.trail_stream).order_by("sequence")]
    assert actions == ["begin", "remind", "remind", "escalate"]


def test_nobody_is_reminded_of_what_is_handed_in_or_met(of: Staff) -> None:
    authorisation = authorised(of, REPORT)
    report = handed_in(of, one(authorisation))
    assert run(of, due(report) + timedelta(days=1)).done == 1  # the next turn alone
    assert said(report) == []
    met(of, Obligation.objects.get(pk=report.pk))
    assert authorisation.obligations.count() == 2


def test_a_clock_that_stood_still_for_two_years_begins_every_turn(of: Staff) -> None:
    authorisation = authorised(of, REPORT)
    first = one(authorisation)
    run(of, due(first) + timedelta(days=730))
    turns = list(authorisation.obligations.order_by("turn").values_list("turn", "due_on"))
    assert [turn for turn, _day in turns] == [1, 2, 3, 4, 5]
    days = [day for _turn, day in turns if day is not None]
    assert days[-2] < of.authority.legal_date(of.clock.now()) <= days[-1]


def test_after_more_time_it_is_passed_on_again_when_that_has_passed_too(of: Staff) -> None:
    start = one(authorised(of, START))
    last = due(start)
    move(of, last - timedelta(days=1))
    until = last + timedelta(days=10)
    obligations.extend(start, act=of.act(Function.DESK_OFFICER), until=until, reasons="Floods.")
    assert run(of, last + timedelta(days=1)) == Tally()
    assert run(of, until + timedelta(days=1)).done == 1
    assert said(start) == [("escalate", until + timedelta(days=1))]


def test_a_day_ends_with_the_day_of_its_own_authority(of: Staff, others: Staff) -> None:
    here, there = one(authorised(of, START)), one(authorised(others, START))
    assert due(here) == due(there)
    # Past midnight in Zurich, in the evening of the day itself in Lima.
    move(of, due(here) + timedelta(days=1), time(3))
    obligation_clock.run(of.clock)
    assert len(said(here)) == 1
    assert said(there) == []


def test_what_falls_due_after_the_authorisation_ended_is_lifted(of: Staff) -> None:
    authorisation = authorised(of, START, AGREEMENT, REPORT)
    start, report = one(authorisation), one(authorisation, "decision_3")
    move(of, due(report) + timedelta(days=1))
    take(Act(actor=CLOCK, clock=of.clock), Move(step=type(authorisation).expire, record=authorisation))
    obligation_clock.run(of.clock)
    states = dict(authorisation.obligations.values_list("code", "state"))
    # The report was due before the end, and is still owed; no further one is begun.
    assert states == {"decision_1": "lifted", "decision_2": "lifted", "decision_3": "awaited"}
    assert authorisation.obligations.count() == 3
    assert obligation_clock.run(of.clock) == Tally()
    assert events_of(start.trail_stream).last().action == "lift"  # type: ignore[union-attr]


def test_what_belongs_to_a_demonstration_is_left_alone(of: Staff) -> None:
    report = one(authorised(of, REPORT))
    type(report.case).objects.filter(pk=report.case_id).update(simulated=True)
    assert run(of, due(report) + timedelta(days=400)) == Tally()
    assert said(report) == []
