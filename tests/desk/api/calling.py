"""Programs that call the API, and what they call with."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from accounts.models import Organisation, Scope, User
from accounts.services import issue_token, open_service_account
from workflow.clock import RealClock


def token_of(
    organisation: Organisation,
    by: User,
    *,
    scopes: tuple[str, ...] = tuple(Scope.values),
    name: str = "Registry",
) -> str:
    """The secret of a token of a service account that the organisation has opened."""
    at = RealClock().now()
    account = open_service_account(organisation, name=name, by=by, at=at)
    _token, secret = issue_token(account, scopes=scopes, lasts=timedelta(days=30), by=by, at=at)
    return secret


def bearing(secret: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {secret}"}


def get(address: str, secret: str = "", **headers: str) -> Any:
    """What a program is answered that reads."""
    shown = bearing(secret) if secret else {}
    return Client().get(f"/api/v1/{address}", headers={**shown, **headers})


def post(address: str, body: Any, secret: str, *, key: str = "") -> Any:
    """What a program is answered that sends JSON under a key of its own."""
    headers = {**bearing(secret), "Idempotency-Key": key or str(uuid4())}
    return Client().post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)
