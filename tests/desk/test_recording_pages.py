"""The pages of recording: what would be done is shown before it is, and every refusal stands at its field."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from audit.trail import events_of
from authorisation.models import (
    Authorisation,
    Block,
    Cancellation,
    Entry,
    FirstTransfer,
    IssuedVintage,
    Line,
    Recording,
    Replacement,
    Reversal,
    Use,
)
from authorisation.verification import verify
from projects.models import Activity, Document
from tests.authorisation.factories import Staff, content, granted, letter_due, two_staffs
from tests.desk.browser import signed_in
from tests.desk.filling import form_on
from tests.desk.test_volume_pages import said
from tests.projects.files import pdf

pytestmark = pytest.mark.django_db

DAY = "2026-11-02"
ONE = "REG-77-2026-1-"


@pytest.fixture(autouse=True)
def volumes_add_up() -> Any:
    """Whatever a test has done, every balance is what its entries and records come to."""
    yield
    assert verify().wrong == []


def authorised(of: Staff, **request: Any) -> Authorisation:
    case = granted(of, content(request=request))
    return Authorisation.objects.get(cases=case)


def officer(of: Staff) -> Client:
    return signed_in(of.holding(Function.DESK_OFFICER).user)


def at(authorisation: Authorisation, happening: str) -> str:
    return reverse("record", kwargs={"identifier": authorisation.identifier, "happening": happening})


def issuing(activity: Activity) -> str:
    return reverse("record_issuance", kwargs={"public_id": activity.public_id})


def written() -> list[Any]:
    """Everything that recording writes."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            Recording,
            IssuedVintage,
            Block,
            FirstTransfer,
            Use,
            Cancellation,
            Entry,
            Line,
            Reversal,
            Replacement,
        )
    ]


def look(client: Client, address: str, **typed: Any) -> Any:
    """Fills the form in and asks what it would do; nothing is ever done by that."""
    before = written(), Document.objects.count()
    filled_in = {**form_on_page(client.get(address)), "on": DAY, "go": "look", **typed}
    page = client.post(address, filled_in)
    assert (written(), Document.objects.count()) == before
    return page


def form_on_page(page: Any) -> dict[str, Any]:
    """The form that posts to its own page."""
    marked = page.content.decode().replace('<form method="post"', '<form action="here" method="post"')
    page.content = marked.encode()
    return {name: values for name, values in form_on(page, "here").items() if name != "writer"}


def confirm(client: Client, page: Any, **instead: Any) -> Any:
    """Presses the button of the page that shows what would be done."""
    assert page.status_code == 200, said(page)
    address = page.request["PATH_INFO"]
    return client.post(address, {**form_on_page(page), "go": "record", **instead})


def mistakes(page: Any) -> str:
    """What the page says above its form."""
    text = said(page)
    assert "Nothing was done, and here is why" in text
    return text.partition("Nothing was done, and here is why")[2].partition("On which day")[0]


# -- issuance ----------------------------------------------------------------------------------------


def test_an_issuance_is_shown_with_what_its_ceilings_cover_and_recorded_once() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser, address = officer(ours), issuing(authorisation.activity)
    shown = look(browser, address, tonnes_2026="750", reference="Notice 7")
    assert "2026 750 600 150 0 0" in said(shown)
    assert "What is thereby first transferred Nothing." in said(shown)
    assert "Issued 0 600" in said(shown)
    assert not events_of(authorisation.activity.trail_stream).filter(action__contains="issuance").exists()

    done = confirm(browser, shown)
    assert done.status_code == 302
    assert [(one.tonnes, one.covered) for one in IssuedVintage.objects.all()] == [(750, 600)]
    # Pressed twice, it is carried out once.
    assert confirm(browser, shown).status_code == 302
    recording = Recording.objects.get()
    assert (recording.on, recording.registry) == (date(2026, 11, 2), "national")
    page = said(browser.get(done.headers["Location"]))
    assert "2026 750 600 150" in page
    assert "Issuance 2 November 2026 2026 : 750 Notice 7" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_what_an_issuance_first_transfers_by_the_letters_definition_is_shown_before() -> None:
    ours, _theirs = two_staffs()
    purpose = {"uses": ["OP"], "oimp": {"op": "Voluntary targets"}, "first_transfer_definition": "Issuance"}
    authorisation = authorised(ours, **purpose)
    shown = look(officer(ours), issuing(authorisation.activity), tonnes_2026="100", reference="Notice 7")
    text = said(shown).replace("\N{NO-BREAK SPACE}", " ")
    assert f"2026 {authorisation.identifier} 2 November 2026 issuance 100 0" in text


def test_an_issuance_by_block_with_its_holder() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser, address = officer(ours), issuing(authorisation.activity)
    listed = f"{ONE}1-500 ; Owner One\r\n{ONE}501-900;Owner Two"
    confirm(browser, look(browser, address, blocks=listed, reference="Notice 8"))
    assert {block.serial: block.holder for block in authorisation.blocks.all()} == {
        f"{ONE}1-500": "Owner One",
        f"{ONE}501-600": "Owner Two",
    }
    again = look(browser, address, blocks=f"{ONE}900-901", reference="Notice 9")
    assert again.status_code == 422
    assert "units are recorded already" in mistakes(again)
    assert 'id="record_issuance_blocks_error"' in again.content.decode()


def test_evidence_can_be_a_document_which_is_sent_once_and_kept_until_it_is_recorded() -> None:
    ours, theirs = two_staffs()
    authorisation = authorised(ours)
    browser, address = officer(ours), issuing(authorisation.activity)
    sent = pdf()
    notice = SimpleUploadedFile("notice.pdf", sent, content_type="application/pdf")
    shown = look(browser, address, tonnes_2026="10", file=notice, basis="A trade secret")
    assert "Document notice.pdf" in said(shown)
    changing = browser.post(address, {**form_on_page(shown), "go": "change"})
    assert "The document that you sent before is kept: notice.pdf" in said(changing)
    shown = browser.post(address, {**form_on_page(changing), "go": "look"})
    # Somebody else's mark, or a mark that was changed, is none.
    mark = form_on_page(shown)["kept"][0]
    refused = confirm(browser, shown, kept=f"{mark}x")
    assert "is not kept any more" in mistakes(refused)
    assert Recording.objects.count() == 0

    assert confirm(browser, shown).status_code == 302
    document = Recording.objects.get().document
    assert document is not None
    assert (document.name, document.confidentiality, document.authority) == (
        "notice.pdf",
        "confidential",
        ours.authority,
    )
    event = events_of(authorisation.activity.trail_stream).get(action="record_issuance")
    assert document.sha256 in event.facts
    assert "notice.pdf" not in event.facts

    file = reverse("evidence_file", kwargs={"public_id": Recording.objects.get().public_id})
    for stranger in (officer(theirs), signed_in(ours.applicant)):
        assert stranger.get(file).status_code == 404
    taken = events_of(authorisation.activity.trail_stream).filter(action="download_document")
    assert not taken.exists()
    given: Any = browser.get(file)
    assert b"".join(given.streaming_content) == sent
    assert taken.count() == 1


def test_a_file_that_is_not_what_it_claims_is_refused_at_its_field() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    wrong = SimpleUploadedFile("notice.pdf", b"GIF89a", content_type="application/pdf")
    page = look(officer(ours), issuing(authorisation.activity), tonnes_2026="10", file=wrong)
    assert page.status_code == 422
    assert 'id="record_issuance_file_error"' in page.content.decode()


def test_an_issuance_before_its_letter_is_recorded_of_the_activity_and_covered_by_nothing() -> None:
    ours, _theirs = two_staffs()
    activity = letter_due(ours).activity
    assert activity is not None
    shown = look(officer(ours), issuing(activity), tonnes_2026="10", reference="Notice 1")
    assert "2026 10 0 10 0 0" in said(shown)
    assert "No authorisation covers any of it: nothing moves." in said(shown)


# -- first transfer, use, cancellation ---------------------------------------------------------------


def test_a_first_transfer_is_shown_and_recorded_and_stale_once_somebody_has_acted() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser, address = officer(ours), at(authorisation, "first-transfer")
    shown = look(browser, address, tonnes_2026="40", to_party="CHE", reference="Notice 7")
    other = look(browser, address, tonnes_2026="50", to_party="CHE", reference="Notice 8")
    assert "First transferred 0 40" in said(shown)
    assert "Switzerland" in said(shown)
    assert confirm(browser, shown).status_code == 302
    stale = confirm(browser, other)
    assert stale.status_code == 409
    assert "Somebody has acted since you opened this page" in mistakes(stale)
    again = browser.post(address, {**form_on_page(stale), "go": "look"})
    assert "First transferred 40 90" in said(again)
    assert [one.tonnes for one in FirstTransfer.objects.all()] == [40]


def test_a_block_is_transferred_by_its_serial() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser = officer(ours)
    block = f"{ONE}1-500;Owner One"
    confirm(browser, look(browser, issuing(authorisation.activity), blocks=block, reference="Notice 8"))
    address = at(authorisation, "first-transfer")
    beyond = look(browser, address, serial=f"{ONE}400-501", to_party="CHE", reference="Notice 9")
    assert 'id="record_first_transfer_serial_error"' in beyond.content.decode()
    shown = look(browser, address, serial=f"{ONE}400-500", to_party="CHE", reference="Notice 9")
    assert "First transferred 0 101" in said(shown)
    assert confirm(browser, shown).status_code == 302
    assert FirstTransfer.objects.get().serial == f"{ONE}400-500"


def test_use_and_cancellation_take_what_was_first_transferred() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser = officer(ours)
    first = look(
        browser, at(authorisation, "first-transfer"), tonnes_2026="90", to_party="CHE", reference="1"
    )
    confirm(browser, first)
    shown = look(
        browser,
        at(authorisation, "use"),
        tonnes_2026="60",
        used_by="party:CHE",
        for_year="2026",
        reference="2",
    )
    assert "Used or cancelled 0 60" in said(shown)
    confirm(browser, shown)
    gone = look(
        browser, at(authorisation, "cancellation"), tonnes_2026="30", purpose="A target", reference="3"
    )
    confirm(browser, gone)
    assert (Use.objects.get().by_party.code, Cancellation.objects.get().purpose) == ("CHE", "A target")  # type: ignore[union-attr]
    page = browser.get(reverse("activity", kwargs={"public_id": authorisation.activity.public_id}))
    assert "Cancellation" in said(page)
    assert "A target" in said(page)


@pytest.mark.parametrize(
    ("happening", "typed", "beside"),
    [
        ("first-transfer", {}, ["reference", "to_party", "tonnes_2026"]),
        ("first-transfer", {"to_party": "CHE", "tonnes_2027": "1", "reference": "1"}, ["tonnes_2027"]),
        (
            "first-transfer",
            {"on": "2999-01-01", "to_party": "CHE", "tonnes_2026": "601"},
            ["on", "reference"],
        ),
        ("use", {"reference": "1", "tonnes_2026": "1"}, ["used_by"]),
        (
            "use",
            {"used_by": "party:CHE", "for_year": "2031", "tonnes_2026": "1", "reference": "1"},
            ["for_year"],
        ),
        ("cancellation", {"tonnes_2026": "1"}, ["purpose", "reference"]),
        ("cancellation", {"tonnes_2026": "1 t", "on": "soon"}, ["on", "tonnes_2026"]),
    ],
)
def test_every_refusal_stands_beside_the_field_that_mends_it(
    happening: str, typed: dict[str, str], beside: list[str]
) -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    page = look(officer(ours), at(authorisation, happening), **typed)
    assert page.status_code == 422
    text, step = page.content.decode(), f"record_{happening.replace('-', '_')}"
    found = [name.removeprefix(f"{step}_") for name in re.findall(r'id="(\w+)_error"', text)]
    assert sorted(set(found)) == beside
    for name in beside:
        assert f'href="#{step}_{name}"' in text


def test_nobody_but_the_desk_records_and_strangers_find_nothing() -> None:
    ours, theirs = two_staffs()
    authorisation = authorised(ours)
    decider = signed_in(ours.holding(Function.REVIEWER).user)
    for address in (at(authorisation, "use"), issuing(authorisation.activity)):
        page = decider.get(address)
        assert page.status_code == 200
        assert "You cannot record this now, and here is why" in said(page)
        refused = decider.post(address, {"on": DAY, "go": "record", "seen": "1", "key": "0" * 32})
        assert refused.status_code == 403
        for stranger in (officer(theirs), signed_in(ours.applicant), signed_in(theirs.applicant)):
            assert stranger.get(address).status_code == 404
            assert stranger.post(address, {"on": DAY, "go": "record"}).status_code == 404
    assert Recording.objects.count() == 0
    assert officer(ours).get(at(authorisation, "theft")).status_code == 404


def test_the_volumes_page_leads_the_desk_to_recording_and_nobody_else() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    address = reverse("volumes", kwargs={"identifier": authorisation.identifier})
    link = at(authorisation, "first-transfer")
    assert link in officer(ours).get(address).content.decode()
    assert link not in signed_in(ours.applicant).get(address).content.decode()


def recorded(client: Client, address: str, **typed: Any) -> None:
    """Looked at, and carried out."""
    assert confirm(client, look(client, address, **typed)).status_code == 302


def reversing(activity: Activity, happening: str = "reversal") -> str:
    return reverse("record_of_activity", kwargs={"public_id": activity.public_id, "happening": happening})


def test_a_reversal_and_its_replacement_are_seen_before_and_touch_nothing_first_transferred() -> None:
    here, _there = two_staffs()
    authorisation = authorised(here)
    activity, client = authorisation.activity, officer(here)
    recorded(client, issuing(activity), tonnes_2026="400", reference="Notice 1")
    recorded(client, at(authorisation, "first-transfer"), tonnes_2026="100", to_party="CHE", reference="N 2")
    stood = [list(model.objects.order_by("pk").values()) for model in (FirstTransfer, Line, Entry)]

    told = {"sort": "reversal", "vintage": "2026", "amount": "150", "reference": "Report 3"}
    shown = said(look(client, reversing(activity), **told))
    assert "What is to be replaced of vintage 2026" in shown
    assert "First transferred, which stands 100 100" in shown
    refused = look(client, reversing(activity), **{**told, "amount": "401"})
    assert refused.status_code == 422
    assert "are more than the 400 t issued and not reversed" in said(refused)
    unshown = look(client, reversing(activity), **{**told, "reference": ""})
    assert "There is no evidence of it." in said(unshown)
    recorded(client, reversing(activity), **told)
    reversal = Reversal.objects.get()
    assert (reversal.vintage, reversal.tonnes, reversal.sort) == (2026, 150, "reversal")

    replaced = {"reversal": str(reversal.public_id), "vintage": "2025", "reference": "Buffer 4"}
    too_much = look(client, reversing(activity, "replacement"), **replaced, amount="151")
    assert "are more than the 150 t that are still to be replaced" in said(too_much)
    assert not Replacement.objects.exists()
    recorded(client, reversing(activity, "replacement"), **replaced, amount="60", serial="BUF-1-60")
    assert Replacement.objects.get().serial == "BUF-1-60"

    for name in ("volumes", "obligations"):
        page = said(client.get(reverse(name, args=[authorisation.identifier])))
        assert "2026 150 60 90" in page, name
    assert "2026 150 60 90" in said(client.get(reverse("activity", args=[activity.public_id])))
    now = [list(model.objects.order_by("pk").values()) for model in (FirstTransfer, Line, Entry)]
    assert now == stood
