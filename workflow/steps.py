"""Typed declarations of transitions: a thin wrapper around `django_fsm.transition`.

django-fsm keeps the states and says which step may leave which state. This module adds what it
lacks: a step names its roles (denied unless listed), its guards yield every reason instead of
stopping at the first, and calling a step's method anywhere but at the door fails.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, Never, TypeAlias, TypeVar, cast

import django_fsm
from django.db import models
from django_fsm import State

from audit.trail import Json
from workflow.actors import Actor
from workflow.refusals import Reason, Words

R = TypeVar("R", bound=models.Model)

Facts: TypeAlias = Mapping[str, Json]
Guard: TypeAlias = Callable[[R, Actor], Iterable[Reason]]
Need: TypeAlias = Callable[[R, Facts], Iterable[Reason]]


@dataclass(frozen=True, kw_only=True)
class Terms(Generic[R]):
    """What a step declares, apart from its source and target states."""

    name: str
    label: Words
    says: Words
    roles: tuple[str, ...]
    kinds: frozenset[str] | None
    guards: tuple[Guard[R], ...]
    needs: tuple[Need[R], ...]
    effects: tuple[str, ...]
    movement: str
    outcome: str
    asks_again: bool
    order: int


class Step(Generic[R]):
    """The type of a declared step. At run time it is the decorated method; it cannot be called."""

    __name__: str


class ComesFrom(State):
    """The target is the state the record came from, one of those named."""

    def __init__(self, *states: str) -> None:
        self.allowed_states = states

    def get_state(
        self,
        model: Any,
        transition: Any,
        result: Any,
        args: Sequence[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> str:
        return str(model.came_from)


class ByOutcome(State):
    """The target follows from the outcome that an earlier step declared."""

    def __init__(self, states: Mapping[str, str]) -> None:
        self.states = dict(states)
        self.allowed_states = tuple(self.states.values())

    def get_state(
        self,
        model: Any,
        transition: Any,
        result: Any,
        args: Sequence[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> str:
        return self.states.get(str(model.outcome), "")


if TYPE_CHECKING:

    class StateField(models.CharField[Never, str]):
        """A state: read anywhere, assigned nowhere."""

else:

    class StateField(django_fsm.FSMField):
        """A state: read anywhere, written by the door alone."""

        def __init__(self, **options: Any) -> None:
            options.setdefault("max_length", 30)
            options["protected"] = True
            options["editable"] = False
            super().__init__(**options)

        def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
            """Without what every state has: a migration names what differs."""
            name, path, args, options = super().deconstruct()
            return (
                name,
                path,
                args,
                {key: options[key] for key in options if key not in ("protected", "editable")},
            )


# The record that stands in the door at this moment, if any.
_admitted: ContextVar[models.Model | None] = ContextVar("admitted", default=None)


def _through_the_door(record: models.Model) -> bool:
    return _admitted.get() is record


_declared = count()


@dataclass(frozen=True)
class Transitions(Generic[R]):
    """Declares the steps of one lifecycle: `transition: Transitions["Case"] = Transitions()`."""

    field_name: str = field(default="state")

    def __call__(
        self,
        *,
        source: str | Collection[str],
        target: str | State | None,
        permission: Collection[str],
        label: Words,
        says: Words,
        kinds: Collection[str] | None = None,
        conditions: Sequence[Guard[R]] = (),
        needs: Sequence[Need[R]] = (),
        effects: Sequence[str] = (),
        movement: str = "",
        outcome: str = "",
        asks_again: bool = False,
    ) -> Callable[[Callable[[R], None]], Step[R]]:
        """Declares one step.

        source, target   states; None as target keeps the state (one of several signatures)
        permission       the roles that may take it, never empty
        label, says      its name on a button, and in a sentence what it does
        kinds            the kinds of record it is for; None means all
        conditions       guards: reasons why not, from the record and the actor
        needs            reasons why not, from the facts handed in with the act
        effects          names of what follows, bound in `config/wiring.py`
        movement         the name of what it does to volumes
        outcome          what it declares for a later step to read
        asks_again       the person must have proved again, just now, who they are
        """
        sources = (source,) if isinstance(source, str) else tuple(source)
        if not sources or {"*", "+"} & set(sources):
            raise ValueError("A step names the states it leaves, one by one.")
        if isinstance(permission, str) or not permission:
            raise ValueError("A step names the roles that may take it; none would mean everybody.")

        def declare(method: Callable[[R], None]) -> Step[R]:
            terms = Terms[R](
                name=method.__name__,
                label=label,
                says=says,
                roles=tuple(permission),
                kinds=None if kinds is None else frozenset(kinds),
                guards=tuple(conditions),
                needs=tuple(needs),
                effects=tuple(effects),
                movement=movement,
                outcome=outcome,
                asks_again=asks_again,
                order=next(_declared),
            )
            decorate = django_fsm.transition(
                field=self.field_name,
                source=list(sources),
                target=target,
                conditions=[_through_the_door],
                custom={"terms": terms},
            )
            step = decorate(method)
            step.alters_data = True
            return cast(Step[R], step)

        return declare


def _meta(step: Step[R]) -> Any:
    """What django-fsm keeps of a decorated method."""
    return cast(Any, step)._django_fsm  # noqa: SLF001 - it offers no other way to read a declaration


def terms_of(step: Step[R]) -> Terms[R]:
    """What this step declared."""
    return cast(Terms[R], next(iter(_meta(step).transitions.values())).custom["terms"])


def sources_of(step: Step[R]) -> tuple[str, ...]:
    """The states this step leaves, as declared."""
    return tuple(str(source) for source in _meta(step).transitions)


def targets_of(step: Step[R]) -> tuple[str, ...]:
    """The states this step may lead to; its own sources where it keeps the state."""
    target = next(iter(_meta(step).transitions.values())).target
    if target is None:
        return sources_of(step)
    if isinstance(target, State):
        return tuple(str(state) for state in target.allowed_states)
    return (str(target),)


def next_state(step: Step[R], record: R) -> str:
    """The state to which this step leads this record from where it is; "" where none is named."""
    target = next(iter(_meta(step).transitions.values())).target
    if target is None:
        return str(cast(Any, record).state)
    if isinstance(target, State):
        return str(target.get_state(cast(Any, record), cast(Any, None), None))
    return str(target)


def steps_of(model: type[R]) -> list[Step[R]]:
    """Every step of a lifecycle, in the order in which its page declares them."""
    state_field = cast(django_fsm.FSMField, model._meta.get_field("state"))
    names = state_field.transitions[model]
    return sorted((getattr(model, name) for name in names), key=lambda step: terms_of(step).order)


def move_state(step: Step[R], record: R) -> str:
    """Takes the step on the instance in memory and returns the new state. For the door alone."""
    token = _admitted.set(record)
    try:
        cast(Callable[[R], None], step)(record)
    finally:
        _admitted.reset(token)
    return str(cast(Any, record).state)
