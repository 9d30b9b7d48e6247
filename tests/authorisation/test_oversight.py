"""National oversight, both sides of each check and its days, without a database; and what files may say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from authorisation.oversight import Promised, Submission, contributions_with_a_budget, findings
from authorisation.oversight.matching import contains, inventory_gas
from authorisation.procedures import SHIPPED
from authorisation.procedures.lists import Force, Sort
from authorisation.procedures.reading import BadProcedure, read_procedure
from authorisation.procedures.shape import Procedure
from authorisation.rules import Finding, Firmness, to_answer
from authorisation.terms import Terms
from projects.content import ActivityContent
from tests.authorisation.procedure_files import LISTS, SMALL

BLOCKS, WARNS, INFORMS = "blocks", "warns", "informs"
ON = date(2026, 6, 1)

# An efficient stove: on the positive and the automatic list, in the conditional part of the contribution.
STOVES: Mapping[str, Any] = {
    "title": "Efficient stoves",
    "standard": "GS",
    "methodology": "TPDDTEC 4.0",
    "sector": "Energy generation",
    "activity_type": "Energy Efficiency households",
    "ghgs": ("CO2", "CH4"),
}
TERMS = Terms(
    uses=("NDC",),
    volumes={2026: 600, 2027: 1500},
    outcomes_from=date(2026, 1, 1),
    outcomes_to=date(2028, 12, 31),
)


def made(*changes: tuple[str, str]) -> Procedure:
    """The made-up procedure, with each first text of its lists replaced by the second."""
    text = LISTS
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return read_procedure(f"{SMALL}\n{text}", name="vut.toml")


PROCEDURE = made()


def found(
    *,
    under: Procedure = PROCEDURE,
    on: date = ON,
    terms: Terms = TERMS,
    stated: tuple[int, int] | None = (2021, 2030),
    promised: Promised | None = None,
    **activity: Any,
) -> list[Finding]:
    """What is found where the activity differs from the stoves in so far."""
    given = {} if promised is None else {(2021, 2030): promised}
    submission = Submission(
        on=on,
        activity=ActivityContent(**{**STOVES, **activity}),
        terms=terms,
        stated=stated,
        promised=given,
    )
    said = findings(under, submission)
    for finding in said:
        assert "%(" not in str(finding.reason) + finding.reason.mend_text
        assert finding.reason.code == finding.rule
        assert f"check {finding.rule}" in str(finding.reason)
        assert finding.reason.mend_text or finding.informs
        assert finding.citation
        assert finding.firmness is not None
        assert str(finding.citation) in finding.basis
    return said


def said(rule: str, **differs: Any) -> list[str]:
    """What one check says: whether it blocks, warns or informs."""
    return [
        BLOCKS if finding.blocks else INFORMS if finding.informs else WARNS
        for finding in found(**differs)
        if finding.rule == rule
    ]


def sentence(rule: str, **differs: Any) -> str:
    (finding,) = (one for one in found(**differs) if one.rule == rule)
    return str(finding.reason)


def test_what_is_in_order_is_only_told() -> None:
    assert [(one.rule, one.informs) for one in found()] == [("N3", True), ("N6", True)]
    assert to_answer(found()) == ()


def test_a_procedure_that_says_nothing_of_oversight_finds_nothing() -> None:
    assert found(under=read_procedure(SMALL, name="vut.toml"), activity_type="Hydro") == []


# -- N1: negative lists ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected"), [(date(2026, 12, 31), [BLOCKS]), (date(2027, 1, 1), [])], ids=["last day", "after"]
)
def test_n1_a_negative_list_holds_to_the_last_day_of_its_entry(on: date, expected: list[str]) -> None:
    assert said("N1", activity_type="Hydro", on=on) == expected


def test_n1_says_list_and_entry_and_where_they_stand() -> None:
    (finding,) = (one for one in found(activity_type="Hydro") if one.rule == "N1")
    assert "“Reserved for the country”, as “Hydropower above 5 MW”" in str(finding.reason)
    assert finding.citation == "Made-up Act, third schedule"
    assert finding.firmness is Firmness.NATIONAL
    # Records keep the code of the list, and never a translation.
    assert finding.reason.values["list"] == "own_measures"


@pytest.mark.parametrize("force", Force)
def test_n1_blocks_only_where_the_list_is_binding(force: Force) -> None:
    under = made(('Réservé au pays" }\nforce = "binding"', f'Réservé au pays" }}\nforce = "{force}"'))
    expected = {Force.BINDING: BLOCKS, Force.WARNING: WARNS, Force.INFORMATION: INFORMS}
    assert said("N1", under=under, activity_type="Hydro") == [expected[force]]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("A Nuclear-powered kettle", [WARNS]), ("Nuclearity of families", []), ("Efficient stoves", [])],
)
def test_n1_words_alone_never_block(title: str, expected: list[str]) -> None:
    assert said("N1", title=title) == expected


def test_n1_says_what_is_missing_where_nothing_can_be_compared() -> None:
    assert said("N1", activity_type=None) == [WARNS]
    assert said("N1", activity_type=None, activity_type_note="None of them applies") == []


# -- N2: positive lists ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 1, 31), []),  # the list is not in force yet, so nothing is asked of anybody
        (date(2026, 2, 1), []),
        (date(2027, 12, 31), []),
        (date(2028, 1, 1), [BLOCKS]),  # the entry has ended
    ],
)
def test_n2_one_entry_in_force_is_enough(on: date, expected: list[str]) -> None:
    assert said("N2", on=on) == expected


def test_n2_what_stands_on_none_is_named_with_the_lists() -> None:
    assert said("N2", activity_type="Wind") == [BLOCKS]
    assert "no positive list in force on 1 June 2026: Priority activities" in sentence(
        "N2", activity_type="Wind"
    ).replace("\N{NO-BREAK SPACE}", " ")


def test_n2_every_given_criterion_must_fit() -> None:
    assert said("N2", activity_type="Solar") == []
    assert said("N2", activity_type="Solar", sector="Transportation") == [BLOCKS]


def test_n2_a_technology_that_is_not_named_is_looked_at_by_a_person() -> None:
    trees = {"sector": "Forestry and land use", "activity_type": "Afforestation"}
    assert said("N2", **trees, title="Mangroves of the north") == []
    assert said("N2", **trees, title="Trees of the north") == [WARNS]


def test_n2_another_list_is_as_good() -> None:
    second = (
        '[lists.second]\nsort = "positive"\nname = { en = "More" }\nsource = "Order"\n'
        '[[lists.second.entries]]\nname = { en = "Wind" }\nactivity_types = ["Wind"]\n'
    )
    under = made(("[lists.small_scale]\n", f"{second}\n[lists.small_scale]\n"))
    assert said("N2", under=under, activity_type="Wind") == []
    # Of several lists, the strictest says what follows.
    assert said("N2", under=under, activity_type="Geothermal") == [BLOCKS]


def test_n2_a_list_that_is_not_held_whole_is_looked_up() -> None:
    under = made(('first schedule"\n', 'first schedule"\ncomplete = false\n'))
    assert said("N2", under=under, activity_type="Wind") == [WARNS]
    assert "has to be looked up" in sentence("N2", under=under, activity_type="Wind")
    assert said("N2", under=under) == []


# -- N3: automatic lists -----------------------------------------------------------------------------


def test_n3_additionality_is_deemed_and_nobody_has_to_answer() -> None:
    assert said("N3") == [INFORMS]
    assert "its additionality is deemed" in sentence("N3")
    assert said("N3", activity_type="Solar") == []


# -- N4: standards and methodologies -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({"standard": "gold standard"}, []),
        ({"standard": "Gold"}, [BLOCKS]),
        ({"standard": None}, []),
        ({"standard": "VCS", "on": date(2026, 6, 30)}, [BLOCKS]),
        ({"standard": "VCS", "on": date(2026, 7, 1)}, []),
        ({"on": date(2026, 12, 31)}, []),
        ({"on": date(2027, 1, 1)}, [BLOCKS]),
        ({"methodology": "AMS-II.G, version 13"}, []),
        ({"methodology": "ams ii g"}, []),
        ({"methodology": "AMS-II.GG"}, [BLOCKS]),
        ({"methodology": None}, []),
        ({"standard": "Gold", "methodology": "Ours"}, [BLOCKS, BLOCKS]),
    ],
)
def test_n4_standard_and_methodology_are_eligible_that_day(
    differs: dict[str, Any], expected: list[str]
) -> None:
    assert said("N4", **differs) == expected


def test_n4_says_from_when_or_until_when() -> None:
    assert "“VCS” is eligible from 1" in sentence("N4", standard="VCS", on=date(2026, 6, 30))
    assert "“TPDDTEC” was eligible until 31" in sentence("N4", on=date(2027, 1, 1))


# -- N5: what the contribution covers ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({"sector": "Waste management"}, []),
        ({"sector": "Transportation"}, [WARNS]),
        ({"sector": None}, []),
        ({"ghgs": ("CO₂", "methane")}, []),
        ({"ghgs": ("CO2", "HFC-134a")}, [WARNS]),
        ({"ghgs": ("phlogiston",)}, [WARNS]),
        ({"ghgs": None}, []),
        ({"sector": "Transportation", "ghgs": ("SF6",)}, [WARNS, WARNS]),
    ],
)
def test_n5_sector_and_gases_lie_within_the_contribution(
    differs: dict[str, Any], expected: list[str]
) -> None:
    assert said("N5", **differs) == expected


def test_n5_outside_an_adjustment_is_due_all_the_same_under_the_conditions_of_the_party() -> None:
    (finding,) = (one for one in found(sector="Transportation") if one.rule == "N5")
    assert "corresponding adjustment is due all the same" in str(finding.reason)
    assert finding.reason.mend_text == "Outside of it this holds: the inventory covers it"
    assert finding.citation == "Decision 2/CMA.3, annex, paragraph 14; Made-up Act"
    binding = made(('outside = { force = "warning"', 'outside = { force = "binding"'))
    assert said("N5", under=binding, sector="Transportation") == [BLOCKS]
    assert said("N5", under=binding, ghgs=("phlogiston",)) == [WARNS]


def test_n5_asks_to_look_up_a_coverage_that_is_not_held() -> None:
    under = made(('sectors = ["Energy generation", "Waste management"]\n', ""))
    assert "is not held here. If it does not cover this one: the inventory covers it" in sentence(
        "N5", under=under
    )
    assert said("N5", under=under) == [WARNS]


@pytest.mark.parametrize(
    ("text", "gas"),
    [
        ("CO2", "CO2"),
        (" co₂ ", "CO2"),
        ("Nitrous oxide", "N2O"),
        ("HFC-23", "HFCs"),
        ("PFCs", "PFCs"),
        ("NF3", "NF3"),
        ("CO", None),
        ("", None),
    ],
)
def test_gases_are_compared_as_inventories_name_them(text: str, gas: str | None) -> None:
    assert inventory_gas(text) == gas


# -- N6: conditional or not --------------------------------------------------------------------------


def test_n6_says_into_which_part_of_the_contribution_an_activity_falls() -> None:
    assert said("N6") == [INFORMS]
    assert "the conditional part of “First contribution”: Stoves for every household" in sentence("N6")
    assert said("N6", activity_type="Solar") == [BLOCKS]
    assert "the unconditional part of “First contribution”" in sentence("N6", activity_type="Solar")
    assert said("N6", activity_type="Wind") == []
    unsaid = made(('conditional = false\nforce = "binding"\n', "conditional = false\n"))
    assert said("N6", under=unsaid, activity_type="Solar") == [WARNS]


# -- N7: the period ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"outcomes_to": date(2030, 12, 31)}, []),
        ({"outcomes_to": date(2031, 1, 1)}, [WARNS]),
        ({"outcomes_from": date(2021, 1, 1)}, []),
        ({"outcomes_from": date(2020, 12, 31)}, [WARNS]),
        ({"volumes": {2030: 1}}, []),
        ({"volumes": {2031: 1}}, [WARNS]),
        ({"volumes": None, "outcomes_from": None, "outcomes_to": None}, []),
    ],
)
def test_n7_outcomes_occur_in_a_period_of_the_contribution(
    changed: dict[str, Any], expected: list[str]
) -> None:
    assert said("N7", terms=TERMS.model_copy(update=changed)) == expected


def test_n7_the_period_named_is_one_of_the_contribution() -> None:
    assert said("N7", stated=None) == []
    assert said("N7", stated=(2021, 2035)) == [WARNS]
    assert "names the implementation period 2021–2035; the country’s contribution has 2021–2030" in sentence(
        "N7", stated=(2021, 2035)
    )


def test_n7_the_next_period_counts_from_the_day_on_which_it_stands() -> None:
    later = (
        '[[ndc]]\nname = { en = "Next" }\nyears = [2031, 2035]\nfrom = 2026-06-01\n'
        'source = "Communicated in 2026"\nsectors = ["Transportation"]\n\n[[ndc]]\nname = { en = "First'
    )
    under = made(('[[ndc]]\nname = { en = "First', later))
    beyond = TERMS.model_copy(update={"outcomes_to": date(2035, 12, 31)})
    assert said("N7", under=under, terms=beyond, on=date(2026, 5, 31)) == [WARNS]
    assert said("N7", under=under, terms=beyond, on=date(2026, 6, 1)) == []
    # Each period is asked only about what is asked of its years.
    assert said("N5", under=under, terms=beyond, on=date(2026, 6, 1)) == [WARNS]
    assert said("N5", under=under, on=date(2026, 6, 1)) == []


# -- N8: what is already promised --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promised", "changed", "expected"),
    [
        (7900, {}, [INFORMS]),
        (7901, {}, [BLOCKS]),
        (0, {}, [INFORMS]),
        (9400, {"volumes": {2026: 600, 2031: 5000}}, [INFORMS]),  # other years are no matter of this budget
        (9000, {"total": 1000}, [INFORMS]),  # of vintages and total the lower holds
        (9000, {"total": 1001}, [BLOCKS]),
        (0, {"volumes": None}, [WARNS]),
    ],
)
def test_n8_what_is_promised_and_asked_lies_within_the_budget(
    promised: int, changed: dict[str, Any], expected: list[str]
) -> None:
    assert said("N8", promised=Promised(tonnes=promised), terms=TERMS.model_copy(update=changed)) == expected


def test_n8_says_the_sum_and_what_is_not_in_it() -> None:
    given = [
        str(one.reason) for one in found(promised=Promised(tonnes=500, open_ended=2)) if one.rule == "N8"
    ]
    plain = [text.replace("\N{NARROW NO-BREAK SPACE}", " ") for text in given]
    assert plain == [
        (
            "Of the budget of 10 000 t for 2021–2030, 500 t are promised; with these 2100 t it would be "
            "2600 t (check N8)."
        ),
        "Authorisations of 2021–2030 without a ceiling, which are not in that sum: 2 (check N8).",
    ]


def test_only_contributions_in_force_with_a_budget_need_to_know_what_is_promised() -> None:
    assert contributions_with_a_budget(PROCEDURE, date(2021, 1, 1)) == [(2021, 2030)]
    assert contributions_with_a_budget(PROCEDURE, date(2020, 12, 31)) == []
    assert contributions_with_a_budget(SHIPPED["GHA/2022-1"], ON) == []


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "there"),
    [
        ("VM0042 (soil)", "VM0042", True),
        ("VM00421", "VM0042", False),
        ("AMS-II.G.", "AMS II.G", True),
        ("Rural électrification", "ÉLECTRIFICATION", True),
        ("anything", "", False),
        ("anything", "…", False),
    ],
)
def test_names_are_found_word_for_word(text: str, name: str, there: bool) -> None:
    assert contains(text, name) is there


# -- files -------------------------------------------------------------------------------------------


def test_a_file_says_all_of_it() -> None:
    assert {code: one.sort for code, one in PROCEDURE.lists.items()} == {
        "priorities": Sort.POSITIVE,
        "small_scale": Sort.AUTOMATIC,
        "own_measures": Sort.NEGATIVE,
    }
    assert PROCEDURE.lists["small_scale"].force is Force.INFORMATION
    entry = PROCEDURE.lists["priorities"].entries[1]
    assert (entry.since, entry.until, entry.source) == (date(2026, 2, 1), date(2027, 12, 31), "Order of 2026")
    (contribution,) = PROCEDURE.contributions
    assert contribution.gases == frozenset({"CO2", "CH4"})
    assert contribution.budget is not None
    assert contribution.budget.tonnes == 10000


WRONG: dict[str, tuple[str, str, str]] = {
    "an unknown sort": (
        'sort = "negative"',
        'sort = "red"',
        "lists.own_measures.sort: “red” stands here; expected is one of: positive, automatic, negative.",
    ),
    "an unknown force": (
        'Réservé au pays" }\nforce = "binding"',
        'Réservé au pays" }\nforce = "strict"',
        "lists.own_measures.force: “strict” stands here; expected is one of: binding, warning, information.",
    ),
    "an automatic list that binds": (
        'name = { en = "Additional without proof" }\n',
        'name = { en = "Additional without proof" }\nforce = "binding"\n',
        "lists.small_scale.force: an automatic list relieves an applicant and binds nobody",
    ),
    "a list without a source": (
        'source = "Made-up Act, second schedule"\n',
        "",
        "lists.small_scale.source: this must be given, and is not.",
    ),
    "a list that calls itself whole and is empty": (
        (
            "[[lists.small_scale.entries]]\n"
            'name = { en = "Efficient stoves" }\nactivity_types = ["Energy Efficiency households"]\n\n'
            "[lists.own_measures]"
        ),
        "[lists.own_measures]",
        "lists.small_scale.entries: the list has no entry. Where they were not read, say complete = false.",
    ),
    "an entry with which nothing can be compared": (
        'technologies = ["nuclear", "uranium"]\n',
        "",
        "lists.own_measures.entries.2: no activity could be compared with this",
    ),
    "a technology without a word": (
        '"uranium"',
        '" "',
        "lists.own_measures.entries.2.technologies: an empty",
    ),
    "an unknown type of activity": (
        '["Hydro"]',
        '["Hydropower"]',
        (
            "lists.own_measures.entries.1.activity_types: “Hydropower” is no known type of activity; "
            "do you mean “Hydro”?"
        ),
    ),
    "an end before the beginning": (
        "until = 2027-12-31",
        "until = 2026-01-31",
        "lists.priorities.entries.2.until: this ends before it begins, on 2026-02-01.",
    ),
    "a day in quotation marks": (
        "until = 2027-12-31",
        'until = "2027-12-31"',
        "lists.priorities.entries.2.until: “2027-12-31” stands here; expected is a date without",
    ),
    "an unknown key": (
        'also = ["Gold Standard"]',
        'aka = ["Gold Standard"]',
        "eligible.standards.1.aka: “aka” is no known key here",
    ),
    "a methodology without a source": (
        'name = "AMS-II.G"\nsource = "Order of 2026"',
        'name = "AMS-II.G"',
        "eligible.methodologies.2.source: this must be given, and is not.",
    ),
    "an unknown gas": ('"CH4"]', '"methane"]', "ndc.1.gases: “methane” is no known gas; known are: CH4, CO2"),
    "years the wrong way round": (
        "[2021, 2030]",
        "[2030, 2021]",
        "ndc.1.years: the first and the last year of the period are expected here.",
    ),
    "a budget of no years": (
        "years = [2021, 2030]\n",
        "",
        "ndc.1.budget: of which years this is the budget is not said: years is missing.",
    ),
    "a budget of half a tonne": (
        "tonnes = 10000",
        "tonnes = 0.5",
        "ndc.1.budget.tonnes: 0.5 stands here; expected is a whole number of at least 1.",
    ),
    "a part that may be either": (
        "conditional = true\n",
        "",
        "ndc.1.targets.2.conditional: this must be given, and is not.",
    ),
    "a part in a sector that is not covered": (
        "conditional = true\n",
        'conditional = true\nsectors = ["Transportation"]\n',
        "ndc.1.targets.2.sectors: the contribution does not cover the sector “Transportation”.",
    ),
    "two contributions for the same years": (
        "[[ndc]]\n",
        '[[ndc]]\nname = { en = "Other" }\nyears = [2030, 2035]\nsource = "Page"\n\n[[ndc]]\n',
        "ndc.1.years: another contribution, “First contribution”, says something of the same years",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_fault_names_the_file_the_key_and_what_is_wrong(wrong: str) -> None:
    before, after, fault = WRONG[wrong]
    with pytest.raises(BadProcedure) as bad:
        made((before, after))
    assert any(one.startswith(f"vut.toml: {fault}") for one in bad.value.sentences), bad.value.sentences


def test_one_contribution_may_follow_another_on_the_day_after_its_last() -> None:
    later = (
        '[[ndc]]\nname = { en = "Revised" }\nyears = [2021, 2030]\nfrom = 2027-01-01\nsource = "Page"\n\n'
        '[[ndc]]\nuntil = 2026-12-31\nname = { en = "First'
    )
    assert len(made(('[[ndc]]\nname = { en = "First', later)).contributions) == 2
    with pytest.raises(BadProcedure):
        made(('[[ndc]]\nname = { en = "First', later.replace("until = 2026-12-31", "until = 2027-01-01")))


# -- what is shipped ---------------------------------------------------------------------------------


def test_nothing_shipped_lists_what_its_source_was_not_read_for() -> None:
    """What is not held whole never blocks: somebody looks it up."""
    for procedure in SHIPPED.values():
        for one in procedure.lists.values():
            assert one.complete or said("N1", under=procedure) in ([], [WARNS])
    assert set(SHIPPED["GHA/2022-1"].lists) == {"eligible_activities", "automatic", "unconditional_measures"}
    assert not SHIPPED["default/1"].lists


def test_switzerland_pays_for_no_nuclear_power_abroad_and_other_types_are_looked_up() -> None:
    switzerland = SHIPPED["CHE/2022-1"]
    assert "as “Nuclear power”" in sentence("N1", under=switzerland, title="Small nuclear reactors")
    assert "has to be looked up" in sentence("N1", under=switzerland)


def test_ghanas_findings_are_marked_where_they_rest_on_what_was_not_read() -> None:
    by_rule = {one.rule: one for one in found(under=SHIPPED["GHA/2022-1"])}
    assert set(by_rule) == {"N1", "N2", "N3", "N5"}
    assert by_rule["N3"].informs
    assert by_rule["N1"].firmness is Firmness.ASSUMED
    assert "agreed by the acquiring Party" in str(by_rule["N5"].reason)
