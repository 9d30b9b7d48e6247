"""The pages of conditions and obligations. The views decide nothing: the use-cases do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from authorisation.lifecycle_of_obligations import State
from authorisation.models import Case, Obligation
from authorisation.reversed import balances
from authorisation.services import obligations
from desk.act_forms import ActForm, fresh
from desk.acting import capacities_of
from desk.obligations import selectors
from desk.obligations.forms import HandInForm, MetForm, MoreTimeForm, ReasonsForm, SuspensionForm
from desk.offers import Offer, offer_of, offers
from desk.overdue.selectors import served
from desk.people.views.one_form import FormPage, one_form
from desk.volumes.selectors import authorisation_seen_by
from letters.requirements_said import breach_said
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One act: its form, its use-case, and what is said once it is done; `begins`: with what it is filled."""

    form: type[ActForm]
    do: Callable[[Obligation, Any, Act], Obligation | Case]
    done: Words
    begins: Callable[[Obligation], Mapping[str, Any]] = lambda obligation: {}


def _hand_in(obligation: Obligation, form: HandInForm, act: Act) -> Obligation:
    given = form.cleaned_data
    return obligations.hand_in(
        obligation,
        act=act,
        upload=form.upload(),
        reference=given["reference"],
        note=given["note"],
        confidentiality_basis=given["basis"],
        seen=given["seen"],
    )


def _met(obligation: Obligation, form: MetForm, act: Act) -> Obligation:
    given = form.cleaned_data
    return obligations.find_met(
        obligation,
        act=act,
        reasons=given["reasons"],
        upload=form.upload(),
        reference=given["reference"],
        seen=given["seen"],
    )


def _more_time(obligation: Obligation, form: MoreTimeForm, act: Act) -> Obligation:
    given = form.cleaned_data
    return obligations.extend(
        obligation, act=act, until=given["until"], reasons=given["reasons"], seen=given["seen"]
    )


def _reasoned(use_case: Callable[..., Obligation]) -> Callable[[Obligation, Any, Act], Obligation]:
    def do(obligation: Obligation, form: ActForm, act: Act) -> Obligation:
        given = form.cleaned_data
        return use_case(obligation, act=act, reasons=given["reasons"], seen=given["seen"])

    return do


def _suspension(obligation: Obligation, form: SuspensionForm, act: Act) -> Case:
    given = form.cleaned_data
    return obligations.open_suspension(obligation, act=act, grounds=given["grounds"], seen=given["seen"])


def _on_the_breach(obligation: Obligation) -> Mapping[str, Any]:
    """The finding in the language of the letter that will say it."""
    finding = obligations.breach_found(obligation)
    with override(obligation.authority.languages[0]):
        return {"grounds": breach_said(finding) if finding is not None else ""}


DEEDS: Mapping[str, Deed] = {
    "hand_in": Deed(form=HandInForm, do=_hand_in, done=_("It was handed in. The authority judges it.")),
    "find_met": Deed(form=MetForm, do=_met, done=_("It is recorded as met.")),
    "find_not_met": Deed(
        form=ReasonsForm, do=_reasoned(obligations.find_not_met), done=_("It is recorded as not met.")
    ),
    "extend": Deed(form=MoreTimeForm, do=_more_time, done=_("More time is given.")),
    "find_breach": Deed(
        form=ReasonsForm, do=_reasoned(obligations.find_breach), done=_("The breach is recorded.")
    ),
    "open_suspension": Deed(
        form=SuspensionForm,
        do=_suspension,
        done=_("The case is open. Look at what it would do, then go on with it."),
        begins=_on_the_breach,
    ),
    "waive": Deed(form=ReasonsForm, do=_reasoned(obligations.waive), done=_("It is waived this time.")),
}


@require_safe
def of_authorisation(request: HttpRequest, identifier: str) -> HttpResponse:
    """What an authorisation asks of its holder; for whoever may not see its case, as if there were none."""
    clock = RealClock()
    found = authorisation_seen_by(cast(User, request.user), identifier, clock=clock)
    if found is None:
        raise Http404
    capacities = capacities_of(request, authority=found.authority)
    page = selectors.of_authorisation(found, capacities, reader=cast(User, request.user), clock=clock)
    context = {"page": page, "reversed": list(balances(found.activity).items())}
    return render(request, "desk/obligations/authorisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One act on one of them. What stands against it is said beside what was filled in."""
    clock, deed = RealClock(), DEEDS.get(step)
    found = selectors.obligation_seen_by(cast(User, request.user), public_id, clock=clock)
    if found is None or deed is None:
        raise Http404
    offer = _offer(request, found, step)
    actor = offer.actor
    begun = {**fresh(found.version, actor), **deed.begins(found)}
    form = deed.form(
        request.POST if request.method == "POST" else None, files=request.FILES or None, initial=begun
    )

    def do(given: dict[str, Any]) -> str | HttpResponse:
        done = deed.do(found, form, Act(actor=actor, clock=clock, key=str(given["key"])))
        if isinstance(done, Case):
            messages.success(request, str(deed.done))
            return redirect("casework", public_id=done.public_id)
        return str(deed.done)

    page = FormPage(
        title=offer.label,
        button=offer.label,
        back=reverse("obligations", args=[found.authorisation.identifier]),
        back_label=_("Conditions and obligations"),
        lead=[found.requirement.label, offer.says],
    )
    return one_form(request, form, page, do)


def _offer(request: HttpRequest, found: Obligation, step: str) -> Offer:
    """The step in the capacity in which the person may take it; refused where it is not theirs to take."""
    capacities = capacities_of(request, authority=found.authority)
    offer = offer_of(step, offers(found, capacities, RealClock()))
    if offer is None:
        raise Http404
    if not offer.is_theirs:
        raise PermissionDenied
    return offer


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What holders owe the authorities that the person serves; for others as if there were no such page."""
    clock = RealClock()
    authorities = served(cast(User, request.user), clock=clock)
    if not authorities:
        raise Http404
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    shown = selectors.board(
        authorities,
        clock=clock,
        language=get_language() or "en",
        state=state,
        after=_uuid(request.GET.get("after", "")),
    )
    context = {"board": shown, "state": state, "states": list(State.choices)}
    return render(request, "desk/obligations/board.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
