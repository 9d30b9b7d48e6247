"""What the directors of an authority do: open offices, give them from-until, appoint deputies, end tenures.

Nobody gives an office to themself: whoever gains power is never who grants it.
"""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Office, Tenure, User
from accounts.selectors import holds_function
from accounts.services.authorities import create_office, end_tenure, start_tenure
from accounts.services.chains import locked_authority


@transaction.atomic
def open_office(
    authority: Authority, *, function: Function, title: dict[str, str], body: str = "", by: User, at: datetime
) -> Office:
    """A new office of the authority, at first held by nobody."""
    _refuse_others(locked_authority(authority), by=by, at=at)
    return create_office(authority, function=function, title=title, body=body, actor=by.actor, at=at)


@transaction.atomic
def appoint(
    office: Office, *, person: User, starts_on: date, ends_on: date | None = None, by: User, at: datetime
) -> Tenure:
    """Gives a person an office, from today or later on."""
    _refuse_giving(office, person=person, starts_on=starts_on, by=by, at=at)
    return start_tenure(office, person=person, starts_on=starts_on, ends_on=ends_on, actor=by.actor, at=at)


@transaction.atomic
def appoint_deputy(
    tenure: Tenure, *, person: User, starts_on: date, ends_on: date, by: User, at: datetime
) -> Tenure:
    """Lets a person hold an office in the stead of its holder, who is absent or delegates it, until a day."""
    office = tenure.office
    _refuse_giving(office, person=person, starts_on=starts_on, by=by, at=at)
    principal = Tenure.objects.select_for_update().get(pk=tenure.pk)
    if principal.deputy_of_id is not None:
        raise ValidationError(_("A deputy has no deputy. Appoint one for the holder of the office."))
    if starts_on < principal.starts_on or (principal.ends_on is not None and ends_on > principal.ends_on):
        raise ValidationError(_("A deputy holds the office only on days on which the holder does."))
    return start_tenure(
        office,
        person=person,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy_of=principal,
        actor=by.actor,
        at=at,
    )


@transaction.atomic
def dismiss(tenure: Tenure, *, ends_on: date, by: User, at: datetime) -> Tenure:
    """Ends a tenure with that day, the last one included; with yesterday it ends at once, sessions too."""
    authority = locked_authority(tenure.office.authority)
    _refuse_others(authority, by=by, at=at)
    yesterday = authority.legal_date(at) - timedelta(days=1)
    if ends_on < yesterday:
        raise ValidationError(_("A tenure cannot be ended in the past: what was done in it stands."))
    if tenure.office.function == Function.DIRECTOR and not _another_directs(tenure, after=ends_on):
        raise ValidationError(
            _("Nobody would direct the authority after that day. Give the office to somebody else first.")
        )
    return end_tenure(tenure, ends_on=ends_on, actor=by.actor, at=at)


def _refuse_others(authority: Authority, *, by: User, at: datetime) -> None:
    if not holds_function(by, Function.DIRECTOR, authority=authority, on=authority.legal_date(at)):
        raise ValidationError(
            _("The offices of this authority are managed by whoever directs it today. Ask a director.")
        )


def _refuse_giving(office: Office, *, person: User, starts_on: date, by: User, at: datetime) -> None:
    authority = locked_authority(office.authority)
    _refuse_others(authority, by=by, at=at)
    if person.pk == by.pk:
        raise ValidationError(_("Nobody gives an office to themself. Let another director do it."))
    if not person.is_active:
        raise ValidationError(_("This person's account is closed, so they can hold no office."))
    if starts_on < authority.legal_date(at):
        raise ValidationError(_("An office is given from today on, not for days that have passed."))


def _another_directs(tenure: Tenure, *, after: date) -> bool:
    day = after + timedelta(days=1)
    return (
        Tenure.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            office__authority=tenure.office.authority,
            office__function=Function.DIRECTOR,
            person__is_active=True,
            starts_on__lte=day,
        )
        .exclude(pk=tenure.pk)
        .exists()
    )
