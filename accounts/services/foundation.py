"""How an authority begins: founded from outside, with one office, to which its first director is invited.

From then on everything is done by people in offices. Nobody inside can be asked yet, so whoever runs the
installation acts here, under the name of the system.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Office, OfficeInvitation, Party, Tenure, User
from accounts.second_factor import digest_of_code
from accounts.selectors import office_invitation_with, runs
from accounts.services.authorities import create_authority, create_office, start_tenure
from accounts.services.chains import locked_authority, locked_people, record, write
from accounts.services.second_factors import keep_set_up_code, new_code
from accounts.validators import validate_languages, validate_texts, validate_time_zone
from audit.commitments import commit

SYSTEM = "system"
HOLDS = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """An invitation to direct an authority, with what is told once: the link's token, and the set-up code."""

    invitation: OfficeInvitation
    token: str
    set_up_code: str


@transaction.atomic
def found_authority(
    code: str,
    *,
    name: Mapping[str, str],
    time_zone: str,
    languages: Sequence[str],
    director: str,
    at: datetime,
) -> Invited:
    """The authority of a Party with its office of director, to which an e-mail address is invited.

    code       of the Party, ISO alpha-3 or EUE; it has no authority here yet
    name       one text for each of the `languages`, the first of which is the default
    time_zone  an IANA name
    director   the e-mail address of who shall direct it

    Raises ValidationError with a sentence for everything that is wrong; nothing is then written.
    """
    party = Party.objects.filter(code=code).first()
    sentences = [
        *_against_party(party, code, at),
        *_against(validate_time_zone, time_zone),
        *_against(validate_languages, list(languages)),
        *_against(validate_texts, dict(name)),
        *_against_names(name, languages),
        *_against(validate_email, director),
    ]
    if sentences or party is None:
        raise ValidationError(sentences)
    authority = create_authority(
        party,
        slug=code.lower(),
        name=dict(name),
        time_zone=time_zone,
        languages=list(languages),
        actor=SYSTEM,
        at=at,
    )
    office = create_office(
        authority, function=Function.DIRECTOR, title=_titles(languages), actor=SYSTEM, at=at
    )
    return _invited(office, director, at=at)


@transaction.atomic
def invite_director(code: str, *, director: str, at: datetime) -> Invited:
    """Invites somebody to direct an authority that nobody directs; an earlier invitation no longer holds."""
    authority = Authority.objects.filter(party__code=code).first()
    if authority is None:
        raise ValidationError(_("“%(code)s” has no authority here. Found it first.") % {"code": code})
    sentences = _against(validate_email, director)
    if sentences:
        raise ValidationError(sentences)
    head = locked_authority(authority)
    directors = Tenure.objects.filter(
        runs(head.legal_date(at)), office__authority=head, office__function=Function.DIRECTOR
    )
    if directors.exists():
        raise ValidationError(_("Somebody directs this authority. They give its offices, on its page."))
    office = Office.objects.filter(authority=head, function=Function.DIRECTOR).first()
    if office is None:
        title = _titles(head.languages)
        office = create_office(head, function=Function.DIRECTOR, title=title, actor=SYSTEM, at=at)
    OfficeInvitation.objects.filter(
        office__authority=head, accepted_at__isnull=True, withdrawn_at__isnull=True
    ).update(withdrawn_at=at)
    return _invited(office, director, at=at)


@transaction.atomic
def accept_office(token: str, *, by: User, at: datetime) -> Tenure:
    """Gives the office to who was invited, from today on; events `office_accepted` and `tenure_started`.

    An invitation holds once, until it expires, for the address it was sent to. The set-up code that was made
    with it is from now on asked for before a second factor counts.
    """
    found = office_invitation_with(digest_of(token))
    if found is None:
        raise ValidationError(_no_longer())
    person = locked_people([by])[by.pk]
    head = locked_authority(found.office.authority)
    current = OfficeInvitation.objects.select_for_update().get(pk=found.pk)
    if current.accepted_at or current.withdrawn_at or at >= current.expires_at or not person.is_active:
        raise ValidationError(_no_longer())
    if person.email.lower() != current.email.lower():
        raise ValidationError(
            _("This invitation was sent to another e-mail address. Sign in with the account of that address.")
        )
    current.accepted_at, current.accepted_by = at, person
    current.save(update_fields=["accepted_at", "accepted_by"])
    record(
        head,
        "office_accepted",
        facts={"invitation": str(current.public_id), "person": str(person.public_id)},
        actor=person.actor,
        at=at,
    )
    keep_set_up_code(person, digest=current.set_up_sha256, by=None, at=at)
    today = head.legal_date(at)
    return start_tenure(current.office, person=person, starts_on=today, actor=person.actor, at=at)


def digest_of(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _invited(office: Office, email: str, *, at: datetime) -> Invited:
    head = locked_authority(office.authority)
    email = email.strip().lower()
    token, code = secrets.token_urlsafe(32), new_code()
    invitation = OfficeInvitation(
        office=office,
        email=email,
        token_sha256=digest_of(token),
        set_up_sha256=digest_of_code(code),
        invited_at=at,
        expires_at=at + HOLDS,
    )
    write(invitation)
    record(
        head,
        "director_invited",
        facts={
            "office": str(office.public_id),
            "invitation": str(invitation.public_id),
            "address": commit(email, subject=str(invitation.public_id)),
            "expires_at": invitation.expires_at.isoformat(),
        },
        actor=SYSTEM,
        at=at,
    )
    return Invited(invitation=invitation, token=token, set_up_code=code)


def _against(validate: Callable[[Any], None], value: object) -> list[str]:
    try:
        validate(value)
    except ValidationError as fault:
        return list(fault.messages)
    return []


def _against_party(party: Party | None, code: str, at: datetime) -> list[str]:
    if party is None:
        return [
            _("“%(code)s” is not the code of a Party: ISO alpha-3, such as GHA, or EUE.") % {"code": code}
        ]
    if party.left_on is not None and party.left_on <= at.date():
        return [_("“%(code)s” is no longer a Party to the Agreement.") % {"code": code}]
    if Authority.objects.filter(party=party).exists():
        return [_("The authority of “%(code)s” was founded already.") % {"code": code}]
    return []


def _against_names(name: Mapping[str, str], languages: Sequence[str]) -> list[str]:
    missing = [
        _("The name in “%(tag)s” is missing: one is needed in each language of the authority.") % {"tag": tag}
        for tag in languages
        if tag not in name
    ]
    unknown = [
        _("A name is given in “%(tag)s”, which is no language of the authority.") % {"tag": tag}
        for tag in name
        if tag not in languages
    ]
    return missing + unknown


def _titles(languages: Sequence[str]) -> dict[str, str]:
    """The title of the office in each language, in English where there are no words for it."""
    titles = {}
    for tag in languages:
        with translation.override(tag):
            titles[tag] = capfirst(str(Function.DIRECTOR.label))
    return titles


def _no_longer() -> str:
    return _("This invitation does not hold, or no longer. Ask whoever runs the installation for a new one.")
