"""Parties, cooperative approaches, activities and entities, as the API tells of them.

Of Parties and approaches anybody may know. Of activities and entities a caller is told where they may see a
case about them; what of others is public stands in the register.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.permissions import AllowAny

from accounts.models import Party
from accounts.names import party_name
from authorisation.models import Authorisation
from desk.api.callers import Caller
from desk.api.filters import Filter, of_authority
from desk.api.views import Detail, Listing
from projects import codes
from projects.lifecycle import ActivityState, ApproachState
from projects.models import Activity, CooperativeApproach, Entity, EntityRole


class PartySerializer(serializers.ModelSerializer[Party]):
    """A Party to the Agreement, by its code (ISO 3166-1 alpha-3, or EUE)."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = Party
        fields = ("code", "name", "joined_on", "left_on")

    def get_name(self, party: Party) -> str:
        """In the language asked for."""
        return party_name(party.code, get_language() or "en")


class Parties(Listing[Party]):
    """The Parties to the Agreement."""

    permission_classes = [AllowAny]
    serializer_class = PartySerializer
    queryset = Party.objects.all()
    ordering = "code"


class ApproachSerializer(serializers.ModelSerializer[CooperativeApproach]):
    """A cooperative approach. `ca_id` is null while the UN platform has assigned none."""

    id = serializers.UUIDField(source="public_id")
    authority = serializers.CharField(source="authority.slug")
    parties = serializers.SerializerMethodField()
    agreement = serializers.SerializerMethodField()

    class Meta:
        model = CooperativeApproach
        fields = (
            *("id", "authority", "ca_id", "name", "parties", "agreement"),
            *("starts_on", "ends_on", "initial_report", "state"),
        )

    def get_parties(self, approach: CooperativeApproach) -> list[str]:
        """Their codes."""
        return sorted(party.code for party in approach.parties.all())

    def get_agreement(self, approach: CooperativeApproach) -> dict[str, str | None]:
        """Its title, and the day on which it was signed."""
        signed = approach.agreement_signed_on
        return {
            "title": approach.agreement_title or None,
            "signed_on": signed.isoformat() if signed else None,
        }


class Approaches(Listing[CooperativeApproach]):
    """The cooperative approaches under which an authorisation was granted."""

    permission_classes = [AllowAny]
    serializer_class = ApproachSerializer
    ordering = "public_id"
    filters = {
        "ca_id": Filter(field="ca_id", capital=True, says="CA and four digits."),
        "party": Filter(field="parties__code", capital=True, says="The code of a Party that takes part."),
        "state": Filter(field="state", choices=ApproachState.values),
        "authority": of_authority(),
    }

    def get_queryset(self) -> QuerySet[CooperativeApproach]:
        """Of a mere application no trace is public."""
        granted = Authorisation.objects.filter(approach=OuterRef("pk"))
        return (
            CooperativeApproach.objects.filter(Exists(granted))
            .select_related("authority")
            .prefetch_related("parties")
        )


# Of an activity what is told as it stands in its own row, and alone is read of it.
_COLUMNS = (
    *("title", "scale", "standard", "registry_id", "methodology", "sector", "activity_type"),
    *("activity_type_note", "mitigation_type", "metric", "gwp", "location"),
    *("crediting_starts_on", "crediting_ends_on"),
)


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    """An activity. Volumes are whole t CO2 eq by vintage."""

    id = serializers.UUIDField(source="public_id")
    authority = serializers.CharField(source="authority.slug")
    approach = serializers.UUIDField(source="approach.public_id", allow_null=True, default=None)
    expected_tco2e = serializers.SerializerMethodField()

    class Meta:
        model = Activity
        fields = ("id", "authority", "approach", *_COLUMNS, "expected_tco2e", "state")

    def get_expected_tco2e(self, activity: Activity) -> dict[str, int]:
        """What it is expected to achieve: of each vintage the last statement."""
        stated = sorted(activity.expected_mitigation.all(), key=lambda one: (one.vintage, one.pk))
        return {str(one.vintage): one.tonnes for one in stated}


def _activities(caller: Caller) -> QuerySet[Activity]:
    """Those that a case is about which the caller may see. A page of them reads no more than its rows."""
    return Activity.objects.filter(Exists(caller.cases().filter(activity=OuterRef("pk"))))


class _Activities:
    lookup_field = "public_id"
    ordering = "public_id"

    def get_queryset(self: Any) -> QuerySet[Activity]:
        """Theirs."""
        return (
            _activities(self.caller)
            .select_related("authority", "approach")
            .only("public_id", "authority__slug", "approach__public_id", *_COLUMNS, "state")
            .prefetch_related("expected_mitigation")
        )


class Activities(_Activities, Listing[Activity]):
    """The activities that the caller may see."""

    serializer_class = ActivitySerializer
    filters = {
        "standard": Filter(field="standard", says="The standard, as its registry is called."),
        "registry_id": Filter(field="registry_id", says="The number in the registry of the standard."),
        "sector": Filter(field="sector", choices=codes.SECTORS.codes),
        "state": Filter(field="state", choices=ActivityState.values),
        "authority": of_authority(),
    }


class OneActivity(_Activities, Detail[Activity]):
    """An activity."""

    serializer_class = ActivitySerializer


class EntitySerializer(serializers.ModelSerializer[Entity]):
    """A legal person with roles in activities. Having one here authorises nobody."""

    id = serializers.UUIDField(source="public_id")
    roles = serializers.SerializerMethodField()

    class Meta:
        model = Entity
        fields = ("id", "name", "name_latin", "country", "identification", "roles")

    def get_roles(self, entity: Entity) -> list[dict[str, str]]:
        """Its role in each activity that the caller may see."""
        # The others were not read.
        return [{"activity": str(role.activity.public_id), "role": role.role} for role in entity.roles.all()]


class Entities(Listing[Entity]):
    """The entities of the activities that the caller may see."""

    serializer_class = EntitySerializer
    ordering = "public_id"
    filters = {
        "country": Filter(field="country", capital=True, says="Alpha-3 code."),
        "identification": Filter(field="identification", says="Its number in its country."),
    }

    def get_queryset(self) -> QuerySet[Entity]:
        """Theirs, each with its roles in them."""
        seen = EntityRole.objects.filter(activity__in=_activities(self.caller))
        found = Entity.objects.filter(Exists(seen.filter(entity=OuterRef("pk"))))
        return found.prefetch_related(Prefetch("roles", seen.select_related("activity")))
