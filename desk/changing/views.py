"""The pages of acts about an authorisation. The views decide nothing: the use-cases do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from authorisation.acts import AnyPlan
from authorisation.consent import LISTS, counterparts
from authorisation.lifecycle import ENDED
from authorisation.models import Authorisation, Case
from authorisation.planned import effect_for, is_about
from authorisation.services import acts
from authorisation.standing import first_version, terms_in_force
from authorisation.touching import CLAUSES, circumstances
from desk.act_forms import fresh
from desk.acting import capacities_of
from desk.changing.forms import About, PlanForm
from desk.changing.offered import ACTS, Offered
from desk.changing.selectors import Capacity, capacity_of, effect_shown
from desk.permissions import serves_the_authority
from desk.posting import carry_out, status_of
from desk.selectors.seen import case_seen_by, cases_seen_by
from desk.volumes.selectors import authorisation_seen_by
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Refused

# What a button of these forms asks for: to see what it would do, to do it, or to change what was filled in.
LOOK, OPEN, CHANGE = "look", "open", "change"
MOST_CASES = 50


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Which act of which authorisation is planned, and in which capacity."""

    authorisation: Authorisation
    offered: Offered
    capacity: Capacity
    about: About

    @property
    def back(self) -> str:
        """Where the page leads back to."""
        return reverse("acts", kwargs={"identifier": self.authorisation.identifier})


@require_safe
def offered(request: HttpRequest, identifier: str) -> HttpResponse:
    """What may be done about an authorisation, and what is under way; for strangers as if there were none."""
    authorisation = _authorisation(request, identifier)
    clock = RealClock()
    capacity = capacity_of(authorisation, capacities_of(request, authority=authorisation.authority), clock)
    cases = cases_seen_by(cast(User, request.user), clock=clock).filter(authorisation=authorisation)
    context = {
        "authorisation": authorisation,
        "offered": capacity.offered,
        "capacity": capacity,
        "cases": cases.order_by("-pk")[:MOST_CASES],
        "inside": capacity.office is not None,
        "earlier": getattr(first_version(authorisation), "earlier_letter", None),
    }
    return render(request, "desk/changing/offered.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, identifier: str, kind: str) -> HttpResponse:
    """Plans an act, shows what it would do, and opens the case of it."""
    authorisation = _authorisation(request, identifier)
    if kind not in ACTS:
        raise Http404
    capacity = capacity_of(
        authorisation, capacities_of(request, authority=authorisation.authority), RealClock()
    )
    if capacity.acts_on(ACTS[kind]) is None:
        raise Http404
    subject = _subject(authorisation, ACTS[kind], capacity)
    if request.method != "POST":
        return _show(request, subject, _empty(subject), status=200)
    form = PlanForm(request.POST, offered=subject.offered, about=subject.about)
    asked = request.POST.get("go", LOOK)
    if asked == CHANGE:
        return _show(request, subject, _empty(subject, request.POST), status=200)
    if asked == OPEN:
        return _open(request, subject, form)
    if not form.is_valid() or form.plan is None:
        return _again(request, subject, form, None)
    return _confirm(request, subject, form, status=200)


@require_safe
def effect(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a case about an authorisation would do, line by line, as the authorisation stands now."""
    case = case_seen_by(cast(User, request.user), public_id, clock=RealClock())
    if case is None or not is_about(case) or case.authorisation is None:
        raise Http404
    if case.state in ENDED:
        # What it did stands in its letter; what it would do once more is no question.
        return redirect("case", public_id=case.public_id)
    context = {
        "case": case,
        "tabs": {"case": case},
        "effect": effect_shown(case.authorisation, effect_for(case)),
        "inside": serves_the_authority(cast(User, request.user), case, clock=RealClock()),
    }
    return render(request, "desk/changing/effect_page.html", context)


# -- one form, looked at before it is carried out ------------------------------------------------------


def _open(request: HttpRequest, subject: Subject, form: PlanForm) -> HttpResponse:
    opened: list[Case] = []
    by_holder = subject.about.declares

    def do(act: Act) -> None:
        plan = cast(AnyPlan, form.plan)
        if by_holder:
            opened.append(acts.ask_for(subject.authorisation, plan, act=act, declared=form.declared))
        else:
            opened.append(acts.open_act(subject.authorisation, plan, act=act, for_holder=form.for_holder))

    def then() -> str:
        return reverse("case" if by_holder else "casework", kwargs={"public_id": opened[-1].public_id})

    return carry_out(
        request,
        form,
        clock=RealClock(),
        do=do,
        done=(
            _("Your request has gone to the authority.")
            if by_holder
            else _("The case is open. Look at it once more, then go on with it.")
        ),
        then=then,
        again=partial(_again_or_confirm, request, subject, form),
    )


def _again_or_confirm(
    request: HttpRequest, subject: Subject, form: PlanForm, refusal: Refused | None
) -> HttpResponse:
    """The page that shows the effect once more, with why it was not opened; or an unreadable form."""
    if refusal is None or form.plan is None:
        return _again(request, subject, form, refusal)
    return _confirm(request, subject, form, status=status_of(refusal), refusal=refusal)


def _confirm(
    request: HttpRequest,
    subject: Subject,
    form: PlanForm,
    *,
    status: int,
    refusal: Refused | None = None,
) -> HttpResponse:
    plan = cast(AnyPlan, form.plan)
    shown = effect_shown(subject.authorisation, acts.preview(subject.authorisation, plan, clock=RealClock()))
    context = {"subject": subject, "form": form, "effect": shown, "refusal": refusal}
    return render(request, "desk/changing/confirm.html", context, status=status)


def _again(request: HttpRequest, subject: Subject, form: PlanForm, refusal: Refused | None) -> HttpResponse:
    for reason in refusal.reasons if refusal is not None else ():
        form.add_error(None, ValidationError(f"{reason} {reason.mend_text}".strip()))
    form.again(_begun(subject))
    return _show(request, subject, form, status=status_of(refusal))


def _show(request: HttpRequest, subject: Subject, form: PlanForm, *, status: int) -> HttpResponse:
    context = {
        "subject": subject,
        "form": form,
        "mistakes": form.mistakes if form.is_bound else (),
    }
    return render(request, "desk/changing/form.html", context, status=status)


def _empty(subject: Subject, filled_in: Any = None) -> PlanForm:
    """The form as it is first shown, or with what was filled in before."""
    initial: Mapping[str, Any] = {}
    if filled_in is not None:
        several = {name: filled_in.getlist(name) for name in ("roles", *LISTS)}
        initial = {**filled_in.dict(), **several}
    return PlanForm(initial={**initial, **_begun(subject)}, offered=subject.offered, about=subject.about)


def _begun(subject: Subject) -> dict[str, Any]:
    actor = subject.capacity.acts_on(subject.offered)
    if actor is None:
        return {}
    organisation = actor.organisation.public_id if actor.organisation is not None else None
    return {**fresh(subject.authorisation.version, actor), "organisation": organisation}


# -- which -------------------------------------------------------------------------------------------


def _authorisation(request: HttpRequest, identifier: str) -> Authorisation:
    found = authorisation_seen_by(cast(User, request.user), identifier, clock=RealClock())
    if found is None:
        raise Http404
    return found


def _subject(authorisation: Authorisation, offered: Offered, capacity: Capacity) -> Subject:
    terms = terms_in_force(authorisation)
    lines = set(authorisation.lines.values_list("vintage", flat=True))
    years = set()
    if offered.type in ("top_up", "quantity_up") and terms.outcomes_from and terms.outcomes_to:
        # Vintages of the period that have no line yet may be given one.
        years = set(range(terms.outcomes_from.year, terms.outcomes_to.year + 1))
    actor = capacity.acts_on(offered)
    about = About(
        vintages=sorted(lines | years),
        entities=sorted(one.name for one in terms.entities),
        circumstances={act: circumstances(terms, act) for act in CLAUSES},
        parties=counterparts(terms, host=authorisation.authority.party.code),
        consenting={name: getattr(terms, name) or () for name in LISTS},
        on_paper=capacity.on_paper and actor == capacity.office,
        declares=actor == capacity.holder and actor is not None,
    )
    return Subject(authorisation=authorisation, offered=offered, capacity=capacity, about=about)
