"""What a number or a serial stands for: covered, by which version, for which uses, and what is left."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Function
from authorisation.models import Authorisation
from desk.checking.covered import Answer, covered
from tests.authorisation.factories import Staff, content, granted, letter_due, two_staffs
from tests.authorisation.standing import carried_out, planned
from tests.authorisation.test_outcomes import ONE, asking, authorised, issue, transfer
from tests.desk.checking.looking_up import looked_up
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db


def told(asked: str) -> Answer:
    return covered(asked, clock=RealClock(), language="en")


@pytest.fixture
def ours() -> Staff:
    return two_staffs()[0]


def under(ours: Staff, **request: object) -> Authorisation:
    return authorised(ours, asking("Use or Cancellation", volumes_tco2e={"2026": 60}, **request))


def test_a_serial_is_covered_in_part_and_each_part_says_by_what_and_where_it_is(ours: Staff) -> None:
    authorisation = under(ours)
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-100", "Anna")])
    found = told(f"{ONE}11-70")
    assert (found.tonnes, found.not_covered, found.further) == (60, 10, False)
    assert [(one.serial, one.tonnes, one.movable, one.identifier) for one in found.units] == [
        (f"{ONE}11-60", 50, True, authorisation.identifier)
    ]
    (one,) = found.authorisations
    assert (one.identifier, one.version, one.ceiling, one.gone, one.left, one.open) == (
        authorisation.identifier,
        1,
        60,
        0,
        60,
        True,
    )


def test_what_no_authorisation_covers_is_as_unknown_as_what_nobody_ever_issued(
    ours: Staff, client: Client
) -> None:
    authorisation = under(ours)
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-100", "Anna")])
    serials = (f"{ONE}61-70", f"{ONE}761-770")
    assert {client.get("/check/number/", {"number": one}).status_code for one in serials} == {404}
    pages = [looked_up(client, one) for one in serials]
    assert pages[0] == pages[1]
    assert "Anna" not in pages[0]


def test_what_is_first_transferred_is_not_left_and_a_suspension_holds_back_the_rest(ours: Staff) -> None:
    authorisation = authorised(ours, asking(None, uses=["NDC"], volumes_tco2e={"2026": 60}))
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-100", "Anna")])
    transfer(ours, authorisation, {2026: 20})
    found = told(authorisation.activity.registry_id.lower())
    (one,) = found.authorisations
    assert (one.gone, one.left, one.open) == (20, 40, True)
    assert [(unit.tonnes, unit.movable) for unit in told(f"{ONE}1-100").units] == [(20, False), (40, True)]
    carried_out(ours, Authorisation.objects.get(), planned("suspension"), Function.DESK_OFFICER)
    (one,) = told(authorisation.identifier).authorisations
    assert (one.left, one.open, one.state) == (40, False, "suspended")


def test_a_number_finds_the_activity_the_approach_and_the_authorisation_and_nothing_undecided() -> None:
    ours, theirs = two_staffs()
    one = granted(ours, content(activity={"registry_id": "GS11677"})).authorisation
    letter_due(theirs, content(activity={"registry_id": "GS99999"}))
    assert one is not None
    assert one.approach.ca_id is None or told(one.approach.ca_id).is_found
    assert [each.identifier for each in told(" gs11677 ").authorisations] == [one.identifier]
    (each,) = told(one.identifier).authorisations
    letter = one.versions.get().case.letters.get()
    assert (each.letter_number, each.letter_code) == (letter.number, letter.code)
    for unknown in ("GS99999", "GS1167", "%", "", "-"):
        assert not told(unknown).is_found, unknown


def test_the_answer_takes_as_many_queries_for_many_authorisations_as_for_one(ours: Staff) -> None:
    first = under(ours)
    told(first.activity.registry_id)
    with CaptureQueriesContext(connection) as one:
        told(first.activity.registry_id)
    second = under(ours)
    Authorisation.objects.filter(pk=second.pk).update(activity=first.activity)
    with CaptureQueriesContext(connection) as two:
        assert len(told(first.activity.registry_id).authorisations) == 2
    assert len(one) == len(two), [query["sql"] for query in one.captured_queries]


def test_the_page_says_it_in_words(ours: Staff, client: Client) -> None:
    authorisation = under(ours)
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-40", "Anna")])
    page = client.get("/check/number/", {"number": f"{ONE}1-40"}).content.decode()
    for words in ("These units are covered", "version 1", "What is left?", "60", authorisation.identifier):
        assert words in page, words
    assert "Anna" not in page
    page = client.get("/check/number/", {"number": ""}).content.decode()
    assert "Enter a number or a serial." in page
