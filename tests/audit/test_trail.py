from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy
from hypothesis import given, settings

from accounts.models import Authority
from audit.chain import digest_of, genesis
from audit.models import Event
from audit.trail import ConcurrentAppend, append, event_record, events_of, linked, verify
from tests.accounts.factories import two_authorities
from tests.audit.happenings import AT, appended, happening, happenings


class State(StrEnum):
    DRAFT = "draft"


def test_a_linked_event_follows_the_head_and_leaves_it_where_it_is() -> None:
    head = Authority(slug="gha", trail_sequence=4, trail_digest="d" * 64)
    event = linked(head, happening())

    assert (event.stream, event.sequence, event.previous) == (head.trail_stream, 5, "d" * 64)
    assert event.stream == f"accounts.authority:{head.public_id}"
    assert event.digest == digest_of(event_record(event))
    assert (head.trail_sequence, head.trail_digest) == (4, "d" * 64)
    assert event.pk is None


def test_the_first_event_follows_the_genesis_of_its_stream() -> None:
    head = Authority(slug="gha")

    assert linked(head, happening()).previous == genesis(head.trail_stream)


def test_members_of_an_enumeration_are_kept_as_plain_texts() -> None:
    event = linked(Authority(slug="gha"), happening(from_state=State.DRAFT, facts={"state": State.DRAFT}))

    assert type(event.from_state) is str
    assert event.facts == '{"state":"draft"}'


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"facts": {"tonnes": 1.5}}, TypeError, "float"),
        ({"facts": {1: "one"}}, TypeError, "key 1"),
        ({"facts": {"title": gettext_lazy("case")}}, TypeError, "lazy"),
        ({"facts": {"at": AT}}, TypeError, "datetime is not JSON"),
        ({"facts": ["a", "list"]}, TypeError, "not an object"),
        ({"facts": {"tonnes": 2**53}}, ValueError, "2\\^53"),
        ({"at": datetime(2026, 3, 2)}, ValueError, "aware"),
        ({"actor": "Ama Mensah"}, ValueError, "names stay out"),
        ({"actor": "person:ama@example.org"}, ValueError, "names stay out"),
        ({"actor": "system\n"}, ValueError, "names stay out"),
        ({"action": ""}, ValueError, "what was done"),
        ({"action": gettext_lazy("submit")}, TypeError, "lazy"),
        ({"action": 5}, TypeError, "int is not a text"),
        ({"action": "a" * 101}, ValueError, "at most 100"),
        ({"reason": "nul\x00"}, ValueError, "NUL"),
        ({"reason": "\ud800"}, ValueError, "surrogate"),
    ],
)
def test_a_happening_that_the_trail_cannot_keep_is_refused(
    fields: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        linked(Authority(slug="gha"), happening(**fields))


@pytest.mark.django_db
def test_appending_writes_the_event_and_moves_the_head() -> None:
    ours, theirs = two_authorities()
    before = ours.trail_sequence
    event = append(ours, happening(reason="complete"))
    stored = Authority.objects.get(pk=ours.pk)

    assert (event.sequence, event.reason) == (before + 1, "complete")
    assert (ours.trail_sequence, ours.trail_digest) == (event.sequence, event.digest)
    assert (stored.trail_sequence, stored.trail_digest) == (event.sequence, event.digest)
    assert list(events_of(ours.trail_stream))[-1] == event
    assert Authority.objects.get(pk=theirs.pk).trail_digest == theirs.trail_digest
    assert not events_of(theirs.trail_stream).filter(reason="complete").exists()


@pytest.mark.django_db
def test_appending_takes_one_insert_and_one_update() -> None:
    ours, _theirs = two_authorities()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        append(ours, happening())

    assert [query["sql"].split()[0] for query in queries] == ["UPDATE", "INSERT"]


@pytest.mark.django_db
def test_a_head_that_has_moved_on_refuses_and_nothing_is_written() -> None:
    ours, theirs = two_authorities()
    stale = Authority.objects.get(pk=ours.pk)
    append(ours, happening())
    count = Event.objects.count()

    with pytest.raises(ConcurrentAppend), transaction.atomic():
        append(stale, happening("withdraw"))

    assert Event.objects.count() == count
    assert Authority.objects.get(pk=ours.pk).trail_digest == ours.trail_digest
    assert stale.trail_sequence == ours.trail_sequence - 1
    append(theirs, happening())


@pytest.mark.django_db
def test_nothing_can_happen_to_a_record_that_is_not_stored() -> None:
    two_authorities()
    count = Event.objects.count()

    with pytest.raises(ValueError, match="stored before"):
        append(Authority(slug="ken"), happening())

    assert Event.objects.count() == count


@pytest.mark.django_db
def test_the_events_of_a_stream_come_in_order_and_without_those_of_others() -> None:
    ours, theirs = two_authorities()
    appended(ours, 3)
    appended(theirs, 2)
    found = list(events_of(ours.trail_stream))

    assert [event.sequence for event in found] == list(range(1, ours.trail_sequence + 1))
    assert {event.stream for event in found} == {ours.trail_stream}


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(happenings)
def test_any_happening_comes_back_from_the_database_as_it_was(what: Any) -> None:
    with transaction.atomic():
        ours, _theirs = two_authorities()
        event = append(ours, what)
        stored = Event.objects.get(pk=event.pk)
        record = event_record(stored)

        assert record == event_record(event)
        # An hour that a zone skips or repeats equals none of another zone, not even the instant it means.
        assert stored.time == what.at.astimezone(UTC)
        assert (record["facts"], record["reason"]) == (dict(what.facts), what.reason)
        assert verify(map(event_record, events_of(ours.trail_stream))).whole
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_events_are_a_moment_apart_and_still_differ() -> None:
    ours, _theirs = two_authorities()
    first = append(ours, happening(at=AT + timedelta(microseconds=1)))
    second = append(ours, happening(at=AT + timedelta(microseconds=2)))

    assert event_record(Event.objects.get(pk=first.pk))["time"] == "2026-03-02T09:30:00.000001Z"
    assert event_record(Event.objects.get(pk=second.pk))["time"] == "2026-03-02T09:30:00.000002Z"
