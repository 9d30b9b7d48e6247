"""What the sign-in library's own pages lack, and the page about one's own account."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_factor import has_second_factor, may_lose, needs_second_factor
from desk.people.selectors.own_account import parts_of
from workflow.clock import RealClock


def keeps_a_second_factor(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Removing a passkey: not the last second factor of whoever needs one. The library asks only for apps."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        passkey = get_object_or_404(Authenticator, pk=pk, user=request.user)
        if not may_lose(passkey, at=RealClock().now()):
            messages.error(request, _("Your office needs a second factor. Add another one before."))
            return HttpResponseRedirect(reverse("mfa_list_webauthn"))
        return view(request, pk=pk, **kwargs)

    return guarded


def own_account(request: HttpRequest) -> HttpResponse:
    """Who one is here: address, second factor, offices and organisations, and where to change them."""
    person, at = cast(User, request.user), RealClock().now()
    context = {
        "parts": parts_of(person, at=at, language=get_language() or "en"),
        "has_second_factor": has_second_factor(person),
        "needs_second_factor": needs_second_factor(person, at=at),
    }
    return render(request, "desk/own_account.html", context)
