"""Runs the mutations in one process, says which survived, and writes what the whole came to on a page."""

import argparse
import os
import sys
from pathlib import Path

import django

_CHECKOUT = Path(__file__).resolve().parent.parent.parent
_KEPT = _CHECKOUT / "var" / "mutations.jsonl"
_PAGE = _CHECKOUT / "docs" / "mutations.md"


def main(arguments: list[str]) -> int:
    """The exit status: 1 where a check survives or was not run, or where the tests could not be run."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--only", nargs="+", default=[], help="those whose name contains one of these")
    parser.add_argument("--list", action="store_true", help="print their names")
    parser.add_argument("--tests", nargs="+", default=[], help="the tests to try, instead of all fast ones")
    parser.add_argument("--report", type=Path, default=_KEPT, help="the file in which results are kept")
    parser.add_argument(
        "--seconds", type=float, default=60, help="for how long one check is tried in a round"
    )
    parser.add_argument("--say", action="store_true", help="run nothing: say what is kept")
    parser.add_argument("--write", action="store_true", help="write what is kept into docs/mutations.md")
    given = parser.parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.pop("DATABASE_URL", None)
    django.setup()
    # Models want Django set up.
    from tests.mutations.account import account_of, page  # noqa: PLC0415
    from tests.mutations.finding import load, mutations  # noqa: PLC0415
    from tests.mutations.report import Report  # noqa: PLC0415
    from tests.mutations.running import run  # noqa: PLC0415

    load()
    if given.list:
        names = [one.name for one in mutations()]
        print(*(name for name in names if _asked_for(name, given.only)), sep="\n")
        return 0
    report, status = Report(given.report), 0
    if not given.say:
        status = run(only=given.only, chosen=given.tests, report=report, seconds=given.seconds)
    account = account_of(report)
    if given.write:
        _PAGE.write_text(page(account), encoding="utf-8")
    for name, tried in account.survived.items():
        print(f"Survived: {name} ({tried})")
    print(account)
    return 1 if status or account.survived or account.not_run else 0


def _asked_for(name: str, only: list[str]) -> bool:
    return not only or any(word in name for word in only)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
