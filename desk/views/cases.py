"""The list of cases and the page of a case, for people signed in."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from accounts.models import User
from desk.applications.offered import applicants_actions, applicants_cases
from desk.documents.selectors import documents_shown
from desk.doing import doings
from desk.fees.selectors import fees_shown
from desk.forms import CaseListForm
from desk.permissions import serves_the_authority
from desk.selectors.case_list import case_list
from desk.selectors.case_page import case_page
from desk.selectors.seen import case_seen_by
from desk.selectors.waiting import waiting_of
from desk.versions import versions
from workflow.clock import RealClock


def cases(request: HttpRequest) -> HttpResponse:
    """The cases that this person may see, newest first."""
    asked = CaseListForm(request.GET).asked()
    state = asked.get("state", "")
    listed = case_list(
        cast(User, request.user),
        clock=RealClock(),
        state=state,
        before=asked.get("before"),
        after=asked.get("after"),
    )
    mine = applicants_cases(cast(User, request.user), listed, clock=RealClock())
    form = CaseListForm(initial={"state": state})
    return render(request, "desk/cases.html", {"form": form, "listed": listed, "state": state, "mine": mine})


def case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One case; to whoever may not see it, as if there were none."""
    person, clock = cast(User, request.user), RealClock()
    found = case_seen_by(person, public_id, clock=clock)
    if found is None:
        raise Http404
    page = case_page(found, person=person, clock=clock, language=get_language() or "en")
    actions = applicants_actions(request, found, clock=clock)
    inside = serves_the_authority(person, found, clock=clock)
    context = {
        "page": page,
        "actions": actions,
        "doing": doings(request, found, inside=inside, clock=clock),
        "documents": documents_shown(found, inside=inside, language=get_language() or "en"),
        "fees": fees_shown(found, inside=inside, clock=clock, language=get_language() or "en"),
        "versions": versions(found),
        "inside": inside,
        "waiting": waiting_of([found], clock=clock)[found.pk],
    }
    return render(request, "desk/case.html", context)
