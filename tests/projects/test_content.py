from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from projects.content import (
    ActivityContent,
    Content,
    CooperativeApproachContent,
    EntityContent,
    NdcPeriodContent,
    PeriodContent,
    left_aside,
)
from projects.problems import SENTENCES, sentences_of, shown

ACTIVITY: dict[str, Any] = {
    "title": "Metered stoves",
    "scale": "programme",
    "standard": "GS",
    "registry_id": "GS1",
    "methodology": "TPDDTEC",
    "sector": "Energy generation",
    "activity_type": "Energy Efficiency households",
    "activity_type_note": None,
    "ghgs": ["CO2", "CH4"],
    "metric": "GHG",
    "gwp": "AR5 100-year",
    "mitigation_type": "Emission reductions",
    "location": "Ghana",
    "crediting_period": {"from": "2019-01-01", "to": "2030-12-31"},
    "expected_tco2e": {"2019": 5, "2023": 12000},
}


def refusals(content: type[Content], raw: object) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        content.model_validate(raw)
    return sentences_of(refused.value)


def test_content_is_read_and_written_in_the_same_shape() -> None:
    activity = ActivityContent.model_validate(ACTIVITY)
    assert activity.expected_tco2e == {2019: 5, 2023: 12000}
    assert activity.crediting_period is not None
    assert activity.crediting_period.ends_on == date(2030, 12, 31)
    assert activity.as_json() == ACTIVITY
    assert ActivityContent.model_validate(activity.as_json()) == activity


def test_content_cannot_be_changed() -> None:
    activity = ActivityContent.model_validate(ACTIVITY)
    with pytest.raises(ValidationError):
        activity.title = "Other"  # type: ignore[misc]
    assert activity.title == "Metered stoves"


@pytest.mark.parametrize(
    "content", [ActivityContent, CooperativeApproachContent, EntityContent, PeriodContent]
)
def test_null_absent_and_blank_are_the_same(content: type[Content]) -> None:
    nothing = content.model_validate({})
    names = [field.alias or name for name, field in content.model_fields.items()]
    assert content.model_validate(dict.fromkeys(names)) == nothing
    blank = content.model_validate({"title": " ", "name": ""})
    assert blank == nothing


def test_an_activity_without_a_scale_is_a_project() -> None:
    assert ActivityContent().scale == "project"
    assert ActivityContent.model_validate({"scale": None}).scale == "project"


@pytest.mark.parametrize(
    ("content", "raw", "expected"),
    [
        (
            ActivityContent,
            [],
            "the file as a whole: a group of named fields in braces {…} is expected here, not [].",
        ),
        (
            ActivityContent,
            {"sector": "Energy generaton"},
            (
                "sector: “Energy generaton” is no sector of the nomenclature of 17\u00a0February\u00a02026; "
                "do you mean “Energy generation”?"
            ),
        ),
        (
            ActivityContent,
            {"scale": "huge"},
            "scale: “huge” is no scale of an activity; known are: project, programme, jurisdiction, policy.",
        ),
        (ActivityContent, {"title": 5}, "title: a text in quotation marks is expected here, not 5."),
        (
            ActivityContent,
            {"title": "a\x00b"},
            "title: “a\\x00b” holds a character that cannot be written on paper.",
        ),
        (
            ActivityContent,
            {"ghgs": "CO2"},
            "ghgs: a list in square brackets […] is expected here, not “CO2”.",
        ),
        (ActivityContent, {"ghgs": ["CO2", None]}, "ghgs.1: this place in the list is empty (null)."),
        (
            ActivityContent,
            {"expected_tco2e": [5]},
            'expected_tco2e: volumes by calendar year are expected here, such as {"2023": 1000}, not [5].',
        ),
        (
            ActivityContent,
            {"crediting_period": {"from": "2030-01-01", "to": "2021-01-01"}},
            (
                "crediting_period: the period ends on 1\u00a0January\u00a02021, "
                "before it starts on 1\u00a0January\u00a02030."
            ),
        ),
        (
            NdcPeriodContent,
            {"from": 2030, "to": 2021},
            "the file as a whole: the period ends with 2021, before it starts with 2030.",
        ),
        (
            NdcPeriodContent,
            {"from": True},
            "from: true is no calendar year: four digits such as 2023 are expected.",
        ),
        (
            CooperativeApproachContent,
            {"ca_id": "CA12"},
            (
                "ca_id: “CA12” is no identifier of a cooperative approach: CA and four digits are expected, "
                "such as CA0001."
            ),
        ),
        (
            CooperativeApproachContent,
            {"parties": ["GHA", "IRN"]},
            (
                "parties.1: “IRN” is not a Party to the Paris Agreement: its code of three capital letters, "
                "or EUE, is expected, such as GHA."
            ),
        ),
        (
            EntityContent,
            {"country": "Ghana"},
            (
                "country: “Ghana” is no country: its code of three capital letters (ISO 3166-1) is expected, "
                "such as GHA."
            ),
        ),
        (
            EntityContent,
            {"roles": ["applicant", "owner"]},
            (
                "roles.1: “owner” is no role of an entity; known are: applicant, activity participant, "
                "seller, acquirer, user."
            ),
        ),
    ],
)
def test_a_malformed_value_is_refused_with_a_sentence(
    content: type[Content], raw: object, expected: str
) -> None:
    assert refusals(content, raw) == [expected]


@pytest.mark.parametrize(
    ("volume", "problem"),
    [
        (-1, "-1 is a negative volume: zero or more tonnes are expected"),
        (Decimal("1.5"), "1.5 is no whole number of tonnes: volumes have no decimals"),
        (1.5, "1.5 is no whole number of tonnes: volumes have no decimals"),
        (5.0, "5.0 is no whole number of tonnes: volumes have no decimals"),
        (True, "true is no volume: a whole number of tonnes, without quotation marks, is expected"),
        ("5", "“5” is no volume: a whole number of tonnes, without quotation marks, is expected"),
        ([5], "[5] is no volume: a whole number of tonnes, without quotation marks, is expected"),
        (float("nan"), "NaN is no number, and no volume"),
        (float("inf"), "Infinity is no number, and no volume"),
        (
            10**15 + 1,
            (
                "1000000000000001 tonnes are more than any volume can be "
                "(1\u202f000\u202f000\u202f000\u202f000\u202f000)"
            ),
        ),
    ],
)
def test_a_volume_is_a_whole_number_of_tonnes(volume: object, problem: str) -> None:
    assert refusals(ActivityContent, {"expected_tco2e": {"2023": volume}}) == [
        f"expected_tco2e.2023: {problem}."
    ]


@pytest.mark.parametrize("year", ["23", "20230", "two", "1850", "2023.0", "-2023", "２０２３", ""])
def test_a_vintage_is_a_calendar_year(year: str) -> None:
    assert refusals(ActivityContent, {"expected_tco2e": {year: 5}}) == [
        f"expected_tco2e.{year}: “{year}” is no vintage: a calendar year such as “2023” is expected."
    ]


def test_a_vintage_without_volume_is_not_given() -> None:
    assert ActivityContent.model_validate({"expected_tco2e": {"2023": None, "2022": 0}}).expected_tco2e == {
        2022: 0
    }


@pytest.mark.parametrize(
    "day",
    ["2024-02-30", "2024-1-1", "20240101", "2024-W01-1", "2024-01-01T00:00:00", "01/02/2024", 20240101, True],
)
def test_a_date_is_written_with_year_month_and_day(day: object) -> None:
    assert refusals(PeriodContent, {"from": day}) == [
        f"from: {shown(day)} is no date: year, month and day are expected in the form “2024-06-30”."
    ]


def test_a_date_of_another_age_is_refused() -> None:
    assert refusals(PeriodContent, {"to": "0001-01-01"}) == [
        "to: “0001-01-01” is no date between the years 1990 and 2199."
    ]


def test_everything_wrong_is_said_at_once_also_what_contradicts_itself() -> None:
    raw = {
        **ACTIVITY,
        "sector": "Magic",
        "metric": 3,
        "crediting_period": {"from": "2030-01-01", "to": "2021-01-01"},
    }
    assert [sentence.split(":")[0] for sentence in refusals(ActivityContent, raw)] == [
        "sector",
        "metric",
        "crediting_period",
    ]


def test_a_code_that_resembles_none_is_answered_with_all_of_them() -> None:
    (sentence,) = refusals(ActivityContent, {"metric": "zzzz"})
    assert (
        sentence == "metric: “zzzz” is no metric of the nomenclature of "
        "17\u00a0February\u00a02026, which knows: GHG, non-GHG."
    )


def test_what_is_said_twice_counts_once() -> None:
    entity = EntityContent.model_validate({"roles": ["seller", "applicant", "seller"]})
    assert entity.roles == ("seller", "applicant")
    assert entity.is_applicant
    assert entity.roles_to_authorise == ("seller",)


def test_a_text_longer_than_its_field_is_refused_and_shown_in_part() -> None:
    (sentence,) = refusals(ActivityContent, {"location": "x" * 301})
    assert sentence == f"location: “{'x' * 80}…” is too long: 301 characters, where at most 300 fit."


def test_fields_nobody_understands_are_named_with_their_place() -> None:
    raw = {
        "agreement": {"title": "T", "seal": 1},
        "colour": "green",
        "duration": {"from": "2021-01-01", "starts_on": 1},
    }
    content = CooperativeApproachContent.model_validate(raw)
    assert left_aside(content, raw, "cooperative_approach") == [
        "cooperative_approach.agreement.seal",
        "cooperative_approach.colour",
        "cooperative_approach.duration.starts_on",
    ]


def test_every_sentence_can_be_filled_with_what_its_problem_carries() -> None:
    given = dict.fromkeys(
        (
            "value length limit first last starts ends left joined list published suggestion known count "
            "decided submitted"
        ).split(),
        "x",
    )
    for words in SENTENCES.values():
        assert "%(" not in words % given
