"""The inbox: what needs whom, in which order, page by page, at a constant cost."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Function
from authorisation.kinds import Initiative, Kind
from authorisation.models import Case
from authorisation.procedures import BUILT_IN
from authorisation.services import reviews
from authorisation.verdicts import Verdict
from desk.inbox.selectors import PAGE, Inbox, Need, inbox
from letters import services as letters
from tests.authorisation import factories as make
from tests.authorisation.bodies import COMMITTEE, sitting, under
from tests.desk.work.people import browser_of
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db(transaction=True)


def _inbox(of: make.Staff, function: Function, **where: object) -> Inbox:
    return inbox(of.offices[function][1], clock=RealClock(), language="en", **where)  # type: ignore[arg-type]


def _needs(of: make.Staff, function: Function) -> list[tuple[Need, str]]:
    return [(row.need, row.reference) for row in _inbox(of, function).rows]


def test_each_office_finds_what_it_is_to_do_and_nothing_of_the_other_authority() -> None:
    here, there = make.two_staffs()
    submitted = make.submitted(here)
    in_review = make.in_review(here)
    in_decision = make.in_decision(here)
    signing = make.letter_due(here)
    make.rendered(signing)
    make.granted(here, make.content(activity={"registry_id": "MA-78"}))
    for situation in (make.submitted, make.in_review, make.in_decision):
        situation(there)

    assert _needs(here, Function.DESK_OFFICER) == [(Need.CHECK, submitted.reference)]
    assert _needs(here, Function.REVIEWER) == [(Need.GIVE_OPINION, in_review.reference)]
    assert _needs(here, Function.DECIDER) == [(Need.DECIDE, in_decision.reference)]
    assert _needs(here, Function.SIGNER) == [(Need.SIGN, signing.reference)]
    assert _needs(here, Function.DIRECTOR) == []


def test_an_officer_is_to_recommend_only_once_every_body_has_spoken() -> None:
    here, _there = make.two_staffs()
    case = make.in_review(here)
    assert _needs(here, Function.DESK_OFFICER) == []

    reviews.give_opinion(
        case, act=here.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="It holds."
    )

    assert _needs(here, Function.DESK_OFFICER) == [(Need.RECOMMEND, case.reference)]
    assert _needs(here, Function.REVIEWER) == []


def test_members_are_asked_to_vote_and_the_chair_for_the_opinion_once_the_quorum_voted() -> None:
    here, _there = make.two_staffs()
    body = replace(COMMITTEE, members=3, quorum=2)
    panel = sitting(here, body, members=2)
    with under(body):
        case = make.in_review(here)

        def needs() -> list[list[Need]]:
            """Of the chair and the two members."""
            return [
                [row.need for row in inbox(user, clock=RealClock(), language="en").rows]
                for _office, user in panel.everybody
            ]

        assert needs() == [[Need.VOTE]] * 3
        panel.vote(case, panel.members[0], Verdict.FAVOURABLE)
        assert needs() == [[Need.VOTE], [], [Need.VOTE]]
        panel.vote(case, panel.chair, Verdict.FAVOURABLE)
        assert needs() == [[Need.GIVE_OPINION], [], [Need.VOTE]]
        reviews.recuse(case, act=panel.act(panel.members[1]), reasons="My sister's stoves.")
        assert needs() == [[Need.GIVE_OPINION], [], []]
        panel.conclude(case, Verdict.FAVOURABLE)
        assert needs() == [[], [], []]
        assert _needs(here, Function.DESK_OFFICER) == [(Need.RECOMMEND, case.reference)]
        # What the body said becomes history, and every vote is open again; who is out stays out.
        reviews.take_up_again(case, act=panel.act(panel.chair), reasons="A new study.")
        assert needs() == [[Need.VOTE], [Need.VOTE], []]
        assert _needs(here, Function.DESK_OFFICER) == []


def test_a_failed_letter_comes_first_for_those_who_can_try_again() -> None:
    here, _there = make.two_staffs()
    submitted = make.submitted(here)
    failed = make.letter_due(here)
    letters.fail(make.rendered(failed), fault="No key.", clock=here.clock)

    assert _needs(here, Function.DESK_OFFICER) == [
        (Need.TRY_AGAIN, failed.reference),
        (Need.CHECK, submitted.reference),
    ]
    assert _needs(here, Function.SIGNER) == [(Need.TRY_AGAIN, failed.reference)]
    assert _needs(here, Function.DECIDER) == []


def _many_submitted(of: make.Staff, count: int) -> None:
    """Rows as they stand when submitted, written past the door's page and without a trail: for counting."""
    begun = Case.objects.count()
    rows = [
        Case(
            authority=of.authority,
            reference=f"X-2026-{begun + number:04d}",
            kind=Kind.CONSOLIDATED,
            initiative=Initiative.ASKED_FOR,
            applicant=of.organisation,
            opened_by=of.applicant,
            opened_on=date(2026, 3, 2),
            procedure_version=BUILT_IN.version,
        )
        for number in range(1, count + 1)
    ]
    references = [case.reference for case in Case.objects.bulk_create(rows)]
    placeholders = ", ".join(["%s"] * len(references))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE authorisation_case SET state = 'submitted' WHERE reference IN ({placeholders})",
            references,
        )


def test_the_inbox_is_read_page_by_page_without_leaving_one_out() -> None:
    here, there = make.two_staffs()
    _many_submitted(here, PAGE * 2 + 5)
    _many_submitted(there, 3)

    first = _inbox(here, Function.DESK_OFFICER)
    second = _inbox(here, Function.DESK_OFFICER, after=first.further)
    third = _inbox(here, Function.DESK_OFFICER, after=second.further)

    found = [row.reference for page in (first, second, third) for row in page.rows]
    assert sorted(found) == [f"X-2026-{number:04d}" for number in range(1, PAGE * 2 + 6)]
    assert (len(first.rows), len(third.rows), third.further) == (PAGE, 5, None)
    assert first.needed == PAGE * 2 + 5


def test_pages_cost_the_same_with_ten_cases_as_with_a_thousand() -> None:
    here, _there = make.two_staffs()
    case = make.submitted(here)
    client = browser_of(here, Function.DESK_OFFICER)
    addresses = [
        reverse("inbox"),
        reverse("casework", kwargs={"public_id": case.public_id}),
        reverse("deciding", kwargs={"public_id": case.public_id}),
        reverse("case", kwargs={"public_id": case.public_id}),
        reverse("register"),
    ]

    def costs() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len([one for one in queries.captured_queries if _is_ours(one["sql"])]))
        return found

    _many_submitted(here, 9)
    costs()
    with_ten = costs()
    _many_submitted(here, 990)
    assert costs() == with_ten
    assert max(with_ten) < 70


def _is_ours(sql: str) -> bool:
    """Not the session's own bookkeeping, which depends on the moment."""
    return re.search(r"django_session|SAVEPOINT|^BEGIN|^COMMIT", sql) is None
