"""Letters signed by hand, for tests: printed, scanned, recorded and confirmed."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

from PIL import Image, ImageDraw

from accounts.models import Function
from authorisation.models import Case
from letters import paper, recorded_paper
from letters.models import Letter
from letters.paper import File, Kept, Signed
from tests.authorisation.factories import Staff, letter_of, rendered
from workflow import outbox
from workflow.actors import Person


def picture(
    text: str = "Signed by hand", *, size: tuple[int, int] = (620, 877), mode: str = "RGB"
) -> Image.Image:
    """A page of paper as a scanner sees it."""
    image = Image.new("RGB", size, "white")
    drawn = ImageDraw.Draw(image)
    drawn.text((60, 80), text, fill="black")
    drawn.line((60, 700, 300, 660), fill="navy", width=4)
    return image.convert(mode)


def scan_as(form: str, *pages: Image.Image) -> File:
    """A scan as PDF, PNG or JPEG; of pictures only one page."""
    output = io.BytesIO()
    made = list(pages) or [picture()]
    more: dict[str, Any] = {"save_all": True, "append_images": made[1:]} if form == "PDF" else {}
    made[0].save(output, form, **more)
    ending = {"PDF": "pdf", "PNG": "png", "JPEG": "jpg"}[form]
    return File(content=output.getvalue(), name=f"scan.{ending}")


def on_paper(of: Staff, case: Case) -> Letter:
    """The letter drawn last, to be signed by hand, with the file that is printed."""
    letter = paper.choose_paper(rendered(case), act=of.act(Function.DIRECTOR))
    outbox.deliver_due()
    return letter_of(letter.case)


def hand_of(of: Staff, written_on: date | None = None, function: Function = Function.SIGNER) -> Signed:
    office, person = of.offices[function]
    day = written_on or of.authority.legal_date(of.clock.now())
    return Signed(person=person, office=office, written_on=day)


def kept_at(
    of: Staff, place: str = "Registry of the ministry, shelf 4", keeper: str = "The registrar"
) -> Kept:
    return Kept(place=place, keeper=keeper, since=of.authority.legal_date(of.clock.now()))


def recorded(of: Staff, letter: Letter, *, actor: Person | None = None, **changes: Any) -> Letter:
    """The signed paper recorded by the desk officer, or by somebody else, and the copy made."""
    given: dict[str, Any] = {
        "signed": [hand_of(of)],
        "file_number": "MIN/2026/77",
        "kept": kept_at(of),
        "scan": [scan_as("PDF")],
        **changes,
    }
    act = of.act(Function.DESK_OFFICER)
    paper.record(letter, act=replace(act, actor=actor) if actor is not None else act, **given)
    outbox.deliver_due()
    return Letter.objects.get(pk=letter.pk)


def copy_of(letter: Letter) -> str:
    """SHA-256 of the copy that waits to be confirmed."""
    last = recorded_paper.last_record(letter)
    assert last is not None
    return last.copy_sha256


def confirmed(of: Staff, letter: Letter, function: Function = Function.DIRECTOR) -> Letter:
    """Compared and confirmed by a second officer, then sealed and issued."""
    paper.confirm(letter, act=of.act(function), digest=copy_of(letter), code=letter.code)
    outbox.deliver_due()
    return Letter.objects.get(pk=letter.pk)


def issued_on_paper(of: Staff, case: Case) -> Letter:
    """The letter drawn last, signed by hand and issued as its certified copy."""
    return confirmed(of, recorded(of, on_paper(of, case)))
