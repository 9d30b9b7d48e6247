"""What each lifecycle hands the door: who has which role, what the volumes do, which dates follow."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from audit.models import Event
from workflow.actors import Actor
from workflow.clock import Clock
from workflow.governed import Governed
from workflow.refusals import Reason
from workflow.steps import Facts

R = TypeVar("R", bound=Governed)

# Moves balances by guarded UPDATE. What it yields are reasons for which the whole act is refused.
Movement: TypeAlias = Callable[[R, Facts, Event], Collection[Reason]]


@dataclass(frozen=True, kw_only=True)
class Governance(Generic[R]):
    """The callables of one lifecycle, so that the door needs to know no model above it.

    roles             the roles this actor has towards this record at this instant
    withheld          the roles that the actor would have, had something not happened: by role, the reasons
    may_see           whether the actor may know that the record exists
    kinds             the kinds this record is of, where steps name kinds
    procedure_version the version of the procedure under which it runs, for the trail
    entering          further columns to write when a state is entered, e.g. `due_on`
    movements         by the name a step declares
    """

    roles: Callable[[R, Actor, Clock], Collection[str]]
    may_see: Callable[[R, Actor, Clock], bool]
    withheld: Callable[[R, Actor, Clock], Mapping[str, Collection[Reason]]] = lambda record, actor, clock: {}
    kinds: Callable[[R], Collection[str]] = lambda record: ()
    procedure_version: Callable[[R], str] = lambda record: ""
    entering: Callable[[R, str, Clock], Mapping[str, Any]] = lambda record, state, clock: {}
    movements: Mapping[str, Movement[R]] = field(default_factory=dict)


_governed: dict[type[Governed], Governance[Any]] = {}


def govern(model: type[R], governance: Governance[R]) -> None:
    """Registers the governance of a model; called once, when its package is ready."""
    _governed[model] = governance


def governance_of(record: R) -> Governance[R]:
    """The governance of this record's model (LookupError where none was registered)."""
    model = record._meta.concrete_model
    if model not in _governed:
        raise LookupError(f"No governance is registered for {record._meta.label}.")
    return _governed[model]


def governed_models() -> frozenset[type[Governed]]:
    """The models that have a governance."""
    return frozenset(_governed)
