"""Rows of the matrix: endpoints of programs, their messages, and the keys that sign these."""

from collections.abc import Mapping
from typing import Any

from desk.access import Access
from desk.webhooks import services
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Endpoint, Message
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, PAGE, Row
from tests.desk.access.world import World
from workflow.clock import RealClock

_ADDRESS = "https://hooks.example.org/in"


def listening(world: World) -> Endpoint:
    """An endpoint of the applicant's program, opened once."""
    found = Endpoint.objects.filter(account=world.token.account, address=_ADDRESS).first()
    return found or services.open_endpoint(
        world.token.account,
        address=_ADDRESS,
        kinds=EventKind.values,
        by=world.people[who.APPLICANT],
        at=RealClock().now(),
    )


def _account(world: World) -> Mapping[str, Any]:
    return {"public_id": world.token.account.public_id}


def _endpoint(world: World) -> Mapping[str, Any]:
    return {"public_id": listening(world).public_id}


def _waiting(world: World) -> Mapping[str, Any]:
    found = services.pause_endpoint(listening(world), by=world.people[who.APPLICANT], at=RealClock().now())
    return {"public_id": found.public_id}


def delivered(world: World) -> Message:
    """A message that was delivered."""
    message = Message.objects.filter(endpoint=listening(world)).earliest("pk")
    Message.objects.filter(pk=message.pk).update(standing=Message.Standing.DELIVERED, due_at=None)
    return message


def _taken(world: World) -> Mapping[str, Any]:
    return {"public_id": delivered(world).public_id}


OF_WEBHOOKS = [
    Row(name="webhook_keys", access=Access.ANYBODY, get={PAGE: who.EVERYBODY}),
    Row(name="endpoints", at=_account, get={PAGE: who.MEMBERS}),
    Row(
        name="open_endpoint",
        at=_account,
        get={PAGE: who.MEMBERS},
        post={DONE: who.MEMBERS},
        sends=lambda world, visitor: {"address": f"{_ADDRESS}/more", "kinds": ["letter.issued"]},
    ),
    Row(name="endpoint", at=_endpoint, get={PAGE: who.MEMBERS}),
    Row(name="pause_endpoint", at=_endpoint, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(name="let_endpoint_go_on", at=_waiting, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(name="end_endpoint", at=_endpoint, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(name="endpoint_message", at=_taken, get={PAGE: who.MEMBERS}),
    Row(name="send_message_again", at=_taken, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
]
