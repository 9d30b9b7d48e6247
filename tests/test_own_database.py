"""The databases that tests hand to processes they start (tests/conftest.py), tried by migrating one."""

from pathlib import Path

import pytest
from django.db import connection

from tests.processes import manage


def test_a_new_database_is_migrated_and_has_every_trigger(own_database: str, tmp_path: Path) -> None:
    variables = {"DATA_DIR": str(tmp_path), "DEMONSTRATION": "1", "DATABASE_URL": own_database}

    migrated = manage("migrate", variables=variables)
    checked = manage("check", "--database", "default", "--fail-level", "WARNING", variables=variables)
    planned = manage("migrate", "--plan", variables=variables)

    assert migrated.returncode == 0, migrated.stderr
    assert checked.returncode == 0, checked.stderr
    assert "No planned migration operations." in planned.stdout


@pytest.mark.proof
def test_tables_that_triggers_read_can_be_rebuilt_and_have_their_triggers_again(
    own_database: str, tmp_path: Path
) -> None:
    variables = {"DATA_DIR": str(tmp_path), "DEMONSTRATION": "1", "DATABASE_URL": own_database}
    manage("migrate", variables=variables)

    # Both ways the tables of volumes are rebuilt on SQLite.
    for to in ("0014", "0015"):
        moved = manage("migrate", "authorisation", to, variables=variables)
        assert moved.returncode == 0, moved.stderr
    migrated = manage("migrate", variables=variables)
    checked = manage("check", "--database", "default", "--fail-level", "WARNING", variables=variables)

    assert migrated.returncode == 0, migrated.stderr
    assert checked.returncode == 0, checked.stderr


def test_it_is_of_the_kind_the_suite_runs_on(own_database: str) -> None:
    assert own_database.startswith(connection.vendor)
