"""The planned act of a case about an authorisation, and what it would do as the authorisation stands now."""

from datetime import date
from typing import TYPE_CHECKING

from authorisation import acts
from authorisation.acts import AnyPlan
from authorisation.effect import Effect, effect_of
from authorisation.handling import procedure_for, procedure_of
from authorisation.kinds import ABOUT_AUTHORISATIONS
from authorisation.taking_stock import AWAITING, standing_of
from authorisation.touching import touching_of

if TYPE_CHECKING:
    from authorisation.models import Authorisation, Case


def is_about(case: "Case") -> bool:
    """Whether the case is about an authorisation that stands."""
    return case.kind in ABOUT_AUTHORISATIONS and case.authorisation_id is not None


def plan_of(case: "Case") -> AnyPlan:
    """The act that the case plans, as it was opened. Raises PlannedAct.DoesNotExist for any other case."""
    return acts.parse(case.planned.plan)


def granted_plan_of(case: "Case") -> AnyPlan | None:
    """The act as it was last granted; None while nothing was."""
    decision = case.decisions.last()
    return acts.parse(decision.plan) if decision is not None and decision.plan else None


def touches_transferred(authorisation: "Authorisation") -> bool:
    """Whether an act is decided and awaits its letter that touches what is first transferred already."""
    awaiting = authorisation.cases.filter(AWAITING)
    return any(plan is not None and touching_of(plan) for plan in map(granted_plan_of, awaiting))


def effect_for(case: "Case", plan: AnyPlan | None = None) -> Effect:
    """What the case would do now, or another act in its stead. A constant number of queries."""
    authorisation = case.authorisation
    if authorisation is None:
        raise ValueError(f"Case {case.reference} is about no authorisation.")
    standing = standing_of(authorisation, under=procedure_of(case), beside=case)
    return effect_of(standing, plan or plan_of(case))


def effect_on(authorisation: "Authorisation", plan: AnyPlan, *, on: date) -> Effect:
    """What an act would do to an authorisation, were its case opened that day. Constant queries."""
    under = procedure_for(authorisation.authority, on)
    return effect_of(standing_of(authorisation, under=under), plan)
