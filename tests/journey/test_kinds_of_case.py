"""From a draft to a letter, for the kinds of case that grant no authorisation; what their letters make."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Function
from audit import trail
from authorisation import procedures
from authorisation.deadlines import months_after
from authorisation.guards.appealing import appeal_names_a_decision
from authorisation.guards.applying import prerequisites_are_in_force
from authorisation.kinds import Kind
from authorisation.models import Authorisation, Case, DocumentFinding, Endorsement, Line
from authorisation.models.decisions import Outcome
from authorisation.procedures import BUILT_IN, SHIPPED, Procedure
from authorisation.procedures.shape import DocumentRule, OfficeRule, Stage, Validity
from authorisation.services import appeals, applications, decisions, desk, documents, endorsements
from authorisation.services.documents import Said, Upload
from authorisation.supporting_documents import lines_of
from letters.content import Acknowledgement, Appeal, Intent, NoObjection, Refusal, parse
from letters.content import Authorisation as LetterOfAuthorisation
from letters.models import Letter
from letters.verification import by_code
from projects.documents import document_bytes
from projects.models import Activity
from tests.accounts.factories import tenure
from tests.authorisation.factories import (
    Staff,
    asked,
    content,
    drafted,
    granted,
    holder,
    in_decision,
    issued,
    recommended,
    refused,
    two_staffs,
)
from tests.journey.test_journey import all_is_well
from workflow import outbox
from workflow.actors import Person, Proof
from workflow.clock import SetClock
from workflow.daily import Tally
from workflow.door import Act
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)


TWO_YEARS = Validity(months=24, remind=(60, 14))


@pytest.fixture(autouse=True)
def procedure(monkeypatch: pytest.MonkeyPatch) -> Procedure:
    """Endorsements are valid for two years, authorisations ask for an intent, the director hears appeals."""
    handling = {
        **BUILT_IN.handling,
        Kind.INTENT: replace(BUILT_IN.handling[Kind.INTENT], validity=TWO_YEARS),
        Kind.NO_OBJECTION: replace(BUILT_IN.handling[Kind.NO_OBJECTION], validity=TWO_YEARS),
        Kind.CONSOLIDATED: replace(BUILT_IN.handling[Kind.CONSOLIDATED], prerequisites=(Kind.INTENT,)),
        Kind.APPEAL: replace(
            BUILT_IN.handling[Kind.APPEAL], bodies=(), deciding=OfficeRule(function=Function.DIRECTOR)
        ),
    }
    terms = replace(BUILT_IN, version="test/kinds", handling=handling)
    monkeypatch.setattr("authorisation.procedures.SHIPPED", {**SHIPPED, terms.version: terms})
    monkeypatch.setattr("authorisation.services.applications.procedure_for", lambda authority, on: terms)
    return terms


@pytest.fixture
def staff() -> Staff:
    ours, _theirs = two_staffs()
    return ours


def idea() -> dict[str, object]:
    """What an idea says: who applies, and what the activity is."""
    whole = content()
    return {
        "activity": {"title": whole["activity"]["title"]},
        "entities": whole["entities"][:1],
        "request": {"kind": "intent"},
    }


def reviewed(of: Staff, kind: Kind) -> Case:
    case = applications.submit(drafted(of, idea(), kind=kind), act=of.act(), declared=True)
    return desk.accept(case, act=of.act(Function.DESK_OFFICER))


def approved(of: Staff, kind: Kind) -> Case:
    return decisions.approve(
        recommended(of, reviewed(of, kind)), act=of.act(Function.DECIDER), conditions=["Consult the valley."]
    )


def endorsed(of: Staff, kind: Kind) -> tuple[Case, Letter]:
    case = approved(of, kind)
    letter = issued(of, case)
    return Case.objects.get(pk=case.pk), letter


@pytest.mark.parametrize(("kind", "model"), [(Kind.INTENT, Intent), (Kind.NO_OBJECTION, NoObjection)])
def test_an_endorsement_comes_into_force_with_its_letter_and_moves_no_tonne(
    staff: Staff, kind: Kind, model: type[Intent | NoObjection]
) -> None:
    case, letter = endorsed(staff, kind)

    said = parse(letter.content.encode())
    assert isinstance(said, model)
    assert said.conditions == ("Consult the valley.",)
    endorsement = Endorsement.objects.get(case=case)
    assert (endorsement.state, endorsement.kind, case.state) == ("in_force", kind, "granted")
    assert said.valid_until == endorsement.valid_until == months_after(case.decisions.get().decided_on, 24)
    assert endorsement.letter == letter.public_id
    assert endorsement.activity.state == "endorsed"
    assert not Line.objects.exists()
    assert not Authorisation.objects.exists()
    all_is_well()


def test_a_letter_signed_days_later_and_its_endorsement_are_valid_until_the_same_day(staff: Staff) -> None:
    case = approved(staff, Kind.INTENT)
    staff.clock.move_to(staff.clock.now() + timedelta(days=9))
    letter = issued(staff, case)

    said, endorsement = parse(letter.content.encode()), Endorsement.objects.get()
    assert isinstance(said, Intent)
    decided_on = case.decisions.get().decided_on
    assert endorsement.effective_on == decided_on + timedelta(days=9)
    assert said.valid_until == endorsement.valid_until == months_after(decided_on, 24)


def test_an_acknowledgement_is_a_letter_and_nothing_else(staff: Staff) -> None:
    case, letter = endorsed(staff, Kind.ACKNOWLEDGEMENT)

    assert isinstance(parse(letter.content.encode()), Acknowledgement)
    assert case.state == "granted"
    assert not Endorsement.objects.exists()
    assert not Authorisation.objects.exists()
    assert Activity.objects.get().state == "proposed"
    all_is_well()


def test_an_idea_may_be_refused(staff: Staff) -> None:
    case = decisions.refuse(
        recommended(staff, reviewed(staff, Kind.INTENT)),
        act=staff.act(Function.DECIDER),
        reasons=["Not staff."],
    )
    letter = issued(staff, case)

    assert isinstance(parse(letter.content.encode()), Refusal)
    assert not Endorsement.objects.exists()
    all_is_well()


# -- what must be there before ---------------------------------------------------------------------


def test_where_an_endorsement_must_come_first_the_application_waits_for_it(staff: Staff) -> None:
    early = applications.open_case(
        act=staff.act(),
        authority=staff.authority,
        kind=Kind.CONSOLIDATED,
        applicant=staff.organisation,
        content=content(),
    )
    reasons = [*prerequisites_are_in_force(early, staff.applying())]
    assert [reason.code for reason in reasons] == ["prerequisite"]

    _case, _letter = endorsed(staff, Kind.INTENT)

    assert [*prerequisites_are_in_force(early, staff.applying())] == []


def test_an_endorsement_is_used_when_what_relies_on_it_is_granted(staff: Staff) -> None:
    endorsed(staff, Kind.INTENT)

    granted(staff)

    assert Endorsement.objects.get().state == "used"
    assert Activity.objects.count() == 1, "the number was given to the activity known by its title"
    assert Activity.objects.get().registry_id == "MA-77"
    all_is_well()


# -- lapse -----------------------------------------------------------------------------------------


def test_an_endorsement_lapses_by_the_clock_after_reminders_and_once(staff: Staff) -> None:
    case, letter = endorsed(staff, Kind.INTENT)
    Case.objects.filter(pk=case.pk).update(simulated=False)
    endorsement = Endorsement.objects.get()
    until = endorsement.valid_until
    assert until is not None

    def on(day: date) -> SetClock:
        at = staff.clock.now().replace(year=day.year, month=day.month, day=day.day, hour=12)
        return SetClock(at)

    assert endorsements.run(on(until - timedelta(days=100))).done == 0
    assert endorsements.run(on(until - timedelta(days=60))).done == 1
    assert endorsements.run(on(until - timedelta(days=59))).done == 0
    assert endorsements.run(on(until - timedelta(days=14))).done == 1
    assert endorsements.run(on(until)).done == 0
    assert Endorsement.objects.get().state == "in_force"

    assert endorsements.run(on(until + timedelta(days=1))).done == 1
    assert endorsements.run(on(until + timedelta(days=1))).done == 0

    assert Endorsement.objects.get().state == "lapsed"
    actions = [event.action for event in trail.events_of(endorsement.trail_stream)]
    assert actions == ["bring_into_force", "remind", "remind", "lapse"]
    found = by_code(letter.code, clock=on(until + timedelta(days=1)))
    assert found is not None
    assert (found[1].in_force, found[1].word) == (False, "lapsed")


def test_an_endorsement_whose_reminders_were_missed_is_reminded_before_it_lapses(staff: Staff) -> None:
    case, _letter = endorsed(staff, Kind.INTENT)
    Case.objects.filter(pk=case.pk).update(simulated=False)
    endorsement = Endorsement.objects.get()
    late = SetClock(staff.clock.now() + timedelta(days=3 * 366))

    assert endorsements.run(late).done == 2

    actions = [event.action for event in trail.events_of(endorsement.trail_stream)]
    assert actions == ["bring_into_force", "remind", "lapse"]


def test_on_days_on_which_nothing_is_due_no_endorsement_costs_a_query_of_its_own(staff: Staff) -> None:
    case, _letter = endorsed(staff, Kind.INTENT)
    other, _letter = endorsed(staff, Kind.NO_OBJECTION)
    Case.objects.filter(pk=case.pk).update(simulated=False)
    until = Endorsement.objects.get(case=case).valid_until
    assert until is not None
    in_the_window = SetClock(
        staff.clock.now().replace(year=until.year, month=until.month) - timedelta(days=9)
    )

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert endorsements.run(in_the_window) == Tally()
        return len(seen)

    assert endorsements.run(in_the_window).done == 1
    of_one = queries()
    Case.objects.filter(pk=other.pk).update(simulated=False)
    assert endorsements.run(in_the_window).done == 1
    assert queries() == of_one


# -- appeal ----------------------------------------------------------------------------------------


def appealed(of: Staff, against: Case) -> Case:
    appeal = appeals.open_appeal(against, act=of.act(), grounds="The baseline was misread.")
    appeal = applications.submit(appeal, act=of.act(), declared=True)
    appeal = desk.accept(appeal, act=of.act(Function.DESK_OFFICER))
    return desk.recommend(
        appeal,
        act=of.act(Function.DESK_OFFICER),
        outcome=Outcome.APPROVE,
        reasons="It was misread.",
    )


def test_an_upheld_appeal_opens_the_matter_anew_in_review_and_cites_the_old_case(staff: Staff) -> None:
    endorsed(staff, Kind.INTENT)
    earlier = refused(staff)
    appeal = appealed(staff, earlier)

    decisions.approve(appeal, act=staff.act(Function.DIRECTOR))
    letter = issued(staff, appeal)

    said = parse(letter.content.encode())
    assert isinstance(said, Appeal)
    assert (said.outcome, said.appealed.case_reference) == ("upheld", earlier.reference)
    anew = Case.objects.get(after_appeal=appeal)
    assert (anew.state, anew.kind, anew.activity) == ("in_review", earlier.kind, earlier.activity)
    assert anew.versions.get().sha256 == earlier.versions.latest("number").sha256
    outbox.deliver_due()
    assert Case.objects.filter(after_appeal=appeal).count() == 1
    all_is_well()


def test_what_an_upheld_appeal_opens_has_the_documents_verdicts_and_waivers_of_the_old_case(
    staff: Staff, procedure: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    asks_for = (DocumentRule(type="sheet", name={"en": "Carbon sheet"}, stage=Stage.DECISION),)
    consolidated = replace(procedure.handling[Kind.CONSOLIDATED], documents=asks_for)
    asking = replace(procedure, handling={**procedure.handling, Kind.CONSOLIDATED: consolidated})
    monkeypatch.setitem(cast(dict[str, Procedure], procedures.SHIPPED), procedure.version, asking)
    endorsed(staff, Kind.INTENT)
    officer = Function.DESK_OFFICER
    case = applications.submit(
        drafted(staff, content(activity={"methodology": None})), act=staff.act(), declared=True
    )
    case = desk.waive(case, act=staff.act(officer), path="activity.methodology", reason="None exists yet.")
    case = desk.accept(case, act=staff.act(officer))
    for text in (b"first", b"second"):
        case = documents.add_document(
            case,
            Upload(content=text, name="sheet.txt"),
            Said(type="sheet", confidential=True, basis="trade secret", note="As the law asks."),
            act=staff.act(officer),
        )
    (line,) = lines_of(case)
    case = documents.judge_document(
        case, line.current, act=staff.act(officer), verdict=DocumentFinding.Verdict.ACCEPTED
    )
    earlier = decisions.refuse(recommended(staff, case), act=staff.act(Function.DECIDER), reasons=["Late."])
    issued(staff, earlier)
    appeal = appealed(staff, Case.objects.get(pk=earlier.pk))
    decisions.approve(appeal, act=staff.act(Function.DIRECTOR))
    issued(staff, appeal)

    anew = Case.objects.get(after_appeal=appeal)
    (carried,) = lines_of(anew)
    old, new = line.current, carried.current
    assert (carried.earlier, new.number, new.added_at) == ((), 1, old.added_at)
    assert new.document.public_id != old.document.public_id
    assert document_bytes(new.document) == b"second"
    assert new.document.confidentiality_basis == "trade secret"
    assert new.finding is not None
    assert new.finding.verdict == DocumentFinding.Verdict.ACCEPTED
    assert anew.waivers.get().reason == "None exists yet."
    (frozen,) = json.loads(anew.versions.get().documents)
    assert (frozen["document"], frozen["sha256"]) == (str(new.document.public_id), old.document.sha256)
    opened = trail.events_of(anew.trail_stream).get(action="open")
    assert json.loads(opened.facts)["documents"] == [{"type": "sheet", "sha256": old.document.sha256}]

    anew = recommended(staff, anew)
    letter = issued(staff, decisions.approve(anew, act=staff.act(Function.DECIDER)))
    said = parse(letter.content.encode())
    assert isinstance(said, LetterOfAuthorisation)
    assert said.activity.methodology.not_applicable == "None exists yet."
    all_is_well()


@pytest.mark.parametrize("in_part", [False, True], ids=["in full", "in part"])
def test_no_appeal_brings_a_second_authorisation_beside_the_first(staff: Staff, in_part: bool) -> None:
    endorsed(staff, Kind.INTENT)
    if in_part:
        case = in_decision(staff)
        less = asked(case).model_copy(update={"volumes": {2026: 600}})
        case = decisions.approve_in_part(
            case, act=staff.act(Function.DECIDER), granted=less, reasons=["2027 is not expected yet."]
        )
        issued(staff, case)
        case = Case.objects.get(pk=case.pk)
    else:
        case = granted(staff)
    before = Case.objects.count()

    with pytest.raises(Refused) as refusal:
        appeals.open_appeal(case, act=staff.act(), grounds="All of it was asked for.")

    assert [reason.code for reason in refusal.value.reasons] == ["appeal-beside-authorisation"]
    assert Case.objects.count() == before
    drafted_before = Case(kind=Kind.APPEAL, appealed=case)
    found = [*appeal_names_a_decision(drafted_before, staff.applying())]
    assert [reason.code for reason in found] == ["appeal-beside-authorisation"]


def test_who_may_not_appeal_is_not_told_what_became_of_the_case(staff: Staff) -> None:
    undecided = drafted(staff, idea(), kind=Kind.INTENT)
    before = Case.objects.count()

    with pytest.raises(Refused) as refusal:
        appeals.open_appeal(undecided, act=staff.act(Function.REVIEWER), grounds="")

    assert [reason.code for reason in refusal.value.reasons] == ["role"]
    assert Case.objects.count() == before


def test_a_dismissed_appeal_says_why_and_opens_nothing(staff: Staff) -> None:
    endorsed(staff, Kind.INTENT)
    earlier = refused(staff)
    appeal = appealed(staff, earlier)

    decisions.refuse(appeal, act=staff.act(Function.DIRECTOR), reasons=["It was read rightly."])
    letter = issued(staff, appeal)

    said = parse(letter.content.encode())
    assert isinstance(said, Appeal)
    assert (said.outcome, said.reasons) == ("dismissed", ("It was read rightly.",))
    assert not Case.objects.filter(after_appeal=appeal).exists()
    all_is_well()


def test_who_decided_does_not_decide_the_appeal(staff: Staff) -> None:
    endorsed(staff, Kind.INTENT)
    earlier = refused(staff)
    appeal = appealed(staff, earlier)
    decider = earlier.decisions.get().person
    directors = staff.offices[Function.DIRECTOR][0]
    holder(directors, "another_director")
    tenure(directors, decider)
    proof = Proof(method="totp", at=staff.clock.now())
    act = Act(actor=Person(user=decider, office=directors, proof=proof), clock=staff.clock)

    with pytest.raises(Refused) as refusal:
        decisions.approve(appeal, act=act)

    assert "appeal-own-decision" in {reason.code for reason in refusal.value.reasons}
    assert Case.objects.get(pk=appeal.pk).state == "in_decision"


def test_only_a_decision_is_appealed_against_and_once(staff: Staff) -> None:
    undecided = drafted(staff, idea(), kind=Kind.INTENT)
    with pytest.raises(Refused) as refusal:
        appeals.open_appeal(undecided, act=staff.act(), grounds="")
    assert {reason.code for reason in refusal.value.reasons} == {"nothing-to-appeal", "grounds-missing"}

    endorsed(staff, Kind.INTENT)
    earlier = refused(staff)
    appeals.open_appeal(earlier, act=staff.act(), grounds="It was misread.")
    before = Case.objects.count()
    with pytest.raises(Refused) as refusal:
        appeals.open_appeal(earlier, act=staff.act(), grounds="Once more.")
    assert {reason.code for reason in refusal.value.reasons} == {"appealed-already"}
    assert Case.objects.count() == before
