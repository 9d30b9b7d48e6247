"""Filters for pages on which somebody acts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from accounts.models import User
from desk.offers import Offer
from desk.selectors.offices import offices_today
from desk.values import name_of_place
from workflow.clock import RealClock
from workflow.refusals import Reason

register = template.Library()


@register.filter
def at(found: Mapping[str, Any], key: str) -> Any:
    """What stands at this key; None where nothing does."""
    return found.get(key)


@register.filter
def translated(sentence: str) -> str:
    """A sentence of the code, such as what a step says of itself, in the language of the page."""
    return gettext(sentence) if sentence else ""


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


@register.filter
def said(reason: Reason) -> str:
    """A reason as a sentence that names places of the application by their names."""
    return str(reason.words) % _named(reason.values) if reason.values else str(reason)


@register.filter
def mend(reason: Reason) -> str:
    """What would mend it, naming places by their names."""
    return str(reason.mend) % _named(reason.values) if reason.values else reason.mend_text


def _named(values: Mapping[str, Any]) -> Mapping[str, Any]:
    path = values.get("path")
    return {**values, "path": name_of_place(path)} if isinstance(path, str) and path else values
