"""From a draft to a letter, on every way a case can take; after each the books and the trail are checked."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from accounts.models import Function
from audit import trail
from audit.models import Event
from audit.verification import verify_database
from authorisation import completeness, proposals
from authorisation.kinds import Kind
from authorisation.models import Authorisation, Case, Ceiling, Entry, Line
from authorisation.models.decisions import Outcome
from authorisation.models.volumes import Pool
from authorisation.services import applications, decisions, desk
from authorisation.terms import Terms
from desk.outcome import figures
from letters import by_the_system, storage
from letters import services as letters
from letters.content import PartialAuthorisation, Refusal, RequestForCompletion, parse
from letters.models import Letter
from projects.models import Activity
from tests.authorisation.factories import (
    Staff,
    asked,
    content,
    drafted,
    in_decision,
    in_review,
    issued,
    letter_due,
    letter_of,
    questioned,
    recommended,
    rendered,
    signed,
    submitted,
    two_staffs,
    with_applicant,
)
from workflow import outbox
from workflow.door import pass_through
from workflow.models import OutboxMessage, Series
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)


# -- what must hold after every journey ------------------------------------------------------------


def books_hold() -> None:
    """Entries count without a gap, say what was there afterwards, and add up to the balances."""
    for balance, entries in _balances():
        pools: dict[str, int] = dict.fromkeys(Pool.values, 0)
        for place, entry in enumerate(entries, start=1):
            assert entry.sequence == place
            pools[entry.source] -= entry.tonnes
            pools[entry.target] += entry.tonnes
            for pool, after in ((entry.source, entry.source_after), (entry.target, entry.target_after)):
                assert after == (None if pool == Pool.OUTSIDE else pools[pool]), (balance, entry)
            assert Event.objects.filter(digest=entry.event, time=entry.moved_at).exists()
        assert balance.entries_written == len(entries)
        held = {pool: getattr(balance, pool) for pool in Pool.values if hasattr(balance, pool)}
        assert held == {pool: pools[pool] for pool in held}, balance
        assert all(tonnes >= 0 for tonnes in held.values())
    for ceiling in Ceiling.objects.filter(case=None):
        assert ceiling.reserved + ceiling.authorised <= ceiling.tonnes


def _balances() -> Iterable[tuple[Line | Ceiling, list[Entry]]]:
    for line in Line.objects.all():
        yield line, list(line.entries.order_by("sequence"))
    for ceiling in Ceiling.objects.all():
        yield ceiling, list(ceiling.entries.order_by("sequence"))


def all_is_well() -> None:
    outbox.deliver_due()
    books_hold()
    verdict = verify_database()
    assert verdict.whole, verdict.faults
    assert not OutboxMessage.objects.filter(delivered_at__isnull=True).exists()
    for series in Series.objects.filter(name__startswith="letter:"):
        _word, party, kind, year = series.name.split(":")
        numbers = Letter.objects.filter(number__startswith=f"{party}-{kind}-{year}-").values_list(
            "number", flat=True
        )
        wanted = [f"{party}-{kind}-{year}-{place:04d}" for place in range(1, series.last + 1)]
        assert sorted(numbers) == wanted


def actions(record: Any) -> list[str]:
    return [event.action for event in trail.events_of(record.trail_stream)]


def lines(case: Case) -> dict[int, tuple[int, int]]:
    return {line.vintage: (line.reserved, line.authorised) for line in case.lines.all()}


def ceilings(case: Case) -> dict[int | None, tuple[int, int, int]]:
    """Of the activity: by vintage, and None for all vintages."""
    assert case.activity is not None
    rows = Ceiling.objects.filter(activity=case.activity)
    return {row.vintage: (row.tonnes, row.reserved, row.authorised) for row in rows}


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def one_more(of: Staff) -> Case:
    """Another case of the same activity, so that what one takes is missing to the other."""
    return in_decision(of, content(request={"volumes_tco2e": {"2026": 500}}))


# -- the ways --------------------------------------------------------------------------------------


def test_granted_in_full() -> None:
    ours, theirs = two_staffs()
    other = letter_due(theirs)
    case = drafted(ours)
    assert (case.state, case.activity, Activity.objects.count()) == ("draft", None, 1)
    case = applications.submit(case, act=ours.act(), declared=True)
    assert case.activity is not None
    assert (case.state, lines(case)) == ("submitted", {})
    case = desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    case = recommended(ours, case)
    case = decisions.approve(case, act=ours.act(Function.DECIDER), conditions=["Report yearly."])
    assert (case.state, case.outcome) == ("letter_due", "granted")
    assert lines(case) == {2026: (600, 0), 2027: (1500, 0)}
    assert ceilings(case) == {
        2026: (1000, 600, 0),
        2027: (2000, 1500, 0),
        2028: (3000, 0, 0),
        None: (6000, 2100, 0),
    }
    identifier = case.identifier
    assert identifier == "GHA-AUTH-2026-0001"
    books_hold()

    letter = issued(ours, case)

    case = fresh(case)
    assert (case.state, letter.state, letter.kind, letter.number) == (
        "granted", "issued", "authorisation", "GHA-LOA-2026-0001",
    )  # fmt: skip
    authorisation = Authorisation.objects.get(identifier=identifier)
    assert case.authorisation == authorisation
    version = authorisation.versions.get()
    granted = Terms.model_validate_json(version.terms)
    assert granted.conditions == ("Report yearly.",)
    assert granted.volumes == {2026: 600, 2027: 1500}
    assert (version.number, version.letter_sha256) == (1, letter.signed_sha256)
    assert str(version.letter) == str(letter.public_id)
    assert version.decided_on <= version.signed_on <= version.effective_on
    assert lines(case) == {2026: (0, 600), 2027: (0, 1500)}
    assert set(authorisation.lines.all()) == set(case.lines.all())
    assert ceilings(case)[None] == (6000, 0, 2100)
    assert case.activity is not None
    assert case.approach is not None
    assert (case.activity.state, case.approach.state) == ("authorised", "authorised")
    assert actions(case) == [
        "open", "submit", "accept", "give_opinion", "recommend", "approve", "conclude",
    ]  # fmt: skip
    assert actions(letter) == ["draw", "present", "consent", "issue"]
    assert actions(authorisation) == ["bring_into_force"]
    assert fresh(other).state == "letter_due"
    outbox.deliver_due()
    all_is_well()


def test_granted_in_part() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    grant = asked(case).model_copy(update={"volumes": {2026: 600, 2027: 1000}})
    case = decisions.approve_in_part(
        case, act=ours.act(Function.DECIDER), granted=grant, reasons=["The host keeps a part."]
    )
    letter = issued(ours, case)

    case = fresh(case)
    assert (case.state, letter.kind, letter.number) == (
        "granted", "partial_authorisation", "GHA-LPA-2026-0001",
    )  # fmt: skip
    assert lines(case) == {2026: (0, 600), 2027: (0, 1000)}
    said = parse(letter.content.encode())
    assert isinstance(said, PartialAuthorisation)
    compared = said.requested_and_granted
    assert [(row.vintage, row.requested, row.granted, row.difference) for row in compared.volumes] == [
        (2026, 600, 600, 0),
        (2027, 1500, 1000, 500),
    ]
    assert compared.total is not None
    assert compared.total.difference == 500
    assert compared.reasons == ("The host keeps a part.",)
    assert "approve_in_part" in actions(case)
    all_is_well()


def test_less_than_a_full_grant_cannot_pass_for_one_nor_a_full_one_for_part() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    full = asked(case)
    less = full.model_copy(update={"total": 1})
    with pytest.raises(Refused) as caught:
        decisions.approve(case, act=ours.act(Function.DECIDER), granted=less)
    assert {reason.code for reason in caught.value.reasons} == {"part-only"}
    with pytest.raises(Refused) as caught:
        decisions.approve_in_part(case, act=ours.act(Function.DECIDER), granted=full, reasons=["Less."])
    assert [reason.code for reason in caught.value.reasons] == ["not-in-part"]
    assert fresh(case).state == "in_decision"
    assert not Letter.objects.exists()
    all_is_well()


def test_refused() -> None:
    ours, _theirs = two_staffs()
    case = recommended(ours, in_review(ours), Outcome.REFUSE)
    case = decisions.refuse(case, act=ours.act(Function.DECIDER), reasons=["Not additional.", "Too late."])
    letter = issued(ours, case)

    case = fresh(case)
    assert (case.state, case.authorisation, case.identifier, lines(case)) == ("refused", None, "", {})
    said = parse(letter.content.encode())
    assert isinstance(said, Refusal)
    assert said.reasons == ("Not additional.", "Too late.")
    assert actions(case)[-2:] == ["refuse", "conclude"]
    assert not Authorisation.objects.exists()
    assert not Entry.objects.exists()
    assert case.activity is not None
    assert case.activity.state == "proposed"
    all_is_well()


def test_returned_for_completion_answered_and_granted() -> None:
    ours, _theirs = two_staffs()
    case = with_applicant(ours)
    letter = issued(ours, case, Function.DESK_OFFICER)
    said = parse(letter.content.encode())
    assert isinstance(said, RequestForCompletion)
    assert [item.path for item in said.items] == ["activity.methodology", "request.last_use_on"]
    assert said.answer_by == case.due_on
    assert (fresh(case).state, letter.state) == ("with_applicant", "issued")

    with pytest.raises(Refused) as caught:
        applications.answer(case, act=ours.act())
    assert [reason.code for reason in caught.value.reasons] == ["question-open", "question-open"]
    applications.save_application(case, act=ours.act(), content=content(activity={"methodology": None}))
    with pytest.raises(Refused) as caught:
        applications.answer(case, act=ours.act(), answers={1: "   "})
    assert [reason.code for reason in caught.value.reasons] == ["question-open"]
    applications.save_application(case, act=ours.act(), content=content())
    case = applications.answer(case, act=ours.act())

    assert case.state == "submitted"
    assert [version.number for version in case.versions.all()] == [1, 2]
    assert proposals.content_of(case) == proposals.content_of(fresh(case))
    assert completeness.missing(proposals.content_of(case)) == []
    assert not case.questions.filter(answered_at__isnull=True).exists()
    case = recommended(ours, desk.accept(case, act=ours.act(Function.DESK_OFFICER)))
    case = decisions.approve(case, act=ours.act(Function.DECIDER))
    issued(ours, case)
    assert fresh(case).state == "granted"
    assert [one.kind for one in case.letters.order_by("pk")] == ["request_for_completion", "authorisation"]
    assert Terms.model_validate_json(case.decisions.get().granted).last_use_on == date(2030, 12, 31)
    all_is_well()


def test_what_was_asked_in_review_is_answered_back_into_review() -> None:
    ours, _theirs = two_staffs()
    case = questioned(ours)
    assert (case.state, case.came_from) == ("with_applicant", "in_review")
    case = applications.answer(case, act=ours.act(), answers={1: "Each is metered."})
    assert case.state == "in_review"
    question = case.questions.get()
    assert (question.answer, question.answered_by) == ("Each is metered.", ours.applicant)
    all_is_well()


def test_declined_to_sign_then_decided_anew() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    identifier, held = case.identifier, lines(case)
    void = rendered(case)

    case = letters.decline(
        void, act=ours.act(Function.SIGNER), reasons="The condition on reporting is missing."
    )

    void.refresh_from_db()
    assert (case.state, void.state, void.number) == ("in_decision", "void", "GHA-LOA-2026-0001")
    assert void.void_reason == "The condition on reporting is missing."
    assert lines(case) == held == {2026: (600, 0), 2027: (1500, 0)}
    books_hold()

    grant = asked(case).model_copy(update={"volumes": {2027: 1500}})
    case = decisions.approve_in_part(
        case, act=ours.act(Function.DECIDER), granted=grant, reasons=["2026 is not measured."]
    )
    assert lines(case) == {2026: (0, 0), 2027: (1500, 0)}
    assert ceilings(case)[None] == (6000, 1500, 0)
    letter = issued(ours, case)

    case = fresh(case)
    assert (case.identifier, case.state) == (identifier, "granted")
    assert case.authorisation is not None
    assert case.authorisation.identifier == identifier
    assert letter.number == "GHA-LPA-2026-0001"
    assert storage.fetch(letter.signed_sha256)
    assert lines(case) == {2026: (0, 0), 2027: (0, 1500)}
    assert actions(void) == ["draw", "present", "void"]
    assert actions(case)[-4:] == ["approve", "decline_to_sign", "approve_in_part", "conclude"]
    all_is_well()


def test_declined_to_sign_then_approved_again_takes_the_next_number() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    letters.decline(letter_of(case), act=ours.act(Function.SIGNER), reasons="A wrong title.")
    case = decisions.approve(fresh(case), act=ours.act(Function.DECIDER))
    letter = issued(ours, case)
    assert letter.number == "GHA-LOA-2026-0002"
    assert [one.state for one in case.letters.order_by("pk")] == ["void", "issued"]
    assert Authorisation.objects.get().identifier == "GHA-AUTH-2026-0001"
    all_is_well()


def test_declined_to_sign_then_refused_releases_everything() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    letters.decline(letter_of(case), act=ours.act(Function.SIGNER), reasons="Against the law.")
    case = decisions.refuse(fresh(case), act=ours.act(Function.DECIDER), reasons=["Against the law."])
    issued(ours, case)
    assert fresh(case).state == "refused"
    assert lines(case) == {2026: (0, 0), 2027: (0, 0)}
    assert ceilings(case)[None] == (6000, 0, 0)
    all_is_well()


def test_a_total_granted_first_and_left_out_later_holds_nothing() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    grant = asked(case).model_copy(update={"total": 2000})
    decisions.approve_in_part(case, act=ours.act(Function.DECIDER), granted=grant, reasons=["Cap."])
    letters.decline(letter_of(case), act=ours.act(Function.SIGNER), reasons="No cap was agreed.")
    case = decisions.approve(fresh(case), act=ours.act(Function.DECIDER))
    issued(ours, case)
    assert lines(case) == {2026: (0, 600), 2027: (0, 1500)}
    assert ceilings(case)[None] == (6000, 0, 2100)
    assert proposals.own_total(fresh(case)) == 2100
    assert figures(fresh(case), {"authorised_tco2e": 2100}) == {"authorised_tco2e": 2100}
    all_is_well()


def test_withdrawn() -> None:
    ours, _theirs = two_staffs()
    for case in (drafted(ours), submitted(ours), with_applicant(ours), in_review(ours)):
        gone = applications.withdraw(case, act=ours.act(), reason="The project is given up.")
        assert gone.state == "withdrawn"
        assert lines(gone) == {}
        assert trail.events_of(gone.trail_stream).last().reason == "The project is given up."  # type: ignore[union-attr]
    outbox.deliver_due()
    all_is_well()


def test_an_officer_who_filed_on_paper_may_file_the_withdrawal_too() -> None:
    ours, _theirs = two_staffs()
    act = ours.act(Function.DESK_OFFICER)
    case = applications.open_case(
        act=act,
        authority=ours.authority,
        kind=Kind.CONSOLIDATED,
        applicant=ours.organisation,
        content=content(),
    )
    assert applications.withdraw(case, act=ours.act(Function.DESK_OFFICER)).state == "withdrawn"
    of_the_applicant = drafted(ours)
    with pytest.raises(Refused):
        applications.withdraw(of_the_applicant, act=ours.act(Function.DESK_OFFICER))
    assert fresh(of_the_applicant).state == "draft"


def test_what_a_withdrawn_second_decision_had_held_is_released() -> None:
    """Sent back from decision after its letter was declined, the case still holds; withdrawn, it does not."""
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    letters.decline(letter_of(case), act=ours.act(Function.SIGNER), reasons="Not yet.")
    case = decisions.send_back(fresh(case), act=ours.act(Function.DECIDER), reasons="Review the meter.")
    assert lines(case) == {2026: (600, 0), 2027: (1500, 0)}
    gone = applications.withdraw(case, act=ours.act())
    assert lines(gone) == {2026: (0, 0), 2027: (0, 0)}
    assert {held for _tonnes, held, _authorised in ceilings(gone).values()} == {0}
    outbox.deliver_due()
    all_is_well()


def test_sent_back_to_review() -> None:
    ours, _theirs = two_staffs()
    case = decisions.send_back(in_decision(ours), act=ours.act(Function.DECIDER), reasons="The meter is old.")
    assert (case.state, lines(case)) == ("in_review", {})
    last = trail.events_of(case.trail_stream).last()
    assert last is not None
    assert (last.action, last.reason) == ("send_back", "The meter is old.")
    case = recommended(ours, case)
    assert case.state == "in_decision"
    assert case.recommendations.count() == 2
    with pytest.raises(Refused) as caught:
        decisions.send_back(case, act=ours.act(Function.DECIDER), reasons=" ")
    assert [reason.code for reason in caught.value.reasons] == ["reasons-missing"]
    all_is_well()


def test_two_cases_of_one_activity_share_what_it_is_expected_to_achieve() -> None:
    ours, _theirs = two_staffs()
    first, second = letter_due(ours), one_more(ours)
    with pytest.raises(Refused) as caught:
        decisions.approve(second, act=ours.act(Function.DECIDER))
    assert {reason.code for reason in caught.value.reasons} == {"A3"}
    assert "400" in str(caught.value)
    grant = asked(second).model_copy(update={"volumes": {2026: 400}})
    second = decisions.approve_in_part(
        second, act=ours.act(Function.DECIDER), granted=grant, reasons=["The rest is taken."]
    )
    assert ceilings(second)[2026] == (1000, 1000, 0)
    rendered(first)
    for case in (first, second):
        letters.consent(
            letter_of(case), act=ours.act(Function.SIGNER), digest=letter_of(case).unsigned_sha256
        )
    outbox.deliver_due()
    assert {fresh(first).state, fresh(second).state} == {"granted"}
    assert ceilings(second)[2026] == (1000, 0, 1000)
    assert Authorisation.objects.count() == 2
    all_is_well()


def test_a_letter_whose_case_was_overtaken_beside_it_is_tried_again_and_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two cases authorise one activity at the same moment: the second finds it moved already."""
    ours, _theirs = two_staffs()
    first = letter_due(ours, content(request={"volumes_tco2e": {"2027": 100}}))
    second = decisions.approve(one_more(ours), act=ours.act(Function.DECIDER))
    rendered(first)
    for case in (first, second):
        letters.consent(
            letter_of(case), act=ours.act(Function.SIGNER), digest=letter_of(case).unsigned_sha256
        )
    waiting = {
        letter.case_id: OutboxMessage.objects.get(
            effect="produce_letter", payload__record=str(letter.public_id), delivered_at__isnull=True
        )
        for letter in Letter.objects.all()
    }
    take = pass_through

    def overtaken(act: Any, *moves: Any) -> Any:
        monkeypatch.setattr(by_the_system, "pass_through", take)
        outbox.deliver(waiting[first.pk].pk)
        return take(act, *moves)

    monkeypatch.setattr(by_the_system, "pass_through", overtaken)
    outbox.deliver(waiting[second.pk].pk)
    assert fresh(first).state == "granted"

    OutboxMessage.objects.filter(delivered_at__isnull=True).update(due_at=waiting[first.pk].due_at)
    outbox.deliver_due()
    assert fresh(second).state == "granted"
    all_is_well()


def test_signed_by_its_office_a_letter_is_not_signed_twice() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours)
    letter = signed(ours, case)
    with pytest.raises(Refused) as caught:
        letters.consent(letter, act=ours.act(Function.SIGNER), digest=letter.unsigned_sha256)
    assert caught.value.status == 403
    outbox.deliver_due()
    with pytest.raises(Refused):
        letters.decline(letter_of(case), act=ours.act(Function.SIGNER), reasons="Too late.")
    assert letter_of(case).signatures.count() == 1
    all_is_well()
