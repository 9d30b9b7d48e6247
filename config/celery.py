"""The Celery application: the muscle of an installation with a broker.

The outbox row is the truth: a message carries an id and nothing else, a task may be delivered twice, and
a message that is lost is found by the sweep. Without CELERY_BROKER_URL nothing here is used: the outbox
is delivered by the embedded worker.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery(
    "desk",
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    # A task is taken off the queue when it is done, not when it is begun: a killed worker loses none.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # Shorter than the lease of a message (workflow/outbox.py): what still runs is never claimed again.
    task_time_limit=240,
    # KiB; twice what a worker holds that draws letters. A house's style can make it grow (docs/letters.md).
    worker_max_memory_per_child=700 * 1024,
    # `celery -A config beat` sends them: what a crash or a dead broker left behind is delivered, and what has
    # become due by the calendar is done.
    beat_schedule={
        "sweep": {"task": "workflow.tasks.sweep", "schedule": 60.0},
        "clocks": {"task": "workflow.tasks.run_clocks", "schedule": 900.0},
    },
    # Redis hands an unfinished task to another worker after so many seconds: longer than any task may take.
    broker_transport_options={"visibility_timeout": 1800, "socket_connect_timeout": 2, "socket_timeout": 5},
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    # A request that nudges a dead broker must not wait for it.
    task_publish_retry=False,
    enable_utc=True,
    timezone="UTC",
    worker_hijack_root_logger=False,
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
