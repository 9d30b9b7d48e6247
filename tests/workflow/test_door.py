"""The one door: who passes, what a refusal says and leaves behind, keys, proofs, strangers, rollbacks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Function
from accounts.services import create_membership, end_tenure
from audit import trail
from audit.models import Event
from audit.verification import verify_database
from authorisation.models import Case
from authorisation.models.decisions import Outcome
from authorisation.services import applications, decisions, desk, reviews
from authorisation.verdicts import Verdict
from letters import services as letters
from letters.models import Letter
from tests.accounts.factories import AT, DAY, office, person
from tests.authorisation.factories import (
    Staff,
    asked,
    content,
    drafted,
    holder,
    in_decision,
    in_review,
    letter_due,
    questioned,
    rendered,
    submitted,
    two_staffs,
    with_applicant,
)
from tests.workflow.tables import changed, everything
from workflow import effects
from workflow.actors import CLOCK, SYSTEM, Actor, Person, Proof
from workflow.clock import SetClock
from workflow.door import PROOF_LASTS, Act, Move, options, pass_through, rehearse
from workflow.models import CarriedOutAct, OutboxMessage
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


def refusal(attempt: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        attempt()
    return caught.value


def codes(refused: Refused) -> list[str]:
    return [reason.code for reason in refused.reasons]


def last_event(case: Case) -> Event:
    return Event.objects.filter(stream=case.trail_stream).latest("sequence")


def row(case: Case) -> Any:
    return Case.objects.filter(pk=case.pk).values().get()


def without_head(values: Any) -> Any:
    return {name: value for name, value in values.items() if not name.startswith("trail_")}


# -- what a refusal says ---------------------------------------------------------------------------


def test_every_reason_is_said_at_once() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    granted = asked(case).model_copy(update={"volumes": {2026: 5000, 2099: 7}, "uses": ("NDC", "IMP")})
    recommender = ours.offices[Function.DESK_OFFICER][1]
    tenure_of = ours.offices[Function.DECIDER][0]
    tenure_of.tenures.create(person=recommender, starts_on=DAY)
    act = Act(actor=Person(user=recommender, office=tenure_of), clock=ours.clock)

    refused = refusal(lambda: decisions.approve_in_part(case, act=act, granted=granted, reasons=[], seen=0))

    found = set(codes(refused))
    assert {"proof", "stale", "four-eyes", "reasons-missing", "A2", "A3", "A4", "A6"} <= found
    assert refused.kind == Kind.ROLE
    assert all(str(reason) and "%(" not in str(reason) for reason in refused.reasons)
    assert all("%(" not in reason.mend_text for reason in refused.reasons)


def test_a_refusal_of_role_outranks_one_of_state_which_outranks_one_of_rule() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    grant = asked(case)

    by_the_wrong = refusal(
        lambda: decisions.approve(case, act=ours.act(Function.REVIEWER), granted=grant, seen=9)
    )
    too_early = refusal(lambda: decisions.refuse(case, act=ours.act(Function.DECIDER), reasons=[], seen=9))
    stale = refusal(
        lambda: desk.return_for_completion(case, act=ours.act(Function.DESK_OFFICER), seen=case.version - 1)
    )
    by_rule = refusal(lambda: desk.return_for_completion(case, act=ours.act(Function.DESK_OFFICER)))

    assert (by_the_wrong.kind, by_the_wrong.status) == (Kind.ROLE, 403)
    assert {"role", "state", "stale"} <= set(codes(by_the_wrong))
    assert (too_early.kind, too_early.status) == (Kind.STATE, 409)
    assert {"state", "stale", "reasons-missing"} <= set(codes(too_early))
    assert (stale.kind, stale.status) == (Kind.STALE, 409)
    assert codes(stale) == ["stale", "nothing-missing"]
    assert (by_rule.kind, by_rule.status) == (Kind.RULE, 422)
    assert codes(by_rule) == ["nothing-missing"]


def test_a_refusal_names_the_roles_the_step_is_for() -> None:
    ours, _theirs = two_staffs()
    refused = refusal(lambda: desk.accept(submitted(ours), act=ours.act()))
    assert "desk officer" in str(refused)


# -- what a refusal leaves behind ------------------------------------------------------------------


def test_a_refusal_is_written_to_the_trail_and_changes_nothing_else() -> None:
    ours, theirs = two_staffs()
    case, _other = in_decision(ours), in_decision(theirs)
    before, row_before, act = everything(), row(case), ours.act(Function.REVIEWER)

    refused = refusal(lambda: decisions.refuse(case, act=act, reasons=["No."]))

    assert changed(before, everything()) == {"audit.Event": 1, "authorisation.Case": 1}
    assert without_head(row(case)) == without_head(row_before)
    event = last_event(case)
    assert (event.action, event.from_state, event.to_state) == (
        "refuse:refused",
        "in_decision",
        "in_decision",
    )
    assert event.actor == act.actor.trail_name
    assert event.office == act.actor.trail_office
    assert event.time == act.clock.now()
    facts: Any = trail.event_record(event)["facts"]
    assert facts["kind"] == "role"
    assert [reason["code"] for reason in facts["reasons"]] == codes(refused) == ["role"]
    assert verify_database().whole


def test_a_refusal_after_the_record_was_written_rolls_all_of_it_back() -> None:
    """The letter cannot be drawn because nobody holds the signing office: the approval never was."""
    ours, theirs = two_staffs()
    case, _other = in_decision(ours), in_decision(theirs)
    seat = ours.offices[Function.SIGNER][0].tenures.get()
    end_tenure(seat, ends_on=DAY, actor="system", at=AT)
    ours.clock.move_to(AT + timedelta(days=3))
    before, act = everything(), ours.act(Function.DECIDER)

    refused = refusal(lambda: decisions.approve(case, act=act))

    assert codes(refused) == ["signing-office-empty"]
    assert changed(before, everything()) == {"audit.Event": 1, "authorisation.Case": 1}
    assert row(case)["state"] == "in_decision"
    assert row(case)["identifier"] == ""
    assert verify_database().whole


def test_the_trail_keeps_codes_and_values_of_a_refusal_and_no_words() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours, content(activity={"gwp": None}))
    with translation.override("fr"):
        refusal(lambda: desk.accept(case, act=ours.act(Function.DESK_OFFICER)))
    facts: Any = trail.event_record(last_event(case))["facts"]
    assert facts["reasons"] == [{"code": "content-missing", "values": {"path": "activity.gwp"}}]


def test_an_effect_that_fails_takes_the_whole_step_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = two_staffs()
    case, _other = in_decision(ours), in_decision(theirs)
    before = everything()

    def fail_late(step: effects.Step) -> None:
        letters.draw(step)
        raise OSError("The disk is full.")

    monkeypatch.setitem(effects._within, "draw_letter", fail_late)
    with pytest.raises(OSError, match="disk"):
        decisions.approve(case, act=ours.act(Function.DECIDER))

    assert changed(before, everything()) == {}
    monkeypatch.undo()
    assert decisions.approve(case, act=ours.act(Function.DECIDER)).state == "letter_due"


# -- what has moved meanwhile ----------------------------------------------------------------------


def test_an_act_on_a_page_that_has_grown_old_is_refused_with_what_happened() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    seen = case.version
    reviews.give_opinion(case, act=ours.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="Good.")
    before = row(case)

    refused = refusal(
        lambda: desk.ask(case, act=ours.act(Function.DESK_OFFICER), questions=[("", "Why?")], seen=seen)
    )

    assert (refused.kind, codes(refused)) == (Kind.STALE, ["stale"])
    assert "Give the opinion" in str(refused)
    assert without_head(row(case)) == without_head(before)
    fresh = Case.objects.get(pk=case.pk)
    asked_now = desk.ask(
        case, act=ours.act(Function.DESK_OFFICER), questions=[("", "Why?")], seen=fresh.version
    )
    assert asked_now.state == "with_applicant"


def test_the_caller_s_copy_is_never_moved() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    moved = applications.submit(case, act=ours.act(), declared=True)
    assert (case.state, case.version) == ("draft", 0)
    assert (moved.state, moved.version) == ("submitted", 1)
    assert moved is not case


def test_a_stale_copy_is_no_obstacle_where_nobody_looked_at_a_page() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    applications.submit(case, act=ours.act(), declared=True)
    assert desk.accept(case, act=ours.act(Function.DESK_OFFICER)).state == "in_review"


# -- the same act twice ----------------------------------------------------------------------------


def test_an_act_sent_twice_under_one_key_is_done_once() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    act = ours.act(Function.DECIDER, key="k-1")
    first = decisions.approve(case, act=act)
    before = everything()

    second = decisions.approve(case, act=act)

    assert changed(before, everything()) == {}
    assert (second.state, second.version) == (first.state, first.version)
    assert Letter.objects.filter(case=case).count() == 1


def test_the_door_says_that_an_act_was_a_repetition() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    act = ours.act(key="k-1")
    move = Move(step=Case.withdraw, record=case)
    assert not pass_through(act, move).repeated
    assert pass_through(act, move).repeated
    assert CarriedOutAct.objects.filter(key="k-1").count() == 1


REPEATED: dict[str, Callable[[Staff], tuple[Callable[[], Any], Callable[[], Any] | None]]] = {}


def repeated(make: Callable[[Staff], tuple[Callable[[], Any], Callable[[], Any] | None]]) -> Any:
    """Names a pair of acts under one key: the act, and one that asks for something else."""
    REPEATED[make.__name__] = make
    return make


@repeated
def submitting(of: Staff) -> Any:
    case, act = drafted(of), of.act(key="k")
    return (
        lambda: applications.submit(case, act=act, declared=True),
        lambda: applications.submit(case, act=act, declared=False),
    )


@repeated
def withdrawing(of: Staff) -> Any:
    case, act = submitted(of), of.act(key="k")
    return (
        lambda: applications.withdraw(case, act=act, reason="Sold."),
        lambda: applications.withdraw(case, act=act, reason="Lost."),
    )


@repeated
def returning(of: Staff) -> Any:
    case, act = submitted(of, content(activity={"gwp": None})), of.act(Function.DESK_OFFICER, key="k")
    return (lambda: desk.return_for_completion(case, act=act), None)


@repeated
def accepting(of: Staff) -> Any:
    case, act = submitted(of), of.act(Function.DESK_OFFICER, key="k")
    return (lambda: desk.accept(case, act=act), None)


@repeated
def waiving(of: Staff) -> Any:
    case, act = submitted(of, content(activity={"gwp": None})), of.act(Function.DESK_OFFICER, key="k")
    return (
        lambda: desk.waive(case, act=act, path="activity.gwp", reason="Given in the methodology."),
        lambda: desk.waive(case, act=act, path="activity.gwp", reason="Other."),
    )


@repeated
def asking(of: Staff) -> Any:
    case, act = in_review(of), of.act(Function.REVIEWER, key="k")
    return (
        lambda: desk.ask(case, act=act, questions=[("", "How many stoves?")]),
        lambda: desk.ask(case, act=act, questions=[("", "How many households?")]),
    )


@repeated
def answering(of: Staff) -> Any:
    case, act = questioned(of), of.act(key="k")
    return (
        lambda: applications.answer(case, act=act, answers={1: "Each is metered."}),
        lambda: applications.answer(case, act=act, answers={1: "By survey."}),
    )


@repeated
def giving_an_opinion(of: Staff) -> Any:
    case, act = in_review(of), of.act(Function.REVIEWER, key="k")
    return (
        lambda: reviews.give_opinion(case, act=act, verdict=Verdict.FAVOURABLE, reasons="Good."),
        lambda: reviews.give_opinion(case, act=act, verdict=Verdict.UNFAVOURABLE, reasons="Good."),
    )


@repeated
def recommending(of: Staff) -> Any:
    case = reviews.give_opinion(
        in_review(of), act=of.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="Good."
    )
    act = of.act(Function.DESK_OFFICER, key="k")
    return (
        lambda: desk.recommend(
            case, act=act, outcome=Outcome.APPROVE, reasons="As seen.", answers={"A6": "Fine."}
        ),
        lambda: desk.recommend(
            case, act=act, outcome=Outcome.APPROVE, reasons="As seen.", answers={"A6": "Not fine."}
        ),
    )


@repeated
def refusing(of: Staff) -> Any:
    case, act = in_decision(of), of.act(Function.DECIDER, key="k")
    return (
        lambda: decisions.refuse(case, act=act, reasons=["No."]),
        lambda: decisions.refuse(case, act=act, reasons=["Never."]),
    )


@repeated
def approving(of: Staff) -> Any:
    case, act = in_decision(of), of.act(Function.DECIDER, key="k")
    return (
        lambda: decisions.approve(case, act=act, conditions=["Report yearly."]),
        lambda: decisions.approve(case, act=act, conditions=["Report monthly."]),
    )


@repeated
def consenting(of: Staff) -> Any:
    letter = rendered(letter_due(of))
    act = of.act(Function.SIGNER, key="k")
    return (
        lambda: letters.consent(letter, act=act, digest=letter.unsigned_sha256),
        lambda: letters.consent(letter, act=act, digest="0" * 64),
    )


@repeated
def declining(of: Staff) -> Any:
    letter = rendered(letter_due(of))
    act = of.act(Function.SIGNER, key="k")
    return (
        lambda: letters.decline(letter, act=act, reasons="A wrong name."),
        lambda: letters.decline(letter, act=act, reasons="A wrong date."),
    )


@pytest.mark.parametrize("name", sorted(REPEATED))
def test_any_act_may_be_sent_again_under_its_key_and_nothing_else_may(name: str) -> None:
    ours, _theirs = two_staffs()
    act, other = REPEATED[name](ours)
    act()
    before = everything()

    act()
    assert changed(before, everything()) == {}

    if other is not None:
        refused = refusal(other)
        assert (refused.kind, codes(refused)) == (Kind.STALE, ["key-used"])
        left = changed(before, everything())
        assert left.pop("audit.Event") == 1
        assert set(left) <= {"authorisation.Case", "letters.Letter"}


def test_a_key_belongs_to_whoever_used_it() -> None:
    ours, theirs = two_staffs()
    first = desk.accept(submitted(ours), act=ours.act(Function.DESK_OFFICER, key="same"))
    second = desk.accept(submitted(theirs), act=theirs.act(Function.DESK_OFFICER, key="same"))
    assert (first.state, second.state) == ("in_review", "in_review")
    assert CarriedOutAct.objects.filter(key="same").count() == 2


def test_a_key_is_not_used_up_by_a_refusal() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    refusal(lambda: applications.submit(case, act=ours.act(key="k"), declared=False))
    assert not CarriedOutAct.objects.exists()
    assert applications.submit(case, act=ours.act(key="k"), declared=True).state == "submitted"


# -- proof of who somebody is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "accepted"),
    [
        (None, False),
        (timedelta(), True),
        (PROOF_LASTS, True),
        (PROOF_LASTS + timedelta(seconds=1), False),
        (timedelta(days=1), False),
        (-timedelta(seconds=1), False),
    ],
)
def test_a_decision_asks_for_a_proof_given_just_now(age: timedelta | None, accepted: bool) -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    held, user = ours.offices[Function.DECIDER]
    proof = None if age is None else Proof(method="totp", at=ours.clock.now() - age)
    act = Act(actor=Person(user=user, office=held, proof=proof), clock=ours.clock)
    before = row(case)
    if accepted:
        assert decisions.approve(case, act=act).state == "letter_due"
        facts: Any = trail.event_record(Event.objects.get(action="approve"))["facts"]
        assert facts["proved_by"] == "totp"
        return
    refused = refusal(lambda: decisions.approve(case, act=act))
    assert (refused.kind, codes(refused)) == (Kind.ROLE, ["proof"])
    assert without_head(row(case)) == without_head(before)


def test_a_signature_asks_for_a_proof_too() -> None:
    ours, _theirs = two_staffs()
    letter = rendered(letter_due(ours))
    held, user = ours.offices[Function.SIGNER]
    act = Act(actor=Person(user=user, office=held), clock=ours.clock)
    refused = refusal(lambda: letters.consent(letter, act=act, digest=letter.unsigned_sha256))
    assert codes(refused) == ["proof"]
    assert not letter.signatures.exists()


# -- strangers and neighbours ----------------------------------------------------------------------


def test_a_stranger_is_told_nothing_but_that_there_is_no_such_record() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    stranger = Person(user=person("nobody@example.org"), proof=Proof(method="totp", at=ours.clock.now()))
    act = Act(actor=stranger, clock=ours.clock)
    before = row(case)
    for attempt in (
        lambda: decisions.refuse(case, act=act, reasons=[]),
        lambda: applications.withdraw(case, act=act),
        lambda: desk.ask(case, act=act, questions=[], seen=0),
    ):
        refused = refusal(attempt)
        assert (refused.kind, refused.status, codes(refused)) == (Kind.UNSEEN, 404, ["not-found"])
    assert without_head(row(case)) == without_head(before)
    assert options(case, stranger, ours.clock) == []


def everyone_of(staff: Staff) -> list[Actor]:
    return [staff.applying(), *(staff.holding(function) for function in Function)]


def attempts_on(case: Case, act: Act) -> list[Callable[[], Any]]:
    """Every use-case, by an actor who will be refused whatever the state is."""
    grant = asked(case)
    return [
        lambda: applications.submit(case, act=act, declared=True),
        lambda: applications.answer(case, act=act),
        lambda: applications.withdraw(case, act=act),
        lambda: desk.return_for_completion(case, act=act),
        lambda: desk.waive(case, act=act, path="activity.gwp", reason="No."),
        lambda: desk.accept(case, act=act),
        lambda: desk.ask(case, act=act, questions=[("", "Why?")]),
        lambda: reviews.give_opinion(case, act=act, verdict=Verdict.FAVOURABLE, reasons="Good."),
        lambda: desk.recommend(case, act=act, outcome=Outcome.REFUSE, reasons="Bad."),
        lambda: decisions.send_back(case, act=act, reasons="Again."),
        lambda: decisions.approve(case, act=act),
        lambda: decisions.approve_in_part(case, act=act, granted=grant, reasons=["Less."]),
        lambda: decisions.refuse(case, act=act, reasons=["No."]),
    ]


@pytest.mark.parametrize("at", [drafted, submitted, with_applicant, in_review, in_decision, letter_due])
def test_nobody_of_one_authority_may_do_anything_in_a_case_of_the_other(at: Callable[[Staff], Case]) -> None:
    ours, theirs = two_staffs()
    case = at(ours)
    before = without_head(row(case))
    for actor in everyone_of(theirs):
        act = Act(actor=actor, clock=ours.clock)
        for attempt in attempts_on(case, act):
            assert refusal(attempt).kind == Kind.UNSEEN
        assert options(case, actor, ours.clock) == []
    assert without_head(row(case)) == before
    assert Letter.objects.filter(case=case).count() == (at in (with_applicant, letter_due))


def test_an_office_of_the_other_authority_gives_no_role_to_somebody_who_may_see_the_case() -> None:
    ours, theirs = two_staffs()
    case = in_decision(ours)
    decider = ours.offices[Function.DECIDER][1]
    foreign = office(theirs.authority, function=Function.DECIDER)
    foreign.tenures.create(person=decider, starts_on=DAY)
    proof = Proof(method="totp", at=ours.clock.now())
    act = Act(actor=Person(user=decider, office=foreign, proof=proof), clock=ours.clock)
    assert codes(refusal(lambda: decisions.refuse(case, act=act, reasons=["No."]))) == ["role"]


@pytest.mark.parametrize("claimed", ["office", "organisation"])
def test_what_somebody_merely_claims_to_hold_gives_no_role(claimed: str) -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    reviewer = ours.offices[Function.REVIEWER][1]
    proof = Proof(method="totp", at=ours.clock.now())
    actor = (
        Person(user=reviewer, office=ours.offices[Function.DECIDER][0], proof=proof)
        if claimed == "office"
        else Person(user=reviewer, organisation=ours.organisation, proof=proof)
    )
    act = Act(actor=actor, clock=ours.clock)
    assert "role" in codes(refusal(lambda: decisions.refuse(case, act=act, reasons=["No."])))
    assert "role" in codes(refusal(lambda: applications.withdraw(case, act=act)))


def test_an_office_ends_with_its_last_day_and_an_account_with_its_deactivation() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    desk_office, officer = ours.offices[Function.DESK_OFFICER]
    colleague = holder(desk_office, "colleague")
    end_tenure(desk_office.tenures.get(person=officer), ends_on=DAY, actor="system", at=AT)
    colleague.is_active = False
    colleague.save()
    ours.clock.move_to(AT + timedelta(days=1))
    for user in (officer, colleague):
        act = Act(actor=Person(user=user, office=desk_office), clock=ours.clock)
        assert refusal(lambda act=act: desk.accept(case, act=act)).kind == Kind.UNSEEN  # type: ignore[misc]


def test_nobody_acts_on_a_case_of_an_organisation_to_which_they_belong() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    officer = ours.offices[Function.DESK_OFFICER][1]
    create_membership(ours.organisation, person=officer, starts_on=DAY, actor="system", at=AT)
    assert codes(refusal(lambda: desk.accept(case, act=ours.act(Function.DESK_OFFICER)))) == [
        "conflict-of-interest"
    ]


def test_who_ever_recommended_in_a_case_never_decides_it() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    first = ours.offices[Function.DESK_OFFICER][1]
    colleague = holder(ours.offices[Function.DESK_OFFICER][0], "colleague")
    case = decisions.send_back(case, act=ours.act(Function.DECIDER), reasons="Look again.", bodies=[])
    case = desk.recommend(
        case,
        act=Act(
            actor=Person(user=colleague, office=ours.offices[Function.DESK_OFFICER][0]), clock=ours.clock
        ),
        outcome=Outcome.APPROVE,
        reasons="Looked at again.",
    )
    deciding = ours.offices[Function.DECIDER][0]
    for recommender in (first, colleague):
        deciding.tenures.create(person=recommender, starts_on=DAY)
        proof = Proof(method="totp", at=ours.clock.now())
        act = Act(actor=Person(user=recommender, office=deciding, proof=proof), clock=ours.clock)
        assert codes(refusal(lambda act=act: decisions.approve(case, act=act))) == ["four-eyes"]  # type: ignore[misc]
    assert decisions.approve(case, act=ours.act(Function.DECIDER)).state == "letter_due"


def test_machines_do_what_is_theirs_and_nothing_else() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    for machine in (SYSTEM, CLOCK):
        refused = refusal(
            lambda machine=machine: decisions.refuse(  # type: ignore[misc]
                case, act=Act(actor=machine, clock=ours.clock), reasons=["No."]
            )
        )
        assert refused.kind == Kind.ROLE


# -- options ---------------------------------------------------------------------------------------


def test_options_are_what_the_state_allows_each_with_why_not() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours, content(activity={"gwp": None}))
    for_officer = {
        option.name: option for option in options(case, ours.holding(Function.DESK_OFFICER), ours.clock)
    }
    for_applicant = {option.name: option for option in options(case, ours.applying(), ours.clock)}
    assert set(for_officer) == set(for_applicant)
    assert set(for_officer) == {
        "return_for_completion",
        "accept",
        "waive",
        "add_document",
        "judge_document",
        "recuse",
        "record_holder",
        "withdraw",
    }
    assert {"return_for_completion", "waive"} <= {
        name for name, option in for_officer.items() if option.allowed
    }
    assert "withdraw" not in {name for name, option in for_officer.items() if option.allowed}
    assert [reason.code for reason in for_officer["accept"].reasons] == ["content-missing"]
    assert {name for name, option in for_applicant.items() if option.allowed} == {"record_holder", "withdraw"}


def test_options_can_be_shown_for_a_draft_of_any_shape() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours, {"request": "nonsense", "activity": 7})
    names = [option.name for option in options(case, ours.applying(), ours.clock)]
    assert names == ["submit", "review_anew", "add_document", "remove_document", "withdraw", "lapse"]


def test_an_act_out_of_order_on_a_draft_of_any_shape_is_refused_and_not_an_error() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours, {"request": "nonsense", "activity": 7})
    for attempt in (
        lambda: desk.accept(case, act=ours.act(Function.DESK_OFFICER)),
        lambda: desk.return_for_completion(case, act=ours.act(Function.DESK_OFFICER)),
        lambda: decisions.approve(case, act=ours.act(Function.DECIDER)),
        lambda: decisions.refuse(case, act=ours.act(Function.DECIDER), reasons=["No."]),
    ):
        assert refusal(attempt).kind == Kind.STATE
    assert refusal(lambda: applications.submit(case, act=ours.act(), declared=True)).kind == Kind.RULE


# -- time and effects ------------------------------------------------------------------------------


def test_every_time_written_is_the_time_of_the_clock_that_was_handed_in() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    then = datetime(2031, 7, 1, 23, 30, tzinfo=AT.tzinfo)
    moved = applications.submit(case, act=Act(actor=ours.applying(), clock=SetClock(then)), declared=True)
    assert last_event(case).time == then
    assert moved.waiting_since == then
    assert moved.submitted_on == then.date()
    assert moved.due_on == then.date() + timedelta(days=14)
    assert moved.versions.get().frozen_at == then


def test_later_effects_are_written_down_with_the_step_and_carried_out_after_it() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    message = OutboxMessage.objects.get(effect="produce_letter")
    letter = Letter.objects.get(case=case)
    assert (message.effect, message.payload["record"]) == ("produce_letter", str(letter.public_id))
    assert message.simulated_at == ours.clock.now()
    assert (message.attempts, message.delivered_at, letter.state) == (0, None, "drawn")


def test_one_act_takes_one_step_of_a_record() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    move = Move(step=Case.withdraw, record=case)
    with pytest.raises(ValueError, match="one step"):
        pass_through(ours.act(), move, Move(step=Case.withdraw, record=Case.objects.get(pk=case.pk)))
    assert row(case)["state"] == "submitted"


def test_where_one_of_two_moves_is_refused_neither_is_taken() -> None:
    ours, theirs = two_staffs()
    first, second = submitted(ours), drafted(ours, content(activity={"registry_id": "MA-78"}))
    pass_through(ours.act(), Move(step=Case.withdraw, record=first), Move(step=Case.withdraw, record=second))
    third, granted_already = submitted(ours), letter_due(theirs)
    before = row(third)
    refused = refusal(
        lambda: pass_through(
            ours.act(),
            Move(step=Case.withdraw, record=third),
            Move(step=Case.withdraw, record=granted_already),
        )
    )
    assert refused.kind == Kind.UNSEEN
    assert without_head(row(third)) == without_head(before)


def test_a_step_that_keeps_the_state_restarts_no_clock_and_forgets_no_origin() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    before = row(case)
    ours.clock.move_to(ours.clock.now() + timedelta(days=5))
    reviews.give_opinion(case, act=ours.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="Good.")
    after = row(case)
    kept = ("state", "came_from", "waiting_since", "due_on")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["version"] == before["version"] + 1


# -- a rehearsal -------------------------------------------------------------------------------------


def test_a_rehearsal_finds_what_would_be_and_leaves_nothing() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    before = everything()
    found = rehearse(
        lambda: (desk.accept(case, act=ours.act(Function.DESK_OFFICER)).state, last_event(case).action)
    )
    assert found == ("in_review", "accept")
    assert everything() == before
    assert desk.accept(case, act=ours.act(Function.DESK_OFFICER)).state == "in_review"


def test_a_refused_rehearsal_is_refused_with_the_same_reasons_and_the_trail_keeps_nothing_of_it() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    before = everything()
    rehearsed = refusal(lambda: rehearse(lambda: desk.accept(case, act=ours.act())))
    assert everything() == before
    refused = refusal(lambda: desk.accept(case, act=ours.act()))
    assert rehearsed.reasons == refused.reasons
    assert everything() != before


def test_what_fails_in_a_rehearsal_leaves_the_door_as_it_was() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    before = everything()

    def fails() -> None:
        desk.accept(case, act=ours.act(Function.DESK_OFFICER))
        raise ValueError("nothing to see")

    with pytest.raises(ValueError, match="nothing to see"):
        rehearse(fails)
    assert everything() == before
    refusal(lambda: desk.accept(case, act=ours.act()))
    assert everything() != before, "the next refusal is written again"
