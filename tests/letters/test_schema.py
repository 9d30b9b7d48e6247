"""The published schema and the mapping: current, complete, and enough to make the page from."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from letters import schema
from letters.content import Authorisation, Letter, canonical
from letters.kinds import KINDS
from letters.mapping import BLOCK, ITEMS, MAPPING, NOT_IN_THE_LETTER, TABLE_2, TABLE_5, as_document, values_at
from tests.letters import sample_content as sample
from tests.processes import CHECKOUT

EVERY = pytest.mark.parametrize("make", sample.EVERY_KIND, ids=lambda make: make.__name__)


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema.FILE.read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    ("path", "arguments"), [(schema.FILE, []), (CHECKOUT / "docs" / "letter-content.md", ["--mapping"])]
)
def test_what_is_published_is_what_the_models_say(path: Path, arguments: list[str]) -> None:
    """After a change of the models: manage.py letter_schema > FILE, and the same with --mapping."""
    made = StringIO()
    call_command("letter_schema", *arguments, stdout=made)
    assert path.read_text("utf-8") == made.getvalue()


def test_the_schema_is_sound_and_knows_every_kind(published: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(published)
    assert set(published["discriminator"]["mapping"]) == {kind.code for kind in KINDS}


@EVERY
def test_every_letter_keeps_to_the_published_schema_and_nothing_else_does(
    make: Callable[[], Letter], published: dict[str, Any]
) -> None:
    validator = Draft202012Validator(published)
    said = json.loads(canonical(make()))
    assert list(validator.iter_errors(said)) == []
    for wrong in (
        {**said, "kind": "amnesty"},
        {**said, "surplus": 1},
        {**said, "number": ""},
        {name: value for name, value in said.items() if name != "party"},
    ):
        assert list(validator.iter_errors(wrong))


def test_anybody_can_read_the_schema(client: Client, published: dict[str, Any]) -> None:
    answer = client.get("/schemas/letter-content-1.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/schema+json"
    assert json.loads(answer.content) == published
    assert client.get("/schemas/letter-content-9.json").status_code == 404


def test_the_page_is_made_from_the_json_alone() -> None:
    """In a process of its own, with a database that does not exist, from the text of the attachment."""
    said = canonical(sample.partial_authorisation())
    code = (
        "import django, hashlib, sys; django.setup()\n"
        "from letters.content import parse\n"
        "from letters.rendering import render\n"
        "print(hashlib.sha256(render(parse(sys.stdin.buffer.read()))).hexdigest())"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "DEMONSTRATION": "1",
    }
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=CHECKOUT, input=said, capture_output=True
    )
    assert found.returncode == 0, found.stderr
    assert len(found.stdout.strip()) == 64


# -- the mapping -----------------------------------------------------------------------------------


def test_every_item_and_every_column_stands_somewhere_or_says_why_not() -> None:
    assert {number for row in MAPPING for number in row.items} == set(ITEMS)
    for columns, named in (
        (TABLE_2, {name for row in MAPPING for name in row.table_2}),
        (TABLE_5, {name for row in MAPPING for name in row.table_5}),
        (BLOCK, {name for row in MAPPING for name in row.block}),
    ):
        assert named <= set(columns)
        assert set(columns) - named <= set(NOT_IN_THE_LETTER)
        assert not named & set(NOT_IN_THE_LETTER)
    assert set(NOT_IN_THE_LETTER) <= {*TABLE_2, *TABLE_5, *BLOCK}


def test_no_field_of_an_authorisation_is_mapped_twice() -> None:
    paths = [row.path for row in MAPPING]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("row", MAPPING, ids=lambda row: row.path)
def test_every_path_leads_somewhere_in_some_letter(row: Any) -> None:
    consenting = {
        "consent_to_changes": (sample.NORWAY,),
        "consent_to_revocation": (sample.NORWAY,),
        "revocable_after_transfer": ("Over-crediting was found.",),
        "reducible_after_transfer": ("Over-crediting was found.",),
    }
    letters = (
        sample.authorisation(**consenting),
        sample.partial_authorisation(),
        sample.jordanian_authorisation(),
    )
    assert any(list(values_at(letter, row.path)) for letter in letters)


def test_every_field_that_states_an_item_is_mapped() -> None:
    """A field that is added to an authorisation says what it answers, or stands here."""
    answered_by_no_item = {
        "instrument.authorises",
        "instrument.supersedes",
        "cooperative_approach.agreement",
        "activity.scale",
        "activity.mitigation_type",
        "activity.location",
        "activity.crediting_period",
        "ceilings.none_because",
        "adjustment_method",
        "confidential",
        "unverified",
        "applicant_of_the_state",
    }
    head = set(sample.acknowledgement().__class__.model_fields) - {"request", "conditions"}
    fields = {name for name in Authorisation.model_fields if name not in head}
    two_deep = set()
    for name in fields:
        value = getattr(sample.jordanian_authorisation(), name)
        if isinstance(value, BaseModel):
            two_deep |= {f"{name}.{inner}" for inner in type(value).model_fields}
        else:
            two_deep.add(name)
    mapped = {".".join(row.path.replace("[]", "").split(".")[:2]) for row in MAPPING}
    mapped |= {row.path.replace("[]", "").split(".")[0] for row in MAPPING}
    assert two_deep - mapped == answered_by_no_item
    assert as_document().count("\n| `") == len(MAPPING)
