"""An authority's way of handling the kinds of case: bodies, offices, clocks, fees. Data, never a state."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.models import Function
from authorisation.clocks import Clock
from authorisation.kinds import Kind


class UnknownProcedure(LookupError):
    """A case names a version of a procedure that this installation does not hold."""


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One version of one procedure. Days are calendar days.

    kinds           the kinds of case it handles
    bodies          the reviewing bodies, each of which gives an opinion
    deciding        the function of the deciding office
    signing         the functions of the signing offices of letters of decision, in order
    prerequisites   for a kind, the kinds of which a case about the activity must have been granted
    fee             the fee before service, with its currency; None for none
    days            how long each clock runs
    """

    version: str
    kinds: frozenset[str]
    bodies: tuple[str, ...]
    deciding: Function
    signing: tuple[Function, ...]
    days: Mapping[Clock, int]
    prerequisites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fee: str | None = None


BUILT_IN = Procedure(
    version="built-in/1",
    kinds=frozenset({Kind.APPROACH, Kind.ENTITIES, Kind.OUTCOMES, Kind.CONSOLIDATED}),
    bodies=("technical review",),
    deciding=Function.DECIDER,
    signing=(Function.SIGNER,),
    days={
        Clock.RETENTION: 365,
        Clock.COMPLETENESS: 14,
        Clock.APPLICANT: 60,
        Clock.REVIEW: 60,
        Clock.DECISION: 30,
        Clock.SIGNATURE: 14,
    },
)

_versions = {BUILT_IN.version: BUILT_IN}


def procedure(version: str) -> Procedure:
    """The procedure of this version, under which a case stays to its end (UnknownProcedure)."""
    if version not in _versions:
        raise UnknownProcedure(version)
    return _versions[version]


def procedures() -> tuple[Procedure, ...]:
    """Every version of a procedure that this installation holds."""
    return tuple(_versions.values())
