"""Use-cases of organisations and who belongs to them: the only writers of both."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.selectors import belongs_to, members_of, runs
from accounts.services.chains import (
    begun_everywhere,
    iso,
    locked_organisation,
    locked_people,
    record,
    refuse_overlap,
    write,
)
from accounts.services.people import end_sessions
from accounts.wording import long_date


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
    write(organisation)
    record(
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
    head = locked_organisation(organisation)
    membership = Membership(person=person, organisation=head, starts_on=starts_on, ends_on=ends_on)
    write(membership)
    standing = Membership.objects.filter(person=person, organisation=head, ended_at__isnull=True)
    refuse_overlap(
        standing.values_list("starts_on", "ends_on"),
        _("This person belongs to this organisation on some of these days already."),
    )
    record(
        head,
        "membership_started",
        facts={"person": str(person.public_id), "starts_on": starts_on.isoformat(), "ends_on": iso(ends_on)},
        actor=actor,
        at=at,
    )
    return membership


@transaction.atomic
def end_membership(membership: Membership, *, ends_on: date | None, actor: str, at: datetime) -> Membership:
    """Ends a membership; event `membership_ended` on the organisation's chain.

    `ends_on` is the last day, included; None ends it at this instant, and the sessions with it.
    """
    locked_people([membership.person])
    head = locked_organisation(membership.organisation)
    current = Membership.objects.get(pk=membership.pk)
    if current.ended_at is not None:
        raise ValidationError(_("This membership was ended already."))
    if ends_on is not None and current.ends_on is not None and current.ends_on <= ends_on:
        raise ValidationError(
            _("This membership ends on %(day)s already.") % {"day": long_date(current.ends_on)}
        )
    if ends_on is None:
        current.ended_at = at
        ends_on = max(current.starts_on, begun_everywhere(at))
        end_sessions(current.person)
    current.ends_on = ends_on
    current.full_clean()
    current.save(update_fields=["ends_on", "ended_at"])
    record(
        head,
        "membership_ended",
        facts={
            "person": str(current.person.public_id),
            "starts_on": current.starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
            **({"at_once": True} if current.ended_at else {}),
        },
        actor=actor,
        at=at,
    )
    return current


@transaction.atomic
def register_organisation(
    name: str, *, country: str, identification: str = "", name_latin: str = "", by: User, at: datetime
) -> Organisation:
    """The account of an organisation, with the person who opens it as its first member."""
    organisation = create_organisation(
        name, country=country, identification=identification, name_latin=name_latin, actor=by.actor, at=at
    )
    create_membership(organisation, person=by, starts_on=begun_everywhere(at), actor=by.actor, at=at)
    return Organisation.objects.get(pk=organisation.pk)


@transaction.atomic
def remove_member(organisation: Organisation, *, person: User, by: User, at: datetime) -> Membership:
    """Ends a membership and its sessions at once, by a member; the organisation keeps at least one."""
    locked_people([person])
    head = locked_organisation(organisation)
    on = begun_everywhere(at)
    if not belongs_to(by, head, on=on):
        raise ValidationError(_("Only who belongs to the organisation says who does."))
    current = head.memberships.filter(runs(on), person=person).first()
    if current is None:
        raise ValidationError(_("This person does not belong to the organisation."))
    if len(members_of(head, on=on)) == 1:
        raise ValidationError(_("Nobody would belong to the organisation. Invite a colleague first."))
    return end_membership(current, ends_on=None, actor=by.actor, at=at)
