"""What programs are told of the API: its specification, made from its code, the same in every language."""

from functools import cache
from typing import Any, Literal

from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from desk.api.examples import with_examples
from desk.api.problems import MEDIA_TYPE, ProblemSerializer
from desk.api.readers import with_readers


class Described(AutoSchema):
    """An address as the specification describes it: any refusal, and any mistake, is a problem document."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        """Those that the address names, and for whatever else the problem document that comes."""
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        bodies["default"] = self._get_response_for_code(  # type: ignore[no-untyped-call]
            ProblemSerializer, "default", media_types=[MEDIA_TYPE], direction=direction
        )
        return bodies


@cache
def specification() -> dict[str, Any]:
    """The OpenAPI document; made once, in English, in which the names of its lists are known again."""
    with translation.override("en"):
        document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    for schema in document["components"]["schemas"].values():
        # What is sent with one step may be read as another's, too: the address says which step it is.
        if any("$ref" in one for one in schema.get("oneOf", ())):
            schema["anyOf"] = schema.pop("oneOf")
    return with_examples(with_readers(document))


@require_safe
def served(_request: HttpRequest) -> JsonResponse:
    """The specification, for whoever asks."""
    return JsonResponse(specification())
