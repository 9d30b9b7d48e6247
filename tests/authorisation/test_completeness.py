"""The completeness check: each item missing alone is named alone; what is waived, and what may not be."""

from typing import Any

import pytest

from accounts.models import Function
from authorisation import completeness
from authorisation.application import ApplicationContent
from authorisation.models import Case
from authorisation.services import decisions, desk
from tests.authorisation.factories import content, recommended, submitted, two_staffs
from workflow.refusals import Refused

OIMP: dict[str, Any] = {
    "uses": ["NDC", "IMP", "OP"],
    "oimp": {"imp": ["CORSIA"], "op": "Voluntary"},
    "first_transfer_definition": "Issuance",
}

# The paths, with their number in the list of fourteen; None for the two of our own.
ITEMS = {
    "cooperative_approach": 1,
    "cooperative_approach.parties": 2,
    "entities": 3,
    "request.last_use_on": 4,
    "request.uses": 5,
    "request.oimp": 5,
    "request.first_transfer_definition": 6,
    "request.change_terms": 7,
    "activity.metric": 9,
    "activity.gwp": 9,
    "activity.sector": 10,
    "activity.activity_type": 10,
    "request.outcomes_occur": 11,
    "request.tracking_registry": 12,
    "activity.standard": 13,
    "activity.methodology": 13,
    "activity.crediting_period": None,
    "activity.expected_tco2e": None,
}
WAIVABLE = {path for path, number in ITEMS.items() if number in range(8, 14)}


def whole() -> dict[str, Any]:
    return content(request=OIMP)


def missing(given: dict[str, Any]) -> list[str]:
    return [item.path for item in completeness.missing(ApplicationContent.model_validate(given))]


def without(path: str) -> dict[str, Any]:
    given = whole()
    group, _dot, name = path.partition(".")
    if name:
        given[group] = {**given[group], name: None}
    else:
        given[group] = None
    return given


def test_the_items_are_those_of_the_list() -> None:
    assert {item.path: item.number for item in completeness.ITEMS} == ITEMS
    assert {item.path for item in completeness.ITEMS if item.waivable} == WAIVABLE
    assert all(str(item.label) and str(item.mend).endswith(".") for item in completeness.ITEMS)


def test_a_whole_application_misses_nothing() -> None:
    assert missing(whole()) == []
    assert missing(content()) == []


@pytest.mark.parametrize("path", ITEMS)
def test_each_item_missing_alone_is_named_alone(path: str) -> None:
    found = missing(without(path))
    if path == "cooperative_approach":
        assert found == ["cooperative_approach", "cooperative_approach.parties"]
    elif path == "request.uses":
        # Without uses nobody can say whether a definition of first transfer is needed.
        assert found == ["request.uses"]
    else:
        assert found == [path]


@pytest.mark.parametrize(
    ("group", "name", "empty"),
    [
        ("cooperative_approach", "parties", []),
        ("request", "uses", []),
        ("request", "change_terms", "  "),
        ("request", "oimp", {}),
        ("request", "oimp", {"imp": ["CORSIA"]}),
        ("request", "oimp", {"imp": [], "op": "Voluntary"}),
        ("request", "outcomes_occur", {"from": "2026-01-01"}),
        ("activity", "crediting_period", {"to": "2030-12-31"}),
        ("activity", "expected_tco2e", {}),
        ("activity", "gwp", ""),
    ],
)
def test_what_is_given_empty_or_half_is_missing(group: str, name: str, empty: Any) -> None:
    given = whole()
    given[group] = {**given[group], name: empty}
    assert missing(given) == [f"{group}.{name}"]


def test_a_whole_group_missing_is_named_item_by_item() -> None:
    assert missing(without("activity")) == [path for path in ORDER if path.startswith("activity.")]
    assert missing(without("request")) == [
        path
        for path in ORDER
        if path.startswith("request.") and path not in ("request.oimp", "request.first_transfer_definition")
    ]


ORDER = [item.path for item in completeness.ITEMS]


def test_only_where_uses_ask_for_it_must_a_purpose_and_a_definition_be_given() -> None:
    assert missing(content(request={"uses": ["NDC"], "oimp": None, "first_transfer_definition": None})) == []
    assert missing(content(request={"uses": ["IMP"], "oimp": None, "first_transfer_definition": None})) == [
        "request.oimp",
        "request.first_transfer_definition",
    ]


def test_no_volumes_are_never_missing_and_an_approach_may_be_named_by_its_identifier_alone() -> None:
    assert missing(content(request={"volumes_tco2e": None, "total_tco2e": None})) == []
    assert missing(content(cooperative_approach={"name": None, "ca_id": "CA0042"})) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", sorted(WAIVABLE))
def test_an_item_found_not_applicable_with_a_reason_no_longer_stands_in_the_way(path: str) -> None:
    ours, theirs = two_staffs()
    case, other = submitted(ours, without(path)), submitted(theirs, without(path))
    with pytest.raises(Refused) as caught:
        desk.waive(case, act=ours.act(Function.DESK_OFFICER), path=path, reason=" ")
    assert [reason.code for reason in caught.value.reasons] == ["reason-missing"]
    case = desk.waive(case, act=ours.act(Function.DESK_OFFICER), path=path, reason="None exists.")
    assert case.state == "submitted"
    with pytest.raises(Refused) as caught:
        desk.waive(case, act=ours.act(Function.DESK_OFFICER), path=path, reason="Again.")
    assert [reason.code for reason in caught.value.reasons] == ["waived-already"]
    assert desk.accept(case, act=ours.act(Function.DESK_OFFICER)).state == "in_review"
    with pytest.raises(Refused):
        desk.accept(other, act=theirs.act(Function.DESK_OFFICER))
    assert Case.objects.get(pk=other.pk).state == "submitted"


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*sorted(set(ITEMS) - WAIVABLE), "activity.title", ""])
def test_an_item_that_must_be_given_cannot_be_waived(path: str) -> None:
    ours, _theirs = two_staffs()
    # Without entities there is no applicant, and nothing could be submitted.
    case = submitted(ours, without(path) if path in ITEMS and path != "entities" else whole())
    with pytest.raises(Refused) as caught:
        desk.waive(case, act=ours.act(Function.DESK_OFFICER), path=path, reason="None exists.")
    assert [reason.code for reason in caught.value.reasons] == ["not-waivable"]
    assert not case.waivers.exists()


@pytest.mark.django_db
def test_everything_that_may_be_waived_can_be_and_the_letter_still_be_drawn() -> None:
    ours, _theirs = two_staffs()
    given = content()
    for path in WAIVABLE:
        group, _dot, name = path.partition(".")
        given[group] = {**given[group], name: None}
    case = submitted(ours, given)
    for path in sorted(WAIVABLE):
        case = desk.waive(case, act=ours.act(Function.DESK_OFFICER), path=path, reason=f"No {path} exists.")
    case = recommended(ours, desk.accept(case, act=ours.act(Function.DESK_OFFICER)))
    assert decisions.approve(case, act=ours.act(Function.DECIDER)).state == "letter_due"
