"""The outbox: one deliverer wins, a lease ends, failures wait longer each time and are parked in the end."""

import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connection, transaction

from config.celery import app
from letters.models import Letter
from tests.authorisation.factories import letter_due, two_staffs
from tests.workflow.children import at_once, run, running
from workflow import effects, nudge, outbox, tasks
from workflow.clock import Clock, RealClock, SetClock
from workflow.effects import Delivery
from workflow.models import OutboxMessage

THEN = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[Delivery]:
    """What a handler bound to the effect `tell` was given."""
    given: list[Delivery] = []
    monkeypatch.setitem(effects._after, "tell", given.append)
    return given


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Delivery]:
    """The same, of a handler that always fails, naming a person in what it says."""
    given: list[Delivery] = []

    def fail(delivery: Delivery) -> None:
        given.append(delivery)
        raise ConnectionError("no answer for ama@example.org")

    monkeypatch.setitem(effects._after, "tell", fail)
    return given


def enqueued(clock: Clock | None = None, **payload: str) -> OutboxMessage:
    with transaction.atomic():
        return outbox.enqueue("tell", payload, clock=clock or RealClock())


def put(message: OutboxMessage, **columns: Any) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(**columns)


def again(message: OutboxMessage) -> OutboxMessage:
    return OutboxMessage.objects.get(pk=message.pk)


@pytest.mark.django_db
def test_a_message_is_delivered_once(handled: list[Delivery]) -> None:
    message = enqueued(record="7")
    assert outbox.deliver(message.pk)
    assert not outbox.deliver(message.pk)
    assert outbox.deliver_due() == 0
    (delivery,) = handled
    assert (delivery.key, delivery.payload) == (message.key, {"record": "7"})
    kept = again(message)
    assert kept.delivered_at is not None
    assert (kept.lease, kept.leased_until, kept.attempts, kept.parked_at) == (None, None, 1, None)


@pytest.mark.django_db
def test_a_message_that_does_not_exist_is_no_error() -> None:
    assert not outbox.deliver(10**9)


@pytest.mark.django_db
def test_the_handler_is_told_the_time_of_the_clock_under_which_the_step_was_taken(
    handled: list[Delivery],
) -> None:
    simulated, real = enqueued(SetClock(THEN)), enqueued()
    outbox.deliver(simulated.pk)
    outbox.deliver(real.pk)
    assert (handled[0].clock.simulated, handled[0].clock.now()) == (True, THEN)
    assert not handled[1].clock.simulated
    assert abs(handled[1].clock.now() - RealClock().now()) < timedelta(minutes=1)


@pytest.mark.django_db
def test_what_is_written_by_a_simulated_clock_is_due_in_the_world_s_time() -> None:
    message = enqueued(SetClock(THEN))
    assert message.pk in outbox.due()
    assert again(message).written_at < THEN


@pytest.mark.django_db
def test_a_rolled_back_step_leaves_no_message(handled: list[Delivery]) -> None:
    with transaction.atomic():
        outbox.enqueue("tell", {}, clock=RealClock())
        transaction.set_rollback(True)
    assert outbox.deliver_due() == 0
    assert handled == []
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_deliverers_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Delivery] = []

    def slow(delivery: Delivery) -> None:
        given.append(delivery)
        time.sleep(0.05)

    monkeypatch.setitem(effects._after, "tell", slow)
    for _round in range(5):
        message = enqueued()
        results = at_once(*[lambda pk=message.pk: outbox.deliver(pk) for _one in range(6)])
        assert sorted(results, key=str) == [False] * 5 + [True]
    assert len(given) == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_what_is_due_and_do_nothing_twice(handled: list[Delivery]) -> None:
    messages = [enqueued() for _one in range(12)]
    taken = at_once(outbox.deliver_due, outbox.deliver_due)
    assert sum(count for count in taken if isinstance(count, int)) == len(messages)
    assert sorted(delivery.key for delivery in handled) == sorted(message.key for message in messages)


@pytest.mark.django_db
def test_a_message_under_a_lease_is_left_alone_until_the_lease_ends(handled: list[Delivery]) -> None:
    message = enqueued()
    now = RealClock().now()
    put(message, lease="0" * 32, leased_until=now + timedelta(seconds=30))
    assert not outbox.deliver(message.pk)
    assert outbox.due() == []
    put(message, leased_until=now - timedelta(seconds=1))
    assert outbox.due() == [message.pk]
    assert outbox.deliver(message.pk)
    assert len(handled) == 1


@pytest.mark.django_db
def test_who_outlived_the_lease_does_not_undo_what_the_next_one_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first deliverer fails late, after its lease has ended and another has delivered."""
    message = enqueued()
    calls: list[int] = []

    def outlive(delivery: Delivery) -> None:
        calls.append(1)
        if len(calls) == 1:
            put(message, leased_until=RealClock().now() - timedelta(seconds=1))
            assert outbox.deliver(message.pk)
            raise TimeoutError

    monkeypatch.setitem(effects._after, "tell", outlive)
    outbox.deliver(message.pk)
    kept = again(message)
    assert len(calls) == 2
    assert kept.delivered_at is not None
    assert (kept.last_fault, kept.parked_at) == ("", None)


def test_pauses_double_up_to_an_hour() -> None:
    assert [outbox.pause(attempts) for attempts in (1, 2, 3, 4)] == [
        timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)
    ]
    assert outbox.pause(12) == outbox.pause(10_000) == timedelta(hours=1)
    assert outbox.pause(0) == timedelta(seconds=2)


@pytest.mark.django_db
def test_what_fails_waits_longer_each_time_and_is_parked_in_the_end(failing: list[Delivery]) -> None:
    message = enqueued()
    for attempt in range(1, outbox.ATTEMPTS + 1):
        began = RealClock().now()
        assert outbox.deliver(message.pk)
        kept = again(message)
        assert kept.attempts == attempt
        assert kept.lease is None
        assert kept.due_at >= began + outbox.pause(attempt)
        assert not outbox.deliver(message.pk), "it is not due yet"
        assert (kept.parked_at is not None) == (attempt == outbox.ATTEMPTS)
        put(message, due_at=began)
    assert len(failing) == outbox.ATTEMPTS
    assert len({delivery.key for delivery in failing}) == 1
    assert outbox.due() == []
    assert not outbox.deliver(message.pk)


@pytest.mark.django_db
def test_a_fault_is_kept_by_its_class_alone(failing: list[Delivery]) -> None:
    message = enqueued()
    outbox.deliver(message.pk)
    assert again(message).last_fault == "ConnectionError"


@pytest.mark.django_db
def test_a_parked_message_is_released_by_a_person_and_delivered(
    failing: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = enqueued()
    assert not outbox.release(message.pk), "it is not parked"
    put(message, attempts=outbox.ATTEMPTS - 1)
    outbox.deliver(message.pk)
    assert again(message).parked_at is not None

    monkeypatch.setitem(effects._after, "tell", lambda delivery: None)
    assert outbox.release(message.pk)
    assert not outbox.release(message.pk)
    assert outbox.deliver_due() == 1
    kept = again(message)
    assert (kept.delivered_at is not None, kept.attempts, kept.last_fault) == (True, 1, "")


@pytest.mark.django_db
def test_an_effect_that_nobody_is_bound_to_waits_and_is_not_lost() -> None:
    message = enqueued()
    assert outbox.deliver(message.pk)
    kept = again(message)
    assert (kept.delivered_at, kept.last_fault) == (None, "NotBound")


@pytest.mark.django_db
def test_one_hopeless_message_does_not_keep_the_others_back(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    def pick(delivery: Delivery) -> None:
        if delivery.payload.get("record") == "bad":
            raise ValueError
        told.append(delivery.payload["record"])

    monkeypatch.setitem(effects._after, "tell", pick)
    for name in ("a", "bad", "b"):
        enqueued(record=name)
    tasks.sweep()
    assert told == ["a", "b"]


@pytest.mark.django_db
def test_the_task_of_celery_and_the_embedded_worker_deliver_by_the_same_way(handled: list[Delivery]) -> None:
    first, second = enqueued(), enqueued()
    tasks.deliver_message(first.pk)
    out = StringIO()
    call_command("deliver_outbox", once=True, stdout=out)
    assert [delivery.key for delivery in handled] == [first.key, second.key]
    assert "1 message" in out.getvalue()


def test_two_handlers_of_one_effect_are_an_error_and_none_is_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "_after", dict(effects._after))
    monkeypatch.setattr(effects, "_within", dict(effects._within))
    first: Callable[[Any], None] = lambda given: None  # noqa: E731
    effects.bind_after("tell", first)
    effects.bind_after("tell", first)
    with pytest.raises(effects.AlreadyBound):
        effects.bind_after("tell", lambda given: None)
    with pytest.raises(effects.AlreadyBound):
        effects.bind_within("tell", lambda given: None)
    with pytest.raises(effects.NotBound):
        effects.is_within("nothing")


# -- a broker --------------------------------------------------------------------------------------


def test_without_a_broker_nobody_is_nudged(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_BROKER_URL = ""
    monkeypatch.setattr(current_app, "send_task", lambda *args, **options: pytest.fail("was nudged"))
    nudge.nudge(1)


NUDGE = """
import time
from workflow.nudge import nudge
nudge(1)
began = time.monotonic()
nudge(2)
print(time.monotonic() - began)
"""


@pytest.mark.django_db
@pytest.mark.parametrize("broker", ["closed", "silent"])
def test_a_dead_broker_never_fails_a_request_and_holds_it_up_for_seconds_at_most(broker: str) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        if broker == "silent":
            listening.listen(8)
        done = run(NUDGE, CELERY_BROKER_URL=f"redis://127.0.0.1:{port}/0")
    assert done.returncode == 0, done.stderr
    # The settings bound it: two seconds to connect, five for an answer (config/celery.py).
    assert float(done.stdout) < {"closed": 4, "silent": 8}[broker]
    assert "waits for the sweep" in done.stderr


APPROVED = """
from tests.authorisation.factories import letter_due, two_staffs
ours, theirs = two_staffs()
print(letter_due(ours).pk)
"""


@pytest.mark.django_db(transaction=True)
def test_a_step_is_taken_and_its_message_kept_though_the_broker_is_dead() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        done = run(APPROVED, CELERY_BROKER_URL=f"redis://127.0.0.1:{listening.getsockname()[1]}/0")
    assert done.returncode == 0, done.stderr
    letter = Letter.objects.get(case=int(done.stdout))
    assert letter.state == "drawn"
    assert outbox.deliver_due() >= 1
    assert Letter.objects.get(pk=letter.pk).state == "signing"


@pytest.mark.django_db(transaction=True)
def test_celery_delivers_over_redis(broker_url: str) -> None:
    """A worker of its own renders the letter of a step that another process took."""
    worker = (sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo", "--without-gossip")
    queue = {"CELERY_BROKER_URL": broker_url}
    with running(*worker, "--without-mingle", "--loglevel", "WARNING", **queue) as process:
        done = run(APPROVED, **queue)
        assert done.returncode == 0, done.stderr
        message = OutboxMessage.objects.get(effect="produce_letter")
        until = time.monotonic() + 60
        while again(message).delivered_at is None and time.monotonic() < until:
            assert process.poll() is None, "the worker ended"
            time.sleep(0.2)
    kept = again(message)
    assert (kept.delivered_at is not None, kept.attempts) == (True, 1)
    assert Letter.objects.get(case=int(done.stdout)).state == "signing"


def test_a_sweep_is_on_the_schedule() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled == {tasks.sweep.name, tasks.run_clocks.name}
    assert scheduled <= set(app.tasks)


@pytest.mark.django_db(transaction=True)
def test_a_step_sends_its_nudge_only_after_its_commit(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    nudged: list[tuple[int, bool]] = []
    monkeypatch.setattr(outbox, "nudge", lambda pk: nudged.append((pk, connection.in_atomic_block)))
    ours, _theirs = two_staffs()
    letter_due(ours)
    written = OutboxMessage.objects.order_by("pk").values_list("pk", flat=True)
    assert written
    assert nudged == [(pk, False) for pk in written]


@pytest.mark.django_db(transaction=True)
def test_a_nudge_that_fails_in_an_unforeseen_way_does_not_fail_the_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(message_id: int) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(outbox, "nudge", fail)
    ours, _theirs = two_staffs()
    assert letter_due(ours).state == "letter_due"
    assert OutboxMessage.objects.filter(effect="produce_letter").count() == 1
