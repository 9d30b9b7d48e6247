"""Cases, as the API tells of them: where they stand, and what this caller may do and why not the rest."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from authorisation.kinds import Kind
from authorisation.lifecycle import State
from authorisation.models import Case, Decision, Opinion, Recommendation
from authorisation.models.decisions import Outcome
from authorisation.verdicts import Verdict
from desk import permissions
from desk.api.callers import Caller
from desk.api.filters import Filter, of_authority
from desk.api.problems import ReasonSerializer, reason_as_json
from desk.api.readers import ForReaders
from desk.api.views import Detail, Endpoint, Listing
from desk.offers import Offer, offers, told_to_outsiders
from desk.selectors.standing import Standing, standing_of
from desk.timeline import Line, timeline
from letters.permissions import issued
from workflow.clock import RealClock

_FIELDS = (
    *("id", "reference", "authority", "kind", "state", "title", "applicant", "activity"),
    *("authorisation", "opened_on", "submitted_on", "decided_on", "standing", "version"),
)


class StandingSerializer(serializers.Serializer[Standing]):
    """Who is being waited on, since when, until when; days are the authority's."""

    waiting_on = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    clock = serializers.CharField()
    ended = serializers.BooleanField()
    overdue = serializers.BooleanField()


class ActionSerializer(serializers.Serializer[Offer]):
    """A step that the state allows: whether this caller may take it now, and every reason why not.

    `office` or `organisation` is in whose name they would take it.
    """

    step = serializers.CharField()
    title = serializers.CharField(source="label")
    says = serializers.CharField()
    allowed = serializers.BooleanField()
    office = serializers.UUIDField(source="office.public_id", allow_null=True, default=None)
    organisation = serializers.UUIDField(source="actor.organisation.public_id", allow_null=True, default=None)
    reasons = serializers.SerializerMethodField()

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, offer: Offer) -> list[dict[str, str]]:
        """Each with what would mend it."""
        return [reason_as_json(reason) for reason in offer.reasons]


class CaseSerializer(serializers.ModelSerializer[Case]):
    """A case in a list. `version` is to be sent with an act, so that no act is on what changed meanwhile."""

    id = serializers.UUIDField(source="public_id")
    authority = serializers.CharField(source="authority.slug")
    kind = serializers.ChoiceField(choices=Kind.choices)
    state = serializers.ChoiceField(choices=State.choices)
    title = serializers.SerializerMethodField()
    applicant = serializers.CharField(source="applicant.name")
    activity = serializers.UUIDField(source="activity.public_id", allow_null=True, default=None)
    authorisation = serializers.CharField(source="authorisation.identifier", allow_null=True, default=None)
    standing = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields: tuple[str, ...] = _FIELDS

    def get_title(self, case: Case) -> str:
        """Of the activity; empty while the application names none."""
        return case.activity.title if case.activity is not None else ""

    @extend_schema_field(StandingSerializer)
    def get_standing(self, case: Case) -> dict[str, Any]:
        """Where it stands."""
        return dict(StandingSerializer(standing_of(case, clock=RealClock())).data)


class OpinionOfABodySerializer(serializers.ModelSerializer[Opinion]):
    """What a reviewing body thinks, and since which day."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)

    class Meta:
        model = Opinion
        fields = ("body", "round", "verdict", "reasons", "said_on")


class RecommendationSerializer(serializers.ModelSerializer[Recommendation]):
    """What the desk recommends, with its answer to each rule by its code."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    answers = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = Recommendation
        fields = ("outcome", "reasons", "answers", "said_on")


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """What was decided, and why; what is granted stands in the letter."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reasons = serializers.ListField(child=serializers.CharField())
    conditions = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Decision
        fields = ("outcome", "reasons", "conditions", "said_on")


class OneCaseSerializer(ForReaders, CaseSerializer):
    """A case, with the application as it is written, and what this caller may do about it now.

    What the authority deliberates is told to its people alone (`readers`), as on the page of the case.
    """

    application = serializers.SerializerMethodField()
    letters = serializers.SerializerMethodField()
    opinions = OpinionOfABodySerializer(many=True)
    recommendation = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = (*_FIELDS, "application", "letters", "opinions", "recommendation", "decision", "actions")

    def get_application(self, case: Case) -> dict[str, Any]:
        """What it asks for, in the form of its sections; volumes are whole t CO2 eq."""
        return dict(case.application.content)

    def get_letters(self, case: Case) -> list[dict[str, str | None]]:
        """The letters that were issued; `medium` is `paper` where the file is a certified copy of paper."""
        return [
            {
                "id": str(letter.public_id),
                "kind": letter.kind,
                "number": letter.number,
                "code": letter.code,
                "issued_on": letter.issued_on.isoformat() if letter.issued_on else None,
                "dated": letter.dated.isoformat(),
                "medium": "paper" if letter.on_paper else "electronic",
            }
            for letter in issued(case.letters.order_by("pk"))
        ]

    @extend_schema_field(RecommendationSerializer(allow_null=True))
    def get_recommendation(self, case: Case) -> dict[str, Any] | None:
        """The last one; null while there is none."""
        found = case.recommendations.last()
        return dict(RecommendationSerializer(found).data) if found is not None else None

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, case: Case) -> dict[str, Any] | None:
        """The last one; null while there is none."""
        found = case.decisions.last()
        return dict(DecisionSerializer(found).data) if found is not None else None

    @extend_schema_field(ActionSerializer(many=True))
    def get_actions(self, case: Case) -> Any:
        """Every step that people can take from its state; programs take none."""
        caller: Caller = self.context["view"].caller
        clock = RealClock()
        offered = offers(case, caller.capacities(case.authority), clock)
        if offered and not permissions.serves_the_authority(caller.person, case, clock=clock):
            offered = [
                one if one.is_theirs else replace(one, reasons=told_to_outsiders(one.reasons))
                for one in offered
            ]
        return [ActionSerializer(one).data for one in offered]


class _Cases:
    lookup_field = "public_id"
    ordering = "-reference"

    def get_queryset(self: Any) -> QuerySet[Case]:
        """Those that the caller may see."""
        related = ("authority__party", "applicant", "activity", "authorisation", "application")
        return cast("QuerySet[Case]", self.caller.cases().select_related(*related))


class Cases(_Cases, Listing[Case]):
    """The cases that the caller may see, newest first."""

    serializer_class = CaseSerializer
    filters = {
        "state": Filter(field="state", choices=State.values),
        "kind": Filter(field="kind", choices=Kind.values),
        "authority": of_authority(),
    }


class OneCase(_Cases, Detail[Case]):
    """A case."""

    serializer_class = OneCaseSerializer


class TrailSerializer(serializers.Serializer[Line]):
    """An event as a sentence: when, what, by which office or organisation, and for which reason."""

    at = serializers.DateTimeField()
    step = serializers.CharField()
    sentence = serializers.CharField()
    by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    refused = serializers.BooleanField()


class TrailOfCase(Endpoint):
    """What happened to a case, its letters and its authorisation, in order."""

    @extend_schema(responses=TrailSerializer(many=True))
    def get(self, request: Request, public_id: UUID) -> Response:
        """To outsiders without what the authority says to itself, as on the page of the case."""
        found = self.caller.cases().select_related("authority", "authorisation").filter(public_id=public_id)
        case = found.first()
        if case is None:
            raise NotFound
        lines = timeline(case, language=get_language() or "en")
        clock, program = RealClock(), self.caller.program
        inside = program is None and permissions.serves_the_authority(self.caller.person, case, clock=clock)
        told = lines if inside else permissions.story_for_applicant(case, lines)
        return Response([TrailSerializer(line).data for line in told])
