"""Programs that listen: a service account with an endpoint, and a server in place of the world's."""

from collections.abc import Sequence

from accounts.models import ServiceAccount
from accounts.services import open_service_account
from desk.webhooks import services
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Endpoint, Message
from tests.authorisation.factories import Staff
from workflow.clock import RealClock
from workflow.models import OutboxMessage


def program(of: Staff, name: str = "Registry") -> ServiceAccount:
    return open_service_account(of.organisation, name=name, by=of.applicant, at=RealClock().now())


def listening(
    of: Staff,
    address: str = "https://hooks.example.org/in",
    kinds: Sequence[str] = EventKind.values,
    account: ServiceAccount | None = None,
) -> Endpoint:
    return services.open_endpoint(
        account or program(of), address=address, kinds=kinds, actor=of.applying(), clock=RealClock()
    )


def kinds_told(endpoint: Endpoint) -> list[str]:
    """Of what it was told besides its opening, in order."""
    told = Message.objects.filter(endpoint=endpoint).exclude(kind="endpoint.opened").order_by("pk")
    return list(told.values_list("kind", flat=True))


def let_time_pass() -> None:
    """What waits is due."""
    due = RealClock().now()
    OutboxMessage.objects.filter(delivered_at__isnull=True, due_at__gt=due).update(due_at=due)
    Endpoint.objects.filter(rests_until__isnull=False).update(rests_until=due)
