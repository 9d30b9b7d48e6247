"""Tells a deliverer that the outbox holds something. A dead broker never fails a request."""

import logging

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def nudge(message_id: int) -> None:
    """Sends the message's id to Celery where a broker is configured.

    Without one, the embedded worker looks for itself; and what a lost nudge leaves behind, the
    sweep delivers.
    """
    if not settings.CELERY_BROKER_URL:
        return
    try:
        current_app.send_task("workflow.tasks.deliver_message", args=[message_id], retry=False)
    except OperationalError:
        logger.warning("The broker cannot be reached: message %d waits for the sweep.", message_id)
