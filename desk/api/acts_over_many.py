"""One act over many authorisations: what it would do to each, its cases, and how far their opening is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4, uuid5

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import ValidationError
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Authority, Office
from authorisation import acts
from authorisation.models import Authorisation, Concerned
from authorisation.services.acts import OPENED_BY, OPENED_BY_OTHERS
from authorisation.services.acts_over_many import ask_over_many
from desk.api.acts import KEY
from desk.api.effects import EffectSerializer
from desk.api.problems import ProblemSerializer, ReasonSerializer, sentences_of
from desk.api.repeating import once
from desk.api.views import Endpoint
from desk.changing.foreseen import Foreseen, foreseen_for, page_after, possible
from desk.changing.progress import NONE_ANSWERS, ONE_OF_BOTH, OVER_MANY, Progress, meant, named, progress_of
from desk.people.selectors.authorities import offices_in_function
from projects import codes
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Kind, Refused

# In which the keys of callers become the ids of their acts: the same key of the same caller is the same act.
_KEYS = UUID("5d0f2c1e-6a43-4f0b-9d55-0f3c7c1b7a52")


_AFTER = OpenApiParameter("after", description="The authorisation after which the page begins.")


class OneGroundSerializer(serializers.Serializer[Any]):
    """What is done to each, with one ground, as on the page.

    `effective_on`: from when; null, with the last signature of each letter. `cure_until`: until when all may
    mend what the grounds say; of a resumption, of which nobody is heard, there is none.
    """

    type = serializers.ChoiceField(choices=OVER_MANY)
    grounds = serializers.CharField()
    effective_on = serializers.DateField(required=False, allow_null=True, default=None)
    cure_until = serializers.DateField(required=False, allow_null=True, default=None)


class OverManySerializer(serializers.Serializer[Any]):
    """An act over many authorisations of an authority: all that stands of a sector, or those named.

    `authority` is the one in which the caller holds the desk's office or the director's.
    """

    authority = serializers.SlugField()
    plan = OneGroundSerializer()
    sector = serializers.ChoiceField(choices=codes.SECTORS.codes, required=False)
    identifiers = serializers.ListField(child=serializers.CharField(max_length=100), required=False)

    def validate_plan(self, given: Mapping[str, Any]) -> acts.OverMany:
        """As it can be read; what is null is not said."""
        try:
            return acts.read_over_many({name: value for name, value in given.items() if value is not None})
        except ValidationError as fault:
            raise serializers.ValidationError(sentences_of(fault)) from fault

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """With a sector or identifiers, and not with both."""
        if bool(given.get("sector")) == bool(given.get("identifiers")):
            raise serializers.ValidationError({"identifiers": [ONE_OF_BOTH]})
        return given


class EffectOnOneSerializer(serializers.Serializer[Foreseen]):
    """What it would do to one authorisation."""

    authorisation = serializers.CharField(source="authorisation.identifier")
    effect = EffectSerializer()


class EffectsSerializer(serializers.Serializer[Any]):
    """To how many of all it is meant for nothing forbids it, and what it would do to each, page by page.

    The oldest first. `further` is what `after` is to say for the next page; empty on the last.
    """

    total = serializers.IntegerField()
    possible = serializers.IntegerField()
    effects = EffectOnOneSerializer(many=True)
    further = serializers.CharField(allow_blank=True)


class ConcernedSerializer(serializers.Serializer[Concerned]):
    """One authorisation: its case, or why it was left out; neither while it waits its turn."""

    authorisation = serializers.CharField(source="authorisation.identifier")
    case = serializers.UUIDField(source="case.public_id", allow_null=True, default=None)
    against = ReasonSerializer(many=True, source="reasons")


class ProgressSerializer(serializers.Serializer[Progress]):
    """How far it is, and a page of its authorisations.

    `further` is what `after` is to say for the next page; empty on the last.
    """

    id = serializers.UUIDField(source="key")
    type = serializers.ChoiceField(choices=OVER_MANY)
    total = serializers.IntegerField()
    opened = serializers.IntegerField()
    refused = serializers.IntegerField()
    waiting = serializers.IntegerField()
    authorisations = ConcernedSerializer(many=True, source="rows")
    further = serializers.CharField(allow_blank=True)


class _OverMany(Endpoint):
    def _offices(self) -> list[Office]:
        """Those in which the caller may open acts today; as if this were not there for who holds none.

        Raises Refused for a program, which never does, and NotFound.
        """
        if self.caller.program is not None:
            raise Refused(Kind.ROLE, [OPENED_BY_OTHERS])
        offices = offices_in_function(self.caller.person, *OPENED_BY, clock=RealClock())
        if not offices:
            raise NotFound
        return offices

    def _sent(self, request: Request) -> tuple[Office, Mapping[str, Any]]:
        """What the caller sent, and their office at the authority that it names, which else is not there."""
        offices, sent = self._offices(), OverManySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        office = next((one for one in offices if one.authority.slug == given["authority"]), None)
        if office is None:
            raise NotFound
        return office, given


def _concerned(authority: Authority, given: Mapping[str, Any], key: UUID) -> list[Authorisation]:
    """The authorisations meant, of which there has to be one."""
    found = meant(
        authority,
        type_=given["plan"].type,
        identifiers=given.get("identifiers", ()),
        sector=given.get("sector", ""),
        key=key,
    )
    if not found:
        raise serializers.ValidationError({"identifiers": [NONE_ANSWERS]})
    return found


class EffectsOverMany(_OverMany):
    """What one act would do to each of many authorisations as they stand now. Nothing is written."""

    @extend_schema(
        parameters=[_AFTER],
        request=OverManySerializer,
        responses={200: EffectsSerializer, (422, "application/problem+json"): ProblemSerializer},
    )
    def post(self, request: Request) -> Response:
        """One by one, before anybody confirms anything: for whoever could open such an act."""
        office, given = self._sent(request)
        concerned = _concerned(office.authority, given, uuid4())
        foreseen = foreseen_for(concerned, given["plan"], clock=RealClock())
        page, further = page_after(foreseen, request.query_params.get("after", ""))
        told = {
            "total": len(foreseen),
            "possible": possible(foreseen),
            "effects": page,
            "further": further,
        }
        return Response(EffectsSerializer(told).data)


class ActsOverMany(_OverMany):
    """Acts over many authorisations."""

    @extend_schema(
        parameters=[KEY],
        request=OverManySerializer,
        responses={
            201: ProgressSerializer,
            (409, "application/problem+json"): ProblemSerializer,
            (422, "application/problem+json"): ProblemSerializer,
        },
    )
    def post(self, request: Request) -> Response:
        """Asks for one; its cases are opened one after the other, which its own address follows."""
        office, given = self._sent(request)

        def carry_out(key: str) -> Response:
            actor = self.caller.acting(office=office.public_id, organisation=None)
            act = Act(actor=actor, clock=RealClock(), key=key)
            batch = uuid5(_KEYS, f"{self.caller.name}\n{key}")
            concerned = _concerned(office.authority, given, batch)
            ask_over_many(office.authority, concerned, given["plan"], act=act, name=named(batch))
            return Response(ProgressSerializer(progress_of([office.authority], batch)).data, status=201)

        return once(request, self.caller.name, carry_out, clock=RealClock())


class OneActOverMany(_OverMany):
    """One act over many authorisations, whether it was asked for here or on the page."""

    @extend_schema(
        parameters=[_AFTER],
        responses=ProgressSerializer,
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """How far it is: the cases that it has opened, what waits its turn, what was left out and why."""
        authorities = [office.authority for office in self._offices()]
        progress = progress_of(authorities, public_id, after=request.query_params.get("after", ""))
        if progress is None:
            raise NotFound
        return Response(ProgressSerializer(progress).data)
