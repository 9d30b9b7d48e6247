"""Conditions and obligations under several hands at the same time, each with a connection of its own."""

from functools import partial

import pytest

from accounts.models import Function
from authorisation.held_back import in_effect_since
from authorisation.issuing import Evidence, Issuance
from authorisation.models import Obligation, ObligationReminder
from authorisation.services import obligation_clock, obligations, outcomes
from authorisation.verification import verify
from tests.authorisation.at_once import at_once
from tests.authorisation.factories import Staff, two_staffs
from tests.authorisation.obliging import AGREEMENT, REPORT, authorised, one
from tests.authorisation.timing import move, staff_of
from workflow.clock import SetClock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def of() -> Staff:
    return two_staffs()[0]


def test_of_two_officers_who_record_the_last_two_conditions_one_lets_it_take_effect(of: Staff) -> None:
    """Neither sees the other's as met before the lock: what was issued is covered all the same, and once."""
    authorisation = authorised(of, AGREEMENT, AGREEMENT)
    issuance = Issuance(
        on=of.authority.legal_date(of.clock.now()), volumes={2026: 400}, evidence=Evidence(reference="7")
    )
    outcomes.record_issuance(authorisation.activity, issuance, act=of.act(Function.DESK_OFFICER))
    assert authorisation.lines.get(vintage=2026).issued == 0
    found = at_once(
        *(
            partial(
                obligations.find_met,
                one(authorisation, code),
                act=of.act(Function.DESK_OFFICER),
                reasons="Seen.",
                reference=code,
            )
            for code in ("decision_1", "decision_2")
        )
    )
    assert found == [[], []]
    assert in_effect_since(authorisation) is not None
    assert authorisation.lines.get(vintage=2026).issued == 400
    assert verify().wrong == []


def test_of_two_findings_at_the_same_time_one_is_made(of: Staff) -> None:
    report = one(authorised(of, REPORT))
    met = partial(
        obligations.find_met, report, act=of.act(Function.DESK_OFFICER), reasons="Seen.", reference="1"
    )
    waived = partial(obligations.waive, report, act=of.act(Function.DIRECTOR), reasons="Closed.")
    found = at_once(met, waived)
    assert sorted(found) == [[], ["state"]]
    assert report.findings.count() == 1
    # Either way it falls due again, once.
    assert Obligation.objects.filter(turn=2).count() == 1


def test_of_several_workers_each_reminder_is_given_once() -> None:
    of = staff_of()
    report = one(authorised(of, REPORT))
    assert report.due_on is not None
    move(of, report.due_on)
    clocks = [SetClock(of.clock.now(), simulated=False) for _worker in range(3)]
    assert at_once(*(partial(obligation_clock.run, clock) for clock in clocks)) == [[], [], []]
    assert ObligationReminder.objects.filter(obligation=report).count() == 1
