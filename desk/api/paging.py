"""Lists, page by page: each page goes on from a name that stays, so that none grows slower than the last."""

from typing import Any

from rest_framework.pagination import CursorPagination

MOST = 200


class ByName(CursorPagination):
    """Ordered by the view's `ordering`, a unique public field: no primary key leaves the server."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = MOST

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        """The field of the view."""
        return (view.ordering,)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A page: what OpenAPI 3.1 calls null, where there is none before or after it."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }
