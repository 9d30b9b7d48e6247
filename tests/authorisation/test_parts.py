"""The arithmetic of the forms in which a part is given, and its rounding, without a database."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorisation.parts import (
    Around,
    Calculation,
    Cap,
    Held,
    HostShare,
    MechanismSplit,
    Tranche,
    calculations,
    contradictions,
)
from authorisation.rules import Proposal, findings
from authorisation.terms import Form, Part, Terms

ASKED = Terms(uses=("NDC",), volumes={2026: 600, 2027: 1500}, tracking_registry="mechanism")
AROUND = Around(
    expected={2026: 1000, 2027: 2000},
    ceilings={
        Form.PROJECT_CAP: Held(ceiling=0, held=100),
        Form.SECTOR_CAP: Held(ceiling=5000, held=3400, name="Energy generation"),
        Form.NATIONAL_BUDGET: Held(ceiling=9000, held=9500, name="2021–2030"),
    },
)


def granted(*parts: Part, **changes: Any) -> Terms:
    return ASKED.model_copy(update={"parts": parts, **changes})


def only(terms: Terms, around: Around = AROUND) -> Calculation:
    (one,) = calculations(ASKED, terms, around)
    return one


def against(terms: Terms, around: Around = AROUND) -> list[str]:
    """What stands against a grant: each sentence is whole, and says what mends it."""
    reasons = list(contradictions(terms, calculations(ASKED, terms, around)))
    for reason in reasons:
        assert reason.code == "A2"
        assert "%(" not in str(reason) + reason.mend_text
        assert reason.mend_text
    return [str(reason) for reason in reasons]


# -- the five forms ----------------------------------------------------------------------------------


def test_the_host_keeps_a_percentage_of_each_vintage_inside_the_ceiling() -> None:
    terms = granted(Part(form=Form.HOST_SHARE), host_retention_percent="2.5", volumes={2026: 601, 2027: 1500})
    one = only(terms)
    assert isinstance(one, HostShare)
    assert [(row.vintage, row.ceiling, row.kept, row.leaves) for row in one.rows] == [
        (2026, 601, 16, 585),
        (2027, 1500, 38, 1462),
    ]
    assert (one.kept, one.leaves, one.total) == (54, 2047, None)
    assert against(terms) == []
    lower = only(terms.model_copy(update={"total": 2100}))
    assert isinstance(lower, HostShare)
    assert lower.total == 2100


def test_the_host_keeps_a_percentage_of_a_total_where_no_vintage_has_a_ceiling() -> None:
    terms = granted(Part(form=Form.HOST_SHARE), host_retention_percent="5", volumes=None, total=101)
    one = only(terms)
    assert isinstance(one, HostShare)
    assert [(row.vintage, row.ceiling, row.kept) for row in one.rows] == [(None, 101, 6)]


@pytest.mark.parametrize(
    ("part", "figures"),
    [
        (Part(form=Form.PROJECT_CAP, cap=2000), (2000, 100, 1900, 2100, 1900)),
        (Part(form=Form.SECTOR_CAP), (5000, 3400, 1600, 2100, 1600)),
        (Part(form=Form.NATIONAL_BUDGET), (9000, 9500, 0, 2100, 0)),
        (Part(form=Form.PROJECT_CAP, cap=9000), (9000, 100, 8900, 2100, 2100)),
    ],
)
def test_a_cap_gives_what_is_free_under_it(part: Part, figures: tuple[int, ...]) -> None:
    one = only(granted(part, total=0))
    assert isinstance(one, Cap)
    assert (one.ceiling, one.held, one.free, one.requested, one.gives) == figures
    assert against(granted(part, total=one.gives)) == []
    if one.free < 2100:
        assert len(against(granted(part, total=one.free + 1))) == 1


def test_the_mechanism_takes_its_shares_of_both_parts() -> None:
    one = only(granted(Part(form=Form.MECHANISM_SPLIT), volumes={2026: 601, 2027: 2000}))
    assert isinstance(one, MechanismSplit)
    rows = [
        (row.vintage, row.authorised, row.issued, row.adaptation, row.overall_mitigation, row.remaining)
        for row in one.rows
    ]
    assert rows == [
        (2026, True, 601, 31, 13, 557),
        (2026, False, 399, 20, 8, 371),
        (2027, True, 2000, 100, 40, 1860),
        (2027, False, 0, 0, 0, 0),
    ]


@pytest.mark.parametrize(("percent", "taken"), [(None, 12), ("2", 12), ("1", 12), ("2.5", 15)])
def test_the_mechanism_cancels_at_least_two_per_cent(percent: str | None, taken: int) -> None:
    one = only(granted(Part(form=Form.MECHANISM_SPLIT), omge_percent=percent, volumes={2026: 600}))
    assert isinstance(one, MechanismSplit)
    assert one.rows[0].overall_mitigation == taken


def test_a_tranche_is_the_tonnes_from_one_to_another() -> None:
    part = Part(form=Form.TRANCHE, vintage=2027, first=501, last=1000)
    one = only(granted(part, volumes={2026: 600, 2027: 500}))
    assert isinstance(one, Tranche)
    assert (one.gives, one.requested, one.granted) == (500, 1500, 500)
    assert against(granted(part, volumes={2027: 500})) == []
    assert len(against(granted(part, volumes={2027: 501}))) == 1
    assert len(against(granted(part, volumes={2026: 500}))) == 1
    backwards = Part(form=Form.TRANCHE, vintage=2027, first=10, last=1)
    assert only(granted(backwards, volumes={2027: 0})).form == Form.TRANCHE
    assert len(against(granted(backwards, volumes={2027: 5}))) == 1


def test_several_forms_hold_together() -> None:
    terms = granted(
        Part(form=Form.HOST_SHARE),
        Part(form=Form.SECTOR_CAP),
        Part(form=Form.MECHANISM_SPLIT),
        host_retention_percent="5",
        volumes={2026: 600, 2027: 1000},
    )
    assert [one.form for one in calculations(ASKED, terms, AROUND)] == [
        Form.HOST_SHARE,
        Form.SECTOR_CAP,
        Form.MECHANISM_SPLIT,
    ]
    assert against(terms) == []


# -- what is named and what is granted agree -----------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        (Part(form=Form.HOST_SHARE), {}),
        (Part(form=Form.PROJECT_CAP), {}),
        (Part(form=Form.SECTOR_CAP), {}),
        (Part(form=Form.NATIONAL_BUDGET), {}),
        (Part(form=Form.TRANCHE, vintage=2026, first=1), {}),
        (Part(form=Form.MECHANISM_SPLIT), {"tracking_registry": "national"}),
        (Part(form=Form.PROJECT_CAP, cap=10), {"volumes": None}),
    ],
)
def test_a_form_that_lacks_something_says_what(part: Part, changes: dict[str, Any]) -> None:
    assert len(against(granted(part, **changes), Around())) == 1


def test_rule_a2_blocks_a_grant_that_contradicts_its_form() -> None:
    proposal = Proposal(
        terms=granted(Part(form=Form.SECTOR_CAP)),
        expected={},
        taken={},
        taken_total=0,
        first_year=None,
        last_year=None,
        asked=ASKED,
    )
    parts = calculations(ASKED, proposal.terms, AROUND)
    found = findings(replace(proposal, parts=parts))
    assert [(one.rule, one.blocks) for one in found if not one.informs] == [("A2", True)]
    fitting = granted(Part(form=Form.SECTOR_CAP), total=1600)
    parts = calculations(ASKED, fitting, AROUND)
    found = findings(replace(proposal, terms=fitting, parts=parts))
    assert [one.rule for one in found if not one.informs] == []


def test_terms_that_name_no_form_keep_their_digest() -> None:
    assert '"parts"' not in ASKED.canonical()
    named = granted(Part(form=Form.TRANCHE, vintage=2026, first=1, last=600))
    assert Terms.model_validate_json(named.canonical()) == named
    assert Terms.model_validate_json(ASKED.canonical()) == ASKED


# -- the rounding ----------------------------------------------------------------------------------------

_TONNES = st.integers(0, 10**9)
_PERCENT = st.decimals(0, 100, places=4).map(lambda percent: f"{percent.normalize():f}")


@given(tonnes=_TONNES, percent=_PERCENT.filter(lambda percent: percent != "0"))
def test_the_share_of_the_host_is_rounded_up_to_the_next_whole_tonne(tonnes: int, percent: str) -> None:
    one = only(granted(Part(form=Form.HOST_SHARE), host_retention_percent=percent, volumes={2026: tonnes}))
    assert isinstance(one, HostShare)
    exact = tonnes * Fraction(percent) / 100
    assert exact <= one.kept < exact + 1
    assert 0 <= one.leaves <= tonnes
    assert one.kept + one.leaves == tonnes


@given(events=st.lists(st.integers(1, 10**6), min_size=1, max_size=8), percent=_PERCENT)
def test_each_further_transfer_of_a_vintage_keeps_at_most_one_tonne_more(
    events: list[int], percent: str
) -> None:
    def kept(tonnes: int) -> int:
        terms = granted(Part(form=Form.HOST_SHARE), host_retention_percent=percent, volumes={2026: tonnes})
        one = only(terms)
        assert isinstance(one, HostShare)
        return one.kept

    at_once, one_by_one = kept(sum(events)), sum(kept(tonnes) for tonnes in events)
    assert at_once <= one_by_one <= at_once + len(events) - 1


@given(expected=_TONNES, wanted=_TONNES, percent=st.none() | _PERCENT)
def test_the_split_of_the_mechanism_loses_no_tonne(expected: int, wanted: int, percent: str | None) -> None:
    terms = granted(Part(form=Form.MECHANISM_SPLIT), volumes={2026: wanted}, omge_percent=percent)
    one = only(terms, Around(expected={2026: expected}))
    assert isinstance(one, MechanismSplit)
    authorised, rest = one.rows
    assert authorised.issued + rest.issued == max(expected, wanted)
    least = max(Fraction(2), Fraction(percent or 0))
    for row in one.rows:
        assert row.adaptation + row.overall_mitigation + row.remaining == row.issued
        assert row.remaining >= 0
        assert row.adaptation >= row.issued * Fraction(5, 100)
        assert row.adaptation < row.issued * Fraction(5, 100) + 1
        due = row.issued * least / 100
        assert row.overall_mitigation >= due or row.remaining == 0
        assert row.overall_mitigation < due + 1


@given(ceiling=_TONNES, held=_TONNES, wanted=_TONNES)
def test_what_a_cap_gives_never_passes_it(ceiling: int, held: int, wanted: int) -> None:
    around = Around(ceilings={Form.NATIONAL_BUDGET: Held(ceiling=ceiling, held=held)})
    asked = ASKED.model_copy(update={"volumes": {2026: wanted}})
    terms = asked.model_copy(update={"parts": (Part(form=Form.NATIONAL_BUDGET),)})
    (one,) = calculations(asked, terms, around)
    assert isinstance(one, Cap)
    assert one.gives <= wanted
    assert held >= ceiling or held + one.gives <= ceiling
    assert bool(list(contradictions(terms, (one,)))) == (wanted > one.free)
