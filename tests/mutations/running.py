"""The run, inside pytest: every test as the program is, then those that reach a check, without the check."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from _pytest.runner import call_and_report

from tests.mutations.finding import load, module_of, mutations, paths
from tests.mutations.making import Mutation, watched

# A test that takes longer, in seconds, is tried after the others.
_QUICK = 0.5
# What decides who may take a step is held against tables without a database.
_OF_STEPS = ("tests/authorisation/test_lifecycle_matrix.py", "tests/workflow/test_door.py")


@dataclass
class Known:
    """What is known of a test.

    passes  it does as the program is; not tried yet, where it was not watched
    calls   the functions that it calls, as `module:function`
    found   the places of which it found a check missing
    """

    item: pytest.Item
    passes: bool = False
    calls: set[str] = field(default_factory=set)
    seconds: float = 0.0
    found: set[str] = field(default_factory=set)


class Run:
    """The plugin. What it came to stands in `survived` and `found`."""

    def __init__(self, *, only: str, share: tuple[int, int], report: Path) -> None:
        self.only, self.share, self.report = only, share, report
        self.known: list[Known] = []
        self.broken: list[str] = []
        self._calls: set[str] = set()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests one after another."""
        load()
        chosen = self._chosen()
        # Which tests reach an address or a step, they say themselves: those need not be watched before.
        if any(":" in one.place and not one.place.startswith("address:") for one in chosen):
            self._watch(session)
        else:
            self.known = [Known(item=item) for item in session.items]
        with self.report.open("w", encoding="utf-8") as out:
            for mutation in chosen:
                killer = self._killer(session, mutation)
                out.write(f"{'found' if killer else 'survived'}\t{mutation.name}\t{killer}\n")
                out.flush()
            out.writelines(f"broken\t{name}\n" for name in self.broken)
        session._setupstate.teardown_exact(None)
        return True

    def _chosen(self) -> list[Mutation]:
        """The part of this process: those of code stand together, so that few have to watch all tests."""
        found = [one for one in mutations() if self.only in one.name]
        found.sort(key=lambda one: one.place.partition(":")[0] in ("address", "step"))
        place, of = self.share
        return found[len(found) * place // of : len(found) * (place + 1) // of]

    def _watch(self, session: pytest.Session) -> None:
        """Runs every test once as it is, and writes down what it reaches."""
        undo = [watched(module_of(path), self._calls.add) for path in paths()]
        items = session.items
        for item, following in zip(items, [*items[1:], None], strict=True):
            self._calls.clear()
            began = time.perf_counter()
            passed = _passes(item, following)
            if passed:
                seconds = time.perf_counter() - began
                self.known.append(Known(item=item, passes=True, calls=set(self._calls), seconds=seconds))
            else:
                self.broken.append(item.nodeid)
        for each in undo:
            each()

    def _killer(self, session: pytest.Session, mutation: Mutation) -> str:
        """The test that fails without the check; empty where none does."""
        # What found another check of the same function is likely to find this one. Else the quick ones come
        # first, and of the others those of one module together, which share what they are set up with.
        order = sorted(
            self._reaching(mutation),
            key=lambda one: (
                mutation.place not in one.found,
                one.seconds > _QUICK,
                one.item.nodeid.partition("::")[0] if one.seconds > _QUICK else "",
                one.seconds,
            ),
        )
        for one in order:
            session._setupstate.teardown_exact(one.item)
            if not self._counts(one):
                continue
            with mutation.applied():
                passed = _passes(one.item, _sibling(one.item))
            if not passed:
                one.found.add(mutation.place)
                return one.item.nodeid
        return ""

    def _counts(self, one: Known) -> bool:
        """Whether the test passes as the program is: else its failure says nothing, and it is left aside."""
        if not one.passes:
            one.passes = _passes(one.item, _sibling(one.item))
        if not one.passes:
            self.broken.append(one.item.nodeid)
            self.known.remove(one)
        return one.passes

    def _reaching(self, mutation: Mutation) -> Iterator[Known]:
        kind, _colon, name = mutation.place.partition(":")
        for one in self.known:
            row = getattr(getattr(one.item, "callspec", None), "params", {}).get("row")
            if kind == "address":
                reaches = getattr(row, "name", None) == name
            elif kind == "step":
                reaches = one.item.nodeid.startswith(_OF_STEPS)
            else:
                reaches = mutation.place in one.calls
            if reaches:
                yield one


class _Sibling(pytest.Item):
    """Stands for the next test of the same module: what modules share is kept."""

    def runtest(self) -> None:
        raise NotImplementedError


def _sibling(item: pytest.Item) -> pytest.Item:
    sibling: pytest.Item = _Sibling.from_parent(cast(pytest.Collector, item.parent), name="next")
    return sibling


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Whether a test passes, with what it sets up and takes down."""
    if hasattr(item, "_initrequest"):
        item._initrequest()
    reports = [call_and_report(item, "setup", log=False)]
    if reports[0].passed:
        reports.append(call_and_report(item, "call", log=False))
    reports.append(call_and_report(item, "teardown", log=False, nextitem=following))
    if hasattr(item, "_request"):
        item._request = False
        item.funcargs = None  # type: ignore[attr-defined]
    return all(report.passed or report.skipped for report in reports)


def tests() -> list[str]:
    """The fast tests: those that need no browser and no long search."""
    return [
        "tests/desk/access/test_matrix.py",
        "tests/accounts",
        "tests/authorisation/test_lifecycle_matrix.py",
        "tests/authorisation/test_who_applies.py",
        "tests/authorisation/test_applicants.py",
        "tests/workflow/test_door.py",
        "tests/letters/test_services.py",
        "tests/desk/api/test_tokens.py",
        "tests/desk/test_people_pages.py",
        "tests/desk/test_pages.py",
        "tests/desk/work/test_inbox.py",
    ]


def run(*, only: str, chosen: list[str], share: tuple[int, int], report: Path) -> int:
    """pytest's exit status; what was found is in the report."""
    arguments = ["-q", "-p", "no:cacheprovider", "-m", "not browser and not proof", *(chosen or tests())]
    return int(pytest.main(arguments, plugins=[Run(only=only, share=share, report=report)]))
