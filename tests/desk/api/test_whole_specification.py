"""Every address of the API, called with whatever its specification allows and forbids, by everybody.

No call ends in an error of the server, none is answered otherwise than the specification says, and none gets
past the sign-in.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Function
from tests.authorisation.factories import Staff, content, submitted, two_staffs
from tests.desk.access.digest import undone
from tests.desk.api.calling import bearing, token_of
from tests.desk.api.test_registries import in_force
from tests.desk.work.people import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
]


def _member(of: Staff) -> Mapping[str, str]:
    return bearing(token_of(of.organisation, of.applicant))


def _in_office(function: Function) -> Callable[[Staff], Mapping[str, str]]:
    def headers(of: Staff) -> Mapping[str, str]:
        browser = browser_of(of, function)
        browser.get("/check/")
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
        }

    return headers


CALLERS: Mapping[str, Callable[[Staff], Mapping[str, str]]] = {
    "nobody": lambda of: {},
    "a program": _member,
    **{
        f"the {function.value}": _in_office(function)
        for function in (Function.DESK_OFFICER, Function.DECIDER, Function.DIRECTOR)
    },
}


@contextmanager
def one_connection() -> Iterator[None]:
    """As the client of the tests has it: no call closes the connection in whose transaction all is undone."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@cache
def _specified() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.mark.parametrize("caller", CALLERS)
def test_every_call_is_answered_as_the_specification_says(
    caller: str, record_property: Callable[[str, object], None]
) -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    case = submitted(ours, content(activity={"title": "Stoves besides", "registry_id": "GS-77"}))
    there = {
        "identifier": authorisation.identifier,
        "public_id": {"cases": case.public_id, "activities": authorisation.activity.public_id},
    }
    shown = CALLERS[caller](ours)
    called = 0
    with one_connection():
        for found in _specified().get_all_operations():
            operation = found.ok()

            @settings(
                max_examples=20,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(call=operation.as_strategy())
            def carry_out(call: Any) -> None:
                nonlocal called
                called += 1
                parameters = dict(call.path_parameters or {})
                for name in parameters:
                    value = there.get(name)
                    of = call.path.removeprefix("/api/v1/").partition("/")[0]
                    real = value.get(of) if isinstance(value, dict) else value
                    if real is not None:
                        parameters[name] = str(real)
                call.path_parameters = parameters
                with undone():
                    call.call_and_validate(headers=dict(shown), checks=CHECKS)

            carry_out()
    assert called > 300
    record_property("proof", f"API: {called} calls by {caller}, each answered as the specification says")
