"""Happenings and chains for the tests of the trail."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from accounts.models import Authority
from audit.trail import Happening, Record, append, event_record, linked

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PERSON = "person:0f3c1f5e-3a55-4d39-9a29-5d3a7c1c2b11"


def happening(action: str = "submit", **fields: Any) -> Happening:
    """Something that a person did, with a value for every part that is not given."""
    given: dict[str, Any] = {
        "from_state": "draft",
        "to_state": "submitted",
        "actor": PERSON,
        "office": "desk",
        "reason": "complete",
        "facts": {"tonnes": 1200, "vintages": [2024, 2025]},
        "procedure_version": "1",
        "request_id": "r-1",
        "at": AT,
    }
    return Happening(action=action, **{**given, **fields})


def chain_of(what_happened: Iterable[Happening], *, slug: str = "gha") -> list[Record]:
    """The records of a chain of a record that no database has seen."""
    head = Authority(slug=slug)
    records = []
    for item in what_happened:
        event = linked(head, item)
        head.trail_sequence, head.trail_digest = event.sequence, event.digest
        records.append(event_record(event))
    return records


def chain(events: int = 3, *, slug: str = "gha") -> list[Record]:
    """The records of a whole chain of so many events."""
    numbers = range(1, events + 1)
    return chain_of(
        [happening(facts={"number": number}, at=AT + timedelta(minutes=number)) for number in numbers],
        slug=slug,
    )


def appended(head: Authority, events: int) -> None:
    """Appends so many events to a stored head."""
    for number in range(events):
        append(head, happening(facts={"number": number}))


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
integers = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
json_values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
happenings = st.builds(
    Happening,
    action=texts.filter(bool),
    actor=st.sampled_from(["system", "clock", PERSON]),
    at=st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2900, 1, 1), timezones=st.timezones()),
    from_state=texts,
    to_state=texts,
    office=texts,
    reason=texts,
    facts=st.dictionaries(texts, json_values, max_size=5),
    procedure_version=texts,
    request_id=texts,
)
