"""Since when an authorisation has effect: conditions precedent hold it back until an officer records them
met.

Only those of the case that brought it into force do. No import of models: guards stand below them.
"""

from datetime import date
from typing import TYPE_CHECKING

from authorisation.requirements import Sort

if TYPE_CHECKING:
    from authorisation.models import Authorisation, Obligation


def _conditions(authorisation: "Authorisation") -> "list[Obligation]":
    case = authorisation.versions.earliest("number").case_id
    return list(authorisation.obligations.filter(sort=Sort.CONDITION, case=case).order_by("pk"))


def unmet_conditions(authorisation: "Authorisation") -> "list[Obligation]":
    """The conditions precedent that hold back its effect now, in the order in which they were asked for."""
    return [one for one in _conditions(authorisation) if one.met_on is None]


def in_effect_since(authorisation: "Authorisation") -> date | None:
    """The first day of its effect: that of its letter, or the day on which its last condition was met.

    None as long as one of them is not.
    """
    effective_on = authorisation.versions.earliest("number").effective_on
    days = [one.met_on for one in _conditions(authorisation)]
    met = [day for day in days if day is not None]
    return max([effective_on, *met]) if len(met) == len(days) else None
