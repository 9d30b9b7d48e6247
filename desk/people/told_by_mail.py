"""What people are told by mail of themselves and their organisations, from the outbox: ids in, words out."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Authority, Invitation, OfficeInvitation, Organisation, User, Vetting
from accounts.names import in_language
from accounts.selectors import language_of, members_of
from accounts.services.chains import begun_everywhere
from audit.trail import Json
from desk.webhooks.models import Endpoint
from desk.webhooks.owners import owner_of, people_of
from workflow import outbox
from workflow.clock import Clock
from workflow.effects import Delivery

logger = logging.getLogger(__name__)

EFFECT = "tell_person"


@dataclass(frozen=True, kw_only=True)
class _Mail:
    """One mail to be written in the language of who reads it, about an authority if it is about one."""

    to: Sequence[User]
    write: Callable[[str], tuple[str, str]]
    authority: Authority | None = None


def tell(about: str, *, clock: Clock, **ids: str) -> None:
    """Puts a mail into the outbox, in the caller's transaction. `about` is one of the subjects below."""
    if about not in _SUBJECTS:
        raise ValueError(f"Nobody is told about {about!r}.")
    outbox.enqueue(EFFECT, {"about": about, **ids}, clock=clock)


def deliver(delivery: Delivery) -> None:
    """Sends what was put into the outbox. Run again, it may send a mail twice, and changes nothing."""
    mail = _SUBJECTS[str(delivery.payload["about"])](delivery.payload, delivery.clock)
    for person in mail.to:
        language = language_of(person, authority=mail.authority)
        with translation.override(language):
            subject, body = mail.write(language)
            send_mail(subject, body, None, [person.email])


def mail_invitation(invitation: Invitation, token: str) -> None:
    """Tells the token to who was invited. ValidationError where no mail goes out: it is told once."""
    address = settings.PUBLIC_URL + reverse("invitation", kwargs={"token": token})
    try:
        send_mail(
            _("Join %(name)s") % {"name": invitation.organisation.name},
            _(
                "%(who)s invites you to work for %(name)s on the authorisation desk.\n\n%(address)s\n\n"
                "The link holds once, for seven days, for this e-mail address."
            )
            % {
                "who": invitation.invited_by.name or invitation.invited_by.email,
                "name": invitation.organisation.name,
                "address": address,
            },
            None,
            [invitation.email],
        )
    except (SMTPException, OSError) as fault:
        logger.exception("An invitation could not be sent.")
        raise ValidationError(
            _("The invitation could not be sent. Try again in a while; the one before no longer holds.")
        ) from fault


def mail_office_invitation(invitation: OfficeInvitation, token: str) -> None:
    """Sends the link by which an office is accepted. The set-up code goes another way, and is not in it."""
    authority = invitation.office.authority
    language = authority.languages[0]
    with translation.override(language):
        send_mail(
            _("Direct the authority"),
            _(
                "You are invited to direct %(authority)s on the authorisation desk.\n\n%(address)s\n\n"
                "The link holds once, for fourteen days, for this e-mail address. Open an "
                "account first; then "
                "you are asked for the set-up code that you were handed apart from this mail."
            )
            % {"authority": in_language(authority.name, language), "address": office_link(token)},
            None,
            [invitation.email],
        )


def office_link(token: str) -> str:
    """The address at which an office is accepted."""
    return settings.PUBLIC_URL + reverse("office_invitation", kwargs={"token": token})


def _second_factor_reset(payload: Mapping[str, Json], _clock: Clock) -> _Mail:
    person = User.objects.get(public_id=str(payload["person"]))

    def write(_language: str) -> tuple[str, str]:
        return _("Your second factor was taken away"), _(
            "Your second factor on the authorisation desk was taken away, because it was "
            "said to be lost, and "
            "you were signed out everywhere. To set up another you need the set-up code that your director "
            "hands you.\n\nDid you not ask for this? Then tell your director at once."
        )

    return _Mail(to=[person], write=write)


def _office_given(payload: Mapping[str, Json], _clock: Clock) -> _Mail:
    person = User.objects.get(public_id=str(payload["person"]))
    authority = Authority.objects.get(public_id=str(payload["authority"]))

    def write(language: str) -> tuple[str, str]:
        return _("You were given an office"), _(
            "You were given an office of %(authority)s on the authorisation desk. It asks "
            "for a second factor, "
            "and whoever gave it to you hands you a set-up code for that.\n\n%(address)s"
        ) % {
            "authority": in_language(authority.name, language),
            "address": settings.PUBLIC_URL + reverse("mfa_index"),
        }

    return _Mail(to=[person], write=write, authority=authority)


def _vetting_withdrawn(payload: Mapping[str, Json], clock: Clock) -> _Mail:
    vetting = Vetting.objects.select_related("organisation", "authority").get(
        public_id=str(payload["vetting"])
    )
    organisation, authority = vetting.organisation, vetting.authority

    def write(language: str) -> tuple[str, str]:
        return _("%(organisation)s may not act for now") % {"organisation": organisation.name}, _(
            "%(authority)s no longer lets %(organisation)s act towards it.\n\n"
            "You still see your cases, and act in them again once the authority has let you in anew. The "
            "reasons stand on the page of your organisation, and there you ask to be let in anew:\n\n"
            "%(address)s"
        ) % {
            "authority": in_language(authority.name, language),
            "organisation": organisation.name,
            "address": _page_of(organisation),
        }

    members = members_of(organisation, on=begun_everywhere(clock.now()))
    return _Mail(to=members, write=write, authority=authority)


def _endpoint_set_aside(payload: Mapping[str, Json], clock: Clock) -> _Mail:
    found = Endpoint.objects.select_related("account__organisation", "authority")
    endpoint = found.get(public_id=str(payload["endpoint"]))
    owner = owner_of(endpoint)

    def write(language: str) -> tuple[str, str]:
        if isinstance(owner, Authority):
            told = whose = in_language(owner.name, language)
        else:
            told, whose = owner.name, owner.organisation.name
        return _("%(program)s is told of no more events") % {"program": told}, _(
            "An endpoint of %(organisation)s has taken nothing for days, or says that it is no more:\n\n"
            "%(endpoint)s\n\n"
            "It was set aside. What happens from now on is kept for it. See what failed, and let it go on "
            "once it works again:\n\n%(address)s"
        ) % {
            "organisation": whose,
            "endpoint": endpoint.address,
            "address": settings.PUBLIC_URL + reverse("endpoint", kwargs={"public_id": endpoint.public_id}),
        }

    return _Mail(to=people_of(owner, at=clock.now()), write=write, authority=endpoint.authority)


def _page_of(organisation: Organisation) -> str:
    return settings.PUBLIC_URL + reverse("organisation", kwargs={"public_id": organisation.public_id})


_SUBJECTS: Mapping[str, Callable[[Mapping[str, Json], Clock], _Mail]] = {
    "second_factor_reset": _second_factor_reset,
    "office_given": _office_given,
    "vetting_withdrawn": _vetting_withdrawn,
    "endpoint_set_aside": _endpoint_set_aside,
}
