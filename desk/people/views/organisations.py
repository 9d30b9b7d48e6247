"""An organisation, for those who belong to it: colleagues, invitations, mandates, and being let in."""

import logging
from datetime import datetime
from smtplib import SMTPException
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Invitation, Mandate, Organisation, User
from accounts.selectors import belongs_to, invitation_with
from accounts.services.chains import begun_everywhere
from accounts.services.invitations import digest_of
from desk.people.forms import (
    AskForVettingForm,
    ConfirmForm,
    InvitationForm,
    MandateForm,
    OrganisationForm,
)
from desk.people.selectors.organisation_page import organisation_page
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock

logger = logging.getLogger(__name__)


def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The organisation, to whoever belongs to it."""
    found = _own(request, public_id)
    page = organisation_page(found, at=_now(), language=get_language() or "en")
    return render(request, "desk/organisation.html", {"page": page})


def register_organisation(request: HttpRequest) -> HttpResponse:
    """A new organisation, with the person who opens it as its first member."""

    def register(given: dict[str, Any]) -> str:
        made = services.register_organisation(by=_person(request), at=_now(), **given)
        return _("%(name)s is registered. Next, ask an authority to let it in.") % {"name": made.name}

    page = FormPage(
        title=_("Register an organisation"),
        button=_("Register"),
        back=reverse("account_email"),
        back_label=_("Your account"),
        lead=[_("Is it here already? Then let a colleague invite you.")],
    )
    return one_form(request, OrganisationForm(sent(request)), page, register)


def invite_colleague(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An invitation by e-mail."""
    found = _own(request, public_id)

    def invite(given: dict[str, Any]) -> str:
        invitation, token = services.invite(found, email=given["email"], by=_person(request), at=_now())
        _send(invitation, token)
        return _("The invitation was sent. It holds for seven days.")

    page = _page(found, title=_("Invite a colleague"), button=_("Send the invitation"))
    return one_form(request, InvitationForm(sent(request)), page, invite)


def withdraw_invitation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An invitation taken back."""
    invitation = get_object_or_404(Invitation.objects.select_related("organisation"), public_id=public_id)
    found = _own(request, invitation.organisation.public_id)

    def withdraw(_given: dict[str, Any]) -> str:
        services.withdraw_invitation(invitation, by=_person(request), at=_now())
        return _("The invitation no longer holds.")

    page = _page(
        found, title=_("Take the invitation back?"), button=_("Take it back"), lead=[invitation.email]
    )
    return one_form(request, ConfirmForm(sent(request)), page, withdraw)


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation, to whoever holds its token and has signed in; accepted by pressing the button."""
    found = invitation_with(digest_of(token))
    if found is None:
        raise Http404

    def accept(_given: dict[str, Any]) -> str:
        services.accept_invitation(token, by=_person(request), at=_now())
        return _("You now belong to %(name)s.") % {"name": found.organisation.name}

    page = FormPage(
        title=_("Join %(name)s?") % {"name": found.organisation.name},
        button=_("Join"),
        back=reverse("account_email"),
        back_label=_("Your account"),
        lead=[_("You will see the organisation's cases, and may act in them.")],
    )
    return one_form(request, ConfirmForm(sent(request)), page, accept)


def remove_colleague(request: HttpRequest, public_id: UUID, person: UUID) -> HttpResponse:
    """A membership ended."""
    found = _own(request, public_id)
    colleague = get_object_or_404(User, public_id=person, memberships__organisation=found)

    def remove(_given: dict[str, Any]) -> str:
        services.remove_member(found, person=colleague, by=_person(request), at=_now())
        return _("%(name)s no longer belongs to the organisation.") % {
            "name": colleague.name or colleague.email
        }

    page = _page(
        found,
        title=_("End this membership?"),
        button=_("End the membership"),
        lead=[
            colleague.name or colleague.email,
            _("Who joined today belongs to it until the day is over."),
        ],
    )
    return one_form(request, ConfirmForm(sent(request)), page, remove)


def give_mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another organisation, such as a consultant, let act for this one."""
    found = _own(request, public_id)

    def give(given: dict[str, Any]) -> str:
        services.give_mandate(
            found,
            mandatary=given["mandatary"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            by=_person(request),
            at=_now(),
        )
        return _("%(name)s may act for yours.") % {"name": given["mandatary"].name}

    page = _page(
        found,
        title=_("Let another organisation act for yours"),
        button=_("Give the mandate"),
        lead=[_("Its people will see all your cases and may submit and answer. You can end it at any time.")],
    )
    return one_form(request, MandateForm(sent(request)), page, give)


def revoke_mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A mandate ended, by who gave it or who holds it."""
    mandate = get_object_or_404(Mandate.objects.select_related("principal", "mandatary"), public_id=public_id)
    mine = next((one for one in (mandate.principal, mandate.mandatary) if _belongs(request, one)), None)
    if mine is None:
        raise Http404

    def revoke(_given: dict[str, Any]) -> str:
        services.revoke_mandate(mandate, by=_person(request), at=_now())
        return _("The mandate has ended.")

    page = _page(
        mine,
        title=_("End this mandate?"),
        button=_("End the mandate"),
        lead=[
            _("%(mandatary)s acts for %(principal)s.")
            % {"mandatary": mandate.mandatary.name, "principal": mandate.principal.name}
        ],
    )
    return one_form(request, ConfirmForm(sent(request)), page, revoke)


def ask_for_vetting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An authority asked to let the organisation in."""
    found = _own(request, public_id)

    def ask(given: dict[str, Any]) -> str:
        services.ask_for_vetting(found, authority=given["authority"], by=_person(request), at=_now())
        return _("The authority was asked. You see its answer on this page.")

    page = _page(
        found,
        title=_("Ask an authority to let your organisation in"),
        button=_("Ask"),
        lead=[_("An authority takes applications from organisations that it has looked at.")],
    )
    form = AskForVettingForm(sent(request), organisation=found)
    return one_form(request, form, page, ask)


def _send(invitation: Invitation, token: str) -> None:
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


def _own(request: HttpRequest, public_id: UUID) -> Organisation:
    found = get_object_or_404(Organisation, public_id=public_id)
    if not _belongs(request, found):
        raise Http404
    return found


def _belongs(request: HttpRequest, found: Organisation) -> bool:
    return belongs_to(_person(request), found, on=begun_everywhere(_now()))


def _page(found: Organisation, *, title: str, button: str, lead: list[str] | None = None) -> FormPage:
    return FormPage(
        title=title,
        button=button,
        back=reverse("organisation", kwargs={"public_id": found.public_id}),
        back_label=found.name,
        lead=lead or [],
    )


def _sent(request: HttpRequest) -> Any:
    """What was posted; a form without fields is else never bound."""
    return request.POST if request.method == "POST" else None


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _now() -> datetime:
    return RealClock().now()
