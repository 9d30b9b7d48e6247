"""Which addresses there are, and that each says who may open it."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path, reverse

from desk.access import Access, declared_access, for_anybody

# Something of the right shape, which is not there.
OF_NOTHING: dict[str, Any] = {
    "UUIDConverter": uuid4(),
    "IntConverter": 999_999,
    "SlugConverter": "nothing",
    "StringConverter": "7K2M-Q9XW-4TNB",
}

# Steps on the way in or out: whoever is not on that way is led to its beginning.
ON_THE_WAY = {
    "account_complete_password_reset": "/password/forgotten/",
    "account_confirm_password_reset_code": "/sign-in/",
    "account_email_verification_sent": "/sign-in/",
    "account_logout": "/",
    "mfa_authenticate": "/sign-in/",
}


def _leaves(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns)
        else:
            yield pattern


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _undeclared(patterns: Iterable[URLPattern | URLResolver]) -> list[str]:
    return [str(leaf.pattern) for leaf in _leaves(patterns) if declared_access(leaf.callback) is None]


def _address(name: str) -> str:
    (leaf,) = (leaf for leaf in _leaves(get_resolver().url_patterns) if leaf.name == name)
    needs = leaf.pattern.converters
    return reverse(name, kwargs={key: OF_NOTHING[type(kind).__name__] for key, kind in needs.items()})


def _names(access: Access) -> list[str]:
    leaves = _leaves(get_resolver().url_patterns)
    return [str(leaf.name) for leaf in leaves if declared_access(leaf.callback) is access]


def test_every_address_declares_who_may_open_it() -> None:
    assert list(_leaves(get_resolver().url_patterns))
    assert _undeclared(get_resolver().url_patterns) == []


def test_an_address_without_a_declaration_is_found() -> None:
    bare = path("bare/", _page)
    declared = path("declared/", for_anybody(_page))

    assert _undeclared([declared, bare]) == ["bare/"]


def test_the_public_addresses_are_these_and_no_others() -> None:
    assert sorted(_names(Access.ANYBODY)) == [
        "account_complete_password_reset",
        "account_confirm_password_reset_code",
        "account_email_verification_sent",
        "account_inactive",
        "account_login",
        "account_logout",
        "account_password_reset_completed",
        "account_reset_password",
        "account_signup",
        "api_letter",
        "check",
        "check_code",
        "front",
        "mfa_authenticate",
        "register",
        "register_entry",
    ]


@pytest.mark.django_db
def test_whoever_has_not_signed_in_is_led_to_the_sign_in_from_everything_else(client: Client) -> None:
    names = [*_names(Access.SIGNED_IN), *_names(Access.OWN_ACCOUNT)]

    assert names
    for name in names:
        response = client.get(_address(name))
        assert response.status_code == 302, name
        assert response["Location"].startswith("/sign-in/?next=/"), name


@pytest.mark.django_db
def test_the_public_addresses_answer_without_a_sign_in(client: Client) -> None:
    for name in _names(Access.ANYBODY):
        response = client.get(_address(name))
        if name in ON_THE_WAY:
            assert (response.status_code, response["Location"]) == (302, ON_THE_WAY[name]), name
        else:
            assert response.status_code in (200, 404), name
