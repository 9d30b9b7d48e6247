"""`manage.py walkthrough`: every example file to its end, and what it writes."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker

from audit.verification import verify_database
from authorisation.models import Authorisation, AuthorisationVersion, Case
from desk.case_file import read_case_file
from desk.outcome import differences
from letters.models import Letter
from tests.desk.walking import EXAMPLES, given, walk
from tests.workflow.tables import changed, everything

pytestmark = pytest.mark.national

NAMES = [path.stem for path in EXAMPLES]


@pytest.fixture(scope="module")
def walked(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Every example, walked through once for all the tests that look at the results."""
    out = tmp_path_factory.mktemp("walked")
    with django_db_blocker.unblock():
        said, complained = walk(*EXAMPLES, out=out)
        assert complained == ""
        assert said.count("as the file says") == len(EXAMPLES)
    yield out
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def outcome(walked: Path, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((walked / given(path)["id"] / "outcome.json").read_text("utf-8"))
    return found


# -- what comes out --------------------------------------------------------------------------------


def test_there_are_examples_of_every_way_a_decision_can_go() -> None:
    outcomes = {given(path)["decision"]["outcome"] for path in EXAMPLES}
    assert {"approve", "approve_in_part", "return"} <= outcomes
    assert len(EXAMPLES) == 13


@pytest.mark.django_db
@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_all_that_the_file_expects_is_so(walked: Path, path: Path) -> None:
    case, found = given(path), outcome(walked, path)
    assert set(case["expected"]) <= set(found)
    assert differences(found, case["expected"]) == []
    assert (found["refusals"], found["differs"]) == ([], [])


@pytest.mark.django_db
@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_the_letter_is_of_the_kind_decided_and_everything_is_written(walked: Path, path: Path) -> None:
    case, found = given(path), outcome(walked, path)
    kind = {
        "approve": "authorisation",
        "approve_in_part": "partial_authorisation",
        "refuse": "refusal",
        "return": "request_for_completion",
    }[case["decision"]["outcome"]]
    assert found["letters"][0] == kind
    folder = walked / case["id"]
    letters = {f"{number:02d}-{one}.pdf" for number, one in enumerate(found["letters"], start=1)}
    assert {file.name for file in folder.iterdir()} == {
        *letters, "timeline.txt", "evidence.zip", "outcome.json",
    }  # fmt: skip
    assert all((folder / name).read_bytes().startswith(b"%PDF") for name in letters)
    story = (folder / "timeline.txt").read_text("utf-8")
    assert "%(" not in story
    assert len(story.splitlines()) > 5


@pytest.mark.django_db
@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_every_later_event_is_listed_in_order_of_date_and_none_passed_over(walked: Path, path: Path) -> None:
    events = outcome(walked, path)["events"]
    wanted = sorted(given(path)["afterwards"] or (), key=lambda event: str(event["on"]))
    assert [(event["on"], event["event"]) for event in events] == [
        (event["on"], event["event"]) for event in wanted
    ]
    assert [event["result"] for event in events] == [
        "refused" if (event.get("expect") or "").startswith("refused") else "done" for event in wanted
    ]


@pytest.mark.django_db
def test_the_incomplete_case_ends_with_every_missing_item_named_and_no_authorisation(walked: Path) -> None:
    (path,) = (path for path in EXAMPLES if given(path)["decision"]["outcome"] == "return")
    case, found = given(path), outcome(walked, path)
    assert sorted(found["missing"]) == sorted(case["expected"]["missing"])
    assert found["state"] == "with_applicant"
    kept = Case.objects.get(source_id=case["id"])
    assert (kept.state, kept.authorisation, kept.identifier) == ("with_applicant", None, "")
    assert sorted(kept.questions.values_list("path", flat=True)) == sorted(case["expected"]["missing"])
    assert not kept.lines.exists()


@pytest.mark.django_db
def test_each_case_went_through_the_hands_of_its_own_authority_on_its_own_days(walked: Path) -> None:
    for path in EXAMPLES:
        file = read_case_file(path)
        case = Case.objects.get(source_id=file.id)
        assert case.authority.party.code == file.party
        assert case.simulated
        assert case.submitted_on == file.submitted_on
        if file.decision is not None and file.decision.outcome != "return":
            assert case.decided_on == file.decision.decided_on
            version = AuthorisationVersion.objects.get(case=case)
            assert version.decided_on == file.decision.decided_on
            assert version.signed_on == (file.decision.signed_on or file.decision.decided_on)
            assert version.authorisation.authority == case.authority
    letters = Letter.objects.select_related("case")
    assert all(letter.authority_id == letter.case.authority_id for letter in letters)
    assert Authorisation.objects.count() == len(EXAMPLES) - 1


@pytest.mark.django_db
def test_the_trail_of_all_of_them_is_whole_and_so_is_each_pack(walked: Path) -> None:
    assert verify_database().whole
    for path in EXAMPLES:
        out = StringIO()
        call_command("verify_trail", evidence=walked / given(path)["id"] / "evidence.zip", stdout=out)
        assert "whole" in out.getvalue()


@pytest.mark.django_db
def test_an_id_that_is_in_the_database_is_refused_and_its_folder_left_alone(
    walked: Path, tmp_path: Path
) -> None:
    before = everything()
    with pytest.raises(CommandError, match=f"{given(EXAMPLES[0])['id']} is already here") as refused:
        walk(EXAMPLES[0], out=tmp_path / "out")
    assert refused.value.returncode == 1
    assert changed(before, everything()) == {}
    assert not (tmp_path / "out").exists()
