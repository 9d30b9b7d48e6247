"""Processes that work on this test's own database and files, and may be killed at any point."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from tests.processes import CHECKOUT, environment

T = TypeVar("T")

_DJANGO = (
    "import os, signal, django; django.setup()\n"
    "from tests import procedure_of_tests; procedure_of_tests.enter()\n"
)


def database_url() -> str:
    """The address of the database that this test is using."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def variables(**more: str) -> dict[str, str]:
    """The settings with which a process shares this test's database, files and keys."""
    return environment(
        DATABASE_URL=database_url(),
        DATA_DIR=str(settings.DATA_DIR),
        DEMONSTRATION="1",
        SECRET_KEY=settings.SECRET_KEY,
        SIGNING_PASSPHRASE=settings.SIGNING_PASSPHRASE,
        PYTHONPATH=str(CHECKOUT),
        **more,
    )


def run(script: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a script, Django set up, and waits for its end, which may be a violent one."""
    return subprocess.run(
        [sys.executable, "-c", _DJANGO + script],
        cwd=CHECKOUT,
        env=variables(**more),
        capture_output=True,
        text=True,
        timeout=120,
    )


@contextmanager
def running(*command: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program beside the test, and ends it with the block."""
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=variables(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def at_once(*calls: Callable[[], T]) -> list[T | Exception]:
    """Calls all in threads of their own that start together; each result, or what was raised."""
    start = Barrier(len(calls))

    def call(one: Callable[[], T]) -> T | Exception:
        try:
            start.wait(30)
            return one()
        except Exception as raised:  # noqa: BLE001 - the test says which it expected
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        running: list[Any] = [threads.submit(call, one) for one in calls]
        return [one.result(120) for one in running]
