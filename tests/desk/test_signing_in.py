"""Signing in and up: lock-out, the same answer to everybody, second factors, and sessions that end."""

import re
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Authority, Function, Office, User
from accounts.services import appoint, deactivate_person, dismiss, end_tenure, issue_set_up_code
from desk.acting import actor_of, capacities_of, is_proved, proof_of
from tests.accounts.factories import office, organisation, person, tenure
from tests.desk import browser
from tests.desk import cases as make
from workflow.clock import RealClock
from workflow.door import PROOF_LASTS

pytestmark = pytest.mark.django_db

FROM = date(2021, 1, 1)


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    cache.clear()


def _office_of(authority: Authority, function: Function, holder: User) -> Office:
    made = office(authority, function=function)
    tenure(made, holder, starts_on=FROM)
    return made


def _sign_in(email: str, password: str) -> tuple[int, str]:
    """The status and the page, without what differs from request to request."""
    response = Client().post(reverse("account_login"), {"login": email, "password": password})
    page = re.sub(r'value="[^"]*"', "", response.content.decode())
    return response.status_code, page


def _request_of(client: Client) -> HttpRequest:
    """A request in this browser's session."""
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = User.objects.get(pk=client.session["_auth_user_id"])
    return request


# -- the first factor ------------------------------------------------------------------------------


def test_an_address_without_an_account_gets_the_same_answer_as_a_wrong_password() -> None:
    world = make.world()
    assert _sign_in("nobody@example.org", "wrong") == _sign_in(world.officer.email, "wrong")


def test_five_wrong_passwords_lock_the_account_also_for_the_right_one() -> None:
    world = make.world()
    for _attempt in range(5):
        assert "Too many" not in _sign_in(world.officer.email, "wrong")[1]
    client = Client()
    refused = client.post(reverse("account_login"), {"login": world.officer.email, "password": make.PASSWORD})
    assert "Too many failed login attempts" in refused.content.decode()
    assert "_auth_user_id" not in client.session
    assert _sign_in(world.member.email, make.PASSWORD)[0] == 302, "others are not locked out"


def test_five_wrong_codes_lock_the_second_factor_too() -> None:
    world = make.world()
    browser.with_app(world.officer)
    client = Client()
    client.post(reverse("account_login"), {"login": world.officer.email, "password": make.PASSWORD})
    right = browser.code(world.officer)
    wrong = "000000" if right != "000000" else "111111"
    for _attempt in range(5):
        client.post(reverse("mfa_authenticate"), {"code": wrong})
    client.post(reverse("mfa_authenticate"), {"code": browser.code(world.officer)})
    assert "_auth_user_id" not in client.session


def test_signing_up_proves_the_address_and_tells_nobody_who_is_here() -> None:
    world = make.world()
    form = {"name": "Nana", "password1": make.PASSWORD, "password2": make.PASSWORD}
    newcomer, taken = Client(), Client()
    new = newcomer.post(reverse("account_signup"), {**form, "email": "nana@example.org"})
    old = taken.post(reverse("account_signup"), {**form, "email": world.officer.email})
    assert (new.status_code, new["Location"]) == (old.status_code, old["Location"]) == (302, "/sign-up/code/")
    pages = [
        client.get("/sign-up/code/").content.decode().replace(address, "")
        for client, address in ((newcomer, "nana@example.org"), (taken, world.officer.email))
    ]
    assert re.sub(r'value="[^"]*"', "", pages[0]) == re.sub(r'value="[^"]*"', "", pages[1])
    assert "_auth_user_id" not in newcomer.session
    assert not EmailAddress.objects.get(email="nana@example.org").verified
    told = {message.to[0]: message.body for message in mail.outbox}
    (code,) = re.findall(r"^([A-Z0-9-]{6,9})$", str(told["nana@example.org"]), re.MULTILINE)

    assert newcomer.post("/sign-up/code/", {"action": "verify", "code": "WRONG1"}).status_code == 200
    assert "_auth_user_id" not in newcomer.session
    newcomer.post("/sign-up/code/", {"action": "verify", "code": code})

    nana = User.objects.get(email="nana@example.org")
    assert newcomer.session["_auth_user_id"] == str(nana.pk)
    assert (nana.name, nana.is_staff, EmailAddress.objects.get(user=nana).verified) == ("Nana", False, True)
    assert User.objects.filter(email=world.officer.email).get().name == "Officer"
    assert newcomer.get(reverse("cases")).status_code == 200


def test_a_forgotten_password_is_set_anew_by_a_code_and_every_session_ends() -> None:
    world = make.world()
    before = browser.signed_in(world.officer)
    client = Client()
    unknown = Client().post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    known = client.post(reverse("account_reset_password"), {"email": world.officer.email})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    (body,) = [str(message.body) for message in mail.outbox if message.to == [world.officer.email]]
    (code,) = re.findall(r"^([A-Z0-9-]{6,12})$", body, re.MULTILINE)
    client.post(reverse("account_confirm_password_reset_code"), {"code": code})
    new = "another password, longer still"
    client.post(reverse("account_complete_password_reset"), {"password1": new, "password2": new})

    assert _sign_in(world.officer.email, new)[0] == 302
    assert before.get(reverse("cases")).status_code == 302


# -- the second factor -----------------------------------------------------------------------------


@pytest.mark.parametrize("function", [Function.DECIDER, Function.SIGNER, Function.DIRECTOR])
def test_who_decides_signs_or_directs_opens_nothing_before_a_second_factor_is_set_up(
    function: Function,
) -> None:
    world = make.world()
    minister = make.with_password(person("minister@example.org"))
    _office_of(world.here, function, minister)
    client = Client()
    client.post(reverse("account_login"), {"login": minister.email, "password": make.PASSWORD})
    for name in ("cases", "offices", "vetting"):
        led = client.get(reverse(name))
        assert (led.status_code, led["Location"]) == (302, reverse("mfa_index")), name
    assert client.get(reverse("mfa_index")).status_code == 200

    for adding in ("mfa_activate_totp", "mfa_add_webauthn"):
        led = client.get(reverse(adding))
        assert led["Location"] == reverse("set_up_code"), "the password alone sets up nothing"
    wrong = client.post(reverse("set_up_code"), {"code": "AAAA-BBBB-CCCC"})
    assert (wrong.status_code, "does not hold" in wrong.content.decode()) == (422, True)
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("set_up_code")
    browser.enter_set_up_code(client, minister)
    led = client.get(reverse("mfa_activate_totp"))
    assert led["Location"].startswith(reverse("account_reauthenticate")), "the password once more"
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": browser.code_of(secret)})

    led = client.get(reverse("cases"))
    assert led["Location"].startswith(reverse("mfa_reauthenticate")), "this session has not shown it yet"
    browser.prove_again(client, minister)
    assert client.get(reverse("cases")).status_code == 200


def test_a_desk_officer_and_an_applicant_need_no_second_factor_to_read() -> None:
    world = make.world()
    for somebody in (world.officer, world.member):
        client = Client()
        client.force_login(somebody)
        assert client.get(reverse("cases")).status_code == 200


def test_with_an_app_the_password_alone_does_not_sign_in_nor_prove_again() -> None:
    world = make.world()
    browser.with_app(world.officer)
    client = Client()
    led = client.post(reverse("account_login"), {"login": world.officer.email, "password": make.PASSWORD})
    assert led["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("cases")).status_code == 302
    signed_in = browser.signed_in(world.officer)
    led = signed_in.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    assert led["Location"].startswith(reverse("mfa_reauthenticate"))
    assert proof_of(_request_of(signed_in)) is None
    led = signed_in.get(reverse("mfa_deactivate_totp"))
    assert led["Location"].startswith(reverse("mfa_reauthenticate")), "nor lay the app down"


def test_an_older_session_without_the_second_factor_is_asked_for_it() -> None:
    world = make.world()
    minister = browser.with_app(make.with_password(person("minister@example.org")))
    _office_of(world.here, Function.SIGNER, minister)
    client = Client()
    client.force_login(minister)
    led = client.get(reverse("cases"))
    assert (led.status_code, led["Location"]) == (302, f"{reverse('mfa_reauthenticate')}?next=%2Fcases%2F")
    browser.prove_again(client, minister)
    assert client.get(reverse("cases")).status_code == 200


def test_the_last_second_factor_of_an_office_that_signs_cannot_be_removed() -> None:
    world = make.world()
    minister = browser.with_app(make.with_password(person("minister@example.org")))
    _office_of(world.here, Function.SIGNER, minister)
    client = browser.signed_in(minister)
    browser.prove_again(client, minister)
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=minister, type="totp").exists()
    officer = browser.with_app(world.officer)
    client = browser.signed_in(officer)
    browser.prove_again(client, officer)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=officer).exists(), "who needs none may lay it down"


def test_an_app_set_up_by_who_knew_the_password_does_not_sign_for_the_person() -> None:
    """Somebody with the password set an app up before the person was appointed."""
    world = make.world()
    minister = browser.with_app(make.with_password(person("minister@example.org")))
    director = person("director@example.org")
    _office_of(world.here, Function.DIRECTOR, director)
    signing = office(world.here, function=Function.SIGNER)
    now = RealClock().now()
    today = world.here.legal_date(now)
    appointed = appoint(signing, person=minister, starts_on=today, by=director, at=now)
    client = browser.signed_in(minister)
    assert client.get(reverse("cases"))["Location"] == reverse("set_up_code")
    assert client.get(reverse("set_up_code")).status_code == 200, "to see the page nothing is shown again"
    led = client.post(reverse("set_up_code"), {"code": appointed.set_up_code})
    assert led["Location"].startswith(reverse("mfa_reauthenticate")), "the code alone is not enough either"
    browser.prove_again(client, minister)
    assert client.get(reverse("cases")).status_code == 302
    client.post(reverse("set_up_code"), {"code": appointed.set_up_code})
    assert client.get(reverse("cases")).status_code == 200


def test_a_code_entered_in_one_browser_opens_nothing_in_another() -> None:
    world = make.world()
    minister = make.with_password(person("minister@example.org"))
    _office_of(world.here, Function.SIGNER, minister)
    mine, theirs = Client(), Client()
    for client in (mine, theirs):
        client.post(reverse("account_login"), {"login": minister.email, "password": make.PASSWORD})
    browser.enter_set_up_code(mine, minister)
    assert theirs.get(reverse("mfa_activate_totp"))["Location"] == reverse("set_up_code")
    assert mine.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))


def test_five_wrong_set_up_codes_lock_the_page_also_for_the_right_one() -> None:
    world = make.world()
    minister = make.with_password(person("minister@example.org"))
    _office_of(world.here, Function.SIGNER, minister)
    client = browser.signed_in(minister)
    code = issue_set_up_code(minister, by=None, at=RealClock().now())
    for _attempt in range(5):
        client.post(reverse("set_up_code"), {"code": "AAAA-BBBB-CCCC"})
    assert client.post(reverse("set_up_code"), {"code": code}).status_code == 422
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("set_up_code")


# -- as whom one acts ------------------------------------------------------------------------------


def test_the_proof_is_a_second_factor_shown_again_and_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.world()
    browser.with_app(world.officer)
    client = browser.signed_in(world.officer)
    assert proof_of(_request_of(client)) is None, "signing in is no proof at the act"
    browser.prove_again(client, world.officer)
    proof = proof_of(_request_of(client))
    assert proof is not None
    assert proof.method == "totp"
    assert is_proved(_request_of(client))
    assert actor_of(_request_of(client)).proof == proof
    later = RealClock().now() + PROOF_LASTS + timedelta(seconds=2)
    monkeypatch.setattr(RealClock, "now", lambda _clock: later)
    assert not is_proved(_request_of(client))


def test_another_persons_proof_in_the_session_proves_nothing() -> None:
    world = make.world()
    browser.with_app(world.officer)
    client = browser.signed_in(world.officer)
    browser.prove_again(client, world.officer)
    request = _request_of(client)
    request.user = world.member
    assert proof_of(request) is None


def test_a_recovery_code_lets_in_and_proves_nothing_at_the_act() -> None:
    world = make.world()
    minister = make.with_password(person("minister@example.org"))
    held = _office_of(world.here, Function.DIRECTOR, minister)
    client = Client()
    client.post(reverse("account_login"), {"login": minister.email, "password": make.PASSWORD})
    browser.enter_set_up_code(client, minister)
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": browser.code_of(secret)})
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    client.post(reverse("mfa_reauthenticate"), {"code": codes[0]})
    assert client.get(reverse("offices")).status_code == 200
    assert proof_of(_request_of(client)) is None
    before = Office.objects.count()
    led = client.post(
        reverse("open_office", kwargs={"public_id": world.here.public_id}),
        {"function": Function.SIGNER, "title": "Mine", "language": "en"},
    )
    assert led["Location"].startswith(reverse("mfa_reauthenticate"))
    assert Office.objects.count() == before
    assert held.tenures.count() == 1


def test_one_acts_in_an_office_or_for_an_organisation_held_today_and_in_no_other() -> None:
    world = make.world()
    client = Client()
    client.force_login(world.officer)
    request = _request_of(client)
    held = Office.objects.get(authority=world.here)
    elsewhere = Office.objects.get(authority=world.there)
    assert actor_of(request, office=held.public_id).office == held
    for wrong in (elsewhere.public_id, world.stoves.public_id):
        with pytest.raises(PermissionDenied):
            actor_of(request, office=wrong)
    with pytest.raises(PermissionDenied):
        actor_of(request, organisation=world.stoves.public_id)
    assert (actor_of(request).office, actor_of(request).organisation) == (None, None)
    assert [one.office for one in capacities_of(request, authority=world.here)] == [held]
    assert capacities_of(request, authority=world.there) == []
    end_tenure(held.tenures.get(), ends_on=date(2024, 1, 1), actor="system", at=RealClock().now())
    with pytest.raises(PermissionDenied):
        actor_of(request, office=held.public_id)


# -- sessions that end -----------------------------------------------------------------------------


def test_with_an_office_that_has_ended_the_next_click_finds_nobody_signed_in() -> None:
    world = make.world()
    director = browser.with_app(person("director@example.org"))
    _office_of(world.here, Function.DIRECTOR, director)
    _office_of(world.here, Function.DIRECTOR, person("other@example.org"))
    client = browser.signed_in(director)
    assert client.get(reverse("offices")).status_code == 200
    other = User.objects.get(email="other@example.org")
    now = RealClock().now()
    dismiss(director.tenures.get(), ends_on=None, by=other, at=now)

    led = client.get(reverse("offices"))

    assert led["Location"].startswith("/sign-in/")
    again = browser.signed_in(director)
    assert again.get(reverse("offices")).status_code == 404


def test_an_office_that_runs_out_by_itself_opens_nothing_the_day_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = make.world()
    somebody = person("officer2@example.org")
    now = RealClock().now()
    tenure(
        office(world.here, function=Function.DESK_OFFICER),
        somebody,
        starts_on=FROM,
        ends_on=world.here.legal_date(now),
    )
    client = Client()
    client.force_login(somebody)
    assert client.get(reverse("vetting")).status_code == 200
    monkeypatch.setattr(RealClock, "now", lambda _clock: now + timedelta(days=1))
    assert client.get(reverse("vetting")).status_code == 404


def test_with_a_closed_account_the_next_click_finds_nobody_signed_in() -> None:
    world = make.world()
    client, elsewhere = Client(), Client()
    client.force_login(world.officer)
    elsewhere.force_login(world.officer)
    assert client.get(reverse("cases")).status_code == 200
    deactivate_person(world.officer, actor="system", at=RealClock().now())
    for one in (client, elsewhere):
        assert one.get(reverse("cases"))["Location"].startswith("/sign-in/")
    refused = Client().post(
        reverse("account_login"), {"login": world.officer.email, "password": make.PASSWORD}
    )
    assert refused["Location"] == reverse("account_inactive")


def test_signing_in_pages_load_nothing_that_the_policy_forbids() -> None:
    world = make.world()
    browser.with_app(world.officer)
    client = browser.signed_in(world.officer)
    browser.prove_again(client, world.officer)
    half_way = Client()
    half_way.post(reverse("account_login"), {"login": world.officer.email, "password": make.PASSWORD})
    pages = [
        half_way.get(reverse("mfa_authenticate")),
        Client().get(reverse("account_signup")),
        *(
            client.get(reverse(name))
            for name in (
                "account_email",
                "account_change_password",
                "mfa_index",
                "mfa_add_webauthn",
                "mfa_list_webauthn",
                "mfa_deactivate_totp",
                "mfa_reauthenticate",
                "mfa_generate_recovery_codes",
            )
        ),
    ]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200, page.request["PATH_INFO"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
            assert "src=" in attributes or 'type="application/json"' in attributes, body
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)


def test_an_organisation_named_in_the_session_of_a_stranger_opens_nothing() -> None:
    world = make.world()
    client = Client()
    client.force_login(world.stranger)
    strange = organisation("Other", identification="C-9")
    for public_id in (world.stoves.public_id, strange.public_id):
        assert client.get(reverse("organisation", kwargs={"public_id": public_id})).status_code == 404
