"""One act through a page: from the posted form to the use-case, and what the person is then shown."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from desk.act_forms import ActForm
from desk.acting import actor_of, to_second_factor
from desk.offers import Offer, offer_of
from workflow.clock import Clock
from workflow.door import Act
from workflow.refusals import Kind, Refused, Words

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class PageAct(Generic[R]):
    """An act that a page offers about a record: its form, its use-case, and what is said when it is done."""

    form: type[ActForm]
    do: Callable[[R, Any, Act], object]
    done: Words


def carry_out(
    request: HttpRequest,
    form: ActForm,
    *,
    clock: Clock,
    do: Callable[[Act], object],
    done: Words,
    then: str | Callable[[], str],
    again: Callable[[Refused | None], HttpResponse],
) -> HttpResponse:
    """Carries an act out and leads on; a refusal shows the page again with every reason.

    form    what was posted
    do      the use-case
    done    the message when it is done, and `then` the address to go on to, known now or once it is done
    again   makes the page once more, with what was filled in, for a refusal or for an unreadable form

    Where all that is missing is a new proof of who the person is, they are asked for it, and what they
    sent is then carried out; who has no second factor is led to setting one up. Raises PermissionDenied
    for an office that they do not hold, or an organisation to which they do not belong.
    """
    if not form.is_valid():
        return again(None)
    given = form.cleaned_data
    actor = actor_of(request, office=given["office"], organisation=given.get("organisation"))
    try:
        do(Act(actor=actor, clock=clock, key=f"page:{form.cleaned_data['key']}"))
    except Refused as refusal:
        if refusal.kind is Kind.UNSEEN:
            raise Http404 from refusal
        if {reason.code for reason in refusal.reasons} == {"proof"}:
            return to_second_factor(request)
        return again(refusal)
    messages.success(request, str(done))
    return redirect(then if isinstance(then, str) else then())


def status_of(refusal: Refused | None) -> int:
    """The status of a page shown again: the refusal's, or that of a form that cannot be read."""
    return refusal.status if refusal is not None else 422


def lost(filled_in: ActForm | None, offered: Collection[Offer]) -> list[tuple[str, str]]:
    """What was written in a form that the page does not show any more, as its step cannot be taken now."""
    if filled_in is None or offer_of(filled_in.step, offered) is not None:
        return []
    return filled_in.written()
