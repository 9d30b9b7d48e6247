"""The first person of an organisation that came on paper, invited by the authority that knows it."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Organisation, User
from accounts.names import country_name
from authorisation.applicants import known_from_paper
from authorisation.services import applicants
from desk.people.forms import FirstPersonForm
from desk.people.selectors.authorities import authorities_in_function
from desk.people.selectors.on_paper import on_paper_page
from desk.people.told_by_mail import mail_invitation
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock


def organisations_on_paper(request: HttpRequest) -> HttpResponse:
    """The organisations that came to these authorities on paper, and have nobody here."""
    authorities = knowing(request)
    if not authorities:
        raise Http404
    page = on_paper_page(authorities, after=request.GET.get("after", ""), at=RealClock().now())
    return render(request, "desk/people/on_paper.html", {"page": page})


def invite_first_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An invitation by e-mail; of an organisation that came to another authority, as if it were not there."""
    authority, found = _known(request, public_id)

    def invite(given: dict[str, Any]) -> str:
        invitation, token = applicants.invite_first_person(
            found,
            authority=authority,
            email=given["email"],
            by=cast(User, request.user),
            at=RealClock().now(),
        )
        mail_invitation(invitation, token)
        return _("The invitation was sent. It holds for seven days.")

    page = FormPage(
        title=_("Invite the first person of this organisation"),
        button=_("Send the invitation"),
        back=reverse("organisations_on_paper"),
        back_label=_("Organisations known from paper"),
        lead=[
            found.name,
            _("Country of incorporation: %(country)s")
            % {"country": country_name(found.country, get_language() or "en")},
            _("Identification number there: %(number)s") % {"number": found.identification or "–"},
            _(
                "Whoever accepts sees all cases of the organisation, acts in them, and invites colleagues. "
                "Make sure first that the address is one of the organisation's own."
            ),
        ],
    )
    return one_form(request, FirstPersonForm(sent(request)), page, invite)


def knowing(request: HttpRequest) -> list[Authority]:
    """The authorities for which this person may invite: they sit at its desk, or direct it."""
    person = cast(User, request.user)
    return authorities_in_function(person, Function.DESK_OFFICER, Function.DIRECTOR, clock=RealClock())


def _known(request: HttpRequest, public_id: UUID) -> tuple[Authority, Organisation]:
    for authority in knowing(request):
        found = known_from_paper([authority]).filter(public_id=public_id).first()
        if found is not None:
            return authority, found
    raise Http404
