"""One act through a page: from the posted form to the use-case, and what the person is then shown."""

from collections.abc import Callable, Collection
from typing import cast

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.second_factor import has_second_factor
from desk.act_forms import ActForm
from desk.acting import actor_of
from desk.offers import Offer, offer_of
from workflow.clock import Clock
from workflow.door import Act
from workflow.refusals import Kind, Refused, Words


def carry_out(
    request: HttpRequest,
    form: ActForm,
    *,
    clock: Clock,
    do: Callable[[Act], object],
    done: Words,
    then: str,
    again: Callable[[Refused | None], HttpResponse],
) -> HttpResponse:
    """Carries an act out and leads on; a refusal shows the page again with every reason.

    form    what was posted
    do      the use-case
    done    the message when it is done, and `then` the address to go on to
    again   makes the page once more, with what was filled in, for a refusal or for an unreadable form

    Where all that is missing is a new proof of who the person is, they are asked for it, and what they
    sent is then carried out. Raises PermissionDenied for an office that they do not hold.
    """
    if not form.is_valid():
        return again(None)
    actor = actor_of(request, office=form.cleaned_data["office"])
    try:
        do(Act(actor=actor, clock=clock, key=f"page:{form.cleaned_data['key']}"))
    except Refused as refusal:
        if refusal.kind is Kind.UNSEEN:
            raise Http404 from refusal
        only_proof = {reason.code for reason in refusal.reasons} == {"proof"}
        if only_proof and has_second_factor(cast(User, request.user)):
            raise ReauthenticationRequired from refusal
        return again(refusal)
    messages.success(request, str(done))
    return redirect(then)


def status_of(refusal: Refused | None) -> int:
    """The status of a page shown again: the refusal's, or that of a form that cannot be read."""
    return refusal.status if refusal is not None else 422


def lost(filled_in: ActForm | None, offered: Collection[Offer]) -> list[tuple[str, str]]:
    """What was written in a form that the page does not show any more, as its step cannot be taken now."""
    if filled_in is None or offer_of(filled_in.step, offered) is not None:
        return []
    return filled_in.written()
