"""Every example is read; every kind of malformed value, at many places, is refused in a sentence."""

import json
import random
import re
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.utils.functional import Promise
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authorisation.application import ApplicationContent
from desk import case_file
from desk.case_file import BadCaseFile, CaseFile, read_case_file
from projects.problems import SENTENCES

EXAMPLES = sorted(Path(case_file.__file__).with_name("example_cases").glob("*.json"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES}
ABSENT = object()

COOKSTOVE, RICE, COMPOST, OWNERS = "gha-che-cookstove", "gha-che-rice", "gha-che-compost", "sgp-owners"
GUYANA, KWAHU, RETENTION, VANUATU = (
    "guy-art-2021",
    "sgp-rfp1-gha-kwahu",
    "sgp-rfp1-pry-boomitra",
    "vut-che-rural-elec",
)


def example(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(TEXTS[name])
    return content


def changed(name: str, place: str, value: object) -> dict[str, Any]:
    """An example with another value at a place, or without the field there."""
    content: Any = example(name)
    inside = content
    *way, last = (int(step) if step.isdigit() and len(step) < 3 else step for step in place.split("."))
    for step in way:
        if inside[step] is None:
            inside[step] = {}
        inside = inside[step]
    if value is ABSENT:
        del inside[last]
    else:
        inside[last] = value
    return dict(content)


def read(folder: Path, content: object) -> CaseFile:
    text = content if isinstance(content, str) else json.dumps(content)
    path = folder / "case.json"
    path.write_bytes(text.encode("utf-8"))
    return read_case_file(path)


def refusals(folder: Path, content: object) -> list[str]:
    with pytest.raises(BadCaseFile) as refused:
        read(folder, content)
    assert refused.value.path == folder / "case.json"
    return refused.value.sentences


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_every_example_is_read_and_wholly_understood(path: Path) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    read_file = read_case_file(path)
    assert read_file.warnings == ()
    assert read_file.id == raw["id"]
    assert read_file.party == raw["party"]
    assert read_file.expected == raw["expected"]
    assert read_file.submitted_on == date.fromisoformat(raw["request"]["submitted_on"])
    assert read_file.decision is not None
    assert read_file.decision.outcome == raw["decision"]["outcome"]
    assert [event.event for event in read_file.afterwards or ()] == [
        event["event"] for event in raw["afterwards"]
    ]
    volumes = raw["request"]["volumes_tco2e"]
    assert read_file.request is not None
    assert read_file.request.volumes_tco2e == (volumes and {int(year): of for year, of in volumes.items()})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.stem))
def test_the_application_of_every_example_goes_to_json_and_back_unchanged(path: Path) -> None:
    application = read_case_file(path).application
    assert type(application) is ApplicationContent
    assert ApplicationContent.model_validate(json.loads(json.dumps(application.as_json()))) == application


def test_there_are_thirteen_examples() -> None:
    assert len(EXAMPLES) == 13


def test_the_less_usual_fields_of_the_examples_are_kept() -> None:
    kwahu = read_case_file(EXAMPLES[0].with_name(f"{KWAHU}.json")).decision
    assert kwahu is not None
    assert kwahu.omge_percent == Decimal(2)
    assert kwahu.outcomes_occur is not None
    assert kwahu.outcomes_occur.ends_on == date(2030, 12, 31)
    retention = read_case_file(EXAMPLES[0].with_name(f"{RETENTION}.json"))
    assert retention.decision is not None
    assert retention.decision.host_retention_percent == Decimal(5)
    assert retention.afterwards is not None
    assert retention.afterwards[0].gross is True
    guyana = read_case_file(EXAMPLES[0].with_name(f"{GUYANA}.json"))
    assert guyana.activity is not None
    assert guyana.activity.activity_type is None
    assert guyana.activity.activity_type_note is not None
    assert guyana.afterwards is not None
    assert guyana.afterwards[0].before_grant is True
    assert guyana.afterwards[1].scope == "all"
    owners = read_case_file(EXAMPLES[0].with_name(f"{OWNERS}.json"))
    assert owners.request is not None
    assert owners.request.blocks is not None
    assert [block.holder for block in owners.request.blocks] == ["Owner One", "Owner Two"]


A1 = "only mitigation from 2021 on can be authorised (rule A1)"

# The kind of problem; the example; the place that is changed, of which the sentence names what stands before
# a slash; the value put there; how the sentence goes on after the place (".1: …" goes further inside).
REFUSED: list[tuple[str, str, str, object, str]] = [
    ("unknown_party", COOKSTOVE, "party", "XXX", "“XXX” is not a Party to the Paris Agreement"),
    ("unknown_party", RICE, "party", "Ghana", "“Ghana” is not a Party to the Paris Agreement"),
    ("unknown_party", VANUATU, "cooperative_approach.parties.1", "IRN", "“IRN” is not a Party"),
    ("unknown_party", COOKSTOVE, "cooperative_approach.parties.0", "gha", "“gha” is not a Party"),
    ("unknown_party", COOKSTOVE, "afterwards.0.to_party", "TWN", "“TWN” is not a Party"),
    ("unknown_party", KWAHU, "decision.parties", ["SGP", "ZZZ"], ".1: “ZZZ” is not a Party"),
    ("unknown_country", COOKSTOVE, "entities.1.country", "US", "“US” is no country"),
    ("unknown_country", GUYANA, "entities.0.country", 328, "328 is no country"),
    ("misspelt_code", COOKSTOVE, "activity.sector", "Energy", "“Energy” is no sector of the nomenclature"),
    ("misspelt_code", RICE, "activity.activity_type", "Agricultural", "“Agricultural” is no activity type"),
    (
        "unknown_code",
        RICE,
        "activity.sector",
        "Other",
        "“Other” is no sector of the nomenclature of 17\u00a0February\u00a02026",
    ),
    ("unknown_code", GUYANA, "activity.activity_type", "REDD+", "“REDD+” is no activity type"),
    ("misspelt_code", RICE, "activity.mitigation_type", "Removal", "“Removal” is no mitigation type"),
    ("misspelt_code", RICE, "request.first_transfer_definition", "Authorization", "“Authorization” is no"),
    ("misspelt_code", GUYANA, "request.first_transfer_definition", "authorisation", "“authorisation” is no"),
    ("volume_negative", COOKSTOVE, "request.volumes_tco2e.2023", -5, "-5 is a negative volume"),
    ("volume_negative", RICE, "request.total_tco2e", -1, "-1 is a negative volume"),
    ("volume_negative", COOKSTOVE, "activity.expected_tco2e.2024", -1, "-1 is a negative volume"),
    ("volume_fractional", COOKSTOVE, "request.volumes_tco2e.2024", 0.5, "0.5 is no whole number of tonnes"),
    ("volume_fractional", KWAHU, "decision.volumes_tco2e.2028", 90000.1, "90000.1 is no whole number"),
    ("volume_fractional", RICE, "afterwards.0.volumes_tco2e.2023", 20000.0, "20000.0 is no whole number"),
    ("volume_fractional", RICE, "activity.expected_tco2e.2023", 1.5, "1.5 is no whole number"),
    ("volume_not_a_number", COOKSTOVE, "request.volumes_tco2e.2023", "12000", "“12000” is no volume"),
    ("volume_not_a_number", COOKSTOVE, "request.volumes_tco2e.2023", True, "true is no volume"),
    ("volume_not_a_number", KWAHU, "decision.total_tco2e", "many", "“many” is no volume"),
    ("volume_not_a_number", COOKSTOVE, "request.total_tco2e", [1], "[1] is no volume"),
    ("volume_too_large", COOKSTOVE, "request.total_tco2e", 10**4000, "1000000000"),
    ("not_a_number", COOKSTOVE, "request.volumes_tco2e.2023", float("nan"), "NaN is no number."),
    ("not_a_number", KWAHU, "decision.omge_percent", float("inf"), "Infinity is no number."),
    ("not_by_vintage", COOKSTOVE, "request.volumes_tco2e", 12000, "volumes by calendar year are expected"),
    ("not_by_vintage", RICE, "afterwards.0.volumes_tco2e", [20000], "volumes by calendar year are expected"),
    ("not_a_vintage", COOKSTOVE, "request.volumes_tco2e.first", 5, "“first” is no vintage"),
    ("not_a_vintage", COOKSTOVE, "activity.expected_tco2e.20x3", 5, "“20x3” is no vintage"),
    (
        "vintage_too_early",
        COOKSTOVE,
        "request.volumes_tco2e.2020",
        5,
        f"vintage 2020 lies before 2021: {A1}.",
    ),
    ("vintage_too_early", KWAHU, "decision.volumes_tco2e.2020", 5, f"vintage 2020 lies before 2021: {A1}."),
    ("vintage_too_early", RICE, "afterwards.0.volumes_tco2e.2020", 0, "vintage 2020 lies before 2021"),
    (
        "vintage_too_early",
        COOKSTOVE,
        "afterwards.2.scope",
        {"2019": 5},
        ".2019: vintage 2019 lies before 2021",
    ),
    (
        "occurs_too_early",
        GUYANA,
        "request.outcomes_occur.from",
        "2020-12-31",
        "outcomes from “2020-12-31” on",
    ),
    (
        "occurs_too_early",
        KWAHU,
        "decision.outcomes_occur.from",
        "2016-01-01",
        "outcomes from “2016-01-01” on",
    ),
    (
        "definition_on_ndc_only",
        COOKSTOVE,
        "request.first_transfer_definition",
        "Issuance",
        "“Issuance” is given",
    ),
    (
        "definition_on_ndc_only",
        "mmr-kor-pacm",
        "request.first_transfer_definition",
        "Authorisation",
        "“Authorisation” is given",
    ),
    ("oimp_on_ndc_only", COOKSTOVE, "request.oimp", {"imp": ["CORSIA"], "op": None}, "“CORSIA” names other"),
    (
        "oimp_on_ndc_only",
        RETENTION,
        "decision",
        {"outcome": "approve", "decided_on": "2026-02-02", "uses": ["NDC"], "oimp": {"op": "Any"}},
        ".oimp: “Any” names other",
    ),
    (
        "imp_not_asked_for",
        RICE,
        "request.oimp.imp",
        ["CORSIA"],
        "“CORSIA” names an international mitigation purpose",
    ),
    ("op_not_asked_for", "mwi-gs11677", "request.oimp.op", "Gifts", "“Gifts” names another purpose"),
    ("unknown_use", COOKSTOVE, "request.uses.0", "CORSIA", "“CORSIA” is no use; known are: NDC, IMP, OP"),
    ("unknown_use", KWAHU, "decision.uses", ["OIMP"], ".0: “OIMP” is no use"),
    ("wrong_ca_id", "mwi-gs11677", "cooperative_approach.ca_id", "CA13", "“CA13” is no identifier"),
    ("wrong_ca_id", COOKSTOVE, "cooperative_approach.ca_id", "ca0013", "“ca0013” is no identifier"),
    ("wrong_ca_id", COOKSTOVE, "cooperative_approach.ca_id", 13, "13 is no identifier"),
    ("wrong_ca_id", VANUATU, "afterwards.0.ca_id", "CA00021", "“CA00021” is no identifier"),
    ("wrong_ca_id", VANUATU, "afterwards.0.ca_id", "CA００２１", "“CA００２１” is no identifier"),
    (
        "period_reversed",
        COOKSTOVE,
        "request.outcomes_occur/to",
        "2022-12-31",
        "the period ends on 31\u00a0December\u00a02022, before it starts on 1\u00a0January\u00a02023.",
    ),
    (
        "period_reversed",
        RICE,
        "activity.crediting_period/to",
        "2021-12-31",
        "the period ends on 31\u00a0December\u00a02021",
    ),
    (
        "period_reversed",
        GUYANA,
        "cooperative_approach.duration/from",
        "2031-01-01",
        "the period ends on 31\u00a0December\u00a02030",
    ),
    (
        "period_reversed",
        KWAHU,
        "decision.outcomes_occur/to",
        "2023-12-31",
        "the period ends on 31\u00a0December\u00a02023",
    ),
    (
        "years_reversed",
        COOKSTOVE,
        "ndc_period/to",
        2020,
        "the period ends with 2020, before it starts with 2021.",
    ),
    ("not_a_year", COOKSTOVE, "ndc_period.from", "2021", "“2021” is no calendar year"),
    ("not_a_year", COOKSTOVE, "ndc_period.to", 2030.5, "2030.5 is no calendar year"),
    ("not_a_day", COOKSTOVE, "request.submitted_on", "15 January 2024", "“15 January 2024” is no date"),
    ("not_a_day", COOKSTOVE, "request.last_use_on", "2030-02-30", "“2030-02-30” is no date"),
    ("not_a_day", RICE, "decision.decided_on", 20221112, "20221112 is no date"),
    ("not_a_day", VANUATU, "afterwards.0.on", "2026-4-1", "“2026-4-1” is no date"),
    ("day_out_of_range", COOKSTOVE, "request.last_use_on", "9999-12-31", "“9999-12-31” is no date between"),
    ("unknown_role", COOKSTOVE, "entities.1.roles.0", "owner", "“owner” is no role"),
    (
        "applicant_count",
        COOKSTOVE,
        "entities/0.roles",
        ["seller"],
        "exactly one entity is the applicant, here 0 are.",
    ),
    (
        "applicant_count",
        COOKSTOVE,
        "entities/1.roles",
        ["applicant"],
        "exactly one entity is the applicant, here 2",
    ),
    ("unknown_kind", OWNERS, "request.kind", "units", "“units” is no kind of application"),
    ("unknown_scale", GUYANA, "activity.scale", "national", "“national” is no scale"),
    ("unknown_outcome", RICE, "decision.outcome", "approved", "“approved” is no outcome"),
    ("unknown_event", RICE, "afterwards.1.event", "retirement", "“retirement” is no event known here"),
    ("unknown_change", VANUATU, "afterwards.0.type", "rename", "“rename” is no type of change"),
    ("unknown_appeal_outcome", VANUATU, "afterwards.0.outcome", "won", "“won” is no outcome of an appeal"),
    ("must_be_given", COOKSTOVE, "id", None, "this must be given here, and is not."),
    ("must_be_given", COOKSTOVE, "party", ABSENT, "this must be given here"),
    ("must_be_given", COOKSTOVE, "schema", ABSENT, "this must be given here"),
    ("must_be_given", COMPOST, "request.submitted_on", None, "this must be given here"),
    ("must_be_given", COMPOST, "decision.outcome", None, "this must be given here"),
    ("must_be_given", COMPOST, "decision.decided_on", None, "this must be given here"),
    ("must_be_given", VANUATU, "afterwards.0.on", None, "this must be given here"),
    ("must_be_given", VANUATU, "afterwards.0.event", ABSENT, "this must be given here"),
    ("must_be_given", VANUATU, "afterwards.0.type", None, "this must be given here"),
    (
        "decided_before_submission",
        RICE,
        "decision.decided_on",
        "2022-05-31",
        "a decision on “2022-05-31” stands before the submission on 1\u00a0June\u00a02022.",
    ),
    (
        "signed_before_decided",
        RICE,
        "decision.signed_on",
        "2022-11-11",
        "a signature on “2022-11-11” stands before",
    ),
    ("wrong_schema", RICE, "schema", "case/2", "“case/2” is no format known here: “case/1” is."),
    ("wrong_schema", RICE, "schema", 1, "1 is no format known here"),
    ("wrong_id", RICE, "id", "../escape", "“../escape” cannot name a case"),
    ("wrong_id", RICE, "id", "a b", "“a b” cannot name a case"),
    ("wrong_id", RICE, "id", "x\n", "“x\\n” cannot name a case"),
    (
        "not_an_object",
        RICE,
        "request",
        "all",
        "a group of named fields in braces {…} is expected here, not “all”.",
    ),
    ("not_an_object", RICE, "entities.0", "UNDP", "a group of named fields"),
    ("not_an_object", RICE, "expected", [], "a group of named fields"),
    (
        "not_an_object",
        RICE,
        "decision",
        False,
        "a group of named fields in braces {…} is expected here, not false.",
    ),
    ("not_a_list", RICE, "entities", {"name": "UNDP"}, "a list in square brackets […] is expected here"),
    ("not_a_list", RICE, "request.uses", "OP", "a list in square brackets […] is expected here, not “OP”."),
    ("not_a_list", RICE, "afterwards", {}, "a list in square brackets […] is expected here, not {}."),
    ("item_missing", RICE, "entities.1", None, "this place in the list is empty"),
    ("item_missing", RICE, "cooperative_approach.parties.1", None, "this place in the list is empty"),
    (
        "not_text",
        RICE,
        "activity.title",
        ["Rice"],
        'a text in quotation marks is expected here, not ["Rice"].',
    ),
    ("not_text", RICE, "request.change_terms", 5, "a text in quotation marks is expected here, not 5."),
    (
        "not_text",
        RICE,
        "entities.0.identification",
        4815,
        "a text in quotation marks is expected here, not 4815.",
    ),
    ("text_too_long", RICE, "entities.0.name", "n" * 301, f"“{'n' * 80}…” is too long: 301 characters"),
    (
        "unwritable_text",
        RICE,
        "activity.title",
        "Rice\x00",
        "“Rice\\x00” holds a character that cannot be written",
    ),
    ("unwritable_text", RICE, "exercise", "\ud800", "“\\ud800” holds a character that cannot be written"),
    (
        "not_yes_or_no",
        GUYANA,
        "afterwards.0.before_grant",
        "yes",
        "true or false is expected here, not “yes”.",
    ),
    ("not_a_percentage", KWAHU, "decision.omge_percent", 101, "101 is no percentage"),
    ("not_a_percentage", KWAHU, "decision.omge_percent", "2%", "“2%” is no percentage"),
    ("not_a_percentage", RETENTION, "decision.host_retention_percent", True, "true is no percentage"),
    ("percentage_too_fine", KWAHU, "decision.omge_percent", 2.00001, "2.00001 is too fine a percentage"),
    (
        "not_a_scope",
        COOKSTOVE,
        "afterwards.2.scope",
        "some",
        "“all”, or volumes by calendar year, is expected",
    ),
]


@pytest.mark.parametrize(("kind", "name", "place", "value", "says"), REFUSED)
def test_a_malformed_value_is_refused_in_one_sentence_with_its_place_and_value(
    tmp_path: Path, kind: str, name: str, place: str, value: object, says: str
) -> None:
    (sentence,) = refusals(tmp_path, changed(name, place.replace("/", "."), value))
    named = place.split("/", maxsplit=1)[0]
    assert sentence.startswith(f"{named}{says}" if says.startswith(".") else f"{named}: {says}")
    words = re.sub(r"%\\\(\w+\\\)s", ".*", re.escape(str(SENTENCES[kind])))
    assert re.fullmatch(rf"[^:]+: {words}\.?", sentence)


def test_every_kind_of_problem_that_a_file_can_have_has_been_provoked() -> None:
    provoked = {row[0] for row in REFUSED} | {
        "repeated_field",
        "too_deep",
        "party_has_left",
        "not_yet_a_party",
    }
    # What is no number at all is found before anybody asks whether it is a volume.
    assert provoked == set(SENTENCES) - {"volume_not_finite"}


def test_who_has_left_the_agreement_is_no_party_to_what_is_submitted_afterwards(tmp_path: Path) -> None:
    content = changed(KWAHU, "cooperative_approach.parties.1", "USA")
    assert read(tmp_path, content).submitted_on == date(2025, 10, 1)
    content["request"]["submitted_on"] = "2026-01-27"
    assert refusals(tmp_path, content) == [
        (
            "cooperative_approach.parties.1: “USA” is no Party to the Paris Agreement "
            "since 27\u00a0January\u00a02026."
        )
    ]


def test_who_joined_later_is_no_party_to_what_is_submitted_before(tmp_path: Path) -> None:
    content = changed(VANUATU, "party", "ERI")
    assert refusals(tmp_path, content) == [
        "party: “ERI” became a Party to the Paris Agreement only on 9\u00a0March\u00a02023."
    ]


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    content = example(KWAHU)
    content["party"] = "XXX"
    content["activity"]["sector"] = "Magic"
    content["request"]["volumes_tco2e"] = {"2020": 1, "2028": -1, "2029": 5}
    content["request"]["outcomes_occur"] = {"from": "2019-01-01", "to": "2031-12-31"}
    content["request"]["uses"] = ["NDC"]
    content["decision"]["decided_on"] = "2025-09-30"
    content["decision"]["signed_on"] = "2025-09-30"
    content["afterwards"][0]["on"] = "soon"
    content["afterwards"][0]["volumes_tco2e"]["2028"] = 0.5
    assert sorted(sentence.split(": ")[0] for sentence in refusals(tmp_path, content)) == [
        "activity.sector",
        "afterwards.0.on",
        "afterwards.0.volumes_tco2e.2028",
        "decision.decided_on",
        "party",
        "request.first_transfer_definition",
        "request.oimp",
        "request.outcomes_occur.from",
        "request.volumes_tco2e.2020",
        "request.volumes_tco2e.2028",
    ]


def test_null_and_absent_are_missing_and_no_error(tmp_path: Path) -> None:
    content = example(COOKSTOVE)
    for part in ("cooperative_approach", "activity", "request"):
        kept = content[part].get("submitted_on")
        content[part] = dict.fromkeys(content[part])
        if kept:
            content[part]["submitted_on"] = kept
    content["entities"] = None
    del content["decision"], content["ndc_period"], content["afterwards"], content["expected"]
    read_file = read(tmp_path, content)
    assert read_file.decision is None
    assert read_file.afterwards is None
    assert read_file.expected == {}
    assert read_file.entities is None
    assert read_file.activity is not None
    assert read_file.activity.scale == "project"
    assert read_file.activity.title is None


def test_what_is_not_understood_is_left_aside_with_a_warning(tmp_path: Path) -> None:
    content = changed(COOKSTOVE, "request.foo", 1)
    content["colour"] = "green"
    content["afterwards"][1]["mood"] = None
    content["entities"][0]["phone"] = "0"
    read_file = read(tmp_path, content)
    assert sorted(read_file.warnings) == [
        "not understood and left aside: afterwards.1.mood",
        "not understood and left aside: colour",
        "not understood and left aside: entities.0.phone",
        "not understood and left aside: request.foo",
    ]


def test_a_field_that_stands_twice_is_refused_wherever_it_is(tmp_path: Path) -> None:
    twice = TEXTS[COOKSTOVE].replace('"metric": "GHG",', '"metric": "GHG", "metric": "non-GHG",')
    assert refusals(tmp_path, twice) == ["activity.metric: the field “metric” stands here more than once."]
    vintages = TEXTS[COOKSTOVE].replace('"2023": 12000,', '"2023": 12000, "2023": 1,')
    assert refusals(tmp_path, vintages) == [
        "activity.expected_tco2e.2023: the field “2023” stands here more than once.",
        "request.volumes_tco2e.2023: the field “2023” stands here more than once.",
    ]


def test_a_file_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    says = "lists and groups stand inside each other too deeply to be read."
    content = example(RICE)
    for _level in range(40):
        content["expected"] = {"a": content["expected"]}
    assert refusals(tmp_path, content) == [f"expected{'.a' * 39}: {says}"]
    assert refusals(tmp_path, "[" * 100_000) == [f"the file as a whole: {says}"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is not JSON: line 1, column 1, at “”, cannot be read on."),
        (
            '{"id": "A",\n "party": GHA}',
            "The file is not JSON: line 2, column 11, at “GHA}”, cannot be read on.",
        ),
        ('{"id": "A"} x', "The file is not JSON: line 1, column 13, at “x”, cannot be read on."),
        ("{'id': 'A'}", "The file is not JSON: line 1, column 2, at “'id': 'A'}”, cannot be read on."),
    ],
)
def test_what_is_not_json_is_refused_with_line_and_column(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusals(tmp_path, text) == [sentence]


@pytest.mark.parametrize("text", ["[]", "5", '"case/1"', "null", "true"])
def test_json_that_is_no_group_of_fields_is_refused(tmp_path: Path, text: str) -> None:
    (sentence,) = refusals(tmp_path, text)
    shown = text.replace('"', "")
    assert sentence.startswith(
        "the file as a whole: a group of named fields in braces {…} is expected here, not "
    )
    assert shown in sentence


def test_a_file_that_is_not_text_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(b'{"id": "\xff"}')
    with pytest.raises(BadCaseFile, match="no text in UTF-8: byte 9 fits nowhere"):
        read_case_file(path)
    path.write_bytes(b" " * 10_000_001)
    with pytest.raises(BadCaseFile, match="larger than 10000000 bytes"):
        read_case_file(path)
    with pytest.raises(BadCaseFile, match="cannot be opened: No such file or directory"):
        read_case_file(tmp_path / "none.json")
    with pytest.raises(BadCaseFile, match="cannot be opened: Is a directory"):
        read_case_file(tmp_path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(b"\xef\xbb\xbf" + TEXTS[COOKSTOVE].encode("utf-8"))
    assert read_case_file(path).id == "GHA-CHE-COOKSTOVE"


def test_entities_may_be_given_by_name_where_they_are_known(tmp_path: Path) -> None:
    content = changed(
        KWAHU, "decision.entities", [{"name": "GenZero", "country": "SGP"}, "AJA Climate Solutions"]
    )
    content["afterwards"] = [
        {"on": "2026-05-01", "event": "change", "type": "entity_removed", "entity": "GenZero"},
        {
            "on": "2026-06-01",
            "event": "change",
            "type": "entity_added",
            "entity": {"name": "New", "country": "SGP", "roles": ["user"]},
        },
    ]
    read_file = read(tmp_path, content)
    assert read_file.decision is not None
    assert read_file.decision.entities == ("GenZero", "AJA Climate Solutions")
    assert read_file.afterwards is not None
    entities = [event.entity for event in read_file.afterwards]
    assert [entity and entity.name for entity in entities] == ["GenZero", "New"]


def test_no_sentence_speaks_the_language_of_the_library(tmp_path: Path) -> None:
    for _kind, name, place, value, _says in REFUSED:
        for sentence in refusals(tmp_path, changed(name, place.replace("/", "."), value)):
            words = sentence.partition(": ")[2]
            assert not re.search(r"[Ii]nput|validat|pydantic|None|_type|\b(dict|int|str|bool|tuple)\b", words)


def test_every_sentence_waits_for_the_language_of_its_reader() -> None:
    assert all(isinstance(words, Promise) for words in SENTENCES.values())


ODD_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        ["GHA", "NDC", "2020-01-01", "all", "case/1", 2020, "2020", 1e300, 10**400, "\x00", "\ud800"]
    )
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inside: (
            st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3)
        ),
        max_leaves=6,
    )
)


def places(content: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a JSON value below its top."""
    items: list[tuple[str | int, Any]] = []
    if isinstance(content, dict):
        items = list(content.items())
    elif isinstance(content, list):
        items = list(enumerate(content))
    return [found for key, value in items for found in ((*place, key), *places(value, (*place, key)))]


def mutate(content: Any, rng: random.Random, value: object) -> None:
    """Replaces, removes, doubles or adds something at some place."""
    found = places(content)
    if not found:
        return
    *way, last = rng.choice(found)
    inside = content
    for step in way:
        inside = inside[step]
    match rng.choice(["replace", "remove", "add"]):
        case "replace":
            inside[last] = value
        case "remove":
            del inside[last]
        case "add" if isinstance(inside, list):
            inside.append(value)
        case _:
            inside[rng.choice(["2020", "from", "odd", "uses", "", "é.x"])] = value


def _on_one_line(sentence: str) -> bool:
    """Whether nothing in it breaks the line or steers the terminal; hard spaces hold days together."""
    for space in "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}":
        sentence = sentence.replace(space, " ")
    return sentence.isprintable()


def outcome_of(path: Path, written: bytes) -> CaseFile | list[str]:
    """What reading comes to: the case file, or the sentences that refuse it."""
    path.write_bytes(written)
    try:
        return read_case_file(path)
    except BadCaseFile as refused:
        return refused.sentences


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(TEXTS)),
    rng=st.randoms(use_true_random=False),
    values=st.lists(ODD_VALUES, min_size=1, max_size=4),
)
def test_no_mutation_of_an_example_fails_with_anything_but_sentences(
    name: str, rng: random.Random, values: list[object]
) -> None:
    content = deepcopy(example(name))
    for value in values:
        mutate(content, rng, value)
    with TemporaryDirectory() as folder:
        outcome = outcome_of(Path(folder, "case.json"), json.dumps(content).encode("ascii"))
    if isinstance(outcome, list):
        assert outcome
        assert all(": " in sentence and _on_one_line(sentence) for sentence in outcome)
    else:
        ApplicationContent.model_validate(outcome.application.as_json())
        json.dumps(outcome.as_json(), allow_nan=False).encode("utf-8")


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(TEXTS)),
    at=st.integers(0, 3999),
    cut=st.integers(0, 3),
    put=st.binary(max_size=4),
)
def test_no_broken_file_fails_with_anything_but_sentences(name: str, at: int, cut: int, put: bytes) -> None:
    whole = TEXTS[name].encode("utf-8")
    with TemporaryDirectory() as folder:
        outcome = outcome_of(Path(folder, "case.json"), whole[:at] + put + whole[at + cut :])
    assert isinstance(outcome, CaseFile) or (outcome and all(outcome))
