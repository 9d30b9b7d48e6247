"""Deputies: in whose stead a person holds an office, on a day or when something was said."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.models import Office, Tenure, User
from accounts.selectors import spans, tenures_held

if TYPE_CHECKING:
    from authorisation.models.decisions import Statement


def in_stead_of(person: User, office: Office, *, on: date) -> frozenset[int]:
    """The people (primary keys) in whose stead the person holds the office; none who holds it themself."""
    return _principals(tenures_held(person, office, on=on).select_related("deputy_of"))


def behind(statements: Iterable["Statement"]) -> frozenset[int]:
    """Everybody who is behind what was said: who said it, and in whose stead they did, in one query."""
    said = list(statements)
    if not said:
        return frozenset()
    then = Q()
    for one in said:
        then |= spans(one.said_on) & Q(office=one.office_id, person=one.person_id)
    found: dict[tuple[int, int], list[Tenure]] = {}
    for tenure in Tenure.objects.filter(then).select_related("deputy_of"):
        found.setdefault((tenure.office_id, tenure.person_id), []).append(tenure)
    principals = (_principals(tenures) for tenures in found.values())
    return frozenset({one.person_id for one in said}).union(*principals)


def _principals(tenures: Iterable[Tenure]) -> frozenset[int]:
    principals = [tenure.deputy_of for tenure in tenures]
    if None in principals:
        return frozenset()
    return frozenset(principal.person_id for principal in principals if principal is not None)
