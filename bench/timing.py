"""Timing that is fair to both sides: alternating runs, medians."""

from collections.abc import Callable
from statistics import median
from time import perf_counter


def seconds(run: Callable[[], object]) -> float:
    """How long one run takes."""
    began = perf_counter()
    run()
    return perf_counter() - began


def alternating(
    ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int
) -> tuple[float, float]:
    """The medians of both, in seconds, after a round that does not count."""
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _round in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
