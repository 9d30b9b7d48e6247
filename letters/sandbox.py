"""Examines a file that somebody sent in a process of its own, which may take little and touch nothing.

Whatever is wrong with the file, it is that process that ends. It is the stand-alone verifier itself.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from django.core.cache import cache

from letters import offline
from letters.inspection import sentence
from letters.offline import Reason

# Seconds on the wall; the process itself may take less of the processor (letters/offline.py). A web server
# that is asked from outside must answer before its own patience ends, which is usually thirty.
_PATIENCE: Final = 20
_TAKEN: Final = "letters.sandbox.taken"


class Why(Enum):
    """Why a file was not examined to the end. Only the limits are the file's own fault."""

    BUSY = "another file is being examined"
    SLOW = "the time ran out"
    LIMITS = "it took more than a letter may"


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What the file says by itself. `attached` is its content.

    `unfinished` is why it was not examined to the end;
    faults show that it is not genuine; doubts, that it cannot be said.
    """

    unfinished: Why | None = None
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    attached: bytes | None = None

    @property
    def finished(self) -> bool:
        """Whether the process came to an end."""
        return self.unfinished is None


def examine_apart(
    pdf: bytes, *, roots: Iterable[Path], time_roots: Iterable[Path] = (), one_at_a_time: bool = False
) -> Examined:
    """Examines the bytes against the root certificates in these files.

    `one_at_a_time`: of what comes from outside, one file is examined at once for the whole installation, so
    that hostile ones cannot keep every process of the web server busy.
    """
    if not one_at_a_time:
        return _examine(pdf, roots, time_roots)
    if not cache.add(_TAKEN, value=True, timeout=2 * _PATIENCE):
        return Examined(unfinished=Why.BUSY)
    try:
        return _examine(pdf, roots, time_roots)
    finally:
        cache.delete(_TAKEN)


def _examine(pdf: bytes, roots: Iterable[Path], time_roots: Iterable[Path]) -> Examined:
    trusted = [part for path in roots for part in ("--trust", str(path))]
    trusted += [part for path in time_roots for part in ("--trust-time", str(path))]
    program = [sys.executable, "-I", str(offline.__file__), "-", "--json", "--limited", *trusted]
    try:
        # The arguments are paths of this installation; what somebody sent goes in as input alone.
        done = subprocess.run(  # noqa: S603
            program, input=pdf, capture_output=True, timeout=_PATIENCE, check=False, env={}
        )
        found: Mapping[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Examined(unfinished=Why.SLOW)
    except ValueError:
        return Examined(unfinished=Why.LIMITS)
    attached = found["attached"]
    return Examined(
        faults=tuple(_said(one) for one in found["faults"]),
        doubts=tuple(_said(one) for one in found["doubts"]),
        attached=attached.encode(errors="replace") if attached is not None else None,
    )


def _said(reason: Mapping[str, Any]) -> str:
    return sentence(Reason(code=reason["code"], values=reason["values"]))


def root_files(keys_dir: Path) -> list[Path]:
    """The files of every root that some authority of the installation trusts."""
    return sorted([*(keys_dir / "roots").glob("*.pem"), *(keys_dir / "roots").glob("*/*.pem")])
