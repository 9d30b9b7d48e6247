"""From the outbox: one attempt to deliver one message, and what follows from how it went.

A message goes from turn to turn: what the outbox carries is the message and its turn, and whoever comes with
a turn that is over finds its work done. The attempt is written down before anything is sent, so that one
that a dying worker broke off is seen; its turn stands, and the outbox comes with it again. The same message
may so arrive twice, always under the same id: nothing is lost, and whoever takes it can tell.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import F

from audit.trail import Json
from desk.people import told_by_mail
from desk.webhooks import sending
from desk.webhooks.keys import NoKey, make_first_key, signature_header, signing_keys
from desk.webhooks.models import Attempt, Endpoint, Fault, Message
from desk.webhooks.owners import owner_of, stands
from desk.webhooks.seeing import may_know, subject_of
from desk.webhooks.sending import Answer
from workflow import outbox
from workflow.clock import Clock, RealClock
from workflow.daily import Tally
from workflow.effects import Delivery

EFFECT = "send_to_endpoint"

# The waits after each failed attempt, as Standard Webhooks recommends them; after the last it is given up.
WAITS: Sequence[timedelta] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# Whoever took nothing for so long is set aside: what is written for them is kept, and they are told.
PATIENCE = timedelta(days=3)
# A server that did not answer at all is left alone meanwhile, whatever waits for it: twice as long each time.
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(hours=1)
# What is so late has no turn left in the outbox that would come.
LATE = timedelta(hours=1)
_NO_ANSWER = frozenset({Fault.NO_NAME, Fault.NO_CONNECTION, Fault.NO_TLS, Fault.TOO_SLOW, Fault.NOT_PUBLIC})
# Nobody is let in by what a server looks like: this says who asks, and nothing more.
_AGENT = "authorisation-desk-webhooks/1"

WAY = sending.WORLD


def hand_over(
    message: Message, endpoint: Endpoint, *, at: datetime, wait: timedelta = timedelta(), **columns: Any
) -> None:
    """Gives the message a new turn and has it attempted after `wait`; keeps it where its endpoint waits.

    In the caller's transaction, which holds the endpoint or the message.
    """
    standing = Message.Standing.HELD if endpoint.waits else Message.Standing.WAITING
    due = None if endpoint.waits else at + wait
    Message.objects.filter(pk=message.pk).update(turn=F("turn") + 1, standing=standing, due_at=due, **columns)
    message.refresh_from_db()
    if due is not None:
        payload: dict[str, Json] = {"message": str(message.public_id), "turn": message.turn}
        outbox.enqueue(EFFECT, payload, clock=RealClock(), wait=wait)


def deliver(delivery: Delivery) -> None:
    """One attempt, if its turn has come. What fails is tried again later, in another turn."""
    public_id, turn = UUID(str(delivery.payload["message"])), cast(int, delivery.payload["turn"])
    attempt = _begun(public_id, turn)
    if attempt is None:
        return
    answer = _sent(attempt.message)
    _ended(attempt, turn, answer)


def take_up_again(_clock: Clock) -> Tally:
    """Gives a new turn to what should have been attempted long ago: its turn was parked, or got lost."""
    at, done = RealClock().now(), 0
    late = Message.objects.filter(standing=Message.Standing.WAITING, due_at__lt=at - LATE)
    for public_id in list(late.order_by("pk").values_list("public_id", flat=True)[:1000]):
        with transaction.atomic():
            message = _locked(public_id)
            if message.standing == Message.Standing.WAITING and message.due_at and message.due_at < at - LATE:
                hand_over(message, message.endpoint, at=at)
                done += 1
    return Tally(done=done)


@transaction.atomic
def _begun(public_id: UUID, turn: int) -> Attempt | None:
    """The attempt, written down; None where nothing is to be sent now."""
    message = _locked(public_id)
    endpoint, at = message.endpoint, RealClock().now()
    if message.turn != turn or message.standing != Message.Standing.WAITING:
        return None
    if endpoint.ended_at is not None or not _may_still_know(message):
        _close(message, Message.Standing.DROPPED, at)
        return None
    if endpoint.waits:
        hand_over(message, endpoint, at=at)
        return None
    if endpoint.rests_until is not None and endpoint.rests_until > at:
        hand_over(message, endpoint, at=at, wait=endpoint.rests_until - at)
        return None
    make_first_key(at=at)
    return Attempt.objects.create(message=message, number=message.attempts.count() + 1, begun_at=at)


def _may_still_know(message: Message) -> bool:
    """Looked at before every attempt: days may have passed since the message was written."""
    owner = owner_of(message.endpoint)
    if not stands(owner):
        return False
    if not message.subject:
        return True
    subject = subject_of(message.subject)
    return subject is not None and may_know(owner, subject, RealClock())


def _sent(message: Message) -> Answer:
    at, body = RealClock().now(), message.body.encode()
    name, timestamp = str(message.public_id), int(at.timestamp())
    try:
        keys = signing_keys(at=at)
    except NoKey:
        return Answer(fault=Fault.NO_KEY)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": _AGENT,
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature_header(name, timestamp, body, keys=keys),
    }
    return sending.post(message.endpoint.address, headers=headers, body=body, way=WAY)


@transaction.atomic
def _ended(attempt: Attempt, turn: int, answer: Answer) -> None:
    """Writes down how the attempt went, and what follows from it."""
    message, at = _locked(attempt.message.public_id), RealClock().now()
    Attempt.objects.filter(pk=attempt.pk).update(
        ended_at=at, server=answer.server[:60], status=answer.status, fault=answer.fault
    )
    endpoint = message.endpoint
    if answer.taken:
        _note_taken(endpoint)
        # Also where somebody else took the turn meanwhile: taken is taken.
        if message.standing in (Message.Standing.WAITING, Message.Standing.HELD, Message.Standing.GIVEN_UP):
            _close(message, Message.Standing.DELIVERED, at, turn=F("turn") + 1)
        return
    _note_failed(endpoint, answer, at=at)
    if message.turn != turn or message.standing != Message.Standing.WAITING:
        return
    tries = message.tries + 1
    if tries > len(WAITS):
        _close(message, Message.Standing.GIVEN_UP, at, tries=tries, turn=F("turn") + 1)
        return
    hand_over(message, endpoint, at=at, wait=WAITS[tries - 1], tries=tries)


def _locked(public_id: UUID) -> Message:
    """The message, with its endpoint locked before it: always in this order."""
    endpoint = Message.objects.values_list("endpoint", flat=True).get(public_id=public_id)
    held = Endpoint.objects.select_for_update(of=("self",)).select_related(
        "account__organisation", "authority"
    )
    owner = held.get(pk=endpoint)
    message = Message.objects.select_for_update().get(public_id=public_id)
    message.endpoint = owner
    return message


def _close(message: Message, standing: Message.Standing, at: datetime, **columns: Any) -> None:
    Message.objects.filter(pk=message.pk).update(standing=standing, due_at=None, ended_at=at, **columns)


def _note_taken(endpoint: Endpoint) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None, failures=0, rests_until=None)


def _note_failed(endpoint: Endpoint, answer: Answer, *, at: datetime) -> None:
    """Counts the failure; who fails for days, or says that it is no more, is set aside and told of it."""
    if answer.fault == Fault.NO_KEY:
        # Ours: nobody is set aside for it.
        return
    endpoint.failing_since = endpoint.failing_since or at
    endpoint.failures += 1
    if answer.fault in _NO_ANSWER:
        rest: timedelta = min(FIRST_REST * 2 ** min(endpoint.failures - 1, 20), LONGEST_REST)
        endpoint.rests_until = at + rest
    hopeless = answer.fault == Fault.GONE or at - endpoint.failing_since >= PATIENCE
    if hopeless and endpoint.set_aside_at is None and endpoint.ended_at is None:
        endpoint.set_aside_at = at
        told_by_mail.tell("endpoint_set_aside", clock=RealClock(), endpoint=str(endpoint.public_id))
    endpoint.save(update_fields=["failing_since", "failures", "rests_until", "set_aside_at"])
