"""Each shipped procedure from draft to letter, and a new country that is data alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Function, Office
from audit.verification import verify_database
from authorisation.handling import bodies_of, handling_of
from authorisation.models import Case
from authorisation.procedures import SHIPPED
from desk.case_file import read_case_file
from desk.walkthrough import carry_out
from letters.models import Letter
from tests.accounts.factories import authority
from tests.authorisation.procedure_files import SMALL
from tests.desk.walking import EXAMPLES, given

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.national]

# Who must have a letter before the authorisation, by the version.
BEFORE = {
    "default/1": [],
    "GHA/2022-1": ["intent"],
    "KEN/2024-1": ["no_objection"],
    "TZA/2023-1": ["no_objection"],
    "KHM/2023-1": ["no_objection"],
    "PRY/2025-1": ["no_objection"],
    "CHE/2022-1": [],
}


def of_party(party: str, tmp_path: Path) -> Path:
    """An example case as if this Party had authorised it: the same activity, in the same days."""
    (example,) = (path for path in EXAMPLES if path.stem == "mwi-gs11677")
    text = json.dumps({**given(example), "afterwards": []}).replace('"MWI"', f'"{party}"')
    case: dict[str, Any] = json.loads(text)
    case["id"], case["party"] = f"MADE-UP-{party}", party
    path = tmp_path / f"{party}.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    return path


def walk(party: str, tmp_path: Path) -> tuple[Case, list[Case]]:
    """The case of this Party and what was granted before it, after all steps went as they should."""
    journey = carry_out(read_case_file(of_party(party, tmp_path)))
    assert journey.refusals == []
    assert journey.case is not None
    return journey.case, journey.prior


def test_every_shipped_procedure_is_walked_here() -> None:
    assert set(BEFORE) == set(SHIPPED) - {"built-in/1"}


@pytest.mark.parametrize("version", BEFORE)
def test_a_shipped_procedure_is_walked_from_draft_to_letter(version: str, tmp_path: Path) -> None:
    terms = SHIPPED[version]
    case, prior = walk(terms.party or "MWI", tmp_path)
    assert case.procedure_version == version
    assert case.state == "granted"
    assert [one.kind for one in prior] == BEFORE[version]
    assert all((one.state, one.procedure_version) == ("granted", version) for one in prior)
    for one in (*prior, case):
        handling = handling_of(one)
        assert set(one.opinions.values_list("body", flat=True)) == {body.code for body in bodies_of(one)}
        letter = Letter.objects.get(case=one)
        signed = [
            (row.office.function, row.office.body) for row in letter.signatures.select_related("office")
        ]
        assert signed == [(rule.function, rule.unit) for rule in handling.signing]
        office = one.decisions.get().office
        assert handling.deciding.fits(office.function, office.body)
        assert letter.state == "issued"


def test_kenyas_concept_note_goes_to_the_member_of_its_sector(tmp_path: Path) -> None:
    _case, (prior,) = walk("KEN", tmp_path)
    assert prior.activity is not None
    assert prior.activity.sector == "Energy generation"
    assert [body.code for body in bodies_of(prior)] == ["sector_energy"]


def test_a_new_country_is_added_by_data_alone_and_walked(tmp_path: Path) -> None:
    here = authority("VUT", time_zone="Pacific/Efate")
    file = tmp_path / "vut.toml"
    file.write_text(SMALL, encoding="utf-8")
    call_command("load_procedure", file)

    case, (prior,) = walk("VUT", tmp_path)

    assert (case.authority, case.procedure_version, case.state) == (here, "VUT/2026-1", "granted")
    assert (prior.kind, prior.procedure_version) == ("no_objection", "VUT/2026-1")
    assert case.votes.count() == 3
    letter = Letter.objects.get(case=case)
    offices = [row.office for row in letter.signatures.select_related("office")]
    assert [(office.function, office.body) for office in offices] == [
        ("director", ""),
        ("signer", "minister"),
    ]
    assert "Minister" in letter.content
    assert Office.objects.filter(authority=here, function=Function.CHAIR, body="board").exists()
    assert verify_database().whole
