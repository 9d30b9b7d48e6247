"""The pages of service accounts and tokens, for those who belong to the organisation."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Organisation, ServiceAccount, ServiceToken, User
from accounts.selectors import belongs_to
from accounts.services.chains import begun_everywhere
from desk.people.forms import ConfirmForm
from desk.people.views.one_form import FormPage, one_form, sent
from desk.programs.forms import ServiceAccountForm, TokenForm
from desk.programs.selectors import programs_page
from workflow.clock import RealClock


def programs(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The service accounts of an organisation, to whoever belongs to it."""
    found = get_object_or_404(Organisation, public_id=public_id)
    _refuse_others(request, found)
    page = programs_page(found, at=_now(), after=request.GET.get("after", ""))
    return render(request, "desk/programs/page.html", {"page": page})


def open_account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new service account."""
    found = get_object_or_404(Organisation, public_id=public_id)
    _refuse_others(request, found)

    def do(given: dict[str, Any]) -> str:
        account = services.open_service_account(found, name=given["name"], by=_person(request), at=_now())
        return _("The account “%(name)s” is open. Next, issue a token for it.") % {"name": account.name}

    page = _page(found, title=_("Open a service account"), button=_("Open it"))
    return one_form(request, ServiceAccountForm(sent(request)), page, do)


def issue(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new token of a service account, shown once."""
    account = _account(request, public_id)

    def do(given: dict[str, Any]) -> HttpResponse:
        token, secret = services.issue_token(
            account,
            scopes=given["scopes"],
            lasts=timedelta(days=given["days"]),
            by=_person(request),
            at=_now(),
        )
        return _shown_once(request, token, secret)

    page = _page(
        account.organisation, title=_("Issue a token"), button=_("Issue the token"), lead=[account.name]
    )
    return one_form(request, TokenForm(sent(request)), page, do)


def rotate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new token in place of one, which goes on for a day."""
    token = _token(request, public_id)

    def do(_given: dict[str, Any]) -> HttpResponse:
        new, secret = services.rotate_token(token, by=_person(request), at=_now())
        return _shown_once(request, new, secret)

    lead = [_named(token), _("The old one goes on for a day, so that your program need not stop.")]
    page = _page(
        token.account.organisation, title=_("Replace this token?"), button=_("Issue a new one"), lead=lead
    )
    return one_form(request, ConfirmForm(sent(request)), page, do)


def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A token ended at once."""
    token = _token(request, public_id)

    def do(_given: dict[str, Any]) -> str:
        services.revoke_token(token, by=_person(request), at=_now())
        return _("The token no longer holds.")

    lead = [_named(token), _("Whatever still uses it is answered nothing any more, from now on.")]
    page = _page(
        token.account.organisation, title=_("Revoke this token?"), button=_("Revoke the token"), lead=lead
    )
    return one_form(request, ConfirmForm(sent(request)), page, do)


def end_account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A service account ended at once, with all its tokens."""
    account = _account(request, public_id)

    def do(_given: dict[str, Any]) -> str:
        services.end_service_account(account, by=_person(request), at=_now())
        return _("The service account has ended, and its tokens with it.")

    lead = [account.name, _("It ends at once, and all its tokens with it.")]
    page = _page(
        account.organisation, title=_("End this service account?"), button=_("End the account"), lead=lead
    )
    return one_form(request, ConfirmForm(sent(request)), page, do)


def _shown_once(request: HttpRequest, token: ServiceToken, secret: str) -> HttpResponse:
    context = {"token": token, "secret": secret, "back": _at(token.account.organisation)}
    return render(request, "desk/programs/token.html", context)


def _account(request: HttpRequest, public_id: UUID) -> ServiceAccount:
    standing = ServiceAccount.objects.select_related("organisation").filter(ended_at__isnull=True)
    found = get_object_or_404(standing, public_id=public_id)
    _refuse_others(request, found.organisation)
    return found


def _token(request: HttpRequest, public_id: UUID) -> ServiceToken:
    found = get_object_or_404(
        ServiceToken.objects.select_related("account__organisation"), public_id=public_id
    )
    _refuse_others(request, found.account.organisation)
    return found


def _refuse_others(request: HttpRequest, found: Organisation) -> None:
    if not belongs_to(_person(request), found, on=begun_everywhere(_now())):
        raise Http404


def _named(token: ServiceToken) -> str:
    return f"{token.account.name}: {token.begins}…"


def _page(found: Organisation, *, title: str, button: str, lead: list[str] | None = None) -> FormPage:
    return FormPage(
        title=title, button=button, back=_at(found), back_label=_("Programs"), lead=lead or [found.name]
    )


def _at(found: Organisation) -> str:
    return reverse("programs", kwargs={"public_id": found.public_id})


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _now() -> datetime:
    return RealClock().now()
