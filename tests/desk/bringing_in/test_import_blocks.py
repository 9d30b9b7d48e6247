"""Bringing in published blocks: every row has a fate, every tonne a place, and again is the same."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import Authority, Function, Party
from audit.models import Event
from audit.verification import verify_database
from authorisation.blocks import cut_out
from authorisation.earlier import EarlierBlock
from authorisation.models import Authorisation, Block, Case, EarlierLetter, Entry, FirstTransfer, Line
from authorisation.serials import read_serial
from authorisation.verification import verify
from reporting.selectors import structured_summary
from tests.authorisation.factories import two_staffs
from tests.desk.bringing_in.files import BLOCKS, CODES, EXPECTED, file_of, rows, tonnes

pytestmark = pytest.mark.django_db

FEW = ("Gambia", "Morocco")


def run(path: Path, **options: Any) -> tuple[str, str, str]:
    """What a run printed, its errors, and the sentence with which it failed."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_blocks", path, stdout=out, stderr=err, no_color=True, **options)
    except CommandError as failed:
        return out.getvalue(), err.getvalue(), str(failed)
    return out.getvalue(), err.getvalue(), ""


def held() -> int:
    """Tonnes in blocks."""
    return Block.objects.aggregate(sum=Sum(F("last_number") - F("first_number") + 1))["sum"] or 0


def everything() -> list[Any]:
    """What may not be doubled."""
    models = (Authorisation, Block, Case, EarlierLetter, Entry, Event, FirstTransfer, Line)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def assert_as_published(parties: Any) -> None:
    for name in parties:
        summary = structured_summary(Party.objects.get(code=CODES[name]), until=2026)
        assert summary.as_json() == {"party": CODES[name], "rows": EXPECTED[name]}, name


def test_every_row_is_accounted_for_and_comes_to_the_published_figures(tmp_path: Path) -> None:
    some = rows(FEW)
    out, err, failed = run(file_of(tmp_path, some))

    assert (err, failed) == ("", "")
    lines = out.splitlines()
    assert [line.split(" · ")[:3] for line in lines[: len(some)]] == [
        [str(number), "recorded", f"{row['volume_tco2e']} t"] for number, row in enumerate(some, start=1)
    ]
    assert lines[len(some)] == f"{len(some)} rows, {tonnes(some):,} t:"
    assert held() == tonnes(some)
    assert_as_published(FEW)
    assert verify().wrong == []
    assert verify_database().faults == ()
    before = everything()

    again, err, failed = run(tmp_path / "some.csv")

    assert everything() == before
    assert (err, failed) == ("", "")
    assert f"already there: {len(some)} rows, {tonnes(some):,} t" in again


def test_an_authorisation_that_was_brought_in_is_one_like_any_other_with_what_is_unknown_said(
    tmp_path: Path,
) -> None:
    run(file_of(tmp_path, rows(["Gambia"])))
    [authorisation] = Authorisation.objects.filter(activity__registry_id="4000")
    version = authorisation.versions.get()
    letter = EarlierLetter.objects.get(version=version)

    assert (authorisation.state, authorisation.current_version) == ("in_force", 1)
    assert (version.case.state, version.case.initiative) == ("granted", "brought_in")
    assert version.letter == letter.public_id
    assert letter.link == rows(["Gambia"])[0]["link"]
    assert {"days", "holder", "number", "other_purposes", "volumes"} <= set(letter.unknown)
    assert letter.source == "some.csv: 1"
    event = Event.objects.get(stream=version.case.trail_stream, action="bring_in")
    assert event.actor == "system"
    assert json.loads(event.facts)["run_by"] == version.case.opened_by.actor


def test_a_block_that_awaits_an_international_transfer_is_said_aloud(tmp_path: Path) -> None:
    run(file_of(tmp_path, rows(["Gambia"])))
    out, err = StringIO(), StringIO()
    call_command("structured_summary", party="GMB", json=True, stdout=out, stderr=err)
    assert "196652 t in 13 blocks are issued and authorised but NOT first transferred" in err.getvalue()
    assert "The published tool also adjusts, in row 10, for the 196652 t" in err.getvalue()
    assert Block.objects.exclude(place="held").count() == 0


def test_blocks_that_the_published_tool_dates_otherwise_are_named(tmp_path: Path) -> None:
    run(file_of(tmp_path, rows(["Morocco"])))
    out = StringIO()
    call_command("structured_summary", party="MAR", stdout=out, trace=True)
    assert "667 t in 1 blocks were issued in a year before their authorisation" in out.getvalue()
    for row in rows(["Morocco"]):
        assert row["serial"].strip() in out.getvalue()
        assert row["link"] in out.getvalue()


MALFORMED = {
    "country": "Atlantis",
    "vintage": "2020",
    "volume_tco2e": "1.5",
    "serial": "no numbers",
    "first_transfer_definition": "Whenever",
    "authorisation_year": "soon",
    "issuance_date": "31/12/2024",
    "authorised_oimp": "yes",
    "ca_id": "CA12",
    "programme": "",
}


@pytest.mark.parametrize("column", MALFORMED)
def test_a_malformed_row_is_refused_with_its_column_and_the_others_go_in(tmp_path: Path, column: str) -> None:
    good, bad = rows(["Morocco"])[:2]
    _out, err, failed = run(file_of(tmp_path, [{**bad, column: MALFORMED[column]}, good]))
    assert err.startswith("1 · refused")
    assert column in err
    assert "were refused; every other row is in" in failed
    assert held() == int(good["volume_tco2e"])


def test_a_row_that_shares_units_with_another_is_refused_and_one_that_stands_twice_counts_once(
    tmp_path: Path,
) -> None:
    [row] = rows(["Morocco"])[:1]
    serial = read_serial(row["serial"])
    assert serial is not None
    beyond = EarlierBlock(
        serial=type(serial)(
            series=serial.series,
            pattern=serial.pattern,
            first=serial.last,
            last=serial.last + 9,
            vintage=serial.vintage,
        ),
        vintage=int(row["vintage"]),
    )
    overlapping = {**row, "serial": beyond.text, "volume_tco2e": "10"}
    out, err, failed = run(file_of(tmp_path, [row, row, overlapping]))
    assert "2 · already there" in out
    assert err.startswith("3 · refused")
    assert failed
    assert held() == int(row["volume_tco2e"])
    _out, err, _failed = run(file_of(tmp_path, [overlapping]))
    assert row["serial"] in err
    assert held() == int(row["volume_tco2e"])


def test_a_block_that_was_cut_since_is_there(tmp_path: Path) -> None:
    some = rows(["Morocco"])[:1]
    run(file_of(tmp_path, some))
    block = Block.objects.get()
    # As a movement of a part of it would.
    cut_out(block, block.first_number, block.first_number)
    before = everything()
    out, _err, failed = run(tmp_path / "some.csv")
    assert "1 · already there" in out
    assert (everything(), failed) == (before, "")


def test_many_blocks_of_an_issuance_take_no_more_queries_than_few(tmp_path: Path) -> None:
    [row] = rows(["Gambia"])[:1]

    def brought_in(project: int, number: int) -> int:
        some = [
            {
                **row,
                "project_id": str(project),
                "serial": f"GS1-1-GM-GS{project}-16-2022-1-{first}-{first + 9}",
            }
            | {"vintage": "2022", "volume_tco2e": "10"}
            for first in range(1, number * 10, 10)
        ]
        with CaptureQueriesContext(connection) as captured:
            out, err, failed = run(file_of(tmp_path, some, f"{project}.csv"))
        assert (err, failed) == ("", "")
        assert f"recorded: {number} rows, {number * 10} t" in out
        return len(captured)

    brought_in(1, 1)  # what is looked up once for a process
    assert brought_in(2, 40) == brought_in(3, 4)


# -- who answers -----------------------------------------------------------------------------------


def test_an_officer_answers_for_their_own_authority_alone(tmp_path: Path) -> None:
    ours, theirs = two_staffs()
    _office, officer = ours.offices[Function.DESK_OFFICER]
    [row] = rows(["Morocco"])[:1]
    codes = [ours.authority.party.code, theirs.authority.party.code, "MAR"]
    some = [
        {**row, "country": code, "serial": row["serial"].replace("-MA-", f"-{place}-")}
        for place, code in enumerate(codes)
    ]
    out, err, failed = run(file_of(tmp_path, some), by=officer.email)
    assert "1 · recorded" in out
    assert f"neither desk officer nor director of the authority of {codes[1]}" in err
    assert "MAR has no authority in this installation" in err
    assert failed
    assert Authority.objects.count() == 2
    assert [one.authority for one in Authorisation.objects.all()] == [ours.authority]
    assert Case.objects.get(initiative="brought_in").opened_by == officer


def test_outside_a_demonstration_somebody_is_named(settings: Any) -> None:
    settings.DEMONSTRATION = False
    _out, _err, failed = run(BLOCKS)
    assert failed.startswith("Name the officer who answers")
    assert not Block.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"a,b\n1,2\n", "lacks the columns: programme"), (b"\xff\xfe\x00", "is not text in UTF-8")],
)
def test_a_file_of_another_shape_is_refused_whole(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    assert sentence in run(path)[2]
    assert not Block.objects.exists()


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert "cannot be read" in run(tmp_path / "none.csv")[2]


@pytest.mark.proof
def test_all_that_was_published_comes_to_the_published_figures_and_again_is_the_same() -> None:
    out, err, failed = run(BLOCKS)
    assert (err, failed) == ("", "")
    assert "343 rows, 10,203,700 t:\n  recorded: 343 rows, 10,203,700 t\n" in out
    assert (Block.objects.count(), held()) == (343, 10_203_700)
    assert_as_published(CODES)
    before = everything()
    out, _err, failed = run(BLOCKS)
    assert "  already there: 343 rows, 10,203,700 t\n" in out
    assert (everything(), failed) == (before, "")
    assert verify().wrong == []
    assert verify_database().faults == ()
