"""Filters of the lists: which of their fields may be asked for, by which name, and what each may say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

# As long as the longest field that is asked for.
_LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What one parameter of a list asks for.

    field    the field that must be equal, as the database names it
    choices  what it may say, where that is a closed list: another word is a mistake, not an empty list
    capital  whether it is written in capitals (codes), and read so however it was written
    says     for the specification
    """

    field: str
    choices: Collection[str] = ()
    capital: bool = False
    says: str = ""


class ByFields(BaseFilterBackend):
    """Filters a list by the `filters` of its view. Raises ValidationError for a word that is not known."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """What answers all that is asked for; an empty parameter asks for nothing."""
        filters: Mapping[str, Filter] = view.filters
        wanted: dict[str, str] = {}
        mistakes: dict[str, list[str]] = {}
        for name, asked in filters.items():
            value = request.query_params.get(name, "")
            value = value.upper() if asked.capital else value
            if asked.choices and value and value not in asked.choices:
                mistakes[name] = [
                    _("There is no “%(word)s” here. Known are: %(known)s.")
                    % {"word": value, "known": ", ".join(asked.choices)}
                ]
            elif len(value) > _LONGEST or "\x00" in value:
                mistakes[name] = [_("Nothing here can be called so.")]
            elif value:
                wanted[asked.field] = value
        if mistakes:
            raise serializers.ValidationError(mistakes)
        return queryset.filter(**wanted) if wanted else queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the specification."""
        return [
            {
                "name": name,
                "required": False,
                "in": OpenApiParameter.QUERY,
                "schema": {"type": "string", **({"enum": list(one.choices)} if one.choices else {})},
                **({"description": one.says} if one.says else {}),
            }
            for name, one in view.filters.items()
        ]


def of_authority(field: str = "authority__slug") -> Filter:
    """By the authority to which something belongs."""
    return Filter(field=field, says="The short name of an authority.")
