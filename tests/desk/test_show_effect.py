"""`show_effect`: what an act would do, on the command line, for those who plan acts by file."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.wording import GROUP
from authorisation.models import Announcement, Authorisation, Case, Entry, PlannedAct
from letters.models import Letter
from tests.authorisation.factories import Staff, content, granted, two_staffs
from tests.authorisation.test_outcomes import authorised, issue, transfer

pytestmark = pytest.mark.django_db

REVOCATION = {"type": "revocation", "grounds": "Over-crediting was found."}


@pytest.fixture
def standing() -> Authorisation:
    """600 t of 2026, of which 500 t are issued and 250 t left, and 1500 t of 2027."""
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, {2026: 500})
    transfer(ours, authorisation, {2026: 250})
    return authorisation


def counted() -> tuple[int, ...]:
    records: tuple[Any, ...] = (Case, PlannedAct, Entry, Letter, Announcement)
    return tuple(record.objects.count() for record in records)


def shown(*arguments: str) -> str:
    out = io.StringIO()
    call_command("show_effect", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[int, str, str]:
    """The exit status, what is shown and what is said of it, of a call that does not answer with 0."""
    out = io.StringIO()
    with pytest.raises(CommandError) as fault:
        call_command("show_effect", *arguments, stdout=out)
    return fault.value.returncode, out.getvalue(), str(fault.value)


def test_every_line_ceiling_rule_and_whoever_is_told_are_shown_and_nothing_is_written(
    standing: Authorisation, tmp_path: Path
) -> None:
    before = counted()
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(REVOCATION), encoding="utf-8")
    told = shown(standing.identifier, str(plan))
    # A thousand is set apart by a space of its own: columns by two.
    rows = [re.split(r" {2,}", line.strip().replace(GROUP, ",")) for line in told.splitlines()]
    assert ["2026", "600", "250", "-350", "350", "250", "0", "250"] in rows
    assert ["2027", "1,500", "0", "-1,500", "1,500", "0", "0", "0"] in rows
    assert any(row[-2:] == ["2,100", "250"] for row in rows), "over all vintages"
    assert "State of the authorisation: in force → revoked" in told
    assert "Over-crediting was found." in told
    assert "(rule A12)" in told
    assert "UN platform (CARP), within 30 days" in told
    assert "other Party: Switzerland, within 14 days" in told
    assert counted() == before


def test_as_json_it_answers_in_the_shape_of_the_api(standing: Authorisation) -> None:
    told = json.loads(shown(standing.identifier, "--plan", json.dumps(REVOCATION), "--json"))
    assert {one["vintage"]: one["after"]["authorised"] for one in told["lines"]} == {2026: 250, 2027: 0}
    assert {one["recipient"] for one in told["told"]} >= {"counterpart", "platform", "public"}
    assert told["ceilings"]
    assert told["forbidden"] == []


def test_what_a_rule_forbids_is_shown_whole_with_a_status_of_its_own(standing: Authorisation) -> None:
    before = counted()
    plan = json.dumps({"type": "quantity_down", "volumes": {"2026": 249}})
    status, told, said = refused(standing.identifier, "--plan", plan)
    assert (status, said) == (3, "This act cannot be opened, for the reasons shown.")
    assert "✗" in told
    assert "rule A12" in told
    assert counted() == before


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("{", "The plan is not JSON"),
        ("[]", "An act is an object with a type."),
        ("{}", "type"),
        ('{"type": "erasure"}', "erasure"),
        ('{"type": "revocation", "volumes": {"2026": -1}}', "2026"),
        ('{"type": "revocation", "volumes": {"2026": 1.5}}', "2026"),
        ('{"type": "revocation", "tonnes": 5}', "tonnes"),
        ('{"type": "period", "last_use_on": "tomorrow"}', "last_use_on"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(plan: str, said: str) -> None:
    status, told, why = refused("KEN-AUTH-2026-0001", "--plan", plan)
    assert (status, told) == (1, "")
    assert said in why


def test_an_unknown_authorisation_and_a_file_that_is_none_are_said(tmp_path: Path) -> None:
    plan = json.dumps(REVOCATION)
    assert refused("KEN-AUTH-1999-0001", "--plan", plan)[::2] == (
        1,
        "There is no authorisation “KEN-AUTH-1999-0001”.",
    )
    assert "cannot be read" in refused("KEN-AUTH-1999-0001", str(tmp_path / "none.json"))[2]
    latin = tmp_path / "latin.json"
    latin.write_bytes('{"type": "clarification", "text": "é"}'.encode("latin-1"))
    assert "UTF-8" in refused("KEN-AUTH-1999-0001", str(latin))[2]


# -- one act over many -------------------------------------------------------------------------------

SUSPENSION = {"type": "suspension", "grounds": "A report is overdue.", "cure_until": "2030-06-30"}


def another(of: Staff, number: int) -> Authorisation:
    case = granted(of, content(activity={"title": f"Lamps {number}", "registry_id": f"MA-{number}"}))
    return Authorisation.objects.get(cases=case)


def test_one_act_over_many_is_shown_for_each_and_of_whom_it_is_possible(tmp_path: Path) -> None:
    ours, theirs = two_staffs()
    first, second = authorised(ours), another(ours, 1)
    transfer(ours, second, {2026: 600, 2027: 1500})
    named, before = [second.identifier, first.identifier, second.identifier], counted()
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(SUSPENSION), encoding="utf-8")
    told = shown(*named, str(plan))
    heads = [line for line in told.splitlines() if line.endswith("· Suspend")]
    assert heads == [f"{one.identifier} · Suspend" for one in (first, second)], "each once, the oldest first"
    assert told.count("State of the authorisation: in force → suspended") == 2
    assert told.endswith("It may be opened for 2 of 2.\n")

    status, told, said = refused(*named, "--plan", json.dumps(REVOCATION))
    assert (status, said) == (3, "This act cannot be opened for all, for the reasons shown.")
    assert told.count("✗") == 2
    assert told.endswith("It may be opened for 1 of 2.\n")
    status, told, _said = refused(*named, "--plan", json.dumps(REVOCATION), "--json")
    answer = json.loads(told)
    assert (status, answer["total"], answer["possible"]) == (3, 2, 1)
    assert [(one["authorisation"], bool(one["effect"]["forbidden"])) for one in answer["effects"]] == [
        (first.identifier, False),
        (second.identifier, True),
    ]

    assert counted() == before
    foreign = another(theirs, 2)
    for more, plan_text, status, why in (
        ("KEN-AUTH-1999-0001", SUSPENSION, 1, "There is no authorisation “KEN-AUTH-1999-0001”."),
        (foreign.identifier, SUSPENSION, 1, "They are of several authorities."),
        (second.identifier, {"type": "surrender"}, 1, "surrender"),
    ):
        answered = refused(first.identifier, more, "--plan", json.dumps(plan_text))
        assert answered[:2] == (status, "")
        assert why in answered[2]
    assert refused(first.identifier)[::2] == (2, "Name an authorisation and a plan.")
    assert not Case.objects.filter(kind__in=("suspension", "revocation")).exists()


def test_two_and_five_are_shown_with_as_many_queries() -> None:
    ours, _theirs = two_staffs()
    many = [authorised(ours), *(another(ours, number) for number in range(4))]

    def queries(found: list[Authorisation]) -> int:
        with CaptureQueriesContext(connection) as asked:
            told = shown(*(one.identifier for one in found), "--plan", json.dumps(SUSPENSION))
        assert told.count("Letters it replaces") == len(found)
        return len(asked)

    queries(many[:2])  # what is read once for all is read
    assert queries(many) == queries(many[:2])
