"""Acts on the authority's pages: on one grown old, refused, after the second factor; previews."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function, User
from audit.models import Event
from authorisation.models import Case, Decision, Opinion, Question, Recommendation, Waiver
from authorisation.services import reviews
from authorisation.verdicts import Verdict
from letters.models import Letter, Signature
from tests.authorisation import factories as make
from tests.desk.browser import code, prove_again
from tests.desk.work.people import before_the_code_changes, browser_of
from tests.desk.work.pressing import address_of, forms_of, send

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_finds_what_is_not_there() -> None:
    here, _there = make.two_staffs()
    client = browser_of(here, Function.DESK_OFFICER)

    for name in ("casework", "deciding", "signing", "unsigned_file"):
        assert client.get(reverse(name, kwargs={"public_id": uuid4()})).status_code == 404, name


def _counts() -> tuple[int, ...]:
    """Everything that an act could have written, apart from the trail of refusals."""
    models = (Opinion, Recommendation, Decision, Waiver, Question, Letter, Signature)
    taken = Event.objects.exclude(action__endswith=":refused").count()
    return (taken, *(model.objects.count() for model in models))


def _states(case: Case) -> tuple[str, ...]:
    case = Case.objects.get(pk=case.pk)
    return (case.state, str(case.version), *case.letters.order_by("pk").values_list("state", flat=True))


def test_an_act_on_a_page_grown_old_is_refused_and_what_was_written_stays() -> None:
    here, _there = make.two_staffs()
    case = make.in_review(here)
    client = browser_of(here, Function.REVIEWER)
    page = reverse("casework", kwargs={"public_id": case.public_id})
    shown = client.get(page)
    reviews.give_opinion(case, act=here.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="First.")
    before = _counts()

    values = {**forms_of(shown)["give_opinion"], "verdict": "abstain", "reasons": "Written at length."}
    answer = send(client, address_of(shown, "give_opinion"), values)

    assert answer.status_code == 409
    assert "Somebody has acted since you opened this page" in answer.content.decode()
    assert "Written at length." in answer.content.decode()
    assert _counts() == before
    again = {**forms_of(answer)["give_opinion"], "verdict": "abstain", "reasons": "Written at length."}
    assert send(client, address_of(answer, "give_opinion"), again).status_code == 302
    assert Opinion.objects.count() == 2


def test_a_refusal_names_every_reason_with_what_mends_it() -> None:
    here, _there = make.two_staffs()
    case = make.in_decision(here)
    client = browser_of(here, Function.DECIDER)
    before_the_code_changes()
    prove_again(client, here.offices[Function.DECIDER][1])
    page = reverse("deciding", kwargs={"public_id": case.public_id})
    shown = client.get(page)
    before, stood = _counts(), _states(case)

    values = {**forms_of(shown)["approve_in_part"], "volume_2026": "600", "volume_2027": "9000"}
    answer = send(client, address_of(shown, "approve_in_part"), values)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "No reasons are given." in text
    assert "9000 t of vintage 2027 would be granted" in text
    assert "Grant at most what was asked for" in text
    assert (_counts(), _states(case)) == (before, stood)


def test_who_decides_is_asked_for_the_second_factor_and_what_was_sent_is_then_done() -> None:
    here, _there = make.two_staffs()
    case = make.in_decision(here)
    head = here.offices[Function.DECIDER][1]
    client = browser_of(here, Function.DECIDER)
    page = reverse("deciding", kwargs={"public_id": case.public_id})
    shown = client.get(page)
    stood = _states(case)

    values = {**forms_of(shown)["refuse"], "reasons": "Not additional."}
    asked = send(client, address_of(shown, "refuse"), values)

    assert asked.status_code == 302
    assert reverse("mfa_reauthenticate") in asked["Location"]
    assert _states(case) == stood
    _prove_at(client, head, asked["Location"])
    decision = Decision.objects.get(case=case)
    assert (decision.outcome, decision.reasons) == ("refuse", ["Not additional."])


def _prove_at(client: Client, person: User, address: str) -> None:
    before_the_code_changes()
    form = client.get(address)
    values = {**forms_of(form).get("", {}), "code": code(person)}
    client.post(address, {**values, "next": address.partition("next=")[2].replace("%2F", "/")})


def test_a_preview_takes_no_number_and_writes_nothing() -> None:
    here, _there = make.two_staffs()
    case = make.in_decision(here)
    client = browser_of(here, Function.DECIDER)
    shown = client.get(reverse("deciding", kwargs={"public_id": case.public_id}))
    before, stood = _counts(), _states(case)

    for step in ("approve", "approve_in_part", "refuse"):
        values = {**forms_of(shown)[step], "volume_2026": "500", "reasons": "For a reason."}
        address = reverse("preview_letter", kwargs={"public_id": case.public_id, "step": step})
        answer = send(client, address, values)
        assert answer.status_code == 200, step
        assert "PREVIEW" in answer.content.decode()
    weighed = send(
        client,
        reverse("weigh", kwargs={"public_id": case.public_id}),
        {**forms_of(shown)["approve_in_part"], "volume_2026": "500"},
    )

    assert "Effect of the terms filled in below" in weighed.content.decode()
    assert (_counts(), _states(case)) == (before, stood)
