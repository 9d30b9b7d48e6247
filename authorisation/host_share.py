"""The share of outcomes that the host keeps of each transfer, where its procedure sets one.

The procedure fixes a rate, or bounds within which the deciding office chooses. A grant keeps it, or the
decision says why it does not: what a law leaves open for single cases is not for software to close.
"""

from decimal import Decimal

from authorisation.kinds import AUTHORISING
from authorisation.procedures.shape import Handling
from authorisation.terms import Terms


def bounds_of(handling: Handling) -> tuple[Decimal, Decimal] | None:
    """The least and the most per cent that the host keeps; None where the procedure sets nothing."""
    least = handling.host_share
    if least is None or handling.kind not in AUTHORISING:
        return None
    return least, handling.host_share_most if handling.host_share_most is not None else least


def keeps(terms: Terms, handling: Handling) -> bool:
    """Whether these terms leave the host the share that the procedure sets."""
    bounds = bounds_of(handling)
    if bounds is None:
        return True
    least, most = bounds
    return least <= Decimal(terms.host_retention_percent or 0) <= most


def with_share(terms: Terms, handling: Handling) -> Terms:
    """The terms with the host's share, its lower bound, where they say nothing of one."""
    bounds = bounds_of(handling)
    if bounds is None or terms.host_retention_percent is not None:
        return terms
    return terms.model_copy(update={"host_retention_percent": f"{bounds[0].normalize():f}"})
