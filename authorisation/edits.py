"""What changed between two states of an application while it is written, place by place."""

from collections.abc import Iterator, Mapping
from typing import Any


def changed_places(
    before: Mapping[str, Any], after: Mapping[str, Any], inside: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The places at which the two differ, as deep as groups go on both sides; a list is one place."""
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from changed_places(one, other, (*inside, key))
        elif one != other:
            yield (*inside, key)
