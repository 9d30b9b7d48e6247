"""A person at a browser, without one: signs in as the pages ask, with password and authenticator app."""

from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import issue_set_up_code
from tests.desk.cases import PASSWORD, with_password
from workflow.clock import RealClock


def with_app(person: User) -> User:
    """The person, with an authenticator app set up."""
    totp.TOTP.activate(person, totp.generate_totp_secret())
    return person


def code(person: User) -> str:
    """What the person's app shows now."""
    stored = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    return code_of(decrypt(stored.data["secret"]))


def code_of(secret: str) -> str:
    """What an app with this secret shows now."""
    accepted = list(totp.yield_hotp_counters_from_time())
    counter = accepted[len(accepted) // 2]
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def half_a_minute_passes() -> None:
    """Until the next code is shown: only then may one be used again. Waiting would take as long."""
    cache.clear()


def signed_in(person: User) -> Client:
    """The person's browser, once everything that the sign-in asks for was given."""
    client = Client()
    with_password(person)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        client.post(reverse("mfa_authenticate"), {"code": code(person)})
        half_a_minute_passes()
    assert client.session["_auth_user_id"] == str(person.pk)
    return client


def at_a_browser(person: User, *, shown: bool = True, shown_again: bool = True) -> Client:
    """The person's browser, signed in as the library would have done it at the end of its way.

    shown        the second factor was shown with the password
    shown_again  and once more just now
    """
    client = Client()
    client.force_login(person)
    now = RealClock().now().timestamp()
    told: list[dict[str, Any]] = [{"method": "password", "at": now, "email": person.email}]
    if shown:
        told.append({"method": "mfa", "type": "totp", "at": now})
    if shown and shown_again:
        told.append({"method": "mfa", "type": "totp", "at": now, "reauthenticated": True})
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = told
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client


def enter_set_up_code(client: Client, person: User) -> None:
    """Enters a set-up code, as it comes with an office."""
    code = issue_set_up_code(person, by=None, at=RealClock().now())
    client.post(reverse("set_up_code"), {"code": code})


def prove_again(client: Client, person: User) -> None:
    """Shows the second factor once more."""
    client.post(reverse("mfa_reauthenticate"), {"code": code(person)})
    half_a_minute_passes()
