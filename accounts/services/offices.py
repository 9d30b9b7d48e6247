"""What the directors of an authority do: open offices, give them from-until, appoint deputies, end tenures.

Nobody gives an office to themself: whoever gains power is never who grants it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import DECISIVE_FUNCTIONS, Authority, Function, Office, Tenure, User
from accounts.selectors import holds_function, runs
from accounts.services.authorities import create_office, end_tenure, start_tenure
from accounts.services.chains import locked_authority, locked_people
from accounts.services.second_factors import code_for_office


@dataclass(frozen=True, kw_only=True)
class Appointed:
    """What came of an appointment.

    `set_up_code` is told once: whoever appoints hands it over, and the second factor is set up, or confirmed,
    with it. Empty where the office asks for no second factor, or the person's was confirmed before.
    """

    tenure: Tenure
    set_up_code: str


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
) -> Appointed:
    """Gives a person an office, from today or later on."""
    locked_people([person])
    _refuse_giving(office, person=person, starts_on=starts_on, by=by, at=at)
    code = _code(office, person, by=by, at=at)
    tenure = start_tenure(office, person=person, starts_on=starts_on, ends_on=ends_on, actor=by.actor, at=at)
    return Appointed(tenure=tenure, set_up_code=code)


@transaction.atomic
def appoint_deputy(
    tenure: Tenure, *, person: User, starts_on: date, ends_on: date, by: User, at: datetime
) -> Appointed:
    """Lets a person hold an office in the stead of its holder, who is absent or delegates it, until a day.

    One deputy at a time, who is not the holder, and has no deputy in turn.
    """
    office = tenure.office
    locked_people([tenure.person, person])
    _refuse_giving(office, person=person, starts_on=starts_on, by=by, at=at)
    principal = Tenure.objects.get(pk=tenure.pk)
    _refuse_deputy(principal, person=person, starts_on=starts_on, ends_on=ends_on)
    code = _code(office, person, by=by, at=at)
    deputy = start_tenure(
        office,
        person=person,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy_of=principal,
        actor=by.actor,
        at=at,
    )
    return Appointed(tenure=deputy, set_up_code=code)


@transaction.atomic
def dismiss(tenure: Tenure, *, ends_on: date | None, by: User, at: datetime) -> Tenure:
    """Ends a tenure with that day, the last one included; with None at this instant, sessions too."""
    # Before the authority: whoever is dismissed may be acting just now, and holds this lock until it is done.
    deputies = tenure.deputies.filter(ended_at__isnull=True).select_related("person")
    locked_people([tenure.person, *(deputy.person for deputy in deputies)])
    authority = locked_authority(tenure.office.authority)
    _refuse_others(authority, by=by, at=at)
    today = authority.legal_date(at)
    if ends_on is not None and ends_on < today:
        raise ValidationError(
            _("A tenure cannot be ended in the past: what was done in it stands. End it at once instead.")
        )
    first_without = today if ends_on is None else ends_on + timedelta(days=1)
    if tenure.office.function == Function.DIRECTOR and not _another_directs(tenure, on=first_without):
        raise ValidationError(
            _("Nobody would direct the authority after that. Give the office to somebody else first.")
        )
    return end_tenure(tenure, ends_on=ends_on, actor=by.actor, at=at)


def _code(office: Office, person: User, *, by: User, at: datetime) -> str:
    if office.function not in DECISIVE_FUNCTIONS:
        return ""
    return code_for_office(person, by=by, at=at)


def _refuse_deputy(principal: Tenure, *, person: User, starts_on: date, ends_on: date) -> None:
    if principal.ended_at is not None:
        raise ValidationError(_("This tenure was ended already."))
    if principal.deputy_of_id is not None:
        raise ValidationError(_("A deputy has no deputy. Appoint one for the holder of the office."))
    if person.pk == principal.person_id:
        raise ValidationError(_("Nobody is their own deputy. Appoint somebody else."))
    if starts_on < principal.starts_on or (principal.ends_on is not None and ends_on > principal.ends_on):
        raise ValidationError(_("A deputy holds the office only on days on which the holder does."))
    others = principal.deputies.filter(ended_at__isnull=True, starts_on__lte=ends_on, ends_on__gte=starts_on)
    for other in others:
        raise ValidationError(
            _(
                "There is a deputy from %(first)s until %(last)s already. End that first, "
                "or choose other days."
            )
            % {"first": date_format(other.starts_on), "last": date_format(other.ends_on or ends_on)}
        )


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


def _another_directs(tenure: Tenure, *, on: date) -> bool:
    directors = Tenure.objects.filter(
        runs(on), office__authority=tenure.office.authority, office__function=Function.DIRECTOR
    )
    # A deputy falls with the holder.
    return directors.exclude(pk=tenure.pk).exclude(deputy_of=tenure.pk).exists()
