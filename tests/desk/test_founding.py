"""From an empty database to a working authority: one command, then people at browsers and nobody else."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Authority, Function, Office, OfficeInvitation, Tenure, User
from accounts.second_factor import has_second_factor
from tests.accounts.story import everything
from tests.desk import browser
from tests.desk.cases import PASSWORD
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    cache.clear()


def _found(*arguments: str, **changes: str) -> str:
    given = {"time-zone": "Africa/Dakar", "languages": "fr,en", "director": "awa@agence.example", **changes}
    said = StringIO()
    call_command(
        "found_authority",
        "SEN",
        "--name=fr=Agence du climat",
        "--name=en=Climate Agency",
        *(f"--{name}={value}" for name, value in given.items()),
        *arguments,
        stdout=said,
    )
    return said.getvalue()


def _signs_up(email: str, name: str) -> Client:
    client = Client()
    form = {"name": name, "email": email, "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), form)
    (body,) = [str(message.body) for message in mail.outbox if message.to == [email]]
    (code,) = re.findall(r"^([A-Z0-9-]{6,9})$", body, re.MULTILINE)
    client.post(reverse("account_email_verification_sent"), {"action": "verify", "code": code})
    assert client.session["_auth_user_id"] == str(User.objects.get(email=email).pk)
    return client


def _sets_up(client: Client, email: str, code: str) -> None:
    """A second factor, by the set-up code that was handed over, and shown in this session."""
    assert client.get(reverse("cases"))["Location"] == reverse("mfa_index")
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("set_up_code")
    client.post(reverse("set_up_code"), {"code": code})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": browser.code_of(secret)})
    person = User.objects.get(email=email)
    assert has_second_factor(person)
    browser.half_a_minute_passes()
    browser.prove_again(client, person)
    assert client.get(reverse("cases")).status_code == 200


def _opens(client: Client, authority: Authority, function: Function, **more: Any) -> Office:
    sent = {"function": function.value, "title": str(function.label), "language": "en", "body": "", **more}
    address = reverse("open_office", kwargs={"public_id": authority.public_id})
    assert client.post(address, sent).status_code == 302
    return Office.objects.get(authority=authority, function=function)


def test_a_director_takes_the_office_and_appoints_everybody_else_in_the_browser() -> None:
    said = _found()
    senegal = Authority.objects.get()
    (link,) = re.findall(r"http://\S+?(/offices/invitations/\S+/)", said)
    (code,) = re.findall(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", said)
    assert mail.outbox == []
    assert Client().get(link)["Location"] == f"/sign-in/?next={link}"

    awa = _signs_up("awa@agence.example", "Awa")
    assert awa.get(link).status_code == 200
    assert awa.post(link).status_code == 302
    assert awa.post(link)["Location"] == reverse("mfa_index"), (
        "the office asks for a second factor from now on"
    )
    _sets_up(awa, "awa@agence.example", code)

    today = senegal.legal_date(RealClock().now()).isoformat()
    bodies = {
        Function.REVIEWER: awa.get(reverse("open_office", kwargs={"public_id": senegal.public_id}))
        .context["form"]
        .fields["body"]
        .choices[1][1][0][0]
    }
    for function in (Function.DESK_OFFICER, Function.REVIEWER, Function.DECIDER, Function.SIGNER):
        email = f"{function.value}@agence.example"
        somebody = _signs_up(email, str(function.label))
        opened = _opens(awa, senegal, function, body=bodies.get(function, ""))
        given = awa.post(
            reverse("appoint", kwargs={"public_id": opened.public_id}), {"email": email, "starts_on": today}
        )
        decides = function in (Function.DECIDER, Function.SIGNER)
        assert given.status_code == (200 if decides else 302)
        if decides:
            _sets_up(somebody, email, given.context["code"])
        assert somebody.get(reverse("inbox")).status_code == 200
    functions = Tenure.objects.filter(office__authority=senegal).values_list("office__function", flat=True)
    assert set(functions) >= {"director", "desk_officer", "reviewer", "decider", "signer"}


def test_the_link_goes_by_mail_where_that_is_asked_and_the_code_never() -> None:
    said = _found("--mail")
    (code,) = re.findall(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", said)
    (message,) = mail.outbox
    assert message.to == ["awa@agence.example"]
    assert "/offices/invitations/" in str(message.body)
    assert code not in str(message.body)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"time-zone": "Dakar"}, "is no time zone"),
        ({"languages": "fr"}, "no language of the authority"),
        ({"director": "awa"}, "valid email"),
    ],
)
def test_wrong_input_is_refused_with_a_sentence_and_writes_nothing(
    changes: dict[str, str], sentence: str
) -> None:
    before = everything()
    with pytest.raises(CommandError, match=sentence):
        _found(**changes)
    assert everything() == before
    assert not OfficeInvitation.objects.exists()


def test_an_authority_is_founded_once_and_its_director_invited_again_as_long_as_nobody_directs() -> None:
    first = _found()
    before = everything()
    with pytest.raises(CommandError, match="founded already"):
        _found()
    assert everything() == before
    (link,) = re.findall(r"http://\S+?(/offices/invitations/\S+/)", first)
    said = StringIO()
    call_command("invite_director", "SEN", "awa@agence.example", stdout=said)
    (newer,) = re.findall(r"http://\S+?(/offices/invitations/\S+/)", said.getvalue())
    awa = _signs_up("awa@agence.example", "Awa")
    assert awa.post(link).status_code == 422
    assert awa.post(newer).status_code == 302


def test_whoever_runs_the_installation_gives_an_only_director_a_new_code() -> None:
    awa = browser.with_app(User.objects.create_user("awa@agence.example"))
    said = StringIO()
    call_command("reset_second_factor", "Awa@agence.example", stdout=said)
    assert re.search(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", said.getvalue())
    assert not has_second_factor(awa)
    with pytest.raises(CommandError, match="Nobody has an account"):
        call_command("reset_second_factor", "eve@agence.example")
