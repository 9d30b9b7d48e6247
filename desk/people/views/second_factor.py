"""Whose a second factor is: the set-up code is entered before the first one is set up, or one counts."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.base.views import IndexView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import User
from accounts.second_factor import (
    awaits_set_up_code,
    digest_of_code,
    has_second_factor,
    needs_set_up_code,
    open_set_up_code,
)
from desk.acting import is_proved
from desk.people.forms import SetUpCodeForm
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock

View = Callable[..., HttpResponseBase]

# Where this session keeps the digest of the code that was entered, until the factor is set up.
_ENTERED = "set_up_code"


def behind_set_up_code(view: View) -> View:
    """Setting up a second factor: the first one of whoever needs one only after the code was entered.

    Once it is set up the code is used, in the same transaction.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person, at = cast(User, request.user), RealClock().now()
        if not needs_set_up_code(person, at=at):
            return view(request, *args, **kwargs)
        digest = str(request.session.get(_ENTERED, ""))
        if open_set_up_code(person, digest, at=at) is None:
            return HttpResponseRedirect(reverse("set_up_code"))
        # Outside of the transaction, which it would else break off.
        raise_if_reauthentication_required(request, app="allauth.mfa")
        with transaction.atomic():
            answered = view(request, *args, **kwargs)
            if has_second_factor(person):
                services.redeem_set_up_code(person, digest=digest, at=at)
                del request.session[_ENTERED]
        return answered

    return guarded


class _SecondFactorPage(IndexView):  # type: ignore[misc]  # allauth publishes no types
    """The library's page, which also says whether a code is awaited."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        person = cast(User, self.request.user)
        waits = awaits_set_up_code(person) or needs_set_up_code(person, at=RealClock().now())
        return {**context, "awaits_code": waits and _ENTERED not in self.request.session}


second_factor_page = _SecondFactorPage.as_view()


def set_up_code(request: HttpRequest) -> HttpResponse:
    """Asks for the code that came with an office. With a second factor already there, for that too."""
    person = cast(User, request.user)
    set_up = has_second_factor(person)

    def enter(given: dict[str, Any]) -> str:
        at, digest = RealClock().now(), digest_of_code(given["code"])
        forget_attempts = check_rate_limit(person)
        if open_set_up_code(person, digest, at=at) is None:
            raise ValidationError(
                _("This code does not hold, or no longer. Ask whoever gave it to you for a new one.")
            )
        forget_attempts()
        if set_up:
            services.redeem_set_up_code(person, digest=digest, at=at)
            return _("Your second factor is confirmed.")
        request.session[_ENTERED] = digest
        return _("The code holds. Now set up your second factor.")

    if not set_up and not needs_set_up_code(person, at=RealClock().now()):
        return HttpResponseRedirect(reverse("mfa_index"))
    if set_up and not awaits_set_up_code(person):
        messages.info(request, _("Your second factor is confirmed."))
        return HttpResponseRedirect(reverse("mfa_index"))
    if set_up and request.method == "POST" and not is_proved(request):
        raise ReauthenticationRequired
    page = FormPage(
        title=_("Enter your set-up code"),
        button=_("Go on"),
        back=reverse("mfa_index"),
        back_label=_("Second factor"),
        lead=[
            _(
                "Your office asks for a second factor. Whoever gave you the office handed "
                "you a code: it shows "
                "that the second factor is yours, and not of somebody who knows your password."
            ),
            _("Have you none, or does it no longer hold? Ask a director of your authority for a new one."),
        ],
    )
    return one_form(request, SetUpCodeForm(sent(request)), page, enter)
