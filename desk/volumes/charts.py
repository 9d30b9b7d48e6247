"""Draws volumes as bars, one below the other: the numbers of an SVG. Pure.

The picture is as wide as a small telephone, and only grows. In languages that are written from right to left
the bars grow from right to left. It never stands alone: a table beside it says the same in figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.wording import grouped
from workflow.refusals import Words

WIDTH = 340
_BAR, _LABEL, _GAP = 22, 20, 14


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A part of a bar: its kind (which names its look), what it is, and its tonnes."""

    kind: str
    label: Words
    tonnes: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one bar shows. `limit` is marked with a line across it, where there is one."""

    label: str
    pieces: Sequence[Piece]
    limit: int | None = None

    @property
    def total(self) -> int:
        """All pieces together."""
        return sum(piece.tonnes for piece in self.pieces)


@dataclass(frozen=True, kw_only=True)
class Rectangle:
    """One piece, where it stands."""

    kind: str
    label: Words
    tonnes: int
    x: float
    y: int
    width: float


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: where its label stands, its rectangles, and the line of its limit."""

    label: str
    total: str
    label_y: int
    y: int
    rectangles: tuple[Rectangle, ...]
    limit_x: float | None


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The whole picture, and what its colours mean."""

    width: int
    height: int
    bar: int
    start_x: int
    end_x: int
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, Words], ...]
    direction: str


def chart(rows: Sequence[Row], *, right_to_left: bool) -> Chart | None:
    """The bars, all to one scale; None where there is nothing to show."""
    most = max((max(row.total, row.limit or 0) for row in rows), default=0)
    if not most:
        return None
    bars, y = [], 0
    for row in rows:
        bars.append(_bar(row, y + _LABEL, most, right_to_left=right_to_left))
        y += _LABEL + _BAR + _GAP
    legend = {piece.kind: piece.label for row in rows for piece in row.pieces if piece.tonnes}
    return Chart(
        width=WIDTH,
        height=y,
        bar=_BAR,
        start_x=WIDTH if right_to_left else 0,
        end_x=0 if right_to_left else WIDTH,
        bars=tuple(bars),
        legend=tuple(legend.items()),
        direction="rtl" if right_to_left else "ltr",
    )


def _bar(row: Row, y: int, most: int, *, right_to_left: bool) -> Bar:
    rectangles, begun = [], 0
    for piece in row.pieces:
        if piece.tonnes:
            width = _place(piece.tonnes, most)
            start = _place(begun, most)
            rectangles.append(
                Rectangle(
                    kind=piece.kind,
                    label=piece.label,
                    tonnes=piece.tonnes,
                    x=round(WIDTH - start - width, 2) if right_to_left else start,
                    y=y,
                    width=width,
                )
            )
        begun += piece.tonnes
    # The line has a breadth of its own, and stays within the picture.
    limit = None if row.limit is None else min(max(_place(row.limit, most), 2), WIDTH - 2)
    if limit is not None and right_to_left:
        limit = round(WIDTH - limit, 2)
    return Bar(
        label=row.label,
        total=grouped(row.total),
        label_y=y - 6,
        y=y,
        rectangles=tuple(rectangles),
        limit_x=limit,
    )


def _place(tonnes: int, most: int) -> float:
    # To a hundredth of a pixel; whole tonnes never become a float before they are drawn.
    return (tonnes * WIDTH * 100 // most) / 100
