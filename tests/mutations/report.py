"""What was found so far, kept in a file of lines, one JSON object each: the later of two says what holds."""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tests.mutations.making import Mutation


@cache
def digest(*files: Path) -> str:
    """Of what stands in them; a file that is there no more counts too."""
    found = hashlib.sha256()
    for file in files:
        content = file.read_bytes() if file.is_file() else b""
        found.update(f"{file.name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()[:16]


class Report:
    """Kept results. Each holds as long as the files do from which it was won."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._checks: dict[str, dict[str, Any]] = {}
        self._tests: dict[str, dict[str, Any]] = {}
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        for line in lines:
            self._take(json.loads(line))

    # -- checks ------------------------------------------------------------------------------------

    def found(self, mutation: Mutation) -> str:
        """The test that failed without the check, if neither of the two has changed; else empty."""
        held = self._checks.get(mutation.name, {})
        killer = str(held.get("killer", ""))
        holds = held.get("source") == digest(*mutation.sources) and held.get("tests") == digest(_file(killer))
        return killer if killer and holds else ""

    def killer_before(self, mutation: Mutation) -> str:
        """The test that found it when it was tried last, whatever has changed since; else empty."""
        return str(self._checks.get(mutation.name, {}).get("killer", ""))

    def survived(self, mutation: Mutation) -> str:
        """How much was tried, where nothing failed and the source has not changed since; else empty."""
        held = self._checks.get(mutation.name, {})
        if held.get("killer") == "" and held.get("source") == digest(*mutation.sources):
            return f"{held['tried']} of {held['reaching']} tests that reach it were tried"
        return ""

    def survived_these(self, mutation: Mutation, tests: str) -> bool:
        """Whether it survived tests of this digest: with others it is tried again."""
        return bool(self.survived(mutation)) and self._checks[mutation.name]["tests"] == tests

    def add_found(self, mutation: Mutation, killer: str) -> None:
        """Writes down that a test failed without the check."""
        self._add_check(mutation, killer=killer, tests=digest(_file(killer)))

    def add_survived(self, mutation: Mutation, *, tests: str, tried: int, reaching: int) -> None:
        """Writes down that none did, of those that were tried."""
        self._add_check(mutation, killer="", tests=tests, tried=tried, reaching=reaching)

    # -- tests -------------------------------------------------------------------------------------

    def test(self, name: str, key: str) -> dict[str, Any] | None:
        """What is known of a test that was watched as it is now (`key`)."""
        held = self._tests.get(name)
        return held if held is not None and held["key"] == key else None

    def add_test(self, name: str, key: str, *, passes: bool, calls: Iterable[str], seconds: float) -> None:
        """Writes down what a test reached."""
        told = {"passes": passes, "calls": sorted(calls), "seconds": round(seconds, 3)}
        self._add({"test": name, "key": key, **told})

    # -- the file ----------------------------------------------------------------------------------

    def _add_check(self, mutation: Mutation, **told: object) -> None:
        self._add({"check": mutation.name, "source": digest(*mutation.sources), **told})

    def _add(self, line: dict[str, Any]) -> None:
        self._take(line)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _take(self, line: dict[str, Any]) -> None:
        if "check" in line:
            self._checks[line["check"]] = line
        else:
            self._tests[line["test"]] = line


def _file(test: str) -> Path:
    """The file of a test, by pytest's name for it."""
    return Path(__file__).resolve().parent.parent.parent / test.partition("::")[0]
