"""National oversight in cases: warned at submission, answered at recommendation, blocking at decision."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Function
from audit.models import Event
from authorisation import procedures, proposals
from authorisation.kinds import Kind
from authorisation.models import Case, Line
from authorisation.models.decisions import Outcome
from authorisation.procedures import BUILT_IN
from authorisation.procedures.lists import Budget, Eligible, Force
from authorisation.procedures.reading import read_procedure
from authorisation.promised import promised_beside
from authorisation.services import applications, decisions, desk, reviews
from authorisation.verdicts import Verdict
from tests.authorisation.factories import (
    Staff,
    content,
    drafted,
    in_decision,
    in_review,
    letter_due,
    submitted,
    two_staffs,
)
from tests.authorisation.procedure_files import LISTS, SMALL
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

MADE_UP = read_procedure(f"{SMALL}\n{LISTS}", name="vut.toml")
HYDRO = content(activity={"activity_type": "Hydro", "registry_id": "MA-78", "title": "Dams"})


@pytest.fixture
def staffs() -> Iterator[tuple[Staff, Staff]]:
    """Two authorities whose procedure has the made-up negative list, and a budget that does not bind."""
    (contribution,) = MADE_UP.contributions
    overseen = replace(
        BUILT_IN,
        lists={"own_measures": MADE_UP.lists["own_measures"]},
        eligible=Eligible(),
        contributions=(replace(contribution, budget=Budget(tonnes=3000, force=Force.WARNING)),),
    )
    with ExitStack() as stack:
        stack.enter_context(patch.dict(vars(procedures)["SHIPPED"], {BUILT_IN.version: overseen}))
        yield two_staffs()


def rules_of(case: Case) -> list[tuple[str, bool]]:
    return [(one.rule, one.blocks) for one in proposals.findings_on_request(case)]


def test_a_binding_list_warns_is_answered_and_refuses_the_grant_alone(staffs: tuple[Staff, Staff]) -> None:
    ours, _theirs = staffs
    case = submitted(ours, HYDRO)
    assert ("N1", True) in rules_of(case)
    event = Event.objects.filter(action="submit").latest("pk")
    assert '"warnings":["N1"]' in event.facts
    # It can be accepted: whoever applies gets a reasoned decision, and not silence.
    case = desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    reviews.give_opinion(case, act=ours.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="Good.")

    def recommend(answers: dict[str, str]) -> Case:
        return desk.recommend(
            Case.objects.get(pk=case.pk),
            act=ours.act(Function.DESK_OFFICER),
            outcome=Outcome.REFUSE,
            reasons="It stands on the list.",
            answers=answers,
        )

    with pytest.raises(Refused) as caught:
        recommend({})
    # What is only told asks for no answer.
    assert [reason.code for reason in caught.value.reasons] == ["N1"]
    case = recommend({"N1": "So it does."})

    lines = Line.objects.count()
    with pytest.raises(Refused) as caught:
        decisions.approve(case, act=ours.act(Function.DECIDER))
    assert caught.value.kind is Refusal.RULE
    assert [reason.code for reason in caught.value.reasons] == ["N1"]
    assert "Reserved for the country" in str(caught.value)
    kept = Case.objects.get(pk=case.pk)
    assert (kept.state, kept.outcome, kept.decisions.count()) == ("in_decision", "", 0)
    assert Line.objects.count() == lines
    case = decisions.refuse(case, act=ours.act(Function.DECIDER), reasons=["It stands on the list."])
    assert case.state == "letter_due"


def test_a_letter_of_intent_is_overseen_too(staffs: tuple[Staff, Staff]) -> None:
    ours, _theirs = staffs
    assert ("N1", True) in rules_of(drafted(ours, HYDRO, kind=Kind.INTENT))
    assert rules_of(drafted(ours, HYDRO, kind=Kind.ACKNOWLEDGEMENT)) == []


def test_what_was_submitted_is_judged_as_of_its_submission(staffs: tuple[Staff, Staff]) -> None:
    """The entry ends on 31 December 2026; a draft is looked at on its day, a submission on its own."""
    ours, _theirs = staffs
    case = submitted(ours, HYDRO)
    after = replace_day(case, year=2027)
    assert ("N1", True) in [(one.rule, one.blocks) for one in proposals.findings_on_request(case, on=after)]
    draft = drafted(ours, HYDRO)
    assert "N1" in [one.rule for one in proposals.findings_on_request(draft)]
    assert "N1" not in [one.rule for one in proposals.findings_on_request(draft, on=after)]


def replace_day(case: Case, *, year: int) -> date:
    assert case.submitted_on is not None
    return case.submitted_on.replace(year=year, month=1, day=1)


def test_promised_is_what_other_cases_of_the_authority_hold_of_the_years(
    staffs: tuple[Staff, Staff],
) -> None:
    ours, theirs = staffs
    other = {"activity": {"registry_id": "MA-79", "title": "More stoves"}}
    letter_due(theirs)
    held = letter_due(ours)  # 600 t of 2026 and 1500 t of 2027
    letter_due(ours, content(**other, request={"volumes_tco2e": None, "total_tco2e": 500}))
    case = in_review(ours, content(activity={"registry_id": "MA-80", "title": "Still more stoves"}))

    assert promised_beside(case, 2021, 2030).tonnes == 2600
    assert promised_beside(case, 2026, 2026).tonnes == 1100
    assert promised_beside(held, 2021, 2030).tonnes == 500
    assert promised_beside(case, 2031, 2035).tonnes == 0
    with CaptureQueriesContext(connection) as queries:
        promised_beside(case, 2021, 2030)
    assert len(queries) == 3

    (finding,) = (one for one in proposals.findings_on_request(case) if one.rule == "N8")
    assert (finding.blocks, finding.informs) == (False, False)
    assert finding.reason.values["together"] == 4700
    # It does not bind, so it can be granted once it is answered.
    assert [reason.rule for reason in proposals.findings_on_request(case)].count("N8") == 1


def test_an_authorisation_without_a_ceiling_is_counted_as_one(staffs: tuple[Staff, Staff]) -> None:
    ours, _theirs = staffs
    letter_due(ours, content(request={"volumes_tco2e": None}))
    case = in_decision(ours, content(activity={"registry_id": "MA-80", "title": "Still more stoves"}))
    found = promised_beside(case, 2021, 2030)
    assert (found.tonnes, found.open_ended) == (0, 1)


def test_where_a_procedure_has_no_lists_nothing_is_said() -> None:
    ours, _theirs = two_staffs()
    case = applications.submit(drafted(ours, HYDRO), act=ours.act(), declared=True)
    assert rules_of(case) == []


@pytest.mark.parametrize("covered", [True, False])
def test_where_the_contribution_covers_nothing_of_it_rule_a7_tells_that_an_adjustment_is_due(
    covered: bool,
) -> None:
    (contribution,) = MADE_UP.contributions
    sector = content()["activity"]["sector"]
    sectors = frozenset({sector if covered else "Transportation"})
    overseen = replace(BUILT_IN, contributions=(replace(contribution, sectors=sectors, gases=None),))
    with patch.dict(vars(procedures)["SHIPPED"], {BUILT_IN.version: overseen}):
        ours, _theirs = two_staffs()
        case = in_decision(ours)
        granted = proposals.terms_asked(case)
        for found in (
            proposals.findings_on_request(case),
            proposals.findings_on_decision(case, granted),
        ):
            told = [(one.informs, one.blocks) for one in found if one.rule == "A7"]
            assert told == ([] if covered else [(True, False)])
            assert covered == ("N5" not in {one.rule for one in found})
