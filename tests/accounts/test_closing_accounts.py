from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp

from accounts.models import Function, User
from accounts.second_factor import has_second_factor, needs_second_factor
from accounts.services import create_membership, deactivate_person, reactivate_person
from tests.accounts.factories import AT, DAY, office, organisation, person, tenure, two_authorities
from tests.accounts.story import last_facts, refused, story

pytestmark = pytest.mark.django_db

DECISIVE = (Function.DECIDER, Function.SIGNER, Function.DIRECTOR)


def test_closing_an_account_ends_its_sessions_and_is_told_to_everybody_it_concerns() -> None:
    ghana, vanuatu = two_authorities()
    ama, stoves, former = person(), organisation(), organisation("Former", identification="C-2")
    tenure(office(ghana), ama)
    create_membership(stoves, person=ama, starts_on=DAY, actor="system", at=AT)
    create_membership(
        former, person=ama, starts_on=DAY, ends_on=DAY, actor="system", at=AT - timedelta(days=1)
    )
    before = ama.get_session_auth_hash()

    closed = deactivate_person(ama, actor="system", at=AT + timedelta(days=1))

    assert not closed.is_active
    assert closed.get_session_auth_hash() != before
    assert story(ghana)[-1] == story(stoves)[-1] == "person_deactivated"
    assert last_facts(ghana) == {"person": str(ama.public_id)}
    assert "person_deactivated" not in story(vanuatu) + story(former)
    with refused("closed already"):
        deactivate_person(ama, actor="system", at=AT)
    reactivate_person(ama, actor="system", at=AT + timedelta(days=1))
    assert User.objects.get(pk=ama.pk).is_active
    assert story(stoves)[-1] == "person_reactivated"


def test_nobody_closes_their_own_account() -> None:
    two_authorities()
    ama = person()
    with refused("Nobody closes or opens their own account"):
        deactivate_person(ama, actor=ama.actor, at=AT)


@pytest.mark.parametrize("function", list(Function))
def test_a_second_factor_is_needed_by_whoever_decides_signs_or_directs(function: Function) -> None:
    ghana, _ = two_authorities()
    ama = person()
    assert not needs_second_factor(ama, at=AT)
    tenure(office(ghana, function=function, body="technical review"), ama, ends_on=DAY + timedelta(days=10))
    assert needs_second_factor(ama, at=AT) == (function in DECISIVE)
    assert not needs_second_factor(ama, at=AT + timedelta(days=20))
    assert not needs_second_factor(ama, at=AT - timedelta(days=20))


def test_whoever_administers_needs_a_second_factor() -> None:
    two_authorities()
    ama = person()
    ama.is_staff = True
    ama.save()
    assert needs_second_factor(ama, at=AT)


def test_the_secret_of_an_app_is_not_readable_in_the_database() -> None:
    two_authorities()
    ama = person()
    secret = totp.generate_totp_secret()
    assert not has_second_factor(ama)
    made = totp.TOTP.activate(ama, secret)
    assert has_second_factor(ama)
    assert secret not in str(made.instance.data)
    assert made.validate_code(_code(secret))
    assert not made.validate_code(_code(secret)), "a code holds once"


def _code(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))
