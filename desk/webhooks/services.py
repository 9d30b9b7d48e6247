"""Use-cases of endpoints: by whoever belongs to the organisation whose program it is.

Each writes one event on the chain of the organisation. What cannot be done raises ValidationError.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, ServiceAccount, User
from accounts.services.chains import locked_organisation, record, write
from accounts.services.credentials import managed_organisation, standing_account
from audit.trail import Json
from desk.webhooks.addresses import checked
from desk.webhooks.delivering import hand_over
from desk.webhooks.keys import make_first_key, public_keys
from desk.webhooks.kinds import OPENED, EventKind
from desk.webhooks.models import Endpoint, Message
from desk.webhooks.telling import body_of


@transaction.atomic
def open_endpoint(
    account: ServiceAccount, *, address: str, kinds: Collection[str], by: User, at: datetime
) -> Endpoint:
    """An endpoint of a program, and a first message to it; event `endpoint_opened`.

    `kinds` are values of `EventKind`, at least one.
    """
    head = managed_organisation(account.organisation, by, at)
    current = standing_account(account)
    wanted = [kind for kind in EventKind.values if kind in set(kinds)]
    if not wanted or not set(kinds) <= set(EventKind.values):
        raise ValidationError(_("Say of which events the program is to be told."))
    make_first_key(at=at)
    if not public_keys(at=at):
        raise ValidationError(
            _(
                "This installation has no key to sign messages with, so it sends none. "
                "Ask whoever runs it to make one."
            )
        )
    endpoint = Endpoint(account=current, address=checked(address), kinds=wanted, opened_by=by, opened_at=at)
    write(endpoint)
    facts: dict[str, Json] = {
        "account": str(current.public_id),
        "endpoint": str(endpoint.public_id),
        "address": endpoint.address,
        "kinds": list(wanted),
    }
    record(head, "endpoint_opened", facts=facts, actor=by.actor, at=at)
    greeting = Message.objects.create(
        endpoint=endpoint,
        kind=OPENED,
        stream=f"endpoint:{endpoint.public_id}",
        sequence=0,
        subject="",
        body=body_of(OPENED, endpoint, at, data={"kinds": list(wanted)}, demonstration=False),
        written_at=at,
    )
    hand_over(greeting, endpoint, at=at)
    return endpoint


@transaction.atomic
def pause_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> Endpoint:
    """Sends nothing more for now; what happens is kept. Event `endpoint_paused`."""
    current = _standing(endpoint, by, at)
    if current.paused_at is not None:
        raise ValidationError(_("This endpoint waits already."))
    current.paused_at = at
    current.save(update_fields=["paused_at"])
    _record(current, "endpoint_paused", by, at)
    return current


@transaction.atomic
def let_endpoint_go_on(endpoint: Endpoint, *, by: User, at: datetime) -> Endpoint:
    """Sends again, and first what was kept, in its order. Event `endpoint_let_go_on`."""
    current = _standing(endpoint, by, at)
    if not current.waits:
        raise ValidationError(_("This endpoint is in use already."))
    current.paused_at = current.set_aside_at = current.failing_since = current.rests_until = None
    current.failures = 0
    current.save(update_fields=["paused_at", "set_aside_at", "failing_since", "rests_until", "failures"])
    _record(current, "endpoint_let_go_on", by, at)
    held = Message.objects.select_for_update().filter(endpoint=current, standing=Message.Standing.HELD)
    for message in held.order_by("pk").iterator():
        hand_over(message, current, at=at)
    return current


@transaction.atomic
def end_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> Endpoint:
    """Ends it for good: what was not delivered is not sent any more. Event `endpoint_ended`."""
    current = _standing(endpoint, by, at)
    current.ended_at = at
    current.save(update_fields=["ended_at"])
    waiting = (Message.Standing.WAITING, Message.Standing.HELD)
    Message.objects.filter(endpoint=current, standing__in=waiting).update(
        standing=Message.Standing.DROPPED, due_at=None, ended_at=at
    )
    _record(current, "endpoint_ended", by, at)
    return current


@transaction.atomic
def send_again(message: Message, *, by: User | ServiceAccount, at: datetime) -> Message:
    """Sends a message once more under its id, taken or given up. Event `message_sent_again`.

    A person of the organisation asks for it, or the program itself to whose endpoint it goes.
    """
    endpoint = _standing(message.endpoint, by, at)
    current = Message.objects.select_for_update().get(pk=message.pk)
    if current.standing not in (Message.Standing.DELIVERED, Message.Standing.GIVEN_UP):
        raise ValidationError(_("This message is on its way already, or is not sent any more."))
    hand_over(current, endpoint, at=at, tries=0, ended_at=None)
    _record(endpoint, "message_sent_again", by, at, message=str(current.public_id))
    return current


def _managed(organisation: Organisation, by: User | ServiceAccount, at: datetime) -> Organisation:
    """The organisation, locked. ValidationError for a person who does not belong to it."""
    if isinstance(by, ServiceAccount):
        return locked_organisation(organisation)
    return managed_organisation(organisation, by, at)


def _standing(endpoint: Endpoint, by: User | ServiceAccount, at: datetime) -> Endpoint:
    """The endpoint, locked after its organisation. ValidationError where it ended, or for others."""
    account = ServiceAccount.objects.select_related("organisation").get(pk=endpoint.account_id)
    if isinstance(by, ServiceAccount) and by != account:
        raise ValidationError(_("A program has only its own messages sent again."))
    _managed(account.organisation, by, at)
    standing_account(account)
    current = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if current.ended_at is not None:
        raise ValidationError(_("This endpoint has ended. Open a new one."))
    current.account = account
    return current


def _record(endpoint: Endpoint, action: str, by: User | ServiceAccount, at: datetime, **more: Json) -> None:
    """`_managed` holds the head until the transaction ends."""
    head = _managed(endpoint.account.organisation, by, at)
    facts: dict[str, Json] = {"endpoint": str(endpoint.public_id), **more}
    record(head, action, facts=facts, actor=by.actor, at=at)
