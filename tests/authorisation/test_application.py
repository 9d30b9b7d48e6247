from itertools import chain, combinations
from typing import Any

import pytest
from pydantic import ValidationError

from authorisation.application import (
    APPLICATION_KINDS,
    USES,
    ApplicationContent,
    RequestContent,
    purpose_code,
)
from authorisation.kinds import Kind
from projects.codes import PURPOSES
from projects.problems import sentences_of

OIMP = {"imp": ["CORSIA first phase 2024-2026"], "op": "Any voluntary purpose"}


def request(**given: Any) -> RequestContent:
    return RequestContent.model_validate(given)


def refusals(**given: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        request(**given)
    return sentences_of(refused.value)


@pytest.mark.parametrize(
    ("uses", "purpose"),
    [
        (["NDC"], "NDC"),
        (["IMP"], "IMP"),
        (["OP"], "OP"),
        (["OP", "IMP"], "OIMP"),
        (["IMP", "NDC"], "NDC and IMP"),
        (["NDC", "OP"], "NDC and OP"),
        (["OP", "NDC", "IMP"], "NDC and OIMP"),
        ([], None),
        (None, None),
    ],
)
def test_a_set_of_uses_maps_to_one_of_the_seven_purposes(uses: list[str] | None, purpose: str | None) -> None:
    assert request(uses=uses).purpose == purpose


def test_every_set_of_uses_has_a_purpose_of_its_own_and_every_purpose_a_set() -> None:
    sets = chain.from_iterable(combinations(USES, size) for size in (1, 2, 3))
    assert sorted(str(purpose_code(uses)) for uses in sets) == sorted(PURPOSES.codes)


@pytest.mark.parametrize(
    ("uses", "ndc", "imp", "op", "oimp"),
    [
        (["NDC"], True, False, False, False),
        (["IMP"], False, True, False, True),
        (["NDC", "OP"], True, False, True, True),
        (None, False, False, False, False),
    ],
)
def test_the_request_says_which_uses_it_asks_for(
    uses: list[str] | None, ndc: bool, imp: bool, op: bool, oimp: bool
) -> None:
    asked = request(uses=uses)
    answers = (asked.asks_for_ndc, asked.asks_for_imp, asked.asks_for_op, asked.asks_for_oimp)
    assert answers == (ndc, imp, op, oimp)


@pytest.mark.parametrize(
    ("volumes", "total", "requested"),
    [
        ({"2023": 5, "2024": 7}, None, 12),
        (None, 10, 10),
        ({"2023": 5, "2024": 7}, 10, 10),
        ({"2023": 5}, 10, 5),
        (None, 0, 0),
        ({}, None, None),
        (None, None, None),
    ],
)
def test_the_volume_asked_for_is_what_all_ceilings_leave(
    volumes: dict[str, int] | None, total: int | None, requested: int | None
) -> None:
    assert request(volumes_tco2e=volumes, total_tco2e=total).requested_tco2e == requested


def test_vintages_are_in_order() -> None:
    assert request(volumes_tco2e={"2025": 1, "2021": 2}).vintages == (2021, 2025)
    assert request().vintages == ()


@pytest.mark.parametrize("year", [2020, 1999])
def test_a_vintage_before_2021_cannot_be_asked_for(year: int) -> None:
    assert refusals(volumes_tco2e={str(year): 5, "2021": 5}) == [
        (
            f"volumes_tco2e.{year}: vintage {year} lies before 2021: "
            "only mitigation from 2021 on can be authorised (rule A1)."
        )
    ]


def test_outcomes_cannot_occur_before_2021() -> None:
    assert refusals(outcomes_occur={"from": "2020-12-31", "to": "2030-12-31"}) == [
        (
            "outcomes_occur.from: outcomes from “2020-12-31” on include years before 2021: "
            "only mitigation from 2021 on can be authorised (rule A1)."
        )
    ]
    assert request(outcomes_occur={"from": "2021-01-01"}).outcomes_occur is not None


def test_use_towards_an_ndc_only_has_neither_definition_nor_named_purpose() -> None:
    assert refusals(uses=["NDC"], first_transfer_definition="Issuance", oimp=OIMP) == [
        (
            "first_transfer_definition: “Issuance” is given, but the only use is NDC, for which the law "
            "fixes first transfer as the first international transfer (rule A4)."
        ),
        (
            "oimp: “CORSIA first phase 2024-2026, Any voluntary purpose” names other international "
            "mitigation purposes, but the only use is NDC (rule A4)."
        ),
    ]
    assert request(uses=["NDC"], oimp={"imp": [], "op": None}).purpose == "NDC"


def test_a_purpose_is_named_only_for_a_use_that_is_asked_for() -> None:
    assert refusals(uses=["NDC", "OP"], oimp=OIMP) == [
        (
            "oimp.imp: “CORSIA first phase 2024-2026” names an international mitigation purpose, "
            "but the uses do not include IMP (rule A4)."
        )
    ]
    assert refusals(uses=["IMP"], oimp=OIMP) == [
        "oimp.op: “Any voluntary purpose” names another purpose, but the uses do not include OP (rule A4)."
    ]
    assert request(uses=["IMP", "OP"], oimp=OIMP).purpose == "OIMP"


def test_while_the_uses_are_missing_nothing_contradicts_them() -> None:
    assert request(oimp=OIMP, first_transfer_definition="Issuance").purpose is None


@pytest.mark.parametrize("definition", ["Authorisation", "Issuance", "Use or Cancellation"])
def test_the_three_definitions_are_accepted_as_they_are_spelt(definition: str) -> None:
    assert request(uses=["OP"], first_transfer_definition=definition).first_transfer_definition == definition


def test_another_spelling_of_a_definition_is_refused_and_the_right_one_suggested() -> None:
    (sentence,) = refusals(uses=["OP"], first_transfer_definition="Authorization")
    assert "do you mean “Authorisation”?" in sentence


def test_an_unknown_use_is_explained() -> None:
    assert refusals(uses=["OIMP"]) == [
        (
            "uses.0: “OIMP” is no use; known are: NDC, IMP, OP "
            "(other international mitigation purposes are IMP, OP or both)."
        )
    ]


def test_an_unknown_kind_is_refused() -> None:
    assert refusals(kind="licence") == [
        (
            "kind: “licence” is no kind of application; known are: "
            "intent, no_objection, approach, entities, outcomes, consolidated, "
            "acknowledgement."
        )
    ]


@pytest.mark.parametrize("kind", APPLICATION_KINDS)
def test_every_kind_of_application_is_known_with_hyphens_too(kind: Kind) -> None:
    assert request(kind=kind.value).kind == request(kind=kind.value.replace("_", "-")).kind == kind


@pytest.mark.parametrize("kind", sorted(set(Kind) - set(APPLICATION_KINDS)))
def test_a_kind_of_case_about_a_standing_authorisation_is_no_application(kind: Kind) -> None:
    (sentence,) = refusals(kind=kind.value)
    assert sentence.startswith(f"kind: “{kind.value}” is no kind of application")


def entity(name: str, *roles: str) -> dict[str, Any]:
    return {"name": name, "country": "GHA", "identification": name, "roles": list(roles)}


@pytest.mark.parametrize(
    ("roles", "count"),
    [([["seller"], ["user"]], 0), ([["applicant"], ["seller", "applicant"]], 2), ([[]], 0)],
)
def test_exactly_one_entity_is_the_applicant(roles: list[list[str]], count: int) -> None:
    entities = [entity(f"E{index}", *of) for index, of in enumerate(roles)]
    with pytest.raises(ValidationError) as refused:
        ApplicationContent.model_validate({"entities": entities})
    assert sentences_of(refused.value) == [
        f"entities: exactly one entity is the applicant, here {count} are."
    ]


def test_the_applicant_is_found_and_missing_entities_are_only_missing() -> None:
    content = ApplicationContent.model_validate(
        {"entities": [entity("A", "seller"), entity("B", "applicant")]}
    )
    assert content.applicant is not None
    assert content.applicant.name == "B"
    assert ApplicationContent.model_validate({"entities": []}).applicant is None
    assert ApplicationContent.model_validate({}).applicant is None


def test_a_malformed_role_does_not_also_count_as_a_missing_applicant() -> None:
    with pytest.raises(ValidationError) as refused:
        ApplicationContent.model_validate({"entities": [entity("A", "aplicant")]})
    assert [sentence.split(":")[0] for sentence in sentences_of(refused.value)] == ["entities.0.roles.0"]


def test_an_application_goes_to_json_and_back_unchanged() -> None:
    raw = {
        "ndc_period": {"from": 2021, "to": 2030},
        "entities": [entity("A", "applicant")],
        "request": {
            "uses": ["IMP"],
            "oimp": {"imp": ["CORSIA"]},
            "volumes_tco2e": {"2024": 5},
            "blocks": [{}],
        },
    }
    content = ApplicationContent.model_validate(raw)
    assert ApplicationContent.model_validate(content.as_json()) == content
