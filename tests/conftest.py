"""What every test may ask for: a database that empties itself, databases of its own, a broker."""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.audit.lifted_triggers import lifted_triggers
from tests.flush import keep_reference_data

_DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "own_database"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--touching-database`: what is worth repeating on another database. `--proof`: the long ones too."""
    parser.addoption(
        "--touching-database", action="store_true", help="run only the tests that touch a database"
    )
    parser.addoption(
        "--proof", action="store_true", help="run the tests marked `proof` too, and every search at length"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the data directory, says what the marker means, and how long Hypothesis searches."""
    settings.STATIC_ROOT.mkdir(parents=True)
    config.addinivalue_line("markers", "proof: takes long, so it is run only with --proof")
    config.addinivalue_line("markers", "browser: drives Chromium, and is left out where there is none")
    hypothesis.settings.register_profile("test", deadline=None, derandomize=True)
    hypothesis.settings.register_profile("proof", deadline=None, max_examples=1000)
    hypothesis.settings.load_profile("proof" if config.getoption("--proof") else "test")


def pytest_unconfigure() -> None:
    """Removes the data directory; each process has one."""
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what takes long, or what touches no database, as was asked for."""
    chosen = [
        item
        for item in items
        if (config.getoption("--proof") or item.get_closest_marker("proof") is None)
        and (not config.getoption("--touching-database") or _touches_database(item))
    ]
    left_out = set(items) - set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = chosen


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & _DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The migrated test database, whose emptying after a test that commits is as tests/flush.py says."""
    with django_db_blocker.unblock():
        keep_reference_data(connection, lifted_triggers)


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the kind the suite runs on, for processes that a test starts."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'own.sqlite3'}"
        return
    here = urlsplit(os.environ["DATABASE_URL"])
    name = f"test_{settings.DATABASES['default']['NAME'].removeprefix('test_')}_{uuid4().hex[:12]}"
    with psycopg.connect(urlunsplit(here._replace(path="/postgres")), autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield urlunsplit(here._replace(path=f"/{name}"))
        maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def broker_url() -> str:
    """A Redis to send tasks through: `TEST_BROKER_URL`, or the one on this machine where it answers."""
    asked = os.environ.get("TEST_BROKER_URL", "")
    url = asked or "redis://127.0.0.1:6379/15"
    place = urlsplit(url)
    try:
        socket.create_connection((str(place.hostname), place.port or 6379), timeout=2).close()
    except OSError:
        if asked:
            pytest.fail("The broker that TEST_BROKER_URL names does not answer.")
        pytest.skip("no Redis answers at 127.0.0.1:6379, and TEST_BROKER_URL names none")
    return url
