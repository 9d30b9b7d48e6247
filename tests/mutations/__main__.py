"""Runs the mutations, in as many processes as there are processors, and says which survived."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

# Checks that two places make, where the other one answers first: each with the reason why both stand.
TWICE: dict[str, str] = {
    "accounts/services/foundation.py invite_director: without “if sentences”": (
        "the record of an invitation refuses such an address too; here it is said before anything is locked"
    ),
    "accounts/services/vetting.py withdraw_vetting: without “principal=vetting.organisation”": (
        "it says whose locks are held, and with more of them nobody is refused or let in"
    ),
    **{
        f"address {name}: for anybody": "the view of the sign-in library asks for a sign-in too"
        for name in (
            "account_change_password",
            "account_reauthenticate",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "mfa_deactivate_totp",
            "mfa_list_webauthn",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
        )
    },
}


def main(arguments: list[str]) -> int:
    """The exit status: 1 where a mutation survives, or where a test fails as the program is."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--only", default="", help="those whose name contains this")
    parser.add_argument("--list", action="store_true", help="print their names")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tests", nargs="+", default=[], help="the tests to try, instead of all fast ones")
    parser.add_argument("--share", help=argparse.SUPPRESS)
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.pop("DATABASE_URL", None)
    if given.share:
        django.setup()
        from tests.mutations.running import run  # noqa: PLC0415 - models want Django set up

        place, of = map(int, given.share.split("/"))
        return run(only=given.only, chosen=given.tests, share=(place, of), report=given.report)
    if given.list:
        return _list(given.only)
    return _all(given.only, given.tests, given.processes)


def _list(only: str) -> int:
    django.setup()
    from tests.mutations.finding import load, mutations  # noqa: PLC0415 - the same

    load()
    print(*(one.name for one in mutations() if only in one.name), sep="\n")
    return 0


def _all(only: str, chosen: list[str], processes: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        reports = [Path(folder, str(place)) for place in range(processes)]
        started = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.mutations", "--only", only),
                    *("--share", f"{place}/{processes}", "--report", str(report)),
                    *(["--tests", *chosen] if chosen else []),
                ],
                stdout=subprocess.DEVNULL,
            )
            for place, report in enumerate(reports)
        ]
        ended = [each.wait() for each in started]
        if any(ended) or not all(report.exists() for report in reports):
            print(f"The tests could not be run: pytest ended with {ended}.")
            return 1
        lines = [line.split("\t") for report in reports for line in report.read_text("utf-8").splitlines()]
    return _say(lines)


def _say(lines: list[list[str]]) -> int:
    broken = sorted({line[1] for line in lines if line[0] == "broken"})
    survived = sorted(line[1] for line in lines if line[0] == "survived")
    found = sum(line[0] == "found" for line in lines)
    unexpected = [name for name in survived if name not in TWICE]
    for name in broken:
        print(f"Fails as the program is, so it was left aside: {name}")
    for name in survived:
        print(f"Survived: {name}" + (f" ({TWICE[name]})" if name in TWICE else ""))
    twice = len(survived) - len(unexpected)
    print(
        f"Permission checks taken out one at a time: {found + len(survived)}; "
        f"a test failed for {found}; {twice} are made twice, for a reason given; {len(unexpected)} survived."
    )
    return 1 if unexpected or broken or not found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
