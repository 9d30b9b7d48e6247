"""The procedures of the authorities: which there are, and one whole."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from pydantic import TypeAdapter
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from authorisation.procedures import Procedure, UnknownProcedure, procedure
from desk.api.views import Endpoint
from desk.procedures.selectors import Listed, listed


class ListedSerializer(serializers.Serializer[Listed]):
    """A version of a procedure, and from which day on it holds for new cases."""

    version = serializers.CharField()
    name = serializers.CharField()
    party = serializers.CharField(allow_blank=True)
    in_force_from = serializers.DateField()


class Procedures(Endpoint):
    """Every version that is held."""

    permission_classes = [AllowAny]

    @extend_schema(responses=ListedSerializer(many=True), operation_id="procedures_list")
    def get(self, request: Request) -> Response:
        """By Party and first day."""
        return Response([ListedSerializer(one).data for one in listed(get_language() or "en")])


class OneProcedure(Endpoint):
    """One version of a procedure."""

    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="procedures_retrieve")
    def get(self, request: Request, version: str) -> Response:
        """Its kinds, bodies, clocks, fees and letters, as its file gives them."""
        try:
            found = procedure(version)
        except UnknownProcedure:
            raise NotFound from None
        told: dict[str, Any] = TypeAdapter(Procedure).dump_python(found, mode="json")
        return Response(told)
