"""The signing desk and its acts. The views decide nothing: the door does."""

from collections.abc import Mapping
from functools import partial
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from desk.act_forms import ActForm, fresh
from desk.acting import capacities_of
from desk.letter_at_work import given_out, letter_at_work
from desk.offers import Offer, offer_of
from desk.posting import PageAct, carry_out, status_of
from desk.signing.forms import ConsentForm, DeclineForm, RetryForm
from desk.signing.selectors import Signing, signing
from letters import services
from letters.models import Letter
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Refused


def _consent(letter: Letter, form: ConsentForm, act: Act) -> object:
    given = form.cleaned_data
    return services.consent(letter, act=act, digest=given["digest"], seen=given["seen"])


def _decline(letter: Letter, form: DeclineForm, act: Act) -> object:
    given = form.cleaned_data
    return services.decline(letter, act=act, reasons=given["reasons"], seen=given["seen"])


def _retry(letter: Letter, form: RetryForm, act: Act) -> object:
    return services.retry(letter, act=act, seen=form.cleaned_data["seen"])


STROKES: Mapping[str, PageAct[Letter]] = {
    "consent": PageAct(
        form=ConsentForm,
        do=_consent,
        done=_("Your consent was recorded. The letter is sealed when the last office has signed."),
    ),
    "decline": PageAct(
        form=DeclineForm,
        do=_decline,
        done=_("You declined to sign. The letter is void, and the decision is taken up again."),
    ),
    "retry": PageAct(form=RetryForm, do=_retry, done=_("It is being tried again.")),
}


@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One letter on the signing desk; for whoever does not work at its authority, as if there were none."""
    return _page(request, letter_at_work(request, public_id))


@require_safe
def unsigned_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes to which an office consents, exactly as rendered."""
    letter = letter_at_work(request, public_id)
    return given_out(request, letter, letter.unsigned_sha256, "to-sign")


@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One act on a letter."""
    letter = letter_at_work(request, public_id)
    if step not in STROKES:
        raise Http404
    stroke = STROKES[step]
    form = stroke.form(request.POST)
    return carry_out(
        request,
        form,
        clock=RealClock(),
        do=lambda act: stroke.do(letter, form, act),
        done=stroke.done,
        then=reverse("signing", kwargs={"public_id": letter.public_id}),
        again=partial(_again, request, public_id, form),
    )


def _again(request: HttpRequest, public_id: UUID, form: ActForm, refusal: Refused | None) -> HttpResponse:
    return _page(request, letter_at_work(request, public_id), filled_in=form, refusal=refusal)


def _page(
    request: HttpRequest,
    letter: Letter,
    *,
    filled_in: ActForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    shown = signing(
        letter,
        person=cast(User, request.user),
        capacities=capacities_of(request, authority=letter.authority),
        clock=RealClock(),
    )
    offered = {
        "consent": offer_of("consent", shown.offers),
        "decline": shown.decline,
        "retry": offer_of("retry", shown.offers),
    }
    on_paper = {"choose_paper": offer_of("choose_paper", shown.offers)}
    context = {
        "page": shown,
        "offers": offered | on_paper,
        "forms": {step: _form(shown, step, offer, filled_in) for step, offer in offered.items()},
        "refusal": refusal,
        "mistakes": filled_in.mistakes if filled_in is not None else (),
    }
    status = 200 if filled_in is None else status_of(refusal)
    return render(request, "desk/signing/page.html", context, status=status)


def _form(shown: Signing, step: str, offer: Offer | None, filled_in: ActForm | None) -> ActForm | None:
    """The form of a step that may be taken. A consent given to other bytes is never sent again as it was."""
    bound = filled_in is not None and filled_in.step == step and step != "consent"
    if offer is None or not offer.allowed:
        return filled_in if bound else None
    values = {**fresh(shown.letter.version, offer.actor), "digest": shown.letter.unsigned_sha256}
    if bound and filled_in is not None:
        return filled_in.again(values)
    return STROKES[step].form(initial=values)
