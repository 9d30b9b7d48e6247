"""The public check, for programs: of a file, and of what a number or a serial stands for.

The same answers as the pages give, under the same limits, counted together with them by address.
"""

from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authorisation.lifecycle_of_authorisations import State
from desk.api.letter_serializers import CheckedLetterSerializer
from desk.api.problems import ProblemSerializer, problem
from desk.api.views import Endpoint, Rate
from desk.checking.covered import Answer, Covering, Units, covered
from desk.checking.forms import too_large
from desk.checking.rates import ASKING, SENDING
from desk.checking.selectors import CheckedFile, check_bytes
from letters.inspection import MOST_BYTES
from workflow.clock import RealClock

# Bytes of a form around its file: names and boundaries.
_AROUND = 64 * 1024
# As long as the page takes them.
_LONGEST = 300


class AskingRate(Rate):
    """So many questions a minute from one address, whoever asks, on pages and here."""

    scope = ASKING

    def get_rate(self) -> str:
        """As the settings say."""
        return str(settings.CHECK_RATES[self.scope])

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """By address, under the name that the pages count under."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SendingRate(AskingRate):
    """So many files a minute."""

    scope = SENDING


class CheckedFileSerializer(serializers.Serializer[CheckedFile]):
    """Genuine, not genuine, or not to be said now, with the reasons; and the letter that the file is.

    `letter` is null unless the file is genuine. A public copy leaves out what is confidential, and bears no
    signature.
    """

    answer = serializers.ChoiceField(choices=["genuine", "not genuine", "cannot say"])
    sentences = serializers.ListField(child=serializers.CharField())
    is_public_copy = serializers.BooleanField()
    letter = CheckedLetterSerializer(allow_null=True)


class SentFileSerializer(serializers.Serializer[Any]):
    """The file of a letter, as it was received."""

    file = serializers.FileField(allow_empty_file=True)


class CoveringSerializer(serializers.Serializer[Covering]):
    """An authorisation as anybody may know it; volumes in whole t CO2 eq.

    `ceiling` and `left` are null where no ceiling bounds it; `gone` is first transferred or kept by the host;
    `open`: something can be first transferred now. Without a `letter_code` it was given before this register
    was kept.
    """

    authorisation = serializers.CharField(source="identifier")
    version = serializers.IntegerField()
    letter_number = serializers.CharField(allow_blank=True)
    letter_code = serializers.CharField(allow_blank=True)
    activity = serializers.CharField(source="title")
    registry_id = serializers.CharField(allow_blank=True)
    approach = serializers.CharField(allow_blank=True)
    cooperative_approach = serializers.CharField(source="ca_id", allow_blank=True)
    authority = serializers.CharField()
    party = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    as_of = serializers.DateField()
    uses = serializers.ListField(source="terms.uses", child=serializers.CharField())
    outcomes_from = serializers.DateField(source="terms.outcomes_from", allow_null=True)
    outcomes_to = serializers.DateField(source="terms.outcomes_to", allow_null=True)
    last_use_on = serializers.DateField(source="terms.last_use_on", allow_null=True)
    ceiling_tco2e = serializers.IntegerField(source="ceiling", allow_null=True)
    issued_tco2e = serializers.IntegerField(source="issued")
    gone_tco2e = serializers.IntegerField(source="gone")
    left_tco2e = serializers.IntegerField(source="left", allow_null=True)
    open = serializers.BooleanField()
    demonstration = serializers.BooleanField()


class UnitsSerializer(serializers.Serializer[Units]):
    """Consecutive units of one fate; `movable`: not first transferred."""

    serial = serializers.CharField()
    tonnes = serializers.IntegerField()
    vintage = serializers.IntegerField()
    place = serializers.CharField()
    movable = serializers.BooleanField()
    authorisation = serializers.CharField(source="identifier")


class CoveredSerializer(serializers.Serializer[Answer]):
    """What a number or a serial stands for. `tonnes` is null where no serial was asked for.

    `not_covered` units of it no authorisation covers; `further`: there is more than is told.
    """

    asked = serializers.CharField()
    authorisations = CoveringSerializer(many=True)
    units = UnitsSerializer(many=True)
    tonnes = serializers.IntegerField(allow_null=True)
    not_covered = serializers.IntegerField()
    further = serializers.BooleanField()


_PROBLEM = "application/problem+json"


class CheckOfFile(Endpoint):
    """Answers anybody who sends a file. It is examined apart, one at a time, and not kept."""

    permission_classes = [AllowAny]
    throttle_classes = [SendingRate]
    parser_classes = [MultiPartParser]

    @extend_schema(
        request=SentFileSerializer,
        responses={200: CheckedFileSerializer, (413, _PROBLEM): ProblemSerializer},
    )
    def post(self, request: Request) -> Response:
        """Whether it is a letter that was issued here, to the last byte, and how that stands today."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + _AROUND:
            return self._too_large()
        sent = SentFileSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = cast("UploadedFile[Any]", sent.validated_data["file"])
        if (file.size or 0) > MOST_BYTES:
            return self._too_large()
        found = check_bytes(file.read(), clock=RealClock(), language=get_language() or "en")
        return Response(CheckedFileSerializer(found).data)

    def _too_large(self) -> Response:
        return problem(413, _("Too large"), too_large(), kind="too-large")


class CheckOfNumber(Endpoint):
    """Answers anybody who asks for a number or a serial; 404 where nothing is authorised under it."""

    permission_classes = [AllowAny]
    throttle_classes = [AskingRate]

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "number",
                required=True,
                description="Of an activity in its registry, an approach or an authorisation; or a serial.",
            )
        ],
        responses={200: CoveredSerializer, (404, _PROBLEM): ProblemSerializer},
    )
    def get(self, request: Request) -> Response:
        """What is authorised under it, by which version, for which uses, and what is left."""
        number = request.query_params.get("number", "").strip()
        if not number or len(number) > _LONGEST or "\x00" in number:
            raise serializers.ValidationError({"number": [_("Enter a number or a serial.")]})
        answer = covered(number, clock=RealClock(), language=get_language() or "en")
        if not answer.is_found:
            return problem(
                404,
                _("Not authorised here"),
                _("No authorisation is known here under this number or serial."),
            )
        return Response(CoveredSerializer(answer).data)
