"""The endpoints of a program or an authority, the messages of an endpoint, and the attempts of a message."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from desk.people.selectors.paging import Part, named, part_of
from desk.webhooks.keys import public_keys, told
from desk.webhooks.models import Attempt, Endpoint, Fault, Message, SigningKey
from desk.webhooks.owners import Owner

PAGE = 20
# Of one message, so many attempts are shown: the last ones.
ATTEMPTS = 50


@dataclass(frozen=True, kw_only=True)
class ShownKey:
    """A public key as programs take it over, and until when it signs where another takes its place."""

    text: str
    key: SigningKey


@dataclass(frozen=True, kw_only=True)
class EndpointsPage:
    """The endpoints of an owner that have not ended, one page of them, and the keys that sign."""

    part: Part[Endpoint]
    keys: tuple[ShownKey, ...]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One message, and how its last attempt went."""

    message: Message
    status: int | None
    fault: str


@dataclass(frozen=True, kw_only=True)
class EndpointPage:
    """An endpoint and its messages, newest first; `given_up` counts those that nobody took."""

    endpoint: Endpoint
    rows: tuple[Row, ...]
    given_up: int
    held: int
    further: UUID | None
    began_later: bool


@dataclass(frozen=True, kw_only=True)
class MessagePage:
    """A message with its attempts, newest first."""

    message: Message
    attempts: tuple[Attempt, ...]

    @property
    def can_be_sent_again(self) -> bool:
        done = self.message.standing in (Message.Standing.DELIVERED, Message.Standing.GIVEN_UP)
        return done and not self.message.endpoint.has_ended


def endpoints_page(owner: Owner, *, at: datetime, after: str = "") -> EndpointsPage:
    """The page, in a constant number of queries."""
    part = part_of(
        owner.endpoints.filter(ended_at__isnull=True),
        order=("opened_at", "pk"),
        after=named(after),
        seen=owner.endpoints.all(),
        most=PAGE,
    )
    return EndpointsPage(part=part, keys=shown_keys(at=at))


def shown_keys(*, at: datetime) -> tuple[ShownKey, ...]:
    """The public keys that sign now, the newest first."""
    return tuple(ShownKey(text=told(key), key=key) for key in public_keys(at=at))


def endpoint_page(endpoint: Endpoint, *, after: str = "") -> EndpointPage:
    """The page, in a constant number of queries."""
    last = Attempt.objects.filter(message=OuterRef("pk")).order_by("-number")
    listed = endpoint.messages.order_by("-pk").annotate(
        last_status=Subquery(last.values("status")[:1]), last_fault=Subquery(last.values("fault")[:1])
    )
    known = named(after)
    edge = endpoint.messages.filter(**known).values_list("pk", flat=True).first() if known else None
    if edge is not None:
        listed = listed.filter(pk__lt=edge)
    found = list(listed[: PAGE + 1])
    counted = dict(_counted(endpoint.messages.all()))
    return EndpointPage(
        endpoint=endpoint,
        rows=tuple(
            Row(message=one, status=one.last_status, fault=str(Fault(one.last_fault or "").label))
            for one in found[:PAGE]
        ),
        given_up=counted.get(Message.Standing.GIVEN_UP, 0),
        held=counted.get(Message.Standing.HELD, 0),
        further=found[PAGE - 1].public_id if len(found) > PAGE else None,
        began_later=edge is not None,
    )


def message_page(message: Message) -> MessagePage:
    """The page, in a constant number of queries."""
    return MessagePage(message=message, attempts=tuple(message.attempts.order_by("-number")[:ATTEMPTS]))


def _counted(messages: QuerySet[Message]) -> list[tuple[str, int]]:
    counted = messages.order_by().values("standing").annotate(many=Count("pk"))
    return [(row["standing"], row["many"]) for row in counted]
