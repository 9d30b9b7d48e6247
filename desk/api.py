"""The API. One endpoint for now: the public check of a letter, the same as the page's."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from desk.selectors.checking import check
from desk.serializers import CheckedLetterSerializer
from workflow.clock import RealClock


class LetterByCode(APIView):
    """Answers anybody who has the code of a letter; 404, where none has it, as a problem (RFC 9457)."""

    permission_classes = [AllowAny]
    authentication_classes = []

    def get(self, request: Request, code: str) -> Response:
        """The letter with this code."""
        letter = check(code, clock=RealClock(), language=get_language() or "en")
        if letter is None:
            return Response(
                {
                    "type": "about:blank",
                    "title": _("No such letter"),
                    "status": 404,
                    "detail": _(
                        "No letter with this code was issued here. Compare the code with the letter."
                    ),
                },
                status=404,
                content_type="application/problem+json",
            )
        return Response(CheckedLetterSerializer(letter).data)
