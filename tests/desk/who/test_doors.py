"""Every address asks who comes before it looks at anything: whatever it names need not be there.

The matrix opens every address as everybody; this is the quick part of it, for whoever has not shown enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.models import Function, User
from desk.access import Access, declared_access
from tests.desk.access.addresses import addresses
from tests.desk.access.rows import HIDDEN, SHOW_AGAIN, SHOW_FIRST, SIGN_IN, UNKNOWN
from tests.desk.access.table import ROWS
from tests.desk.browser import at_a_browser
from tests.desk.who.few import Few

pytestmark = pytest.mark.django_db

# Where it is not the address that asks for the second factor again, but the act, once it is known which.
_BY_THE_ACT = {
    *("casework_act", "deciding_act", "signing_act", "paper_act"),
    *("open_endpoint_of_authority", "replace_endpoint", "end_endpoint"),
    *("set_ceiling", "entitle_registry", "end_entitlement", "ask_for_export", "take_export_along"),
}
# What the matrix says of those who have not shown it again.
_ASKING_AGAIN = {row.name for row in ROWS if SHOW_AGAIN in row.post} - _BY_THE_ACT
_NOTHING: Mapping[str, Any] = {
    "UUIDConverter": "00000000-0000-4000-8000-000000000000",
    "SlugConverter": "nothing",
    "StringConverter": "nothing",
    "PathConverter": "7",
    "IntConverter": 7,
}
# Administration names some of its addresses by none, or by a pattern.
_WHERE = {
    "admin:app_list": "/admin/accounts/",
    "admin/(?P<url>.*)$": "/admin/nothing/",
    "admin/accounts/user/<path:object_id>/": "/admin/accounts/user/7/",
    "admin/accounts/party/<path:object_id>/": "/admin/accounts/party/7/",
}


@dataclass(frozen=True)
class Door:
    """An address by its name, and who may open it at all."""

    name: str
    leaf: URLPattern
    access: Access | None

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Of what is not there."""
        kinds = self.leaf.pattern.converters.items()
        named = {key: _NOTHING[type(kind).__name__] for key, kind in kinds}
        return _WHERE.get(self.name) or reverse(self.name, kwargs=named)


DOORS = [
    door
    for door in (Door(name, leaf, declared_access(leaf.callback)) for name, leaf in addresses())
    if door.access is not Access.ANYBODY
]


@pytest.mark.parametrize("row", DOORS, ids=str)
def test_nobody_comes_in_who_has_not_shown_enough(row: Door, made: Few) -> None:
    by_program = row.access is Access.PROGRAMS
    assert (UNKNOWN if by_program else SIGN_IN).fits(_asked(Client(), row))
    director = User.objects.get(pk=made.ours.offices[Function.DIRECTOR][1].pk)
    if row.access in (Access.SIGNED_IN, Access.ADMINISTRATORS):
        assert SHOW_FIRST.fits(_asked(at_a_browser(director, shown=False), row))
    if row.access is Access.ADMINISTRATORS:
        assert HIDDEN.fits(_asked(at_a_browser(director), row))
    if row.name in _ASKING_AGAIN:
        assert SHOW_AGAIN.fits(at_a_browser(director, shown_again=False).post(row.address, {}))


_REMOVAL = [door for door in DOORS if door.name == "mfa_remove_webauthn"]


@pytest.mark.parametrize("row", _REMOVAL, ids=str)
def test_whoever_needs_a_second_factor_keeps_the_last(row: Door, made: Few) -> None:
    director = User.objects.get(pk=made.ours.offices[Function.DIRECTOR][1].pk)
    passkey = Authenticator.objects.create(
        user=director, type=Authenticator.Type.WEBAUTHN, data={"name": "Key", "credential": {}}
    )
    Authenticator.objects.filter(user=director).exclude(pk=passkey.pk).delete()
    address = reverse(row.name, kwargs={"pk": passkey.pk})
    assert at_a_browser(director).post(address, {}).headers["Location"] == reverse("mfa_list_webauthn")
    assert Authenticator.objects.get(user=director) == passkey


def _asked(browser: Client, row: Door) -> Any:
    """By whichever method the address takes."""
    found = browser.get(row.address)
    return browser.post(row.address, {}) if found.status_code == 405 else found
