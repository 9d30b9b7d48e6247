"""What the decision of a case file grants: the terms asked for, with all that it says otherwise."""

from typing import Any

from authorisation.terms import Terms
from desk.case_file import DecisionContent


def granted_terms(asked: Terms, decision: DecisionContent) -> Terms:
    """The terms granted. What the decision leaves open is granted as it was asked for."""
    return asked.model_copy(
        update={
            **_volumes(decision),
            **_uses(asked, decision),
            **_who(asked, decision),
            **_when(asked, decision),
            **_shares(decision),
        }
    )


def _volumes(decision: DecisionContent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if decision.volumes_tco2e is not None:
        changes["volumes"] = dict(decision.volumes_tco2e)
    if decision.total_tco2e is not None:
        changes["total"] = decision.total_tco2e
    return changes


def _uses(asked: Terms, decision: DecisionContent) -> dict[str, Any]:
    """Fewer uses take their named purposes, and the definition of first transfer, with them."""
    changes: dict[str, Any] = {}
    if decision.uses is not None:
        changes["uses"] = decision.uses
        changes["imp"] = asked.imp if "IMP" in decision.uses else ()
        changes["op"] = asked.op if "OP" in decision.uses else None
        if set(decision.uses) == {"NDC"}:
            changes["first_transfer_definition"] = None
    if decision.oimp is not None:
        changes["imp"], changes["op"] = decision.oimp.imp or (), decision.oimp.op
    if decision.first_transfer_definition is not None:
        changes["first_transfer_definition"] = decision.first_transfer_definition
    return changes


def _who(asked: Terms, decision: DecisionContent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if decision.parties is not None:
        changes["parties"] = decision.parties
    if decision.entities is not None:
        named = set(decision.entities)
        changes["entities"] = tuple(entity for entity in asked.entities if entity.name in named)
    return changes


def _when(asked: Terms, decision: DecisionContent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if decision.outcomes_occur is not None:
        changes["outcomes_from"] = decision.outcomes_occur.starts_on or asked.outcomes_from
        changes["outcomes_to"] = decision.outcomes_occur.ends_on or asked.outcomes_to
    if decision.last_use_on is not None:
        changes["last_use_on"] = decision.last_use_on
    return changes


def _shares(decision: DecisionContent) -> dict[str, Any]:
    """Percentages as decimal text without trailing noughts."""
    given = {
        "host_retention_percent": decision.host_retention_percent,
        "omge_percent": decision.omge_percent,
    }
    return {name: f"{percent.normalize():f}" for name, percent in given.items() if percent is not None}
