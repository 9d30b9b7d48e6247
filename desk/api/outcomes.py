"""Events from registries: what was issued, first transferred, used or cancelled, by volume or by block."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope
from authorisation.issuing import Evidence, Issuance
from authorisation.models import Authorisation
from authorisation.services import outcomes
from desk.api.acts import KEY
from desk.api.problems import ProblemSerializer
from desk.api.repeating import once
from desk.api.views import Endpoint
from desk.api.vintages import by_vintage
from projects.models import Activity
from projects.permissions import may_record
from workflow.actors import Actor
from workflow.clock import RealClock
from workflow.door import Act

Sent = Mapping[str, Any]


class ReportSerializer(serializers.Serializer[Any]):
    """On which day it happened, what shows it, and as whom the caller reports; a program names neither."""

    office = serializers.UUIDField(required=False, allow_null=True, default=None)
    organisation = serializers.UUIDField(required=False, allow_null=True, default=None)
    on = serializers.DateField()
    evidence = serializers.CharField(max_length=500)
    registry = serializers.CharField(max_length=200, allow_blank=True, default="")
    volumes_tco2e = serializers.DictField(child=serializers.IntegerField(min_value=1), default=dict)

    def validate_volumes_tco2e(self, volumes: dict[str, int]) -> dict[int, int]:
        """Vintages are years."""
        return by_vintage(volumes)


class BlockSerializer(serializers.Serializer[Any]):
    """A block of units by its serial, and who holds it."""

    serial = serializers.CharField(max_length=300)
    holder = serializers.CharField(max_length=300, allow_blank=True, default="")


class IssuanceSerializer(ReportSerializer):
    """What was issued: tonnes by vintage, or blocks."""

    blocks = BlockSerializer(many=True, required=False)


class FirstTransferSerializer(ReportSerializer):
    """What was first transferred, by vintage or as one block. `gross`: before the host keeps its part.

    `adjusted_in`: the year of the corresponding adjustment, where the evidence names one; `unadjusted`: it
    says that none is made. Both are refused where they are not what is due: the vintage year.
    """

    to_party = serializers.CharField(max_length=3)
    serial = serializers.CharField(max_length=300, allow_blank=True, default="")
    gross = serializers.BooleanField(default=False)
    adjusted_in = serializers.IntegerField(allow_null=True, default=None, min_value=2021, max_value=9999)
    unadjusted = serializers.BooleanField(default=False)


class ConsumedSerializer(ReportSerializer):
    """What is gone for good: tonnes by vintage, or the units of these serials."""

    serials = serializers.ListField(child=serializers.CharField(max_length=300), max_length=500, default=list)


class UseSerializer(ConsumedSerializer):
    """Who used it, and for which calendar year."""

    by_party = serializers.CharField(max_length=3, allow_blank=True, default="")
    by_entity = serializers.CharField(max_length=300, allow_blank=True, default="")
    for_year = serializers.IntegerField(allow_null=True, default=None, min_value=2021, max_value=9999)


class CancellationSerializer(ConsumedSerializer):
    """For which purpose it was cancelled."""

    purpose = serializers.CharField(max_length=500)


class ReportedSerializer(serializers.Serializer[Any]):
    """What was reported is recorded."""

    recorded = serializers.BooleanField()
    on = serializers.DateField()


class Report(Endpoint):
    """An event that an entitled registry, or a desk officer, reports."""

    scope = Scope.REPORT
    sent: type[ReportSerializer]

    def _report(
        self, request: Request, record: Activity | Authorisation, do: Callable[[Act, Sent], None]
    ) -> Response:
        sent = self.sent(data=request.data)
        sent.is_valid(raise_exception=True)
        given = cast(Sent, sent.validated_data)

        def carry_out(key: str) -> Response:
            actor = self._acting(given, record)
            do(Act(actor=actor, clock=RealClock(), key=key), given)
            return Response({"recorded": True, "on": given["on"].isoformat()}, status=201)

        return once(request, self.caller.name, carry_out, clock=RealClock())

    def _acting(self, given: Sent, record: Activity | Authorisation) -> Actor:
        """As whom. To whoever borrows an office and may not even know of the record, there is none."""
        try:
            return self.caller.acting(office=given["office"], organisation=given["organisation"])
        except PermissionDenied:
            if not self._may_know(record):
                raise NotFound from None
            raise

    def _may_know(self, record: Activity | Authorisation) -> bool:
        capacities = self.caller.capacities(record.authority)
        if any(may_record(record.authority, one, RealClock()) for one in capacities):
            return True
        if isinstance(record, Activity):
            return self.caller.cases().filter(activity=record).exists()
        return self.caller.authorisations().filter(pk=record.pk).exists()


class ReportedIssuance(Report):
    """An issuance of the outcomes of an activity."""

    sent = IssuanceSerializer

    @extend_schema(
        parameters=[KEY],
        request=IssuanceSerializer,
        responses={201: ReportedSerializer, (422, "application/problem+json"): ProblemSerializer},
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Recorded, never refused for its volume; what was recorded already is refused by its serial."""
        activity = Activity.objects.select_related("authority").filter(public_id=public_id).first()
        if activity is None:
            raise NotFound

        def do(act: Act, given: Sent) -> None:
            issuance = Issuance(
                on=given["on"],
                volumes=given["volumes_tco2e"],
                blocks=tuple((one["serial"], one["holder"]) for one in given.get("blocks", ())),
                evidence=_evidence(given),
            )
            outcomes.record_issuance(activity, issuance, act=act)

        return self._report(request, activity, do)


class ReportOnAuthorisation(Report):
    """An event of the outcomes of an authorisation."""

    def _of(self, identifier: str) -> Authorisation:
        related = ("authority", "holder", "activity", "approach")
        found = Authorisation.objects.select_related(*related).filter(identifier=identifier).first()
        if found is None:
            raise NotFound
        return found


_RESPONSES: dict[Any, Any] = {
    201: ReportedSerializer,
    (409, "application/problem+json"): ProblemSerializer,
    (422, "application/problem+json"): ProblemSerializer,
}


class ReportedFirstTransfer(ReportOnAuthorisation):
    """A first international transfer."""

    sent = FirstTransferSerializer

    @extend_schema(parameters=[KEY], request=FirstTransferSerializer, responses=_RESPONSES)
    def post(self, request: Request, identifier: str) -> Response:
        """Recorded, or refused with every reason."""
        authorisation = self._of(identifier)

        def do(act: Act, given: Sent) -> None:
            outcomes.record_first_transfer(
                authorisation,
                act=act,
                on=given["on"],
                to_party=given["to_party"],
                evidence=_evidence(given),
                volumes=given["volumes_tco2e"],
                serial=given["serial"],
                gross=given["gross"],
                adjusted_in=given["adjusted_in"],
                unadjusted=given["unadjusted"],
            )

        return self._report(request, authorisation, do)


class ReportedUse(ReportOnAuthorisation):
    """A use by a Party or an entity."""

    sent = UseSerializer

    @extend_schema(parameters=[KEY], request=UseSerializer, responses=_RESPONSES)
    def post(self, request: Request, identifier: str) -> Response:
        """Recorded, or refused with every reason."""
        authorisation = self._of(identifier)

        def do(act: Act, given: Sent) -> None:
            outcomes.record_use(
                authorisation,
                act=act,
                on=given["on"],
                volumes=given["volumes_tco2e"],
                evidence=_evidence(given),
                serials=given["serials"],
                by_party=given["by_party"],
                by_entity=given["by_entity"],
                for_year=given["for_year"],
            )

        return self._report(request, authorisation, do)


class ReportedCancellation(ReportOnAuthorisation):
    """A cancellation for a purpose."""

    sent = CancellationSerializer

    @extend_schema(parameters=[KEY], request=CancellationSerializer, responses=_RESPONSES)
    def post(self, request: Request, identifier: str) -> Response:
        """Recorded, or refused with every reason."""
        authorisation = self._of(identifier)

        def do(act: Act, given: Sent) -> None:
            outcomes.record_cancellation(
                authorisation,
                act=act,
                on=given["on"],
                volumes=given["volumes_tco2e"],
                serials=given["serials"],
                purpose=given["purpose"],
                evidence=_evidence(given),
            )

        return self._report(request, authorisation, do)


def _evidence(given: Sent) -> Evidence:
    return Evidence(reference=given["evidence"], registry=given["registry"])
