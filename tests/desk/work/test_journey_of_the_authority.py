"""A case from the desk to its issued letter, through the pages, each person in their own browser."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.models import Case
from letters.models import Letter
from tests.authorisation import factories as make
from tests.desk.browser import prove_again
from tests.desk.work.people import before_the_code_changes, browser_of
from tests.desk.work.pressing import press
from workflow import outbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_case_goes_through_the_pages_from_submission_to_its_issued_letter() -> None:
    here, _there = make.two_staffs()
    case = make.submitted(here)
    officer = browser_of(here, Function.DESK_OFFICER)
    reviewer = browser_of(here, Function.REVIEWER)
    head = browser_of(here, Function.DECIDER)
    minister = browser_of(here, Function.SIGNER)
    work = reverse("casework", kwargs={"public_id": case.public_id})
    decision = reverse("deciding", kwargs={"public_id": case.public_id})

    assert work in officer.get(reverse("inbox")).content.decode()
    assert press(officer, work, "accept").status_code == 302
    assert work in reviewer.get(reverse("inbox")).content.decode()
    assert press(reviewer, work, "give_opinion", verdict="favourable", reasons="It holds.").status_code == 302
    assert press(officer, work, "recommend", outcome="approve", reasons="As reviewed.").status_code == 302

    assert decision in head.get(reverse("inbox")).content.decode()
    before_the_code_changes()
    prove_again(head, here.offices[Function.DECIDER][1])
    assert press(head, decision, "approve", conditions="Report each year.").status_code == 302
    outbox.deliver_due()

    letter = Letter.objects.get(case=case)
    desk = reverse("signing", kwargs={"public_id": letter.public_id})
    assert desk in minister.get(reverse("inbox")).content.decode()
    before_the_code_changes()
    prove_again(minister, here.offices[Function.SIGNER][1])
    assert press(minister, desk, "consent").status_code == 302
    assert "The seal is being made" in minister.get(desk).content.decode()
    outbox.deliver_due()

    letter.refresh_from_db()
    case = Case.objects.get(pk=case.pk)
    assert (letter.state, case.state) == ("issued", "granted")
    assert case.authorisation is not None
    entry = Client().get(reverse("register_entry", kwargs={"identifier": case.authorisation.identifier}))
    assert letter.number in entry.content.decode()
