"""Examines a file that somebody sent in a process of its own, which may take little and touch nothing.

Whatever is wrong with the file, it is that process that ends. It is the stand-alone verifier itself.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from letters import offline
from letters.inspection import sentence
from letters.offline import Reason

# Seconds on the wall; the process itself may take less of the processor (letters/offline.py).
_PATIENCE: Final = 30


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What the file says by itself. `attached` is its content; `finished` whether the process came to an end.

    faults show that it is not genuine; doubts, that it cannot be said.
    """

    finished: bool
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    attached: bytes | None = None


def examine_apart(pdf: bytes, *, roots: Iterable[Path], time_roots: Iterable[Path] = ()) -> Examined:
    """Examines the bytes against the root certificates in these files."""
    trusted = [part for path in roots for part in ("--trust", str(path))]
    trusted += [part for path in time_roots for part in ("--trust-time", str(path))]
    program = [sys.executable, "-I", str(offline.__file__), "-", "--json", "--limited", *trusted]
    try:
        # The arguments are paths of this installation; what somebody sent goes in as input alone.
        done = subprocess.run(  # noqa: S603
            program, input=pdf, capture_output=True, timeout=_PATIENCE, check=False, env={}
        )
        found: Mapping[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return Examined(finished=False)
    attached = found["attached"]
    return Examined(
        finished=True,
        faults=tuple(_said(one) for one in found["faults"]),
        doubts=tuple(_said(one) for one in found["doubts"]),
        attached=attached.encode(errors="replace") if attached is not None else None,
    )


def _said(reason: Mapping[str, Any]) -> str:
    return sentence(Reason(code=reason["code"], values=reason["values"]))


def root_files(keys_dir: Path) -> list[Path]:
    """The files of every root that some authority of the installation trusts."""
    return sorted([*(keys_dir / "roots").glob("*.pem"), *(keys_dir / "roots").glob("*/*.pem")])
