from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp

from accounts.models import Authority, Function, SetUpCode, User
from accounts.second_factor import (
    awaits_set_up_code,
    digest_of_code,
    has_second_factor,
    may_lose,
    needs_second_factor,
    needs_set_up_code,
)
from accounts.services import (
    appoint,
    end_tenure,
    issue_set_up_code,
    redeem_set_up_code,
    reset_by_installation,
    reset_second_factor,
)
from accounts.services.second_factors import HOLDS
from audit.models import Event
from tests.accounts.factories import AT, DAY, office, person, tenure, two_authorities
from tests.accounts.story import refused, story

pytestmark = pytest.mark.django_db

BEFORE = DAY - timedelta(days=1)


def _directed() -> tuple[Authority, User]:
    ghana, vanuatu = two_authorities()
    tenure(office(vanuatu, function=Function.DIRECTOR), person("director@vut.example"), starts_on=BEFORE)
    director = person("director@gha.example")
    tenure(office(ghana, function=Function.DIRECTOR), director, starts_on=BEFORE)
    return ghana, director


def _with_app(somebody: User) -> User:
    totp.TOTP.activate(somebody, totp.generate_totp_secret())
    return somebody


def _factor(somebody: User, kind: Authenticator.Type) -> Authenticator:
    return Authenticator.objects.create(user=somebody, type=kind, data={})


def test_the_last_factor_of_ones_own_stays_while_an_office_asks_for_it() -> None:
    ghana, director = _directed()
    ama, eve = person("ama@gha.example"), person("eve@gha.example")
    tenure(office(ghana, function=Function.SIGNER), ama)
    passkey = _factor(ama, Authenticator.Type.WEBAUTHN)
    _factor(ama, Authenticator.Type.RECOVERY_CODES)
    _with_app(director)  # which is no factor of hers

    assert not may_lose(passkey, at=AT)
    assert may_lose(_factor(eve, Authenticator.Type.WEBAUTHN), at=AT), "no office asks for it"
    _with_app(ama)
    assert may_lose(passkey, at=AT)


def test_recovery_codes_are_no_second_factor() -> None:
    ama = person()
    _factor(ama, Authenticator.Type.RECOVERY_CODES)
    assert not has_second_factor(ama)
    _factor(ama, Authenticator.Type.WEBAUTHN)
    assert has_second_factor(ama)
    assert not has_second_factor(person("eve@vut.example")), "another one's is none of theirs"


def test_an_office_asks_for_a_factor_until_it_is_ended_and_administration_always() -> None:
    ghana, vanuatu = two_authorities()
    ama, eve = person("ama@gha.example"), person("eve@vut.example")
    held = tenure(office(ghana, function=Function.DECIDER), ama)
    tenure(office(vanuatu), eve)
    assert needs_second_factor(ama, at=AT)
    assert not needs_second_factor(eve, at=AT)

    end_tenure(held, ends_on=None, actor="system", at=AT)
    assert not needs_second_factor(ama, at=AT)

    User.objects.filter(pk=eve.pk).update(is_superuser=True)
    assert needs_second_factor(User.objects.get(pk=eve.pk), at=AT)


@pytest.mark.parametrize("function", [Function.DECIDER, Function.SIGNER, Function.DIRECTOR])
def test_with_an_office_that_decides_comes_a_code_of_which_only_the_digest_is_kept(
    function: Function,
) -> None:
    ghana, director = _directed()
    ama = person("ama@gha.example")
    code = appoint(
        office(ghana, function=function), person=ama, starts_on=DAY, by=director, at=AT
    ).set_up_code
    assert len(code) == len("AAAA-BBBB-CCCC")
    assert needs_set_up_code(ama, at=AT)
    assert code not in str(SetUpCode.objects.values()) + str(Event.objects.values())
    _with_app(ama)
    assert awaits_set_up_code(ama)

    redeem_set_up_code(ama, digest=digest_of_code(f" {code.lower()} "), at=AT)

    assert not awaits_set_up_code(ama)
    assert story(ghana)[-1] == "second_factor_confirmed"
    second = appoint(office(ghana, function=function), person=ama, starts_on=DAY, by=director, at=AT)
    assert second.set_up_code == "", "it was confirmed before"


def test_an_app_set_up_before_the_office_proves_nothing_until_it_is_confirmed() -> None:
    ghana, director = _directed()
    ama = _with_app(person("ama@gha.example"))
    assert not awaits_set_up_code(ama)
    appointed = appoint(
        office(ghana, function=Function.SIGNER), person=ama, starts_on=DAY, by=director, at=AT
    )
    assert appointed.set_up_code
    assert awaits_set_up_code(ama)


def test_a_code_holds_once_for_its_person_for_two_weeks_and_until_another_is_issued() -> None:
    _directed()
    ama, eve = _with_app(person("ama@gha.example")), _with_app(person("eve@gha.example"))
    first = digest_of_code(issue_set_up_code(ama, by=None, at=AT))
    second = digest_of_code(issue_set_up_code(ama, by=None, at=AT))
    with refused("does not hold"):
        redeem_set_up_code(ama, digest=first, at=AT)
    with refused("does not hold"):
        redeem_set_up_code(eve, digest=second, at=AT)
    with refused("does not hold"):
        redeem_set_up_code(ama, digest=second, at=AT + HOLDS)
    assert awaits_set_up_code(ama), "a code that ran out is still awaited"
    redeem_set_up_code(ama, digest=second, at=AT + HOLDS - timedelta(seconds=1))
    assert not awaits_set_up_code(ama), "nor is the one that was replaced"
    with refused("does not hold"):
        redeem_set_up_code(ama, digest=second, at=AT)


def test_a_code_is_needed_for_the_first_factor_only_and_only_where_one_is_needed() -> None:
    _ghana, director = _directed()
    assert needs_set_up_code(director, at=AT)
    assert not needs_set_up_code(person("ama@gha.example"), at=AT)
    _with_app(director)
    issue_set_up_code(director, by=None, at=AT)
    assert not needs_set_up_code(director, at=AT)


def test_a_code_is_not_used_up_before_there_is_a_second_factor() -> None:
    _directed()
    ama = person("ama@gha.example")
    code = issue_set_up_code(ama, by=None, at=AT)
    with refused("does not hold"):
        redeem_set_up_code(ama, digest=digest_of_code(code), at=AT)
    assert awaits_set_up_code(ama)


def test_a_director_takes_a_lost_second_factor_away_and_its_sessions_with_it() -> None:
    ghana, director = _directed()
    ama = _with_app(person("ama@gha.example"))
    tenure(office(ghana, function=Function.SIGNER), ama)
    before = ama.get_session_auth_hash()

    code = reset_second_factor(ama, authority=ghana, by=director, at=AT)

    assert not has_second_factor(ama)
    assert not Authenticator.objects.filter(user=ama).exists(), "recovery codes too"
    assert User.objects.get(pk=ama.pk).get_session_auth_hash() != before
    assert needs_set_up_code(ama, at=AT)
    assert story(ghana)[-1] == "second_factor_reset"
    _with_app(ama)
    redeem_set_up_code(ama, digest=digest_of_code(code), at=AT)


def test_nobody_resets_their_own_nor_that_of_somebody_outside_their_authority() -> None:
    ghana, director = _directed()
    ama, stranger = _with_app(person("ama@gha.example")), _with_app(person("stranger@gha.example"))
    tenure(office(ghana, function=Function.SIGNER), ama)
    _with_app(director)
    kept = Authenticator.objects.count()
    elsewhere = User.objects.get(email="director@vut.example")
    with refused("their own second factor"):
        reset_second_factor(director, authority=ghana, by=director, at=AT)
    with refused("holds no office"):
        reset_second_factor(stranger, authority=ghana, by=director, at=AT)
    for other in (elsewhere, ama):
        with refused("managed by whoever directs it"):
            reset_second_factor(ama, authority=ghana, by=other, at=AT)
    assert Authenticator.objects.count() == kept


def test_whoever_runs_the_installation_helps_an_only_director() -> None:
    ghana, director = _directed()
    _with_app(director)
    assert reset_by_installation(director, at=AT)
    assert not has_second_factor(director)
    assert awaits_set_up_code(director)
    event = Event.objects.filter(stream=ghana.trail_stream).latest("sequence")
    assert (event.action, event.actor) == ("second_factor_reset", "system")


def test_taking_one_second_factor_away_or_issuing_one_code_leaves_those_of_others_alone() -> None:
    ghana, director = _directed()
    ama, kofi = _with_app(person("ama@gha.example")), _with_app(person("kofi@gha.example"))
    tenure(office(ghana, function=Function.SIGNER), ama, starts_on=BEFORE)
    code = issue_set_up_code(kofi, by=director, at=AT)

    reset_second_factor(ama, authority=ghana, by=director, at=AT)

    assert not has_second_factor(ama)
    assert has_second_factor(kofi)
    redeem_set_up_code(kofi, digest=digest_of_code(code), at=AT)
    assert not awaits_set_up_code(kofi)
