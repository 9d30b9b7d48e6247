"""`manage.py demonstration`: what it loads, prints and serves, and how it ends."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from authorisation.models import Case
from desk import demonstration
from desk.case_file import CaseFile
from letters.models import Letter
from tests.processes import CHECKOUT, environment, manage, share_fonts

TWO_PARTIES = ("GHA-CHE-COMPOST", "VUT-CHE-RURAL-ELEC")


@pytest.fixture
def two_examples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[CaseFile]:
    """Two of the example cases, in a folder of their own: all of them take a while."""
    for name in TWO_PARTIES:
        example = demonstration.EXAMPLES / f"{name.lower()}.json"
        (tmp_path / example.name).write_bytes(example.read_bytes())
    monkeypatch.setattr(demonstration, "EXAMPLES", tmp_path)
    return demonstration.example_cases()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.django_db
def test_outside_a_demonstration_it_refuses_and_loads_nothing(settings: Settings) -> None:
    settings.DEMONSTRATION = False

    with pytest.raises(CommandError, match="set DEMONSTRATION=1"):
        call_command("demonstration", no_serve=True)
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_it_loads_what_is_missing_once_and_names_accounts_that_can_sign_in(
    two_examples: list[CaseFile],
) -> None:
    first, second = StringIO(), StringIO()
    call_command("demonstration", no_serve=True, stdout=first)
    letters = set(Letter.objects.values_list("number", flat=True))
    call_command("demonstration", no_serve=True, stdout=second)

    brought = Case.objects.exclude(source_id="").order_by("pk")
    assert [case.source_id for case in brought] == [file.id for file in two_examples]
    assert "1/2" in first.getvalue()
    assert "All 2 example cases are here." in second.getvalue()
    assert set(Letter.objects.values_list("number", flat=True)) == letters
    # A letter each, and the addendum that came after one of them.
    assert len(letters) == 3
    for name in TWO_PARTIES:
        assert (configured.DATA_DIR / "walkthrough" / name / "outcome.json").is_file()
    accounts = list(demonstration.accounts())
    assert {account.belongs_to for account in accounts} >= {
        "Minister, Designated National Authority, Ghana",
        "Applicant: UNDP Ghana",
    }
    for account in accounts:
        assert account.email in first.getvalue()
        signed_in = Client().post(
            "/sign-in/", {"login": account.email, "password": configured.DEMONSTRATION_PASSWORD}
        )
        assert signed_in.status_code == 302, account


def test_the_example_cases_come_oldest_first() -> None:
    days = [file.submitted_on for file in demonstration.example_cases()]

    assert len(days) > 10
    assert days == sorted(day for day in days if day is not None)


def test_a_port_that_is_taken_is_named_before_anything_is_loaded(tmp_path: Path, own_database: str) -> None:
    variables = {"DEMONSTRATION": "1", "DATA_DIR": str(tmp_path), "DATABASE_URL": own_database}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = manage("demonstration", variables=variables | {"PORT": port})

    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert "set PORT to another number" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "walkthrough").exists()


# The command as it is, with one example, in a process of its own.
_ONE_EXAMPLE = """
import os, sys, django
from pathlib import Path
django.setup()
from desk import demonstration
demonstration.EXAMPLES = Path(sys.argv[1])
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "demonstration"])
"""


@contextmanager
def _served(tmp_path: Path, database: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The demonstration with one example case, once it has printed that it serves."""
    examples, port = tmp_path / "examples", _free_port()
    examples.mkdir()
    example = demonstration.EXAMPLES / "gha-che-compost.json"
    (examples / example.name).write_bytes(example.read_bytes())
    variables = {
        "DEMONSTRATION": "1",
        "DATA_DIR": str(tmp_path / "var"),
        "DATABASE_URL": database,
        "PORT": str(port),
    }
    share_fonts(tmp_path / "var")
    assert manage("migrate", "--verbosity", "0", variables=variables).returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-c", _ONE_EXAMPLE, str(examples)],
        cwd=CHECKOUT,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(timeout=30)
        assert process.stdout is not None
        process.stdout.close()


def _read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    read = ""
    for line in process.stdout:
        read += line
        if words in line:
            return read
    raise AssertionError(f"It ended without {words!r}:\n{read}")


def _children(process: subprocess.Popen[str]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_it_serves_until_it_is_asked_to_stop_and_leaves_nothing_behind(
    tmp_path: Path, own_database: str
) -> None:
    with _served(tmp_path, own_database) as (process, port):
        told = _read_until(process, "Serving on")
        assert f"http://localhost:{port}" in told
        assert "desk-officer.gha@demonstration.example" in told
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        assert answer.status == 200
        assert b"Authorisation desk" in answer.read()
        connection.close()
        children = _children(process)
        assert len(children) == 2

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0

    assert [pid for pid in children if _is_running(pid)] == []


@pytest.mark.proof
def test_when_one_child_ends_by_itself_everything_ends_with_a_sentence(
    tmp_path: Path, own_database: str
) -> None:
    with _served(tmp_path, own_database) as (process, _port):
        _read_until(process, "Serving on")
        worker, server = _children(process)

        os.kill(worker, signal.SIGKILL)
        told = _read_until(process, "ended by itself")
        assert process.wait(timeout=30) == 1

    assert "The worker ended by itself" in told
    deadline = time.monotonic() + 10
    while _is_running(server) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _is_running(server)
