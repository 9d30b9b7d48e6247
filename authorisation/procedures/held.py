"""The procedures that were loaded into the database: found by version, and read once in a process.

What was loaded is never changed, so what was read stays right; it is kept by the digest of its text.
"""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.apps import apps

from accounts.models import Authority
from authorisation.procedures.reading import read_procedure
from authorisation.procedures.shape import Procedure

if TYPE_CHECKING:
    from authorisation.models import ProcedureVersion

_read: dict[str, Procedure] = {}


def loaded(version: str) -> Procedure | None:
    """The loaded procedure of this version; none where none was loaded. One query, the first time only."""
    if version not in _read:
        row = _records().objects.filter(version=version).values_list("sha256", "text").first()
        if row is None:
            return None
        _read[version] = _parsed(*row)
    return _read[version]


def versions_loaded(authority: Authority) -> list[tuple[date, str]]:
    """The versions loaded for an authority, as they were loaded, each with its first day. One query."""
    rows = _records().objects.filter(authority=authority).order_by("pk")
    return list(rows.values_list("in_force_from", "version"))


def forget() -> None:
    """Forgets what was read: for tests, whose databases forget too."""
    _read.clear()


@lru_cache(maxsize=256)
def _parsed(sha256: str, text: str) -> Procedure:
    return read_procedure(text, name=sha256)


def _records() -> "type[ProcedureVersion]":
    """The records, found by name: guards ask for procedures, and the records stand above the guards."""
    return apps.get_model("authorisation", "ProcedureVersion")
