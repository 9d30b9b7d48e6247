"""The desk's page of a case, and the acts that are taken on it. The views decide nothing: the door does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from authorisation import proposals
from authorisation.models import Case
from authorisation.models.decisions import Outcome, Verdict
from authorisation.services import desk
from desk.act_forms import ActForm, fresh
from desk.acting import capacities_of
from desk.casework.forms import (
    AcceptForm,
    AskForm,
    OpinionForm,
    RecommendForm,
    ReturnForm,
    WaiveForm,
)
from desk.casework.selectors import Casework, casework
from desk.offers import offer_of
from desk.posting import carry_out, lost, status_of
from desk.selectors.at_the_authority import case_worked_on_by
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Refused, Words


@dataclass(frozen=True, kw_only=True)
class Work:
    """One act of this page: its form, its use-case, and what is said when it is done."""

    form: type[ActForm]
    do: Callable[[Case, Any, Act], object]
    done: Words


def _waive(case: Case, form: WaiveForm, act: Act) -> object:
    given = form.cleaned_data
    return desk.waive(case, act=act, path=given["path"], reason=given["reason"], seen=given["seen"])


def _return(case: Case, form: ReturnForm, act: Act) -> object:
    return desk.return_for_completion(case, act=act, seen=form.cleaned_data["seen"])


def _accept(case: Case, form: AcceptForm, act: Act) -> object:
    return desk.accept(case, act=act, seen=form.cleaned_data["seen"])


def _ask(case: Case, form: AskForm, act: Act) -> object:
    return desk.ask(case, act=act, questions=form.questions(), seen=form.cleaned_data["seen"])


def _give_opinion(case: Case, form: OpinionForm, act: Act) -> object:
    given = form.cleaned_data
    return desk.give_opinion(
        case, act=act, verdict=Verdict(given["verdict"]), reasons=given["reasons"], seen=given["seen"]
    )


def _recommend(case: Case, form: RecommendForm, act: Act) -> object:
    given = form.cleaned_data
    return desk.recommend(
        case,
        act=act,
        outcome=Outcome(given["outcome"]),
        reasons=given["reasons"],
        answers=form.answers(),
        seen=given["seen"],
    )


WORK: Mapping[str, Work] = {
    "waive": Work(form=WaiveForm, do=_waive, done=_("The item was found not applicable.")),
    "return_for_completion": Work(
        form=ReturnForm,
        do=_return,
        done=_("The application goes back to the applicant. The letter that names what is missing is drawn."),
    ),
    "accept": Work(form=AcceptForm, do=_accept, done=_("The application was accepted for review.")),
    "ask": Work(form=AskForm, do=_ask, done=_("The questions went to the applicant.")),
    "give_opinion": Work(form=OpinionForm, do=_give_opinion, done=_("The opinion was recorded.")),
    "recommend": Work(
        form=RecommendForm, do=_recommend, done=_("The recommendation went to the deciding office.")
    ),
}


@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The desk's page of a case; for whoever does not work at its authority, as if there were none."""
    return _page(request, _case(request, public_id))


@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One act of the desk or of a reviewing body."""
    case = _case(request, public_id)
    if step not in WORK:
        raise Http404
    work = WORK[step]
    form = _form(work, case, data=request.POST)
    return carry_out(
        request,
        form,
        clock=RealClock(),
        do=lambda act: work.do(case, form, act),
        done=work.done,
        then=reverse("casework", kwargs={"public_id": case.public_id}),
        again=partial(_again, request, public_id, form),
    )


def _again(request: HttpRequest, public_id: UUID, form: ActForm, refusal: Refused | None) -> HttpResponse:
    return _page(request, _case(request, public_id), filled_in=form, refusal=refusal)


def _case(request: HttpRequest, public_id: UUID) -> Case:
    case = case_worked_on_by(cast(User, request.user), public_id, clock=RealClock())
    if case is None:
        raise Http404
    return case


def _form(work: Work, case: Case, **options: Any) -> ActForm:
    if issubclass(work.form, RecommendForm):
        findings = proposals.findings_on_request(case)
        options["rules"] = dict.fromkeys(finding.rule for finding in findings)
    return work.form(**options)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    filled_in: ActForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    shown = casework(
        case,
        capacities=capacities_of(request, authority=case.authority),
        clock=RealClock(),
        language=get_language() or "en",
    )
    forms = {step: _offered(shown, step, filled_in) for step in WORK if step != "waive"}
    context = {
        "page": shown,
        "forms": forms,
        "offers": {offer.step: offer for offer in shown.offers},
        "waiving": _waiving(shown, filled_in),
        "refusal": refusal,
        "written": lost(filled_in, shown.offers),
        "mistakes": filled_in.mistakes if filled_in is not None else (),
    }
    status = 200 if filled_in is None else status_of(refusal)
    return render(request, "desk/casework/page.html", context, status=status)


def _offered(shown: Casework, step: str, filled_in: ActForm | None) -> ActForm | None:
    """The form of a step that may be taken; or what was filled in, which is never thrown away."""
    offer = offer_of(step, shown.offers)
    bound = filled_in is not None and filled_in.step == step
    if offer is None or not offer.allowed:
        return filled_in if bound else None
    if bound and filled_in is not None:
        # A new key and the version now shown: what was written is sent as a new act.
        return filled_in.again(fresh(shown.case.version, offer.actor))
    return _form(WORK[step], shown.case, initial=fresh(shown.case.version, offer.actor))


def _waiving(shown: Casework, filled_in: ActForm | None) -> dict[str, ActForm]:
    """A form for each item that may be found not applicable, by its place."""
    offer = offer_of("waive", shown.offers)
    if offer is None or not offer.allowed:
        return {}
    forms: dict[str, ActForm] = {}
    for row in shown.checklist:
        if row.may_be_waived:
            path = row.item.path
            initial = {**fresh(shown.case.version, offer.actor), "path": path}
            if filled_in is not None and filled_in.step == "waive" and filled_in.data.get("path") == path:
                forms[path] = filled_in.again(initial)
            else:
                forms[path] = WaiveForm(initial=initial, place="_" + path.replace(".", "_"))
    return forms
