import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import Json, canonical_text
from audit.chain import KEYS, Fault, Record, digest_of, genesis, instant_text, verify
from audit.trail import Happening
from tests.audit.happenings import chain, chain_of, happenings, integers, json_values, texts


def _resigned(record: Record, **changed: Json) -> Record:
    """The record with other values and a digest that matches them."""
    new = {**record, **changed}
    return {**new, "digest": digest_of(new)}


def _only_fault(records: list[Record | Fault]) -> Fault:
    (fault,) = verify(records).faults
    return fault


def test_the_digest_is_sha256_of_the_canonical_json_of_everything_else() -> None:
    record = chain(1)[0]
    covered: Any = {key: value for key, value in record.items() if key != "digest"}

    assert record.keys() == KEYS
    assert record["digest"] == hashlib.sha256(rfc8785.dumps(covered)).hexdigest()


def test_the_first_event_is_bound_to_the_name_of_its_stream() -> None:
    record = chain(1)[0]
    stream = str(record["stream"])

    assert record["previous"] == hashlib.sha256(b"authorisation-trail/1\n" + stream.encode()).hexdigest()
    assert genesis("a") != genesis("b")


def test_an_instant_is_written_in_utc_with_microseconds() -> None:
    at = datetime(2026, 3, 2, 9, 30, 1, 5, tzinfo=timezone(timedelta(hours=5, minutes=45)))

    assert instant_text(at) == "2026-03-02T03:45:01.000005Z"
    with pytest.raises(ValueError, match="aware"):
        instant_text(at.replace(tzinfo=None))
    assert instant_text(datetime(26, 1, 1, tzinfo=UTC)) == "0026-01-01T00:00:00.000000Z"


def test_whole_chains_are_counted_and_have_no_fault() -> None:
    verdict = verify([*chain(3), *chain(2, slug="vut")])

    assert (verdict.events, verdict.streams, verdict.faults) == (5, 2, ())
    assert verdict.whole


def test_nothing_is_whole_too() -> None:
    assert verify([]).whole


def test_an_event_that_was_taken_out_is_named_by_its_place() -> None:
    records = chain(4)
    fault = _only_fault([records[0], records[2], records[3]])

    assert (fault.stream, fault.sequence) == (records[2]["stream"], 3)
    assert "event 2 is missing" in fault.sentence()


def test_the_first_event_cannot_be_missing() -> None:
    assert "event 1 is missing" in _only_fault(list(chain(2)[1:])).what


def test_two_events_cannot_change_places() -> None:
    records = chain(3)

    assert "event 2 is missing or out of order" in _only_fault([records[0], records[2], records[1]]).what


def test_an_event_cannot_be_replaced_by_one_that_matches_its_own_digest() -> None:
    records = chain(3)
    fault = _only_fault([records[0], _resigned(records[1], reason="other"), records[2]])

    assert fault.sequence == 3
    assert "does not follow the event before it" in fault.what


def test_a_chain_cannot_be_moved_to_another_stream() -> None:
    record = chain(1)[0]
    fault = _only_fault([_resigned(record, stream="authorisation.case:other")])

    assert "genesis" in fault.what


def test_of_each_broken_stream_the_first_fault_is_reported() -> None:
    first, second, third = chain(3), chain(3, slug="vut"), chain(2, slug="ken")
    first[1]["reason"] = first[2]["reason"] = "changed"
    third[0]["reason"] = "changed"
    verdict = verify([*first, *second, *third])

    assert [(fault.stream, fault.sequence) for fault in verdict.faults] == [
        (first[0]["stream"], 2),
        (third[0]["stream"], 1),
    ]
    assert (verdict.events, verdict.streams) == (8, 3)


def test_a_format_of_the_future_is_not_taken_for_whole() -> None:
    assert "format 2 is not known" in _only_fault([_resigned(chain(1)[0], format=2)]).what


def test_true_is_not_a_number() -> None:
    record = chain(1)[0]

    assert "format True is not known" in _only_fault([_resigned(record, format=True)]).what
    assert "sequence" in _only_fault([_resigned(record, sequence=True)]).what


@pytest.mark.parametrize("key", sorted(KEYS - {"format"}))
def test_a_part_that_is_missing_or_of_another_kind_is_named(key: str) -> None:
    record = chain(1)[0]
    without = {name: value for name, value in record.items() if name != key}

    assert key in _only_fault([without]).what
    assert key in _only_fault([{**record, key: None}]).what


def test_a_part_that_no_event_has_is_named() -> None:
    assert "colour" in _only_fault([{**chain(1)[0], "colour": "green"}]).what


@pytest.mark.parametrize("time", ["2026-03-02T09:30:00Z", "2026-03-02 09:30:00.000000Z", "", "tomorrow"])
def test_the_time_has_one_way_of_writing(time: str) -> None:
    assert "time" in _only_fault([_resigned(chain(1)[0], time=time)]).what


def test_an_entry_that_could_not_be_read_is_a_fault_of_its_stream() -> None:
    records = chain(3)
    unread = Fault(stream=str(records[1]["stream"]), sequence=2, what="unreadable")

    assert _only_fault([records[0], unread, records[2]]) == unread
    assert _only_fault([records[0], Fault(what="unreadable"), records[2]]).what == "unreadable"


@given(
    number=st.integers(0, 2),
    key=st.sampled_from(sorted(KEYS)),
    value=st.one_of(texts, integers, json_values, st.dictionaries(texts, json_values, max_size=2)),
)
def test_no_single_part_of_an_event_can_be_changed(number: int, key: str, value: Json) -> None:
    records = chain(3)
    before = records[number][key]
    records[number][key] = value

    assert verify(records).whole is (canonical_text(value) == canonical_text(before))


@given(st.lists(happenings, min_size=1, max_size=4))
def test_any_chain_of_happenings_verifies(what_happened: list[Happening]) -> None:
    records = chain_of(what_happened)

    assert verify(records).whole
    assert [record["facts"] for record in records] == [dict(item.facts) for item in what_happened]
    assert [record["time"] for record in records] == [instant_text(item.at) for item in what_happened]
