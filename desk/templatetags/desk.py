"""How the pages write days and instants, and the banner of a demonstration."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.models import Office
from accounts.names import in_language
from letters.templatetags.letter_format import long_date, tonnes

register = template.Library()


@register.simple_tag
def day(value: date | None) -> SafeString | str:
    """A day in words, for machines too; a dash where there is none."""
    if value is None:
        return "–"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), long_date(value))


@register.simple_tag
def year(value: date) -> SafeString:
    """The year of a day of which no more is known, for machines too."""
    return format_html('<time datetime="{}">{}</time>', f"{value:%Y}", f"{value:%Y}")


@register.simple_tag
def instant(value: datetime, zone: str) -> SafeString:
    """An instant in the time of a zone, such as "3 June 2024, 12:01".

    Of UTC it says so: whoever reads it is not told of any authority's own time.
    """
    there = value.astimezone(ZoneInfo(zone))
    return format_html(
        '<time datetime="{}">{}, {}</time>',
        there.isoformat(timespec="seconds"),
        long_date(there),
        f"{there:%H:%M}{' UTC' if zone == 'UTC' else ''}",
    )


@register.filter
def volume(value: int) -> SafeString:
    """A volume with its unit, kept apart from the text around: right-to-left text would turn them round.

    For pages alone; what is no page writes `tonnes`, without markup.
    """
    return format_html("<bdi>{}</bdi>", tonnes(value))


@register.simple_tag
def office_title(office: Office) -> str:
    """The title of an office in the language of the page."""
    return in_language(office.title, get_language() or "en")


@register.simple_tag
def is_demonstration() -> bool:
    """Whether this installation only shows how it would be. Also where a page is made without a request."""
    return bool(settings.DEMONSTRATION)


@register.filter
def in_groups_of_eight(digest: str) -> list[str]:
    """A long digest in pieces that an eye can compare."""
    return [digest[start : start + 8] for start in range(0, len(digest), 8)]
