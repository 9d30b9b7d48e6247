"""`python -m bench [NAME...]`: runs the measurements on an installation of its own and prints the report."""

import sys
from importlib import import_module

from bench.environment import installation

# In this order: the letters are measured on one that the journey issued.
MEASUREMENTS = ("journey", "letters", "throughput", "lists", "importing")

if __name__ == "__main__":
    asked = sys.argv[1:]
    if unknown := set(asked) - set(MEASUREMENTS):
        raise SystemExit(f"There is no measurement {', '.join(sorted(unknown))}: {', '.join(MEASUREMENTS)}.")
    with installation():
        for name in MEASUREMENTS:
            if not asked or name in asked:
                # Imported only now: models need Django to be set up.
                for line in import_module(f"bench.{name}").measure():
                    print(line, flush=True)
