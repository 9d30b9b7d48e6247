"""A letter on paper through the pages: chosen, printed, recorded, compared, issued and checked by anybody."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from letters.models import Letter
from tests.authorisation import factories as make
from tests.desk.browser import prove_again
from tests.desk.work.people import before_the_code_changes, browser_of
from tests.desk.work.pressing import press
from tests.letters.papers import scan_as
from workflow import outbox

pytestmark = pytest.mark.django_db(transaction=True)


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_letter_is_signed_by_hand_through_the_pages() -> None:
    here, _there = make.two_staffs()
    letter = make.rendered(make.letter_due(here))
    officer, director = (browser_of(here, one) for one in (Function.DESK_OFFICER, Function.DIRECTOR))
    minister = browser_of(here, Function.SIGNER)
    address = reverse("paper", kwargs={"public_id": letter.public_id})
    signing = reverse("signing", kwargs={"public_id": letter.public_id})

    assert signing in page_of(minister, reverse("inbox"))
    assert address in page_of(director, signing)
    assert "You cannot choose paper" in page_of(officer, address)
    assert press(director, address, "choose_paper").status_code == 302
    outbox.deliver_due()
    # It waits for no consent any more, but for the desk.
    assert signing not in page_of(minister, reverse("inbox"))
    assert "Sign this letter" not in page_of(minister, signing)
    assert address in page_of(officer, reverse("inbox"))
    printed = officer.get(reverse("paper_print", kwargs={"public_id": letter.public_id}))
    assert b"".join(printed.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]

    office, person = here.offices[Function.SIGNER]
    today = here.authority.legal_date(here.clock.now())
    written: dict[str, Any] = {
        "hand_1": f"{office.public_id}:{person.public_id}",
        "written_1": today,
        "file_number": "MIN/77",
        "place": "Registry, shelf 4",
        "keeper": "The registrar",
        "since": today,
    }
    nothing = press(officer, address, "record_paper", **{**written, "written_1": "", "place": ""})
    assert nothing.status_code == 422
    for words in ("are not given", "where the paper is kept", "The scan of the signed paper is missing"):
        assert words in nothing.content.decode()
    scan = scan_as("PNG")
    file = SimpleUploadedFile(scan.name, scan.content, content_type="image/png")
    assert press(officer, address, "record_paper", **written, scan=file).status_code == 302
    outbox.deliver_due()
    assert "somebody else compares it" in page_of(officer, address)

    before_the_code_changes()
    prove_again(director, here.offices[Function.DIRECTOR][1])
    other = press(director, address, "confirm_paper", code="AAAA-AAAA-AAAA")
    assert other.status_code == 422
    assert press(director, address, "confirm_paper", code=letter.code.lower()).status_code == 302
    outbox.deliver_due()

    letter = Letter.objects.get(pk=letter.pk)
    assert (letter.state, letter.fault) == ("issued", "")
    assert isinstance(letter.signed_on, date)
    said = page_of(Client(), reverse("check_code", kwargs={"code": letter.code}))
    for words in ("The original is on paper", "Registry, shelf 4", "MIN/77"):
        assert words in said
    told = Client().get(reverse("api_letter", kwargs={"code": letter.code})).json()
    assert told["on_paper"] == {"kept_at": "Registry, shelf 4", "file_number": "MIN/77"}
