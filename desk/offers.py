"""What a person may do with a record now, in whichever of their capacities, and why not what they may not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from accounts.models import Office
from workflow.actors import Person
from workflow.clock import Clock
from workflow.door import Option, options
from workflow.governed import Governed
from workflow.refusals import Reason, Words
from workflow.steps import steps_of, terms_of

R = TypeVar("R", bound=Governed)

# Steps that no person takes: they follow from others, or from time.
_MACHINES = frozenset({"system", "clock"})


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One step that the record's state allows.

    actor     the person in the capacity in which they may take it, or come nearest to it
    reasons   why they may not, each with what mends it; empty where they may
    """

    step: str
    label: Words
    says: Words
    actor: Person
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        return not self.reasons

    @property
    def office(self) -> Office | None:
        return self.actor.office

    @property
    def is_theirs(self) -> bool:
        """Whether the step belongs to the person's office or organisation, even if it is not possible yet."""
        return all(reason.code != "role" for reason in self.reasons)


def offers(record: R, capacities: Sequence[Person], clock: Clock) -> list[Offer]:
    """Every step that people can take from the record's state, in the order of its lifecycle's page."""
    by_people = {
        terms_of(step).name: terms_of(step).order
        for step in steps_of(type(record))
        if not set(terms_of(step).roles) <= _MACHINES
    }
    found: dict[str, Offer] = {}
    for actor in capacities:
        for option in options(record, actor, clock):
            if option.name in by_people:
                offered = _offer(option, actor)
                found[option.name] = _nearer(found.get(option.name), offered)
    return sorted(found.values(), key=lambda offer: by_people[offer.step])


def _offer(option: Option, actor: Person) -> Offer:
    return Offer(
        step=option.name,
        label=option.label,
        says=option.says,
        actor=actor,
        reasons=option.reasons,
    )


def _nearer(one: Offer | None, other: Offer) -> Offer:
    """Of two capacities the one with less against it; being the wrong person weighs most."""
    if one is None:
        return other
    return min(one, other, key=lambda offer: (not offer.is_theirs, len(offer.reasons)))


def told_to_outsiders(reasons: Collection[Reason]) -> tuple[Reason, ...]:
    """Of what stands against a step of others, what concerns an outsider: the rest is deliberation."""
    return tuple(reason for reason in reasons if reason.code == "role")


def offer_of(step: str, offered: Collection[Offer]) -> Offer | None:
    """The offer of this step; None where the state does not allow it."""
    return next((offer for offer in offered if offer.step == step), None)
