"""Rows of the matrix: what is recorded of outcomes, and the registries that are entitled to."""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

from django.urls import reverse

from accounts.models import Function
from authorisation import handling
from authorisation.earlier import EarlierAuthorisation, Original
from authorisation.issuing import Evidence, Issuance
from authorisation.models import Authorisation, Recording
from authorisation.procedures import BUILT_IN
from authorisation.services import outcomes
from authorisation.services.earlier import bring_in_authorisation
from authorisation.terms import Terms
from projects.documents import receive_document, take_in
from projects.models import RegistryEntitlement
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, HIDDEN, PAGE, REFUSED, SHOW_AGAIN, Answers, Row, Sent
from tests.desk.access.world import World
from tests.desk.filling import form_on
from tests.projects.files import pdf

_RECORDING = {who.OFFICER, who.REGISTRY}
_READING: Answers = {PAGE: who.HERE | {who.REGISTRY}}
_RECORDED: Answers = {DONE: _RECORDING, REFUSED: who.HERE - {who.OFFICER}}
_LOOKED_AT: Answers = {PAGE: _RECORDING, REFUSED: who.HERE - {who.OFFICER}}
_DIRECTING: Answers = {PAGE: who.DIRECTORS}
_DIRECTED: Answers = {DONE: {who.DIRECTOR}, SHOW_AGAIN: {who.DIRECTOR_LATER}}


def _authorisation(world: World) -> Authorisation:
    return Authorisation.objects.get(cases=world.cases["granted"])


def _activity(world: World) -> Mapping[str, Any]:
    return {"public_id": _authorisation(world).activity.public_id}


def _of(happening: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"identifier": _authorisation(world).identifier, "happening": happening}


def _of_activity(happening: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {**_activity(world), "happening": happening}


_REVERSED = {"sort": "reversal", "vintage": "2025", "amount": "1"}


def _sent(name: str, at: Callable[[World], Mapping[str, Any]], **typed: str) -> Callable[[World, str], Sent]:
    """What the form would send: a clerk in the name of the registry, everybody else in their own office."""

    def sent(world: World, visitor: str) -> Sent:
        address = reverse(name, kwargs=dict(at(world)))
        reader = visitor if visitor in _RECORDING else who.OFFICER
        page = world.page(reader, address)
        if not page.has_header("X-Form"):
            page.content = page.content.replace(b'<form method="post"', b'<form action="here" method="post"')
            page.headers["X-Form"] = "here"
        office = {"office": world.offices[visitor]} if visitor in world.offices else {}
        told = {"on": world.today.isoformat(), "reference": "Notice 1", "tonnes_2026": "1", **typed}
        return {**form_on(page, "here"), **told, **office}

    return sent


def _both(name: str, at: Callable[[World], Mapping[str, Any]], what: str, **typed: str) -> list[Row]:
    """The form, sent to be looked at and sent to be carried out."""
    return [
        Row(
            name=name,
            situation=f"{what} looked at",
            at=at,
            get=_READING,
            post=_LOOKED_AT,
            sends=_sent(name, at, go="look", **typed),
        ),
        Row(
            name=name,
            situation=what,
            at=at,
            get=_READING,
            post=_RECORDED,
            sends=_sent(name, at, go="record", **typed),
        ),
    ]


def _evidence(world: World) -> Mapping[str, Any]:
    """A confidential document that the registry has sent."""
    activity = _authorisation(world).activity
    file = take_in(b"One thousand units.", name="notice.txt")
    evidence = Evidence(file=file, confidentiality_basis="Trade secret", registry="national")
    issuance = Issuance(on=world.here.clock.now().date(), volumes={2026: 1}, evidence=evidence)
    outcomes.record_issuance(activity, issuance, act=world.here.act(Function.DESK_OFFICER))
    return {"public_id": Recording.objects.get(document__sha256=file.sha256).public_id}


def _brought_in(world: World) -> Mapping[str, Any]:
    """An authorisation of the organisation here that rests on an earlier letter, with its scan."""
    on = world.today
    by = world.here.offices[Function.DESK_OFFICER][1]
    scan = receive_document(
        pdf(),
        authority=world.here.authority,
        name="letter.pdf",
        media_type="",
        received_by=by,
        at=world.here.clock.now(),
        confidentiality_basis="Names of people",
    )
    known = EarlierAuthorisation(
        authority=world.here.authority,
        programme="GS",
        project="earlier",
        terms=Terms(uses=("NDC",)),
        year=on.year,
        signed_on=on,
        holder=world.here.organisation,
        original=Original(number="7/24", scan=scan),
        source="letters.csv: 1",
    )
    with patch.multiple(handling, SHIPPED={}, DEFAULT=BUILT_IN):
        made = bring_in_authorisation(known, run_by=by, clock=world.here.clock)
    return {"identifier": made.identifier}


def _entitlement(world: World) -> Mapping[str, Any]:
    return {"public_id": RegistryEntitlement.objects.get(ended_at__isnull=True).public_id}


def _authority(world: World) -> Mapping[str, Any]:
    return {"public_id": world.here.authority.public_id}


def _granting(world: World, visitor: str) -> Sent:
    return {
        "country": world.consultants.country,
        "identification": world.consultants.identification,
        "registry": "Alpine",
        "starts_on": world.today.isoformat(),
        "basis": "Agreement 4/2026",
    }


OF_RECORDING = [
    Row(name="activity", at=_activity, get=_READING),
    *_both("record_issuance", _activity, "issuance"),
    *_both("record", _of("first-transfer"), "first transfer", to_party="CHE"),
    *_both("record_of_activity", _of_activity("reversal"), "reversal", **_REVERSED),
    Row(
        name="record_of_activity",
        situation="of nothing that happens",
        at=_of_activity("theft"),
        get={},
        post={HIDDEN: ()},
    ),
    Row(name="record", situation="of nothing that happens", at=_of("theft"), get={}, post={HIDDEN: ()}),
    # Every download of a confidential document is written down.
    Row(name="evidence_file", at=_evidence, get=_READING, notes=True),
    Row(name="earlier_letter", at=_brought_in, get={PAGE: who.KNOWING}, notes=True),
    Row(
        name="earlier_letter",
        situation="of one that was given here",
        at=lambda world: {"identifier": _authorisation(world).identifier},
        get={},
    ),
    Row(name="registry", at=_entitlement, get={PAGE: {who.REGISTRY}}),
    Row(name="registries", at=_authority, get=_DIRECTING),
    Row(name="entitle_registry", at=_authority, get=_DIRECTING, post=_DIRECTED, sends=_granting),
    Row(
        name="end_entitlement",
        at=_entitlement,
        get=_DIRECTING,
        post=_DIRECTED,
        sends=lambda world, visitor: {"reasons": "The agreement has ended."},
    ),
]
