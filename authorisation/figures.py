"""How an authorisation stands, as plain figures: what an act can touch. Volumes are whole t CO2 eq."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from authorisation.recipients import USUAL, Recipient, TellingRule
from authorisation.terms import Terms


@dataclass(frozen=True, kw_only=True)
class LineFigures:
    """The pools of one vintage of an authorisation, t CO2 eq (`authorisation.models.volumes.Line`).

    levied   of what is first transferred, what was taken for adaptation or overall mitigation
    """

    capped: bool = True
    authorised: int = 0
    drawn: int = 0
    issued: int = 0
    first_transferred: int = 0
    retained: int = 0
    used_or_cancelled: int = 0
    revoked: int = 0
    levied: int = 0

    @property
    def stands(self) -> int:
        """First transferred, or retained by the host: no act touches it, unless the letter foresees it."""
        return self.first_transferred + self.retained

    @property
    def reachable(self) -> int:
        """What of it an act may touch where the letter foresees it: never what is used, cancelled or levied.

        Of what was levied some may be used as well: then this is less than there is, and never more.
        """
        return max(0, self.first_transferred - self.used_or_cancelled - self.levied)

    @property
    def held(self) -> int:
        """What it takes of the ceilings above it."""
        return self.authorised if self.capped else self.drawn

    @property
    def free(self) -> int:
        """What is not first transferred, and may be taken back or given up."""
        return self.held - self.stands


@dataclass(frozen=True, kw_only=True)
class Above:
    """A ceiling above the lines: of a vintage, the activity, the sector or the NDC period.

    scope   the name of `Ceiling.Scope`, in small letters
    held    what all authorisations and decisions hold of it, t CO2 eq
    """

    scope: str
    vintage: int | None
    tonnes: int
    held: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How an authorisation stands: all that an act can touch, and what it is measured against.

    letter      the opaque id of the letter that says what is authorised: of the last version that is no
                suspension or resumption
    holding     the opaque id of the letter of the suspension that holds it; None where none does
    objects     the kind of the case that granted it: which of approach, outcomes and entities it authorises
    revoked     what was revoked under its total, t CO2 eq
    identifiers the identifiers that other cooperative approaches of the authority bear
    awaiting    the reference of another case about it that is decided and awaits its letter; "" where none is
    holders     the holders of the units that it covers and that are still held, with their tonnes
    holder      the name of the organisation that holds the authorisation itself
    host        the code of the Party whose authority gave it
    standard    that of its activity; "" where it has none
    telling     of the procedure that an act would be handled under: who is told of it, within how many days
    """

    identifier: str
    state: str
    version: int
    letter: UUID | None
    objects: str
    terms: Terms
    lines: Mapping[int, LineFigures]
    revoked: int = 0
    ca_id: str | None = None
    methodology: str | None = None
    expected: Mapping[int, int] = field(default_factory=dict)
    above: Sequence[Above] = ()
    first_year: int | None = None
    last_year: int | None = None
    identifiers: frozenset[str] = frozenset()
    awaiting: str = ""
    holding: UUID | None = None
    holders: Mapping[str, int] = field(default_factory=dict)
    transfers_blocked: bool = False
    holder: str = ""
    host: str = ""
    standard: str = ""
    telling: Mapping[Recipient, TellingRule] = field(default_factory=lambda: USUAL)

    @property
    def stands(self) -> int:
        """What no act touches, over all lines, t CO2 eq."""
        return sum(line.stands for line in self.lines.values())
