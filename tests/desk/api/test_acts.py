"""Acts about an authorisation through the API: their effect before anything is opened, and their case."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Function
from authorisation.acts import read
from authorisation.models import Case, Decision, Entry, PlannedAct
from authorisation.requirements import kept
from authorisation.services.acts import open_act, serve_notice
from tests.authorisation.factories import Staff, in_decision, letter_of, recommended, two_staffs
from tests.authorisation.standing import opened, planned, reviewable
from tests.desk.api.calling import get, token_of
from tests.desk.api.test_registries import in_force
from tests.desk.browser import prove_again, signed_in, with_app
from tests.desk.work.people import browser_of

pytestmark = pytest.mark.django_db

REVOCATION = {"type": "revocation", "grounds": "Over-crediting was found."}


def send(browser: Client, address: str, body: Any, *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return browser.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)


def test_the_effect_is_told_line_by_line_and_nothing_is_written() -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    entries = Entry.objects.count()
    told = send(
        browser_of(ours, Function.DESK_OFFICER),
        f"authorisations/{authorisation.identifier}/effects",
        {"plan": REVOCATION},
    )
    assert told.status_code == 200
    effect = told.json()
    held = sum(line["before"]["authorised"] for line in effect["lines"])
    assert held > 0
    assert (effect["revoked"], effect["state"], effect["forbidden"]) == (held, "revoked", [])
    assert (Entry.objects.count(), PlannedAct.objects.count()) == (entries, 0)


def test_a_case_is_opened_once_and_goes_its_way() -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    officer = browser_of(ours, Function.DESK_OFFICER)
    office = str(ours.offices[Function.DESK_OFFICER][0].public_id)
    address = f"authorisations/{authorisation.identifier}/cases"
    opened, again = (
        send(officer, address, {"plan": REVOCATION, "office": office}, key="one") for _time in range(2)
    )
    assert (opened.status_code, again.status_code) == (201, 201)
    assert opened.json() == again.json()
    case = Case.objects.get(public_id=opened.json()["id"])
    assert (case.kind, case.state) == ("revocation", "draft")
    assert PlannedAct.objects.count() == 1
    served = send(
        officer, f"cases/{case.public_id}/acts/serve_notice", {"office": office, "version": case.version}
    )
    assert (served.status_code, served.json()["state"]) == (200, "with_applicant")


def test_what_the_authority_only_plans_is_not_told_to_the_holders_program() -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    granted = authorisation.cases.get()
    secret = token_of(ours.organisation, ours.applicant)
    plan = read(REVOCATION)
    planned = open_act(authorisation, plan, act=ours.act(Function.DESK_OFFICER))
    assert [row["id"] for row in get("cases", secret).json()["results"]] == [str(granted.public_id)]
    assert get(f"cases/{planned.public_id}", secret).status_code == 404
    serve_notice(planned, act=ours.act(Function.DESK_OFFICER))
    assert get(f"cases/{planned.public_id}", secret).status_code == 200


@pytest.mark.parametrize(
    ("plan", "status"),
    [
        ({"type": "revocation"}, 422),
        ({"type": "nothing"}, 422),
        ({"type": "top_up", "volumes": {"2026": -1}}, 422),
        ("all of it", 422),
        (None, 422),
        ({"type": "surrender", "grounds": "No more."}, 422),
    ],
)
def test_what_cannot_be_opened_is_refused_with_its_reasons(plan: Any, status: int) -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    office = str(ours.offices[Function.DESK_OFFICER][0].public_id)
    answer = send(
        browser_of(ours, Function.DESK_OFFICER),
        f"authorisations/{authorisation.identifier}/cases",
        {"plan": plan, "office": office},
    )
    assert answer.status_code == status
    assert all(reason["text"] for reason in answer.json()["reasons"])
    assert answer.json()["reasons"]
    assert not PlannedAct.objects.exists()


def asked_with(ours: Staff, requirements: Any) -> tuple[Any, Case]:
    """The answer to an approval that asks this of the holder."""
    case = in_decision(ours)
    browser = decider_of(ours)
    body = {
        "office": str(ours.offices[Function.DECIDER][0].public_id),
        "version": case.version,
        "requirements": requirements,
    }
    return send(browser, f"cases/{case.public_id}/acts/approve", body), case


def test_a_program_types_what_is_asked_of_the_holder() -> None:
    ours, _theirs = two_staffs()
    agreed = {"sort": "condition", "name": {"en": "Agreement with\nthe community"}}
    fee = {
        "sort": "obligation",
        "name": {"en": "Fee"},
        "since": "issuance",
        "days": 30,
        "amount": "0.2",
        "currency": "USD",
        "per_tonne": True,
    }
    answer, case = asked_with(ours, [agreed, fee])
    assert answer.status_code == 200, answer.json()
    kept_of = kept(Decision.objects.get(case=case).requirements)
    assert [(one.code, one.label, one.is_condition) for one in kept_of] == [
        ("decision_1", "Agreement with the community", True),
        ("decision_2", "Fee", False),
    ]
    assert "Agreement with the community" in letter_of(case).content


@pytest.mark.parametrize(
    "wrong",
    [
        "report",
        {"sort": "obligation", "name": {"en": "Report"}},
        {"sort": "obligation", "name": {}, "months": 6},
        {"sort": "duty", "name": {"en": "Report"}, "months": 6},
        {"sort": "obligation", "name": {"en": "Report"}, "months": 6, "colour": "red"},
        {"sort": "obligation", "name": {"en": "Fee"}, "months": 6, "amount": "2", "currency": "XQX"},
    ],
)
def test_what_contradicts_itself_is_refused_and_nothing_decided(wrong: Any) -> None:
    ours, _theirs = two_staffs()
    answer, case = asked_with(ours, [wrong])
    assert answer.status_code == 422
    assert any("Row 1" in reason["text"] for reason in answer.json()["reasons"])
    assert (Decision.objects.exists(), Case.objects.get(pk=case.pk).state) == (False, "in_decision")


def decider_of(ours: Staff) -> Client:
    """The decider's browser, with the second factor shown again just now."""
    person = with_app(ours.holding(Function.DECIDER).user)
    browser: Client = signed_in(person)
    prove_again(browser, person)
    return browser


def in_part(ours: Staff, case: Case, **said: Any) -> dict[str, Any]:
    office = str(ours.offices[Function.DECIDER][0].public_id)
    return {"office": office, "version": case.version, "reasons": ["Enough for now."], **said}


def test_an_act_is_granted_in_part_by_its_volumes_as_on_the_page() -> None:
    ours, _theirs = two_staffs()
    plan = planned("top_up", volumes={2026: 400})
    case = recommended(ours, reviewable(ours, opened(ours, in_force(ours), plan)))
    address, browser = f"cases/{case.public_id}/acts/approve_in_part", decider_of(ours)
    before = (Entry.objects.count(), Decision.objects.filter(case=case).count())

    for wrong, named in (
        ({}, "volumes_tco2e"),
        ({"granted": {"volumes": {"2026": 300}}}, "granted"),
        ({"volumes_tco2e": {"next year": 300}}, "volumes_tco2e"),
        ({"volumes_tco2e": {"2026": -1}}, "volumes_tco2e"),
        ({"volumes_tco2e": {"2026": 300}, "conditions": ["None of these."]}, "conditions"),
    ):
        answer = send(browser, address, in_part(ours, case, **wrong))
        assert (answer.status_code, named in answer.json()["detail"]) == (422, True), answer.json()
    more = send(browser, address, in_part(ours, case, volumes_tco2e={"2026": 401}))
    assert more.status_code == 422
    assert "unasked" in {reason["code"] for reason in more.json()["reasons"]}
    office = str(ours.offices[Function.DESK_OFFICER][0].public_id)
    theirs = {**in_part(ours, case, volumes_tco2e={"2026": 300}), "office": office}
    assert send(browser_of(ours, Function.DESK_OFFICER), address, theirs).status_code == 403
    assert (Entry.objects.count(), Decision.objects.filter(case=case).count()) == before

    done = send(browser, address, in_part(ours, case, volumes_tco2e={"2026": 300}))
    assert (done.status_code, done.json()["state"]) == (200, "letter_due")
    decision = Decision.objects.get(case=case)
    assert (decision.outcome, decision.reasons) == ("approve_in_part", ["Enough for now."])
    assert json.loads(decision.plan)["volumes"] == {"2026": 300}


def test_an_application_is_not_granted_in_part_by_the_volumes_of_an_act() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    sent = in_part(ours, case, volumes_tco2e={"2026": 300})
    answer = send(decider_of(ours), f"cases/{case.public_id}/acts/approve_in_part", sent)
    assert answer.status_code == 422
    assert "volumes_tco2e" in answer.json()["detail"]
    assert Case.objects.get(pk=case.pk).state == "in_decision"
