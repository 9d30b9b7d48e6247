"""How people prove who they are: what of the sign-in library is answered otherwise here."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.second_factor import has_second_factor, may_lose
from workflow.clock import RealClock


class People(DefaultAccountAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Signing up is open: an organisation acts towards an authority only once that has vetted it."""

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to prove once more who one is: with a second factor, the password alone is none."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if isinstance(user, User) and has_second_factor(user):
            return [method for method in methods if method["id"] != "reauthenticate"]
        return methods

    def post_login(self, request: HttpRequest, user: User, **about: Any) -> HttpResponse:
        """What follows a sign-in; in the language the person chose, unless this browser was given another."""
        response: HttpResponse = super().post_login(request, user, **about)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and user.language in dict(settings.LANGUAGES):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, user.language, secure=settings.LANGUAGE_COOKIE_SECURE
            )
        return response


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth publishes no types
    """Second factors: their secrets are kept encrypted, and those who decide cannot lay them down."""

    def encrypt(self, text: str) -> str:
        """A secret as it is stored; whoever reads the database alone cannot make codes of it."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; `cryptography.fernet.InvalidToken` where SECRET_KEY is another."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of a person who needs one."""
        return may_lose(authenticator, at=RealClock().now())

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """How a passkey knows its person: by the public id, never by the key of the row."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "id": user.public_id.bytes}


def _cipher() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=b"second-factor secrets").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(key))
