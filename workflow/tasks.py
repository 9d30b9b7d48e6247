"""Celery's way into the outbox. Tasks take ids: the row is the truth."""

from celery import shared_task

from workflow import daily, outbox
from workflow.clock import RealClock


@shared_task(name="workflow.tasks.deliver_message", ignore_result=True)
def deliver_message(message_id: int) -> None:
    """Delivers one message, if nobody else has."""
    outbox.deliver(message_id)


@shared_task(name="workflow.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Delivers whatever a crash or a lost nudge left behind."""
    outbox.deliver_due()


@shared_task(name="workflow.tasks.run_clocks", ignore_result=True)
def run_clocks() -> None:
    """Does what has become due by the calendar, if nobody else has."""
    daily.run(RealClock())
