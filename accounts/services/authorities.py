"""Use-cases of authorities and their offices: the only writers of authorities, offices and tenures."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Office, Party, Tenure, User
from accounts.services.chains import iso, locked_authority, locked_people, record, refuse_overlap, write
from accounts.services.people import end_sessions
from accounts.wording import long_date


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
def keep_party(party: Party, *, by: User, at: datetime) -> Party:
    """A Party added, or its days of joining and leaving changed, by an administrator.

    Event `party_changed` on the chain of its authority, where it has one here.
    """
    if not by.is_staff or not by.is_active:
        raise ValidationError(_("Parties are changed by administrators."))
    party.full_clean()
    party.save()
    authority = Authority.objects.filter(party=party).first()
    if authority is not None:
        record(
            locked_authority(authority),
            "party_changed",
            facts={"party": party.code, "joined_on": iso(party.joined_on), "left_on": iso(party.left_on)},
            actor=by.actor,
            at=at,
        )
    return party


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
    standing = Tenure.objects.filter(person=person, office=office, ended_at__isnull=True)
    refuse_overlap(
        standing.values_list("starts_on", "ends_on"),
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
def end_tenure(tenure: Tenure, *, ends_on: date | None, actor: str, at: datetime) -> Tenure:
    """Ends a tenure; event `tenure_ended` on the authority's chain, for each deputy whom it ends too.

    `ends_on` is the last day, included; None ends it at this instant. Where that day is over already, or with
    None, the sessions end too. Nobody remains a deputy on a day on which the holder is none any more.
    """
    locked_people([tenure.person, *(deputy.person for deputy in _deputies(tenure))])
    head = locked_authority(tenure.office.authority)
    current = Tenure.objects.get(pk=tenure.pk)
    _refuse_ended(current, ends_on)
    for deputy in _deputies(current):
        if ends_on is None or deputy.ends_on is None or deputy.ends_on > ends_on:
            _end(deputy, head, ends_on=ends_on, actor=actor, at=at)
    return _end(current, head, ends_on=ends_on, actor=actor, at=at)


def _refuse_ended(tenure: Tenure, ends_on: date | None) -> None:
    if tenure.ended_at is not None:
        raise ValidationError(_("This tenure was ended already."))
    if ends_on is not None and tenure.ends_on is not None and tenure.ends_on <= ends_on:
        raise ValidationError(_("This tenure ends on %(day)s already.") % {"day": long_date(tenure.ends_on)})


def _deputies(tenure: Tenure) -> list[Tenure]:
    """Who holds the office in the stead of this holder, now or later."""
    return list(
        tenure.deputies.filter(ended_at__isnull=True).select_related("person", "office").order_by("pk")
    )


def _end(tenure: Tenure, head: Authority, *, ends_on: date | None, actor: str, at: datetime) -> Tenure:
    on = head.legal_date(at)
    # A deputy who was to begin only after the holder's last day does not begin at all.
    never_begins = ends_on is not None and tenure.deputy_of_id is not None and tenure.starts_on > ends_on
    at_once = ends_on is None or never_begins
    tenure.ends_on = max(tenure.starts_on, on) if at_once else ends_on
    tenure.ended_at = at if at_once else None
    tenure.full_clean()
    tenure.save(update_fields=["ends_on", "ended_at"])
    record(
        head,
        "tenure_ended",
        facts={
            "office": str(tenure.office.public_id),
            "person": str(tenure.person.public_id),
            "starts_on": tenure.starts_on.isoformat(),
            "ends_on": iso(tenure.ends_on),
            **({"at_once": True} if at_once else {}),
        },
        actor=actor,
        at=at,
    )
    if at_once or (tenure.ends_on is not None and tenure.ends_on < on):
        end_sessions(tenure.person)
    return tenure
