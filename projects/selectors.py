"""Reading what is registered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from accounts.models import Authority
from projects.content import ActivityContent
from projects.models import Activity, ExpectedMitigation


def activity_meant(content: ActivityContent, authority: Authority) -> Activity | None:
    """The registered activity that is meant: by its number in its standard's registry, else by its title.

    An idea has a title before it has a number, so a number that is not known yet may belong to it.
    """
    activities = Activity.objects.filter(authority=authority)
    known = None
    if content.registry_id:
        known = activities.filter(standard=content.standard or "", registry_id=content.registry_id).first()
    if known is None and content.title:
        known = activities.filter(title=content.title, registry_id="").first()
    return known


def expected_by_vintage(activity: Activity) -> dict[int, int]:
    """The mitigation expected of an activity, in t CO2 eq by vintage: of each, the last statement."""
    statements = activity.expected_mitigation.order_by("vintage", "pk")
    return dict(statements.values_list("vintage", "tonnes"))


def expected_of(activities: Sequence[Activity]) -> Mapping[int, Mapping[int, int]]:
    """The same of many activities, by their keys; one query."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    statements = ExpectedMitigation.objects.filter(activity__in=activities).order_by("vintage", "pk")
    for activity, vintage, tonnes in statements.values_list("activity_id", "vintage", "tonnes"):
        found[activity][vintage] = tonnes
    return found
