"""Rows of the matrix: acts about an authorisation, planned, shown, and opened as cases."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import Function
from accounts.selectors import organisations_of
from authorisation import acts
from authorisation.models import Authorisation
from authorisation.services.acts_over_many import ask_over_many
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, PAGE, REFUSED, Answers, Row, Sent
from tests.desk.access.world import World
from tests.desk.filling import form_on

_OPENING = {who.OFFICER} | who.DIRECTORS
# Who asks for something, as the holder or for it.
_ASKING = who.WRITERS


def _authorisation(world: World) -> Authorisation:
    return Authorisation.objects.get(cases=world.cases["granted"])


def _of(kind: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"identifier": _authorisation(world).identifier, "kind": kind}


def _about(world: World) -> Mapping[str, Any]:
    return {"identifier": _authorisation(world).identifier}


def _sent(kind: str, by: str, **typed: str) -> Callable[[World, str], Sent]:
    """What the form of who may open it would send, whoever sends it, in their own office."""

    def sent(world: World, visitor: str) -> Sent:
        address = reverse("plan_act", kwargs=dict(_of(kind)(world)))
        page = world.page(by, address)
        if b'action="here"' not in page.content:
            page.content = page.content.replace(b'<form method="post"', b'<form action="here" method="post"')
        as_whom = {"office": world.offices[visitor]} if visitor in world.offices else {}
        theirs = organisations_of(world.people[visitor], on=world.today) if visitor in world.people else []
        if theirs and not as_whom:
            as_whom = {"organisation": str(theirs[0].public_id)}
        return {**form_on(page, "here"), "grounds": "As found.", **typed, **as_whom}

    return sent


def _effect(name: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": world.cases[name].public_id}


def _authority(world: World) -> Mapping[str, Any]:
    return {"public_id": world.here.authority.public_id}


_KEY = UUID(int=5)


def _over_many(world: World, visitor: str) -> Sent:
    """One act over the authorisation, under a key of its own."""
    return {
        "seen": 0,
        "key": str(_KEY),
        "type": "suspension",
        "grounds": "The law has changed.",
        "identifiers": _authorisation(world).identifier,
        "go": "open",
    }


def over_many_asked_for(world: World) -> UUID:
    """The key of such an act over all that there is, asked for once."""
    plan = acts.read_over_many({"type": "suspension", "grounds": "The law has changed."})
    act = world.here.act(Function.DESK_OFFICER)
    standing = list(Authorisation.objects.filter(authority=world.here.authority).order_by("pk"))
    ask_over_many(world.here.authority, standing, plan, act=act, name=f"page:{_KEY}")
    return _KEY


def _opened_over_many(world: World) -> Mapping[str, Any]:
    return {**_authority(world), "batch": over_many_asked_for(world)}


_OPENED: Answers = {DONE: _OPENING}
_ASKED: Answers = {DONE: _ASKING | {who.OFFICER}}

OF_ACTS = [
    Row(name="acts_over_many", at=_authority, get={PAGE: _OPENING}, post=_OPENED, sends=_over_many),
    Row(
        name="acts_over_many",
        situation="looked at",
        at=_authority,
        get={PAGE: _OPENING},
        post={PAGE: _OPENING},
        sends=lambda world, visitor: {**_over_many(world, visitor), "go": "look"},
        changes=(),
    ),
    Row(name="acts_over_many_opened", at=_opened_over_many, get={PAGE: _OPENING}),
    Row(name="acts", at=_about, get={PAGE: who.KNOWING}),
    Row(
        name="plan_act",
        situation="of the authority, looked at",
        at=_of("revocation"),
        get={PAGE: _OPENING},
        post={PAGE: _OPENING},
        sends=_sent("revocation", who.OFFICER, go="look"),
    ),
    Row(
        name="plan_act",
        situation="of the authority",
        at=_of("revocation"),
        get={PAGE: _OPENING},
        post=_OPENED,
        sends=_sent("revocation", who.OFFICER, go="open"),
    ),
    Row(
        name="plan_act",
        situation="of the holder",
        at=_of("surrender"),
        get={PAGE: _ASKING | {who.OFFICER, who.UNVETTED}},
        post={**_ASKED, REFUSED: {who.UNVETTED}},
        sends=_sent("surrender", who.APPLICANT, go="open", declared="on"),
    ),
    # What is only planned the holder does not see; of what they have notice they see everything.
    Row(name="effect", situation="planned", at=_effect("suspending"), get={PAGE: who.HERE}),
    Row(name="effect", situation="noticed", at=_effect("noticed"), get={PAGE: who.KNOWING}),
    Row(name="case", situation="planned by the authority", at=_effect("suspending"), get={PAGE: who.HERE}),
]
