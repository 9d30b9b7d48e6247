"""The organisations that authorities have let in, page by page, by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Authority, Vetting
from accounts.selectors import accepted_vettings
from desk.people.selectors.paging import Part, named, part_of


@dataclass(frozen=True, kw_only=True)
class LetIn:
    """One page of those with the words that were looked for."""

    part: Part[Vetting]
    words: str


def let_in_page(authorities: Sequence[Authority], *, words: str, after: str) -> LetIn:
    """Organisations with these words in their name or number, from the row after `after` on."""
    seen = accepted_vettings(authorities)
    found = seen
    if words.strip():
        found = found.filter(
            Q(organisation__name__icontains=words.strip())
            | Q(organisation__name_latin__icontains=words.strip())
            | Q(organisation__identification__icontains=words.strip())
        )
    order = ("organisation__name", "pk")
    return LetIn(part=part_of(found, order=order, after=named(after), seen=seen), words=words)
