"""Reservations per second on one hot ceiling: the volumes' own move, a bare guarded UPDATE, and a sum.

    python -m bench.volumes        on the PostgreSQL server that the tests use

Eight worker processes, each on a connection that it keeps, reserve one tonne at a time, each in a transaction
of its own that is on disk when it ends (`synchronous_commit` on for all three). Compared are:

    ours     `authorisation.balances.move`: the guarded UPDATE, the entry, and every defence of the database
    bare     the guarded UPDATE that any program would write, with no entry and no defence
    summed   a SERIALIZABLE transaction that sums the entries of the ceiling and adds one, without balance or
             defence; tried again, for ever, where it conflicts. The level is set once for many transactions,
             and costs none of them a statement

The hot ceiling is one among `OTHERS`, as the budget of a country is among the ceilings of its activities: of
a table with one row the server would read all at every step, on both sides.

What a sum costs grows with what there is to sum: it is measured on a new ceiling, and on one that has
`HISTORY` entries already, ours and theirs alike, as the budget of an NDC period soon has (a decision and its
letter make two). The three take turns in short slices; a ratio is the median of those of the slices, so that
a machine which is busy with something else is busy for both sides of it.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter
from typing import Any

import django
from django.db import OperationalError, connection, transaction

WORKERS = 8
EACH = 60
SLICES = 25
HISTORY = 1_000
OTHERS = 500
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)

Reserve = Callable[[], None]


def measure() -> list[str]:
    """The report, as lines. Needs a migrated PostgreSQL database, which it fills."""
    case, ceiling = opened()
    _lay_tables()
    with _workers(case, ceiling) as workers:
        lines = _compared(workers, "a new ceiling")
        ours = ours_on(case, ceiling)
        for _entry in range(HISTORY):
            ours()
        _execute(f"INSERT INTO bench_entry (ceiling, tonnes) SELECT 1, 1 FROM generate_series(1, {HISTORY})")
        _execute("ANALYZE")
        return lines + _compared(workers, f"one with {HISTORY} entries more")


def _compared(workers: list[Connection], what: str) -> list[str]:
    for run in KINDS:
        _rate(workers, run)
    rates = [[_rate(workers, run) for run in KINDS] for _slice in range(SLICES)]
    mine, guarded, serializable = (median(column) for column in zip(*rates, strict=True))
    of_guarded = median(ours / bare for ours, bare, _summed in rates)
    of_serializable = median(ours / summed for ours, _bare, summed in rates)
    return [
        f"Reservations on {what}, {WORKERS} workers, median of {SLICES} slices each: {mine:.0f} a second",
        f"  against a bare guarded UPDATE: {guarded:.0f} a second, ratio {of_guarded:.2f}",
        f"  against SERIALIZABLE with a sum: {serializable:.0f} a second, ratio {of_serializable:.2f}",
    ]


@contextmanager
def _workers(case: int, ceiling: int) -> Iterator[list[Connection]]:
    """So many processes, as a web server has them, each with a connection that it keeps."""
    context = multiprocessing.get_context("spawn")
    pipes, started = [], []
    for _worker in range(WORKERS):
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(there, case, ceiling), daemon=True)
        process.start()
        pipes.append(here)
        started.append(process)
    try:
        yield pipes
    finally:
        for pipe in pipes:
            pipe.send("")
        for process in started:
            process.join(30)


def _work(told: Connection, case: int, ceiling: int) -> None:
    """Reserves as often as it is told, in the way it is told."""
    django.setup()
    ways = {"ours": ours_on(case, ceiling), "bare": _bare, "summed": _summed}
    while name := told.recv():
        reserve = ways[name]
        level = "SERIALIZABLE" if name == "summed" else "READ COMMITTED"
        _execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL {level}")
        for _one in range(EACH):
            reserve()
        told.send(name)
    connection.close()


def _rate(workers: list[Connection], run: str) -> float:
    """How many a second all workers together do, from when the first is told until the last is done."""
    began = perf_counter()
    for worker in workers:
        worker.send(run)
    for worker in workers:
        worker.recv()
    return WORKERS * EACH / (perf_counter() - began)


KINDS = ("ours", "bare", "summed")


def opened() -> tuple[int, int]:
    """A case that reserves, and the ceiling under which it does."""
    from authorisation.kinds import Kind  # noqa: PLC0415 - models can be imported only now
    from authorisation.models import Ceiling  # noqa: PLC0415
    from authorisation.services import applications  # noqa: PLC0415
    from desk.cast import cast_for  # noqa: PLC0415
    from projects.content import EntityContent  # noqa: PLC0415
    from workflow.clock import SetClock  # noqa: PLC0415
    from workflow.door import Act  # noqa: PLC0415

    people = cast_for("GHA", EntityContent(name="Hot Ceiling Ltd", country="GHA"), at=AT)
    case = applications.open_case(
        act=Act(actor=people.applying(), clock=SetClock(AT)),
        authority=people.authority,
        kind=Kind.CONSOLIDATED,
        applicant=people.organisation,
        content={},
    )
    ceiling = Ceiling.objects.create(scope=Ceiling.Scope.NATIONAL, authority=people.authority, tonnes=10**9)
    Ceiling.objects.bulk_create(
        Ceiling(
            scope=Ceiling.Scope.SECTOR, authority=people.authority, sector=f"Sector {number}", tonnes=10**6
        )
        for number in range(OTHERS)
    )
    return case.pk, ceiling.pk


def ours_on(case: int, ceiling: int) -> Reserve:
    """One reservation of one tonne by the volumes' own move, in a transaction of its own."""
    from audit.models import Event  # noqa: PLC0415 - models can be imported only now
    from authorisation.balances import Moving, move  # noqa: PLC0415
    from authorisation.models import Case, Ceiling  # noqa: PLC0415
    from authorisation.models.volumes import Pool  # noqa: PLC0415

    # In hand already, as it is wherever volumes are moved.
    held = Ceiling.objects.get(pk=ceiling)
    moving = Moving(
        case=Case.objects.get(pk=case), event=Event(digest="0" * 64, time=AT), on=date(2026, 3, 2)
    )

    def reserve() -> None:
        with transaction.atomic():
            if not move(moving, held, Pool.OUTSIDE, Pool.RESERVED, 1):
                raise RuntimeError("The ceiling is full.")

    return reserve


def _lay_tables() -> None:
    """What the other two reserve in."""
    _execute("CREATE TABLE bench_ceiling (id int PRIMARY KEY, tonnes bigint, reserved bigint)")
    _execute("INSERT INTO bench_ceiling VALUES (1, 1000000000, 0)")
    _execute(f"INSERT INTO bench_ceiling SELECT 1 + n, 1000000, 0 FROM generate_series(1, {OTHERS}) n")
    _execute("CREATE TABLE bench_entry (id bigserial PRIMARY KEY, ceiling int, tonnes bigint)")
    _execute("CREATE INDEX ON bench_entry (ceiling)")


def _bare() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bench_ceiling SET reserved = reserved + %(tonnes)s"
            " WHERE id = %(ceiling)s AND reserved + %(tonnes)s <= tonnes",
            {"ceiling": 1, "tonnes": 1},
        )
        if cursor.rowcount != 1:
            raise RuntimeError("The ceiling is full.")


def _summed() -> None:
    while True:
        try:
            with transaction.atomic():
                (held,) = _execute("SELECT coalesce(sum(tonnes), 0) FROM bench_entry WHERE ceiling = 1")
                if held < 10**9:
                    _execute("INSERT INTO bench_entry (ceiling, tonnes) VALUES (1, 1)")
            return
        except OperationalError:
            continue


def _execute(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def main() -> None:
    """Runs it on a database of its own, which is dropped afterwards."""
    on_a_database_of_its_own(measure)


def on_a_database_of_its_own(measured: Callable[[], list[str]]) -> None:
    """Prints what is measured on a migrated database, which is dropped afterwards."""
    from django.core.management import call_command  # noqa: PLC0415 - the address is known only now

    from tests.postgresql import drop_databases, server  # noqa: PLC0415

    with server() as running:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": running.database("desk_bench_volumes"),
        }
        drop_databases(running, "desk_bench_volumes")
        import psycopg  # noqa: PLC0415

        with psycopg.connect(running.address, autocommit=True) as maintenance:
            maintenance.execute("CREATE DATABASE desk_bench_volumes")
        try:
            django.setup()
            call_command("migrate", verbosity=0)
            print(running.description)
            for line in measured():
                print(line)
        finally:
            connection.close()
            drop_databases(running, "desk_bench_volumes")


if __name__ == "__main__":
    main()
