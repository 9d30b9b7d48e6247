"""What the rules say of things that happened, both sides of each, without a database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorisation.first_transfer import Outcome, Trigger, first_transfer
from authorisation.rules import RuleBroken, against, findings_on_record, must_hold
from authorisation.rules_of_records import (
    Changed,
    EntityRevoked,
    FirstTransferred,
    Issued,
    Marked,
    Published,
    Record,
    Revoked,
    Used,
    Versioned,
)
from authorisation.shares import Levies, levies

GRANTED, ISSUED, MOVED = date(2026, 3, 1), date(2027, 2, 1), date(2027, 6, 1)
OUTCOME = Outcome(
    vintage=2026,
    for_ndc=False,
    for_oimp=True,
    definition="Issuance",
    authorised_on=GRANTED,
    issued_on=ISSUED,
)
TRANSFER = FirstTransferred(outcome=OUTCOME, on=ISSUED, adjusted_in=2026)
USE = Used(
    vintage=2030,
    on=date(2031, 5, 1),
    towards_ndc=True,
    used_for=2030,
    first_year=2021,
    last_year=2030,
    last_on=date(2031, 12, 31),
)
BY_MECHANISM = Issued(
    vintage=2026,
    authorised=1001,
    by_mechanism=True,
    adaptation=51,
    overall_mitigation=21,
    first_transferred=72,
)
CHANGE = Changed(first_transferred=10, used=0)


def codes(record: Record) -> list[str]:
    """The rules that stand against it; each blocks, says why in full, and what mends it."""
    found = findings_on_record(record)
    for finding in found:
        assert finding.blocks
        assert finding.basis
        assert finding.reason.mend_text
        assert "%(" not in str(finding.reason) + finding.reason.mend_text
        assert f"(rule {finding.rule})" in str(finding.reason)
    return [finding.rule for finding in found]


def test_a5_the_adjustment_is_made_for_the_vintage_year_and_not_for_that_of_the_transfer() -> None:
    assert codes(TRANSFER) == []
    assert codes(replace(TRANSFER, adjusted_in=2027)) == ["A5"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"used_for": 2021}, []),
        ({"used_for": 2031}, ["A6"]),
        ({"used_for": 2020}, ["A6"]),
        ({"used_for": None}, ["A6"]),
        ({"used_for": 2031, "last_year": None}, []),
        ({"vintage": 2031}, ["A6"]),
        ({"vintage": 2031, "used_for": 2031}, []),
        ({"vintage": None, "used_for": 2031}, []),
        ({"vintage": None, "used_for": None}, ["A6"]),
        ({"on": None}, []),
        ({"cancelled": True, "towards_ndc": False, "used_for": None}, []),
        ({"cancelled": True, "towards_ndc": False, "used_for": None, "on": date(2032, 1, 1)}, ["A6"]),
        ({"towards_ndc": False, "used_for": None}, []),
        ({"on": date(2031, 12, 31)}, []),
        ({"on": date(2032, 1, 1)}, ["A6"]),
        ({"on": date(2032, 1, 1), "used_for": 2031}, ["A6", "A6"]),
        ({"on": date(2032, 1, 1), "last_on": None}, []),
    ],
)
def test_a6_the_year_for_which_it_is_used_counts_and_not_the_day(
    change: dict[str, Any], found: list[str]
) -> None:
    assert codes(replace(USE, **change)) == found


@pytest.mark.parametrize("outside", [True, False])
def test_a7_an_adjustment_is_due_also_outside_the_contribution(outside: bool) -> None:
    assert codes(replace(TRANSFER, outside_ndc=outside)) == []
    assert codes(replace(TRANSFER, outside_ndc=outside, adjusted_in=None)) == ["A7"]


@pytest.mark.parametrize(
    ("outcome", "on"),
    [
        ({}, ISSUED),
        ({"issued_on": date(2026, 1, 1)}, GRANTED),
        ({"definition": "Authorisation"}, GRANTED),
        ({"definition": "Use or Cancellation", "used_or_cancelled_on": MOVED}, MOVED),
        ({"for_ndc": True, "for_oimp": False, "definition": None, "transferred_on": MOVED}, MOVED),
        ({"for_ndc": True, "transferred_on": MOVED}, ISSUED),
        (
            {
                "for_ndc": True,
                "definition": "Use or Cancellation",
                "transferred_on": MOVED,
                "used_or_cancelled_on": ISSUED,
            },
            ISSUED,
        ),
    ],
)
def test_a8_a_first_transfer_bears_the_day_of_the_event_that_the_letter_names(
    outcome: dict[str, Any], on: date
) -> None:
    happened = replace(OUTCOME, **outcome)
    assert codes(FirstTransferred(outcome=happened, on=on, adjusted_in=2026)) == []
    another = date(2027, 6, 2)
    assert codes(FirstTransferred(outcome=happened, on=another, adjusted_in=2026)) == ["A8"]


@pytest.mark.parametrize(
    "outcome",
    [
        {"issued_on": None},
        {"definition": "Authorisation", "issued_on": None},
        {"definition": "Use or Cancellation"},
        {"for_ndc": True, "for_oimp": False, "definition": None},
    ],
)
def test_a8_nothing_is_first_transferred_before_its_event(outcome: dict[str, Any]) -> None:
    assert codes(replace(TRANSFER, outcome=replace(OUTCOME, **outcome))) == ["A8"]


@pytest.mark.parametrize(
    ("outcome", "trigger", "code"),
    [
        ({"for_ndc": True}, Trigger.INTERNATIONAL_TRANSFER, None),
        ({}, Trigger.INTERNATIONAL_TRANSFER, "first-transfer-definition"),
        ({"definition": "Use or Cancellation"}, Trigger.USE_OR_CANCELLATION, None),
        ({"for_ndc": True, "for_oimp": False}, Trigger.USE_OR_CANCELLATION, "not-first-transferred"),
        ({}, Trigger.USE_OR_CANCELLATION, "not-first-transferred"),
    ],
)
def test_a8_only_an_event_that_the_letter_names_is_a_first_transfer(
    outcome: dict[str, Any], trigger: Trigger, code: str | None
) -> None:
    moved = replace(OUTCOME, issued_on=None, transferred_on=MOVED, used_or_cancelled_on=MOVED, **outcome)
    record = FirstTransferred(outcome=moved, on=MOVED, adjusted_in=2026, trigger=trigger, asked=9, there=4)
    assert codes(record) == ([] if code is None else ["A8"])
    assert [reason.code for reason in against(record)] == ([] if code is None else [code])


def test_what_follows_of_itself_against_a_rule_is_a_fault_and_no_answer() -> None:
    must_hold(TRANSFER)
    with pytest.raises(RuleBroken, match="rule A5"):
        must_hold(replace(TRANSFER, adjusted_in=2027))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"adaptation": 60, "overall_mitigation": 30, "first_transferred": 90}, []),
        ({"adaptation": 50, "first_transferred": 71}, ["A9"]),
        ({"overall_mitigation": 20, "first_transferred": 71}, ["A9"]),
        ({"adaptation": 50, "overall_mitigation": 20, "first_transferred": 70}, ["A9", "A9"]),
        ({"first_transferred": 71}, ["A9"]),
    ],
)
def test_a9_the_mechanism_takes_its_shares_rounded_up_and_both_are_first_transferred(
    change: dict[str, Any], found: list[str]
) -> None:
    assert codes(replace(BY_MECHANISM, **change)) == found


@pytest.mark.parametrize(
    ("taken", "left", "adaptation", "cancelled", "found"),
    [
        (Levies(adaptation=50, overall_mitigation=20), None, 50, 20, []),
        (Levies(adaptation=50, overall_mitigation=20), None, 49, 20, ["A9"]),
        (Levies(adaptation=0, overall_mitigation=0), None, 0, 0, []),
        (None, 60, 51, 9, []),
        (None, 60, 51, 8, ["A9"]),
        (None, 40, 40, 0, []),
        (None, 40, 39, 0, ["A9"]),
        (Levies(adaptation=9, overall_mitigation=20), 12, 9, 3, []),
    ],
)
def test_a9_asks_for_no_more_of_a_part_than_the_mechanism_took_of_the_whole_or_than_is_left(
    taken: Levies | None, left: int | None, adaptation: int, cancelled: int, found: list[str]
) -> None:
    part = replace(
        BY_MECHANISM,
        adaptation=adaptation,
        overall_mitigation=cancelled,
        first_transferred=adaptation + cancelled,
        taken=taken,
        left=left,
    )
    assert codes(part) == found


@given(tonnes=st.integers(0, 10**9))
def test_a9_asks_for_exactly_what_is_due(tonnes: int) -> None:
    due = levies(tonnes, mechanism=True)
    taken = replace(
        BY_MECHANISM,
        authorised=tonnes,
        adaptation=due.adaptation,
        overall_mitigation=due.overall_mitigation,
        first_transferred=due.total,
    )
    assert codes(taken) == []
    if due.adaptation:
        assert codes(replace(taken, adaptation=due.adaptation - 1)) == ["A9"]


@pytest.mark.parametrize(
    ("adaptation", "cancelled", "percent", "found"),
    [
        (0, 0, None, []),
        (1, 0, None, ["A10"]),
        (0, 1, None, ["A10"]),
        (0, 21, "2", []),
        (0, 22, "2", ["A10"]),
    ],
)
def test_a10_outside_the_mechanism_only_what_the_letter_asks_for_is_taken(
    adaptation: int, cancelled: int, percent: str | None, found: list[str]
) -> None:
    bilateral = Issued(
        vintage=2026,
        authorised=1001,
        by_mechanism=False,
        adaptation=adaptation,
        overall_mitigation=cancelled,
        first_transferred=0,
        omge_percent=percent,
    )
    assert codes(bilateral) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"first_transferred": 0}, []),
        ({}, ["A12"]),
        ({"clause": True}, ["A12"]),
        ({"clause": True, "checked": True}, []),
        ({"clause": True, "checked": True, "consent_needed": True}, ["A12"]),
        ({"clause": True, "checked": True, "consent_needed": True, "consented": True}, []),
        ({"clause": True, "consent_needed": True}, ["A12", "A12"]),
        ({"used": 10}, ["A12"]),
        ({"used": 10, "clause": True, "checked": True}, ["A12"]),
        ({"used": 4}, ["A12", "A12"]),
        ({"checked": True, "consented": True}, ["A12"]),
    ],
)
def test_a12_what_is_first_transferred_stands_but_for_the_clause_of_the_letter(
    change: dict[str, Any], found: list[str]
) -> None:
    assert codes(replace(CHANGE, **change)) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"superseded": False}, ["A13"]),
        ({"after": 4}, ["A13"]),
        ({"after": 2}, ["A13"]),
        ({"keeps": "KEN-AUTH-2027-0001"}, ["A13"]),
        ({"keeps": "X", "after": 9, "superseded": False}, ["A13", "A13", "A13"]),
    ],
)
def test_a13_each_change_is_the_next_version_of_the_same_instrument(
    change: dict[str, Any], found: list[str]
) -> None:
    sound = Versioned(
        identifier="KEN-AUTH-2026-0001", keeps="KEN-AUTH-2026-0001", before=2, after=3, superseded=True
    )
    assert codes(replace(sound, **change)) == found


def test_a14_an_entity_goes_and_the_outcomes_stay() -> None:
    assert codes(EntityRevoked(entity="Alpine Buyer", moved=0)) == []
    assert codes(EntityRevoked(entity="Alpine Buyer", moved=1)) == ["A14"]


def test_a18_what_is_first_transferred_is_not_revoked_without_a_clause() -> None:
    assert codes(Revoked(first_transferred=1)) == ["A18"]
    assert codes(Revoked(first_transferred=0)) == []
    assert codes(Revoked(first_transferred=1, clause=True)) == []


def test_a16_what_is_kept_back_has_a_basis() -> None:
    assert codes(Published(kept_back=())) == []
    assert codes(Published(kept_back=(("the price", "trade secret"),))) == []
    assert codes(Published(kept_back=(("the price", " "), ("the contract", ""), ("a map", "law")))) == [
        "A16",
        "A16",
    ]


def test_a_rule_says_nothing_of_what_it_is_not_about() -> None:
    late = replace(OUTCOME, issued_on=date(2026, 1, 1))
    assert first_transfer(late) is not None
    sound: list[Record] = [TRANSFER, USE, BY_MECHANISM, replace(CHANGE, first_transferred=0)]
    assert [codes(one) for one in sound] == [[], [], [], []]


def test_a16_asks_of_each_mark_whether_its_basis_holds_and_blocks_one_without() -> None:
    said = findings_on_record(Marked(documents=(("A map", "Trade secret"), ("A contract", " "))))
    assert [(one.rule, one.blocks, one.informs) for one in said] == [
        ("A16", False, False),
        ("A16", True, False),
    ]
    assert "A map" in str(said[0].reason)
    assert "Trade secret" not in str(said[0].reason)
    assert findings_on_record(Marked(documents=())) == []
