"""`python -m bench [NAME...]`: runs the measurements on an installation of its own and prints the report."""

import sys
from importlib import import_module

from bench.environment import installation

# In this order: the letters are measured on one that the journey issued.
MEASUREMENTS = ("journey", "letters", "throughput", "lists", "exporting")
# Each of its sizes is measured on an installation of its own.
BY_ITSELF = ("importing",)


def report(name: str) -> None:
    """Runs a measurement and prints its lines."""
    # Imported only now: models need Django to be set up.
    for line in import_module(f"bench.{name}").measure():
        print(line, flush=True)


if __name__ == "__main__":
    asked = sys.argv[1:]
    if unknown := set(asked) - {*MEASUREMENTS, *BY_ITSELF}:
        known = ", ".join((*MEASUREMENTS, *BY_ITSELF))
        raise SystemExit(f"There is no measurement {', '.join(sorted(unknown))}: {known}.")
    if together := [name for name in MEASUREMENTS if not asked or name in asked]:
        with installation():
            for name in together:
                report(name)
    for name in BY_ITSELF:
        if not asked or name in asked:
            report(name)
