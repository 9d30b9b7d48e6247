"""One message to its end: signed, tried again, given up, set aside, kept, sent once more; by two keys."""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import LazySettings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command

from accounts.services import end_service_account
from desk.webhooks import delivering, services
from desk.webhooks.keys import make_key, public_keys, told
from desk.webhooks.models import Attempt, Endpoint, Message, SigningKey
from tests.authorisation.factories import Staff, two_staffs
from tests.desk.webhooks.listening import let_time_pass, listening, program
from tests.desk.webhooks.servers import Server
from workflow import outbox
from workflow.clock import RealClock
from workflow.daily import Tally
from workflow.effects import Delivery
from workflow.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def both() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def ours(both: tuple[Staff, Staff]) -> Staff:
    return both[0]


def now() -> Any:
    return RealClock().now()


def only() -> Message:
    return Message.objects.get()


def again(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.get(pk=endpoint.pk)


def faults() -> list[str]:
    return list(Attempt.objects.order_by("pk").values_list("fault", flat=True))


def until_given_up() -> None:
    for _each in range(len(delivering.WAITS) + 1):
        outbox.deliver_due()
        let_time_pass()


def test_a_message_is_sent_once_signed_as_standard_webhooks_says(ours: Staff, server: Server) -> None:
    listening(ours, server.address)
    outbox.deliver_due()
    outbox.deliver_due()
    ((path, headers, body),) = server.asked
    assert path == "/hooks?for=us"
    message = only()
    assert (message.standing, message.body.encode()) == ("delivered", body)
    assert headers["webhook-id"] == str(message.public_id)
    assert json.loads(body)["type"] == "endpoint.opened"
    assert abs(now().timestamp() - int(headers["webhook-timestamp"])) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    version, _comma, signature = headers["webhook-signature"].partition(",")
    assert version == "v1a"
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(SigningKey.objects.get().public_key))
    public.verify(base64.b64decode(signature), signed)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signature), signed + b" ")
    (attempt,) = Attempt.objects.all()
    assert (attempt.number, attempt.status, attempt.server) == (1, 204, "127.0.0.1")
    assert attempt.ended_at is not None


def test_the_example_of_the_guide_takes_what_we_send_and_nothing_else(ours: Staff, server: Server) -> None:
    listens = listening(ours, server.address)
    outbox.deliver_due()
    ((_path, headers, body),) = server.asked
    guide = Path("docs/webhooks.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    keys = [told(key) for key in public_keys(at=now())]
    verified: Callable[..., Any] = names["verified"]
    assert verified(headers, body, keys=keys, endpoint=str(listens.public_id))["type"] == "endpoint.opened"
    made = make_key(at=now())
    late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
    for wrong in (
        {"headers": headers, "body": body + b" ", "keys": keys, "endpoint": str(listens.public_id)},
        {"headers": late, "body": body, "keys": keys, "endpoint": str(listens.public_id)},
        {"headers": headers, "body": body, "keys": [told(made)], "endpoint": str(listens.public_id)},
        {"headers": headers, "body": body, "keys": keys, "endpoint": "another"},
    ):
        with pytest.raises(names["NotFromThem"]):
            verified(**wrong)


def test_two_keys_sign_while_one_takes_over_and_then_the_new_one_alone(ours: Staff, server: Server) -> None:
    listens = listening(ours, server.address)
    outbox.deliver_due()
    old = SigningKey.objects.get()
    call_command("make_webhook_key")
    services.send_again(only(), by=ours.applicant, at=now())
    outbox.deliver_due()
    both = server.asked[-1][1]["webhook-signature"].split(" ")
    assert (len(both), len({each.partition(",")[2] for each in both})) == (2, 2)
    SigningKey.objects.filter(pk=old.pk).update(ends_at=now())
    services.send_again(only(), by=ours.applicant, at=now())
    outbox.deliver_due()
    assert len(server.asked[-1][1]["webhook-signature"].split(" ")) == 1
    call_command("make_webhook_key", "--overlap", "0")
    assert len(public_keys(at=now())) == 1
    assert again(listens).failing_since is None


def test_a_key_lies_in_the_database_under_the_passphrase_alone(ours: Staff, settings: LazySettings) -> None:
    key = make_key(at=now())
    assert "ENCRYPTED" in key.private_key
    settings.SIGNING_PASSPHRASE = "another"
    listening(ours)
    outbox.deliver_due()
    assert faults() == ["no_key"]
    # Ours to mend: no endpoint is said to fail for it.
    assert Endpoint.objects.get().failing_since is None
    settings.SIGNING_PASSPHRASE = ""
    with pytest.raises(ValidationError):
        make_key(at=now())


def test_without_a_key_outside_a_demonstration_no_endpoint_is_opened(
    ours: Staff, settings: LazySettings
) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(ValidationError, match="no key"):
        listening(ours)
    assert (Endpoint.objects.count(), Message.objects.count(), SigningKey.objects.count()) == (0, 0, 0)


def test_what_fails_is_tried_again_with_longer_waits_under_the_same_id(ours: Staff, server: Server) -> None:
    server.status = 500
    listening(ours, server.address)
    waited = []
    for _each in range(len(delivering.WAITS)):
        outbox.deliver_due()
        begun, due = Attempt.objects.latest("pk").begun_at, only().due_at
        assert due is not None
        waited.append(due - begun)
        assert outbox.deliver_due() == 0  # not before its time
        let_time_pass()
    assert waited == sorted(waited)
    assert timedelta(seconds=5) <= waited[0] < timedelta(seconds=30)
    assert waited[-1] >= timedelta(hours=24)
    assert sum(waited, timedelta()) > timedelta(days=3)
    server.status = 200
    outbox.deliver_due()
    assert only().standing == "delivered"
    assert len({headers["webhook-id"] for _path, headers, _body in server.asked}) == 1
    assert len({body for _path, _headers, body in server.asked}) == 1
    assert faults() == ["refused"] * len(delivering.WAITS) + [""]
    assert Endpoint.objects.get().failing_since is None


def test_after_the_last_attempt_it_is_given_up_and_can_be_sent_again(
    both: tuple[Staff, Staff], server: Server
) -> None:
    ours, theirs = both
    server.status = 500
    listening(ours, server.address)
    until_given_up()
    assert (only().standing, Attempt.objects.count()) == ("given_up", len(delivering.WAITS) + 1)
    assert outbox.deliver_due() == 0
    with pytest.raises(ValidationError):
        services.send_again(only(), by=theirs.applicant, at=now())
    server.status = 200
    services.send_again(only(), by=ours.applicant, at=now())
    outbox.deliver_due()
    assert (only().standing, only().tries) == ("delivered", 0)
    assert len({headers["webhook-id"] for _path, headers, _body in server.asked}) == 1


def test_a_server_that_does_not_answer_is_left_alone_by_all_that_waits_for_it(ours: Staff) -> None:
    account = program(ours)
    listens = listening(ours, account=account)
    outbox.deliver_due()
    assert faults() == ["no_name"]
    rests = again(listens).rests_until
    assert rests is not None
    other = Message.objects.create(
        endpoint=listens, kind="x", stream="x", sequence=1, subject="", body="{}", written_at=now()
    )
    delivering.hand_over(other, listens, at=now())
    outbox.deliver_due()
    other.refresh_from_db()
    # Not attempted, and not counted as if it were.
    assert (other.standing, other.tries, other.due_at, other.attempts.count()) == ("waiting", 0, rests, 0)


def test_who_fails_for_days_is_set_aside_told_and_loses_nothing(ours: Staff, server: Server) -> None:
    server.status = 503
    listens = listening(ours, server.address)
    outbox.deliver_due()
    Endpoint.objects.update(failing_since=now() - delivering.PATIENCE)
    let_time_pass()
    outbox.deliver_due()
    assert again(listens).set_aside_at is not None
    assert only().standing == "held"
    (told_by_mail,) = mail.outbox
    assert told_by_mail.to == [ours.applicant.email]
    assert server.address in told_by_mail.body
    let_time_pass()
    outbox.deliver_due()
    assert len(server.asked) == 2
    server.status = 200
    services.let_endpoint_go_on(listens, by=ours.applicant, at=now())
    outbox.deliver_due()
    assert only().standing == "delivered"
    assert (again(listens).set_aside_at, again(listens).failing_since) == (None, None)


def test_who_says_that_they_are_no_more_is_set_aside_at_once(ours: Staff, server: Server) -> None:
    server.status = 410
    listens = listening(ours, server.address)
    outbox.deliver_due()
    assert again(listens).set_aside_at is not None
    assert (only().standing, faults()) == ("held", ["gone"])


def test_while_it_waits_everything_is_kept_and_then_sent_in_order(ours: Staff, server: Server) -> None:
    listens = listening(ours, server.address)
    services.pause_endpoint(listens, by=ours.applicant, at=now())
    outbox.deliver_due()
    assert (only().standing, server.asked) == ("held", [])
    later = Message.objects.create(
        endpoint=listens, kind="x", stream="x", sequence=1, subject="", body='{"type":"x"}', written_at=now()
    )
    delivering.hand_over(later, again(listens), at=now())
    services.let_endpoint_go_on(listens, by=ours.applicant, at=now())
    outbox.deliver_due()
    assert [json.loads(body)["type"] for _path, _headers, body in server.asked] == ["endpoint.opened", "x"]


@pytest.mark.parametrize("how", ["endpoint", "account"])
def test_what_has_ended_is_sent_nothing_more(how: str, ours: Staff, server: Server) -> None:
    account = program(ours)
    listens = listening(ours, server.address, account=account)
    if how == "endpoint":
        services.end_endpoint(listens, actor=ours.applying(), clock=RealClock())
    else:
        end_service_account(account, by=ours.applicant, at=now())
    outbox.deliver_due()
    assert (only().standing, server.asked, Attempt.objects.count()) == ("dropped", [], 0)


def test_what_a_program_may_not_see_any_more_is_not_sent(ours: Staff, server: Server) -> None:
    listens = listening(ours, server.address)
    outbox.deliver_due()
    gone = "authorisation.authorisation:00000000-0000-0000-0000-000000000000"
    message = Message.objects.create(
        endpoint=listens, kind="x", stream="x", sequence=1, subject=gone, body="{}", written_at=now()
    )
    delivering.hand_over(message, listens, at=now())
    outbox.deliver_due()
    message.refresh_from_db()
    assert (message.standing, len(server.asked)) == ("dropped", 1)


def test_what_the_outbox_has_parked_or_lost_is_taken_up_again(ours: Staff, server: Server) -> None:
    listening(ours, server.address)
    OutboxMessage.objects.filter(effect=delivering.EFFECT).update(parked_at=now())
    assert delivering.take_up_again(RealClock()) == Tally()
    Message.objects.update(due_at=now() - delivering.LATE)
    assert delivering.take_up_again(RealClock()) == Tally(done=1)
    outbox.deliver_due()
    OutboxMessage.objects.filter(parked_at__isnull=False).update(parked_at=None)
    outbox.deliver_due()
    assert (only().standing, len(server.asked)) == ("delivered", 1)


def test_a_turn_that_is_over_does_nothing(ours: Staff, server: Server) -> None:
    listening(ours, server.address)
    outbox.deliver_due()
    for sent in OutboxMessage.objects.filter(effect=delivering.EFFECT):
        delivering.deliver(Delivery(key=sent.key, payload=sent.payload, clock=RealClock()))
    assert (len(server.asked), Attempt.objects.count()) == (1, 1)
