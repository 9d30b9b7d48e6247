"""Authorisations with their versions, ceilings and lines; and the public register of all of them."""

from datetime import date
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation, AuthorisationVersion, EarlierLetter, Line
from authorisation.models.earlier_letters import Unknown
from authorisation.terms import Terms
from desk.api.filters import Filter, of_authority
from desk.api.views import Detail, Endpoint, Listing
from desk.register.selectors import Entry, Row, Search, entry, register
from workflow.clock import RealClock

_FIELDS = (
    *("identifier", "authority", "state", "holder", "activity", "title", "approach"),
    *("current_version", "transfers_blocked", "version"),
)


_A_DAY = {
    "type": "string",
    "pattern": r"^\d{4}(-\d{2}-\d{2})?$",
    "description": "A day; its year alone where it was given before this register and no more is known.",
    "example": "2024-05-03",
}


@extend_schema_field(_A_DAY)
class DayField(serializers.DateField):
    """A day, or its year alone."""


def _told(day: date, only_its_year: bool) -> str:
    return f"{day:%Y}" if only_its_year else day.isoformat()


class VersionSerializer(serializers.ModelSerializer[AuthorisationVersion]):
    """A version of an authorisation: what it says, its four dates, and its letter."""

    terms = serializers.SerializerMethodField()
    decided_on = DayField()
    signed_on = DayField()
    notified_on = DayField()
    effective_on = DayField()

    class Meta:
        model = AuthorisationVersion
        fields = (
            *("number", "terms", "letter", "letter_sha256"),
            *("decided_on", "signed_on", "notified_on", "effective_on"),
        )

    def get_terms(self, version: AuthorisationVersion) -> dict[str, Any]:
        """Volumes are whole t CO2 eq; `volumes` and `total` null: no ceiling of its own."""
        return Terms.model_validate_json(version.terms).as_json()

    def to_representation(self, version: AuthorisationVersion) -> dict[str, Any]:
        """Of days that nobody knows the year alone."""
        told = super().to_representation(version)
        earlier: EarlierLetter | None = getattr(version, "earlier_letter", None)
        if earlier is not None and earlier.only_its_year:
            days = ("decided_on", "signed_on", "notified_on", "effective_on")
            told |= {name: _told(getattr(version, name), True) for name in days}
        return told


class LineSerializer(serializers.ModelSerializer[Line]):
    """What became of one vintage, in whole t CO2 eq. `authorised` is the ceiling where `capped`."""

    class Meta:
        model = Line
        fields = (
            *("vintage", "capped", "reserved", "authorised", "drawn", "issued"),
            *("first_transferred", "used_or_cancelled", "retained", "revoked"),
        )


class AuthorisationSerializer(serializers.ModelSerializer[Authorisation]):
    """An authorisation in a list. `version` is to be sent with an act on it."""

    authority = serializers.CharField(source="authority.slug")
    state = serializers.ChoiceField(choices=State.choices)
    holder = serializers.CharField(source="holder.name")
    activity = serializers.UUIDField(source="activity.public_id")
    title = serializers.CharField(source="activity.title")
    approach = serializers.UUIDField(source="approach.public_id")

    class Meta:
        model = Authorisation
        fields: tuple[str, ...] = _FIELDS


class OneAuthorisationSerializer(AuthorisationSerializer):
    """An authorisation with all its versions and lines."""

    versions = VersionSerializer(many=True)
    lines = LineSerializer(many=True)

    class Meta(AuthorisationSerializer.Meta):
        fields = (*_FIELDS, "versions", "lines")


class _Authorisations:
    lookup_field = "identifier"
    ordering = "identifier"

    def get_queryset(self: Any) -> QuerySet[Authorisation]:
        """Those of which the caller may see every tonne."""
        seen = self.caller.authorisations().select_related("authority", "holder", "activity", "approach")
        return cast("QuerySet[Authorisation]", seen)


class Authorisations(_Authorisations, Listing[Authorisation]):
    """The authorisations of the caller's authority or organisation."""

    serializer_class = AuthorisationSerializer
    filters = {
        "state": Filter(field="state", choices=State.values),
        "standard": Filter(field="activity__standard", says="The standard of its activity."),
        "registry_id": Filter(
            field="activity__registry_id", says="The number of its activity in the registry of the standard."
        ),
        "ca_id": Filter(field="approach__ca_id", capital=True, says="CA and four digits."),
        "authority": of_authority(),
    }


class OneAuthorisation(_Authorisations, Detail[Authorisation]):
    """An authorisation with its versions and lines."""

    serializer_class = OneAuthorisationSerializer

    def get_queryset(self) -> QuerySet[Authorisation]:
        """With what is told of it."""
        return super().get_queryset().prefetch_related("versions__earlier_letter", "lines")


# -- the register --------------------------------------------------------------------------------


class RegisterRowSerializer(serializers.Serializer[Row]):
    """An authorisation in the register; `volume` is its ceiling over all vintages in t CO2 eq, or null."""

    identifier = serializers.CharField()
    title = serializers.CharField()
    party = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    uses = serializers.ListField(child=serializers.CharField())
    volume = serializers.IntegerField(allow_null=True)
    effective_on = serializers.SerializerMethodField()
    demonstration = serializers.BooleanField()

    @extend_schema_field(_A_DAY)
    def get_effective_on(self, row: Row) -> str:
        """Or its year alone."""
        return _told(row.effective_on, row.only_its_year)


class RegisterSerializer(serializers.Serializer[Any]):
    """A page of the register. `further` names where the next page goes on; empty on the last."""

    found = serializers.IntegerField()
    further = serializers.CharField(allow_blank=True)
    rows = RegisterRowSerializer(many=True)


class EarlierSerializer(serializers.ModelSerializer[EarlierLetter]):
    """The original of an authorisation given before this register was kept, and what is not known of it."""

    unknown = serializers.ListField(child=serializers.ChoiceField(choices=Unknown.choices))

    class Meta:
        model = EarlierLetter
        fields = ("number", "link", "unknown")


class RegisterEntrySerializer(serializers.Serializer[Entry]):
    """What the public may know of an authorisation: what its letters say.

    `earlier` is null for one that was given here.
    """

    identifier = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    state_since = serializers.SerializerMethodField()
    as_of = serializers.DateField()
    authority = serializers.CharField()
    party = serializers.CharField()
    holder = serializers.CharField()
    standard = serializers.CharField(allow_blank=True)
    registry_id = serializers.CharField(allow_blank=True)
    sector = serializers.CharField(allow_blank=True)
    approach = serializers.CharField()
    ca_id = serializers.CharField(allow_blank=True)
    parties = serializers.ListField(child=serializers.CharField())
    terms = serializers.SerializerMethodField()
    versions = serializers.SerializerMethodField()
    earlier = EarlierSerializer(allow_null=True)
    demonstration = serializers.BooleanField()

    @extend_schema_field({**_A_DAY, "type": ["string", "null"]})
    def get_state_since(self, told: Entry) -> str | None:
        """Or its year alone; null where it was suspended or had ended before, and nobody knows since when."""
        return _told(told.state_since, told.only_its_year) if told.state_since is not None else None

    def get_terms(self, told: Entry) -> dict[str, Any]:
        """What may be used, by whom, for what and when."""
        return told.terms.as_json()

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_versions(self, told: Entry) -> list[dict[str, Any]]:
        """Each with its dates and the code by which its letter is checked."""
        return [
            {
                "number": one.number,
                "current": one.current,
                "decided_on": one.decided_on.isoformat(),
                "signed_on": one.signed_on.isoformat(),
                "effective_on": one.effective_on.isoformat(),
                "letter_number": one.letter_number,
                "letter_code": one.letter_code,
            }
            for one in told.versions
        ]


class Register(Endpoint):
    """The public register of authorisations, newest first."""

    permission_classes = [AllowAny]

    @extend_schema(
        parameters=[
            OpenApiParameter("text", description="Words of title, number, holder, approach or identifier."),
            OpenApiParameter("party", description="The code of a Party."),
            OpenApiParameter("use", enum=["NDC", "IMP", "OP"]),
            OpenApiParameter("state", enum=State.values),
            OpenApiParameter("after", description="`further` of the page before."),
        ],
        responses=RegisterSerializer,
        operation_id="register_search",
    )
    def get(self, request: Request) -> Response:
        """What answers a search."""
        asked = request.query_params
        looked_for = Search(**{name: asked.get(name, "") for name in ("text", "party", "use", "state")})
        page = register(looked_for, language=get_language() or "en", after=asked.get("after", ""))
        return Response(RegisterSerializer(page).data)


class RegisterEntry(Endpoint):
    """One authorisation, as the public may know it."""

    permission_classes = [AllowAny]

    @extend_schema(responses=RegisterEntrySerializer)
    def get(self, request: Request, identifier: str) -> Response:
        """What its letters say, and how it stands today."""
        told = entry(identifier, clock=RealClock(), language=get_language() or "en")
        if told is None:
            raise NotFound
        return Response(RegisterEntrySerializer(told).data)
