"""Reading what is registered."""

from projects.models import Activity


def expected_by_vintage(activity: Activity) -> dict[int, int]:
    """The mitigation expected of an activity, in t CO2 eq by vintage: of each, the last statement."""
    statements = activity.expected_mitigation.order_by("vintage", "pk")
    return dict(statements.values_list("vintage", "tonnes"))
