"""How a case is handled: the rules of its kind under the version of the procedure it was opened under."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from accounts.models import Authority
from authorisation.kinds import ABOUT_AUTHORISATIONS, AUTHORISING, Kind
from authorisation.procedures import DEFAULT, SHIPPED, procedure
from authorisation.procedures.held import versions_loaded
from authorisation.procedures.shape import Body, Handling, Procedure
from authorisation.requirements import Requirement

if TYPE_CHECKING:
    from authorisation.models import Case


class KindNotInUse(LookupError):
    """A case is of a kind that the version of its procedure does not name."""


def procedure_of(case: "Case") -> Procedure:
    """The version of the procedure under which the case was opened, and stays to its end."""
    return procedure(case.procedure_version)


def handling_of(case: "Case") -> Handling:
    """The rules of the case's kind under the case's version. Raises KindNotInUse."""
    return handling_under(procedure_of(case), Kind(case.kind))


def handling_under(terms: Procedure, kind: Kind) -> Handling:
    """The rules of a kind under a version. Raises KindNotInUse."""
    handling = handling_in(terms, kind)
    if handling is None:
        raise KindNotInUse(f"{kind} under {terms.version}")
    return handling


# What an act about an authorisation is handled like where the procedure has no rules of its own for it.
_LIKE = (Kind.CONSOLIDATED, Kind.OUTCOMES, Kind.ENTITIES, Kind.APPROACH)


def handling_in(terms: Procedure, kind: Kind) -> Handling | None:
    """The rules of a kind under a version; None where it does not use the kind.

    Whoever gave an authorisation may act on it: where the procedure says nothing of such an act, the bodies,
    offices and clocks are those of an authorisation. What is asked of an applicant (documents, fees, prior
    letters, the host's share) is not asked again.
    """
    own = terms.handling.get(kind)
    if own is not None or kind not in ABOUT_AUTHORISATIONS:
        return own
    like = next((terms.handling[one] for one in _LIKE if one in terms.handling), None)
    if like is None:
        return None
    return replace(
        like,
        kind=kind,
        prerequisites=(),
        documents=(),
        questions=(),
        fees=(),
        letter={},
        validity=None,
        host_share=None,
        host_share_most=None,
    )


def standing_requirements(case: "Case") -> tuple[Requirement, ...]:
    """What its procedure asks of every holder whom a case of this kind authorises; of other kinds nothing."""
    return handling_of(case).obligations if case.kind in AUTHORISING else ()


def bodies_of(case: "Case") -> tuple[Body, ...]:
    """The bodies that review the case: the fixed ones, then those of its activity's sector where routed."""
    handling = handling_of(case)
    sector = case.activity.sector if handling.routed and case.activity is not None else ""
    return bodies_for(procedure_of(case), handling, sector)


def bodies_for(terms: Procedure, handling: Handling, sector: str) -> tuple[Body, ...]:
    """The bodies that review a case of this kind about an activity of this sector, each once."""
    fixed = tuple(terms.bodies[code] for code in handling.bodies)
    if not handling.routed or not sector:
        return fixed
    routed = (body for body in terms.bodies.values() if sector in body.sectors and body not in fixed)
    return (*fixed, *routed)


def procedure_for(authority: Authority, on: date) -> Procedure:
    """The version under which this authority opens a new case on that day.

    The latest that is in force, of the Party's own; its first for days before any was in force; the
    documented default where the Party has none. One query.
    """
    party = authority.party.code
    shipped = [(one.in_force_from, one.version) for one in SHIPPED.values() if one.party == party]
    # Of two that apply from the same day, the one loaded last was meant to replace the other.
    own = sorted([*sorted(shipped), *versions_loaded(authority)], key=lambda one: one[0])
    if not own:
        return DEFAULT
    in_force = [version for since, version in own if since <= on]
    return procedure(in_force[-1] if in_force else own[0][1])
