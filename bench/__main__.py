"""`python -m bench`: runs every measurement on an installation of its own and prints the report."""

from importlib import import_module

from bench.environment import installation

# In this order: the letters are measured on one that the journey issued.
MEASUREMENTS = ("bench.journey", "bench.letters", "bench.throughput", "bench.lists", "bench.importing")

if __name__ == "__main__":
    with installation():
        for name in MEASUREMENTS:
            # Imported only now: models need Django to be set up.
            for line in import_module(name).measure():
                print(line)
