"""What every test may ask for: a database that empties itself, databases of its own, a broker."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
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

from authorisation.procedures import held
from tests import migrated, procedure_of_tests
from tests.flush import keep_reference_data
from tests.processes import share_fonts

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
    share_fonts(settings.DATA_DIR)
    config.addinivalue_line("markers", "proof: takes long, so it is run only with --proof")
    # From the first fixture on, those of modules included.
    procedure_of_tests.enter()
    config.addinivalue_line("markers", "national: opens cases under the procedures of the Parties")
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
    if config.getoption("--proof"):
        return
    # Whoever names tests wants them.
    everything = not config.getoption("file_or_dir")
    for item in items:
        if config.getoption("--touching-database") and not _depends_on_its_database(item):
            item.add_marker(pytest.mark.skip(reason="`make proof` runs them on both databases"))
        elif everything and _is_long(item):
            item.add_marker(pytest.mark.skip(reason="long: `make proof` runs them"))


# What depends on what a database itself answers: its locks, constraints, triggers and order. What else
# touches one goes through the same use-cases; `make proof` runs all of it on both.
_OF_A_DATABASE = (
    "tests/audit/",
    "tests/test_",
    "tests/workflow/",
    "tests/authorisation/test_acts_at_once.py",
    "tests/authorisation/test_applications.py",
    "tests/authorisation/test_cases_at_once.py",
    "tests/authorisation/test_ceilings.py",
    "tests/authorisation/test_defences.py",
    "tests/authorisation/test_documents_at_once.py",
    "tests/authorisation/test_obligations_at_once.py",
    "tests/authorisation/test_volumes.py",
    "tests/authorisation/test_votes_at_once.py",
    "tests/desk/api/test_conventions.py",
    "tests/desk/test_ended_while_acting.py",
)


# What walks whole cases, drives a browser or draws every kind of letter, beside nearer tests of the same;
# of the matrix what goes through every address once more; and all migrations in a process of its own.
_LONG = (
    "tests/browser/test_accessibility.py",
    "tests/browser/test_after_the_letter.py",
    "tests/browser/test_applying.py",
    "tests/browser/test_keyboard.py",
    "tests/browser/test_kinds_of_case.py",
    "tests/browser/test_second_factor.py",
    "tests/browser/test_volumes_and_recording.py",
    "tests/authorisation/test_volumes_against_a_model.py",
    "tests/desk/access/test_taken_out.py",
    "tests/desk/access/test_two_doors.py::test_both_doors_say_the_same_to_everybody",
    "tests/desk/bringing_in/",
    "tests/desk/access/test_matrix.py::test_an_act_is_the_one_that_its_button_names_and_is_done_once",
    "tests/desk/access/test_matrix.py::test_an_address_that_takes_no_act_changes_nothing_when_one_is_sent",
    "tests/desk/access/test_matrix.py::test_no_page_tells_of_cases_to_whom_they_do_not_concern",
    "tests/desk/access/test_matrix.py::test_nobody_acts_in_an_office_that_they_do_not_hold",
    "tests/desk/api/test_acts.py",
    "tests/desk/test_acts_about_authorisations.py",
    "tests/desk/test_acts_walked.py",
    "tests/desk/test_aftercare_pages.py",
    "tests/desk/test_demonstration.py",
    "tests/desk/test_oversight_pages.py",
    "tests/desk/test_pages.py",
    "tests/desk/test_parts_on_pages.py",
    "tests/desk/test_procedures_walked.py",
    "tests/desk/test_recording_pages.py",
    "tests/desk/test_states_on_pages.py",
    "tests/desk/test_volume_pages.py",
    "tests/desk/test_walkthrough.py",
    "tests/desk/webhooks/test_sending.py",
    "tests/desk/who/test_doors.py",
    "tests/desk/work/test_journey_of_the_authority.py",
    "tests/journey/test_kinds_of_case.py",
    "tests/letters/test_bilingual.py",
    "tests/letters/test_ceremony.py",
    "tests/letters/test_format.py",
    "tests/letters/test_houses.py",
    "tests/letters/test_languages.py",
    "tests/letters/test_levels.py",
    "tests/letters/test_rendering.py",
    "tests/letters/test_tokens.py",
    "tests/test_own_database.py::test_a_new_database_is_migrated_and_has_every_trigger",
)


def _is_long(item: pytest.Item) -> bool:
    return item.nodeid.startswith(_LONG)


def _depends_on_its_database(item: pytest.Item) -> bool:
    return item.nodeid.startswith(_OF_A_DATABASE)


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & _DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """SQLite's is a copy of the migrated one, and goes with the data directory (see `migrated`)."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def the_migrated_database(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[ExitStack]:
    """Open while Django makes the test database."""
    with ExitStack() as making, django_db_blocker.unblock():
        making.enter_context(migrated.copied())
        yield making


@pytest.fixture(scope="session")
def django_db_modify_db_settings(the_migrated_database: ExitStack) -> None:
    """Before Django makes the test database."""


@pytest.fixture(scope="session")
def django_db_setup(
    the_migrated_database: ExitStack, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """The migrated test database, whose emptying after a test that commits is as tests/flush.py says."""
    with django_db_blocker.unblock():
        the_migrated_database.close()
        keep_reference_data(connection)


@pytest.fixture(autouse=True)
def under_the_procedures_of_the_parties(request: pytest.FixtureRequest) -> Iterator[None]:
    """Opens cases under one plain procedure, whatever Party a test names; not where it is `national`.

    What a Party asks for besides is the subject of other tests than those of, say, signing. Versions that a
    test loads hold in any case.
    """
    held.forget()
    if request.node.get_closest_marker("national") is None:
        yield
        return
    procedure_of_tests.leave()
    yield
    procedure_of_tests.enter()


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
