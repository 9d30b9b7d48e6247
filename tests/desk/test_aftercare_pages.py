"""The pages of conditions, obligations and of who must be told: what they say, and what is done on them."""

import json
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Function, User
from audit.evidence import write_pack
from audit.trail import event_record
from authorisation.models import Announcement, Authorisation, Case, Obligation
from desk.timeline import SENTENCES, events_of_case, timeline
from projects.models import Activity
from tests.authorisation.factories import Staff, granted, submitted, two_staffs
from tests.authorisation.obliging import AGREEMENT, REPORT, with_letter
from tests.authorisation.test_outcomes import issue
from workflow.steps import steps_of, terms_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def staffs() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def of(staffs: tuple[Staff, Staff]) -> Staff:
    return staffs[0]


@pytest.fixture
def asking(of: Staff) -> Authorisation:
    """In force by a letter, asking a condition precedent and a report every six months."""
    return with_letter(of, AGREEMENT, REPORT)


def as_person(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def desk(of: Staff) -> Client:
    return as_person(of.offices[Function.DESK_OFFICER][1])


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(str(response.content.decode()).split())


def sent(browser: Client, address: str, **typed: Any) -> Any:
    """The one form of a page, sent with what was typed."""
    page = browser.get(address)
    assert page.status_code == 200
    key = [part.split('"')[0] for part in page.content.decode().split('name="key" value="')[1:]]
    seen = [part.split('"')[0] for part in page.content.decode().split('name="seen" value="')[1:]]
    return browser.post(address, {"key": key[0], "seen": seen[0], **typed})


def act_on(obligation: Obligation, step: str) -> str:
    return reverse("obligation_act", args=[obligation.public_id, step])


def test_the_letter_says_what_is_asked(asking: Authorisation) -> None:
    letter = asking.versions.get().case.letters.get()
    assert "Condition precedent: Agreement with the community." in letter.content
    assert "and again every 6 months after that." in letter.content


def test_the_holder_sees_what_is_owed_and_hands_it_in(of: Staff, asking: Authorisation) -> None:
    holder = as_person(of.applicant)
    page = text(holder.get(reverse("obligations", args=[asking.identifier])))
    assert "no effect yet" in page
    assert "Report on progress" in page
    assert "Find it met" not in page
    report = asking.obligations.get(code="decision_2")
    file = SimpleUploadedFile("report.txt", b"What was done.", content_type="text/plain")
    done = sent(holder, act_on(report, "hand_in"), file=file, note="For the first half.")
    assert done.status_code == 302
    assert Obligation.objects.get(pk=report.pk).state == "handed_in"
    page = text(holder.get(done.headers["Location"]))
    assert "report.txt" in page
    assert "For the first half." in page


def test_the_desk_records_the_condition_as_met_and_the_page_says_since_when(
    of: Staff, asking: Authorisation
) -> None:
    officer = desk(of)
    condition = asking.obligations.get(code="decision_1")
    address = act_on(condition, "find_met")
    refused = sent(officer, address, reasons="", reference="")
    assert refused.status_code == 422
    said = " ".join(refused.content.decode().split())
    assert "There is no evidence of it" in said
    assert "The reasons of the finding are not given." in said
    assert Obligation.objects.get(pk=condition.pk).state == "awaited"
    done = sent(officer, address, reasons="As registered.", reference="Registry 12")
    assert done.status_code == 302
    page = text(officer.get(done.headers["Location"]))
    assert "In effect since" in page
    assert "no effect yet" not in page
    # The story of the case tells it, too.
    assert text(officer.get(reverse("case", args=[asking.versions.get().case.public_id])))


def test_a_breach_opens_a_suspension_and_both_pages_lead_to_each_other(
    of: Staff, asking: Authorisation
) -> None:
    report = asking.obligations.get(code="decision_2")
    officer = desk(of)
    assert "Open a suspension" not in text(officer.get(reverse("obligations", args=[asking.identifier])))
    assert sent(officer, act_on(report, "find_breach"), reasons="No report came.").status_code == 302
    address = act_on(report, "open_suspension")
    page = text(officer.get(address))
    assert "An obligation of this authorisation was not met: Report on progress." in page
    assert "No report came." in page
    refused = sent(officer, address, grounds="")
    assert refused.status_code == 422
    assert "The grounds of this act are not written." in refused.content.decode()
    assert Case.objects.count() == 1
    done = sent(officer, address, grounds="No report came.\nNor an excuse.")
    case = Case.objects.get(kind="suspension")
    assert done.headers["Location"] == reverse("casework", args=[case.public_id])
    obligations = reverse("obligations", args=[asking.identifier])
    for place in (done.headers["Location"], reverse("case", args=[case.public_id])):
        shown = text(officer.get(place))
        assert f"{obligations}#o-{report.public_id}" in shown
        assert "The breach on which it was opened" in shown
    shown = text(officer.get(obligations))
    assert f'<a href="{reverse("case", args=[case.public_id])}">' in shown
    # What the authority plans, the holder sees once notice is served.
    assert case.reference not in text(as_person(of.applicant).get(obligations))
    refused = sent(officer, address, grounds="Once more.")
    assert refused.status_code == 422
    assert "A suspension is open on this finding already" in refused.content.decode()
    assert Case.objects.filter(kind="suspension").count() == 1


def test_the_board_of_the_desk_lists_what_is_open_of_its_own_authority(
    staffs: tuple[Staff, Staff], asking: Authorisation
) -> None:
    of, others = staffs
    page = text(desk(of).get(reverse("obligations_board")))
    assert asking.identifier in page
    assert asking.identifier not in text(desk(others).get(reverse("obligations_board")))
    assert "Report on progress" not in text(desk(of).get(reverse("obligations_board"), {"state": "met"}))


def test_the_submission_to_the_platform_stands_on_the_board_until_it_is_done(
    of: Staff, asking: Authorisation
) -> None:
    # What belongs to a demonstration stands on no board.
    Case.objects.update(simulated=False)
    officer = desk(of)
    assert "still to be told" in text(officer.get(reverse("inbox")))
    entry = reverse("register_entry", args=[asking.identifier])
    assert "to be submitted" in text(Client().get(entry))
    platform = Announcement.objects.get(authorisation=asking, recipient="platform")
    address = reverse("announcement_act", args=[platform.public_id, "record_done"])
    on = of.authority.legal_date(of.clock.now()).isoformat()
    refused = sent(officer, address, on=on, link="")
    assert refused.status_code == 422
    assert "Where the submission stands on the UN platform is not given." in refused.content.decode()
    assert sent(officer, address, on=on, link="https://carp.example/7").status_code == 302
    page = text(Client().get(entry))
    assert "https://carp.example/7" in page
    assert "to be submitted" not in page
    shown = text(officer.get(reverse("announcements"), {"recipient": "platform", "state": "done"}))
    assert "https://carp.example/7" in shown
    assert asking.identifier not in text(officer.get(reverse("announcements"), {"recipient": "platform"}))


def test_each_act_offered_to_the_holder_opens_for_them(of: Staff, asking: Authorisation) -> None:
    holder = as_person(of.applicant)
    response = holder.get(reverse("obligations", args=[asking.identifier]))
    links = [part.split('"')[0] for part in response.content.decode().split('href="')[1:]]
    acts = [link for link in links if link.startswith("/obligations/")]
    assert len(acts) == 2
    assert {holder.get(link).status_code for link in acts} == {200}


def test_the_story_and_the_pack_of_evidence_hold_what_was_asked_and_who_was_told(
    of: Staff, asking: Authorisation, tmp_path: Path
) -> None:
    case = asking.versions.get().case
    report = asking.obligations.get(code="decision_2")
    sent(desk(of), act_on(report, "find_breach"), reasons="No report came.")
    told = [f"{line.sentence} {line.reason}".strip() for line in timeline(case)]
    assert "It is asked of the holder from now on: Report on progress." in told
    assert "A breach was found: Report on progress. No report came." in told
    assert any(line.startswith("To be told: ") for line in told)
    # What the authority has still to do is no story for the holder.
    page = text(as_person(of.applicant).get(reverse("case", args=[case.public_id])))
    assert "A breach was found: Report on progress." in page
    assert "To be told: " not in page

    pack = tmp_path / "evidence.zip"
    write_pack(pack, events=[event_record(event) for event in events_of_case(case)], files={})
    streams = {
        one.trail_stream for one in (*asking.obligations.all(), *asking.announcements.all(), asking, case)
    }
    with zipfile.ZipFile(pack) as opened:
        kept = {json.loads(line)["stream"] for line in opened.read("events.jsonl").splitlines()}
    assert streams <= kept
    out = StringIO()
    call_command("verify_trail", evidence=pack, stdout=out)


def test_every_step_of_what_follows_from_a_letter_has_its_sentence() -> None:
    for model in (Obligation, Announcement, Activity):
        for step in steps_of(model):
            assert (model._meta.model_name, terms_of(step).name) in SENTENCES


def test_what_is_recorded_of_the_activity_stands_in_the_story_and_the_evidence_of_its_cases(
    tmp_path: Path,
) -> None:
    ours, _theirs = two_staffs()
    case = granted(ours)
    told = [line.sentence for line in timeline(case)]
    assert "The activity was authorised with its outcomes." in told
    assert case.activity is not None
    issue(ours, case.activity, {2026: 100})
    told = [line.sentence for line in timeline(case)]
    assert told.count("An issuance of outcomes of the activity was recorded.") == 1
    pack = tmp_path / "evidence.zip"
    write_pack(pack, events=[event_record(event) for event in events_of_case(case)], files={})
    with zipfile.ZipFile(pack) as opened:
        kept = {json.loads(line)["stream"] for line in opened.read("events.jsonl").splitlines()}
    assert case.activity.trail_stream in kept
    call_command("verify_trail", evidence=pack, stdout=StringIO())
    # An application of which nothing has come tells nothing of the activity.
    assert not [line for line in timeline(submitted(ours)) if line.step.startswith("activity.")]
