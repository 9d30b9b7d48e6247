"""The legal rules, both sides of each, without a database; and where a finding warns and where it blocks."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Function
from authorisation import proposals
from authorisation.models import Case
from authorisation.models.decisions import Outcome
from authorisation.rules import RULES, Proposal, findings
from authorisation.services import applications, decisions, desk, reviews
from authorisation.terms import Terms
from authorisation.verdicts import Verdict
from tests.authorisation.factories import (
    asked,
    content,
    drafted,
    in_decision,
    in_review,
    submitted,
    two_staffs,
)
from workflow.refusals import Kind, Refused

SOUND = Terms(
    uses=("NDC",),
    volumes={2026: 600, 2027: 1500},
    outcomes_from=date(2026, 1, 1),
    outcomes_to=date(2028, 12, 31),
    last_use_on=date(2030, 12, 31),
)
PROPOSAL = Proposal(
    terms=SOUND,
    expected={2026: 1000, 2027: 2000, 2028: 3000},
    taken={},
    taken_total=0,
    first_year=2021,
    last_year=2030,
)
OIMP = {"uses": ("IMP",), "imp": ("CORSIA",), "first_transfer_definition": "Issuance"}


def said(proposal: Proposal = PROPOSAL, **terms: Any) -> list[tuple[str, bool]]:
    """What the rules say when these terms stand in place of the sound ones: code, and whether it blocks."""
    found = findings(replace(proposal, terms=proposal.terms.model_copy(update=terms)))
    for finding in found:
        assert "%(" not in str(finding.reason) + finding.reason.mend_text
        assert finding.reason.code == finding.rule
        assert finding.reason.mend_text or finding.informs
    return [(finding.rule, finding.blocks) for finding in found if not finding.informs]


def told(proposal: Proposal = PROPOSAL, **terms: Any) -> list[tuple[str, dict[str, Any]]]:
    """What the rules only tell of these terms: code, and the figures."""
    found = findings(replace(proposal, terms=proposal.terms.model_copy(update=terms)))
    assert not any(finding.blocks for finding in found if finding.informs)
    return [(finding.rule, dict(finding.reason.values)) for finding in found if finding.informs]


def test_sound_terms_raise_no_finding() -> None:
    assert said() == []


def test_every_rule_says_where_it_comes_from() -> None:
    assert [rule.code for rule in RULES] == [
        *(f"A{number}" for number in range(1, 15)),
        "A16",
        "A18",
    ]
    for rule in RULES:
        assert str(rule.citation) in str(rule.basis)
        assert str(rule.words)
        assert str(rule.firmly)
        assert str(rule.warns) or str(rule.blocks)
        # The adopted text of decision 4/CMA.6 was not read: no paragraph of it is ever named.
        assert "4/CMA.6" not in str(rule.citation) or str(rule.citation) == "Decision 4/CMA.6"


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ({"volumes": {2021: 1}}, []),
        ({"volumes": {2020: 1}}, [("A1", True), ("A3", True), ("A6", True)]),
        ({"outcomes_from": date(2021, 1, 1)}, []),
        ({"outcomes_from": date(2020, 12, 31)}, [("A1", True), ("A6", True)]),
    ],
)
def test_a1_outcomes_occur_in_2021_or_later(terms: dict[str, Any], codes: list[tuple[str, bool]]) -> None:
    wide = replace(PROPOSAL, expected={**PROPOSAL.expected, 2021: 10})
    assert said(wide, **terms) == codes


@pytest.mark.parametrize(
    ("granted", "codes"),
    [
        ({"volumes": {2026: 600, 2027: 1500}}, []),
        ({"volumes": {2026: 1}}, []),
        ({"volumes": {2026: 601}}, [("A2", True)]),
        ({"volumes": {2028: 1}}, [("A2", True)]),
        ({"volumes": {2026: 601, 2027: 1500}}, [("A2", True), ("A2", True)]),
        ({"volumes": None, "total": 2100}, []),
        ({"volumes": None, "total": 2101}, [("A2", True)]),
        ({"volumes": None, "total": None}, [("A2", True)]),
    ],
)
def test_a2_what_is_granted_lies_within_what_is_asked_for(
    granted: dict[str, Any], codes: list[tuple[str, bool]]
) -> None:
    assert said(replace(PROPOSAL, asked=SOUND), **granted) == codes


def test_a2_asks_nothing_of_a_request_nor_where_no_ceiling_was_asked_for() -> None:
    assert said(volumes={2026: 1000}) == []
    unlimited = SOUND.model_copy(update={"volumes": None})
    assert said(replace(PROPOSAL, asked=unlimited), volumes={2026: 1000}) == []
    assert said(replace(PROPOSAL, asked=unlimited), volumes=None) == []


@pytest.mark.parametrize(
    ("volumes", "total", "codes"),
    [
        ({2026: 900}, None, []),
        ({2026: 901}, None, [("A3", True)]),
        ({2027: 2000, 2028: 3000}, None, []),
        ({2029: 1}, None, [("A3", True)]),
        (None, 5900, []),
        (None, 5901, [("A3", True)]),
        ({2026: 901, 2027: 2001}, None, [("A3", True), ("A3", True)]),
        ({2026: 900, 2027: 2000, 2028: 3000}, None, []),
        ({2026: 900, 2027: 2000, 2028: 3001}, None, [("A3", True), ("A3", True)]),
    ],
)
def test_a3_ceilings_lie_within_what_is_free_of_the_expected_mitigation(
    volumes: dict[int, int] | None, total: int | None, codes: list[tuple[str, bool]]
) -> None:
    taken = replace(PROPOSAL, taken={2026: 100}, taken_total=100)
    assert said(taken, volumes=volumes, total=total) == codes


def test_a3_counts_a_total_against_the_vintages_of_its_own_period_only() -> None:
    in_one_year: dict[str, Any] = {"volumes": None, "outcomes_to": date(2026, 12, 31)}
    assert said(**in_one_year, total=1000) == []
    assert said(**in_one_year, total=1001) == [("A3", True)]


def test_a3_counts_what_others_hold_without_naming_a_vintage() -> None:
    assert said(replace(PROPOSAL, taken_total=3900)) == []
    assert said(replace(PROPOSAL, taken_total=3901)) == [("A3", True)]


def test_a3_says_nothing_while_nothing_is_expected() -> None:
    assert said(replace(PROPOSAL, expected={}), volumes={2026: 10**9}) == []


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        (OIMP, []),
        ({**OIMP, "uses": ("NDC", "IMP")}, []),
        ({"uses": ("OP",), "op": "Voluntary", "first_transfer_definition": "Authorisation"}, []),
        ({**OIMP, "uses": ("NDC", "IMP", "OP"), "op": "Voluntary"}, []),
        ({**OIMP, "first_transfer_definition": None}, [("A4", True)]),
        ({**OIMP, "imp": ()}, [("A4", True)]),
        ({**OIMP, "uses": ("IMP", "OP")}, [("A4", True)]),
        ({"first_transfer_definition": "Issuance"}, [("A4", True)]),
        ({"imp": ("CORSIA",)}, [("A4", True)]),
        ({"op": "Voluntary"}, [("A4", True)]),
        ({"uses": ("NDC", "GIFT")}, [("A4", True)]),
        ({"uses": ()}, []),
    ],
)
def test_a4_uses_and_what_belongs_to_them_agree(terms: dict[str, Any], codes: list[tuple[str, bool]]) -> None:
    assert said(**terms) == codes


def test_a4_a_decision_grants_at_least_one_use() -> None:
    assert said(replace(PROPOSAL, asked=SOUND), uses=()) == [("A4", True)]


@pytest.mark.parametrize(
    ("terms", "codes"),
    [
        ({"volumes": {2030: 1}}, []),
        ({"volumes": {2031: 1}}, [("A6", True)]),
        ({"volumes": {2020: 1}}, [("A1", True), ("A6", True)]),
        ({"outcomes_to": date(2030, 12, 31)}, []),
        ({"outcomes_to": date(2031, 1, 1)}, [("A6", True)]),
        ({"last_use_on": date(2031, 1, 1)}, [("A6", False)]),
        ({**OIMP, "volumes": {2031: 1}}, [("A6", False)]),
        ({**OIMP, "outcomes_to": date(2031, 1, 1)}, [("A6", False)]),
        ({**OIMP, "last_use_on": date(2035, 1, 1)}, []),
    ],
)
def test_a6_outcomes_are_used_for_an_ndc_only_within_its_period(
    terms: dict[str, Any], codes: list[tuple[str, bool]]
) -> None:
    anything = replace(PROPOSAL, expected={})
    assert said(anything, **terms) == codes


def test_a6_says_nothing_while_the_period_is_not_known() -> None:
    unknown = replace(PROPOSAL, first_year=None, expected={})
    assert said(unknown, volumes={2040: 1}) == []


BY_GRANT = {**OIMP, "first_transfer_definition": "Authorisation"}


@pytest.mark.parametrize(
    ("terms", "issued", "figures"),
    [
        (BY_GRANT, {2026: 500}, [(2026, 500)]),
        (BY_GRANT, {2026: 700, 2027: 0, 2028: 5}, [(2026, 600)]),
        ({**BY_GRANT, "volumes": None}, {2026: 700}, [(2026, 700)]),
        (BY_GRANT, {}, []),
        (OIMP, {2026: 500}, []),
        ({"uses": ("NDC",)}, {2026: 500}, []),
    ],
)
def test_a8_tells_what_the_grant_itself_transfers(
    terms: dict[str, Any], issued: dict[int, int], figures: list[tuple[int, int]]
) -> None:
    assert told(replace(PROPOSAL, issued=issued), **terms) == [
        ("A8", {"tonnes": tonnes, "vintage": vintage}) for vintage, tonnes in figures
    ]


def test_a9_the_shares_of_the_mechanism_are_told_and_never_less() -> None:
    mechanism: dict[str, Any] = {"tracking_registry": "mechanism"}
    shares = ("A9", {"tonnes": 2100, "adaptation": 105, "cancelled": 42})
    assert (said(**mechanism), told(**mechanism)) == ([], [shares])
    assert said(**mechanism, omge_percent="2") == []
    assert said(**mechanism, omge_percent="2.5") == []
    assert said(**mechanism, omge_percent="1.99") == [("A9", True)]
    assert told(**mechanism, volumes=None) == []
    assert (said(omge_percent="1"), [code for code, _figures in told(omge_percent="1")]) == ([], ["A10"])


def test_a10_a_share_outside_the_mechanism_is_a_condition_of_the_letter() -> None:
    assert told(omge_percent="2") == [("A10", {"percent": "2"})]
    assert told(omge_percent="0") == told(omge_percent=None) == []


@pytest.mark.parametrize(
    ("said_of_it", "codes"),
    [(None, []), ("", [("A11", False)]), ("  ", [("A11", False)]), ("goes with the authorisation", [])],
)
def test_a11_asks_for_an_answer_while_nothing_is_said_of_the_initial_report(
    said_of_it: str | None, codes: list[tuple[str, bool]]
) -> None:
    assert said(replace(PROPOSAL, initial_report=said_of_it)) == codes


_TONNES = st.integers(0, 50)
_BY_VINTAGE = st.dictionaries(st.integers(2024, 2029), _TONNES, max_size=4)


@given(wanted=_BY_VINTAGE, expected=_BY_VINTAGE, taken=_BY_VINTAGE)
def test_a3_blocks_exactly_where_the_sum_with_others_would_pass_what_is_expected(
    wanted: dict[int, int], expected: dict[int, int], taken: dict[int, int]
) -> None:
    open_ended = Terms(uses=("NDC",), volumes=wanted)
    held = {vintage: min(taken.get(vintage, 0), tonnes) for vintage, tonnes in expected.items()}
    proposal = replace(
        PROPOSAL, terms=open_ended, expected=expected, taken=held, taken_total=sum(held.values())
    )
    passed = expected and any(
        tonnes + held.get(vintage, 0) > expected.get(vintage, 0) for vintage, tonnes in wanted.items()
    )
    assert ("A3" in [finding.rule for finding in findings(proposal)]) == bool(passed)


# -- where a finding warns, where it must be answered, where it blocks -----------------------------


@pytest.mark.django_db
def test_a_finding_warns_at_submission_is_answered_at_recommendation_and_blocks_at_decision() -> None:
    ours, theirs = two_staffs()
    in_decision(theirs)
    too_much = content(request={"volumes_tco2e": {"2026": 1001}})
    case = drafted(ours, too_much)
    case = applications.submit(case, act=ours.act(), declared=True)
    assert [finding.rule for finding in proposals.findings_on_request(case)] == ["A3"]
    case = desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    case = reviews.give_opinion(
        case, act=ours.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="Good."
    )

    def recommend(answers: dict[str, str]) -> Case:
        return desk.recommend(
            case,
            act=ours.act(Function.DESK_OFFICER),
            outcome=Outcome.APPROVE_IN_PART,
            reasons="Part of it.",
            answers=answers,
        )

    for unanswered in ({}, {"A3": " "}, {"A4": "Fine."}):
        with pytest.raises(Refused) as caught:
            recommend(unanswered)
        assert (caught.value.kind, [reason.code for reason in caught.value.reasons]) == (Kind.RULE, ["A3"])
    case = recommend({"A3": "Only 1000 t are granted."})

    with pytest.raises(Refused) as caught:
        decisions.approve(case, act=ours.act(Function.DECIDER))
    assert [reason.code for reason in caught.value.reasons] == ["A3"]
    assert Case.objects.get(pk=case.pk).state == "in_decision"
    grant = asked(case).model_copy(update={"volumes": {2026: 1000}})
    case = decisions.approve_in_part(
        case, act=ours.act(Function.DECIDER), granted=grant, reasons=["No more is expected."]
    )
    assert case.state == "letter_due"


@pytest.mark.django_db
def test_a11_is_asked_where_neither_the_application_nor_the_register_says_anything() -> None:
    ours, _theirs = two_staffs()
    silent = content(cooperative_approach={"initial_report": None})
    case = in_review(ours, silent)
    assert [(one.rule, one.blocks) for one in proposals.findings_on_request(case)] == [("A11", False)]
    assert case.approach is not None
    type(case.approach).objects.filter(pk=case.approach.pk).update(initial_report="submitted in May")
    assert proposals.findings_on_request(Case.objects.get(pk=case.pk)) == []


@pytest.mark.django_db
def test_a_finding_that_only_warns_does_not_block() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours, content(request={"last_use_on": "2032-12-31"}))
    assert [(one.rule, one.blocks) for one in proposals.findings_on_request(case)] == [("A6", False)]
    assert decisions.approve(case, act=ours.act(Function.DECIDER)).state == "letter_due"


@pytest.mark.django_db
def test_what_the_case_itself_holds_does_not_count_against_it() -> None:
    ours, _theirs = two_staffs()
    case = decisions.approve(
        in_decision(ours, content(request={"volumes_tco2e": {"2026": 1000}})), act=ours.act(Function.DECIDER)
    )
    assert proposals.findings_on_decision(case, asked(case)) == []
    other = in_review(ours, content(request={"volumes_tco2e": {"2026": 1}}))
    assert [one.rule for one in proposals.findings_on_request(other)] == ["A3"]


@pytest.mark.django_db
def test_no_use_at_all_cannot_be_granted() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    nothing = asked(case).model_copy(update={"uses": ()})
    with pytest.raises(Refused) as caught:
        decisions.approve_in_part(case, act=ours.act(Function.DECIDER), granted=nothing, reasons=["No."])
    assert [reason.code for reason in caught.value.reasons] == ["A4"]
    assert submitted(ours).state == "submitted"
