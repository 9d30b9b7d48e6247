"""Authorisations in force, and acts about them taken through their cases, without rendering any letter."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Function
from authorisation import acts
from authorisation.kinds import Initiative
from authorisation.models import Authorisation, Case, Line
from authorisation.services import acts as services
from authorisation.services import applications, decisions, desk
from authorisation.services.acts import open_act
from tests.authorisation.factories import Staff, concluded, recommended

POOLS = ("authorised", "drawn", "issued", "first_transferred", "retained", "used_or_cancelled", "revoked")


def planned(type_: str, **more: Any) -> acts.AnyPlan:
    """A planned act of this type, with grounds."""
    return acts.read({"type": type_, "grounds": "As the file shows.", **more})


def opened(
    of: Staff, authorisation: Authorisation, plan: acts.AnyPlan, function: Function | None = None
) -> Case:
    """A draft opened by the holder of an office, or by the authorisation's holder."""
    return open_act(Authorisation.objects.get(pk=authorisation.pk), plan, act=of.act(function))


def lines(authorisation: Authorisation) -> Mapping[int, tuple[int, ...]]:
    """Every line's pools, in the order of POOLS."""
    found = Line.objects.filter(authorisation=authorisation)
    return {line.vintage: tuple(getattr(line, pool) for pool in POOLS) for line in found}


def decided(
    of: Staff, authorisation: Authorisation, plan: acts.AnyPlan, function: Function | None = None
) -> Case:
    """The act taken to its decision, granted, its letter drawn and not rendered."""
    case = recommended(of, reviewable(of, opened(of, authorisation, plan, function)))
    return decisions.approve(case, act=of.act(Function.DECIDER))


def reviewable(of: Staff, case: Case) -> Case:
    """The draft taken into review: submitted and accepted, filed, or served and heard."""
    if case.initiative == Initiative.ASKED_FOR:
        submitted = applications.submit(case, act=of.act(), declared=True)
        return desk.accept(submitted, act=of.act(Function.DESK_OFFICER))
    if case.initiative == Initiative.OWN_MOTION:
        return services.file(case, act=of.act(Function.DESK_OFFICER))
    served = services.serve_notice(case, act=of.act(Function.DESK_OFFICER))
    return services.hear(served, act=of.act(), statement="We have nothing to add.")


def carried_out(
    of: Staff, authorisation: Authorisation, plan: acts.AnyPlan, function: Function | None = None
) -> Authorisation:
    """The act taken from its opening to its effect."""
    return concluded(of, decided(of, authorisation, plan, function))
