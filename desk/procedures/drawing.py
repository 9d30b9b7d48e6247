"""Draws how a kind of case goes: a chain of boxes from top to bottom, as the numbers of an SVG.

Text in SVG does not wrap, so it is broken here. The picture is as wide as a small telephone, and only grows.
"""

from dataclasses import dataclass
from textwrap import wrap

from django.utils.translation import gettext as _

from desk.procedures.selectors import Group, Moment

WIDTH = 340
_LEFT, _BOX, _LINE, _PADDING, _GAP = 10, 320, 18, 10, 26
_CHARACTERS = 36  # that fit beside each other in a box, in letters 14 high


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of text: where it stands, and whether it is the name of the box or its time."""

    y: int
    text: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box with its lines, and from where to where the arrow to the next one goes."""

    y: int
    height: int
    lines: tuple[Line, ...]
    arrow: tuple[int, int] | None
    ends: bool = False


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The picture of one group of kinds."""

    height: int
    boxes: tuple[Box, ...]


def drawn(group: Group) -> Drawing:
    """The picture of how cases of these kinds go, from the draft to the letter."""
    contents = [_content(moment) for moment in group.moments]
    contents.append([(group.letter or _("Letter"), "name")])
    boxes, y = [], 2
    for number, content in enumerate(contents):
        height = len(content) * _LINE + 2 * _PADDING
        last = number == len(contents) - 1
        lines = tuple(
            Line(y=y + _PADDING + 13 + place * _LINE, text=text, role=role)
            for place, (text, role) in enumerate(content)
        )
        arrow = None if last else (y + height, y + height + _GAP - 2)
        boxes.append(Box(y=y, height=height, lines=lines, arrow=arrow, ends=last))
        y += height + (0 if last else _GAP)
    return Drawing(height=y + 2, boxes=tuple(boxes))


def _content(moment: Moment) -> list[tuple[str, str]]:
    """The lines of a box: its name, who is waited on, and how long."""
    time = _("%(time)s (assumed)") % {"time": moment.time} if moment.assumed else moment.time
    who = [(line, "who") for name in moment.who for line in wrap(name, _CHARACTERS)]
    return [(moment.name, "name"), *who, (time, "time")]
