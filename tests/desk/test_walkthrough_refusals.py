"""`manage.py walkthrough` on files that cannot be carried out, or not to the end they say."""

import json
from collections.abc import Callable
from copy import deepcopy
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.verification import verify_database
from authorisation.models import Authorisation, Case
from letters.models import Letter
from tests.desk.walking import EXAMPLES, given, walk
from tests.processes import manage
from tests.workflow.tables import changed, everything

# -- files that are not carried out ----------------------------------------------------------------


def sound() -> dict[str, Any]:
    """A case file that would be carried out."""
    return deepcopy(given(next(path for path in EXAMPLES if path.stem == "gha-che-cookstove")))


def with_(change: Callable[[dict[str, Any]], None]) -> str:
    content = sound()
    change(content)
    return json.dumps(content)


def putting(value: Any, *place: str) -> Callable[[dict[str, Any]], None]:
    def put(content: dict[str, Any]) -> None:
        inside: Any = content
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = value

    return put


# What is wrong, the file, and the place and value that the sentence must name.
BAD: dict[str, tuple[str, str, str]] = {
    "malformed JSON": ('{"schema": "case/1", "id": }', "line 1, column 28", "}"),
    "unknown Party": (with_(putting("XXX", "party")), "party", "XXX"),
    "unknown Party of the approach": (
        with_(putting(["GHA", "QQQ"], "cooperative_approach", "parties")), "cooperative_approach.parties",
        "QQQ",
    ),
    "unknown sector": (with_(putting("Stoves", "activity", "sector")), "activity.sector", "Stoves"),
    "unknown activity type": (
        with_(putting("Cooking", "activity", "activity_type")), "activity.activity_type", "Cooking",
    ),
    "negative volume": (
        with_(putting(-5, "request", "volumes_tco2e", "2023")), "request.volumes_tco2e.2023", "-5",
    ),
    "fractional volume": (
        with_(putting(5.5, "request", "volumes_tco2e", "2023")), "request.volumes_tco2e.2023", "5.5",
    ),
    "vintage 2020": (with_(putting(5, "request", "volumes_tco2e", "2020")), "request.volumes_tco2e", "2020"),
    "first-transfer definition on NDC-only use": (
        with_(putting("Issuance", "request", "first_transfer_definition")),
        "request.first_transfer_definition",
        "Issuance",
    ),
    "wrong identifier of the approach": (
        with_(putting("CA12", "cooperative_approach", "ca_id")), "cooperative_approach.ca_id", "CA12",
    ),
    "period that ends before it starts": (
        with_(putting({"from": "2025-01-01", "to": "2024-12-31"}, "request", "outcomes_occur")),
        "request.outcomes_occur",
        "31\N{NO-BREAK SPACE}December\N{NO-BREAK SPACE}2024",
    ),
    "id that leads elsewhere": (with_(putting("../escaped", "id")), "id", "../escaped"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("kind", BAD)
def test_bad_input_is_a_sentence_that_names_place_and_value_and_nothing_is_written(
    kind: str, tmp_path: Path
) -> None:
    text, place, value = BAD[kind]
    bad, good, out = tmp_path / "bad.json", tmp_path / "good.json", tmp_path / "out"
    bad.write_text(text, encoding="utf-8")
    good.write_text(json.dumps(sound() | {"id": "GOOD"}), encoding="utf-8")
    before = everything()

    with pytest.raises(CommandError) as refused:
        walk(good, bad, out=out)

    assert refused.value.returncode == 1
    (sentence,) = str(refused.value).splitlines()
    assert sentence.startswith(f"{bad}: ")
    assert place in sentence
    assert value in sentence
    assert sentence.endswith((".", "?"))
    assert changed(before, everything()) == {}
    assert not out.exists()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["bad.json", "good.json"]


@pytest.mark.django_db
def test_everything_that_is_wrong_with_any_file_is_said_at_once(tmp_path: Path) -> None:
    files = []
    for number, (text, _place, _value) in enumerate(BAD.values()):
        files.append(tmp_path / f"{number:02d}.json")
        files[-1].write_text(text, encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        walk(*files, out=tmp_path / "out")
    assert len(str(refused.value).splitlines()) == len(BAD)


@pytest.mark.django_db
def test_two_files_with_one_id_are_refused_together(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="already here"):
        walk(EXAMPLES[0], EXAMPLES[0], out=tmp_path / "out")
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_without_a_demonstration_nothing_is_walked_through(settings: Any, tmp_path: Path) -> None:
    settings.DEMONSTRATION = False
    before = everything()
    with pytest.raises(CommandError, match="DEMONSTRATION"):
        walk(EXAMPLES[0], out=tmp_path / "out")
    assert changed(before, everything()) == {}
    assert not (tmp_path / "out").exists()


@pytest.mark.django_db
def test_an_output_that_is_a_file_is_refused_before_anything_is_carried_out(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("in the way")
    with pytest.raises(CommandError, match="not a folder"):
        walk(EXAMPLES[0], out=out)
    assert not Case.objects.exists()


def test_as_a_program_bad_input_ends_with_status_one_and_the_sentence_on_standard_error(
    tmp_path: Path,
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(BAD["malformed JSON"][0], encoding="utf-8")
    variables = {"DATA_DIR": str(tmp_path / "data"), "DEMONSTRATION": "1"}
    done = manage("walkthrough", bad, "--out", tmp_path / "out", variables=variables)
    assert (done.returncode, done.stdout) == (1, "")
    assert "line 1, column 28" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


# -- files that say what cannot happen -------------------------------------------------------------


def refused_on_the_way(tmp_path: Path, content: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """What the command says of a file whose decision cannot be carried out, and the outcome it wrote."""
    path, out = tmp_path / "case.json", tmp_path / "out"
    path.write_text(json.dumps(content), encoding="utf-8")
    complained = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("walkthrough", str(path), "--out", str(out), stdout=StringIO(), stderr=complained)
    assert failed.value.returncode == 1
    written: dict[str, Any] = json.loads((out / content["id"] / "outcome.json").read_text("utf-8"))
    return str(failed.value), complained.getvalue(), written


@pytest.mark.django_db
def test_a_decision_that_a_rule_forbids_is_refused_with_the_rule(tmp_path: Path) -> None:
    content = sound()
    content["request"]["volumes_tco2e"]["2023"] = 12001
    content["afterwards"] = []
    error, complained, written = refused_on_the_way(tmp_path, content)
    assert content["id"] in error
    assert "A3" in complained
    assert written["state"] == "in_decision"
    assert any("A3" in sentence for sentence in written["refusals"])
    assert not Letter.objects.exists()
    assert not Authorisation.objects.exists()
    assert verify_database().whole


@pytest.mark.django_db
def test_an_approval_of_an_incomplete_application_is_refused_with_every_missing_item(tmp_path: Path) -> None:
    content = sound()
    content["activity"]["methodology"] = None
    content["request"]["change_terms"] = None
    _error, complained, written = refused_on_the_way(tmp_path, content)
    assert "activity.methodology" in complained
    assert "request.change_terms" in complained
    assert written["state"] == "submitted"
    assert not Letter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "granted",
    [
        {"uses": [], "outcome": "approve_in_part", "reasons": ["None."]},
        {"uses": [], "outcome": "approve"},
        {
            "outcome": "approve_in_part", "reasons": ["Late."],
            "outcomes_occur": {"from": None, "to": "2022-01-01"},
        },
        {"outcome": "refuse", "reasons": []},
        {"outcome": "approve_in_part", "reasons": []},
    ],
    ids=["no use in part", "no use", "period turned round", "refusal without reasons", "part of nothing"],
)  # fmt: skip
def test_a_decision_that_makes_no_sense_is_refused_in_a_sentence_and_not_an_error(
    granted: dict[str, Any], tmp_path: Path
) -> None:
    content = sound()
    content["decision"] |= granted
    _error, complained, written = refused_on_the_way(tmp_path, content)
    assert complained.startswith(content["id"])
    assert "Traceback" not in complained, complained
    assert written["state"] == "in_decision"
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_terms_that_no_letter_can_say_are_refused_and_nothing_is_decided(tmp_path: Path) -> None:
    content = sound()
    content["request"]["volumes_tco2e"] = None
    content["decision"] |= {
        "outcome": "approve_in_part",
        "reasons": ["Late."],
        "outcomes_occur": {"from": None, "to": "2022-01-01"},
    }
    _error, complained, written = refused_on_the_way(tmp_path, content)
    assert "ends on 2022-01-01 before it starts on 2023-01-01" in complained
    assert written["state"] == "in_decision"
    case = Case.objects.get()
    assert (case.identifier, case.decisions.count(), case.lines.count()) == ("", 0, 0)


@pytest.mark.django_db
def test_an_approach_known_by_its_identifier_alone_is_walked_through_to_its_letter(tmp_path: Path) -> None:
    content = sound()
    content["cooperative_approach"] |= {"ca_id": "CA0077", "name": None}
    content["afterwards"], content["expected"] = [], {"letters": ["authorisation"], "state": "in_force"}
    path = tmp_path / "case.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    walk(path, out=tmp_path / "out")
    assert Case.objects.get().approach.ca_id == "CA0077"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_a_case_without_a_decision_stays_with_the_desk(tmp_path: Path) -> None:
    content = sound()
    content["decision"], content["afterwards"], content["expected"] = None, [], {"state": "submitted"}
    path = tmp_path / "case.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    walk(path, out=tmp_path / "out")
    assert Case.objects.get().state == "submitted"


@pytest.mark.django_db
def test_a_figure_other_than_expected_ends_with_status_one(tmp_path: Path) -> None:
    content = sound()
    content["decision"], content["afterwards"], content["expected"] = None, [], {"state": "granted"}
    _error, complained, written = refused_on_the_way(tmp_path, content)
    assert "other than expected: state" in complained
    assert written["differs"] == ["state"]
