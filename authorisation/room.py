"""What a decision would take of each ceiling, before it is taken. Reads only; volumes are t CO2 eq.

The same arithmetic as when volumes move (`authorisation.volumes`): what the case itself has reserved is
given back first, and every ceiling that is given holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from authorisation.models import Case, Ceiling
from authorisation.terms import Terms
from authorisation.volumes import ceilings_above, reserved_by
from projects.selectors import expected_by_vintage
from workflow.refusals import Words

Scope = Ceiling.Scope


@dataclass(frozen=True, kw_only=True)
class Room:
    """One ceiling: what it allows, what others hold under it, and what the terms would take."""

    scope: Scope
    vintage: int | None
    ceiling: int
    before: int
    takes: int

    @property
    def label(self) -> Words:
        """What the ceiling is."""
        if self.vintage is not None:
            return _("expected mitigation of vintage %(vintage)s") % {"vintage": self.vintage}
        return self.scope.label

    @property
    def after(self) -> int:
        """What would be reserved or authorised under the ceiling."""
        return self.before + self.takes

    @property
    def free(self) -> int:
        """What would still be free; below nothing where the terms pass the ceiling."""
        return self.ceiling - self.after

    @property
    def passes(self) -> bool:
        """Whether the terms ask for more than there is room for."""
        return self.takes > 0 and self.free < 0

    @property
    def missing(self) -> int:
        """By how much they do."""
        return -self.free if self.passes else 0


def rooms(case: Case, terms: Terms) -> list[Room]:
    """The room under every ceiling that would be held, in the order in which they are moved."""
    by_vintage: Mapping[int, int] = terms.volumes or {}
    volume = terms.volume or 0
    found = []
    if terms.total is not None:
        found.append(Room(scope=Scope.TOTAL, vintage=None, ceiling=terms.total, before=0, takes=volume))
    if case.activity is None:
        return found
    own = reserved_by(case)
    stored = {(one.scope, one.vintage): one for one in ceilings_above(case)}
    expected = expected_by_vintage(case.activity)
    for vintage in sorted({*expected, *by_vintage}):
        ceiling = stored.get((Scope.VINTAGE, vintage))
        takes = by_vintage.get(vintage, 0)
        found.append(_room(Scope.VINTAGE, vintage, ceiling, expected.get(vintage, 0), own, takes))
    whole = stored.get((Scope.ACTIVITY, None))
    found.append(_room(Scope.ACTIVITY, None, whole, sum(expected.values()), own, volume))
    for scope in (Scope.SECTOR, Scope.NATIONAL):
        ceiling = stored.get((scope, None))
        if ceiling is not None:
            found.append(_room(scope, None, ceiling, ceiling.tonnes, own, volume))
    return found


def _room(
    scope: Scope,
    vintage: int | None,
    ceiling: Ceiling | None,
    tonnes: int,
    own: Mapping[int, int],
    takes: int,
) -> Room:
    """What was given is not taken back by a lower estimate: the ceiling is never below what is held."""
    held = ceiling.reserved + ceiling.authorised if ceiling is not None else 0
    before = held - (own.get(ceiling.pk, 0) if ceiling is not None else 0)
    return Room(scope=scope, vintage=vintage, ceiling=max(tonnes, held), before=before, takes=takes)
