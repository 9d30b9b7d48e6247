"""A case as its applicant writes it: who may, as whom they act, and what a page is shown instead."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.models import User
from authorisation.concerned import concerned_by
from authorisation.models import Case
from authorisation.vetting import against_unvetted
from desk.acting import actor_of
from desk.applications import selectors
from desk.selectors.seen import case_seen_by
from workflow.actors import Person
from workflow.clock import Clock, RealClock, today
from workflow.door import Act

_LONGEST_KEY = 100


@dataclass(frozen=True, kw_only=True)
class Written:
    """A case that the person of the request may write as its applicant."""

    case: Case
    actor: Person
    clock: Clock

    def act(self, request: HttpRequest) -> Act:
        """An act of this person, under the key that the form brings."""
        return Act(actor=self.actor, clock=self.clock, key=request.POST.get("key", "")[:_LONGEST_KEY])


def case_written(request: HttpRequest, public_id: UUID) -> Written:
    """The case as its applicant has it: 404 for who may not see it, 403 for who may only see it, with why."""
    person, clock = cast(User, request.user), RealClock()
    case = case_seen_by(person, public_id, clock=clock)
    if case is None:
        raise Http404
    on = today(case.authority, clock)
    organisation = selectors.organisation_acting(person, concerned_by(case), on=on)
    if organisation is None:
        raise PermissionDenied
    actor = actor_of(request, organisation=organisation.public_id)
    if not selectors.is_applicant(case, actor, clock=clock):
        reasons = against_unvetted(actor, concerned_by(case), case.authority)
        raise PermissionDenied(" ".join(f"{reason} {reason.mend_text}" for reason in reasons))
    return Written(case=case, actor=actor, clock=clock)


def to_case(case: Case) -> HttpResponse:
    """On to the page of the case."""
    return redirect("case", public_id=case.public_id)


def closed(request: HttpRequest, case: Case) -> HttpResponse:
    """On to the page of the case, where the application cannot be changed."""
    messages.info(request, _("The application cannot be changed now: it is with the authority."))
    return to_case(case)


def version_seen(request: HttpRequest) -> int | None:
    """The version of the case that the person saw. Who sends none that can be read saw none at all."""
    version = request.POST.get("seen", "")
    return int(version) if version.isdecimal() and len(version) < 10 else -1
