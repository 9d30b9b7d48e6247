"""Clarification: rounds of questions, what they open for changes, and what stays closed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import Function
from authorisation.clarification import locked_changes, open_places
from authorisation.models import Case
from authorisation.services import applications, desk
from tests.authorisation.bodies import ONE, under
from tests.authorisation.factories import Staff, content, in_review, incomplete, submitted, two_staffs
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)

METHODOLOGY = "activity.methodology"


@pytest.fixture
def ours() -> Iterator[Staff]:
    staff, _theirs = two_staffs()
    with under(ONE):
        yield staff


def asked(of: Staff, *questions: tuple[str, str], case: Case | None = None) -> Case:
    return desk.ask(
        in_review(of) if case is None else case,
        act=of.act(Function.DESK_OFFICER),
        questions=questions or [(METHODOLOGY, "Which edition?")],
    )


def refused(case: Case, act: Callable[[], object]) -> list[tuple[str, str]]:
    """The codes and sentences of a refusal; neither the application nor the questions changed."""

    def all_of_it() -> tuple[Any, ...]:
        case.application.refresh_from_db()
        questions = list(case.questions.values_list("answer", "answered_at"))
        return (Case.objects.get(pk=case.pk).version, case.application.content, questions)

    before = all_of_it()
    with pytest.raises(Refused) as caught:
        act()
    assert all_of_it() == before
    return [(reason.code, str(reason)) for reason in caught.value.reasons]


def saved(of: Staff, case: Case, **changes: Any) -> None:
    applications.save_application(case, act=of.act(), content=content(**changes))


def test_only_what_was_asked_about_is_open_once_the_review_began(ours: Staff) -> None:
    case = asked(ours)
    assert open_places(case) == frozenset({("activity", "methodology")})
    assert refused(case, lambda: saved(ours, case, activity={"title": "Other stoves"})) == [
        ("locked", "“activity.title” cannot be changed now: the authority did not ask about it.")
    ]
    both = {"methodology": "Metered stoves, second edition", "standard": "Gold Standard"}
    assert [code for code, _words in refused(case, lambda: saved(ours, case, activity=both))] == ["locked"]
    assert [code for code, _words in refused(case, lambda: saved(ours, case, entities=[]))] == ["locked"]
    assert [code for code, _words in refused(case, lambda: saved(ours, case, activity=None))] == ["locked"]
    saved(ours, case, activity={"methodology": "Metered stoves, second edition"})
    case = applications.answer(case, act=ours.act())
    assert (case.state, case.versions.count()) == ("in_review", 2)


def test_before_the_review_the_whole_application_is_open(ours: Staff) -> None:
    case = desk.return_for_completion(submitted(ours, incomplete()), act=ours.act(Function.DESK_OFFICER))
    assert open_places(case) is None
    saved(ours, case, activity={"location": "Two valleys"})
    assert case.question_rounds.get().purpose == "completion"
    assert applications.answer(case, act=ours.act()).state == "submitted"


def test_a_question_about_the_whole_is_answered_in_words_and_opens_nothing(ours: Staff) -> None:
    case = asked(ours, ("", "How are stoves counted?"))
    assert open_places(case) == frozenset()
    assert [
        code for code, _words in refused(case, lambda: saved(ours, case, activity={"title": "Other"}))
    ] == ["locked"]
    assert refused(case, lambda: applications.answer(case, act=ours.act())) == [
        ("question-open", "Question 1 is not answered yet.")
    ]
    case = applications.answer(case, act=ours.act(), answers={1: "Each is metered."})
    assert case.questions.get().answer == "Each is metered."


def test_a_question_about_a_place_is_not_answered_by_leaving_it_as_it_was(ours: Staff) -> None:
    case = asked(ours)
    assert [code for code, _words in refused(case, lambda: applications.answer(case, act=ours.act()))] == [
        "question-open"
    ]
    assert applications.answer(case, act=ours.act(), answers={1: "The first."}).state == "in_review"


def test_rounds_are_numbered_and_know_who_asked_when_and_what_changed(ours: Staff) -> None:
    case = applications.answer(asked(ours), act=ours.act(), answers={1: "The first."})
    case = asked(ours, (METHODOLOGY, "Sure?"), ("request.conditions", "Which?"), case=case)
    saved(ours, case, activity={"methodology": "Second edition"})
    case = applications.answer(case, act=ours.act(), answers={3: "None."})
    first, second = case.question_rounds.all()
    assert [(one.number, one.purpose, one.version.number) for one in (first, second) if one.version] == [
        (1, "clarification", 2),
        (2, "clarification", 3),
    ]
    assert [question.number for question in second.questions.all()] == [2, 3]
    office, officer = ours.offices[Function.DESK_OFFICER]
    assert (second.office, second.asked_by, second.answered_by) == (office, officer, ours.applicant)
    assert first.answered_at is not None
    assert first.asked_at < first.answered_at < second.asked_at


def test_what_was_answered_stays_answered(ours: Staff) -> None:
    case = applications.answer(asked(ours), act=ours.act(), answers={1: "The first."})
    case = asked(ours, ("", "And the second?"), case=case)
    assert refused(
        case, lambda: applications.answer(case, act=ours.act(), answers={1: "No, the other.", 2: "Yes."})
    ) == [("question-closed", "Question 1 was answered before: its answer stands.")]
    assert refused(
        case, lambda: applications.answer(case, act=ours.act(), answers={2: "Yes.", 9: "Also."})
    ) == [("question-closed", "There is no question 9.")]
    case = applications.answer(case, act=ours.act(), answers={2: "Yes."})
    late = [
        code
        for code, _ in refused(case, lambda: applications.answer(case, act=ours.act(), answers={2: "No."}))
    ]
    assert late[0] == "state"


def test_a_group_may_come_and_go_only_with_what_is_open_in_it() -> None:
    opened = frozenset({("request", "oimp"), ("cooperative_approach", "parties")})
    assert locked_changes({}, {"cooperative_approach": {"parties": ["GHA"]}}, opened) == []
    assert locked_changes({"cooperative_approach": {"parties": ["GHA"]}}, {}, opened) == []
    group = {"cooperative_approach": {"parties": ["GHA"], "name": "Ours"}}
    assert locked_changes({}, group, opened) == [("cooperative_approach",)]
    assert locked_changes({}, {"answers": {"1": "So."}}, opened) == []
    assert locked_changes({"request": {"uses": ["NDC"]}}, {"request": {"uses": ["OP"]}}, None) == []
