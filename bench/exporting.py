"""Exporting everything that an authority owns: rows a second, and its memory, of few rows and of many.

    python -m bench.exporting AUTHORITY     one export on the installation that the environment names

Each export runs in a process of its own, as the command runs it. Compared is the highest that the memory of
the process ever stood at: were rows kept, it would grow with them.
"""

import json
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import django

SIZES = (10_000, 100_000)


def measure() -> list[str]:
    """The report, as lines. Needs a migrated database, which it fills."""
    owning = import_module("bench.owning")
    figures, there = [], 0
    for blocks in SIZES:
        slug = owning.owning_more(blocks - there)
        there = blocks
        figures.append(_in_a_process(slug))
    lines = [
        f"Export of {rows:,} rows: {rows / seconds:.0f} rows a second, at most {memory:.0f} MB of memory"
        for rows, seconds, memory in figures
    ]
    (few, _brief, little), (many, _long, much) = figures
    return [*lines, f"  memory at {many / few:.1f} times the rows: ratio {much / little:.2f}"]


def _in_a_process(slug: str) -> tuple[int, float, float]:
    told = subprocess.run(
        [sys.executable, "-m", "bench.exporting", slug], check=True, capture_output=True, text=True
    )
    rows, seconds, memory = told.stdout.split()[-3:]
    return int(rows), float(seconds), float(memory)


def _measured(slug: str) -> str:
    """How many rows were written in how many seconds, and the highest memory in MB."""
    writing, models, clock = (
        import_module(name) for name in ("desk.exporting.writing", "accounts.models", "workflow.clock")
    )
    authority = models.Authority.objects.select_related("party").get(slug=slug)
    with TemporaryDirectory() as folder:
        began = perf_counter()
        if writing.export(authority, Path(folder, "export"), at=clock.RealClock().now()):
            raise SystemExit("Files are lost: the figures would mean nothing.")
        taken = perf_counter() - began
        # Before the manifest is read, which is no part of the export.
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        manifest = json.loads(Path(folder, "export", "manifest.json").read_text(encoding="utf-8"))
    return f"{sum(each['rows'] for each in manifest['files'])} {taken:.2f} {memory:.1f}"


if __name__ == "__main__":
    django.setup()
    print(_measured(sys.argv[1]))
