"""Many more cases, organisations and people, written directly: copies of rows that use-cases made.

A copy differs in what must be unique, and points to the copies of what it belongs to. It has no trail: it
is there to be read, and not to be added up: the books of volumes are left out.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import models

from accounts.models import (
    Invitation,
    Mandate,
    Membership,
    Office,
    Organisation,
    ServiceAccount,
    ServiceToken,
    Tenure,
    User,
    Vetting,
)
from authorisation.models import Case, Ceiling, Entry, Line
from authorisation.models.volumes import POOLS_OF_CEILINGS, POOLS_OF_LINES
from desk.exporting.models import Export
from desk.webhooks.models import Endpoint, Message
from projects.models import Document
from tests.desk.access import visitors as who
from tests.desk.access.of_exports import ready
from tests.desk.access.of_webhooks import listening, listening_here
from tests.desk.access.world import World

Row = models.Model
# For each copy: what stands in it for a row of the original.
Standing = dict[tuple[type[Row], Any], Any]

# What only a move with its entry writes: in a copy there is nothing.
_LAST_MOVE = {"last_entry_id", "last_source", "last_target", "last_tonnes", "entries_written"}
_BALANCES: dict[type[Row], set[str]] = {
    model: {pool.value for pool in pools} | _LAST_MOVE
    for model, pools in ((Line, POOLS_OF_LINES), (Ceiling, POOLS_OF_CEILINGS))
}
_numbers = count(1)


def grow(world: World, *, cases: int) -> None:
    """So many more cases, spread over all situations here, and people and organisations in proportion."""
    situations = [case for name, case in world.cases.items() if name != "there"]
    for place, case in enumerate(situations):
        share = len(range(place, cases, len(situations)))
        _copy_case(Case.objects.get(pk=case.pk), share)
    _copy_people(world, max(1, cases // 10))


def _copy_case(case: Case, times: int) -> None:
    """The case with everything that belongs to it: application, opinions, letters, authorisation."""
    standing: list[Standing] = [{} for _number in range(times)]
    waiting = {(type(row), row.pk): row for row in _with_belongings(case)}
    # What rows of the case point to, and no other case does.
    waiting |= {(Document, row.document_id): row.document for row in case.documents.all()}
    # An act about an authorisation is copied with the case that granted it standing as it is.
    if case.authorisation is not None and hasattr(case, "authorisation_version"):
        waiting[type(case.authorisation), case.authorisation.pk] = case.authorisation
    while waiting:
        # What points to nothing that is still to be copied.
        ready = [row for row in waiting.values() if not any(one in waiting for one in _points_to(row))]
        assert ready, f"They point to each other: {sorted(str(model) for model, _pk in waiting)}"
        for row in ready:
            copies(row, standing)
            del waiting[type(row), row.pk]


def _with_belongings(row: Row, known: set[tuple[type[Row], Any]] | None = None) -> Iterator[Row]:
    known = set() if known is None else known
    if (type(row), row.pk) not in known:
        known.add((type(row), row.pk))
        yield row
        for child in _belongings(row):
            yield from _with_belongings(child, known)


def _points_to(row: Row) -> Iterator[tuple[type[Row], Any]]:
    for field in row._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is not type(row):
            yield field.related_model, getattr(row, field.attname)


def _belongings(row: Row) -> Iterator[Row]:
    for relation in row._meta.related_objects:
        model: type[Row] = relation.related_model
        if model not in (type(row), Entry) and not relation.many_to_many:
            yield from model._base_manager.filter(**{relation.field.name: row})


def copies(row: Row, standing: Sequence[Standing]) -> list[Row]:
    """One copy of a row for each of the standings, which then know it."""
    model = type(row)
    made = [model(**_values(row, each)) for each in standing]
    made = list(model._base_manager.bulk_create(made))
    for each, copy in zip(standing, made, strict=True):
        each[model, row.pk] = copy.pk
    return made


def _values(row: Row, standing: Standing) -> dict[str, Any]:
    balance = _BALANCES.get(type(row), ())
    values = {
        field.attname: field.get_default()
        if field.attname in balance
        else _value(field, getattr(row, field.attname), standing)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            values |= _apart(row, constraint.fields, standing)
    return values


def _apart(row: Row, together: Sequence[str], standing: Standing) -> dict[str, Any]:
    """What must be unique together, where nothing that was copied is among it: another text."""
    fields = [row._meta.get_field(name) for name in together]
    for field in fields:
        copied = (field.related_model, getattr(row, field.attname))  # type: ignore[union-attr]
        if isinstance(field, models.ForeignKey) and copied in standing:
            return {}
    texts = [field for field in fields if isinstance(field, models.CharField)]
    return {
        field.attname: f"{getattr(row, field.attname)}-{next(_numbers)}"[-(field.max_length or 0) :]
        for field in texts[:1]
    }


def _value(field: "models.Field[Any, Any]", value: Any, standing: Standing) -> Any:
    if isinstance(field, models.ForeignKey):
        return standing.get((field.related_model, value), value)
    if not field.unique or value in (None, ""):
        return value
    if isinstance(field, models.UUIDField):
        return uuid4()
    return f"{next(_numbers):07d}-{value}"[: field.max_length]


def _copy_people(world: World, times: int) -> None:
    """Colleagues, invitations and programs of the applicant; firms let in, or waiting; mandates; offices."""
    stoves, colleague = world.here.organisation, world.people[who.COLLEAGUE]
    _together(times, User.objects.get(pk=colleague.pk), Membership.objects.get(person=colleague))
    _together(times, Invitation.objects.get(pk=world.invitation.pk))
    token = ServiceToken.objects.get(pk=world.token.pk)
    _together(times, ServiceAccount.objects.get(pk=token.account_id), token)
    for endpoint in (listening(world), listening_here(world)):
        _copy_endpoint(endpoint, times)
    _together(times, Export.objects.get(pk=ready(world).pk))
    vetting = Vetting.objects.get(pk=world.vetting.pk)
    _together(times, _nameless(vetting.organisation), vetting)
    mandate = Mandate.objects.get(pk=world.mandate.pk)
    _together(times, _nameless(mandate.mandatary), mandate)
    # Let in, and with nobody here: known from paper alone.
    _together(times, _nameless(stoves), stoves.vettings.get(outcome="accepted"))
    paper = Mandate(
        principal=mandate.mandatary,
        mandatary=stoves,
        authority=world.here.authority,
        paper_reference="1/2026",
        paper_dated_on=mandate.starts_on,
        starts_on=mandate.starts_on,
        given_by=mandate.given_by,
    )
    Mandate.objects.bulk_create([paper])
    _together(times - 1, paper)
    _together(times, Office.objects.filter(authority=world.here.authority, function="signer")[0])
    holder = world.people[who.SIGNER]
    _together(times, User.objects.get(pk=holder.pk), Tenure.objects.get(person=holder))
    assert stoves.pk


def _copy_endpoint(endpoint: Endpoint, times: int) -> None:
    """More of its owner's, and more messages to it."""
    _together(times, Endpoint.objects.get(pk=endpoint.pk))
    greeting = Message.objects.filter(endpoint=endpoint).earliest("pk")
    Message.objects.bulk_create(
        Message(
            endpoint=endpoint,
            kind=greeting.kind,
            stream=greeting.stream,
            sequence=greeting.sequence + next(_numbers),
            subject="",
            body=greeting.body,
            written_at=greeting.written_at,
        )
        for _number in range(times)
    )


def _nameless(organisation: Organisation) -> Organisation:
    """Without its number, of which there is one: nobody looks for it."""
    found = Organisation.objects.get(pk=organisation.pk)
    found.identification = ""
    return found


def _together(times: int, *rows: Row) -> None:
    standing: list[Standing] = [{} for _number in range(times)]
    for row in rows:
        copies(row, standing)
