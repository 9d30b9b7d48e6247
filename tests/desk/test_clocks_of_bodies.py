"""The clock of each reviewing body on the case's page: who is waited on, since when, until when."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from authorisation.models import Case
from authorisation.services import reviews
from authorisation.verdicts import Verdict
from desk.selectors.waiting import waiting_of
from tests.authorisation.bodies import COMMITTEE, ONE, sitting, under
from tests.authorisation.factories import in_review, two_staffs

pytestmark = pytest.mark.django_db


def test_each_body_has_its_clock_which_begins_anew_with_its_review() -> None:
    ours, _theirs = two_staffs()
    committee = replace(COMMITTEE, members=2, quorum=1)
    panel = sitting(ours, committee, members=1)
    with under(ONE, committee):
        case = in_review(ours)
        began = ours.clock.now().date()
        panel.vote(case, panel.chair, Verdict.FAVOURABLE)
        case = panel.conclude(case, Verdict.FAVOURABLE)
        one, several = waiting_of([case], clock=ours.clock)[case.pk].bodies
        assert (one.name, one.since, one.until, one.is_waited_on) == (ONE.label, began, case.due_on, True)
        assert (several.spoke, several.is_waited_on) == (ours.clock.now().date(), False)

        client = Client()
        client.force_login(ours.applicant)
        page = client.get(reverse("case", kwargs={"public_id": case.public_id})).content.decode()
        assert "The reviewing bodies and their clocks" in page
        assert "opinion given" in page

        reviews.take_up_again(case, act=panel.act(panel.chair), reasons="A new study.")
        anew = waiting_of([Case.objects.get(pk=case.pk)], clock=ours.clock)[case.pk].bodies[1]
        assert (anew.is_waited_on, anew.since) == (True, ours.clock.now().date())
