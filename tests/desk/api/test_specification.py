"""The specification of the API: current, whole, and open to nobody whom the addresses do not answer."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from config.settings import BASE_DIR
from desk.access import Access, declared_access
from desk.api.acts import STEPS
from desk.api.examples import examples
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


def test_every_operation_has_examples_that_fit_its_schema(schema: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]: operation for of in schema["paths"].values() for operation in of.values()
    }
    assert set(examples()) <= set(operations), "an example is of no operation any more"
    wrong: list[str] = []
    for name, operation in operations.items():
        bodies = {"request": operation.get("requestBody", {}).get("content", {})}
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                bodies[status] = response.get("content", {})
        for place, content in bodies.items():
            for media_type, body in content.items():
                if media_type == "application/pdf":
                    continue
                if not body.get("examples"):
                    wrong.append(f"{name}, {place}: no example")
                asked = {**body["schema"], "components": schema["components"]}
                for told in body.get("examples", {}).values():
                    faults = Draft202012Validator(asked).iter_errors(told["value"])
                    wrong += [f"{name}, {place}: {fault.json_path} {fault.message}"[:200] for fault in faults]
    assert not wrong, "\n".join(wrong)


def test_every_step_of_a_case_has_an_example(schema: dict[str, Any]) -> None:
    told = examples()["cases_acts_create"]["requests"]
    # What is granted in part of an act is said otherwise than of an application.
    assert set(told) == {*STEPS, "approve_in_part, of an act"}


# What the door, the desk or the store writes: nobody sends it, whatever they call.
_WRITTEN_HERE = {
    *("id", "public_id", "state", "standing", "came_from", "reference", "identifier", "decided_on"),
    *("submitted_on", "opened_on", "opened_by", "procedure_version", "simulated", "sha256", "trail_digest"),
}


def test_nobody_can_send_a_field_that_is_written_here(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            for body in operation.get("requestBody", {}).get("content", {}).values():
                sent = _fields(schema, body["schema"])
                assert sent, path
                assert not sent & _WRITTEN_HERE, path


def _fields(schema: dict[str, Any], of: dict[str, Any]) -> set[str]:
    if "$ref" in of:
        return _fields(schema, schema["components"]["schemas"][of["$ref"].rpartition("/")[2]])
    parts = [*of.get("oneOf", ()), *of.get("anyOf", ()), *of.get("allOf", ())]
    return set(of.get("properties", {})).union(*(_fields(schema, part) for part in parts))
