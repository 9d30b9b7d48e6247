"""How many notices the person who looks at the page has not read."""

from typing import Any

from django import template

from accounts.models import User
from desk.notices.selectors import unread_count

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """The number of unread notices; none where nobody is signed in, or a page is made without a request."""
    person = context.get("user")
    return unread_count(person) if isinstance(person, User) else 0
