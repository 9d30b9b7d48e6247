"""docs/procedures.md: it names every key that a file may have and no other, and its example is right."""

import re
from pathlib import Path

import pytest

from authorisation.clocks import Clock
from authorisation.procedures.reading import read_procedure
from authorisation.procedures.tables import Table
from tests.authorisation.procedure_files import AFTERCARE, LISTS, SMALL

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "procedures.md").read_text("utf-8")
AFTER, LISTED, EXAMPLE = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
SHEET = '\n[[bodies.board.sheet]]\ncode = "land"\nquestion = { en = "Is the land free?" }\n'


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every key that the reader asks for, in whichever table."""
    asked: set[str] = set()
    close = Table.close

    def noting(table: Table) -> None:
        asked.update(table.asked)
        close(table)

    monkeypatch.setattr(Table, "close", noting)
    return asked


def test_the_example_is_a_procedure_and_the_one_that_the_tests_walk() -> None:
    assert read_procedure(EXAMPLE, name="docs/procedures.md").version == "VUT/2026-1"
    assert EXAMPLE == SMALL
    assert LISTED == LISTS
    assert AFTER == AFTERCARE


def _without_examples() -> str:
    return re.sub(r"```toml\n.*?```", "", GUIDE, flags=re.DOTALL)


def test_every_key_is_explained(keys: set[str]) -> None:
    read_procedure(f"{SMALL}{SHEET}\n{LISTS}\n{AFTERCARE}", name="vut.toml")
    assert {"version", "quorum", "owner", "host_share_most", "confidential", "question"} <= keys
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", _without_examples()))))
    assert keys - words == set()
    assert {clock.value for clock in Clock} <= words


def test_no_key_is_explained_that_the_reader_does_not_know(keys: set[str]) -> None:
    read_procedure(f"{SMALL}{SHEET}\n{LISTS}\n{AFTERCARE}", name="vut.toml")
    rows = re.findall(r"^\| (`[^|]+`) \|", GUIDE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert named
    assert named - keys == set()
