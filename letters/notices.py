"""Letters that conclude nothing: whether a step has something to say in one, and what it is about."""

from typing import TYPE_CHECKING

from audit.models import Event
from authorisation.models import Authorisation, Case, FeeNotice, FirstTransfer

if TYPE_CHECKING:
    from workflow.effects import Step


def granted_by(authorisation: Authorisation) -> Case:
    """The case whose letter gave an authorisation the form it has now."""
    return (
        authorisation.versions.select_related("case__authority__party", "case__applicant")
        .latest("number")
        .case
    )


def has_something_to_say(code: str, case: Case, step: "Step") -> bool:
    """Whether the step served a fee, moved outcomes, or let an application lapse that had come in."""
    if code == "fee_notice":
        return bool(fee_notices_served_by(case, step.event))
    if code == "first_transfer":
        return bool(first_transfers_of(step.event))
    if code == "lapse":
        return case.submitted_on is not None
    return True


def fee_notices_served_by(case: Case, event: Event) -> list[FeeNotice]:
    """The fees that were asked for in the step of this event, by number."""
    return list(case.fee_notices.filter(served_at__gte=event.time).order_by("number"))


def first_transfers_of(event: Event) -> list[FirstTransfer]:
    """What the step of this event first transferred, by vintage."""
    moved = FirstTransfer.objects.filter(event=event.digest).select_related("line", "recording", "to_party")
    return list(moved.order_by("line__vintage", "pk"))
