"""Loading a procedure: once, for its authority, from its day on, and never changed."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Authority, Function
from audit.immutability import RecordIsImmutable
from audit.models import Event
from audit.verification import verify_database
from authorisation.handling import procedure_for, procedure_of
from authorisation.kinds import Kind
from authorisation.models import ProcedureVersion
from authorisation.procedures import SHIPPED, held, procedure
from authorisation.procedures.shipped import files
from authorisation.services.procedures import load_procedure
from tests.accounts.factories import two_authorities
from tests.authorisation import factories as make
from tests.authorisation.procedure_files import SMALL, changed
from tests.workflow.tables import changed as changed_tables
from tests.workflow.tables import everything
from workflow.actors import SYSTEM
from workflow.clock import RealClock
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.national]


@pytest.fixture
def authorities() -> tuple[Authority, Authority]:
    """Of Ghana, which has a shipped procedure, and of Vanuatu, which has none."""
    return two_authorities()


def file(tmp_path: Path, text: str = SMALL, name: str = "vut.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path, capsys: pytest.CaptureFixture[str], **options: str) -> list[str]:
    """What the command says on standard error when it refuses, having changed nothing."""
    before = everything()
    with pytest.raises(SystemExit) as end:
        call_command("load_procedure", path, **options)
    assert end.value.code == 1
    assert changed_tables(before, everything()) == {}
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()


def load(text: str, name: str = "vut.toml") -> None:
    load_procedure(text.encode(), name=name, actor=SYSTEM, clock=RealClock())


def test_a_version_is_held_word_for_word_and_the_trail_says_who_loaded_it(
    authorities: tuple[Authority, Authority], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_procedure", file(tmp_path), authority="vut")
    assert "VUT/2026-1 is loaded. From 2026-02-01 on" in capsys.readouterr().out
    row = ProcedureVersion.objects.get()
    assert (row.text, row.authority, row.loaded_by) == (SMALL, authorities[1], "system")
    event = Event.objects.get(digest=row.event)
    assert (event.action, event.stream) == ("load_procedure", authorities[1].trail_stream)
    assert row.sha256 in event.facts
    assert procedure("VUT/2026-1").bodies["board"].members == 3
    assert verify_database().whole
    with pytest.raises(RecordIsImmutable):
        ProcedureVersion.objects.update(text="other")
    row.text = "other"
    with pytest.raises(RecordIsImmutable):
        row.save()


def test_the_same_bytes_again_do_nothing_and_other_bytes_are_refused(
    authorities: tuple[Authority, Authority], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_procedure", file(tmp_path))
    before = everything()
    call_command("load_procedure", file(tmp_path))
    assert "held already, word for word" in capsys.readouterr().out
    assert changed_tables(before, everything()) == {}
    (said,) = refused(file(tmp_path, changed(("days = 20", "days = 21"))), capsys)
    assert "VUT/2026-1 is held already, with another text" in said


def test_a_shipped_version_is_neither_loaded_nor_replaced(
    authorities: tuple[Authority, Authority], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (ghana,) = (path for path in files() if path.name.startswith("gha"))
    call_command("load_procedure", ghana)
    assert not ProcedureVersion.objects.exists()
    assert "held already, word for word" in capsys.readouterr().out
    other = ghana.read_text("utf-8").replace("days = 60", "days = 61")
    (said,) = refused(file(tmp_path, other), capsys)
    assert "GHA/2022-1 is held already, with another text" in said


def test_what_is_wrong_is_said_on_standard_error_sentence_by_sentence(
    authorities: tuple[Authority, Authority], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = changed(("days = 20", "days = -20"), ('"VUV"', '"VAT"'))
    assert [line.split(": ")[:2] for line in refused(file(tmp_path, wrong), capsys)] == [
        ["vut.toml", "clocks.review.days"],
        ["vut.toml", "kinds.consolidated.fees.1.currency"],
    ]
    assert "cannot be read" in refused(tmp_path / "missing.toml", capsys)[0]
    nobodys = changed(("VUT/2026-1", "other/1"), ('party = "VUT"\n', ""))
    assert "names no Party" in refused(file(tmp_path, nobodys), capsys)[0]
    absent = SMALL.replace("VUT", "RWA")
    assert "has no authority of the Party RWA" in refused(file(tmp_path, absent), capsys)[0]
    assert "and not “gha”" in refused(file(tmp_path), capsys, authority="gha")[0]


def test_only_whoever_directs_the_authority_loads_a_procedure_in_person() -> None:
    ghana, vanuatu = make.two_staffs()
    before = everything()
    for actor in (vanuatu.holding(Function.DECIDER), ghana.holding(Function.DIRECTOR), vanuatu.applying()):
        with pytest.raises(Refused) as refusal:
            load_procedure(SMALL.encode(), name="vut.toml", actor=actor, clock=vanuatu.clock)
        assert refusal.value.kind == Refusal.ROLE
    assert changed_tables(before, everything()) == {}
    director = vanuatu.holding(Function.DIRECTOR)
    assert load_procedure(SMALL.encode(), name="vut.toml", actor=director, clock=vanuatu.clock).is_new
    assert ProcedureVersion.objects.get().loaded_by == director.trail_name


def test_new_cases_are_opened_under_what_is_in_force_and_open_ones_keep_theirs() -> None:
    _ghana, vanuatu = make.two_staffs()
    earlier = make.drafted(vanuatu)
    assert earlier.procedure_version == "default/1"
    load(SMALL)
    load(SMALL.replace("VUT/2026-1", "VUT/2026-2").replace("= 2026-02-01", "= 2026-06-01"))
    here = vanuatu.authority
    found = {
        day: procedure_for(here, day).version
        for day in (date(2025, 1, 1), date(2026, 2, 1), date(2026, 5, 31), date(2026, 6, 1))
    }
    assert list(found.values()) == ["VUT/2026-1", "VUT/2026-1", "VUT/2026-1", "VUT/2026-2"]
    assert make.drafted(vanuatu).procedure_version == "VUT/2026-1"
    assert procedure_of(earlier).version == "default/1"


def test_of_two_versions_from_the_same_day_the_one_loaded_last_holds(
    authorities: tuple[Authority, Authority],
) -> None:
    load(SMALL.replace("VUT/2026-1", "VUT/2026-9"))
    load(SMALL.replace("VUT/2026-1", "VUT/2026-2"))
    assert procedure_for(authorities[1], date(2026, 3, 1)).version == "VUT/2026-2"


def test_the_partys_own_procedure_comes_before_the_default(authorities: tuple[Authority, Authority]) -> None:
    ghana, vanuatu = authorities
    assert procedure_for(ghana, date(2026, 3, 1)).version == "GHA/2022-1"
    assert procedure_for(ghana, date(2021, 3, 1)).version == "GHA/2022-1"
    assert procedure_for(vanuatu, date(2026, 3, 1)).version == "default/1"


def test_a_kind_that_the_loaded_procedure_does_not_name_is_not_opened() -> None:
    _ghana, vanuatu = make.two_staffs()
    load(SMALL)
    with pytest.raises(Refused) as refusal:
        make.drafted(vanuatu, kind=Kind.INTENT)
    assert [reason.code for reason in refusal.value.reasons] == ["kind-not-offered"]


def test_a_loaded_version_is_read_once_in_a_process(authorities: tuple[Authority, Authority]) -> None:
    load(SMALL)
    held.forget()
    with CaptureQueriesContext(connection) as queries:
        first = procedure("VUT/2026-1")
        assert procedure("VUT/2026-1") is first
    assert len(queries) == 1


def test_every_shipped_procedure_is_in_order_and_says_what_it_assumes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("check_procedures")
    said = capsys.readouterr()
    assert said.err == ""
    assert {"default/1", "GHA/2022-1", "KEN/2024-1", "TZA/2023-1", "KHM/2023-1", "PRY/2025-1"} <= set(SHIPPED)
    assert "CHE/2022-1" in SHIPPED
    for version, found in SHIPPED.items():
        assert f"{version} is in order" in said.out
        assert found.assumptions


def test_check_procedures_looks_at_loaded_ones_and_at_files_too(
    authorities: tuple[Authority, Authority], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(SMALL)
    call_command("check_procedures", file(tmp_path, SMALL.replace("VUT/2026-1", "VUT/2026-2")))
    said = capsys.readouterr()
    assert "VUT/2026-1 is in order, with 2 assumptions." in said.out
    assert "vut.toml: VUT/2026-2 is in order" in said.out
    other = file(tmp_path, changed(("days = 20", "days = 21")), name="other.toml")
    wrong = file(tmp_path, changed(("quorum = 2", "quorum = 5")), name="wrong.toml")
    with pytest.raises(SystemExit) as end:
        call_command("check_procedures", other, wrong)
    assert end.value.code == 1
    complaints = capsys.readouterr().err.splitlines()
    assert complaints[0].startswith("other.toml: version: VUT/2026-1 is held already")
    assert complaints[1].startswith("wrong.toml: bodies.board.quorum: 5 members")
