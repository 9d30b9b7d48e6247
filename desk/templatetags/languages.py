"""Which other languages a page is offered in, and where choosing one leads back to."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def other_languages() -> list[tuple[str, str]]:
    """The languages that this page is not in: each by its code, and by the name its speakers give it."""
    return [(code, name) for code, name in settings.LANGUAGES if code != get_language()]


@register.simple_tag(takes_context=True)
def way_back(context: Mapping[str, Any]) -> str:
    """The address of this page; where it answers something that was sent, of the page it was sent from."""
    request = context["request"]
    if request.method in ("GET", "HEAD"):
        return str(request.get_full_path())
    return str(request.META.get("HTTP_REFERER", ""))
