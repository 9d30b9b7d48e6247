"""What somebody with the rights of the owner changes, the triggers lifted, is found and named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Authority, Organisation
from audit.chain import Fault, digest_of, genesis
from audit.models import Event
from audit.trail import append, event_record, linked
from audit.verification import verify_database
from tests.accounts.factories import organisation, two_authorities
from tests.audit.happenings import appended, happening
from tests.audit.lifted_triggers import lifted_triggers


@contextmanager
def _attack() -> Iterator[Callable[..., None]]:
    with lifted_triggers(connection), connection.cursor() as cursor:
        yield lambda sql, *values: cursor.execute(sql, values)


def _attacked(sql: str, *values: object) -> None:
    with _attack() as execute:
        execute(sql, *values)


def _two_chains(events: int = 5) -> tuple[Authority, Authority]:
    ours, theirs = two_authorities()
    for authority in (ours, theirs):
        appended(authority, events - authority.trail_sequence)
    organisation()
    return ours, theirs


def _only_fault() -> Fault:
    (fault,) = verify_database().faults
    return fault


@pytest.mark.django_db
def test_a_trail_that_nobody_touched_is_whole() -> None:
    _two_chains(5)
    verdict = verify_database()

    assert verdict.whole
    assert verdict.events == Event.objects.count() > 10
    assert verdict.streams == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("format", 2),
        ("action", "refuse"),
        ("from_state", "granted"),
        ("to_state", "granted"),
        ("actor", "system"),
        ("office", "minister"),
        ("reason", "other"),
        ("facts", '{"number":99}'),
        ("facts", '{"number": 2}'),
        ("facts", '{"number":2.0}'),
        ("facts", "[]"),
        ("facts", "nonsense"),
        ("procedure_version", "2"),
        ("request_id", "r-2"),
        ("time", "2026-03-02 09:30:00.000001+00:00"),
        ("previous", "0" * 64),
        ("digest", "0" * 64),
    ],
)
def test_an_event_changed_by_plain_sql_is_named(column: str, value: object) -> None:
    ours, _theirs = _two_chains()
    event = Event.objects.get(stream=ours.trail_stream, sequence=3)
    _attacked(f"UPDATE audit_event SET {column} = %s WHERE id = %s", value, event.pk)

    fault = _only_fault()
    assert (fault.stream, fault.sequence) == (ours.trail_stream, 3)
    assert fault.sentence().startswith(f"{ours.trail_stream}, event 3: ")


@pytest.mark.django_db
def test_an_event_that_was_changed_and_sealed_anew_is_found_by_the_next_one() -> None:
    ours, _theirs = _two_chains()
    from_there = Event.objects.get(stream=ours.trail_stream, sequence=2)
    head = Authority(public_id=ours.public_id, trail_sequence=2, trail_digest=from_there.digest)
    forged = linked(head, happening(reason="forged"))
    _attacked(
        "UPDATE audit_event SET reason = %s, facts = %s, digest = %s WHERE stream = %s AND sequence = 3",
        forged.reason, forged.facts, forged.digest, forged.stream,
    )  # fmt: skip

    faults = verify_database().faults
    assert [(fault.stream, fault.sequence) for fault in faults] == [(ours.trail_stream, 4)]
    assert "does not follow the event before it" in faults[0].what


@pytest.mark.django_db
def test_the_last_event_changed_and_sealed_anew_is_found_by_the_head() -> None:
    ours, _theirs = _two_chains()
    before_last = Event.objects.get(stream=ours.trail_stream, sequence=4)
    last = Event.objects.get(stream=ours.trail_stream, sequence=5)
    head = Authority(public_id=ours.public_id, trail_sequence=4, trail_digest=before_last.digest)
    what = happening(last.action, facts={"number": 77}, at=last.time)
    forged = linked(head, what)
    _attacked(
        "UPDATE audit_event SET facts = %s, digest = %s WHERE id = %s", forged.facts, forged.digest, last.pk
    )

    fault = _only_fault()
    assert (fault.stream, fault.sequence) == (ours.trail_stream, 5)
    assert "another digest" in fault.what


@pytest.mark.django_db
def test_an_event_that_was_deleted_leaves_a_gap() -> None:
    ours, _theirs = _two_chains()
    _attacked("DELETE FROM audit_event WHERE stream = %s AND sequence = 2", ours.trail_stream)

    fault = _only_fault()
    assert (fault.stream, fault.sequence) == (ours.trail_stream, 3)
    assert "event 2 is missing" in fault.what


@pytest.mark.django_db
def test_a_tail_that_was_cut_off_is_found() -> None:
    ours, _theirs = _two_chains()
    _attacked("DELETE FROM audit_event WHERE stream = %s AND sequence > 3", ours.trail_stream)

    fault = _only_fault()
    assert (fault.stream, fault.sequence) == (ours.trail_stream, 3)
    assert "stands at event 5, but the events end at 3" in fault.what


@pytest.mark.django_db
def test_a_head_that_is_behind_its_events_is_found() -> None:
    ours, _theirs = _two_chains()
    earlier = Event.objects.get(stream=ours.trail_stream, sequence=3)
    _attacked(
        "UPDATE accounts_authority SET trail_sequence = 3, trail_digest = %s WHERE id = %s",
        earlier.digest,
        ours.pk,
    )

    fault = _only_fault()
    assert (fault.stream, fault.sequence) == (ours.trail_stream, 5)
    assert "events up to 5" in fault.what


@pytest.mark.django_db
def test_a_stream_whose_events_are_all_gone_is_found() -> None:
    ours, _theirs = _two_chains()
    _attacked("DELETE FROM audit_event WHERE stream = %s", ours.trail_stream)

    fault = _only_fault()
    assert (fault.stream, fault.sequence) == (ours.trail_stream, None)
    assert "the events were removed" in fault.what


@pytest.mark.django_db
def test_events_whose_record_is_gone_are_found() -> None:
    _two_chains()
    gone = Organisation.objects.get()
    _attacked("DELETE FROM accounts_organisation WHERE id = %s", gone.pk)

    fault = _only_fault()
    assert (fault.stream, "the record itself is gone" in fault.what) == (gone.trail_stream, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "accounts.authority:nobody",
        "accounts.authority:",
        "Accounts.Authority:{uuid}",
        "nothing.known:{uuid}",
        "",
    ],
)
def test_events_of_a_stream_that_no_record_can_have_are_found(name: str) -> None:
    _two_chains()
    stream = name.format(uuid=uuid4())
    event = linked(Authority(slug="x"), happening())
    event.stream, event.previous = stream, genesis(stream)
    event.digest = digest_of(event_record(event))
    event.save()

    fault = _only_fault()
    assert fault.stream == stream
    assert "no record has a stream of this name" in fault.what


@pytest.mark.django_db
def test_two_chains_that_changed_places_are_both_found() -> None:
    ours, theirs = _two_chains()
    with _attack() as execute:
        execute("UPDATE audit_event SET stream = 'x' WHERE stream = %s", ours.trail_stream)
        execute(
            "UPDATE audit_event SET stream = %s WHERE stream = %s", ours.trail_stream, theirs.trail_stream
        )
        execute("UPDATE audit_event SET stream = %s WHERE stream = 'x'", theirs.trail_stream)

    named = {(fault.stream, fault.sequence) for fault in verify_database().faults}
    assert {(ours.trail_stream, 1), (theirs.trail_stream, 1)} <= named


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps no text where a date belongs")
@pytest.mark.parametrize(
    ("column", "value"), [("time", "tomorrow"), ("sequence", "three"), ("facts", b"\xff")]
)
def test_a_value_of_another_kind_ends_the_reading_with_a_fault(column: str, value: object) -> None:
    ours, theirs = _two_chains()
    first = min(ours, theirs, key=lambda authority: authority.trail_stream)
    _attacked(
        f"UPDATE audit_event SET {column} = %s WHERE stream = %s AND sequence = 3", value, first.trail_stream
    )

    fault = verify_database().faults[0]
    assert fault.stream == first.trail_stream


@pytest.mark.django_db
@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL keeps no text where an identifier belongs"
)
@pytest.mark.parametrize("change", ["public_id = 'nobody'", "trail_sequence = 'three'"])
def test_a_head_of_another_kind_is_a_fault(change: str) -> None:
    ours, _theirs = _two_chains()
    _attacked(f"UPDATE accounts_authority SET {change} WHERE id = %s", ours.pk)

    assert not verify_database().whole


@pytest.mark.django_db
def test_every_model_costs_the_same_few_queries_however_much_there_is() -> None:
    ours, theirs = _two_chains(3)
    with CaptureQueriesContext(connection) as few:
        verify_database()
    appended(ours, 10)
    appended(theirs, 10)
    for number in range(10):
        organisation(f"Stoves {number}", identification=f"C-{number + 2}")
    with CaptureQueriesContext(connection) as many:
        verify_database()

    assert len(many) == len(few)


@pytest.mark.django_db(transaction=True)
def test_verification_by_itself_sees_one_moment_and_leaves_no_transaction_open() -> None:
    ours, _theirs = _two_chains()

    assert verify_database().whole
    assert not connection.in_atomic_block
    with transaction.atomic():
        append(Authority.objects.select_for_update().get(pk=ours.pk), happening())
    assert verify_database().whole
