"""The procedures that come with the software, one file each."""

from collections.abc import Mapping
from pathlib import Path

from authorisation.procedures.reading import read_procedure, text_of
from authorisation.procedures.shape import Procedure

DIRECTORY = Path(__file__).resolve().parent


def files() -> list[Path]:
    """The shipped files, in the order of their names."""
    return sorted(DIRECTORY.glob("*.toml"))


def _text(file: Path) -> str:
    return text_of(file.read_bytes(), name=file.name)


def _read() -> dict[str, tuple[Procedure, Path]]:
    found = [(read_procedure(_text(file), name=file.name), file) for file in files()]
    return {procedure.version: (procedure, file) for procedure, file in found}


# A shipped file that is wrong ends the start, with its sentences.
_HELD = _read()

# By version.
SHIPPED: Mapping[str, Procedure] = {version: procedure for version, (procedure, _file) in _HELD.items()}


def text_shipped(version: str) -> str:
    """The exact text of a shipped version (KeyError)."""
    return _text(_HELD[version][1])
