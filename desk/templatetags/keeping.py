"""What is left of a form that was sent after its person's session had ended: see `desk.keeping`."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from desk.keeping import files_lost, writer_mark

register = template.Library()


@register.simple_tag(takes_context=True)
def mark_of_writer(context: dict[str, Any]) -> SafeString | str:
    """The hidden field that says for whom a form was made; nothing where nobody is signed in."""
    person = context.get("user")
    if not isinstance(person, User):
        return ""
    return format_html('<input type="hidden" name="writer" value="{}">', writer_mark(person))


@register.simple_tag(takes_context=True)
def files_not_kept(context: dict[str, Any]) -> list[str]:
    """The names of the files that this person sent from this page while they were signed out; said once."""
    request = context.get("request")
    return files_lost(request) if request is not None else []
