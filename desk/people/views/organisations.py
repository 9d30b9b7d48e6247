"""An organisation, for those who belong to it: colleagues, invitations, mandates, and being let in."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Function, Invitation, Mandate, Organisation, User
from accounts.selectors import belongs_to, invitation_with
from accounts.services.chains import begun_everywhere
from accounts.services.invitations import digest_of
from desk.people.forms import (
    AskForVettingForm,
    ConfirmForm,
    InvitationForm,
    MandateForm,
    OrganisationForm,
    PaperMandateForm,
)
from desk.people.selectors.authorities import authorities_in_function
from desk.people.selectors.organisation_page import organisation_page
from desk.people.told_by_mail import mail_invitation
from desk.people.views.first_person import knowing
from desk.people.views.one_form import FormPage, one_form, sent
from desk.recording.selectors import entitlements_of
from workflow.clock import RealClock


def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The organisation, to whoever belongs to it."""
    found = _own(request, public_id)
    page = organisation_page(found, at=_now(), language=get_language() or "en", places=request.GET.dict())
    context = {"page": page, "entitlements": entitlements_of([found], clock=RealClock())}
    return render(request, "desk/organisation.html", context)


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
        mail_invitation(invitation, token)
        return _("The invitation was sent. It holds for seven days.")

    page = _page(found, title=_("Invite a colleague"), button=_("Send the invitation"))
    return one_form(request, InvitationForm(sent(request)), page, invite)


def withdraw_invitation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An invitation taken back."""
    invitations = Invitation.objects.select_related("organisation", "authority")
    invitation = get_object_or_404(invitations, public_id=public_id)
    found = invitation.organisation
    own = _belongs(request, found)
    if not own and invitation.authority not in knowing(request):
        raise Http404

    def withdraw(_given: dict[str, Any]) -> str:
        services.withdraw_invitation(invitation, by=_person(request), at=_now())
        return _("The invitation no longer holds.")

    page = FormPage(
        title=_("Take the invitation back?"),
        button=_("Take it back"),
        back=_at(found) if own else reverse("organisations_on_paper"),
        back_label=found.name if own else _("Organisations known from paper"),
        lead=[found.name, invitation.email],
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
        lead=[colleague.name or colleague.email, _("It ends at once, and the person is signed out.")],
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


def record_mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A power of attorney on paper recorded, of an organisation that has no account."""
    found = _own(request, public_id)

    def record(given: dict[str, Any]) -> str:
        services.record_mandate_on_paper(found, by=_person(request), at=_now(), **given)
        return _("The mandate is recorded. It holds once the authority has confirmed the paper.")

    page = _page(
        found,
        title=_("Act for an organisation that has no account"),
        button=_("Record the mandate"),
        lead=[
            _("It gave you a power of attorney on paper. If it has an account, it gives the mandate there."),
        ],
    )
    return one_form(request, PaperMandateForm(sent(request)), page, record)


def revoke_mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A mandate ended, by who gave it or who holds it, or by the authority that confirms it."""
    mandate = get_object_or_404(
        Mandate.objects.select_related("principal", "mandatary", "authority"), public_id=public_id
    )
    mine = next((one for one in (mandate.principal, mandate.mandatary) if _belongs(request, one)), None)
    at_its_desk = mandate.authority in authorities_in_function(
        _person(request), Function.DESK_OFFICER, clock=RealClock()
    )
    if mine is None and not at_its_desk:
        raise Http404

    def revoke(_given: dict[str, Any]) -> str:
        services.revoke_mandate(mandate, by=_person(request), at=_now())
        return _("The mandate has ended.")

    back, back_label = (
        (_at(mine), mine.name)
        if mine is not None
        else (reverse("vetting"), _("Organisations that ask to be let in"))
    )
    page = FormPage(
        title=_("End this mandate?"),
        button=_("End the mandate"),
        back=back,
        back_label=back_label,
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
        back=_at(found),
        back_label=found.name,
        lead=lead or [],
    )


def _at(found: Organisation) -> str:
    return reverse("organisation", kwargs={"public_id": found.public_id})


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _now() -> datetime:
    return RealClock().now()
