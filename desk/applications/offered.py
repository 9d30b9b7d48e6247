"""What an applicant is offered on pages that everybody has: the list of cases, and the page of a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import organisations_represented
from accounts.services.chains import begun_everywhere
from authorisation.concerned import concerned_by, of_holders
from authorisation.fees import OPEN as TO_PAY
from authorisation.fees import owed_by
from authorisation.handling import procedure_of
from authorisation.kinds import ABOUT_AUTHORISATIONS, Initiative, Kind
from authorisation.lifecycle import State
from authorisation.models import Case
from authorisation.services.appeals import against_appealing
from desk.acting import actor_of
from desk.applications.selectors import OPEN, is_applicant, organisation_acting
from desk.selectors.case_list import CaseList
from workflow.clock import Clock, today
from workflow.door import Option, options
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class ApplicantsCases:
    """Of the cases in a list, those that wait for this person as applicant; and whether they may apply."""

    waiting: frozenset[UUID]
    may_apply: bool


def applicants_cases(person: User, listed: CaseList, *, clock: Clock) -> ApplicantsCases:
    """What in this list waits for this person, in a constant number of queries."""
    represented = organisations_represented(person, on=begun_everywhere(clock.now()))
    if not represented:
        return ApplicantsCases(waiting=frozenset(), may_apply=False)
    waiting = Case.objects.filter(
        Q(applicant__in=represented) & ~Q(kind__in=ABOUT_AUTHORISATIONS) | of_holders(represented),
        public_id__in=[row.public_id for row in listed.rows if row.standing.state in OPEN],
        initiative=Initiative.ASKED_FOR,
    )
    return ApplicantsCases(waiting=frozenset(waiting.values_list("public_id", flat=True)), may_apply=True)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A step of the applicant's, with the reasons against it, and the page on which it is taken."""

    option: Option
    url_name: str
    label: Words


_PAGES: Mapping[str, tuple[str, Words]] = {
    "submit": ("application", _("Continue the application")),
    "hear": ("application_hearing", _("Answer the notice")),
    "answer": ("application_answer", _("Answer the authority")),
    "hand_in_proof": ("application_fees", _("Pay the fee and prove it")),
    "add_document": ("application_documents", _("Add a supporting document")),
    "withdraw": ("application_withdraw", _("Withdraw the application")),
}


def applicants_actions(request: HttpRequest, case: Case, *, clock: Clock) -> list[Action]:
    """What the applicant finds to do on the page of a case; nothing for whoever only may see it."""
    person = cast(User, request.user)
    organisation = organisation_acting(person, concerned_by(case), on=today(case.authority, clock))
    if organisation is None:
        return []
    actor = actor_of(request, organisation=organisation.public_id)
    if not is_applicant(case, actor, clock=clock):
        return []
    steps = [
        Action(option=option, url_name=_PAGES[option.name][0], label=_PAGES[option.name][1])
        for option in options(case, actor, clock)
        if option.name in _PAGES
        and (option.name != "add_document" or option.allowed)
        and (option.name != "hand_in_proof" or any(owed.state in TO_PAY for owed in owed_by(case)))
    ]
    return [*steps, *_appealing(case), *_exporting(case)]


def _exporting(case: Case) -> list[Action]:
    """The application as one file, to be opened elsewhere: always, while there is one."""
    if case.initiative != Initiative.ASKED_FOR:
        return []
    option = Option(
        name="export",
        label=_("Take the application along"),
        says=_("As one file, with its documents, that another installation opens as a draft."),
        reasons=(),
    )
    return [Action(option=option, url_name="export_application", label=option.label)]


def _appealing(case: Case) -> list[Action]:
    """Against what was decided, an appeal, where the procedure has any; it is a case of its own."""
    decided = case.state in (State.GRANTED, State.REFUSED) and case.kind != Kind.APPEAL
    if not decided or Kind.APPEAL not in procedure_of(case).kinds:
        return []
    option = Option(
        name="appeal",
        label=_("Appeal against the decision"),
        says=_("Other people than those who decided look at it again."),
        reasons=tuple(against_appealing(case)),
    )
    return [Action(option=option, url_name="application_appeal", label=option.label)]
