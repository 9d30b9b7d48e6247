"""Which event becomes which message, for whom, and that nobody is told what they may not see."""

import json

import pytest

from accounts.models import Function
from accounts.services import end_service_account
from authorisation.models import Authorisation
from desk.webhooks import telling
from desk.webhooks.models import Message
from projects.entitlements import Granted
from tests.accounts.factories import DAY
from tests.authorisation.factories import granted, two_staffs
from tests.authorisation.standing import carried_out, planned
from tests.authorisation.test_outcomes import authorised, cancel, issue, transfer, use
from tests.desk.webhooks.listening import kinds_told, listening, program
from tests.projects.test_entitlements import grant
from workflow import outbox
from workflow.clock import RealClock
from workflow.models import OutboxMessage

pytestmark = pytest.mark.django_db


def tell() -> None:
    """Delivers what makes messages, and no message."""
    waiting = OutboxMessage.objects.filter(effect=telling.EFFECT, delivered_at__isnull=True)
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        assert outbox.deliver(pk)


def test_each_event_is_told_once_to_the_holders_program_and_to_nobody_elses() -> None:
    ours, theirs = two_staffs()
    listens, strange = listening(ours), listening(theirs)
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, {2026: 500})
    transfer(ours, authorisation, {2026: 100})
    use(ours, authorisation, {2026: 50})
    cancel(ours, authorisation, {2026: 10})
    carried_out(ours, authorisation, planned("suspension"), Function.DESK_OFFICER)
    carried_out(ours, authorisation, planned("resumption"), Function.DESK_OFFICER)
    carried_out(ours, authorisation, planned("revocation"), Function.DESK_OFFICER)
    tell()
    assert kinds_told(listens) == [
        "authorisation.issued",
        "outcomes.issued",
        "outcomes.first_transferred",
        "outcomes.used",
        "outcomes.cancelled",
        "authorisation.suspended",
        "authorisation.resumed",
        "authorisation.revoked",
    ]
    assert kinds_told(strange) == []
    told = Message.objects.get(endpoint=listens, kind="outcomes.first_transferred")
    body = json.loads(told.body)
    assert body["endpoint"] == str(listens.public_id)
    assert body["demonstration"] is True  # the cases of tests run on clocks of their own
    assert body["data"]["authorisation"] == authorisation.identifier
    assert (body["data"]["volumes"], body["data"]["to_party"]) == ({"2026": 100}, "CHE")
    assert body["data"]["see"].endswith(f"/api/v1/authorisations/{authorisation.identifier}")

    OutboxMessage.objects.filter(effect=telling.EFFECT).update(delivered_at=None)
    before = list(Message.objects.order_by("pk").values())
    tell()
    assert list(Message.objects.order_by("pk").values()) == before


def test_a_letter_and_the_next_version_are_told() -> None:
    ours, _theirs = two_staffs()
    listens = listening(ours)
    case = granted(ours)
    assert kinds_told(listens)[-2:] in (
        ["authorisation.issued", "letter.issued"],
        ["letter.issued", "authorisation.issued"],
    )
    letter = json.loads(Message.objects.get(kind="letter.issued").body)["data"]
    assert letter["sha256"] == case.letters.get().signed_sha256
    authorisation = Authorisation.objects.get()
    carried_out(ours, authorisation, planned("clarification", text="So."), Function.DESK_OFFICER)
    tell()
    assert kinds_told(listens)[-1] == "authorisation.version_superseded"


def test_only_what_was_asked_for_is_told() -> None:
    ours, _theirs = two_staffs()
    account = program(ours)
    some = listening(ours, kinds=["outcomes.used"], account=account)
    everything = listening(ours, "https://hooks.example.org/all", account=account)
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, {2026: 500})
    transfer(ours, authorisation, {2026: 100})
    use(ours, authorisation, {2026: 50})
    tell()
    assert kinds_told(some) == ["outcomes.used"]
    assert kinds_told(everything) == [
        "authorisation.issued",
        "outcomes.issued",
        "outcomes.first_transferred",
        "outcomes.used",
    ]


def test_an_entitled_registry_is_told_of_what_it_tracks() -> None:
    ours, theirs = two_staffs()
    listens = listening(theirs)
    authorisation = authorised(ours)
    tell()
    assert kinds_told(listens) == []
    grant(ours, theirs, Granted(registry="national", starts_on=DAY, basis="Agreement 4/2026"))
    issue(ours, authorisation.activity, {2026: 500})
    tell()
    assert kinds_told(listens) == ["outcomes.issued"]


def test_a_program_whose_account_has_ended_is_told_nothing() -> None:
    ours, _theirs = two_staffs()
    account = program(ours)
    listens = listening(ours, account=account)
    end_service_account(account, by=ours.applicant, at=RealClock().now())
    authorised(ours)
    tell()
    assert kinds_told(listens) == []
