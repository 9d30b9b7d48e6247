"""The specification of the API: current, whole, and open to nobody whom the addresses do not answer."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from config.settings import BASE_DIR
from desk.access import Access, declared_access
from desk.api.specification import specification
from desk.api.urls import urlpatterns
from desk.management.commands.write_specification import as_text

COMMITTED = BASE_DIR / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    specification.cache_clear()
    told: dict[str, Any] = json.loads(as_text())
    assert not GENERATOR_STATS, "everything that is told was understood"
    return told


def test_the_committed_specification_is_current() -> None:
    assert COMMITTED.read_text("utf-8") == as_text(), "run: manage.py write_specification"


def test_it_is_the_same_in_every_language(schema: dict[str, Any]) -> None:
    specification.cache_clear()
    with translation.override("fr"):
        assert json.loads(as_text()) == schema


def test_it_is_a_valid_document_of_its_version(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1.")
    validate_schema(specification())


def test_it_names_every_address(schema: dict[str, Any]) -> None:
    addresses = [f"/api/v1/{one.pattern}" for one in urlpatterns if one.name != "api_specification"]
    plain = {
        address.replace("<uuid:", "<").replace("<slug:", "<").replace("<str:", "<") for address in addresses
    }
    told = {path.replace("{", "<").replace("}", ">") for path in schema["paths"]}
    assert told == {address.replace("<path:", "<") for address in plain}


def test_it_says_of_every_address_what_a_caller_has_to_show(schema: dict[str, Any]) -> None:
    open_to_anybody = {one.name for one in urlpatterns if declared_access(one.callback) is Access.ANYBODY}
    assert "api_register" in open_to_anybody
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            shown = operation.get("security", [{}])
            is_public = path.startswith(
                ("/api/v1/checks", "/api/v1/register", "/api/v1/parties", "/api/v1/approaches")
            )
            assert ({} in shown) == (
                is_public or path.startswith("/api/v1/procedures") or path.endswith("{code}")
            )


@pytest.mark.django_db
def test_it_is_served() -> None:
    served = Client().get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json()["paths"].keys() == json.loads(COMMITTED.read_text("utf-8"))["paths"].keys()
