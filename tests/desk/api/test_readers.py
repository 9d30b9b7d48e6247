"""Who is told which field: the table of readers, walked as everybody in it, and nothing hidden beside it."""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import desk.api
from accounts.models import Function, ServiceAccount
from authorisation.models import Case
from desk.api.readers import READERS, Reader, hidden_from
from desk.api.specification import specification
from desk.webhooks.models import Message
from tests.authorisation.factories import Staff, content, granted, in_decision, two_staffs
from tests.desk.api.calling import bearing, token_of
from tests.desk.browser import signed_in
from tests.desk.webhooks.listening import listening
from tests.desk.work.people import browser_of

pytestmark = pytest.mark.django_db

Asks = Callable[[str], Any]
Call = tuple[Case, Asks]


def readers(ours: Staff) -> Mapping[Reader, Call]:
    """For every reader of the table, a case to which they are that, and how they ask."""
    open_case = in_decision(ours, content(activity={"title": "Stoves, open", "registry_id": "open"}))
    ended = granted(ours)
    secret = token_of(ours.organisation, ours.applicant)
    officer, applicant = browser_of(ours, Function.DESK_OFFICER), signed_in(ours.applicant)

    def by_session(browser: Client) -> Asks:
        return lambda address: browser.get(f"/api/v1{address}")

    def by_token(address: str) -> Any:
        return Client().get(f"/api/v1{address}", headers=bearing(secret))

    return {
        Reader.AUTHORITY: (ended, by_session(officer)),
        Reader.OUTSIDE: (open_case, by_session(applicant)),
        Reader.OUTSIDE_ONCE_OUT: (ended, by_session(applicant)),
        Reader.PROGRAM: (open_case, by_token),
        Reader.PROGRAM_ONCE_OUT: (ended, by_token),
    }


def test_every_field_of_the_table_is_told_to_its_readers_and_absent_for_all_others() -> None:
    ours, _theirs = two_staffs()
    asked = readers(ours)
    assert set(asked) == set(Reader)
    assert set(READERS) == {"OneCase"}, "ask for the new serializer below, too"
    everything = set(specification()["components"]["schemas"]["OneCase"]["properties"])
    for reader, (case, asks) in asked.items():
        told = asks(f"/cases/{case.public_id}").json()
        for field, listed in READERS["OneCase"].items():
            assert (field in told) == (reader in listed), (reader, field)
        assert set(told) == everything - hidden_from(reader, "OneCase"), reader
    inside = asked[Reader.AUTHORITY][1](f"/cases/{asked[Reader.AUTHORITY][0].public_id}").json()
    assert inside["recommendation"]["outcome"] == "approve"
    assert inside["decision"]["outcome"] == "approve"
    assert [one["verdict"] for one in inside["opinions"]] == ["favourable"]


def test_the_specification_says_of_each_field_who_is_told_it() -> None:
    schemas = specification()["components"]["schemas"]
    for name, fields in READERS.items():
        for field, listed in fields.items():
            said = schemas[name]["properties"][field]["description"]
            assert all((reader.value in said) == (reader in listed) for reader in Reader), field
            assert field not in schemas[name].get("required", ())


def test_no_answer_leaves_out_a_field_beside_the_table() -> None:
    ours, _theirs = two_staffs()
    asked = readers(ours)
    account = ServiceAccount.objects.get()
    message = Message.objects.get(endpoint=listening(ours, account=account))
    answered: set[str] = set()
    reads = dict(_reads())
    for reader, (case, asks) in asked.items():
        for path, schema in reads.items():
            answer = asks(_filled(path, case, message))
            if answer.status_code != 200:
                continue
            answered.add(path)
            for name, field in _left_out(schema, answer.json()):
                assert field in hidden_from(reader, name), (reader, path, name, field)
    # No act over many is asked for here; its own tests read how far it is.
    assert set(reads) - answered == {"/acts-over-many/{public_id}"}, "nobody was answered"


def test_nothing_but_the_table_takes_fields_out_of_a_serializer() -> None:
    found = set()
    for path in sorted(Path(desk.api.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                made = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
                if made & {"to_representation", "get_fields", "_readable_fields"}:
                    found.add(node.name)
    # Of a version that was given before, days become years; nothing is left out (see above).
    assert found == {"ForReaders", "VersionSerializer"}


def _reads() -> Iterator[tuple[str, Any]]:
    for path, operations in specification()["paths"].items():
        response = operations.get("get", {}).get("responses", {}).get("200", {})
        body = response.get("content", {}).get("application/json")
        if body is not None:
            yield path.removeprefix("/api/v1"), body["schema"]


def _filled(path: str, case: Case, message: Message) -> str:
    """The address of what this case is about."""
    letter = case.letters.first()
    asked = {
        "/cases/": case.public_id,
        "/activities/": case.activity.public_id if case.activity else "",
        "/authorisations/": case.authorisation.identifier if case.authorisation else "none",
        "/register/": case.authorisation.identifier if case.authorisation else "none",
        "/procedures/": case.procedure_version,
        "/letters/{code}": letter.code if letter else "none",
        "/letters/": letter.public_id if letter else "none",
        "/webhooks/messages/": message.public_id,
    }
    found = next((value for begins, value in asked.items() if path.startswith(begins)), "")
    begins, brace, rest = path.partition("{")
    filled = f"{begins}{found}{rest.partition('}')[2]}" if brace else path
    number = case.activity.registry_id if case.activity else ""
    return f"{filled}?number={number}" if path == "/checks/number" else filled


def _left_out(schema: Mapping[str, Any], value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The fields that the specification names and the answer lacks, by the name of their serializer."""
    if value is None:
        return
    if "$ref" in schema:
        named = schema["$ref"].rpartition("/")[2]
        yield from _left_out(specification()["components"]["schemas"][named], value, named)
        return
    for one in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if "$ref" in one and isinstance(value, Mapping | list):
            yield from _left_out(one, value, name)
    if isinstance(value, list):
        for each in value:
            yield from _left_out(schema.get("items", {}), each, name)
    if isinstance(value, Mapping):
        for field, said in schema.get("properties", {}).items():
            if field not in value:
                yield name, field
            else:
                yield from _left_out(said, value[field], name)
