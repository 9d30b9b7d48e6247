"""Letters: the public check of one by its code, the same as the page's; its content and its file."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from desk.api.letter_serializers import CheckedLetterSerializer
from desk.api.problems import ProblemSerializer, problem
from desk.api.views import Endpoint
from desk.checking.selectors import check
from letters import storage
from letters.models import Letter
from letters.permissions import issued
from workflow.clock import RealClock


class LetterByCode(Endpoint):
    """Answers anybody who has the code of a letter; 404 where none has it."""

    permission_classes = [AllowAny]

    @extend_schema(
        responses={200: CheckedLetterSerializer, (404, "application/problem+json"): ProblemSerializer}
    )
    def get(self, request: Request, code: str) -> Response:
        """The letter with this code, and how it stands today."""
        letter = check(code, clock=RealClock(), language=get_language() or "en")
        if letter is None:
            return problem(
                404,
                _("No such letter"),
                _("No letter with this code was issued here. Compare the code with the letter."),
            )
        return Response(CheckedLetterSerializer(letter).data)


class _OfACase(Endpoint):
    def _letter(self, public_id: UUID) -> Letter:
        found = issued(Letter.objects.filter(public_id=public_id, case__in=self.caller.cases())).first()
        if found is None:
            raise NotFound
        return found


class LetterContent(_OfACase):
    """What a letter says, as data."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, public_id: UUID) -> Response:
        """The content of which its page is made, exactly; volumes are whole t CO2 eq."""
        content: dict[str, Any] = json.loads(self._letter(public_id).content)
        return Response(content)


class LetterFile(_OfACase):
    """The signed file of a letter."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: UUID) -> HttpResponseBase:
        """The signed bytes, exactly as issued."""
        letter = self._letter(public_id)
        pdf = BytesIO(storage.fetch(letter.signed_sha256))
        name = f"{letter.number}.pdf"
        return FileResponse(pdf, as_attachment=True, filename=name, content_type="application/pdf")
