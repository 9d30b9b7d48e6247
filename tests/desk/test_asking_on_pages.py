"""The decision desk: what is asked of the holder, row by row, before it is decided and in the letter."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.models import Case, Decision
from authorisation.requirements import Requirement, from_json
from tests.authorisation.factories import Staff, in_decision, letter_of, recommended, two_staffs
from tests.authorisation.obliging import REPORT, asking_always, authorised
from tests.authorisation.standing import opened, planned, reviewable
from tests.desk.browser import prove_again, signed_in, with_app
from tests.desk.filling import Sent, form_on

pytestmark = pytest.mark.django_db

AGREED = {"sort": "condition", "what": "Agreement with the community", "when": "open"}
FEE = {
    "sort": "obligation",
    "what": "Fee for what is issued",
    "when": "issuance_days",
    "number": "30",
    "amount": "0.2",
    "currency": "usd",
    "per_tonne": "on",
}


@pytest.fixture
def of() -> Staff:
    return two_staffs()[0]


def act_on(case: Case, step: str = "approve") -> str:
    return reverse("deciding_act", kwargs={"public_id": case.public_id, "step": step})


def weighing(case: Case) -> str:
    return f"{reverse('weigh', kwargs={'public_id': case.public_id})}?step=approve"


def row(place: int, /, **typed: str) -> Sent:
    return {f"asks-{place}-{name}": [value] for name, value in typed.items()}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def decider(of: Staff) -> tuple[Client, Any]:
    person = with_app(of.holding(Function.DECIDER).user)
    return signed_in(person), person


def shown(browser: Client, case: Case) -> Sent:
    return form_on(browser.get(reverse("deciding", kwargs={"public_id": case.public_id})), act_on(case))


def test_rows_begin_with_the_procedures_own_and_are_added_shown_and_said_in_the_letter(of: Staff) -> None:
    with asking_always(REPORT):
        case = in_decision(of)
        browser, person = decider(of)
        page = browser.get(reverse("deciding", kwargs={"public_id": case.public_id}))
        assert "Obligation of the holder: Report on progress." in words(page)
        sent = form_on(page, act_on(case))
        assert (sent["asks-0-what"], sent["asks-0-every"]) == (["Report on progress"], ["6"])
        for number in (1, 2):
            more = browser.post(weighing(case), {**sent, "more": "approve"})
            assert more.status_code == 200
            sent = form_on(more, act_on(case))
            assert sent["asks-TOTAL_FORMS"] == [str(number + 1)]
        sent |= row(1, **AGREED) | row(2, **FEE)
        preview = reverse("preview_letter", kwargs={"public_id": case.public_id, "step": "approve"})
        for answer in (browser.post(weighing(case), sent), browser.post(preview, sent)):
            assert answer.status_code == 200
            said = words(answer)
            assert "Condition precedent: Agreement with the community." in said
            assert "To be paid for each tonne covered: USD 0.2." in said
            assert "and again every 6 months after that." in said
        assert not Decision.objects.exists()
        prove_again(browser, person)
        assert browser.post(act_on(case), sent).status_code == 302
        report, agreed, fee = (from_json(one) for one in Decision.objects.get().requirements)
        assert report == REPORT
        assert (agreed.code, agreed.sort, agreed.name) == (
            "decision_1",
            "condition",
            {"en": "Agreement with the community"},
        )
        assert (fee.since, fee.days, f"{fee.amount}", fee.currency, fee.per_tonne) == (
            "issuance",
            30,
            "0.2",
            "USD",
            True,
        )
        assert "Condition precedent: Agreement with the community." in letter_of(case).content


def test_a_row_of_the_procedure_is_taken_out_with_a_reason_alone(of: Staff) -> None:
    with asking_always(REPORT):
        case = in_decision(of)
        browser, person = decider(of)
        fewer = browser.post(weighing(case), {**shown(browser, case), "remove": "0"})
        sent = form_on(fewer, act_on(case))
        assert "asks-0-what" not in sent
        prove_again(browser, person)
        refused = browser.post(act_on(case), sent)
        assert refused.status_code == 422
        assert "the decision does not: “Report on progress”" in words(refused)
        assert not Decision.objects.exists()
        assert Case.objects.get(pk=case.pk).state == "in_decision"
        sent = form_on(refused, act_on(case)) | {"asking_reason": ["A pilot of three months."]}
        assert browser.post(act_on(case), sent).status_code == 302
        decision = Decision.objects.get()
        assert (decision.requirements, decision.reasons) == ([], ["A pilot of three months."])


def test_what_a_row_lacks_is_said_beside_it_and_nothing_is_decided(of: Staff) -> None:
    case = in_decision(of)
    browser, person = decider(of)
    sent = form_on(browser.post(weighing(case), {**shown(browser, case), "more": "1"}), act_on(case))
    prove_again(browser, person)
    for typed, fault in (
        ({"what": "Start", "when": "months"}, "Row 1: Give the number."),
        ({"what": "Start", "when": "on"}, "Row 1: Give the day."),
        ({"what": "Start", "when": "open"}, "Row 1: when it falls due is not said"),
        ({"number": "6"}, "Row 1: Say what the holder has to do, or remove the row."),
        ({**AGREED, "every": "6"}, "Row 1: a condition precedent is met once"),
        ({**FEE, "currency": "USX"}, "Row 1: Give the currency by its three letters"),
        ({**FEE, "currency": ""}, "Row 1: an amount and its currency are given together."),
    ):
        refused = browser.post(act_on(case), {**sent, **row(0, **typed)})
        assert refused.status_code == 422
        assert fault in words(refused)
        assert not Decision.objects.exists()
    # A row in which nothing was written asks nothing.
    assert browser.post(act_on(case), sent).status_code == 302
    assert Decision.objects.get().requirements == []


def test_a_change_asks_for_obligations_and_a_suspension_for_nothing(of: Staff) -> None:
    authorisation = authorised(of)
    browser, person = decider(of)
    changes = {"clarification": {"text": "So."}, "suspension": {}}
    cases = [
        recommended(
            of, reviewable(of, opened(of, authorisation, planned(type_, **more), Function.DESK_OFFICER))
        )
        for type_, more in changes.items()
    ]
    sent = shown(browser, cases[0])
    assert not [name for name in shown(browser, cases[1]) if name.startswith("asks-")]
    sent = form_on(browser.post(weighing(cases[0]), {**sent, "more": "1"}), act_on(cases[0]))
    sent |= row(0, what="Report on the start", when="months", number="3", evidence="a report")
    preview = reverse("preview_letter", kwargs={"public_id": cases[0].public_id, "step": "approve"})
    said = words(browser.post(preview, sent))
    assert "Obligation of the holder: Report on the start." in said
    assert "To be shown by: a report." in said
    prove_again(browser, person)
    assert browser.post(act_on(cases[0]), sent).status_code == 302
    (asked,) = (from_json(one) for one in Decision.objects.get(case=cases[0]).requirements)
    assert isinstance(asked, Requirement)
    assert (asked.months, asked.evidence) == (3, {"en": "a report"})
