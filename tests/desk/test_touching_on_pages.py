"""A clause that lets first-transferred outcomes be touched: granted on its page, looked at, printed."""

import json

import pytest
from django.urls import reverse

from accounts.models import Function
from authorisation import acts
from authorisation.models import Authorisation, Case, Entry
from authorisation.planned import plan_of
from authorisation.touching import touching_of
from letters.content import parse
from letters.kinds import kind_of
from letters.rendering import context_of
from letters.typesetting import page_of
from tests.authorisation.factories import Staff, in_decision, two_staffs
from tests.authorisation.standing import carried_out
from tests.authorisation.test_touching import BEFORE, CHECK, FOUND, TOUCHING, with_clause
from tests.desk.browser import signed_in
from tests.desk.test_acts_about_authorisations import at, look, officer, press
from tests.desk.test_consent_on_pages import act_on, body_of, deciding, granted_of, printed
from tests.desk.test_show_effect import shown
from tests.desk.test_volume_pages import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> Staff:
    return two_staffs()[0]


def test_whoever_decides_writes_the_circumstances_and_the_letter_says_them(of: Staff) -> None:
    case = in_decision(of)
    browser, form = deciding(of, case)
    sent = {**form, "revocable_after_transfer": f"{FOUND}\nThe holder has lied."}
    assert browser.post(act_on(case), sent).status_code == 302
    assert granted_of(case).revocable_after_transfer == (FOUND, "The holder has lied.")
    assert granted_of(case).reducible_after_transfer is None
    assert body_of(case).revocable_after_transfer == (FOUND, "The holder has lied.")
    text = " ".join(printed(case).split())
    assert f"in these circumstances alone:</p><ul><li>{FOUND}</li><li>The holder has lied.</li></ul>" in text
    assert "A reduction of the volume may touch" not in text


def test_nothing_written_says_nothing_of_it(of: Staff) -> None:
    case = in_decision(of)
    browser, form = deciding(of, case)
    assert browser.post(act_on(case), form).status_code == 302
    assert "after_transfer" not in json.dumps(granted_of(case).as_json())
    assert "after_transfer" not in letter_content(case)


def letter_content(case: Case) -> str:
    return str(case.letters.latest("pk").content)


def test_the_desk_sees_what_is_touched_line_by_line_and_the_act_carries_it(of: Staff) -> None:
    standing = with_clause(of)
    browser, address = officer(of), at(standing, "revocation")
    plain = look(browser, address, tonnes_2026="480")
    assert "First transferred, revoked" not in said(plain)
    unchecked = look(browser, address, tonnes_2026="480", circumstance=FOUND)
    assert "nothing is counted twice is not recorded as checked (rule A12)" in said(unchecked)
    assert b'value="open"' not in unchecked.content
    page = look(browser, address, tonnes_2026="480", circumstance=FOUND, check=CHECK)
    text = said(page)
    assert "2026 600 120 -480 480 250 130 120" in text
    assert "Of this, 130 t CO₂ eq were first transferred" in text
    assert "120 t CO₂ eq are first transferred or retained by the host, and stand" in text
    assert press(browser, page).status_code == 302
    touching = touching_of(plan_of(Case.objects.get(kind="revocation")))
    assert touching is not None
    assert touching.model_dump() == TOUCHING


def test_where_the_letter_foresees_nothing_nothing_is_asked_and_a_program_is_told_why(of: Staff) -> None:
    standing = with_clause(of, {})
    browser = officer(of)
    assert b'name="circumstance"' not in browser.get(at(standing, "revocation")).content
    plan = {"type": "revocation", "volumes": {"2026": 480}, "grounds": "So.", "touching": TOUCHING}
    address = reverse("api_effects", kwargs={"identifier": standing.identifier})
    before = Entry.objects.count()
    told = browser.post(address, {"plan": plan}, content_type="application/json").json()
    assert [one["code"] for one in told["forbidden"]] == ["A12", "A18"]
    assert (told["touched"], [line["touched"] for line in told["lines"]]) == (0, [0, 0])
    assert (Entry.objects.count(), Case.objects.filter(kind="revocation").count()) == (before, 0)


def test_a_program_and_the_command_are_told_the_same_of_it(of: Staff) -> None:
    standing = with_clause(of)
    plan = {"type": "quantity_down", "volumes": {"2026": 120}, "grounds": "So.", "touching": TOUCHING}
    address = reverse("api_effects", kwargs={"identifier": standing.identifier})
    told = officer(of).post(address, {"plan": plan}, content_type="application/json").json()
    assert (told["forbidden"], told["touched"], told["revoked"], told["stands"]) == ([], 130, 130, 120)
    written = shown(standing.identifier, "--plan", json.dumps(plan))
    assert FOUND in written
    assert CHECK in written
    (row,) = [line.split() for line in written.splitlines() if line.split()[:1] == ["2026"]]
    assert row[-2:] == ["130", "120"]


def test_the_letter_prints_what_was_first_transferred_and_is_revoked(of: Staff) -> None:
    standing = with_clause(of)
    plan = {"type": "revocation", "volumes": {2026: 480}, "grounds": "So.", "touching": TOUCHING}
    found = carried_out(of, standing, acts.read(plan), Function.DESK_OFFICER)
    content = parse(found.versions.get(number=2).case.letters.latest("pk").content.encode())
    page = " ".join(page_of(kind_of(content.kind).template, context_of(content), language="en").split())
    assert f"foresee it in this circumstance: {FOUND}" in page
    assert CHECK in page
    assert "First transferred and revoked by this act" in page
    holder = signed_in(of.applicant)
    volumes = said(holder.get(reverse("volumes", kwargs={"identifier": found.identifier})))
    assert "480" in volumes
    assert BEFORE[2026][0] != found.lines.get(vintage=2026).authorised
    assert Authorisation.objects.get(pk=found.pk).state == "in_force"
