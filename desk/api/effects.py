"""Acts about an authorisation: what one would do, exactly, and a case of it."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from pydantic import ValidationError
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from authorisation import acts
from authorisation.acts import AnyPlan
from authorisation.effect import Effect, LineEffect
from authorisation.models import Authorisation
from authorisation.services.acts import open_act, preview
from desk.api.acts import KEY
from desk.api.cases import CaseSerializer
from desk.api.problems import ProblemSerializer, ReasonSerializer, reason_as_json, sentences_of
from desk.api.repeating import once
from desk.api.views import Endpoint
from desk.changing.offered import ACTS
from desk.changing.selectors import capacity_of
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Kind, Reason, Refused


class PlanSerializer(serializers.Serializer[Any]):
    """A planned act: its `type`, and what acts of this type say besides; volumes are whole t CO2 eq."""

    plan = serializers.JSONField()

    def validate_plan(self, given: Any) -> AnyPlan:
        """As it can be read."""
        if not isinstance(given, Mapping):
            raise serializers.ValidationError(_("An act is an object with a type."))
        try:
            return acts.read(given)
        except ValidationError as fault:
            raise serializers.ValidationError(sentences_of(fault)) from fault


class OpeningSerializer(PlanSerializer):
    """As whom the caller opens it. `for_holder`: a desk officer, for a holder who asked on paper."""

    office = serializers.UUIDField(required=False, allow_null=True, default=None)
    organisation = serializers.UUIDField(required=False, allow_null=True, default=None)
    for_holder = serializers.BooleanField(default=False)


class LineEffectSerializer(serializers.Serializer[LineEffect]):
    """One vintage before and after, in whole t CO2 eq."""

    vintage = serializers.IntegerField()
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()
    difference = serializers.IntegerField()
    taken = serializers.IntegerField()
    uncovered = serializers.IntegerField()
    touched = serializers.IntegerField()

    def get_before(self, line: LineEffect) -> dict[str, Any]:
        """Its pools as they are."""
        return asdict(line.before)

    def get_after(self, line: LineEffect) -> dict[str, Any]:
        """Its pools as they would be."""
        return asdict(line.after)


class TermEffectSerializer(serializers.Serializer[Any]):
    """A term that changes."""

    name = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class CeilingEffectSerializer(serializers.Serializer[Any]):
    """What is held under a ceiling above the lines, in t CO2 eq; `tonnes` is what it allows."""

    scope = serializers.CharField()
    vintage = serializers.IntegerField(allow_null=True)
    tonnes = serializers.IntegerField()
    before = serializers.IntegerField()
    after = serializers.IntegerField()


class TellingSerializer(serializers.Serializer[Any]):
    """Who outside the authority is told once it takes effect, within how many calendar days."""

    recipient = serializers.CharField()
    whom = serializers.CharField(allow_blank=True)
    days = serializers.IntegerField()


class FindingSerializer(serializers.Serializer[Any]):
    """What a rule says of the act: by its code, in a sentence, and whether it forbids it."""

    code = serializers.CharField(source="reason.code")
    text = serializers.CharField(source="reason")
    forbids = serializers.BooleanField(source="blocks")


class EffectSerializer(serializers.Serializer[Effect]):
    """Everything that an act would do. `forbidden` holds every reason why it cannot be opened."""

    type = serializers.CharField(source="plan.type")
    state = serializers.CharField()
    version = serializers.IntegerField()
    letter = serializers.CharField()
    supersedes = serializers.ListField(child=serializers.UUIDField())
    lines = LineEffectSerializer(many=True)
    ceilings = CeilingEffectSerializer(many=True)
    changes = TermEffectSerializer(many=True)
    told = TellingSerializer(many=True)
    stands = serializers.IntegerField()
    revoked = serializers.IntegerField()
    touched = serializers.IntegerField()
    speaks = FindingSerializer(many=True)
    forbidden = serializers.SerializerMethodField()

    @extend_schema_field(ReasonSerializer(many=True))
    def get_forbidden(self, effect: Effect) -> list[dict[str, str]]:
        """Each with what would mend it."""
        return [reason_as_json(reason) for reason in effect.forbidden]


class _OfAnAuthorisation(Endpoint):
    def _seen(self, identifier: str) -> Authorisation:
        related = ("authority__party", "holder", "activity", "approach")
        found = self.caller.authorisations().select_related(*related).filter(identifier=identifier).first()
        if found is None:
            raise NotFound
        return found


class PlannedEffect(_OfAnAuthorisation):
    """What an act would do to an authorisation as it stands now. Nothing is written."""

    @extend_schema(
        request=PlanSerializer,
        responses={200: EffectSerializer, (422, "application/problem+json"): ProblemSerializer},
    )
    def post(self, request: Request, identifier: str) -> Response:
        """Line by line, before anybody confirms anything: for whoever could open such an act."""
        authorisation = self._seen(identifier)
        sent = PlanSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        plan = sent.validated_data["plan"]
        self._refuse_others(authorisation, plan)
        effect = preview(authorisation, plan, clock=RealClock())
        return Response(EffectSerializer(effect).data)

    def _refuse_others(self, authorisation: Authorisation, plan: AnyPlan) -> None:
        """As the page of the plan does. A program opens none, and may look at those of its organisation."""
        offered = ACTS[plan.type]
        capacities = self.caller.capacities(authorisation.authority)
        capacity = capacity_of(authorisation, capacities, RealClock())
        is_holders = self.caller.program is not None and offered.by_holder
        if capacity.acts_on(offered) is None and not is_holders:
            raise Refused(Kind.ROLE, [_NOT_THEIRS])


_NOT_THEIRS = Reason(
    code="role",
    words=gettext_lazy("What an act would do is shown to whoever could open it."),
    mend=gettext_lazy("Ask the desk of the authority, or look at an act for which a holder may ask."),
)


class OpenedActs(_OfAnAuthorisation):
    """Cases about an authorisation."""

    @extend_schema(
        parameters=[KEY],
        request=OpeningSerializer,
        responses={
            201: CaseSerializer,
            (409, "application/problem+json"): ProblemSerializer,
            (422, "application/problem+json"): ProblemSerializer,
        },
    )
    def post(self, request: Request, identifier: str) -> Response:
        """Opens one as a draft that carries the planned act, or says every reason against it."""
        authorisation = self._seen(identifier)
        sent = OpeningSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data

        def carry_out(key: str) -> Response:
            actor = self.caller.acting(office=given["office"], organisation=given["organisation"])
            act = Act(actor=actor, clock=RealClock(), key=key)
            case = open_act(authorisation, given["plan"], act=act, for_holder=given["for_holder"])
            return Response(CaseSerializer(case).data, status=201)

        return once(request, self.caller.name, carry_out, clock=RealClock())
