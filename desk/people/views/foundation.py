"""How somebody takes the first office of an authority, to which they were invited."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import User
from accounts.names import in_language
from accounts.selectors import office_invitation_with
from accounts.services.foundation import digest_of
from desk.people.forms import ConfirmForm
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock


def office_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation, to whoever holds its token and has signed in; accepted by pressing the button."""
    found = office_invitation_with(digest_of(token))
    if found is None:
        raise Http404
    authority = in_language(found.office.authority.name, get_language() or "en")

    def accept(_given: dict[str, Any]) -> str:
        services.accept_office(token, by=cast(User, request.user), at=RealClock().now())
        return _("You direct %(authority)s.") % {"authority": authority}

    page = FormPage(
        title=_("Direct %(authority)s?") % {"authority": authority},
        button=_("Take the office"),
        back=reverse("offices"),
        back_label=_("Offices"),
        lead=[
            _(
                "Whoever directs an authority opens its offices, and says who holds them "
                "from when until when."
            ),
            _(
                "The office asks for a second factor. Have the set-up code at hand that "
                "came with the invitation."
            ),
        ],
    )
    return one_form(request, ConfirmForm(sent(request)), page, accept)
