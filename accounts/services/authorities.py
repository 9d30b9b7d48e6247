"""Use-cases of authorities and their offices: the only writers of authorities, offices and tenures."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Office, Party, Tenure, User
from accounts.services.chains import iso, locked_authority, record, refuse_overlap, write
from accounts.services.people import end_sessions


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
    write(authority)
    record(
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
    head = locked_authority(authority)
    office = Office(authority=head, function=function, title=title, body=body)
    write(office)
    record(
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
    deputy_of: Tenure | None = None,
    actor: str,
    at: datetime,
) -> Tenure:
    """Gives a person an office from a day on; event `tenure_started` on the authority's chain.

    Two people may hold an office on the same day (a handover, a committee); one person not twice.
    `deputy_of` is the tenure in whose stead it is held, which then ends on a known day.
    """
    head = locked_authority(office.authority)
    tenure = Tenure(office=office, person=person, starts_on=starts_on, ends_on=ends_on, deputy_of=deputy_of)
    write(tenure)
    refuse_overlap(
        Tenure.objects.filter(person=person, office=office).values_list("starts_on", "ends_on"),
        _("This person holds this office on some of these days already."),
    )
    record(
        head,
        "tenure_started",
        facts={
            "office": str(office.public_id),
            "person": str(person.public_id),
            "starts_on": starts_on.isoformat(),
            "ends_on": iso(ends_on),
            **({"deputy_of": str(deputy_of.person.public_id)} if deputy_of else {}),
        },
        actor=actor,
        at=at,
    )
    return tenure


@transaction.atomic
def end_tenure(tenure: Tenure, *, ends_on: date, actor: str, at: datetime) -> Tenure:
    """Ends a tenure with that day, the last one included; event `tenure_ended` on the authority's chain.

    Where that day is over already, the person's sessions end too.
    """
    head = locked_authority(tenure.office.authority)
    current = Tenure.objects.select_for_update().get(pk=tenure.pk)
    if current.ends_on is not None and current.ends_on <= ends_on:
        raise ValidationError(
            _("This tenure ends on %(day)s already.") % {"day": current.ends_on.isoformat()}
        )
    current.ends_on = ends_on
    current.full_clean()
    current.save(update_fields=["ends_on"])
    record(
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
    if ends_on < head.legal_date(at):
        end_sessions(current.person)
    return current
