"""Shares of outcomes: what is taken of an issuance or of a transfer. Whole t CO2 eq, pure arithmetic.

Every percentage is computed per event and vintage and rounded up to the next whole tonne. Where so little is
there that the shares come to more, they are taken in order, adaptation first, and end with what is there.
"""

from dataclasses import dataclass
from fractions import Fraction

# Decision 3/CMA.3, annex, paragraphs 58 and 59: of all that the mechanism issues, authorised or not.
ADAPTATION_PERCENT = "5"
OVERALL_MITIGATION_PERCENT = "2"


def share(tonnes: int, percent: str | None) -> int:
    """A percentage (decimal text) of whole tonnes, rounded up; nothing where there is no percentage."""
    return -((-tonnes * Fraction(percent)) // 100) if percent else 0


@dataclass(frozen=True, kw_only=True)
class Levies:
    """What is taken of issued outcomes: for adaptation, and cancelled for overall mitigation."""

    adaptation: int
    overall_mitigation: int

    @property
    def total(self) -> int:
        return self.adaptation + self.overall_mitigation

    def within(self, adaptation: int, overall_mitigation: int) -> "Levies":
        """Each share, and no more than what there is to take it of."""
        return Levies(
            adaptation=min(self.adaptation, adaptation),
            overall_mitigation=min(self.overall_mitigation, overall_mitigation),
        )


def levies(tonnes: int, *, mechanism: bool, omge_percent: str | None = None) -> Levies:
    """What is taken of so many issued tonnes of one event and vintage.

    mechanism      issued by the Article 6.4 mechanism: 5 % for adaptation and 2 % for overall mitigation
    omge_percent   what a letter or an agreement asks to be cancelled for overall mitigation otherwise
    """
    adaptation = min(tonnes, share(tonnes, ADAPTATION_PERCENT if mechanism else None))
    cancelled = share(tonnes, OVERALL_MITIGATION_PERCENT if mechanism else omge_percent)
    return Levies(adaptation=adaptation, overall_mitigation=min(tonnes - adaptation, cancelled))


@dataclass(frozen=True, kw_only=True)
class Split:
    """A transfer: what leaves the host, and what it keeps of it."""

    transferred: int
    retained: int

    @property
    def total(self) -> int:
        return self.transferred + self.retained


def split(tonnes: int, *, percent: str | None, gross: bool) -> Split:
    """A transfer of so many tonnes of one vintage, of which the host keeps a percentage.

    gross: the tonnes are those before the host keeps its part; else they all leave, and the host's part, the
    same percentage of them, comes on top.
    """
    kept = share(tonnes, percent)
    return Split(transferred=tonnes - min(kept, tonnes) if gross else tonnes, retained=min(kept, tonnes))
