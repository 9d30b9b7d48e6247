"""One act over many authorisations, with one ground: looked at, then opened as a case of each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Authority
from authorisation import acts
from authorisation.acts import OverMany
from authorisation.models import Authorisation
from authorisation.services.acts import OPENED_BY
from authorisation.services.acts_over_many import ask_over_many
from desk.act_forms import ActForm, DayInput, fresh, lines, long_text
from desk.acting import acting_at
from desk.changing.foreseen import foreseen_for, possible
from desk.changing.offered import ACTS
from desk.changing.progress import NONE_ANSWERS, ONE_OF_BOTH, OVER_MANY, meant, named, progress_of
from desk.posting import status_of
from projects import codes
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Refused


class ManyForm(ActForm):
    """What is done, why, and to which authorisations."""

    step = "many"

    type = forms.ChoiceField(
        label=_("What is to be done?"),
        choices=[(name, ACTS[name].label) for name in OVER_MANY],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is to be done.")},
    )
    grounds = long_text(
        _("Grounds"), help_text=_("One ground for all. Every holder reads it, and every letter says it.")
    )
    effective_on = forms.DateField(
        label=_("From when it is to take effect"),
        required=False,
        widget=DayInput,
        help_text=_("Empty: with the last signature of each letter. Never before a holder was heard."),
    )
    cure_until = forms.DateField(
        label=_("Until when all may mend what the grounds say"),
        required=False,
        widget=DayInput,
        help_text=_("One day for all. Empty: as long as the clock of each hearing runs."),
    )
    sector = forms.ChoiceField(label=_("All of a sector"), required=False)
    identifiers = long_text(_("Or these authorisations"), help_text=_("Identifiers, one per line."), rows=6)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        sector: Any = self.fields["sector"]
        sector.choices = [("", _("Choose")), *((one, one) for one in codes.SECTORS.codes)]
        self.dress()

    def clean(self) -> dict[str, Any]:
        """With a sector or identifiers, and not with both."""
        given = super().clean() or self.cleaned_data
        if bool(given.get("sector")) == bool(lines(given.get("identifiers", ""))):
            self.add_error("identifiers", ONE_OF_BOTH)
        return given

    def plan(self) -> OverMany:
        """The act."""
        given = self.cleaned_data
        said = {name: given[name] for name in ("type", "grounds", "effective_on")}
        # A resumption takes nothing away: nobody is heard about it, and nothing is to be mended.
        heard = given["type"] != "resumption"
        return acts.read_over_many({**said, "cure_until": given["cure_until"]} if heard else said)

    def hidden_again(self) -> list[tuple[str, str]]:
        """Everything that was filled in, to be sent once more from a page that asks nothing."""
        return [(name, str(self.data.get(name) or "")) for name in self.fields]


@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Plans one act over many; for whoever may open no act of that authority, as if there were none."""
    authority, actor = acting_at(request, public_id, *OPENED_BY)
    if request.method != "POST":
        return _show(request, authority, ManyForm(initial=fresh(0, actor)), status=200)
    form = ManyForm(request.POST)
    if request.POST.get("go") == "change":
        again = ManyForm(initial={**request.POST.dict(), **fresh(0, actor)})
        return _show(request, authority, again, status=200)
    if not form.is_valid():
        return _show(request, authority, form, status=422)
    concerned = _concerned(authority, form)
    if not concerned:
        form.add_error("identifiers", NONE_ANSWERS)
        return _show(request, authority, form, status=422)
    plan = form.plan()
    if request.POST.get("go") != "open":
        foreseen = foreseen_for(concerned, plan, clock=RealClock())
        context = {
            "authority": authority,
            "form": form,
            "label": ACTS[plan.type].label,
            "foreseen": foreseen,
            "possible": possible(foreseen),
        }
        return render(request, "desk/changing/many_seen.html", context)
    return _open(request, authority, form, actor, plan, concerned)


@require_safe
def opened(request: HttpRequest, public_id: UUID, batch: UUID) -> HttpResponse:
    """How far one act over many is: the cases that it has opened, what waits its turn, what was left out."""
    authority, _actor = acting_at(request, public_id, *OPENED_BY)
    progress = progress_of([authority], batch, after=request.GET.get("after", ""))
    if progress is None:
        raise Http404
    return render(request, "desk/changing/many_opened.html", {"authority": authority, "progress": progress})


def _open(
    request: HttpRequest,
    authority: Authority,
    form: ManyForm,
    actor: Person,
    plan: OverMany,
    concerned: Sequence[Authorisation],
) -> HttpResponse:
    key: UUID = form.cleaned_data["key"]
    act = Act(actor=actor, clock=RealClock())
    try:
        ask_over_many(authority, concerned, plan, act=act, name=named(key))
    except Refused as refusal:
        for reason in refusal.reasons:
            form.add_error(None, ValidationError(f"{reason} {reason.mend_text}".strip()))
        return _show(request, authority, form.again(fresh(0, actor)), status=status_of(refusal))
    return redirect("acts_over_many_opened", public_id=authority.public_id, batch=key)


def _show(request: HttpRequest, authority: Authority, form: ManyForm, *, status: int) -> HttpResponse:
    context = {"authority": authority, "form": form, "mistakes": form.mistakes if form.is_bound else ()}
    return render(request, "desk/changing/many.html", context, status=status)


def _concerned(authority: Authority, form: ManyForm) -> list[Authorisation]:
    """The authorisations meant, the oldest first."""
    given = form.cleaned_data
    return meant(
        authority,
        type_=given["type"],
        identifiers=lines(given["identifiers"]),
        sector=given["sector"],
        key=given["key"],
    )
