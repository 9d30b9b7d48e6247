"""Use-cases of accounts: the only writers of authorities, organisations, memberships, offices and tenures.

Each locks the head it concerns, writes, and appends one event to that head's chain, in one transaction.
`actor` is the opaque name of who acts ("person:<uuid>", "system"), `at` an aware instant. Facts name people
by public id only. What cannot be written raises `django.core.exceptions.ValidationError`, whose messages
are sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Membership, Office, Organisation, Party, Tenure, User
from audit.models import ChainHead
from audit.trail import Happening, Json, append


def _write(record: models.Model) -> None:
    """Validates and stores a new record."""
    record.full_clean()
    record.save(force_insert=True)


def _record(head: ChainHead, action: str, *, facts: Mapping[str, Json], actor: str, at: datetime) -> None:
    append(head, Happening(action=action, facts=facts, actor=actor, at=at))


def _locked_authority(authority: Authority) -> Authority:
    return Authority.objects.select_for_update().get(pk=authority.pk)


def _locked_organisation(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _refuse_overlap(spans: Iterable[tuple[date, date | None]], message: str) -> None:
    """Refuses if two of the spans (first day, last day or open) share a day."""
    for (_start, earlier_end), (later_start, _end) in pairwise(sorted(spans, key=lambda span: span[0])):
        if earlier_end is None or earlier_end >= later_start:
            raise ValidationError(message)


@transaction.atomic
def create_authority(
    party: Party,
    *,
    slug: str,
    name: dict[str, str],
    time_zone: str,
    languages: list[str],
    actor: str,
    at: datetime,
) -> Authority:
    """The designated national authority of a Party; event `authority_created` opens its chain.

    `name` is one text per language, `time_zone` an IANA name, the first of `languages` the default.
    """
    authority = Authority(party=party, slug=slug, name=name, time_zone=time_zone, languages=languages)
    _write(authority)
    _record(
        authority,
        "authority_created",
        facts={
            "party": party.code,
            "slug": slug,
            "name": dict(name),
            "time_zone": time_zone,
            "languages": list(languages),
        },
        actor=actor,
        at=at,
    )
    return authority


@transaction.atomic
def create_organisation(
    name: str,
    *,
    country: str,
    identification: str = "",
    name_latin: str = "",
    actor: str,
    at: datetime,
) -> Organisation:
    """The account of an organisation (`country` alpha-3); event `organisation_created` opens its chain."""
    organisation = Organisation(
        name=name, name_latin=name_latin, country=country, identification=identification
    )
    _write(organisation)
    _record(
        organisation,
        "organisation_created",
        facts={"name": name, "name_latin": name_latin, "country": country, "identification": identification},
        actor=actor,
        at=at,
    )
    return organisation


@transaction.atomic
def create_membership(
    organisation: Organisation,
    *,
    person: User,
    starts_on: date,
    ends_on: date | None = None,
    actor: str,
    at: datetime,
) -> Membership:
    """Lets a person act for an organisation from a day on; event `membership_started` on its chain."""
    head = _locked_organisation(organisation)
    membership = Membership(person=person, organisation=head, starts_on=starts_on, ends_on=ends_on)
    _write(membership)
    _refuse_overlap(
        Membership.objects.filter(person=person, organisation=head).values_list("starts_on", "ends_on"),
        _("This person belongs to this organisation on some of these days already."),
    )
    _record(
        head,
        "membership_started",
        facts={"person": str(person.public_id), "starts_on": starts_on.isoformat(), "ends_on": _day(ends_on)},
        actor=actor,
        at=at,
    )
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, ends_on: date, actor: str, at: datetime) -> Membership:
    """Ends a membership with that day, the last one included; event `membership_ended` on its chain."""
    head = _locked_organisation(membership.organisation)
    current = Membership.objects.select_for_update().get(pk=membership.pk)
    if current.ends_on is not None and current.ends_on <= ends_on:
        raise ValidationError(
            _("This membership ends on %(day)s already.") % {"day": current.ends_on.isoformat()}
        )
    current.ends_on = ends_on
    current.full_clean()
    current.save(update_fields=["ends_on"])
    _record(
        head,
        "membership_ended",
        facts={
            "person": str(current.person.public_id),
            "starts_on": current.starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
        },
        actor=actor,
        at=at,
    )
    return current


@transaction.atomic
def create_office(
    authority: Authority,
    *,
    function: Function,
    title: dict[str, str],
    body: str = "",
    actor: str,
    at: datetime,
) -> Office:
    """An office of the authority, at first held by nobody; event `office_created` on its chain.

    `title` is one text per language; `body` names the reviewing body or committee the office sits in.
    """
    head = _locked_authority(authority)
    office = Office(authority=head, function=function, title=title, body=body)
    _write(office)
    _record(
        head,
        "office_created",
        facts={
            "office": str(office.public_id),
            "function": Function(function).value,
            "body": body,
            "title": dict(title),
        },
        actor=actor,
        at=at,
    )
    return office


@transaction.atomic
def start_tenure(
    office: Office,
    *,
    person: User,
    starts_on: date,
    ends_on: date | None = None,
    actor: str,
    at: datetime,
) -> Tenure:
    """Gives a person an office from a day on; event `tenure_started` on the authority's chain.

    Two people may hold an office on the same day (a handover, a committee); one person not twice.
    """
    head = _locked_authority(office.authority)
    tenure = Tenure(office=office, person=person, starts_on=starts_on, ends_on=ends_on)
    _write(tenure)
    _refuse_overlap(
        Tenure.objects.filter(person=person, office=office).values_list("starts_on", "ends_on"),
        _("This person holds this office on some of these days already."),
    )
    _record(
        head,
        "tenure_started",
        facts={
            "office": str(office.public_id),
            "person": str(person.public_id),
            "starts_on": starts_on.isoformat(),
            "ends_on": _day(ends_on),
        },
        actor=actor,
        at=at,
    )
    return tenure


@transaction.atomic
def end_tenure(tenure: Tenure, *, ends_on: date, actor: str, at: datetime) -> Tenure:
    """Ends a tenure with that day, the last one included; event `tenure_ended` on the authority's chain."""
    head = _locked_authority(tenure.office.authority)
    current = Tenure.objects.select_for_update().get(pk=tenure.pk)
    if current.ends_on is not None and current.ends_on <= ends_on:
        raise ValidationError(
            _("This tenure ends on %(day)s already.") % {"day": current.ends_on.isoformat()}
        )
    current.ends_on = ends_on
    current.full_clean()
    current.save(update_fields=["ends_on"])
    _record(
        head,
        "tenure_ended",
        facts={
            "office": str(current.office.public_id),
            "person": str(current.person.public_id),
            "starts_on": current.starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
        },
        actor=actor,
        at=at,
    )
    return current
