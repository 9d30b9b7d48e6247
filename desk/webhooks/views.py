"""The pages of endpoints, for those who belong to the organisation whose program it is."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organisation, ServiceAccount, User
from accounts.selectors import belongs_to
from accounts.services.chains import begun_everywhere
from desk.people.forms import ConfirmForm
from desk.people.views.one_form import FormPage, one_form, sent
from desk.webhooks import services
from desk.webhooks.forms import EndpointForm
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Endpoint, Message
from desk.webhooks.selectors import endpoint_page, endpoints_page, message_page, shown_keys
from workflow.clock import RealClock


@require_safe
def keys(_request: HttpRequest) -> JsonResponse:
    """The public keys that sign messages now, the newest first: for anybody, and for programs to look at."""
    found = [
        {
            "public_key": each.text,
            "since": each.key.made_at.isoformat(),
            "until": each.key.ends_at.isoformat() if each.key.ends_at else None,
        }
        for each in shown_keys(at=_now())
    ]
    return JsonResponse({"keys": found})


def endpoints(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The endpoints of a program."""
    account = _account(request, public_id)
    page = endpoints_page(account, at=_now(), after=request.GET.get("after", ""))
    address = request.build_absolute_uri(reverse("webhook_keys"))
    return render(request, "desk/webhooks/endpoints.html", {"page": page, "keys_address": address})


def open_endpoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new endpoint."""
    account = _account(request, public_id)

    def do(given: dict[str, Any]) -> str:
        services.open_endpoint(
            account, address=given["address"], kinds=given["kinds"], by=_person(request), at=_now()
        )
        return _("The endpoint is open. A first message is on its way to it: see whether it arrives.")

    page = FormPage(
        title=_("Open an endpoint"),
        button=_("Open it"),
        back=reverse("endpoints", kwargs={"public_id": account.public_id}),
        back_label=_("Endpoints"),
        lead=[account.name],
    )
    form = EndpointForm(sent(request), initial={"kinds": EventKind.values})
    return one_form(request, form, page, do)


def endpoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An endpoint with everything that was written for it."""
    found = _endpoint(request, public_id)
    page = endpoint_page(found, after=request.GET.get("after", ""))
    return render(request, "desk/webhooks/endpoint.html", {"page": page})


def pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Nothing is sent for now."""
    found = _endpoint(request, public_id)

    def do(_given: dict[str, Any]) -> str:
        services.pause_endpoint(found, by=_person(request), at=_now())
        return _("Nothing is sent to this endpoint for now.")

    lead = [found.address, _("What happens meanwhile is kept, and sent once you let it go on.")]
    page = _of(found, title=_("Have this endpoint wait?"), button=_("Have it wait"), lead=lead)
    return one_form(request, ConfirmForm(sent(request)), page, do)


def go_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was kept is sent, and what happens from now on."""
    found = _endpoint(request, public_id)

    def do(_given: dict[str, Any]) -> str:
        services.let_endpoint_go_on(found, by=_person(request), at=_now())
        return _("The endpoint is in use again.")

    lead = [found.address, _("What was kept for it is sent now.")]
    page = _of(found, title=_("Let this endpoint go on?"), button=_("Let it go on"), lead=lead)
    return one_form(request, ConfirmForm(sent(request)), page, do)


def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ended for good."""
    found = _endpoint(request, public_id)

    def do(_given: dict[str, Any]) -> str:
        services.end_endpoint(found, by=_person(request), at=_now())
        return _("The endpoint has ended.")

    lead = [found.address, _("What was not delivered is not sent any more. It cannot be opened again.")]
    page = _of(found, title=_("End this endpoint?"), button=_("End it"), lead=lead)
    return one_form(request, ConfirmForm(sent(request)), page, do)


def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One message, and every attempt to deliver it."""
    return render(request, "desk/webhooks/message.html", {"page": message_page(_message(request, public_id))})


def send_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One message once more, under the same id."""
    found = _message(request, public_id)

    def do(_given: dict[str, Any]) -> str:
        services.send_again(found, by=_person(request), at=_now())
        return _("The message is sent again, under the same id.")

    page = FormPage(
        title=_("Send this message again?"),
        button=_("Send it again"),
        back=reverse("endpoint_message", kwargs={"public_id": found.public_id}),
        back_label=_("Message"),
        lead=[
            found.kind_label,
            _("It keeps its id: a program that took it before knows that it is the same."),
        ],
    )
    return one_form(request, ConfirmForm(sent(request)), page, do)


def _of(found: Endpoint, *, title: str, button: str, lead: list[str]) -> FormPage:
    back = reverse("endpoint", kwargs={"public_id": found.public_id})
    return FormPage(title=title, button=button, back=back, back_label=_("Endpoint"), lead=lead)


def _account(request: HttpRequest, public_id: UUID) -> ServiceAccount:
    standing = ServiceAccount.objects.select_related("organisation").filter(ended_at__isnull=True)
    found = get_object_or_404(standing, public_id=public_id)
    _refuse_others(request, found.organisation)
    return found


def _endpoint(request: HttpRequest, public_id: UUID) -> Endpoint:
    found = get_object_or_404(Endpoint.objects.select_related("account__organisation"), public_id=public_id)
    _refuse_others(request, found.account.organisation)
    return found


def _message(request: HttpRequest, public_id: UUID) -> Message:
    found = get_object_or_404(
        Message.objects.select_related("endpoint__account__organisation"), public_id=public_id
    )
    _refuse_others(request, found.endpoint.account.organisation)
    return found


def _refuse_others(request: HttpRequest, found: Organisation) -> None:
    if not belongs_to(_person(request), found, on=begun_everywhere(_now())):
        raise Http404


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _now() -> datetime:
    return RealClock().now()
