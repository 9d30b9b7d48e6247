"""The log of what was sent to endpoints, through the API, and one message sent again."""

import pytest

from accounts.models import ServiceAccount
from audit.models import Event
from desk.webhooks.models import Attempt, Message
from tests.authorisation.factories import two_staffs
from tests.desk.api.calling import get, post, token_of
from tests.desk.webhooks.listening import listening
from workflow.clock import RealClock
from workflow.models import OutboxMessage

pytestmark = pytest.mark.django_db


def test_a_program_reads_what_was_sent_to_it_alone_and_how_each_attempt_went() -> None:
    ours, theirs = two_staffs()
    secret = token_of(ours.organisation, ours.applicant)
    endpoint = listening(ours, account=ServiceAccount.objects.get())
    message = Message.objects.get(endpoint=endpoint)
    Attempt.objects.create(message=message, number=1, begun_at=RealClock().now(), status=500, fault="refused")

    (row,) = get("webhooks/messages", secret).json()["results"]
    assert (row["id"], row["kind"], row["standing"]) == (
        str(message.public_id),
        "endpoint.opened",
        "waiting",
    )
    told = get(f"webhooks/messages/{message.public_id}", secret).json()
    assert told["body"] == message.body
    assert [(one["status"], one["fault"]) for one in told["attempts"]] == [(500, "refused")]
    assert get("webhooks/messages?standing=delivered", secret).json()["results"] == []
    assert get("webhooks/messages?standing=lost", secret).status_code == 422

    for stranger in (
        token_of(theirs.organisation, theirs.applicant),
        token_of(ours.organisation, ours.applicant, name="Another"),
    ):
        assert get("webhooks/messages", stranger).json()["results"] == []
        assert get(f"webhooks/messages/{message.public_id}", stranger).status_code == 404
        assert post(f"webhooks/messages/{message.public_id}/replay", {}, stranger).status_code == 404


def test_a_message_is_sent_again_once_under_its_id_and_the_trail_names_the_program() -> None:
    ours, _theirs = two_staffs()
    secret = token_of(ours.organisation, ours.applicant)
    account = ServiceAccount.objects.get()
    message = Message.objects.get(endpoint=listening(ours, account=account))
    address = f"webhooks/messages/{message.public_id}/replay"

    refused = post(address, {}, secret)
    assert (refused.status_code, refused.json()["reasons"][0]["code"]) == (422, "not-sent-again")
    assert refused.json()["reasons"][0]["mend"]
    assert not Event.objects.filter(action="message_sent_again").exists()

    Message.objects.filter(pk=message.pk).update(standing=Message.Standing.GIVEN_UP, due_at=None)
    waiting = OutboxMessage.objects.count()
    again, repeated = (post(address, {}, secret, key="one") for _time in range(2))
    assert (again.status_code, repeated.status_code) == (200, 200)
    assert again.json()["id"] == str(message.public_id)
    assert again.json()["standing"] == "waiting"
    assert OutboxMessage.objects.count() == waiting + 1
    assert Event.objects.get(action="message_sent_again").actor == account.actor
