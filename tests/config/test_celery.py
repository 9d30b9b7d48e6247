"""The Celery application takes ids as JSON and loses no task."""

from pathlib import Path

from config.celery import app
from tests.processes import manage


def test_a_task_is_acknowledged_when_it_is_done_and_handed_on_when_its_worker_dies() -> None:
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.broker_transport_options["visibility_timeout"] > app.conf.task_time_limit


def test_only_json_is_understood() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_the_broker_is_the_one_of_the_settings(tmp_path: Path) -> None:
    script = "from config import celery_app; print(celery_app.conf.broker_url)"
    variables = {
        "DATA_DIR": str(tmp_path),
        "DEMONSTRATION": "1",
        "CELERY_BROKER_URL": "redis://broker.example.org:6379/3",
    }

    done = manage("shell", "-v", "0", "-c", script, variables=variables)

    assert done.stdout.strip() == "redis://broker.example.org:6379/3"
