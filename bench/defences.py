"""What one reservation costs on PostgreSQL, and what of that each defence of the volumes is.

    python -m bench.defences        on the PostgreSQL server that the tests use

One session reserves one tonne at a time by `authorisation.balances.move`, each in a transaction of its own.
What waits for the disk is left out (`synchronous_commit` off): it is the same with any defence and without.
Each line has one defence, or all, switched off, and says what a reservation takes then; the lines take
turns. The fastest of many is said beside the median: on a busy machine it is the truer one.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from django.db import connection

from bench.volumes import on_a_database_of_its_own, opened, ours_on

ROUNDS = 40
EACH = 30
_ENTRIES, _CEILINGS = "authorisation_entry", "authorisation_ceiling"
_OF_ENTRIES = [
    (_ENTRIES, "volumes_follow_authorisation_entry"),
    (_ENTRIES, "volumes_follow_line_authorisation_entry"),
]
_OF_BALANCES = [(_CEILINGS, "volumes_move_authorisation_ceiling")]


def measure() -> list[str]:
    """The report, as lines."""
    reserve = ours_on(*opened())
    checks = _checks()
    off: dict[str, tuple[list[str], list[str]]] = {
        "every defence": ([], []),
        "without the triggers of entries": _triggers(_OF_ENTRIES),
        "without the trigger of balances": _triggers(_OF_BALANCES),
        "without foreign keys": _FOREIGN_KEYS,
        "without CHECK constraints": checks,
    }
    off["the guarded UPDATE and the entry alone"] = (
        [one for before, _after in off.values() for one in before],
        [one for _before, after in off.values() for one in after],
    )
    _run(["SET synchronous_commit = off"])
    taken: dict[str, list[float]] = {name: [] for name in off}
    for _round in range(ROUNDS):
        for name, (before, after) in off.items():
            _run(before)
            taken[name] += _timed(reserve)
            _run(after)
    return [
        f"{name}: {min(times) * 1e6:.0f} microseconds at best, {median(times) * 1e6:.0f} in the middle"
        for name, times in taken.items()
    ]


# Triggers of ours fire always; those that hold foreign keys do not fire for a replica.
_FOREIGN_KEYS = (["SET session_replication_role = replica"], ["SET session_replication_role = origin"])


def _triggers(named: list[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return (
        [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in named],
        [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for table, name in named],
    )


def _checks() -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid::regclass::text = ANY(%s)",
            [[_ENTRIES, _CEILINGS]],
        )
        found = cursor.fetchall()
    return (
        [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _check in found],
        [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {check} NOT VALID' for table, name, check in found],
    )


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _timed(reserve: Callable[[], None]) -> list[float]:
    """Seconds that each of some reservations took, once the session has its plans."""
    for _warming in range(8):
        reserve()
    times = []
    for _one in range(EACH):
        began = perf_counter()
        reserve()
        times.append(perf_counter() - began)
    return times


if __name__ == "__main__":
    on_a_database_of_its_own(measure)
