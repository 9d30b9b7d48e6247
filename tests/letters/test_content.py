"""The frozen content: what it must hold, what it refuses, and that its bytes come back unchanged."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from pydantic import ValidationError

from letters.content import (
    CapArithmetic,
    Ceilings,
    ComparedTerm,
    ComparedVintage,
    ComparedVolume,
    ContentInvalid,
    KeptOf,
    Letter,
    LeviedOf,
    Period,
    RequestedAndGranted,
    StatedText,
    TotalCeiling,
    TrancheArithmetic,
    Use,
    Uses,
    VintageVolume,
    canonical,
    digest,
    parse,
    purpose_code,
)
from tests.letters import sample_content as sample

SAMPLES: list[Callable[[], Letter]] = [
    sample.authorisation,
    sample.partial_authorisation,
    sample.refusal,
    sample.request_for_completion,
    sample.jordanian_authorisation,
]


@pytest.mark.parametrize("make", SAMPLES, ids=lambda make: make.__name__)
def test_what_is_written_is_read_again(make: Callable[[], Letter]) -> None:
    content = make()
    data = canonical(content)
    assert parse(data) == content
    assert canonical(parse(data)) == data
    assert json.loads(data)["schema"] == "letter-content/1"


def test_the_digest_follows_every_value() -> None:
    assert digest(sample.authorisation()) == digest(sample.authorisation())
    assert digest(sample.authorisation()) != digest(sample.authorisation(number="KEN-LOA-2026-0008"))


def changed(*path: str | int, value: Any) -> bytes:
    """The canonical authorisation with one value replaced."""
    content: Any = json.loads(canonical(sample.authorisation()))
    place = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return rfc8785.dumps(content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "amnesty"),
        (("schema",), "letter-content/2"),
        (("date",), "2026-02-30"),
        (("number",), ""),
        (("number",), "a\u0007b"),
        (("signatories",), []),
        (("check_url",), "javascript:alert(1)"),
        (("party", "code"), "Kenya"),
        (("surprise",), 1),
        (("activity", "surprise"), 1),
        (("instrument", "version"), 1.5),
        (("instrument", "version"), "1"),
        (("instrument", "version"), 0),
        (("ceilings", "by_vintage", 0, "tonnes"), -1),
        (("ceilings", "by_vintage", 0, "vintage"), 2020),
        (("ceilings", "by_vintage", 0, "vintage"), 2025),
        (("cooperative_approach", "identifier"), "CA17"),
        (("first_transfer",), "Issuance"),
        (("uses", "uses"), ["OP"]),
        (("periods", "outcomes_occur", "last"), "2001-01-01"),
        (("activity", "gwp", "value"), None),
    ],
)
def test_a_wrong_value_is_refused_and_its_place_named(path: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(ContentInvalid) as refused:
        parse(changed(*path, value=value))
    words = str(path[0]).replace("_", "-")
    assert any(words in sentence.replace("_", "-") for sentence in refused.value.sentences)


def test_a_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(ContentInvalid) as refused:
        parse(changed("party", "code", value="secret person"))
    assert "secret person" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_content_is_refused(data: bytes) -> None:
    with pytest.raises(ContentInvalid):
        parse(data)


def test_bytes_that_are_not_canonical_are_refused() -> None:
    content = json.loads(canonical(sample.authorisation()))
    with pytest.raises(ContentInvalid, match="canonical"):
        parse(json.dumps(content).encode())


@pytest.mark.parametrize(
    ("uses", "code"),
    [
        (["NDC"], "NDC"),
        (["IMP"], "IMP"),
        (["OP"], "OP"),
        (["OP", "IMP"], "OIMP"),
        (["IMP", "NDC"], "NDC and IMP"),
        (["NDC", "OP"], "NDC and OP"),
        (["OP", "NDC", "IMP"], "NDC and OIMP"),
    ],
)
def test_sets_of_uses_map_to_the_seven_codes(uses: list[Use], code: str) -> None:
    assert purpose_code(uses) == code


def test_purposes_are_named_exactly_where_a_use_asks_for_them() -> None:
    with pytest.raises(ValidationError, match="purposes are named"):
        Uses(uses=("IMP",), purpose_code="IMP")
    with pytest.raises(ValidationError, match="purposes are named"):
        Uses(uses=("NDC",), purpose_code="NDC", op_purposes=("Any voluntary purpose",))


def test_a_use_other_than_ndc_needs_a_first_transfer_definition() -> None:
    uses = Uses(uses=("OP",), purpose_code="OP", op_purposes=("Any voluntary purpose",))
    with pytest.raises(ValidationError, match="first-transfer definition"):
        sample.authorisation(uses=uses, first_transfer=None)


def test_ceilings_are_given_or_their_absence_explained() -> None:
    with pytest.raises(ValidationError, match="ceilings, or the reason"):
        Ceilings()
    with pytest.raises(ValidationError, match="ceilings, or the reason"):
        Ceilings(by_vintage=(VintageVolume(vintage=2024, tonnes=1),), none_because="not_requested")
    assert Ceilings(none_because="not_requested").most is None


def test_all_ceilings_hold_together() -> None:
    rows = (VintageVolume(vintage=2024, tonnes=60), VintageVolume(vintage=2025, tonnes=70))
    total = TotalCeiling(tonnes=100, first_vintage=2024, last_vintage=2025)
    assert Ceilings(by_vintage=rows).most == 130
    assert Ceilings(by_vintage=rows, total=total).most == 100
    assert Ceilings(total=total).most == 100


def test_a_value_is_stated_or_said_not_to_apply() -> None:
    with pytest.raises(ValidationError, match="either a value or the reason"):
        StatedText()
    with pytest.raises(ValidationError, match="either a value or the reason"):
        StatedText(value="GHG", not_applicable="no metric")


def test_the_arithmetic_of_a_partial_authorisation_is_checked() -> None:
    with pytest.raises(ValidationError, match="the difference must be 3"):
        ComparedVintage(vintage=2024, requested=10, granted=7, difference=2)
    with pytest.raises(ValidationError, match="unstated volume"):
        ComparedVintage(vintage=2024, requested=None, granted=7, difference=-7)
    row = ComparedVintage(vintage=2024, requested=10, granted=7, difference=3)
    with pytest.raises(ValidationError, match="the total granted must be 7"):
        RequestedAndGranted(
            volumes=(row,),
            total=ComparedVolume(requested=10, granted=8, difference=2),
            terms=(),
            reasons=("why",),
        )


def test_the_arithmetic_of_each_form_is_checked() -> None:
    with pytest.raises(ValidationError, match="what is kept and what leaves are the ceiling"):
        KeptOf(vintage=2024, ceiling=100, kept=5, leaves=94)
    cap: dict[str, Any] = {"form": "sector_cap", "ceiling": 100, "held": 40, "requested": 90, "granted": 60}
    assert CapArithmetic(**cap, free=60).free == 60
    with pytest.raises(ValidationError, match="the ceiling less what is held"):
        CapArithmetic(**cap, free=61)
    with pytest.raises(ValidationError, match="more is granted than is free"):
        CapArithmetic(**{**cap, "granted": 61}, free=60)
    with pytest.raises(ValidationError, match="the shares and what remains"):
        LeviedOf(vintage=2024, authorised=True, issued=100, adaptation=5, overall_mitigation=2, remaining=94)
    with pytest.raises(ValidationError, match="from its first tonne to its last"):
        TrancheArithmetic(form="tranche", vintage=2024, first=1, last=100, requested=200, granted=99)


def test_a_letter_that_names_no_form_keeps_its_digest() -> None:
    content = sample.partial_authorisation()
    bare = content.requested_and_granted.model_copy(update={"arithmetic": ()})
    without = content.model_copy(update={"requested_and_granted": bare})
    assert b'"arithmetic"' not in canonical(without)
    assert parse(canonical(without)) == without
    assert parse(canonical(content)) == content
    assert b'"arithmetic"' in canonical(content)


def test_a_partial_authorisation_in_which_nothing_differs_is_refused() -> None:
    same = ComparedTerm(subject="uses", requested="NDC", granted="NDC")
    with pytest.raises(ValidationError, match="nothing differs"):
        RequestedAndGranted(volumes=(), total=None, terms=(same,), reasons=("why",))
    with pytest.raises(ValidationError, match="nothing differs"):
        RequestedAndGranted(volumes=(), total=None, terms=(), reasons=("why",))


def test_frozen_content_cannot_be_changed() -> None:
    content = sample.authorisation()
    with pytest.raises(ValidationError, match="frozen"):
        content.number = "KEN-LOA-2026-9999"  # type: ignore[misc]


def test_a_period_of_one_day_is_a_period() -> None:
    day = sample.authorisation().date
    assert Period(first=day, last=day).first == day
