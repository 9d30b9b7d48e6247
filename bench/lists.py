"""The list of 1,000 activities over HTTP, ten a page, ten connections: the API against a bare Django view.

Each side is a server process of its own (gunicorn, as it is run, with `WORKERS` workers), on the same
database. Calls are counted in Redis where one answers, as an installation in use counts them, else in the
database, where every count is a commit; the report says which. They are asked in turns, in short slices,
so that a machine which is busy with something else is busy for both; the medians of their rates are
compared.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from statistics import median
from time import perf_counter, sleep

from redis import Redis
from redis.exceptions import RedisError

from accounts.models import Scope
from accounts.services import issue_token, open_service_account
from bench.journey import EXAMPLE, Journey
from desk.case_file import read_case_file
from desk.cast import cast_for
from projects.models import Activity
from workflow.clock import RealClock

ACTIVITIES = 1_000
CONNECTIONS = 10
WORKERS = 2
SLICE = 2.0
SLICES = 9


def measure() -> list[str]:
    """The report, as lines. Needs a migrated database, which it fills."""
    secret = _filled()
    counted = _counting()
    headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
    address = "/api/v1/activities?page_size=10"
    with (
        _served("config.wsgi", address, headers, counted) as ours,
        _served("bench.bare_wsgi", "/activities", {}, counted) as bare,
    ):
        rates = [
            (_rate(ours, address, headers), _rate(bare, "/activities", {})) for _slice in range(SLICES + 1)
        ][1:]
    mine, theirs = median(pair[0] for pair in rates), median(pair[1] for pair in rates)
    where = "Redis" if counted else "the database"
    return [
        f"List of {ACTIVITIES:,} activities, ten a page, {CONNECTIONS} connections: {mine:.0f} a second",
        f"  against a bare Django view of the same rows: {theirs:.0f} a second, ratio {mine / theirs:.2f}",
        f"  calls counted in {where}",
    ]


def _counting() -> dict[str, str]:
    """The variables under which calls are counted in Redis; none where no Redis answers."""
    address = os.environ.get("BENCH_REDIS", "redis://127.0.0.1:6379/9")
    try:
        Redis.from_url(address, socket_connect_timeout=1).ping()
    except RedisError:
        return {}
    return {"CACHE_URL": address}


def _filled() -> str:
    """As many activities as are listed, each by an application of one organisation; its token's secret."""
    file = read_case_file(EXAMPLE)
    if file.party is None or file.applicant is None:
        raise SystemExit(f"{EXAMPLE} names no Party or no applicant.")
    people = cast_for(file.party, file.applicant, at=datetime(2024, 1, 1, tzinfo=UTC))
    for number in range(ACTIVITIES):
        applying = Journey(file, people, 10_000 + number)
        applying.open()
        # What is applied for is registered with the application.
        applying.submit()
    listed = Activity.objects.filter(cases__applicant=people.organisation).distinct().count()
    if listed < ACTIVITIES:
        raise SystemExit(f"Only {listed} activities are there: the figures would mean nothing.")
    at, by = RealClock().now(), people.applying().user
    account = open_service_account(people.organisation, name="Measuring", by=by, at=at)
    _token, secret = issue_token(account, scopes=(Scope.READ,), lasts=timedelta(days=1), by=by, at=at)
    return secret


@contextmanager
def _served(
    application: str, address: str, headers: dict[str, str], counted: dict[str, str]
) -> Iterator[int]:
    """The port of a server process, as soon as it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--log-level", "error"]
    # How often one caller may call is not what is measured; that it is counted is.
    # None is refused, and no more calls of the one caller are remembered than in use.
    variables = {**os.environ, **counted, "API_RATE": "100000/second"}
    server = subprocess.Popen(command, env=variables)
    try:
        for _try in range(300):
            if server.poll() is None and _answers(port, address, headers):
                break
            sleep(0.2)
        else:
            raise SystemExit(f"{application} does not answer: the figures would mean nothing.")
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _answers(port: int, address: str, headers: dict[str, str]) -> bool:
    try:
        return _asked(port, address, headers) == 200
    except (OSError, HTTPException):
        return False


def _asked(port: int, address: str, headers: dict[str, str]) -> int:
    link = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request("GET", address, headers=headers)
        answer = link.getresponse()
        answer.read()
        return answer.status
    finally:
        link.close()


def _rate(port: int, address: str, headers: dict[str, str]) -> float:
    """Requests a second over all connections. Anything but an answer ends the measurement."""
    began = perf_counter()

    def asking(_connection: int) -> int:
        done = 0
        while perf_counter() - began < SLICE:
            status = _asked(port, address, headers)
            if status != 200:
                raise SystemExit(f"{address} was answered with {status}: the figures would mean nothing.")
            done += 1
        return done

    with ThreadPoolExecutor(CONNECTIONS) as connections:
        done = sum(connections.map(asking, range(CONNECTIONS)))
    return done / (perf_counter() - began)
