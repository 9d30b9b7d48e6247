"""What one act would do to each of many authorisations, before anybody asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from authorisation.acts import OverMany
from authorisation.effect import Effect
from authorisation.models import Authorisation
from authorisation.services.acts import preview_over_many
from desk.changing import progress
from workflow.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What the act would do to one authorisation."""

    authorisation: Authorisation
    effect: Effect


def foreseen_for(authorisations: Sequence[Authorisation], plan: OverMany, *, clock: Clock) -> list[Foreseen]:
    """What it would do to each, in the order given: of one authority, read with its Party and their holders.

    A constant number of queries however many they are; writes nothing.
    """
    effects = preview_over_many(authorisations, plan, clock=clock)
    return [
        Foreseen(authorisation=one, effect=effect)
        for one, effect in zip(authorisations, effects, strict=True)
    ]


def possible(foreseen: Sequence[Foreseen]) -> int:
    """To how many of them nothing forbids it."""
    return sum(1 for one in foreseen if not one.effect.forbidden)


def page_after(foreseen: Sequence[Foreseen], identifier: str) -> tuple[Sequence[Foreseen], str]:
    """Those that follow the authorisation named, at most a page; from the first where it is not among them.

    And the authorisation after which the next page goes on; "" on the last.
    """
    names = [one.authorisation.identifier for one in foreseen]
    rest = foreseen[names.index(identifier) + 1 :] if identifier in names else foreseen
    page = rest[: progress.AT_A_TIME]
    return page, page[-1].authorisation.identifier if len(rest) > len(page) else ""
