"""Filters for pages on which somebody acts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from accounts.models import User
from accounts.wording import in_words
from desk.offers import Offer
from desk.selectors.offices import offices_today
from desk.values import name_of_place, of_code
from workflow.clock import RealClock
from workflow.refusals import Reason

register = template.Library()


@register.filter
def at(found: Mapping[str, Any], key: str) -> Any:
    """What stands at this key; None where nothing does."""
    return found.get(key)


register.filter("in_words", in_words)


@register.filter
def decoded(found: str | Iterable[str]) -> str:
    """A code of the application, or several, in words."""
    return of_code(found) if isinstance(found, str) else ", ".join(of_code(code) for code in found)


@register.filter
def theirs(offers: Iterable[Offer]) -> list[Offer]:
    """The steps that belong to the person's own office."""
    return [offer for offer in offers if offer.is_theirs]


@register.filter(name="name_of_place")
def place(path: str) -> str:
    """The name of a place in the application."""
    return name_of_place(path)


@register.simple_tag(takes_context=True)
def holds_an_office(context: Mapping[str, Any]) -> bool:
    """Whether the person of this page holds any office today, so that they have an inbox."""
    person = context.get("user")
    return isinstance(person, User) and bool(offices_today(person, clock=RealClock()))


@register.simple_tag(takes_context=True)
def functions_held(context: Mapping[str, Any]) -> frozenset[str]:
    """The functions of the offices that the person of this page holds today."""
    person = context.get("user")
    if not isinstance(person, User):
        return frozenset()
    return frozenset(held.function for held in offices_today(person, clock=RealClock()))


@register.filter
def said(reason: Reason) -> str:
    """A reason as a sentence that names places of the application by their names."""
    return reason.filled(reason.words, **_named(reason.values))


@register.filter
def mend(reason: Reason) -> str:
    """What would mend it, naming places by their names."""
    return reason.filled(reason.mend, **_named(reason.values))


def _named(values: Mapping[str, Any]) -> dict[str, str]:
    path = values.get("path")
    return {"path": name_of_place(path)} if isinstance(path, str) and path else {}
