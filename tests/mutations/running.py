"""The run, inside pytest: what each test reaches, then the nearest tests of each check without the check."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import cast

import pytest
from _pytest.runner import call_and_report

from tests.mutations.finding import load, module_of, mutations, paths
from tests.mutations.making import Mutation, watched
from tests.mutations.report import Report, digest

# Tests of a world that takes seconds to make: tried one after another, so that it is made once. The small
# world comes before the large one, which opens every address as everybody.
_WORLDS = ("tests/desk/who/", "tests/desk/access/")
# What decides who may take a step is held against tables without a database.
_OF_STEPS = ("tests/authorisation/test_lifecycle_matrix.py", "tests/workflow/test_door.py")


@dataclass
class Known:
    """What is known of a test.

    calls   the functions that it calls, as `module:function`
    found   the places of which it found a check missing
    """

    item: pytest.Item
    calls: frozenset[str] = frozenset()
    seconds: float = 0.0
    found: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """As pytest calls it."""
        return self.item.nodeid


class Run:
    """The plugin. What it came to stands in the report.

    seconds   for how long the tests of one check are tried, in each of the rounds
    """

    def __init__(self, *, only: list[str], report: Report, seconds: float) -> None:
        self.only, self.report, self.seconds = only, report, seconds
        self.known: list[Known] = []
        self.broken: set[str] = set()
        self._calls: set[str] = set()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of running the tests one after another."""
        load()
        tests = digest(*sorted({item.path for item in session.items}))
        left = [
            one
            for one in mutations()
            if (not self.only or any(word in one.name for word in self.only))
            and not self.report.found(one)
            and not self.report.survived_these(one, tests)
        ]
        # Which tests reach an address or a step, they say themselves: those need not be watched before.
        if any(_kind(one) == "code" for one in left):
            self._watch(session)
        else:
            self.known = [Known(item=item) for item in session.items]
        self._try(session, left, tests)
        session._setupstate.teardown_exact(None)
        return True

    def _watch(self, session: pytest.Session) -> None:
        """Runs every test once as it is, and writes down what it reaches; not those known from before."""
        undo = [watched(module_of(path), self._calls.add) for path in paths()]
        watching = "\n".join(paths())
        keys = {
            item.path: hashlib.sha256(f"{digest(item.path)} {watching}".encode()).hexdigest()[:16]
            for item in session.items
        }
        unknown = [item for item in session.items if not self.report.test(item.nodeid, keys[item.path])]
        for item, following in zip_longest(unknown, unknown[1:]):
            self._calls.clear()
            began = time.perf_counter()
            passes = _passes(item, following)
            self.report.add_test(
                item.nodeid,
                keys[item.path],
                passes=passes,
                calls=self._calls,
                seconds=time.perf_counter() - began,
            )
        for each in undo:
            each()
        for item in session.items:
            if told := self.report.test(item.nodeid, keys[item.path]):
                self.known.append(Known(item=item, calls=frozenset(told["calls"]), seconds=told["seconds"]))

    def _try(self, session: pytest.Session, left: list[Mutation], tests: str) -> None:
        """First what found a check the last time; then, in rounds, what is nearest, the worlds, and the rest.

        A check that a round finds is not tried in the next.
        """
        reaching = {one.name: list(self._reaching(one)) for one in left}
        tried = dict.fromkeys(reaching, 0)

        def try_with(mutation: Mutation, chosen: list[Known]) -> None:
            killer, count = self._killer(session, mutation, chosen)
            tried[mutation.name] += count
            if killer:
                self.report.add_found(mutation, killer)
                left.remove(mutation)
            told = f"found by {killer}" if killer else f"not found by {count} tests"
            session.config.pluginmanager.getplugin("terminalreporter").write_line(f"{mutation.name}: {told}")

        # In the order of these tests, so that what they share is made once.
        for mutation in sorted(left, key=self.report.killer_before):
            before = self.report.killer_before(mutation)
            if nearest := [one for one in reaching[mutation.name] if one.name == before]:
                try_with(mutation, nearest)
        for number in range(_ROUNDS):
            for mutation in list(left):
                if round_ := [one for one in reaching[mutation.name] if _round(one, mutation) == number]:
                    try_with(mutation, round_)
        for mutation in left:
            of = len(reaching[mutation.name])
            self.report.add_survived(mutation, tests=tests, tried=tried[mutation.name], reaching=of)

    def _killer(self, session: pytest.Session, mutation: Mutation, tests: list[Known]) -> tuple[str, int]:
        """The test that fails without the check (empty where none does), and how many were tried."""
        order = _in_turns(tests, mutation.place)
        until = time.process_time() + self.seconds  # whatever else the machine does
        for count, one in enumerate(order, start=1):
            if time.process_time() > until:
                return "", count - 1
            if self._finds(session, mutation, one):
                one.found.add(mutation.place)
                return one.name, count
        return "", len(order)

    def _finds(self, session: pytest.Session, mutation: Mutation, one: Known) -> bool:
        """Whether the test fails without the check, and passes as the program is.

        That it passes is seen directly afterwards, so that nothing else counts: not that it was broken
        before, nor that another test, which ran without a check, left something behind. In that case all
        that tests share is made anew, and the check is tried once more.
        """
        if one.name in self.broken:
            return False
        for _attempt in range(2):
            self._set_up(session, one)
            with mutation.applied():
                passed = _passes(one.item, _sibling(one.item))
            if passed:
                return False
            if _passes(one.item, _sibling(one.item)):
                return True
            session._setupstate.teardown_exact(None)
        if not _passes(one.item, _sibling(one.item)):
            self.broken.add(one.name)
        return False

    def _set_up(self, session: pytest.Session, one: Known) -> None:
        """What the test shares with others is made while every check is in its place."""
        session._setupstate.teardown_exact(one.item)
        fixtures = cast(pytest.Function, one.item)._fixtureinfo.name2fixturedefs.values()
        shared = [defined[-1] for defined in fixtures if defined[-1].scope != "function"]
        if any(fixture.cached_result is None for fixture in shared):
            _passes(one.item, _sibling(one.item))

    def _reaching(self, mutation: Mutation) -> Iterator[Known]:
        kind, _colon, name = mutation.place.partition(":")
        for one in self.known:
            row = getattr(getattr(one.item, "callspec", None), "params", {}).get("row")
            if kind == "address":
                reaches = getattr(row, "name", None) == name
            elif kind == "step":
                reaches = one.name.startswith(_OF_STEPS)
            else:
                reaches = mutation.place in one.calls
            if reaches:
                yield one


def _kind(mutation: Mutation) -> str:
    kind = mutation.place.partition(":")[0]
    return kind if kind in ("address", "step") else "code"


_ROUNDS = 4
_QUICK = 0.5


def _round(one: Known, mutation: Mutation) -> int:
    for number, world in enumerate(_WORLDS, start=1):
        if one.name.startswith(world):
            return number
    package = mutation.place.partition(".")[0]
    # Most tests of pages reach most of what pages ask: of these the worlds are nearer than what takes long.
    is_near = one.name.startswith(f"tests/{package}/") and (package != "desk" or one.seconds < _QUICK)
    return 0 if is_near else _ROUNDS - 1


def _in_turns(tests: list[Known], place: str) -> list[Known]:
    """What found another check of the same function first; then the quickest of each file, the next of each.

    The files take turns, so that the one file which is about the check is not the last to be tried.
    """
    ranks: Counter[str] = Counter()
    ranked = []
    for one in sorted(tests, key=lambda one: one.seconds):
        file = one.name.partition("::")[0]
        ranked.append((place not in one.found, ranks[file], one.seconds, one))
        ranks[file] += 1
    return [one for *_key, one in sorted(ranked, key=lambda row: row[:3])]


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
    """Fast tests that reach the checks; what is nearest to a check stands among them."""
    return [
        "tests/accounts",
        "tests/authorisation/test_announcements.py",
        "tests/authorisation/test_applicants.py",
        "tests/authorisation/test_ceilings.py",
        "tests/authorisation/test_lifecycle_matrix.py",
        "tests/authorisation/test_loading_procedures.py",
        "tests/authorisation/test_opening_acts.py",
        "tests/authorisation/test_who_applies.py",
        "tests/authorisation/test_who_is_who.py",
        "tests/desk/access/test_matrix.py",
        "tests/desk/api/test_acts.py",
        "tests/desk/api/test_tokens.py",
        "tests/desk/test_administration.py",
        "tests/desk/test_from_day_to_day.py",
        "tests/desk/test_notices.py",
        "tests/desk/test_pages.py",
        "tests/desk/test_people_pages.py",
        "tests/desk/test_recording_pages.py",
        "tests/desk/test_signing_in.py",
        "tests/desk/test_told_to_applicants.py",
        "tests/desk/test_volume_pages.py",
        "tests/desk/webhooks/test_sending.py",
        "tests/desk/who",
        "tests/desk/work/test_inbox.py",
        "tests/letters/test_services.py",
        "tests/letters/test_who_signs.py",
        "tests/projects/test_entitlements.py",
        "tests/projects/test_who_records.py",
        "tests/workflow/test_door.py",
        "tests/workflow/test_proof.py",
    ]


def run(*, only: list[str], chosen: list[str], report: Report, seconds: float) -> int:
    """pytest's exit status; what was found is in the report."""
    arguments = ["-q", "-p", "no:cacheprovider", "-m", "not browser and not proof", *(chosen or tests())]
    return int(pytest.main(arguments, plugins=[Run(only=only, report=report, seconds=seconds)]))
