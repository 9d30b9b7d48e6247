"""A finding of breach opens a suspension: with its ground and its evidence, by whom, and when not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Function
from audit.trail import event_record, events_of
from authorisation.models import Authorisation, Case, CaseDocument, Line, Obligation, PlannedAct
from authorisation.planned import plan_of
from authorisation.services import acts, decisions, obligations
from authorisation.services.documents import Upload
from tests.authorisation.factories import Staff, concluded, letter_of, recommended, two_staffs
from tests.authorisation.obliging import REPORT, authorised, met, one
from tests.authorisation.standing import carried_out, planned
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db

GROUNDS = "The report of the first half-year was not handed in."


@pytest.fixture
def staffs() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def of(staffs: tuple[Staff, Staff]) -> Staff:
    return staffs[0]


def breached(of: Staff) -> Obligation:
    """A report that was handed in once, found wanting, and is a breach now."""
    report = one(authorised(of, REPORT))
    upload = Upload(content=b"Half of it.", name="half.txt", declared="text/plain")
    obligations.hand_in(report, act=of.act(), upload=upload, confidentiality_basis="Names of households.")
    officer = of.act(Function.DESK_OFFICER)
    report = obligations.find_not_met(again(report), act=officer, reasons="Half of it is missing.")
    of.clock.move_to(of.clock.now() + timedelta(days=200))
    return obligations.find_breach(again(report), act=of.act(Function.DESK_OFFICER), reasons="Still missing.")


def again(obligation: Obligation) -> Obligation:
    return Obligation.objects.get(pk=obligation.pk)


def opened(of: Staff, obligation: Obligation, function: Function = Function.DESK_OFFICER) -> Case:
    return obligations.open_suspension(again(obligation), act=of.act(function), grounds=GROUNDS)


def refused(do: Any, kind: Kind = Kind.RULE) -> list[str]:
    """The codes of a refusal that opened nothing and left the obligation as it was."""
    before = (Case.objects.count(), PlannedAct.objects.count(), CaseDocument.objects.count())
    states = list(Obligation.objects.order_by("pk").values_list("state"))
    with pytest.raises(Refused) as refusal:
        do()
    assert refusal.value.kind == kind
    assert (Case.objects.count(), PlannedAct.objects.count(), CaseDocument.objects.count()) == before
    assert list(Obligation.objects.order_by("pk").values_list("state")) == states
    return [reason.code for reason in refusal.value.reasons]


@pytest.mark.parametrize("function", [Function.DESK_OFFICER, Function.DIRECTOR])
def test_a_finding_of_breach_opens_a_suspension_with_its_ground_and_evidence(
    of: Staff, function: Function
) -> None:
    report = breached(of)
    lines = list(Line.objects.order_by("pk").values())
    case = opened(of, report, function)
    assert (case.kind, case.state, case.initiative) == ("suspension", "draft", "with_hearing")
    assert plan_of(case).grounds == GROUNDS
    assert case.planned.breach == obligations.breach_found(report)
    evidence, handed_in = case.documents.get(), report.evidence.get().document
    assert handed_in is not None
    assert evidence.document.sha256 == handed_in.document.sha256
    assert evidence.document.confidentiality_basis == "Names of households."
    # Nothing is suspended by it, and the breach can still be made good.
    assert again(report).state == "breached"
    assert Authorisation.objects.get().state == "in_force"
    assert list(Line.objects.order_by("pk").values()) == lines
    assert [event.action for event in events_of(report.trail_stream).order_by("sequence")][-1] == (
        "open_suspension"
    )
    told = event_record(events_of(case.trail_stream).get())["facts"]
    assert isinstance(told, dict)
    assert told["breach_of"] == str(report.public_id)


def test_it_goes_its_way_and_is_resumed_once_the_breach_is_made_good(of: Staff) -> None:
    report = breached(of)
    case = obligations.open_suspension(
        again(report), act=of.act(Function.DESK_OFFICER), grounds=f"{GROUNDS}\r\nAs a browser sends lines."
    )
    case = acts.serve_notice(case, act=of.act(Function.DESK_OFFICER))
    assert f"{GROUNDS}\\nAs a browser sends lines." in letter_of(case).content
    case = acts.hear(case, act=of.act(), statement="It comes next month.")
    case = decisions.approve(recommended(of, case), act=of.act(Function.DECIDER))
    authorisation = concluded(of, case)
    assert authorisation.state == "suspended"
    # On one that is suspended already, no other is opened.
    assert refused(lambda: opened(of, report)) == ["authorisation-state"]
    assert met(of, again(report)).state == "met"
    assert carried_out(of, authorisation, planned("resumption")).state == "in_force"
    assert refused(lambda: opened(of, report), Kind.STATE) == ["state"]


def test_one_suspension_is_open_on_a_breach_at_a_time(of: Staff) -> None:
    report = breached(of)
    case = opened(of, report)
    assert refused(lambda: opened(of, report)) == ["suspension-open"]
    acts.discontinue(case, act=of.act(Function.DESK_OFFICER), reasons="It came by post.")
    assert opened(of, report).pk != case.pk


def test_the_same_act_again_opens_nothing_again(of: Staff) -> None:
    report = breached(of)
    act = replace(of.act(Function.DESK_OFFICER), key="once")
    found = {obligations.open_suspension(again(report), act=act, grounds=GROUNDS).pk for _time in range(2)}
    assert len(found) == 1
    assert CaseDocument.objects.filter(case__in=found).count() == 1


def test_nobody_else_opens_it_nor_without_a_breach_or_grounds(staffs: tuple[Staff, Staff]) -> None:
    of, others = staffs
    report = breached(of)
    for function in (Function.DECIDER, Function.SIGNER, Function.REVIEWER):
        assert refused(lambda function=function: opened(of, report, function), Kind.ROLE) == ["role"]
    holder = lambda: obligations.open_suspension(again(report), act=of.act(), grounds=GROUNDS)  # noqa: E731
    assert "role" in refused(holder, Kind.ROLE)
    assert refused(lambda: opened(others, report), Kind.UNSEEN) == ["not-found"]
    bare = lambda: obligations.open_suspension(  # noqa: E731
        again(report), act=of.act(Function.DESK_OFFICER), grounds=" "
    )
    assert refused(bare) == ["grounds-missing"]
    awaited = one(authorised(others, REPORT))
    assert refused(lambda: opened(others, awaited), Kind.STATE) == ["state"]
