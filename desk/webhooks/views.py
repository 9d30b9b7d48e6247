"""The pages of endpoints, for whoever manages those of a program, or of an authority."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Authority, ServiceAccount, User
from accounts.names import in_language
from desk.acting import actor_of, once_proved
from desk.people.forms import ConfirmForm
from desk.people.views.one_form import FormPage, one_form, sent
from desk.webhooks import services
from desk.webhooks.forms import EndpointForm
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Endpoint, Message
from desk.webhooks.owners import Owner, may_manage, owner_of
from desk.webhooks.selectors import endpoint_page, endpoints_page, message_page, shown_keys
from workflow.clock import RealClock


@dataclass(frozen=True, kw_only=True)
class Whose:
    """What the pages say of the owner, and where they lead.

    name     the program, or the authority
    above    the organisation whose program it is; empty for an authority
    before   where one comes from, with its name
    listed   its endpoints; empty where the account of the program has ended: then it has no list
    """

    name: str
    above: str
    before: str
    before_label: str
    listed: str
    opens: str


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
    return _listed(request, _account(request, public_id))


def endpoints_of_authority(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The endpoints of an authority, for its own systems."""
    return _listed(request, _authority(request, public_id))


def open_endpoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new endpoint of a program."""
    return _opened(request, _account(request, public_id))


def open_endpoint_of_authority(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new endpoint of an authority."""
    return _opened(request, _authority(request, public_id))


def _listed(request: HttpRequest, owner: Owner) -> HttpResponse:
    context = {
        "page": endpoints_page(owner, at=_now(), after=request.GET.get("after", "")),
        "whose": _whose(owner),
        "keys_address": request.build_absolute_uri(reverse("webhook_keys")),
    }
    return render(request, "desk/webhooks/endpoints.html", context)


def _opened(request: HttpRequest, owner: Owner) -> HttpResponse:
    whose = _whose(owner)

    def opens(given: dict[str, Any]) -> str:
        services.open_endpoint(
            owner,
            address=given["address"],
            kinds=given["kinds"],
            actor=actor_of(request),
            clock=RealClock(),
        )
        return _("The endpoint is open. A first message is on its way to it: see whether it arrives.")

    page = FormPage(
        title=_("Open an endpoint"),
        button=_("Open it"),
        back=whose.listed,
        back_label=_("Endpoints"),
        lead=[whose.name],
    )
    form = EndpointForm(sent(request), initial={"kinds": EventKind.values})
    return one_form(request, form, page, once_proved(request, opens))


def endpoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An endpoint with everything that was written for it."""
    found = _endpoint(request, public_id)
    context = {
        "page": endpoint_page(found, after=request.GET.get("after", "")),
        "whose": _whose(owner_of(found)),
    }
    return render(request, "desk/webhooks/endpoint.html", context)


def replace(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another address, or other kinds, under the same id."""
    found = _endpoint(request, public_id)

    def replaces(given: dict[str, Any]) -> str:
        services.replace_endpoint(
            found,
            address=given["address"],
            kinds=given["kinds"],
            actor=actor_of(request),
            clock=RealClock(),
        )
        return _("It is replaced. What waits goes there, under the same endpoint.")

    lead = [
        found.address,
        _("The endpoint keeps its id. What was not delivered goes to the new address, and a first message."),
    ]
    page = _of(found, title=_("Replace the address"), button=_("Replace it"), lead=lead)
    form = EndpointForm(sent(request), initial={"address": found.address, "kinds": found.kinds})
    return one_form(request, form, page, once_proved(request, replaces))


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

    def ends(_given: dict[str, Any]) -> str:
        services.end_endpoint(found, actor=actor_of(request), clock=RealClock())
        return _("The endpoint has ended.")

    lead = [found.address, _("What was not delivered is not sent any more. It cannot be opened again.")]
    page = _of(found, title=_("End this endpoint?"), button=_("End it"), lead=lead)
    return one_form(request, ConfirmForm(sent(request)), page, once_proved(request, ends))


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


def _whose(owner: Owner) -> Whose:
    at = {"public_id": owner.public_id}
    if isinstance(owner, Authority):
        return Whose(
            name=in_language(owner.name, get_language() or "en"),
            above="",
            before=reverse("offices"),
            before_label=_("Offices"),
            listed=reverse("endpoints_of_authority", kwargs=at),
            opens=reverse("open_endpoint_of_authority", kwargs=at),
        )
    return Whose(
        name=owner.name,
        above=owner.organisation.name,
        before=reverse("programs", kwargs={"public_id": owner.organisation.public_id}),
        before_label=_("Programs"),
        listed=reverse("endpoints", kwargs=at) if owner.ended_at is None else "",
        opens=reverse("open_endpoint", kwargs=at),
    )


def _account(request: HttpRequest, public_id: UUID) -> ServiceAccount:
    standing = ServiceAccount.objects.select_related("organisation").filter(ended_at__isnull=True)
    found = get_object_or_404(standing, public_id=public_id)
    _refuse_others(request, found)
    return found


def _authority(request: HttpRequest, public_id: UUID) -> Authority:
    found = get_object_or_404(Authority.objects.select_related("party"), public_id=public_id)
    _refuse_others(request, found)
    return found


def _endpoint(request: HttpRequest, public_id: UUID) -> Endpoint:
    known = Endpoint.objects.select_related("account__organisation", "authority")
    found = get_object_or_404(known, public_id=public_id)
    _refuse_others(request, owner_of(found))
    return found


def _message(request: HttpRequest, public_id: UUID) -> Message:
    known = Message.objects.select_related("endpoint__account__organisation", "endpoint__authority")
    found = get_object_or_404(known, public_id=public_id)
    _refuse_others(request, owner_of(found.endpoint))
    return found


def _refuse_others(request: HttpRequest, owner: Owner) -> None:
    if not may_manage(owner, _person(request), at=_now()):
        raise Http404


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _now() -> datetime:
    return RealClock().now()
