"""Bringing in serial blocks: rows a second, and what it takes of memory, at 343 and at 100,000 rows.

Rows are told by the second that passed, and by the second of a processor, which a busy machine changes less.

    python -m bench.importing ROWS     one measurement, on an installation of its own

Each size runs in a process and on a database of its own. Compared is the highest that the memory of the
process ever stood at: were rows kept, it would grow with them. The rows are generated: so many blocks a
project and vintage as the largest published project has, each batch of them issued on a day of its own.
"""

import csv
import resource
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from bench.environment import installation

SIZES = (343, 100_000)
_OF_A_PROJECT = 200
_VINTAGES = (2021, 2022, 2023, 2024)
_OF_A_DAY = 25


def measure() -> Iterator[str]:
    """The report, line by line: of the many rows only after some minutes."""
    memories = []
    for rows in SIZES:
        rate, of_processor, memory = _in_a_process(rows)
        memories.append(memory)
        yield (
            f"Import of {rows:,} blocks: {rate:.0f} rows a second,"
            f" {of_processor:.0f} a second of a processor, at most {memory:.0f} MB of memory"
        )
    yield f"  memory of the many against the few: ratio {memories[-1] / memories[0]:.2f}"


def _in_a_process(rows: int) -> tuple[float, float, float]:
    told = subprocess.run(
        [sys.executable, "-m", "bench.importing", str(rows)], check=True, capture_output=True, text=True
    )
    rate, of_processor, memory = told.stdout.split()[-3:]
    return float(rate), float(of_processor), float(memory)


def rows_of(number: int) -> Iterator[dict[str, object]]:
    """So many rows, as the programmes publish them."""
    for row in range(number):
        project, place = divmod(row, _OF_A_PROJECT)
        vintage = _VINTAGES[place % len(_VINTAGES)]
        issued = place // _OF_A_DAY
        first = place * 1_000 + 1
        yield {
            "programme": "GS",
            "project_id": 20_000 + project,
            "country": ("Malawi", "Gambia", "Morocco")[project % 3],
            "vintage": vintage,
            "volume_tco2e": 1_000,
            "serial": f"GS1-1-XX-GS{20_000 + project}-16-{vintage}-{project}-{first}-{first + 999}",
            "first_transfer_definition": "Authorisation",
            "authorisation_year": 2025,
            "issuance_date": f"2025-{issued % 12 + 1:02d}-{issued // 12 + 1:02d}",
            "authorised_ndc": 1,
            "authorised_oimp": 1,
            "ca_id": f"CA{project % 3 + 1:04d}",
            "link": "",
        }


def _measured(number: int) -> str:
    """Rows a second, rows a second of the processor, and the highest memory in MB, of an import here."""
    answering, block_rows, blocks, clock = (
        import_module(name)
        for name in (
            "desk.bringing_in.answering",
            "desk.bringing_in.block_rows",
            "desk.bringing_in.blocks",
            "workflow.clock",
        )
    )
    real = clock.RealClock()
    with TemporaryDirectory() as folder:
        path = Path(folder, "blocks.csv")
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(block_rows.COLUMNS))
            writer.writeheader()
            writer.writerows(rows_of(number))
        who = answering.demonstration(clock=real)
        for party in ("MWI", "GMB", "MAR"):
            who(party)
        began, worked = perf_counter(), process_time()
        rows = block_rows.read_block_rows(path)
        told = blocks.bring_in(rows, who=who, source=path.name, clock=real)
        recorded = sum(one.fate == blocks.Fate.RECORDED for one in told)
        taken, worked = perf_counter() - began, process_time() - worked
    if recorded != number:
        raise SystemExit(f"Only {recorded} of {number} rows were recorded: the figures would mean nothing.")
    # Linux tells kilobytes.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{number / taken:.1f} {number / worked:.1f} {memory:.1f}"


if __name__ == "__main__":
    with installation():
        print(_measured(int(sys.argv[1])))
