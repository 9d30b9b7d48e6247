"""What an event says, and whether the owner of an endpoint may know of it: as when they ask themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import Authority
from audit.canonical import parse_canonical
from audit.models import Event, stream_prefix
from audit.trail import Json
from authorisation.models import Authorisation, AuthorisationVersion, Case
from authorisation.permissions import cases_of_program, may_see_authorisation
from desk.webhooks.kinds import STEPS, EventKind
from desk.webhooks.owners import Owner, stands
from letters.models import Letter
from projects.models import Activity
from workflow.actors import Program
from workflow.clock import Clock
from workflow.governed import Governed

# Of the facts of a recording, those that stand in the register too.
_TOLD = ("on", "registry", "volumes", "to_party", "serial", "serials", "for_year", "purpose")


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An event as programs are told it, whoever they are. `subject` is what they must be allowed to see."""

    kind: EventKind
    event: Event
    subject: Governed
    demonstration: bool
    data: Mapping[str, Json]


def happened(stream: str, sequence: int, step: str, record: UUID) -> Happened | None:
    """What programs are told of this step of this record; None where they are told nothing."""
    model = next((model for model, name in STEPS if name == step and stream == _stream(model, record)), None)
    if model is None:
        return None
    event = Event.objects.get(stream=stream, sequence=sequence)
    return _SAYING[model](STEPS[model, step], event, record)


def may_know(owner: Owner, subject: Governed, clock: Clock) -> bool:
    """Whether the owner of an endpoint may see now what an event is about: an authority, what is its own."""
    if isinstance(owner, Authority):
        own = isinstance(subject, Authorisation | Letter | Activity)
        return own and cast(Any, subject).authority_id == owner.pk
    if not stands(owner):
        return False
    program = Program(account=owner)
    if isinstance(subject, Authorisation):
        return may_see_authorisation(subject, program, clock)
    if isinstance(subject, Letter):
        return cases_of_program(program).filter(pk=subject.case_id).exists()
    if isinstance(subject, Activity):
        found = subject.authorisations.select_related("authority", "holder").order_by("pk")
        return any(may_see_authorisation(each, program, clock) for each in found)
    return False


def subject_of(name: str) -> Governed | None:
    """The record of a stored name, as `trail_stream` names it; None where it is none of those told of."""
    for model in (Authorisation, Letter, Activity):
        if name.startswith(stream_prefix(model)):
            return model._default_manager.filter(public_id=name.removeprefix(stream_prefix(model))).first()
    return None


def _stream(model: type[Governed], record: UUID) -> str:
    return f"{stream_prefix(model)}{record}"


def _of_case(kind: EventKind, event: Event, record: UUID) -> Happened | None:
    """A concluded case: told where it made the first version of an authorisation."""
    case = Case.objects.get(public_id=record)
    version = AuthorisationVersion.objects.filter(case=case, number=1).first()
    if version is None:
        return None
    return _about(kind, event, version.authorisation, simulated=case.simulated)


def _of_authorisation(kind: EventKind, event: Event, record: UUID) -> Happened | None:
    found = Authorisation.objects.get(public_id=record)
    return _about(kind, event, found, simulated=_is_simulated(found))


def _about(kind: EventKind, event: Event, found: Authorisation, *, simulated: bool) -> Happened:
    return Happened(
        kind=kind,
        event=event,
        subject=found,
        demonstration=simulated,
        data={
            "authorisation": found.identifier,
            **_facts(event),
            "see": _address("api_authorisation", identifier=found.identifier),
        },
    )


def _of_activity(kind: EventKind, event: Event, record: UUID) -> Happened | None:
    found = Activity.objects.get(public_id=record)
    return Happened(
        kind=kind,
        event=event,
        subject=found,
        demonstration=any(_is_simulated(each) for each in found.authorisations.order_by("pk")),
        data={
            "activity": str(found.public_id),
            **_facts(event),
            "see": _address("api_activity", public_id=found.public_id),
        },
    )


def _of_letter(kind: EventKind, event: Event, record: UUID) -> Happened | None:
    found = Letter.objects.select_related("case").get(public_id=record)
    return Happened(
        kind=kind,
        event=event,
        subject=found,
        demonstration=found.case.simulated,
        data={
            "letter": str(found.public_id),
            "number": found.number,
            "kind": found.kind,
            "sha256": found.signed_sha256,
            "case": str(found.case.public_id),
            "see": _address("api_letter_file", public_id=found.public_id),
        },
    )


_SAYING: Mapping[type[Governed], Callable[[EventKind, Event, UUID], Happened | None]] = {
    Case: _of_case,
    Authorisation: _of_authorisation,
    Activity: _of_activity,
    Letter: _of_letter,
}


def _is_simulated(found: Authorisation) -> bool:
    return AuthorisationVersion.objects.filter(authorisation=found, case__simulated=True).exists()


def _facts(event: Event) -> dict[str, Json]:
    facts = cast(dict[str, Any], parse_canonical(event.facts))
    return {name: facts[name] for name in _TOLD if facts.get(name) not in (None, "", [], {})}


def _address(name: str, **where: Any) -> str:
    return urljoin(settings.PUBLIC_URL, reverse(name, kwargs=where))
