"""The decision desk and the acts that decide. The views decide nothing: the door does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.names import party_name
from authorisation import proposals
from authorisation.acts import AnyPlan
from authorisation.handling import bodies_of, handling_of
from authorisation.kinds import ASKING, AUTHORISING
from authorisation.lifecycle import ENDED
from authorisation.models import Case, Decision
from authorisation.models.decisions import Outcome
from authorisation.planned import effect_for, is_about, plan_of
from authorisation.requirements import as_json
from authorisation.services import decisions
from authorisation.terms import Terms, asked_for
from desk.act_forms import fresh
from desk.acting import capacities_of
from desk.changing.selectors import effect_shown
from desk.deciding.asking import with_one_more, without
from desk.deciding.forms import (
    ApproveActInPartForm,
    ApproveForm,
    ApproveInPartForm,
    Consenting,
    DecisionForm,
    RefuseForm,
    SendBackForm,
)
from desk.deciding.selectors import Deciding, deciding
from desk.offers import offer_of
from desk.posting import PageAct, carry_out, lost, status_of
from desk.selectors.at_the_authority import case_worked_on_by
from letters.kinds import letter_for
from letters.preview import CannotPreview, preview, styles
from letters.requirements_said import sentences
from workflow.clock import RealClock, today
from workflow.door import Act
from workflow.refusals import Refused


@dataclass(frozen=True, kw_only=True)
class Deed(PageAct[Case]):
    """An act of the deciding office, with the outcome that it decides."""

    form: type[DecisionForm]
    outcome: Outcome | None = None


def _approve(case: Case, form: ApproveForm, act: Act) -> object:
    if is_about(case):
        # What is granted is what the act makes of the authorisation.
        return decisions.approve(
            case,
            act=act,
            conditions=form.conditions(),
            requirements=form.requirements(),
            seen=form.cleaned_data["seen"],
        )
    return decisions.approve(
        case,
        act=act,
        granted=form.terms(asked_for(proposals.content_of(case))),
        conditions=form.conditions(),
        **_asked(form),
        share_reason=form.share_reason(),
        unpublished=form.unpublished(),
        seen=form.cleaned_data["seen"],
    )


def _approve_in_part(case: Case, form: ApproveInPartForm | ApproveActInPartForm, act: Act) -> object:
    if isinstance(form, ApproveActInPartForm):
        return decisions.approve_act_in_part(
            case,
            act=act,
            volumes=form.volumes(),
            reasons=form.reasons(),
            requirements=form.requirements(),
            seen=form.cleaned_data["seen"],
        )
    return decisions.approve_in_part(
        case,
        act=act,
        granted=cast(Terms, form.terms(form.asked)),
        reasons=form.reasons(),
        conditions=form.conditions(),
        **_asked(form),
        share_reason=form.share_reason(),
        unpublished=form.unpublished(),
        seen=form.cleaned_data["seen"],
    )


def _asked(form: DecisionForm) -> dict[str, Any]:
    return {
        "requirements": form.requirements(),
        "left_out": form.left_out(),
        "asking_reason": form.asking_reason(),
    }


def _refuse(case: Case, form: RefuseForm, act: Act) -> object:
    return decisions.refuse(case, act=act, reasons=form.reasons(), seen=form.cleaned_data["seen"])


def _send_back(case: Case, form: SendBackForm, act: Act) -> object:
    given = form.cleaned_data
    return decisions.send_back(
        case, act=act, reasons=given["reasons"], bodies=form.bodies(), seen=given["seen"]
    )


_DRAWN = _("The decision was taken, and its letter is drawn for signature.")

DEEDS: Mapping[str, Deed] = {
    "approve": Deed(form=ApproveForm, do=_approve, done=_DRAWN, outcome=Outcome.APPROVE),
    "approve_in_part": Deed(
        form=ApproveInPartForm,
        do=_approve_in_part,
        done=_DRAWN,
        outcome=Outcome.APPROVE_IN_PART,
    ),
    "refuse": Deed(form=RefuseForm, do=_refuse, done=_DRAWN, outcome=Outcome.REFUSE),
    "send_back": Deed(form=SendBackForm, do=_send_back, done=_("The case went back to review.")),
}


@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The decision desk of a case; for whoever does not work at its authority, as if there were none."""
    return _page(request, _case(request, public_id))


@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One act of the deciding office."""
    case = _case(request, public_id)
    deed = _deed(step)
    form = _form(deed, case, data=request.POST)
    return carry_out(
        request,
        form,
        clock=RealClock(),
        do=lambda act: deed.do(case, form, act),
        done=deed.done,
        then=reverse("deciding", kwargs={"public_id": case.public_id}),
        again=partial(_again, request, public_id, form),
    )


@require_POST
def weigh(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Shows what the terms filled in would mean, or the form with a row more or less of what is asked.

    Nothing is decided and nothing kept.
    """
    case = _case(request, public_id)
    step = request.GET.get("step", "approve_in_part")
    if step not in ("approve", "approve_in_part"):
        raise Http404
    data: QueryDict = request.POST
    of_rows = True
    if "more" in data:
        data = with_one_more(data)
    elif "remove" in data:
        data = without(data, str(data["remove"]))
    else:
        of_rows = False
    form = _form(DEEDS[step], case, data=data)
    if not of_rows and not form.is_valid():
        return _again(request, public_id, form, None)
    return _page(request, case, filled_in=form, status=200, still_filling=of_rows)


@require_POST
def preview_letter(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """The letter that this decision would draw, marked as a preview. No number is taken, nothing kept."""
    case = _case(request, public_id)
    deed = _deed(step)
    if deed.outcome is None:
        raise Http404
    form = _form(deed, case, data=request.POST)
    if not form.is_valid():
        return _again(request, public_id, form, None)
    on = today(case.authority, RealClock())
    try:
        shown = preview(
            case,
            letter_for(case.kind, step, _plan(case, form) if is_about(case) else None),
            decision=_tentative(case, deed.outcome, form, on=on),
            on=on,
            stylesheet=reverse("preview_styles"),
        )
    except Refused as refusal:
        return _again(request, public_id, form, refusal)
    except CannotPreview as fault:
        return _page(request, case, filled_in=form, status=422, faults=fault.sentences)
    return HttpResponse(shown)


@require_safe
def preview_styles(_request: HttpRequest) -> HttpResponse:
    """The look of a letter's preview."""
    return HttpResponse(styles(), content_type="text/css; charset=utf-8")


def _tentative(case: Case, outcome: Outcome, form: DecisionForm, *, on: date) -> Decision:
    """The decision as it would be written down on this day; it never is. Raises Refused."""
    if is_about(case):
        return _tentative_act(case, outcome, form, on=on)
    asked = asked_for(proposals.content_of(case))
    granted = form.terms(asked)
    if granted is not None:
        granted = decisions.under_conditions(granted, form.conditions())
    return Decision(
        case=case,
        outcome=outcome,
        requested=asked.canonical(),
        granted=granted.canonical() if granted is not None else "",
        reasons=[*form.reasons(), *filter(None, [form.share_reason(), form.asking_reason()])],
        conditions=form.conditions(),
        requirements=_requirements(case, form) if granted is not None else [],
        unpublished=form.unpublished(),
        decided_on=on,
    )


def _tentative_act(case: Case, outcome: Outcome, form: DecisionForm, *, on: date) -> Decision:
    plan = _plan(case, form) if outcome != Outcome.REFUSE else None
    return Decision(
        case=case,
        outcome=outcome,
        requested=proposals.terms_asked(case).canonical(),
        granted=effect_for(case, plan).terms.canonical() if plan is not None else "",
        plan=plan.canonical() if plan is not None else "",
        reasons=form.reasons(),
        conditions=form.conditions(),
        requirements=_requirements(case, form) if plan is not None else [],
        decided_on=on,
    )


def _requirements(case: Case, form: DecisionForm) -> list[Any]:
    """What is asked of the holder, as it would be written down."""
    asked = decisions.asked_of_holder(case, form.requirements(), form.left_out())
    return [as_json(one) for one in asked]


def _plan(case: Case, form: DecisionForm | None) -> AnyPlan:
    """The act as the form grants it: for the volumes filled in, or whole. Raises Refused for no such part."""
    if isinstance(form, ApproveActInPartForm) and form.is_valid():
        return decisions.part_of(case, form.volumes())
    return plan_of(case)


def _vintages(case: Case) -> dict[int, int | None]:
    """Of the act of a case the vintages that a part of it can name, with what is planned of each."""
    planned = getattr(plan_of(case), "volumes", None)
    if planned:
        return dict(sorted(planned.items()))
    moved = effect_for(case).moved
    return {line.vintage: line.taken for line in moved if line.taken}


def _deed(step: str) -> Deed:
    if step not in DEEDS:
        raise Http404
    return DEEDS[step]


def _case(request: HttpRequest, public_id: UUID) -> Case:
    case = case_worked_on_by(cast(User, request.user), public_id, clock=RealClock())
    if case is None:
        raise Http404
    return case


def _form(deed: Deed, case: Case, **options: Any) -> DecisionForm:
    form = _form_of(deed, case, **options)
    if isinstance(form, ApproveForm | ApproveInPartForm | ApproveActInPartForm):
        form.ask(case, options.get("data"))
    return form


def _form_of(deed: Deed, case: Case, **options: Any) -> DecisionForm:
    if issubclass(deed.form, ApproveInPartForm) and is_about(case):
        return ApproveActInPartForm(vintages=_vintages(case), **options)
    if issubclass(deed.form, ApproveInPartForm):
        options["asked"] = asked_for(proposals.content_of(case))
        options["language"] = get_language() or "en"
    if issubclass(deed.form, SendBackForm):
        options["bodies"] = [(body.code, body.label) for body in bodies_of(case)]
    if issubclass(deed.form, ApproveForm | ApproveInPartForm):
        options["handling"] = handling_of(case)
        options["consent"] = _consenting(case)
    return deed.form(**options)


def _consenting(case: Case) -> Consenting | None:
    """Who can be named as consenting to later acts: every other Party, where an authorisation is given."""
    if case.kind not in AUTHORISING:
        return None
    first = decisions.set_by_procedure(asked_for(proposals.content_of(case)), case)
    host, language = case.authority.party.code, get_language() or "en"
    named = (*first.parties, *(first.consent_to_changes or ()), *(first.consent_to_revocation or ()))
    parties = [(code, party_name(code, language)) for code in dict.fromkeys(named) if code != host]
    return Consenting(parties=parties, first=first)


def _again(
    request: HttpRequest, public_id: UUID, form: DecisionForm, refusal: Refused | None
) -> HttpResponse:
    return _page(
        request, _case(request, public_id), filled_in=form, refusal=refusal, status=status_of(refusal)
    )


def _page(
    request: HttpRequest,
    case: Case,
    *,
    filled_in: DecisionForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
    faults: tuple[str, ...] = (),
    still_filling: bool = False,
) -> HttpResponse:
    tentative = None
    effect = None
    if is_about(case) and case.authorisation is not None and case.state not in ENDED:
        try:
            effect = effect_shown(case.authorisation, effect_for(case, _plan(case, filled_in)))
        except Refused as none_such:
            refusal, status = refusal or none_such, max(status, none_such.status)
            effect = effect_shown(case.authorisation, effect_for(case))
    elif filled_in is not None and filled_in.is_valid():
        tentative = filled_in.terms(asked_for(proposals.content_of(case)))
    shown = deciding(
        case,
        capacities=capacities_of(request, authority=case.authority),
        clock=RealClock(),
        language=get_language() or "en",
        filled_in=tentative,
    )
    mistakes = filled_in.mistakes if filled_in is not None and not still_filling else []
    context = {
        "page": shown,
        "effect": effect,
        "asks": _asks(case, filled_in),
        "can_ask": case.kind in ASKING,
        "deeds": [
            (offer, _offered(shown, step, filled_in))
            for step in DEEDS
            if (offer := offer_of(step, shown.offers)) is not None
        ],
        "refusal": refusal,
        "written": lost(filled_in, shown.offers),
        "mistakes": [*mistakes, *(("", sentence) for sentence in faults)],
    }
    return render(request, "desk/deciding/page.html", context, status=status)


def _asks(case: Case, filled_in: DecisionForm | None) -> list[str]:
    """What would be asked of the holder by a decision of today, in the sentences of the letter."""
    valid = filled_in is not None and filled_in.is_valid()
    asked = (
        decisions.asked_of_holder(case, filled_in.requirements(), filled_in.left_out())
        if filled_in is not None and valid
        else decisions.asked_of_holder(case)
    )
    return sentences(asked, decided_on=today(case.authority, RealClock()))


def _offered(shown: Deciding, step: str, filled_in: DecisionForm | None) -> DecisionForm | None:
    """The form of a step that may be taken; or what was filled in, which is never thrown away."""
    offer = offer_of(step, shown.offers)
    bound = filled_in is not None and filled_in.step == step
    if offer is None or not offer.allowed:
        return filled_in if bound else None
    if bound and filled_in is not None:
        return filled_in.again(fresh(shown.case.version, offer.actor))
    return _form(DEEDS[step], shown.case, initial=fresh(shown.case.version, offer.actor))
