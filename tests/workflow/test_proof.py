"""With what one proves, at the door, who one is: something one has, and never a password."""

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Function
from audit.models import Event
from authorisation.services import decisions
from tests.authorisation.factories import in_decision, two_staffs
from workflow.actors import Person, Proof
from workflow.clock import SetClock
from workflow.door import Act
from workflow.refusals import Kind, Refused

# The door opens transactions of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("method", "simulated", "demonstration", "accepted"),
    [
        ("totp", False, False, True),
        ("webauthn", False, False, True),
        ("password", False, True, False),
        ("recovery_codes", False, True, False),
        ("mfa", False, True, False),
        ("", False, True, False),
        ("password", True, True, False),
        ("demonstration", True, True, True),
        ("demonstration", False, True, False),
        ("demonstration", True, False, False),
    ],
)
def test_only_a_second_factor_decides(
    method: str, simulated: bool, demonstration: bool, accepted: bool, settings: Settings
) -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    settings.DEMONSTRATION = demonstration
    clock = SetClock(ours.clock.now(), simulated=simulated)
    office, user = ours.offices[Function.DECIDER]
    proof = Proof(method=method, at=clock.now())
    act = Act(actor=Person(user=user, office=office, proof=proof), clock=clock)
    if accepted:
        assert decisions.approve(case, act=act).state == "letter_due"
        return
    with pytest.raises(Refused) as refused:
        decisions.approve(case, act=act)
    assert (refused.value.kind, [reason.code for reason in refused.value.reasons]) == (Kind.ROLE, ["proof"])
    case.refresh_from_db()
    assert case.state == "in_decision"
    assert not case.decisions.exists()
    assert not Event.objects.filter(action="approve").exists()
