"""One page of a list about people: from a row on, by key set, so that no page costs more than another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

R = TypeVar("R", bound=Model)

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Part(Generic[R]):
    """One page. `last` is the row from which the next page goes on, and None on the last page."""

    rows: tuple[R, ...]
    last: R | None
    began_later: bool


def part_of(
    found: QuerySet[R],
    *,
    order: Sequence[str],
    after: Mapping[str, Any] | None,
    seen: QuerySet[R] | None = None,
    most: int = PAGE,
) -> Part[R]:
    """The rows of `found` in this order of fields, ascending, of which the last is unique.

    after  by which fields the row is known that the page before ended with
    seen   the rows from which one may go on, where they are more than those found: a row that was answered
           meanwhile is still a place. A row that is in neither is none, and shows the first page.
    """
    edge = None
    if after is not None:
        edge = (found if seen is None else seen).filter(**after).values_list(*order).first()
    ordered = found.order_by(*order)
    if edge is not None:
        ordered = ordered.filter(_beyond(order, edge))
    rows = list(ordered[: most + 1])
    return Part(
        rows=tuple(rows[:most]),
        last=rows[most - 1] if len(rows) > most else None,
        began_later=edge is not None,
    )


def named(text: str | None) -> dict[str, UUID] | None:
    """The row with this public id; None where that is no id."""
    try:
        return {"public_id": UUID(text)} if text else None
    except ValueError:
        return None


def _beyond(order: Sequence[str], edge: Sequence[Any]) -> Q:
    """Behind the edge: greater in one field, and equal in those before it."""
    beyond, equal = Q(), Q()
    for field, value in zip(order, edge, strict=True):
        beyond |= equal & Q(**{f"{field}__gt": value})
        equal &= Q(**{field: value})
    return beyond
