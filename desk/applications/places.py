"""Places in an application as it is written: raw JSON that may hold anything, read and changed by path."""

from collections.abc import Mapping
from typing import Any

Place = tuple[str, ...]
Raw = Any


def at_place(content: Mapping[str, Raw], place: Place) -> Raw:
    """What stands at a place; None where there is nothing, or no such place."""
    inside: Raw = content
    for step in place:
        if not isinstance(inside, Mapping):
            return None
        inside = inside.get(step)
    return inside


def put(content: dict[str, Raw], place: Place, value: Raw) -> None:
    """Writes a value at a place, groups above it included; None takes away, and empty groups with it."""
    *above, last = place
    inside = content
    for step in above:
        below = inside.get(step)
        if not isinstance(below, dict):
            if value is None:
                return
            below = inside[step] = {}
        inside = below
    if value is None:
        inside.pop(last, None)
        if above and not inside:
            put(content, tuple(above), None)
    else:
        inside[last] = value
