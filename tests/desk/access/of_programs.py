"""Rows of the matrix: the API, with the verdicts of the pages that show and do the same."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Function
from desk.access import Access
from projects.models import Activity
from tests.desk.access import visitors as who
from tests.desk.access.of_acts import over_many_asked_for
from tests.desk.access.of_webhooks import delivered, listening_here
from tests.desk.access.rows import (
    HIDDEN,
    MISTAKEN,
    NO_SUCH_METHOD,
    PAGE,
    REFUSED,
    Answer,
    Answers,
    Called,
    Patched,
    Row,
    Uploaded,
)
from tests.desk.access.world import World

CALLED = Answer("carried out", 200)
RECORDED = Answer("recorded", 201)
_KNOWN = who.SIGNED_IN
# Whose registry tracks the outcomes here.
_TRACKING = {who.REGISTRY}
# Who could open an act of the authority.
_OPENING = {who.OFFICER} | who.DIRECTORS


def _case(name: str, /, **more: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": world.cases[name].public_id, **more}


def _letter(name: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": world.letters[name].public_id}


def _activity(world: World) -> Mapping[str, Any]:
    return {"public_id": Activity.objects.get(registry_id="granted").public_id}


def _authorisation(world: World) -> Mapping[str, Any]:
    return {"identifier": world.cases["granted"].identifier}


def _read(name: str, at: Callable[[World], Any] = lambda world: {}, *, by: Any = who.KNOWING) -> Row:
    """For whoever may see the case on its page, too; others are told that there is none."""
    return Row(name=name, at=at, access=Access.PROGRAMS, get={PAGE: by})


def _acts(step: str, case: str, *, by: str, done: Answer = CALLED, **sent: Any) -> Row:
    """A step through the API, sent by everybody in the office or for the organisation of whose step it is."""

    def sends(world: World, visitor: str) -> Called:
        office = world.offices.get(by)
        capacity = {"office": office} if office else {"organisation": str(world.here.organisation.public_id)}
        return Called({"version": world.cases[case].version, **capacity, **sent})

    # Who has not that capacity says so wrongly, whatever they may see; who sees no case is told of none.
    return Row(
        name="api_act",
        situation=f"{step}",
        at=_case(case, step=step),
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={done: who.MEMBERS if by == who.APPLICANT else {by}, REFUSED: who.KNOWING - _able(by)},
        sends=sends,
        changes=who.MEMBERS if by == who.APPLICANT else {by},
    )


def _opens(world: World, _visitor: str) -> Called:
    """An application in the name of the organisation here."""
    organisation = str(world.here.organisation.public_id)
    return Called(
        {
            "organisation": organisation,
            "applicant": organisation,
            "authority": world.here.authority.slug,
            "kind": "consolidated",
            "application": {"activity": {"title": "Through the API"}},
        }
    )


def _writes(world: World, _visitor: str) -> Patched:
    organisation = str(world.here.organisation.public_id)
    return Patched({"organisation": organisation, "application": {"activity": {"location": "The hills"}}})


def _uploads(world: World, _visitor: str) -> Uploaded:
    return Uploaded(
        {
            "organisation": str(world.here.organisation.public_id),
            "version": world.cases["draft"].version,
            "type": "other",
            "title": "A map",
            "file": SimpleUploadedFile("map.txt", b"Where the stoves are.", content_type="text/plain"),
        }
    )


def _able(by: str) -> frozenset[str]:
    return who.MEMBERS if by == who.APPLICANT else frozenset({by})


def _over_many(world: World, _visitor: str) -> Called:
    """One act over the authorisation."""
    return Called(
        {
            "authority": world.here.authority.slug,
            "plan": {"type": "suspension", "grounds": "The law has changed."},
            "identifiers": [_authorisation(world)["identifier"]],
        }
    )


def _reports(name: str, at: Callable[[World], Any], *, done: Answer, **sent: Any) -> Row:
    """An event, sent by everybody in the name of the desk here. Who knows of no record is told of none."""

    def sends(world: World, visitor: str) -> Called:
        office = str(world.here.offices[Function.DESK_OFFICER][0].public_id)
        return Called({"office": office, "on": world.today.isoformat(), "evidence": "Notice 7", **sent})

    answers: Answers = {done: {who.OFFICER}, REFUSED: (who.KNOWING | _TRACKING) - {who.OFFICER}}
    return Row(
        name=name,
        at=at,
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post=answers,
        sends=sends,
        changes={who.OFFICER} if done == RECORDED else (),
    )


OF_PROGRAMS = [
    *(
        Row(name=name, access=Access.PROGRAMS, get={PAGE: _KNOWN})
        for name in ("api_activities", "api_entities", "api_authorisations")
    ),
    Row(
        name="api_cases",
        access=Access.PROGRAMS,
        get={PAGE: _KNOWN},
        post={RECORDED: who.MEMBERS, REFUSED: _KNOWN - who.MEMBERS},
        sends=_opens,
        changes=who.MEMBERS,
    ),
    Row(
        name="api_application",
        at=_case("draft"),
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={CALLED: who.MEMBERS, REFUSED: who.KNOWING - who.MEMBERS},
        sends=_writes,
        changes=who.MEMBERS,
    ),
    Row(
        name="api_documents",
        at=_case("draft"),
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={RECORDED: who.MEMBERS, REFUSED: who.KNOWING - who.MEMBERS},
        sends=_uploads,
        changes=who.MEMBERS,
    ),
    Row(name="api_messages", access=Access.PROGRAMS, get={PAGE: _KNOWN}),
    Row(
        name="api_message",
        at=lambda world: {"public_id": delivered(world).public_id},
        access=Access.PROGRAMS,
        get={PAGE: who.MEMBERS},
    ),
    Row(
        name="api_replay",
        at=lambda world: {"public_id": delivered(world).public_id},
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={CALLED: who.MEMBERS},
        sends=lambda world, visitor: Called(),
        changes=who.MEMBERS,
    ),
    Row(
        name="api_message",
        situation="of the authority",
        at=lambda world: {"public_id": delivered(world, listening_here(world)).public_id},
        access=Access.PROGRAMS,
        get={PAGE: who.DIRECTORS},
    ),
    Row(
        name="api_replay",
        situation="of the authority",
        at=lambda world: {"public_id": delivered(world, listening_here(world)).public_id},
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={CALLED: who.DIRECTORS},
        sends=lambda world, visitor: Called(),
        changes=who.DIRECTORS,
    ),
    _read("api_case", _case("in_review")),
    _read("api_trail", _case("in_review")),
    _read("api_activity", _activity),
    _read("api_authorisation", _authorisation),
    _read("api_letter_content", _letter("granted")),
    _read("api_letter_file", _letter("granted")),
    Row(
        name="api_letter_file",
        situation="of a letter that is not issued",
        at=_letter("letter_due"),
        access=Access.PROGRAMS,
        get={HIDDEN: _KNOWN},
    ),
    _acts("submit", "draft", by=who.APPLICANT, declared=True),
    _acts("accept", "submitted", by=who.OFFICER),
    _acts("approve", "in_decision", by=who.DECIDER, conditions=[]),
    Row(
        name="api_effects",
        at=_authorisation,
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={CALLED: _OPENING, REFUSED: who.KNOWING - _OPENING},
        sends=lambda world, visitor: Called({"plan": {"type": "revocation", "grounds": "As found."}}),
        changes=(),
    ),
    Row(
        name="api_open_act",
        at=_authorisation,
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={RECORDED: {who.OFFICER}, REFUSED: who.KNOWING - {who.OFFICER}},
        sends=lambda world, visitor: Called(
            {"plan": {"type": "suspension", "grounds": "As found."}, "office": world.offices[who.OFFICER]}
        ),
        changes={who.OFFICER},
    ),
    Row(
        name="api_effects_over_many",
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={CALLED: _OPENING},
        sends=_over_many,
        changes=(),
    ),
    Row(
        name="api_acts_over_many",
        access=Access.PROGRAMS,
        get={NO_SUCH_METHOD: _KNOWN},
        post={RECORDED: _OPENING},
        sends=_over_many,
        changes=_OPENING,
    ),
    Row(
        name="api_act_over_many",
        at=lambda world: {"public_id": over_many_asked_for(world)},
        access=Access.PROGRAMS,
        get={PAGE: _OPENING},
    ),
    _reports("api_issuances", _activity, done=RECORDED, volumes_tco2e={"2026": 10}),
    _reports("api_first_transfers", _authorisation, done=MISTAKEN, to_party="ZZZ"),
    _reports("api_uses", _authorisation, done=MISTAKEN, volumes_tco2e={"2026": 10}),
    _reports(
        "api_cancellations", _authorisation, done=MISTAKEN, volumes_tco2e={"2026": 10**9}, purpose="Voluntary"
    ),
]
