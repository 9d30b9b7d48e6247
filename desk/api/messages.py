"""What was sent to endpoints: each message, each attempt, and sent again what is asked for."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Function
from accounts.selectors import organisations_of
from accounts.services.chains import begun_everywhere
from desk.api.acts import KEY
from desk.api.filters import Filter
from desk.api.problems import ProblemSerializer
from desk.api.repeating import once
from desk.api.views import Detail, Endpoint, Listing
from desk.people.selectors.authorities import authorities_in_function
from desk.webhooks import services
from desk.webhooks.kinds import OPENED, EventKind
from desk.webhooks.models import Attempt, Message
from workflow.clock import RealClock
from workflow.refusals import Kind, Reason, Refused


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One attempt: without an end it was broken off. `fault` is empty where the server took the message."""

    class Meta:
        model = Attempt
        fields = ("number", "begun_at", "ended_at", "server", "status", "fault")


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message to an endpoint. `id` is its `webhook-id`, and `tries` counts since it was last asked for."""

    id = serializers.UUIDField(source="public_id")
    endpoint = serializers.UUIDField(source="endpoint.public_id")
    address = serializers.CharField(source="endpoint.address")

    class Meta:
        model = Message
        fields: tuple[str, ...] = (
            *("id", "endpoint", "address", "kind", "standing", "tries", "written_at", "due_at", "ended_at"),
        )


class OneMessageSerializer(MessageSerializer):
    """With its body, byte for byte as it is sent, and its attempts, oldest first."""

    attempts = serializers.SerializerMethodField()

    class Meta(MessageSerializer.Meta):
        fields = (*MessageSerializer.Meta.fields, "body", "attempts")

    @extend_schema_field(AttemptSerializer(many=True))
    def get_attempts(self, message: Message) -> Any:
        """Each with what was wrong."""
        return AttemptSerializer(message.attempts.order_by("number"), many=True).data


class _Messages:
    lookup_field = "public_id"
    ordering = "-written_at"

    def get_queryset(self: Any) -> QuerySet[Message]:
        """Those to the endpoints of this program; of a person, to those that they manage."""
        program = self.caller.program
        found = Message.objects.select_related("endpoint__account__organisation", "endpoint__authority")
        if program is not None:
            return found.filter(endpoint__account=program.account)
        on = begun_everywhere(RealClock().now())
        theirs = organisations_of(self.caller.person, on=on)
        directed = authorities_in_function(self.caller.person, Function.DIRECTOR, clock=RealClock())
        return found.filter(
            Q(endpoint__account__organisation__in=theirs) | Q(endpoint__authority__in=directed)
        )


class Messages(_Messages, Listing[Message]):
    """What was sent, newest first."""

    serializer_class = MessageSerializer
    filters = {
        "standing": Filter(field="standing", choices=Message.Standing.values),
        "kind": Filter(field="kind", choices=(*EventKind.values, OPENED)),
    }


class OneMessage(_Messages, Detail[Message]):
    """One message, and how each attempt to deliver it went."""

    serializer_class = OneMessageSerializer


class SentAgain(_Messages, Endpoint):
    """One message once more."""

    @extend_schema(
        parameters=[KEY],
        request=None,
        responses={
            200: OneMessageSerializer,
            (409, "application/problem+json"): ProblemSerializer,
            (422, "application/problem+json"): ProblemSerializer,
        },
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Under the same id, delivered or given up as it was: whoever took it knows that it is the same."""
        message = self.get_queryset().filter(public_id=public_id).first()
        if message is None:
            raise NotFound

        def carry_out(_key: str) -> Response:
            program, at = self.caller.program, RealClock().now()
            by = program.account if program is not None else self.caller.person
            try:
                services.send_again(message, by=by, at=at)
            except ValidationError as fault:
                words = " ".join(fault.messages)
                raise Refused(Kind.RULE, [Reason(code="not-sent-again", words=words, mend=_MEND)]) from fault
            again = self.get_queryset().get(pk=message.pk)
            return Response(OneMessageSerializer(again).data)

        return once(request, self.caller.name, carry_out, clock=RealClock())


_MEND = _(
    "Look at how it stands: what is on its way comes by itself, and an endpoint that ended gets nothing."
)
