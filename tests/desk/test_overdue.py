"""The overdue board, and what pages say of waiting."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.models import Function
from authorisation.models import Case
from authorisation.services import applications, desk
from desk.overdue import selectors
from desk.overdue.selectors import board
from desk.selectors.waiting import waiting_of
from tests.authorisation.factories import Staff, drafted, in_decision, in_review, submitted, with_applicant
from tests.authorisation.timing import again, move, staff_of, under
from tests.desk.browser import signed_in
from workflow.clock import RealClock

ONE = timedelta(days=1)


@pytest.fixture(autouse=True)
def plain_procedures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without review sheets."""
    under(monkeypatch)


@pytest.fixture
def of() -> Staff:
    return staff_of()


def shown(of: Staff, **asked: object) -> list[str]:
    found = board([of.authority], clock=of.clock, language="en", **asked)  # type: ignore[arg-type]
    return [row.reference for row in found.rows]


@pytest.mark.django_db
def test_the_board_lists_what_is_over_or_about_to_be_the_longest_over_first(of: Staff) -> None:
    reviewed, first, draft = in_review(of), submitted(of), drafted(of)
    other = submitted(staff_of("VUT", "Pacific/Efate"))
    assert first.due_on is not None
    assert reviewed.due_on is not None
    move(of, first.due_on - timedelta(days=8))
    assert shown(of) == []
    move(of, first.due_on - timedelta(days=7))
    assert shown(of) == [first.reference]
    move(of, reviewed.due_on + ONE)
    assert shown(of) == [first.reference, reviewed.reference]
    assert draft.reference not in shown(of)
    assert other.reference not in shown(of)
    rows = board([of.authority], clock=of.clock, language="en").rows
    assert [row.waiting.days_over for row in rows] == [(reviewed.due_on + ONE - first.due_on).days, 1]


@pytest.mark.django_db
def test_the_board_is_narrowed_to_a_body_and_goes_on_from_a_case(
    of: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = in_review(of), in_review(of), submitted(of)
    assert second.due_on is not None
    move(of, second.due_on)
    found = board([of.authority], clock=of.clock, language="en")
    ((code, label),) = found.bodies
    assert label
    assert set(shown(of, body=code)) == {first.reference, second.reference}
    assert shown(of, body="nobody") == []
    monkeypatch.setattr(selectors, "PAGE", 2)
    begun = board([of.authority], clock=of.clock, language="en")
    further = board([of.authority], clock=of.clock, language="en", after=begun.further)
    assert [row.reference for row in (*begun.rows, *further.rows)] == [
        third.reference, first.reference, second.reference
    ]  # fmt: skip
    assert further.began_later


@pytest.mark.django_db
def test_the_board_takes_a_constant_number_of_queries(
    of: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = in_review(of)
    assert case.due_on is not None

    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            board([of.authority], clock=of.clock, language="en")
        return len(queries)

    move(of, case.due_on)
    before = counted()
    for _one in range(3):
        in_review(of)
    move(of, case.due_on + timedelta(days=5))
    assert counted() == before


@pytest.mark.django_db
def test_the_board_is_for_people_of_an_authority_only(of: Staff) -> None:
    assert signed_in(of.offices[Function.DESK_OFFICER][1]).get("/desk/overdue/").status_code == 200
    assert signed_in(of.applicant).get("/desk/overdue/").status_code == 404


@pytest.mark.django_db
def test_pages_say_on_whom_until_when_and_what_happens_then(of: Staff) -> None:
    case = with_applicant(of)
    waiting = waiting_of([again(case)], clock=of.clock)[case.pk]
    assert waiting.whom == (of.organisation.name,)
    assert waiting.last_day == case.due_on
    assert waiting.then[0].startswith("If no answer comes by ")
    assert waiting.then[0].endswith("the application lapses.")
    assert waiting.then[-1].startswith("A reminder goes out on ")
    decided = in_decision(of)
    waiting = waiting_of([again(decided)], clock=of.clock)[decided.pk]
    assert "are told: director" in waiting.then[0]
    for browser in (signed_in(of.applicant), signed_in(of.offices[Function.DESK_OFFICER][1])):
        page = browser.get(f"/cases/{decided.public_id}/").content.decode()
        assert "with the authority" in page
        assert "with the applicant" in page


@pytest.mark.django_db
def test_the_story_says_when_the_clock_stood_still_and_went_on(of: Staff) -> None:
    case = in_review(of)
    move(of, case.opened_on + timedelta(days=10))
    case = desk.ask(case, act=of.act(Function.DESK_OFFICER), questions=[("", "How are stoves counted?")])
    move(of, case.opened_on + timedelta(days=20))
    case = applications.answer(again(case), act=of.act(), answers={1: "By meter."})
    page = signed_in(of.applicant).get(f"/cases/{case.public_id}/").content.decode()
    assert "stood still from here on" in page
    assert "Days run: 10 of 60" in page or "days run: 10 of 60" in page
    assert "left: 50, until" in page


@pytest.mark.django_db
def test_the_waiting_of_many_cases_takes_as_many_queries_as_that_of_one(
    of: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [in_review(of), with_applicant(of), drafted(of)]
    read = list(
        Case.objects.select_related("authority", "activity", "applicant").filter(pk__in=[c.pk for c in cases])
    )
    with django_assert_num_queries(4):
        assert len(waiting_of(read, clock=RealClock())) == 3
