"""Rows of the matrix: endpoints of programs, their messages, and the keys that sign these."""

from collections.abc import Mapping
from typing import Any

from desk.access import Access
from desk.webhooks import services
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Endpoint, Message
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, PAGE, SHOW_AGAIN, Answers, Row
from tests.desk.access.world import World
from workflow.actors import Person, Proof
from workflow.clock import RealClock

_ADDRESS = "https://hooks.example.org/in"


def listening(world: World) -> Endpoint:
    """An endpoint of the applicant's program, opened once."""
    found = Endpoint.objects.filter(account=world.token.account, address=_ADDRESS).first()
    return found or services.open_endpoint(
        world.token.account,
        address=_ADDRESS,
        kinds=EventKind.values,
        actor=Person(user=world.people[who.APPLICANT]),
        clock=RealClock(),
    )


def listening_here(world: World) -> Endpoint:
    """An endpoint of the authority for its own systems, opened once."""
    found = Endpoint.objects.filter(authority=world.here.authority, address=_ADDRESS).first()
    return found or services.open_endpoint(
        world.here.authority,
        address=_ADDRESS,
        kinds=EventKind.values,
        actor=Person(user=world.people[who.DIRECTOR], proof=Proof(method="totp", at=RealClock().now())),
        clock=RealClock(),
    )


def _authority(world: World) -> Mapping[str, Any]:
    return {"public_id": world.here.authority.public_id}


def _own(world: World) -> Mapping[str, Any]:
    return {"public_id": listening_here(world).public_id}


def _own_waiting(world: World) -> Mapping[str, Any]:
    by = world.people[who.DIRECTOR]
    return {
        "public_id": services.pause_endpoint(listening_here(world), by=by, at=RealClock().now()).public_id
    }


def _account(world: World) -> Mapping[str, Any]:
    return {"public_id": world.token.account.public_id}


def _endpoint(world: World) -> Mapping[str, Any]:
    return {"public_id": listening(world).public_id}


def _waiting(world: World) -> Mapping[str, Any]:
    found = services.pause_endpoint(listening(world), by=world.people[who.APPLICANT], at=RealClock().now())
    return {"public_id": found.public_id}


def delivered(world: World, endpoint: Endpoint | None = None) -> Message:
    """A message that was delivered: to the program of the applicant, or to that endpoint."""
    message = Message.objects.filter(endpoint=endpoint or listening(world)).earliest("pk")
    Message.objects.filter(pk=message.pk).update(standing=Message.Standing.DELIVERED, due_at=None)
    return message


def _taken(world: World) -> Mapping[str, Any]:
    return {"public_id": delivered(world).public_id}


def _own_taken(world: World) -> Mapping[str, Any]:
    return {"public_id": delivered(world, listening_here(world)).public_id}


def _elsewhere(world: World, visitor: str) -> dict[str, Any]:
    return {"address": f"{_ADDRESS}/more", "kinds": ["letter.issued"]}


_DIRECTING: Answers = {PAGE: who.DIRECTORS}
_ASKED: Answers = {DONE: {who.DIRECTOR}, SHOW_AGAIN: {who.DIRECTOR_LATER}}
_OF_AUTHORITY = "of the authority"

OF_WEBHOOKS = [
    Row(name="webhook_keys", access=Access.ANYBODY, get={PAGE: who.EVERYBODY}),
    Row(name="endpoints", at=_account, get={PAGE: who.MEMBERS}),
    Row(
        name="open_endpoint",
        at=_account,
        get={PAGE: who.MEMBERS},
        post={DONE: who.MEMBERS},
        sends=_elsewhere,
    ),
    Row(
        name="replace_endpoint",
        at=_endpoint,
        get={PAGE: who.MEMBERS},
        post={DONE: who.MEMBERS},
        sends=_elsewhere,
    ),
    Row(name="endpoints_of_authority", at=_authority, get=_DIRECTING),
    Row(name="open_endpoint_of_authority", at=_authority, get=_DIRECTING, post=_ASKED, sends=_elsewhere),
    Row(name="endpoint", situation=_OF_AUTHORITY, at=_own, get=_DIRECTING),
    Row(
        name="replace_endpoint",
        situation=_OF_AUTHORITY,
        at=_own,
        get=_DIRECTING,
        post=_ASKED,
        sends=_elsewhere,
    ),
    Row(
        name="pause_endpoint",
        situation=_OF_AUTHORITY,
        at=_own,
        get=_DIRECTING,
        post={DONE: who.DIRECTORS},
    ),
    Row(
        name="let_endpoint_go_on",
        situation=_OF_AUTHORITY,
        at=_own_waiting,
        get=_DIRECTING,
        post={DONE: who.DIRECTORS},
    ),
    Row(name="end_endpoint", situation=_OF_AUTHORITY, at=_own, get=_DIRECTING, post=_ASKED),
    Row(name="endpoint_message", situation=_OF_AUTHORITY, at=_own_taken, get=_DIRECTING),
    Row(
        name="send_message_again",
        situation=_OF_AUTHORITY,
        at=_own_taken,
        get=_DIRECTING,
        post={DONE: who.DIRECTORS},
    ),
    Row(name="endpoint", at=_endpoint, get={PAGE: who.MEMBERS}),
    Row(name="pause_endpoint", at=_endpoint, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(name="let_endpoint_go_on", at=_waiting, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(name="end_endpoint", at=_endpoint, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(name="endpoint_message", at=_taken, get={PAGE: who.MEMBERS}),
    Row(name="send_message_again", at=_taken, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
]
