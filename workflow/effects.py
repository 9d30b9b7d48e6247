"""What follows from a step: names declared by lifecycles, handlers bound in `config/wiring.py`.

Two sorts. *Within*: runs in the step's own transaction and falls with it (a letter is drawn, its
number taken). *After*: becomes an outbox row and is delivered once the transaction is committed
(rendering, sealing, notices). A handler of the second sort may be run again at any time and must
then find its work done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from audit.models import Event
from audit.trail import Json
from workflow.clock import Clock
from workflow.governed import Governed


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step that has just been taken, as a handler within its transaction sees it."""

    record: Governed
    name: str
    facts: Mapping[str, Json]
    event: Event
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A message being delivered. `key` is the same at every attempt."""

    key: UUID
    payload: Mapping[str, Json]
    clock: Clock


Within: TypeAlias = Callable[[Step], None]
After: TypeAlias = Callable[[Delivery], None]

_within: dict[str, Within] = {}
_after: dict[str, After] = {}


class AlreadyBound(RuntimeError):
    """Two handlers claim one effect."""


class NotBound(LookupError):
    """No handler is bound to a named effect."""


def bind_within(name: str, handler: Within) -> None:
    """Binds an effect that runs in the step's transaction (AlreadyBound if another handler has it)."""
    _bind(_within, name, handler)


def bind_after(name: str, handler: After) -> None:
    """Binds an effect that is delivered from the outbox (AlreadyBound if another handler has it)."""
    _bind(_after, name, handler)


def _bind(table: dict[str, Callable[..., None]], name: str, handler: Callable[..., None]) -> None:
    if table.get(name, handler) is not handler or name in (_after if table is _within else _within):
        raise AlreadyBound(f"The effect {name!r} is already bound.")
    table[name] = handler


def bound() -> frozenset[str]:
    """The names of all bound effects."""
    return frozenset(_within) | frozenset(_after)


def is_within(name: str) -> bool:
    """Whether the effect runs in the step's own transaction (NotBound if it is bound nowhere)."""
    if name in _within:
        return True
    if name in _after:
        return False
    raise NotBound(f"No handler is bound to the effect {name!r}: see config/wiring.py.")


def run_within(name: str, step: Step) -> None:
    """Runs an effect of the first sort."""
    _within[name](step)


def run_after(name: str, delivery: Delivery) -> None:
    """Runs an effect of the second sort (NotBound if it is bound nowhere)."""
    if name not in _after:
        raise NotBound(f"No handler is bound to the effect {name!r}: see config/wiring.py.")
    _after[name](delivery)
