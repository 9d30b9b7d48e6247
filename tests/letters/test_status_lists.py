"""The signed list of status: what it says, who is believed, and what the stand-alone verifier makes of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client

from accounts.models import Authority
from letters import storage
from letters.certificates import NoSuchKey, trust_roots
from letters.models import Letter
from letters.offline import Believed, answer_for, exit_status, in_words
from letters.status_lists import publish, publish_by_the_clock, published
from tests.authorisation.factories import refused, two_staffs
from tests.desk.checking.test_checking_files import kept_back
from workflow.actors import SYSTEM
from workflow.clock import RealClock, SetClock
from workflow.door import Act, Move, pass_through

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_published() -> None:
    """Files are not rolled back with the database: what an earlier test published is taken away."""
    store = storages["letters"]
    for name in store.listdir("status")[1] if store.exists("status") else ():
        store.delete(f"status/{name}")


def asked(pdf: bytes, status: bytes | None) -> dict[str, Any]:
    believed = Believed(roots=trust_roots(settings.SIGNING_KEYS_DIR), moment=RealClock().now())
    return answer_for(pdf, believed, status=status)


def of(letter: Letter) -> bytes:
    found = published(letter.authority.slug)
    assert found is not None
    return found


def rows(status: bytes) -> dict[str, dict[str, Any]]:
    return {row["sha256"]: row for row in json.loads(json.loads(status)["statement"])["letters"]}


def test_with_the_list_the_file_alone_says_how_a_letter_stands_and_without_it_that_it_does_not_know(
    client: Client,
) -> None:
    ours, theirs = two_staffs()
    letter, refusal = kept_back(ours), refused(theirs).letters.get()
    pdf, copied = storage.fetch(letter.signed_sha256), storage.fetch(letter.public_sha256)
    address = f"/status/{letter.authority.slug}.json"
    assert client.get(address).status_code == 404
    clock = RealClock()
    assert publish_by_the_clock(clock).done == 2
    assert publish_by_the_clock(clock).done == 0
    assert client.get(address).content == of(letter)

    said = asked(pdf, None)
    assert (said["answer"], said["status"], exit_status(said)) == ("genuine", None, 0)
    assert "status unknown offline" in in_words(said)
    said = asked(pdf, of(letter))
    assert (said["answer"], said["status"]["in_force"], exit_status(said)) == ("genuine", True, 0)
    assert f"status as of {clock.now().date()}: in_force" in in_words(said)
    # The public copy bears no signature: the list alone vouches for it.
    assert asked(copied, None)["answer"] == "not genuine"
    assert asked(copied, of(letter))["answer"] == "genuine"
    assert asked(copied + b"\n", of(letter))["answer"] == "not genuine"

    # Of a letter that is not public the list says nothing but its digest and how it stands.
    assert set(rows(of(refusal))[refusal.signed_sha256]) == {"sha256", "seals", "status", "in_force"}
    assert refusal.number not in of(refusal).decode()
    assert rows(of(letter))[letter.signed_sha256]["number"] == letter.number

    # A list of another authority, under the same root, says nothing about this letter.
    said = asked(pdf, of(refusal))
    assert said["status"] is None
    assert any("another authority" in one for one in said["sentences"])

    # What was withdrawn since is genuine and no longer in force, by the new list.
    earlier = of(letter)
    pass_through(Act(actor=SYSTEM, clock=clock), Move(step=Letter.withdraw, record=letter))
    assert publish(letter.authority, clock=clock)
    said = asked(pdf, of(letter))
    assert (said["answer"], said["status"]["word"], exit_status(said)) == ("genuine", "withdrawn", 3)
    assert asked(pdf, earlier)["status"]["as_of"] == clock.now().date().isoformat()
    # A day later it is made anew, though nothing else has changed.
    assert publish(letter.authority, clock=SetClock(clock.now() + timedelta(days=1)))

    # A list that was changed, or that names another authority than its seal's, is not believed.
    outer = json.loads(earlier)
    for old, new in (
        ('"in_force":true', '"in_force":false'),
        (letter.authority.slug, refusal.authority.slug),
    ):
        forged = json.dumps({**outer, "statement": outer["statement"].replace(old, new)}).encode()
        said = asked(pdf, forged)
        assert said["status"] is None
        assert any("list of status" in one for one in said["sentences"]), said
    for broken in (b"", b"[]", b"{}", json.dumps({**outer, "signature": "00"}).encode()):
        assert asked(pdf, broken)["status"] is None


def test_an_authority_without_a_seal_publishes_none_and_the_clock_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none(**_office: object) -> None:
        raise NoSuchKey("There is no seal.")

    authority = Authority.objects.get(pk=two_staffs()[0].authority.pk)
    monkeypatch.setattr("letters.status_lists.signer_for", none)
    with pytest.raises(NoSuchKey):
        publish(authority, clock=RealClock())
    assert published(authority.slug) is None
    assert publish_by_the_clock(RealClock()).failed == 0
