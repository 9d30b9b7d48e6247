"""The desk's page for members and chairs of a body, and what an applicant sees of the review."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Function, Office, User
from authorisation.models import Case
from authorisation.services import applications, desk, reviews
from authorisation.verdicts import Verdict
from tests.authorisation import factories as make
from tests.authorisation.bodies import COMMITTEE, SHEET, Sitting, sitting, under
from tests.desk.browser import signed_in
from tests.desk.work.pressing import forms_of, press

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def here() -> Iterator[Sitting]:
    body = replace(COMMITTEE, sheet=SHEET, casting_vote=True)
    staff, _theirs = make.two_staffs()
    with under(body):
        yield sitting(staff, body, members=4)


def page_of(case: Case) -> str:
    return reverse("casework", kwargs={"public_id": case.public_id})


def vote(client: Client, case: Case, verdict: str) -> int:
    return press(
        client,
        page_of(case),
        "vote",
        verdict=verdict,
        reasons="As I read it.",
        sheet_additionality="yes",
        comment_additionality="Shown.",
    ).status_code


def test_members_vote_and_the_chair_concludes_on_the_page(here: Sitting) -> None:
    case = make.in_review(here.of)
    chair, first, second = (signed_in(user) for _held, user in here.everybody[:3])
    assert "give_opinion" not in forms_of(first.get(page_of(case)))
    for client, verdict in ((chair, "favourable"), (first, "favourable"), (second, "with_conditions")):
        assert vote(client, case, verdict) == 302
    shown = chair.get(page_of(case)).content.decode()
    assert "3 of 5 members voted, the quorum is 3; 2 favourable, 1 with conditions, 0 unfavourable" in shown
    assert "Has not voted yet: Member 3, Member 4." in shown
    said = {"reasons": "As voted.", "minutes": "Met on Monday.", "verdict": "with_conditions"}
    assert press(chair, page_of(case), "give_opinion", **said).status_code == 302
    opinion = case.opinions.get()
    assert (opinion.verdict, opinion.minutes) == ("with_conditions", "Met on Monday.")
    after = first.get(page_of(case)).content.decode()
    assert "Met on Monday." in after
    assert "take_up_again" in forms_of(chair.get(page_of(case)))


def test_a_vote_without_the_sheet_is_refused_and_what_was_written_stays(here: Sitting) -> None:
    case = make.in_review(here.of)
    chair = signed_in(here.chair[1])
    answer = press(chair, page_of(case), "vote", verdict="favourable", reasons="Written at length.")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "The question “Is it additional?” of the review sheet is not answered." in text
    assert "Written at length." in text
    assert not case.votes.exists()


def test_votes_cost_no_more_queries(here: Sitting) -> None:
    case = make.in_review(here.of)
    client = signed_in(here.chair[1])
    client.get(page_of(case))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(page_of(case)).status_code == 200
        return len(found)

    def cast(who: tuple[Office, User]) -> None:
        act = here.act(who)
        sheet = {"additionality": ("yes", "")}
        reviews.vote(case, act=act, verdict=Verdict.FAVOURABLE, reasons="For.", sheet=sheet)

    cast(here.chair)
    one = queries()
    for member in here.members:
        cast(member)
    assert queries() == one


def test_the_applicant_sees_who_reviews_and_every_round_and_no_vote(here: Sitting) -> None:
    of = here.of
    case = desk.ask(
        make.in_review(of),
        act=of.act(Function.DESK_OFFICER),
        questions=[("activity.methodology", "Which edition?")],
    )
    client = signed_in(of.applicant)
    text = client.get(reverse("case", kwargs={"public_id": case.public_id})).content.decode()
    assert "Technical advisory committee" in text
    assert "Round 1" in text
    assert "Which edition?" in text
    assert here.chair[1].name not in text
    section = reverse("application_section", kwargs={"public_id": case.public_id, "name": "activity"})
    shown = client.get(section).content.decode()
    assert "Locked: the authority did not ask about this." in shown
    assert 'value="Efficient stoves in two valleys"' in shown
    assert 'name="asked" value="activity__methodology"' in shown
    assert 'name="asked" value="activity__title"' not in shown
    tasks = client.get(reverse("application", kwargs={"public_id": case.public_id})).content.decode()
    assert "Locked: nothing was asked about it" in tasks
    case = applications.answer(case, act=of.act(), answers={1: "The first."})
    text = client.get(reverse("case", kwargs={"public_id": case.public_id})).content.decode()
    assert "The first." in text
    assert "answers to round 1" in text
