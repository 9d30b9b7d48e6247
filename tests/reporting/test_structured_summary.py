"""The structured summary: its arithmetic on outcomes made up, and what it reads of cases carried out."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from authorisation.first_transfer import Trigger
from authorisation.models import FirstTransfer, Line
from reporting.entered import BadFigures, read_entered
from reporting.selectors import structured_summary
from reporting.structured_summary import ENTERED, REPORTED, Outcomes, Row, summarise
from tests.authorisation.factories import concluded, content, letter_due, two_staffs
from tests.authorisation.test_outcomes import ONE, OTHER_PURPOSE, authorised, issue, transfer


def of(vintage: int = 2022, tonnes: int = 10, **more: Any) -> Outcomes:
    how: dict[str, Any] = {
        "authorisation": "A-1",
        "letter": "L-1",
        "for_ndc": True,
        "for_oimp": False,
        "definition": "",
        "trigger": Trigger.INTERNATIONAL_TRANSFER.value,
        "first_transferred_on": date(2024, 3, 1),
        **more,
    }
    return Outcomes(vintage=vintage, tonnes=tonnes, **how)


def test_they_count_in_the_year_of_the_first_transfer_and_are_adjusted_in_that_of_the_vintage() -> None:
    found = summarise(
        "GHA",
        [of(2022, 10), of(2023, 5, for_oimp=True), of(2022, 3, for_ndc=False, for_oimp=True)],
        years=range(2021, 2025),
    )
    assert found.as_json() == {
        "party": "GHA",
        "rows": {
            "2021": dict.fromkeys(REPORTED, 0),
            "2022": {Row.NDC: 0, Row.OIMP_ONLY: 0, Row.ADJUSTMENT: 13},
            "2023": {Row.NDC: 0, Row.OIMP_ONLY: 0, Row.ADJUSTMENT: 5},
            "2024": {Row.NDC: 15, Row.OIMP_ONLY: 3, Row.ADJUSTMENT: 0},
        },
    }


def test_what_the_party_used_itself_is_taken_off_and_the_net_is_added_up() -> None:
    found = summarise("GHA", [of(2022, 10)], years=range(2022, 2025), used_towards_own_ndc={2023: 4})
    assert [rows[Row.NET] for rows in found.figures.values()] == [0, -4, 10]
    assert [rows[Row.CUMULATIVE] for rows in found.figures.values()] == [0, -4, 6]
    assert [rows[Row.ADJUSTMENT] for rows in found.figures.values()] == [10, -4, 0]


def test_what_is_not_first_transferred_stands_in_no_row_and_is_named() -> None:
    held = of(first_transferred_on=None, trigger="")
    found = summarise("GHA", [held], years=[2022])
    assert found.figures[2022] == dict.fromkeys(set(Row) - {*ENTERED, Row.AVERAGE, Row.BALANCE}, 0)
    assert list(found.not_first_transferred) == [held]


@pytest.mark.parametrize(
    ("trigger", "issued_on", "named"),
    [
        (Trigger.ISSUANCE, date(2023, 12, 31), True),
        (Trigger.ISSUANCE, date(2024, 1, 1), False),
        (Trigger.AUTHORISATION, date(2023, 12, 31), False),
    ],
)
def test_only_blocks_issued_in_a_year_before_their_authorisation_are_dated_otherwise(
    trigger: Trigger, issued_on: date, named: bool
) -> None:
    one = of(trigger=trigger.value, issued_on=issued_on)
    assert list(summarise("GHA", [one], years=[2024]).dated_otherwise) == ([one] if named else [])


DAYS = st.dates(date(2021, 1, 1), date(2035, 12, 31))


@given(
    st.lists(
        st.builds(
            of,
            vintage=st.integers(2021, 2030),
            tonnes=st.integers(1, 10**9),
            for_ndc=st.booleans(),
            first_transferred_on=st.none() | DAYS,
        )
    )
)
def test_every_tonne_stands_once_in_rows_5_and_6_and_once_in_row_10_or_in_no_row(
    all_of: list[Outcomes],
) -> None:
    found = summarise("GHA", all_of, years=[2024])
    counted = sum(one.tonnes for one in all_of if one.first_transferred_on is not None)
    assert sum(rows[Row.NDC] + rows[Row.OIMP_ONLY] for rows in found.figures.values()) == counted
    assert sum(rows[Row.ADJUSTMENT] for rows in found.figures.values()) == counted
    assert sum(one.tonnes for one in found.not_first_transferred) == sum(o.tonnes for o in all_of) - counted
    for (year, row), parts in found.parts.items():
        assert found.figures[year][row] == sum(one.tonnes for one in parts)


# -- what is read ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_native_authorisations_are_summed_up_each_figure_with_its_blocks_and_letter() -> None:
    ours, theirs = two_staffs()
    case = letter_due(ours, content(request={**OTHER_PURPOSE, "first_transfer_definition": "Authorisation"}))
    assert case.activity is not None
    authorisation = concluded(ours, case)
    issue(ours, case.activity, blocks=[(ONE + "1-40", "A"), (ONE + "41-100", "B")])
    awaiting = letter_due(theirs)
    theirs.clock.move_to(theirs.clock.now() + timedelta(days=400))
    other = concluded(theirs, awaiting)
    # A day later it is the day of the decision in Port Vila everywhere.
    theirs.clock.move_to(theirs.clock.now() + timedelta(days=1))
    issue(theirs, other.activity, {2026: 500})
    transfer(theirs, other, {2026: 300})

    ours_now = structured_summary(ours.authority.party, until=2026)
    theirs_now = structured_summary(theirs.authority.party, until=2027)

    assert ours_now.figures[2026][Row.OIMP_ONLY] == ours_now.figures[2026][Row.ADJUSTMENT] == 100
    [part] = ours_now.parts[2026, Row.OIMP_ONLY]
    assert (part.authorisation, part.serials) == (authorisation.identifier, (ONE + "1-40", ONE + "41-100"))
    assert part.letter == case.letters.get(kind="authorisation").number
    moved = FirstTransfer.objects.get(line__authorisation=other)
    assert theirs_now.figures[moved.on.year][Row.NDC] == 300
    assert theirs_now.figures[2026][Row.ADJUSTMENT] == 300
    [held] = theirs_now.not_first_transferred
    assert held.tonnes == Line.objects.get(authorisation=other, vintage=2026).issued - 300 == 200


@pytest.mark.django_db
def test_the_command_prints_for_programs_and_says_aloud_what_stands_in_no_row() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, {2026: 700})
    out, err = StringIO(), StringIO()
    code = ours.authority.party.code

    call_command("structured_summary", party=code, json=True, stdout=out, stderr=err)

    said = json.loads(out.getvalue())
    assert list(said) == ["party", "rows"]
    assert said["rows"]["2026"] == {row.value: 0 for row in REPORTED}
    assert "600 t in 0 blocks are issued and authorised but NOT first transferred" in err.getvalue()
    assert "100 t are issued and covered by no authorisation" in err.getvalue()
    out = StringIO()
    transfer(ours, authorisation, {2026: 600})
    call_command("structured_summary", party=code, trace=True, stdout=out)
    assert authorisation.identifier in out.getvalue()
    assert "NOT first transferred" not in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["XXX", "CHE"])
def test_a_party_that_is_none_or_has_no_authority_here_is_refused_with_a_sentence(code: str) -> None:
    with pytest.raises(CommandError, match=code):
        call_command("structured_summary", party=code)


# -- what a Party enters itself ----------------------------------------------------------------------

ENTERED_BY_YEAR = {2022: {Row.TARGET: 1_000, Row.INVENTORY: 900}, 2023: {Row.INVENTORY_IN_NDC: 700}}


def test_the_balance_stands_where_an_inventory_was_entered_and_elsewhere_is_blank() -> None:
    found = summarise("GHA", [of(2022, 10)], years=range(2021, 2025), entered=ENTERED_BY_YEAR)
    assert found.figures[2022][Row.BALANCE] == 900 + 10
    assert found.figures[2022][Row.TARGET] == 1_000
    assert [year for year, rows in found.figures.items() if Row.BALANCE in rows] == [2022]
    assert Row.AVERAGE not in found.figures[2022]


def test_a_party_that_averages_adjusts_by_the_average_of_the_years_that_have_elapsed() -> None:
    found = summarise(
        "GHA",
        [of(2022, 10), of(2023, 5, first_transferred_on=date(2021, 5, 1))],
        years=range(2021, 2026),
        used_towards_own_ndc={2025: 20},
        entered={2024: {Row.INVENTORY: 100}},
        averaging_since=2022,
    )
    told = {year: (rows.get(Row.AVERAGE), rows[Row.ADJUSTMENT]) for year, rows in found.figures.items()}
    # 10 t in 2024, after three years: 3 1/3, and up; what was before the period is left to its vintage.
    assert told == {2021: (None, 0), 2022: (0, 0), 2023: (0, 0), 2024: (4, 4), 2025: (-2, -2)}
    assert found.figures[2024][Row.BALANCE] == 104
    assert found.figures[2025][Row.CUMULATIVE] == 5 + 10 - 20


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("year,row3_inventory\nsoon,5\n", "“soon” is no year"),
        ("year,row3_inventory\n2022,5\n2022,6\n", "stands twice"),
        ("year,row3_inventory\n2022,1.5\n", "“1.5” is no whole number of tonnes"),
        ("year,row3\n2022,5\n", "No figure stands in it"),
        ("", "No figure stands in it"),
    ],
)
def test_figures_that_cannot_be_read_are_refused(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(content)
    with pytest.raises(BadFigures, match=sentence):
        read_entered(path)


def test_figures_are_read_by_year_and_row(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(
        f"year,{Row.TARGET},{Row.INVENTORY},{Row.INVENTORY_IN_NDC}\n2022,1000,900,\n2023,,,700\n2024,,-5,\n"
    )
    assert read_entered(path) == {**ENTERED_BY_YEAR, 2024: {Row.INVENTORY: -5}}
    with pytest.raises(BadFigures):
        read_entered(tmp_path / "none.csv")


@pytest.mark.django_db
def test_the_command_prints_what_was_entered_beside_what_is_computed(tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    path = tmp_path / "figures.csv"
    path.write_text(f"year,{Row.INVENTORY}\n2022,900\n")
    out = StringIO()
    call_command("structured_summary", party=ours.authority.party.code, figures=path, stdout=out)
    heads, *years = out.getvalue().splitlines()
    assert "Row 3" in heads
    assert "Row 12" in heads
    assert years[1].split() == ["2022", "900", *["0"] * 6, "900"]
    assert years[0].split()[-1] == "–"
    with pytest.raises(CommandError, match="began in 1990"):
        call_command("structured_summary", party=ours.authority.party.code, averaging_since=1990)
