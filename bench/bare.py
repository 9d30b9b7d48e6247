"""A bare Django view of the rows that the list of activities tells: what the API is measured against.

No middleware, no caller, no rate, no page after this one: one query for ten rows, and their JSON.
"""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from projects.models import Activity

FIELDS = (
    *("public_id", "authority__slug", "approach__public_id", "title", "scale", "standard", "registry_id"),
    *("methodology", "sector", "activity_type", "activity_type_note", "mitigation_type", "metric", "gwp"),
    *("location", "crediting_starts_on", "crediting_ends_on", "state"),
)


def activities(_request: HttpRequest) -> JsonResponse:
    """Ten of them, in order of their public ids."""
    return JsonResponse({"results": list(Activity.objects.order_by("public_id").values(*FIELDS)[:10])})


urlpatterns = [path("activities", activities)]
