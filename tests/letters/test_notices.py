"""Letters that conclude nothing: sent where the procedure asks for them, and never in the way of a step."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest

from accounts.models import Function, Tenure
from audit.models import Event
from authorisation.clocks import Clock
from authorisation.issuing import Evidence
from authorisation.models import Authorisation, Case
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import Fee, Notice, Procedure, Stage
from authorisation.procedures.shipped import SHIPPED
from authorisation.services import outcomes
from letters.content import Clarification, FeeNotice, FirstTransfer, Lapse, Receipt, parse
from letters.kinds import KINDS, notices_of
from letters.models import Letter
from tests.authorisation.factories import (
    Staff,
    content,
    granted,
    in_review,
    issued,
    questioned,
    submitted,
    two_staffs,
    with_applicant,
)
from tests.authorisation.timing import run_on, staff_of
from workflow.clock import today

pytestmark = pytest.mark.django_db

FEE = Fee(stage=Stage.DECISION, amount=Decimal("1500.50"), currency="USD", basis="Fees Order", days=30)


@pytest.fixture
def every_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the plain procedure sends every notice, and asks a fee before the decision."""
    shipped = cast(dict[str, Procedure], SHIPPED)
    handling = {}
    for kind, way in BUILT_IN.handling.items():
        applicant = replace(way.clocks[Clock.APPLICANT], days=20, remind=(5,))
        clocked = {**way.clocks, Clock.APPLICANT: applicant}
        handling[kind] = replace(way, notices=tuple(Notice), fees=(FEE,), clocks=clocked)
    monkeypatch.setitem(shipped, BUILT_IN.version, replace(BUILT_IN, handling=handling))


def kinds_of(case: Case) -> list[str]:
    return list(case.letters.order_by("pk").values_list("kind", flat=True))


def said(case: Case) -> Any:
    return parse(case.letters.latest("pk").content.encode())


def test_what_a_procedure_can_ask_for_is_what_the_table_sends_only_where_asked() -> None:
    assert {kind.code for kind in KINDS if kind.where_asked} == set(Notice.values)
    assert not any(kind.concluding for kind in KINDS if kind.where_asked)
    assert notices_of("submit", ("receipt",)) == ("receipt",)
    assert notices_of("approve", ()) == ()
    assert notices_of("withdraw", Notice.values) == ()


def test_nobody_is_sent_what_the_procedure_does_not_ask_for() -> None:
    ours, theirs = two_staffs()
    assert kinds_of(questioned(ours)) == kinds_of(submitted(theirs)) == []


@pytest.mark.usefixtures("every_notice")
def test_a_receipt_says_what_came_in_and_holds_nothing_up() -> None:
    ours, theirs = two_staffs()
    case = submitted(ours)
    assert kinds_of(case) == ["receipt"]
    receipt, version = said(case), case.versions.get()
    assert isinstance(receipt, Receipt)
    assert (receipt.application_version, receipt.application_sha256) == (1, version.sha256)
    assert receipt.examined_by == case.due_on
    assert receipt.signatories[0].office_title
    # Signed and issued by the desk, it leaves the case where it is.
    letter = issued(ours, case, Function.DESK_OFFICER)
    assert letter.state == "issued"
    assert Case.objects.get(pk=case.pk).state == "submitted"
    assert not theirs.authority.letters.exists()


@pytest.mark.usefixtures("every_notice")
def test_questions_and_fees_are_put_in_letters() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert kinds_of(case) == ["receipt", "fee_notice"]
    notice = said(case)
    assert isinstance(notice, FeeNotice)
    (fee,) = notice.fees
    assert (fee.reference, fee.amount, fee.currency, fee.waits) == (
        f"{case.reference}/F1",
        "1500.50",
        "USD",
        "decision",
    )
    assert fee.due_on == case.fee_notices.get().due_on
    case = questioned(ours)
    assert kinds_of(case) == ["receipt", "fee_notice", "clarification"]
    asked = said(case)
    assert isinstance(asked, Clarification)
    assert [question.text for question in asked.questions] == ["How are stoves counted?"]
    assert asked.answer_by == case.due_on


@pytest.mark.usefixtures("every_notice")
def test_a_lapse_is_told_with_the_day_that_was_missed() -> None:
    ours = staff_of()
    case = with_applicant(ours)
    due = case.due_on
    assert due is not None
    for days in (-5, 1):
        assert run_on(ours, due + timedelta(days=days)).done == 1
    case = Case.objects.get(pk=case.pk)
    assert case.state == "lapsed"
    assert kinds_of(case) == ["receipt", "request_for_completion", "lapse"]
    lapse = said(case)
    assert isinstance(lapse, Lapse)
    assert lapse.deadline == due
    assert lapse.warned_on == (due - timedelta(days=5),)


def transferred(of: Staff) -> Authorisation:
    case = granted(of, content())
    authorisation = Authorisation.objects.get(versions__case=case)
    outcomes.record_first_transfer(
        authorisation,
        act=of.act(Function.DESK_OFFICER),
        on=today(of.authority, of.clock),
        to_party="CHE",
        evidence=Evidence(reference="Notice 7"),
        volumes={2026: 40},
    )
    return authorisation


def test_a_first_transfer_is_stated_where_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = two_staffs()
    authorisation = transferred(theirs)
    assert not Letter.objects.filter(kind="first_transfer").exists()
    handling = {
        kind: replace(way, notices=(Notice.FIRST_TRANSFER,)) for kind, way in BUILT_IN.handling.items()
    }
    monkeypatch.setitem(
        cast(dict[str, Procedure], SHIPPED), BUILT_IN.version, replace(BUILT_IN, handling=handling)
    )
    authorisation = transferred(ours)
    letter = Letter.objects.get(kind="first_transfer")
    assert letter.authority == ours.authority
    statement = parse(letter.content.encode())
    assert isinstance(statement, FirstTransfer)
    assert (statement.total, statement.kept_total) == (40, 0)
    assert [(row.vintage, row.tonnes) for row in statement.rows] == [(2026, 40)]
    assert statement.authorisation == authorisation.identifier
    assert statement.to_party is not None
    assert statement.to_party.code == "CHE"
    assert statement.evidence == "Notice 7"


@pytest.mark.usefixtures("every_notice")
def test_an_empty_office_keeps_nobody_from_submitting_and_the_trail_says_what_was_left_out() -> None:
    ours, _theirs = two_staffs()
    Tenure.objects.filter(office__authority=ours.authority, office__function=Function.DESK_OFFICER).update(
        ends_on=today(ours.authority, ours.clock)
    )
    ours.clock.move_to(ours.clock.now() + timedelta(days=2))
    case = submitted(ours)
    assert case.state == "submitted"
    assert kinds_of(case) == []
    event = Event.objects.get(action="leave_out_notice")
    assert json.loads(event.facts) == {"kind": "receipt", "reasons": ["signing-office-empty"]}
