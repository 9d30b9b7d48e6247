"""The migrated database, made once and copied by every process of the tests.

To run all migrations takes a process longer than most files of tests, and each worker has a database of
its own. So the first to come runs them, and the others (and the next run, where nothing has changed of
what migrations read) begin with a copy. `migrate` still runs over the copy, and finds nothing to do.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection
from psycopg import sql

_ROOT = Path(__file__).resolve().parent.parent
# Whatever a migration, or a handler of Django's that runs after it, reads of ours.
_READ_BY_MIGRATIONS = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/apps.py",
    "*/management/**/*.py",
    "accounts/**/*.py",
    "audit/**/*.py",
    "config/**/*.py",
    "workflow/**/*.py",
    "requirements/*.txt",
)


def fingerprint() -> str:
    """Changes when anything changes that migrations read."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _READ_BY_MIGRATIONS for path in _ROOT.glob(pattern)}):
        digest.update(f"{path.relative_to(_ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@contextmanager
def copied() -> Iterator[None]:
    """Sets the test database up inside: as a copy, or from nothing, whereupon it is kept for the others.

    To be entered before Django makes the test database; of one checkout, one process at a time.
    """
    folder = Path(tempfile.gettempdir(), f"desk-tests-migrated-{os.getuid()}")
    folder.mkdir(exist_ok=True)
    template = _SQLite(folder) if connection.vendor == "sqlite" else _PostgreSQL()
    # What reads other migrations, as in another checkout, does not wait.
    with (folder / f"{fingerprint()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_there = template.begin()
        yield
        if not is_there:
            template.keep()


# Of so many checkouts or branches, tested in turn, each keeps its own.
_KEPT = 12


class _SQLite:
    """A file, beside those of some other states of the code: the longest unused are removed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / f"{fingerprint()}.sqlite3"

    def begin(self) -> bool:
        """Copies the file where there is one; says whether there was."""
        try:
            shutil.copy(self._file, str(connection.settings_dict["TEST"]["NAME"]))
            os.utime(self._file)
        except FileNotFoundError:  # never made, or just removed by another checkout
            return False
        return True

    def keep(self) -> None:
        """Keeps a copy of the test database, whole or not at all."""
        there = sorted(self._folder.glob("*.sqlite3"), key=lambda file: file.stat().st_mtime)
        for older in there[:-_KEPT]:
            older.unlink(missing_ok=True)
        unfinished = self._file.with_suffix(".sqlite3-unfinished")
        unfinished.unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(unfinished)])
        unfinished.rename(self._file)


class _PostgreSQL:
    """A database that PostgreSQL itself copies."""

    def __init__(self) -> None:
        settings = connection.settings_dict
        name = settings["NAME"].removeprefix("test_")
        # The prefix by which tests.postgresql drops what a run has left.
        self._prefix = f"test_{name}_migrated_"
        self._name = f"{self._prefix}{fingerprint()}"
        self._settings = settings

    def begin(self) -> bool:
        """Lets Django copy the database where there is one; says whether there was."""
        with _maintenance() as maintenance:
            is_there = bool(
                maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self._name]).fetchall()
            )
        if is_there:
            self._settings["TEST"]["TEMPLATE"] = self._name
        return is_there

    def keep(self) -> None:
        """Keeps a copy of the test database; nobody may be connected to it meanwhile."""
        made: Any = sql.Identifier(connection.settings_dict["NAME"])
        connection.close()
        with _maintenance() as maintenance:
            older = maintenance.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self._prefix]
            ).fetchall()
            for (name,) in older:
                maintenance.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
            maintenance.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(self._name), made)
            )


@contextmanager
def _maintenance() -> Iterator[psycopg.Connection[Any]]:
    here = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(here._replace(path="/postgres")), autocommit=True) as maintenance:
        yield maintenance
