"""`migrate` runs as the owner of the tables, where there is one."""

import sqlite3
from pathlib import Path

from tests.processes import manage


def _tables(file: Path) -> set[str]:
    with sqlite3.connect(file) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _migrate(data: Path, **variables: str) -> None:
    # One package is enough to see where they go.
    given = {"DATA_DIR": str(data), "DEMONSTRATION": "1", **variables}
    done = manage("migrate", "audit", variables=given)
    assert done.returncode == 0, done.stderr


def test_the_owners_address_is_used_for_migrations_and_for_nothing_else(tmp_path: Path) -> None:
    owner, application = tmp_path / "owner.sqlite3", tmp_path / "desk.sqlite3"
    variables = {"MIGRATION_DATABASE_URL": f"sqlite:///{owner}"}

    _migrate(tmp_path, **variables)

    assert {"audit_event", "django_migrations"} <= _tables(owner)
    assert not application.exists() or not _tables(application)
    shown = manage(
        "showmigrations", "audit", variables={"DATA_DIR": str(tmp_path), "DEMONSTRATION": "1", **variables}
    )
    assert "[X]" not in shown.stdout


def test_without_an_owner_the_applications_own_address_is_used(tmp_path: Path) -> None:
    _migrate(tmp_path)

    assert {"audit_event", "django_migrations"} <= _tables(tmp_path / "desk.sqlite3")
