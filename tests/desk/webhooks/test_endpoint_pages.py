"""The pages of endpoints: opened, seen, had wait, let go on, ended; a message sent again; for members."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Endpoint, Message
from tests.authorisation.factories import two_staffs
from tests.desk.browser import signed_in
from tests.desk.webhooks.listening import program
from tests.desk.webhooks.servers import Server
from workflow import outbox

pytestmark = pytest.mark.django_db


def test_a_member_opens_an_endpoint_follows_its_messages_and_ends_it(server: Server) -> None:
    ours, theirs = two_staffs()
    account = program(ours)
    browser: Client = signed_in(ours.applicant)
    listed = reverse("endpoints", kwargs={"public_id": account.public_id})
    programs = reverse("programs", kwargs={"public_id": ours.organisation.public_id})
    assert listed in browser.get(programs).content.decode()

    opened = reverse("open_endpoint", kwargs={"public_id": account.public_id})
    wrong = browser.post(opened, {"address": "http://10.0.0.1/", "kinds": EventKind.values})
    assert (wrong.status_code, Endpoint.objects.count()) == (422, 0)
    right = {"address": server.address, "kinds": ["outcomes.used"]}
    assert browser.post(opened, right, follow=True).redirect_chain[-1][0] == listed
    twice = browser.post(opened, right)
    assert (twice.status_code, Endpoint.objects.count()) == (422, 1)
    (key,) = Client().get(reverse("webhook_keys")).json()["keys"]
    assert re.fullmatch(r"whpk_[A-Za-z0-9+/]{43}=", key["public_key"])
    assert key["public_key"] in browser.get(listed).content.decode().replace("&#x2B;", "+")

    outbox.deliver_due()
    endpoint, message = Endpoint.objects.get(), Message.objects.get()
    page = reverse("endpoint", kwargs={"public_id": endpoint.public_id})
    of_message = reverse("endpoint_message", kwargs={"public_id": message.public_id})
    assert of_message in browser.get(page).content.decode()
    assert "204" in browser.get(of_message).content.decode()

    def does(name: str, of: Any = endpoint) -> int:
        address = reverse(name, kwargs={"public_id": of.public_id})
        return signed_in(ours.applicant).post(address, {}).status_code

    assert (does("send_message_again", message), does("send_message_again", message)) == (302, 422)
    outbox.deliver_due()
    assert len(server.asked) == 2
    assert (does("pause_endpoint"), does("pause_endpoint")) == (302, 422)
    assert (does("let_endpoint_go_on"), does("let_endpoint_go_on")) == (302, 422)
    assert (does("end_endpoint"), does("end_endpoint"), does("send_message_again", message)) == (
        302,
        422,
        422,
    )

    stranger: Client = signed_in(theirs.applicant)
    for address in (listed, opened, page, of_message):
        assert stranger.get(address).status_code == 404


def test_what_was_given_up_is_said_aloud(server: Server) -> None:
    ours, _theirs = two_staffs()
    browser: Client = signed_in(ours.applicant)
    account = program(ours)
    opened = reverse("open_endpoint", kwargs={"public_id": account.public_id})
    browser.post(opened, {"address": server.address, "kinds": ["outcomes.used"]})
    Message.objects.update(standing="given_up", due_at=None)
    page = reverse("endpoint", kwargs={"public_id": Endpoint.objects.get().public_id})
    assert "nobody took it in three days" in browser.get(page).content.decode()
