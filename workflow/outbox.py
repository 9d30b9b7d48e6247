"""The outbox: what is to follow a commit, claimed with a lease, retried, and parked when hopeless.

The embedded worker and the Celery task both call `deliver(message_id)`. A message is claimed by one
conditional UPDATE, so that of many deliverers one wins; a claim ends by itself, so that what a
crash left behind is taken up again.
"""

import logging
import traceback
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from audit.trail import Json
from workflow.clock import Clock, RealClock, SetClock
from workflow.effects import Delivery, run_after
from workflow.models import OutboxMessage
from workflow.nudge import nudge

logger = logging.getLogger(__name__)

# Longer than any handler takes. A handler that outlives it may be run twice, and is idempotent.
LEASE = timedelta(minutes=5)
ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)


def enqueue(
    effect: str, payload: Mapping[str, Json], *, clock: Clock, wait: timedelta = timedelta()
) -> OutboxMessage:
    """Writes one message in the caller's transaction; after its commit a deliverer is nudged.

    What is to wait is left to whoever looks for what has become due.
    """
    written_at = RealClock().now()
    message = OutboxMessage.objects.create(
        effect=effect,
        payload=dict(payload),
        simulated_at=clock.now() if clock.simulated else None,
        written_at=written_at,
        due_at=written_at + wait,
    )
    if not wait:
        transaction.on_commit(lambda: nudge(message.pk), robust=True)
    return message


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling, up to an hour."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(max(attempts - 1, 0), 30)
    return min(doubled, LONGEST_PAUSE)


def _open(now: datetime) -> Q:
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    return free & Q(delivered_at__isnull=True, parked_at__isnull=True, due_at__lte=now)


def due(*, limit: int = 100) -> list[int]:
    """The ids of messages that may be claimed now, oldest first."""
    found = OutboxMessage.objects.filter(_open(RealClock().now())).order_by("due_at", "pk")
    return list(found.values_list("pk", flat=True)[:limit])


def deliver(message_id: int) -> bool:
    """Claims and carries out one message; false where there was nothing to claim.

    A handler that fails is tried again later, and after `ATTEMPTS` times the message is parked, in
    sight, for a person to release. Its fault is kept by class alone: its words might hold personal
    data.
    """
    now = RealClock().now()
    lease = uuid.uuid4()
    claimed = OutboxMessage.objects.filter(_open(now), pk=message_id).update(
        lease=lease, leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    message = OutboxMessage.objects.get(pk=message_id)
    clock: Clock = RealClock() if message.simulated_at is None else SetClock(message.simulated_at)
    mine = OutboxMessage.objects.filter(pk=message_id, lease=lease)
    try:
        run_after(message.effect, Delivery(key=message.key, payload=message.payload, clock=clock))
    except Exception as fault:  # noqa: BLE001 - whatever went wrong, the message stays and is tried again
        # Class and place only: the words of a fault might name a person.
        logger.error(  # noqa: TRY400
            "Delivery of %s %s failed at attempt %d: %s\n%s",
            message.effect,
            message.key,
            message.attempts,
            type(fault).__name__,
            "".join(traceback.format_tb(fault.__traceback__)),
        )
        failed_at = RealClock().now()
        hopeless = message.attempts >= ATTEMPTS
        mine.update(
            lease=None,
            leased_until=None,
            due_at=failed_at + pause(message.attempts),
            parked_at=failed_at if hopeless else None,
            last_fault=type(fault).__name__[:200],
        )
        return True
    mine.update(lease=None, leased_until=None, delivered_at=RealClock().now(), last_fault="")
    return True


def deliver_due() -> int:
    """Delivers what is due until nothing is left, and returns how many messages it took up."""
    taken = 0
    while ids := due():
        taken += sum(deliver(message_id) for message_id in ids)
    return taken


def release(message_id: int) -> bool:
    """Lets a parked message be tried again from the start; false where it is not parked."""
    return bool(
        OutboxMessage.objects.filter(pk=message_id, parked_at__isnull=False).update(
            parked_at=None, attempts=0, due_at=RealClock().now(), last_fault=""
        )
    )
