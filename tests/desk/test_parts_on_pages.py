"""The decision desk: the forms in which a part is given, their effect, and the letter that shows them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.models import Case
from authorisation.terms import Form, Part, Terms
from tests.authorisation.factories import content, in_decision, two_staffs
from tests.desk.browser import prove_again, signed_in, with_app
from tests.desk.filling import Sent, form_on

pytestmark = pytest.mark.django_db


def _sent(browser: Client, case: Case) -> Sent:
    """A tranche of 2028 under a cap of the project, of which the host keeps a share."""
    address = reverse("deciding_act", kwargs={"public_id": case.public_id, "step": "approve_in_part"})
    page = browser.get(reverse("deciding", kwargs={"public_id": case.public_id}))
    return {
        **form_on(page, address),
        "volume_2028": ["501"],
        "parts": ["host_share", "project_cap", "tranche"],
        "project_cap": ["600"],
        "tranche_vintage": ["2028"],
        "tranche_first": ["1"],
        "tranche_last": ["501"],
        "host_retention_percent": ["5"],
        "reasons": ["The cap of the project."],
    }


def test_the_forms_of_a_part_show_their_arithmetic_before_and_in_the_letter() -> None:
    ours, _theirs = two_staffs()
    decider = with_app(ours.holding(Function.DECIDER).user)
    browser = signed_in(decider)
    case = in_decision(ours, content(request={"volumes_tco2e": {"2028": 900}}))
    sent = _sent(browser, case)

    weighed = browser.post(reverse("weigh", kwargs={"public_id": case.public_id}), sent)
    preview = browser.post(
        reverse("preview_letter", kwargs={"public_id": case.public_id, "step": "approve_in_part"}), sent
    )
    for page in (weighed, preview):
        text = page.content.decode()
        assert page.status_code == 200
        for words in ("Cap of the project", "Tranche of vintage 2028", "Kept by the host", "rounded up"):
            assert words in text
        assert ">26<" in text
        assert ">475<" in text
    assert "Entities" in preview.content.decode()

    prove_again(browser, decider)
    address = reverse("deciding_act", kwargs={"public_id": case.public_id, "step": "approve_in_part"})
    too_much = browser.post(address, {**sent, "tranche_last": ["500"]})
    assert too_much.status_code == 422
    assert "The tranche of vintage 2028 is of 500 t" in too_much.content.decode()
    assert Case.objects.get(pk=case.pk).state == "in_decision"
    assert browser.post(address, sent).status_code == 302
    granted = Terms.model_validate_json(Case.objects.get(pk=case.pk).decisions.get().granted)
    assert granted.parts == (
        Part(form=Form.HOST_SHARE),
        Part(form=Form.PROJECT_CAP, cap=600),
        Part(form=Form.TRANCHE, vintage=2028, first=1, last=501),
    )
