"""From the outbox: an event becomes one message for every endpoint that wants it and may know of it."""

import json
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from audit.trail import Json
from desk.webhooks.delivering import hand_over
from desk.webhooks.models import Endpoint, Message
from desk.webhooks.owners import owner_of
from desk.webhooks.seeing import Happened, happened, may_know
from workflow.clock import RealClock
from workflow.effects import Delivery

EFFECT = "tell_programs"


def tell(delivery: Delivery) -> None:
    """Writes the messages of an event, each once, in one transaction. Run again, it finds them there."""
    given = delivery.payload
    told = happened(
        str(given["stream"]), cast(int, given["sequence"]), str(given["step"]), UUID(str(given["record"]))
    )
    if told is None:
        return
    with transaction.atomic():
        # Locked, so that nobody pauses one or lets it go on meanwhile: a message would be kept for ever.
        open_ones = Endpoint.objects.select_for_update(of=("self",)).select_related(
            "account__organisation", "authority"
        )
        for endpoint in open_ones.filter(ended_at__isnull=True).order_by("pk"):
            if told.kind in endpoint.kinds and may_know(owner_of(endpoint), told.subject, delivery.clock):
                _write(endpoint, told)


def _write(endpoint: Endpoint, told: Happened) -> None:
    event, at = told.event, RealClock().now()
    message, is_new = Message.objects.get_or_create(
        endpoint=endpoint,
        stream=event.stream,
        sequence=event.sequence,
        defaults={
            "kind": told.kind.value,
            "subject": told.subject.trail_stream,
            "body": body_of(
                told.kind.value, endpoint, event.time, data=dict(told.data), demonstration=told.demonstration
            ),
            "written_at": at,
        },
    )
    if is_new:
        hand_over(message, endpoint, at=at)


def body_of(
    kind: str, endpoint: Endpoint, at: datetime, *, data: dict[str, Json], demonstration: bool
) -> str:
    """The body, as it is sent every time. It names the endpoint: one cannot pass for another's."""
    said: dict[str, Json] = {
        "type": kind,
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "endpoint": str(endpoint.public_id),
        "demonstration": demonstration,
        "data": data,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
