"""With what one proves, at the door, who one is: something one has, and never a password."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from pytest_django.fixtures import Settings

from accounts.models import Function
from accounts.second_factor import digest_of_code
from accounts.services import issue_set_up_code, redeem_set_up_code
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


def test_a_second_factor_that_its_person_has_not_confirmed_decides_nothing() -> None:
    ours, _theirs = two_staffs()
    case, act = in_decision(ours), ours.act(Function.DECIDER)
    at, by = ours.clock.now(), ours.offices[Function.DIRECTOR][1]
    decider = ours.offices[Function.DECIDER][1]
    code = issue_set_up_code(decider, by=by, at=at)
    with pytest.raises(Refused) as refused:
        decisions.approve(case, act=act)
    told = [reason.code for reason in refused.value.reasons]
    assert (refused.value.kind, told) == (Kind.ROLE, ["set-up-code"])
    case.refresh_from_db()
    assert case.state == "in_decision"
    assert not case.decisions.exists()
    totp.TOTP.activate(decider, totp.generate_totp_secret())
    redeem_set_up_code(decider, digest=digest_of_code(code), at=at)
    assert decisions.approve(case, act=ours.act(Function.DECIDER)).state == "letter_due"
