"""An application that came on paper, for the officers of a desk."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Function, User
from authorisation.kinds import Kind
from desk.acting import actor_of
from desk.people.forms import PaperForm
from desk.people.paper import Paper, file_on_paper
from desk.people.selectors.authorities import offices_in_function
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock
from workflow.door import Act


def case_on_paper(request: HttpRequest) -> HttpResponse:
    """Files an application for an applicant who applies on paper."""
    clock = RealClock()
    offices = offices_in_function(cast(User, request.user), Function.DESK_OFFICER, clock=clock)
    if not offices:
        raise Http404

    def file(given: dict[str, Any]) -> str:
        chosen = next(office for office in offices if str(office.public_id) == given["office"])
        actor = actor_of(request, office=UUID(given["office"]))
        paper = Paper(
            kind=Kind(given["kind"]),
            name=given["name"],
            country=given["country"],
            identification=given["identification"].strip(),
            title=given["title"],
            scan=given["scan"].read(),
            file_name=given["scan"].name,
            declared=given["declared"],
        )
        case = file_on_paper(paper, authority=chosen.authority, act=Act(actor=actor, clock=clock))
        return _("The application is filed as %(reference)s.") % {"reference": case.reference}

    page = FormPage(
        title=_("File an application made on paper"),
        button=_("File the application"),
        back=reverse("cases"),
        back_label=_("Cases"),
        lead=[_("What the paper lacks is asked for afterwards, as with any application.")],
    )
    form = PaperForm(sent(request), request.FILES or None, offices=offices)
    return one_form(request, form, page, file)
