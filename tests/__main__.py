"""The whole suite, on both kinds of database: `python -m tests [arguments of pytest]`.

First everything on SQLite, then on PostgreSQL every test that touches a database. Ends by saying what
ran where, and what was left out and why. The exit status is 0 only when both runs passed.
"""

import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests import postgresql

# One more than there are processors: a third of the time tests wait for disks, browsers and processes.
WORKERS = str((os.cpu_count() or 1) + 1)

PROOF = Path(__file__).resolve().parent.parent / "docs" / "proof.md"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of pytest came to."""

    where: str
    status: int
    passed: int
    failed: int
    left_out: Counter[str]
    said: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.where}: {self.passed} passed, {self.failed} failed, {self.left_out.total()} skipped"


def main(arguments: list[str]) -> int:
    """Runs pytest twice, and prints the account of both; with `--proof` also into docs/proof.md."""
    runs = [_run("SQLite", "", arguments)]
    with postgresql.server() as server:
        name = f"desk_{os.getpid()}"
        print(f"\nNow on {server.description}: the tests that touch a database.", flush=True)
        try:
            runs.append(_run("PostgreSQL", server.database(name), ["--touching-database", *arguments]))
        finally:
            postgresql.drop_databases(server, f"test_{name}")
        account = [f"SQLite {sqlite3.sqlite_version}, then {server.description}.", *_left_out(runs)]
    # With arguments a run may have nothing to do; the whole suite may not.
    harmless = {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} if arguments else {pytest.ExitCode.OK}
    broken = [run for run in runs if run.status not in harmless]
    account += [f"On {run.where} pytest ended with exit status {run.status}." for run in broken]
    account += map(str, runs)
    account += [sentence for run in runs for sentence in run.said]
    print("", *account, sep="\n")
    if "--proof" in arguments:
        _write_down(f"`python -m tests {' '.join(arguments)}`", account)
    return 1 if broken else 0


def _write_down(command: str, account: list[str]) -> None:
    """Into the page of the proofs, in place of what the same command came to before; others stay."""
    earlier = PROOF.read_text("utf-8").split("\n## ")[1:] if PROOF.exists() else []
    kept = [section.strip() for section in earlier if not section.startswith(f"{command}\n")]
    when = f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}"
    said = "\n".join([command, "", *(f"- {line}" for line in [when, *account])])
    PROOF.write_text("\n\n## ".join(["# The long proofs", *kept, said]) + "\n", "utf-8")


def _left_out(runs: list[Run]) -> list[str]:
    """A sentence for each reason for which tests were skipped."""
    return [
        f"Left out on {run.where}, {count} of them: {reason}"
        for run in runs
        for reason, count in sorted(run.left_out.items())
    ]


def _run(where: str, database_url: str, arguments: list[str]) -> Run:
    """One run of pytest in a process of its own, its output passed through."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            WORKERS,
            "--dist",
            # A file to a worker: what its tests share is made once.
            "loadscope",
            f"--junitxml={report}",
            *arguments,
        ]
        status = subprocess.run(command, env=environment).returncode
        if not report.exists():
            return Run(where=where, status=status, passed=0, failed=0, left_out=Counter())
        tests = list(ET.parse(report).iter("testcase"))
    skipped = Counter(str(reason.get("message")) for test in tests for reason in test.iter("skipped"))
    failed = sum(1 for test in tests if test.find("failure") is not None or test.find("error") is not None)
    return Run(
        where=where,
        status=status,
        passed=len(tests) - failed - skipped.total(),
        failed=failed,
        left_out=skipped,
        said=_said(tests),
    )


def _said(tests: list[ET.Element]) -> tuple[str, ...]:
    """What long proofs have to say of themselves (`record_property("proof", sentence)`)."""
    found = (each for test in tests for each in test.iter("property") if each.get("name") == "proof")
    return tuple(str(each.get("value")) for each in found if each.get("value"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
