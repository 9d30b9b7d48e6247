"""Use-cases of endpoints: by whoever manages those of a program, or of an authority (`owners`).

Each writes one event on the chain of the organisation or of the authority. What cannot be done raises
ValidationError. Where an authority's own endpoints lead is changed only by who has just shown the second
factor again: Refused with the reasons of the door for others.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, ServiceAccount, User
from accounts.services.chains import record, write
from accounts.services.credentials import standing_account
from audit.models import ChainHead
from audit.trail import Json
from desk.webhooks.addresses import checked
from desk.webhooks.delivering import hand_over
from desk.webhooks.keys import make_first_key, public_keys
from desk.webhooks.kinds import OPENED, EventKind
from desk.webhooks.models import Endpoint, Message
from desk.webhooks.owners import Owner, managed, owner_of
from desk.webhooks.telling import body_of
from workflow.actors import Person
from workflow.clock import Clock
from workflow.door import refuse_unproved


@transaction.atomic
def open_endpoint(
    owner: Owner, *, address: str, kinds: Collection[str], actor: Person, clock: Clock
) -> Endpoint:
    """An endpoint of a program or of an authority, and a first message to it; event `endpoint_opened`.

    `kinds` are values of `EventKind`, at least one.
    """
    by, at = actor.user, clock.now()
    head = managed(owner, by, at=at)
    _refuse_unproved(owner, actor, clock)
    wanted = _wanted(kinds)
    _refuse_without_key(at)
    endpoint = Endpoint(
        account=standing_account(owner) if isinstance(owner, ServiceAccount) else None,
        authority=owner if isinstance(owner, Authority) else None,
        address=checked(address),
        kinds=wanted,
        opened_by=by,
        opened_at=at,
    )
    write(endpoint)
    facts: dict[str, Json] = {"address": endpoint.address, "kinds": list(wanted)}
    if endpoint.account is not None:
        facts["account"] = str(endpoint.account.public_id)
    _record(head, endpoint, "endpoint_opened", by, at, **facts)
    _greet(endpoint, at)
    return endpoint


@transaction.atomic
def replace_endpoint(
    endpoint: Endpoint, *, address: str, kinds: Collection[str], actor: Person, clock: Clock
) -> Endpoint:
    """Another address, or other kinds, under the same id; event `endpoint_replaced`.

    What waits for it goes to the new address, and what was kept since it was set aside. A first message goes
    there, too. One that a person had wait goes on waiting.
    """
    by, at = actor.user, clock.now()
    head, current = _standing(endpoint, by, at)
    _refuse_unproved(owner_of(current), actor, clock)
    wanted, place = _wanted(kinds), checked(address)
    if (place, wanted) == (current.address, current.kinds):
        raise ValidationError(_("This is the address already, and these are the kinds: nothing changes."))
    _refuse_without_key(at)
    before: dict[str, Json] = {"address": current.address, "kinds": list(current.kinds)}
    moved = place != current.address
    current.address, current.kinds = place, wanted
    current.full_clean()
    current.save(update_fields=["address", "kinds"])
    _record(head, current, "endpoint_replaced", by, at, address=place, kinds=list(wanted), before=before)
    if moved:
        # What failed was the address before.
        _begin_anew(current, at, paused_at=current.paused_at)
        _greet(current, at)
    return current


@transaction.atomic
def pause_endpoint(endpoint: Endpoint, *, by: User, at: datetime) -> Endpoint:
    """Sends nothing more for now; what happens is kept. Event `endpoint_paused`."""
    head, current = _standing(endpoint, by, at)
    if current.paused_at is not None:
        raise ValidationError(_("This endpoint waits already."))
    current.paused_at = at
    current.save(update_fields=["paused_at"])
    _record(head, current, "endpoint_paused", by, at)
    return current


@transaction.atomic
def let_endpoint_go_on(endpoint: Endpoint, *, by: User, at: datetime) -> Endpoint:
    """Sends again, and first what was kept, in its order. Event `endpoint_let_go_on`."""
    head, current = _standing(endpoint, by, at)
    if not current.waits:
        raise ValidationError(_("This endpoint is in use already."))
    _record(head, current, "endpoint_let_go_on", by, at)
    _begin_anew(current, at, paused_at=None)
    return current


@transaction.atomic
def end_endpoint(endpoint: Endpoint, *, actor: Person, clock: Clock) -> Endpoint:
    """Ends it for good: what was not delivered is not sent any more. Event `endpoint_ended`."""
    by, at = actor.user, clock.now()
    head, current = _standing(endpoint, by, at)
    _refuse_unproved(owner_of(current), actor, clock)
    current.ended_at = at
    current.save(update_fields=["ended_at"])
    waiting = (Message.Standing.WAITING, Message.Standing.HELD)
    Message.objects.filter(endpoint=current, standing__in=waiting).update(
        standing=Message.Standing.DROPPED, due_at=None, ended_at=at
    )
    _record(head, current, "endpoint_ended", by, at)
    return current


@transaction.atomic
def send_again(message: Message, *, by: User | ServiceAccount, at: datetime) -> Message:
    """Sends a message once more under its id, taken or given up. Event `message_sent_again`.

    Whoever manages the endpoint asks for it, or the program itself to whose endpoint it goes.
    """
    head, endpoint = _standing(message.endpoint, by, at)
    current = Message.objects.select_for_update().get(pk=message.pk)
    if current.standing not in (Message.Standing.DELIVERED, Message.Standing.GIVEN_UP):
        raise ValidationError(_("This message is on its way already, or is not sent any more."))
    hand_over(current, endpoint, at=at, tries=0, ended_at=None)
    _record(head, endpoint, "message_sent_again", by, at, message=str(current.public_id))
    return current


def _wanted(kinds: Collection[str]) -> list[str]:
    wanted = [kind for kind in EventKind.values if kind in set(kinds)]
    if not wanted or not set(kinds) <= set(EventKind.values):
        raise ValidationError(_("Say of which events the program is to be told."))
    return wanted


def _refuse_without_key(at: datetime) -> None:
    make_first_key(at=at)
    if not public_keys(at=at):
        raise ValidationError(
            _(
                "This installation has no key to sign messages with, so it sends none. "
                "Ask whoever runs it to make one."
            )
        )


def _greet(endpoint: Endpoint, at: datetime) -> None:
    """A first message to its address, so that whoever runs it sees whether it arrives."""
    stream = f"endpoint:{endpoint.public_id}"
    greeting = Message.objects.create(
        endpoint=endpoint,
        kind=OPENED,
        stream=stream,
        sequence=Message.objects.filter(endpoint=endpoint, stream=stream).count(),
        subject="",
        body=body_of(OPENED, endpoint, at, data={"kinds": list(endpoint.kinds)}, demonstration=False),
        written_at=at,
    )
    hand_over(greeting, endpoint, at=at)


def _begin_anew(current: Endpoint, at: datetime, *, paused_at: datetime | None) -> None:
    """Forgets what failed, and sends what was kept in its order, unless a person has it wait."""
    current.paused_at = paused_at
    current.set_aside_at = current.failing_since = current.rests_until = None
    current.failures = 0
    current.save(update_fields=["paused_at", "set_aside_at", "failing_since", "rests_until", "failures"])
    if current.waits:
        return
    held = Message.objects.select_for_update().filter(endpoint=current, standing=Message.Standing.HELD)
    for message in held.order_by("pk").iterator():
        hand_over(message, current, at=at)


def _standing(endpoint: Endpoint, by: User | ServiceAccount, at: datetime) -> tuple[ChainHead, Endpoint]:
    """The head of its chain, then the endpoint, locked. ValidationError where it ended, or for others."""
    owner = owner_of(endpoint)
    head = managed(owner, by, at=at)
    account = standing_account(owner) if isinstance(owner, ServiceAccount) else None
    current = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if current.ended_at is not None:
        raise ValidationError(_("This endpoint has ended. Open a new one."))
    current.account = account
    return head, current


def _refuse_unproved(owner: Owner, actor: Person, clock: Clock) -> None:
    """What an authority tells its own systems is confidential in part: nobody leads it elsewhere unproved."""
    if isinstance(owner, Authority):
        refuse_unproved(actor, clock)


def _record(
    head: ChainHead,
    endpoint: Endpoint,
    action: str,
    by: User | ServiceAccount,
    at: datetime,
    **facts: Json,
) -> None:
    told: dict[str, Json] = {"endpoint": str(endpoint.public_id), **facts}
    record(head, action, facts=told, actor=by.actor, at=at)
