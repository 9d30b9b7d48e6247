"""Workers killed over a message, and several at one: nothing is lost; what comes twice has one id."""

from pathlib import Path

import pytest

from desk.webhooks import delivering, telling
from desk.webhooks.models import Attempt, Message
from tests.authorisation.factories import two_staffs
from tests.authorisation.test_outcomes import authorised
from tests.desk.webhooks.listening import kinds_told, listening
from tests.desk.webhooks.servers import serving
from tests.workflow.children import at_once
from tests.workflow.test_killed_worker import KILL, end_leases, killed
from workflow import outbox
from workflow.clock import RealClock
from workflow.effects import Delivery
from workflow.models import OutboxMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]

DELIVER = """
from desk.webhooks import delivering, sending, telling
from desk.webhooks.models import Message
from desk.webhooks.sending import Answer
from pathlib import Path
{point}
raise SystemExit(f"nothing was killed: {{outbox.deliver_due()}}")
"""
# What a killed worker would have sent is noted in a file: as a server would have it.
SENDS = """
def sends(*args, **options):
    with Path({noted!r}).open("a") as noted:
        noted.write(options["headers"]["webhook-id"] + "\\n")
    return Answer(status=204)
sending.post = sends
"""
KILLED = {
    "while messages are written": "telling.hand_over = killed",
    "when all are written, before the commit": (
        "telling._write = lambda *args, _write=telling._write: (_write(*args), killed())"
    ),
    "before the attempt is committed": "delivering.make_first_key = killed",
    "before anything is sent": "sending.post = killed",
    "when it is sent": "sending.post = killed_after(sending.post)",
    "while it is written down": "delivering._note_taken = killed",
    "before the commit of the end": "delivering._close = killed_after(delivering._close)",
    "after the commit of the end": "delivering._ended = killed_after(delivering._ended)",
}


@pytest.mark.parametrize("point", KILLED)
def test_a_killed_worker_loses_and_doubles_no_message(point: str, tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    with serving(tmp_path) as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr(delivering, "WAY", server.way())
        listens = listening(ours, server.address)
        authorised(ours)
        noted = tmp_path / "sent"
        script = KILL + DELIVER.format(point=SENDS.format(noted=str(noted)) + KILLED[point])
        killed(script)
        end_leases()
        outbox.deliver_due()
        sent = [headers["webhook-id"] for _path, headers, _body in server.asked]
    assert kinds_told(listens) == ["authorisation.issued"]
    assert set(Message.objects.values_list("standing", flat=True)) == {"delivered"}
    before = noted.read_text().split() if noted.exists() else []
    ids = {str(each) for each in Message.objects.values_list("public_id", flat=True)}
    assert set(sent) | set(before) == ids
    # At most one came twice: the one over which the worker died.
    assert len(sent) + len(before) <= len(ids) + 1
    assert not OutboxMessage.objects.filter(delivered_at__isnull=True).exists()


def test_eight_workers_at_once_write_each_message_once_and_send_it_once(tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    with serving(tmp_path) as server, pytest.MonkeyPatch.context() as patched:
        patched.setattr(delivering, "WAY", server.way())
        listening(ours, server.address)
        authorised(ours)
        tells = OutboxMessage.objects.filter(effect=telling.EFFECT).latest("pk")
        told = Delivery(key=tells.key, payload=tells.payload, clock=RealClock())
        done = at_once(*[lambda: telling.tell(told) for _each in range(8)])
        assert [each for each in done if each is not None] == []
        assert Message.objects.filter(kind="authorisation.issued").count() == 1
        done_too = at_once(*[outbox.deliver_due for _each in range(8)])
        assert [each for each in done_too if isinstance(each, Exception)] == []
        sent = [headers["webhook-id"] for _path, headers, _body in server.asked]
    assert len(sent) == len(set(sent)) == Message.objects.count() == 2
    assert Attempt.objects.count() == 2
