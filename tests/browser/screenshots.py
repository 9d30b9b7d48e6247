"""Makes the pictures of `docs/screenshots`: `make screenshots`.

It is a test that is run only when it is asked for by name, with the fixtures of the others: the
demonstration's example cases of one authority, more cases on its desk, and one taken through the pages from
beginning to end. What is shown is the same each time, but for days, which are the run's, codes and digests.
"""

from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from PIL import Image
from playwright.sync_api import FloatRect, Page

from accounts.models import Function, Tenure
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.services import applications, desk, reviews
from authorisation.verdicts import Verdict
from desk import demonstration
from desk.cast import Cast, cast_for
from projects.content import EntityContent
from tests.authorisation import factories as make
from tests.browser.driving import TELEPHONE, Pages, apart
from tests.browser.journey import Journey, Somebody
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "screenshots"
AUTHORITY = "Designated National Authority, Ghana"

# By the name under which the journey shows a page: the picture's, and how high it is at most, in pixels.
_SHOWN = {
    "front": ("front", 1200),
    "section-entities": ("section", 1500),
    "tasks": ("tasks", 1500),
    "check-answers": ("check-answers", 1500),
    "inbox-again": ("inbox", 1500),
    "decision": ("decision", 3000),
    "signing": ("signing", 2000),
    "case-granted": ("case", 3600),
    "register": ("register", 1100),
}
_LARGEST = 200_000


def test_make_the_pictures(pages: Pages, tmp_path: Path) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    offices = apart(_prepared)
    made: set[str] = set()

    def look(page: Page, name: str) -> None:
        # The request for completion is signed on the same page: the minister's comes later, and stays.
        if name in _SHOWN:
            picture, height = _SHOWN[name]
            made.add(_take(page, picture, height))

    mail.outbox.clear()
    journey = Journey(
        authority=AUTHORITY, offices=offices, page_of=lambda: pages.open(width=1120, locale="en"), look=look
    )
    _go(journey, tmp_path)

    telephone = pages.open(width=TELEPHONE, device_scale_factor=2)
    telephone.goto(f"/check/{journey.code}/")
    made.add(_take(telephone, "check-on-a-telephone", 900))
    french = pages.open(width=1120, locale="fr")
    french.goto(f"/register/{apart(_identifier)}/")
    made.add(_take(french, "authorisation-in-french", 2000))

    assert len(made) >= 10
    assert {file.stem for file in FOLDER.glob("*.png")} == made


def _go(journey: Journey, folder: Path) -> None:
    journey.sign_up()
    journey.register_organisation()
    journey.vet()
    journey.open_application()
    journey.fill_in()
    journey.check_and_submit()
    journey.return_for_completion()
    journey.complete()
    journey.accept_and_ask()
    journey.answer()
    journey.give_opinion()
    journey.recommend()
    journey.decide()
    journey.sign()
    journey.download(folder)
    journey.check()


def _take(page: Page, name: str, height: int) -> str:
    """Takes a picture of the page down to this height, in few colours, and returns its name."""
    file = FOLDER / f"{name}.png"
    width = (page.viewport_size or {"width": 0})["width"]
    whole = int(page.evaluate("document.documentElement.scrollHeight"))
    page.evaluate("document.activeElement.blur()")
    part: FloatRect = {"x": 0, "y": 0, "width": width, "height": min(whole, height)}
    # To hide the caret would be to add a style, which the policy of the page forbids.
    page.screenshot(path=file, full_page=True, clip=part, caret="initial")
    with Image.open(file) as taken:
        taken.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(file, optimize=True)
    assert file.stat().st_size < _LARGEST, f"{file} is too large: {file.stat().st_size} bytes"
    return name


# -- what is on the desk beside the one ------------------------------------------------------------------


def _prepared() -> dict[Function, Somebody]:
    """Ghana's example cases carried out, three more on its desk, and its people as they sign in."""
    for file in demonstration.example_cases():
        if str(file.id).startswith("GHA-"):
            demonstration.load(file)
    applying = EntityContent(name="Green Volta Ltd", country="GHA", identification="CS-2017-20031")
    cast = cast_for("GHA", applying, at=RealClock().now())
    for title, accepted in (
        ("Solar irrigation for smallholders in the north", False),
        ("Biogas from cocoa pods in Ashanti", False),
        ("Electric buses for Kumasi", True),
    ):
        _on_the_desk(cast, title, accepted=accepted)
    secrets = {account.email: account.totp_secret for account in demonstration.accounts()}
    return {
        Function(tenure.office.function): Somebody(
            tenure.person.email, settings.DEMONSTRATION_PASSWORD, secrets[tenure.person.email]
        )
        for tenure in Tenure.objects.filter(office__authority=cast.authority)
    }


def _on_the_desk(cast: Cast, title: str, *, accepted: bool) -> None:
    """One more case: waiting for its completeness check, or reviewed and waiting for a recommendation."""
    clock = RealClock()

    def by(function: Function | None) -> Act:
        actor: Person = cast.applying() if function is None else cast.in_office(function, clock.now())
        return Act(actor=actor, clock=clock)

    content = make.content(activity={"title": title, "registry_id": None})
    case: Case = applications.open_case(
        act=by(None),
        authority=cast.authority,
        kind=Kind.CONSOLIDATED,
        applicant=cast.organisation,
        content=content,
    )
    case = applications.submit(case, act=by(None), declared=True)
    if accepted:
        case = desk.accept(case, act=by(Function.DESK_OFFICER))
        reviews.give_opinion(
            case, act=by(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="The baseline holds."
        )


def _identifier() -> str:
    """The authorisation of the cookstove example, which has ceilings by vintage."""
    authorisation = Case.objects.get(source_id="GHA-CHE-COOKSTOVE").authorisation
    assert authorisation is not None
    return authorisation.identifier
