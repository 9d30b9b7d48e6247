"""Conditions precedent and obligations through the use-cases: what is held back, found and refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from accounts.models import Function
from audit.models import Event
from audit.trail import events_of
from authorisation.held_back import in_effect_since, unmet_conditions
from authorisation.issuing import Evidence, Issuance
from authorisation.models import (
    Authorisation,
    Case,
    CaseDocument,
    Decision,
    FirstTransfer,
    Obligation,
    ObligationEvidence,
    ObligationFinding,
)
from authorisation.requirements import Since, from_json
from authorisation.services import decisions, obligations, outcomes
from authorisation.verification import verify
from tests.authorisation.factories import (
    Staff,
    concluded,
    content,
    in_decision,
    letter_of,
    recommended,
    two_staffs,
)
from tests.authorisation.obliging import (
    AGREEMENT,
    REPORT,
    START,
    asking_always,
    authorised,
    handed_in,
    met,
    one,
    shown,
)
from tests.authorisation.standing import opened, planned, reviewable
from workflow.door import Act
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db

SHOWN = Evidence(reference="Registry notice 7")
FEE = replace(
    START,
    since=Since.ISSUANCE,
    months=None,
    days=30,
    amount=Decimal("0.2"),
    currency="USD",
    per_tonne=True,
    name={"en": "Fee for what is issued"},
)


@pytest.fixture
def staffs() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def of(staffs: tuple[Staff, Staff]) -> Staff:
    return staffs[0]


def rows() -> tuple[Any, ...]:
    """All that an act on an obligation could change."""
    return (
        list(Obligation.objects.order_by("pk").values()),
        ObligationEvidence.objects.count(),
        ObligationFinding.objects.count(),
        CaseDocument.objects.count(),
        FirstTransfer.objects.count(),
    )


def without_refusals(found: tuple[Any, ...]) -> Any:
    """The rows but for the head of the trail, in which a refusal is told."""
    stored, *counts = found
    return [{**row, "trail_sequence": 0, "trail_digest": ""} for row in stored], counts


def refused(act: Callable[[], object], kind: Kind = Kind.RULE) -> list[str]:
    """The codes of a refusal that changed nothing, and whose words are whole."""
    before = without_refusals(rows())
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.kind == kind
    assert all("%(" not in f"{reason}{reason.mend_text}" for reason in refusal.value.reasons)
    assert without_refusals(rows()) == before
    return [reason.code for reason in refusal.value.reasons]


def officer(of: Staff) -> Act:
    return of.act(Function.DESK_OFFICER)


def again(obligation: Obligation) -> Obligation:
    return Obligation.objects.get(pk=obligation.pk)


def today(of: Staff) -> date:
    return of.authority.legal_date(of.clock.now())


def later(of: Staff, days: int) -> None:
    of.clock.move_to(of.clock.now() + timedelta(days=days))


def transfer(of: Staff, authorisation: Authorisation, **more: Any) -> None:
    how: dict[str, Any] = {
        "on": today(of),
        "to_party": "CHE",
        "evidence": SHOWN,
        "volumes": {2026: 10},
        **more,
    }
    outcomes.record_first_transfer(Authorisation.objects.get(pk=authorisation.pk), act=officer(of), **how)


# -- where they come from ------------------------------------------------------------------------------


def test_a_decision_asks_what_its_procedure_asks_and_what_was_typed_in_it(of: Staff) -> None:
    with asking_always(REPORT):
        authorisation = authorised(of, AGREEMENT)
        found = list(authorisation.obligations.values_list("code", "sort", "turn", "state"))
        assert found == [("report", "obligation", 1, "awaited"), ("decision_1", "condition", 1, "awaited")]
        decided_on = Decision.objects.get().decided_on
        report, agreement = authorisation.obligations.all()
        assert (
            report.due_on
            == report.scheduled_on
            == date(decided_on.year, decided_on.month + 6, decided_on.day)
        )
        assert agreement.due_on is None
        assert agreement.requirement == replace(AGREEMENT, code="decision_1")
        (begun,) = events_of(report.trail_stream)
        assert (begun.action, begun.to_state, begun.actor) == ("begin", "awaited", "system")


def test_a_decision_that_asks_nothing_leaves_no_trace_of_it(of: Staff) -> None:
    authorisation = authorised(of)
    assert not authorisation.obligations.exists()
    assert in_effect_since(authorisation) == authorisation.versions.get().effective_on
    assert not Event.objects.filter(action="approve", facts__contains="requirements").exists()


def test_what_was_typed_is_refused_where_it_says_not_what_or_when(of: Staff) -> None:
    case = in_decision(of)
    unclear = [replace(START, months=None), replace(AGREEMENT, name={"en": " "})]
    with pytest.raises(Refused) as refusal:
        decisions.approve(case, act=of.act(Function.DECIDER), requirements=unclear)
    assert [reason.code for reason in refusal.value.reasons] == ["requirement-unclear", "requirement-unnamed"]
    assert not Decision.objects.exists()


def test_what_the_procedure_asks_is_asked_otherwise_or_left_out_with_a_reason_alone(of: Staff) -> None:
    with asking_always(REPORT, START):
        case = in_decision(of)
        decider = of.act(Function.DECIDER)
        yearly = replace(REPORT, every=12)
        otherwise: dict[str, Any] = {"requirements": [yearly], "left_out": ["start"]}
        with pytest.raises(Refused) as refusal:
            decisions.approve(case, act=decider, **otherwise)
        assert [(one.code, one.values["what"]) for one in refusal.value.reasons] == [
            ("asks-otherwise", "Report on progress"),
            ("asks-otherwise", "Start of the activity"),
        ]
        assert not Decision.objects.exists()
        decisions.approve(case, act=decider, **otherwise, asking_reason="It has started already.")
        decision = Decision.objects.get()
        assert [from_json(one) for one in decision.requirements] == [yearly]
        assert decision.reasons == ["It has started already."]


# -- in a later change ----------------------------------------------------------------------------------


def granted(of: Staff, authorisation: Authorisation, plan: Any, *asked: Any) -> Case:
    """The act of the authority taken to its decision, which asks this of the holder."""
    case = recommended(of, reviewable(of, opened(of, authorisation, plan, Function.DESK_OFFICER)))
    return decisions.approve(case, act=of.act(Function.DECIDER), requirements=asked)


def test_what_a_change_asks_begins_when_the_change_takes_effect(of: Staff) -> None:
    authorisation = authorised(of, REPORT)
    later(of, 30)
    case = granted(of, authorisation, planned("clarification", text="So."), START, FEE)
    assert list(authorisation.obligations.values_list("code", "turn")) == [("decision_1", 1)]
    letter = letter_of(case).content
    assert "Obligation of the holder: Start of the activity." in letter
    # What the first letter asks is not forgotten by the one that is read after it.
    assert "Obligation of the holder: Report on progress." in letter
    concluded(of, case)
    begun = authorisation.obligations.get(case=case)
    decided_on = case.decisions.get().decided_on
    assert (begun.code, begun.state, begun.since) == ("decision_1", "awaited", decided_on)
    assert begun.due_on == date(decided_on.year + 1, decided_on.month, decided_on.day)
    assert [event.action for event in events_of(begun.trail_stream)] == ["begin"]
    assert in_effect_since(authorisation) is not None
    # What follows issuances is asked from then on.
    later(of, 330)
    issuance = Issuance(on=today(of), volumes={2026: 400}, evidence=SHOWN)
    outcomes.record_issuance(authorisation.activity, issuance, act=officer(of))
    assert authorisation.obligations.get(case=case, code="decision_2").amount == Decimal("80.00")


def test_what_takes_away_asks_nothing_and_what_stands_has_no_condition_precedent(of: Staff) -> None:
    authorisation = authorised(of)

    def refusal(plan: Any, asked: Any) -> list[str]:
        before = Decision.objects.count(), Obligation.objects.count()
        with pytest.raises(Refused) as refused:
            granted(of, authorisation, plan, asked)
        assert (Decision.objects.count(), Obligation.objects.count()) == before
        return [reason.code for reason in refused.value.reasons]

    assert refusal(planned("suspension"), START) == ["requirement-of-nothing"]
    assert refusal(planned("clarification", text="So."), AGREEMENT) == ["condition-of-a-change"]


def test_a_fee_is_owed_for_what_a_change_covers_more_and_for_no_tonne_twice(of: Staff) -> None:
    authorisation = authorised(of, FEE)
    later(of, 330)
    issuance = Issuance(on=today(of), volumes={2026: 700}, evidence=SHOWN)
    outcomes.record_issuance(authorisation.activity, issuance, act=officer(of))
    for type_, ceiling in (("quantity_down", 500), ("quantity_up", 650)):
        concluded(of, granted(of, authorisation, planned(type_, volumes={2026: ceiling})))
    # 600 t were covered first and 500 t left of them; of the 150 t covered then 100 t were paid for.
    assert list(authorisation.obligations.order_by("turn").values_list("turn", "amount")) == [
        (1, Decimal("120.00")),
        (2, Decimal("10.00")),
    ]
    assert verify().wrong == []


# -- conditions precedent ----------------------------------------------------------------------------------


def test_nothing_is_first_transferred_before_every_condition_is_recorded_as_met(of: Staff) -> None:
    authorisation = authorised(of, AGREEMENT, replace(AGREEMENT, name={"en": "Permit of the forest service"}))
    assert [row.code for row in unmet_conditions(authorisation)] == ["decision_1", "decision_2"]
    later(of, 330)
    assert refused(lambda: transfer(of, authorisation)) == ["condition-unmet", "condition-unmet"]
    met(of, one(authorisation))
    assert refused(lambda: transfer(of, authorisation)) == ["condition-unmet"]
    assert in_effect_since(authorisation) is None
    met(of, one(authorisation, "decision_2"))
    assert in_effect_since(authorisation) == today(of)
    before = today(of) - timedelta(days=1)
    assert refused(lambda: transfer(of, authorisation, on=before)) == ["before-effect"]
    transfer(of, authorisation)
    assert FirstTransfer.objects.get().tonnes == 10
    assert verify().wrong == []


def test_what_is_issued_meanwhile_is_covered_and_transferred_with_the_last_condition(of: Staff) -> None:
    """First transfer by authorisation: dated at the day of its effect, that of the last condition."""
    given = content(
        request={
            "uses": ["OP"],
            "oimp": {"op": "Voluntary targets"},
            "first_transfer_definition": "Authorisation",
        }
    )
    authorisation = authorised(of, AGREEMENT, given=given)
    later(of, 330)
    issuance = Issuance(on=today(of), volumes={2026: 400}, evidence=SHOWN)
    outcomes.record_issuance(authorisation.activity, issuance, act=officer(of))
    line = authorisation.lines.get(vintage=2026)
    assert (line.issued, line.first_transferred) == (0, 0)
    later(of, 20)
    met(of, one(authorisation))
    line.refresh_from_db()
    assert (line.issued, line.first_transferred) == (400, 400)
    assert FirstTransfer.objects.get().on == today(of) == in_effect_since(authorisation)
    assert verify().wrong == []


def test_a_condition_is_neither_breached_nor_waived(of: Staff) -> None:
    condition = one(authorised(of, replace(AGREEMENT, months=1)))
    later(of, 60)
    director = of.act(Function.DIRECTOR)
    breach = lambda: obligations.find_breach(condition, act=officer(of), reasons="Late.")  # noqa: E731
    assert refused(breach, Kind.STATE) == ["kind"]
    assert refused(lambda: obligations.waive(condition, act=director, reasons="Kind."), Kind.STATE) == [
        "kind"
    ]


# -- handing in and judging ----------------------------------------------------------------------------------


def test_evidence_is_handed_in_by_the_holder_and_judged_by_an_officer_with_reasons(of: Staff) -> None:
    report = one(authorised(of, REPORT))
    report = obligations.hand_in(report, act=of.act(), upload=shown(), note="For the first half.")
    assert (report.state, report.came_from) == ("handed_in", "awaited")
    evidence = report.evidence.get()
    assert evidence.document is not None
    assert (evidence.document.type, evidence.document.title) == ("evidence-of-obligation", "decision_1/1")
    report = obligations.find_not_met(report, act=officer(of), reasons="The second village is missing.")
    assert report.state == "awaited"
    report = obligations.hand_in(report, act=of.act(), reference="https://example.org/report")
    report = obligations.find_met(report, act=officer(of), reasons="Complete now.")
    assert (report.state, report.met_on) == ("met", today(of))
    assert [(found.verdict, found.reasons) for found in report.findings.all()] == [
        ("find_not_met", "The second village is missing."),
        ("find_met", "Complete now."),
    ]
    actions = [event.action for event in events_of(report.trail_stream).order_by("sequence")]
    assert actions == ["begin", "hand_in", "find_not_met", "hand_in", "find_met"]


def test_what_recurs_falls_due_again_once_it_was_met(of: Staff) -> None:
    authorisation = authorised(of, REPORT)
    first = one(authorisation)
    met(of, first)
    second = one(authorisation, turn=2)
    assert second.state == "awaited"
    assert first.scheduled_on is not None
    assert second.due_on == date(
        first.scheduled_on.year + 1, first.scheduled_on.month - 6, first.scheduled_on.day
    )
    assert authorisation.obligations.count() == 2


def test_nothing_is_found_without_evidence_and_reasons(of: Staff) -> None:
    report = one(authorised(of, REPORT))
    assert refused(lambda: obligations.hand_in(report, act=of.act(), reference=" ")) == ["evidence-missing"]
    bare = partial(obligations.find_met, report, act=officer(of), reasons=" ")
    assert refused(bare) == ["evidence-missing", "finding-reasons"]
    handed_in(of, report)
    unreasoned = partial(obligations.find_not_met, again(report), act=officer(of), reasons="")
    assert refused(unreasoned) == ["finding-reasons"]


def test_only_the_holder_and_the_authority_of_the_authorisation_act_on_it(
    staffs: tuple[Staff, Staff],
) -> None:
    of, others = staffs
    report = one(authorised(of, REPORT))
    strangers = (others.act(), others.act(Function.DESK_OFFICER), others.act(Function.DIRECTOR))
    for stranger in strangers:
        hidden = partial(obligations.hand_in, report, act=stranger, reference="Mine")
        assert refused(hidden, Kind.UNSEEN) == ["not-found"]
    for function in (Function.DECIDER, Function.SIGNER, Function.REVIEWER):
        judging = partial(obligations.find_met, report, act=of.act(function), reasons="Yes.", reference="1")
        assert refused(judging, Kind.ROLE) == ["role"]
    own = partial(obligations.find_met, report, act=of.act(), reasons="Yes.", reference="1")
    assert refused(own, Kind.ROLE) == ["role", "conflict-of-interest"]
    waiving = partial(obligations.waive, report, act=officer(of), reasons="Kind.")
    assert refused(waiving, Kind.ROLE) == ["role"]


def test_the_same_act_again_is_not_done_again(of: Staff) -> None:
    report = one(authorised(of, REPORT))
    act = replace(officer(of), key="once")
    for _time in range(2):
        obligations.find_met(report, act=act, reasons="Seen.", reference="12")
    assert report.findings.count() == report.evidence.count() == 1
    stale = partial(obligations.hand_in, again(report), act=of.act(), reference="13", seen=0)
    assert refused(stale, Kind.STATE) == ["state", "stale"]


# -- more time, breach, waiver ---------------------------------------------------


def test_more_time_is_given_until_a_later_day_with_reasons(of: Staff) -> None:
    start = one(authorised(of, START))
    due = start.due_on
    assert due is not None

    def give(until: date | None, reasons: str = "Floods.") -> Obligation:
        return obligations.extend(again(start), act=officer(of), until=until, reasons=reasons)

    assert refused(lambda: give(None)) == ["day-missing"]
    assert refused(lambda: give(due)) == ["not-later"]
    assert refused(lambda: give(due + timedelta(days=30), "")) == ["finding-reasons"]
    given = give(due + timedelta(days=90))
    assert (given.due_on, given.scheduled_on, given.state) == (due + timedelta(days=90), due, "awaited")
    assert given.findings.get().until == due + timedelta(days=90)


def test_a_breach_is_found_after_the_day_and_can_be_made_good(of: Staff) -> None:
    start = one(authorised(of, START))

    def breach() -> Obligation:
        return obligations.find_breach(again(start), act=officer(of), reasons="Nothing was built.")

    assert refused(breach) == ["not-due-yet"]
    later(of, 366)
    assert start.due_on is not None
    assert today(of) > start.due_on
    assert breach().state == "breached"
    made_good = obligations.hand_in(again(start), act=of.act(), reference="Photographs of 2 March")
    assert (made_good.state, made_good.came_from) == ("handed_in", "breached")
    assert obligations.find_not_met(made_good, act=officer(of), reasons="Unclear.").state == "breached"
    assert met(of, again(start)).state == "met"


def test_a_waiver_is_the_directors_and_for_this_time_alone(of: Staff) -> None:
    authorisation = authorised(of, REPORT)
    waived = obligations.waive(one(authorisation), act=of.act(Function.DIRECTOR), reasons="Registry closed.")
    assert waived.state == "waived"
    assert one(authorisation, turn=2).state == "awaited"


# -- after issuance ------------------------------------------------------------------------------------------


def test_a_fee_at_issuance_is_owed_for_each_tonne_covered_and_once_for_each_issuance(of: Staff) -> None:
    authorisation = authorised(of, FEE, replace(START, since=Since.ISSUANCE, once=True, months=1))
    assert not authorisation.obligations.exists()
    later(of, 330)
    for tonnes in (400, 300):
        issuance = Issuance(on=today(of), volumes={2026: tonnes}, evidence=SHOWN)
        outcomes.record_issuance(authorisation.activity, issuance, act=officer(of))
    found = authorisation.obligations.order_by("code", "turn")
    # The ceiling of 2026 is 600 t: of the second issuance 200 t are covered.
    assert [(one.code, one.turn, one.amount, one.currency) for one in found] == [
        ("decision_1", 1, Decimal("80.00"), "USD"),
        ("decision_1", 2, Decimal("40.00"), "USD"),
        ("decision_2", 1, None, ""),
    ]
    assert {one.due_on for one in found.filter(code="decision_1")} == {today(of) + timedelta(days=30)}
    issuance = Issuance(on=today(of), volumes={2026: 50}, evidence=SHOWN)
    outcomes.record_issuance(authorisation.activity, issuance, act=officer(of))
    assert found.count() == 3
