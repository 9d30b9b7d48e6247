"""Pages that no journey passes, each at a desk, on a telephone, right to left, and on paper."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse
from playwright.sync_api import FilePayload, Page
from pytest_django.fixtures import Settings

from accounts.models import Function, User
from authorisation.models import Authorisation, Case
from desk.dossiers.packing import pack
from desk.exporting import services as exporting
from desk.exporting.models import Export
from desk.webhooks import services as webhooks
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Message
from tests.accounts.factories import vetted
from tests.authorisation.factories import (
    Staff,
    concluded,
    content,
    drafted,
    granted,
    in_decision,
    letter_due,
    two_staffs,
)
from tests.authorisation.obliging import AGREEMENT, REPORT, with_letter
from tests.authorisation.test_touching import CHECK, FOUND, with_clause
from tests.browser import accessibility
from tests.browser.driving import DESK, TELEPHONE, Pages, apart, fits, picture, prove, sign_in
from tests.desk.cases import with_password
from tests.desk.webhooks.listening import listening, program
from tests.letters.papers import on_paper, recorded
from workflow.actors import Person, Proof
from workflow.clock import RealClock

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Where each page stands, by the name of its pictures.
Addresses = dict[str, str]


def _of_the_desk() -> tuple[User, Addresses, str]:
    """The officer's: letters on paper at each stage, specimens, obligations, acts over many."""
    of, _others = two_staffs()
    lamps, pumps = (
        content(activity={"title": title, "registry_id": id_})
        for title, id_ in (("Lamps for the lake shore", "MA-98"), ("Pumps", "MA-99"))
    )
    due = on_paper(of, letter_due(of, pumps))
    signed = recorded(of, on_paper(of, letter_due(of, lamps)))
    asking = with_letter(of, AGREEMENT, REPORT)
    addresses = {
        "paper-to-record": reverse("paper", args=[due.public_id]),
        "paper-to-compare": reverse("paper", args=[signed.public_id]),
        "specimens": reverse("specimens"),
        "obligations": reverse("obligations", args=[asking.identifier]),
        "obligations-board": reverse("obligations_board"),
        "act-over-many": reverse("acts_over_many", args=[of.authority.public_id]),
    }
    return with_password(of.holding(Function.DESK_OFFICER).user), addresses, ""


def _of_a_director() -> tuple[User, Addresses, str]:
    """What the authority's own systems are told, and exports: one lost, one that is being made."""
    of, _others = two_staffs()
    director, secret = with_password(of.holding(Function.DIRECTOR).user), str(totp.generate_totp_secret())
    totp.TOTP.activate(director, secret)
    endpoint = webhooks.open_endpoint(
        of.authority,
        address="https://hooks.ministry-of-the-environment.example.org/in",
        kinds=EventKind.values,
        actor=Person(user=director, proof=Proof(method="totp", at=RealClock().now())),
        clock=RealClock(),
    )
    exporting.ask_for_export(of.authority, actor=of.proving(Function.DIRECTOR), clock=RealClock())
    Export.objects.update(standing=Export.Standing.FAILED, ended_at=RealClock().now(), fault="OSError")
    exporting.ask_for_export(of.authority, actor=of.proving(Function.DIRECTOR), clock=RealClock())
    addresses = {
        "exports": reverse("exports", args=[of.authority.public_id]),
        "export-to-make": reverse("ask_for_export", args=[of.authority.public_id]),
        "endpoints-of-authority": reverse("endpoints_of_authority", args=[of.authority.public_id]),
        "endpoint-of-authority": reverse("endpoint", args=[endpoint.public_id]),
        "endpoint-to-replace": reverse("replace_endpoint", args=[endpoint.public_id]),
    }
    return director, addresses, secret


def _of_the_decider() -> tuple[User, Addresses, str]:
    """The decision, with boxes for the consent of others."""
    of, _others = two_staffs()
    case = in_decision(of, content(request={"consent_to_changes": ["CHE"]}))
    person = with_password(of.holding(Function.DECIDER).user)
    secret = str(totp.generate_totp_secret())
    totp.TOTP.activate(person, secret)
    return person, {"decision": reverse("deciding", args=[case.public_id])}, secret


def _of_an_applicant() -> tuple[User, Addresses, str]:
    """Programs that are told, and an application that is taken along."""
    of, _others = two_staffs()
    account = program(of, name="Registry of the cooperative approach")
    endpoint = listening(of, "https://hooks.registry-of-mitigation-outcomes.example.org/in", account=account)
    message = Message.objects.filter(endpoint=endpoint).latest("pk")
    addresses = {
        "endpoints": reverse("endpoints", args=[account.public_id]),
        "endpoint": reverse("endpoint", args=[endpoint.public_id]),
        "endpoint-to-open": reverse("open_endpoint", args=[account.public_id]),
        "message": reverse("endpoint_message", args=[message.public_id]),
        "dossier-to-open": reverse("open_dossier"),
        "dossier-to-make": reverse("export_application", args=[drafted(of, content()).public_id]),
    }
    return with_password(of.applicant), addresses, ""


def _looked_at(page: Page, name: str, found: list[str]) -> None:
    """Takes the pictures of what is shown, and notes what sticks out, or is of no use on paper."""
    page.set_viewport_size({"width": DESK, "height": 800})
    picture(page, f"{name}-desk")
    found += [f"{name}: {fault}" for fault in accessibility.faults(page)]
    if not fits(page):
        found.append(f"{name} sticks out at a desk")
    page.set_viewport_size({"width": TELEPHONE, "height": 800})
    picture(page, f"{name}-telephone")
    if not fits(page):
        found.append(f"{name} sticks out on a telephone")
    # The width of A4 between its margins.
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 660, "height": 1000})
    picture(page, f"{name}-on-paper")
    if not fits(page):
        found.append(f"{name} sticks out of the paper")
    if page.locator("main button, main .btn").filter(visible=True).count():
        found.append(f"{name} has buttons on paper")
    page.emulate_media(media="screen")


@pytest.mark.parametrize("whose", [_of_the_desk, _of_a_director, _of_the_decider, _of_an_applicant])
def test_each_page_at_a_desk_on_a_telephone_on_paper_and_right_to_left(
    whose: Callable[[], tuple[User, Addresses, str]], pages: Pages, settings: Settings
) -> None:
    person, addresses, secret = apart(whose)
    page = pages.open()
    sign_in(page, person.email)
    if secret:
        prove(page, secret)
    found: list[str] = []
    for name, address in addresses.items():
        page.goto(address)
        _looked_at(page, name, found)
    settings.LANGUAGES = [("ar", "العربية")]
    settings.LANGUAGE_CODE = "ar"
    for name, address in addresses.items():
        page.goto(address)
        assert page.locator("html").get_attribute("dir") == "rtl"
        _looked_at(page, f"rtl-{name}", found)
    assert not found, "\n".join(found)


def test_languages_of_a_specimen_stand_in_one_line(pages: Pages) -> None:
    person, addresses, _secret = apart(_of_the_desk)
    page = pages.open()
    sign_in(page, person.email)
    page.goto(addresses["specimens"])
    links = page.locator("tbody tr").first.locator("td a")
    boxes = [box for box in (link.bounding_box() for link in links.all()) if box is not None]
    assert len(boxes) == 5
    assert len({round(box["y"]) for box in boxes}) == 1
    page.set_viewport_size({"width": TELEPHONE, "height": 800})
    boxes = [box for box in (link.bounding_box() for link in links.all()) if box is not None]
    # In columns: the second line begins where the first does.
    assert boxes[3]["x"] == boxes[0]["x"]
    assert boxes[3]["y"] > boxes[0]["y"]


def _dossier() -> tuple[User, Staff, bytes]:
    ours, theirs = two_staffs()
    vetted(
        ours.organisation,
        theirs.authority,
        member=ours.applicant,
        officer=theirs.offices[Function.DESK_OFFICER][1],
    )
    case = Case.objects.select_related("application", "authority__party").get(pk=drafted(ours, content()).pk)
    return with_password(ours.applicant), theirs, pack(case, act=ours.act())


def test_what_is_said_of_the_seal_of_a_dossier(pages: Pages) -> None:
    person, theirs, file = apart(_dossier)
    page = pages.open()
    sign_in(page, person.email)
    page.goto(reverse("open_dossier"))
    picture(page, "dossier-empty")
    page.locator("[name=authority]").select_option(str(theirs.authority.public_id))
    page.locator("[name=file]").set_input_files(
        FilePayload(name="a.dossier.zip", mimeType="application/zip", buffer=file)
    )
    page.get_by_role("button", name="Open it as a draft").click()
    page.wait_for_url(re.compile("/application"))
    assert page.get_by_text("The dossier is sealed and unchanged").is_visible()
    found: list[str] = []
    _looked_at(page, "dossier-opened", found)
    page.locator("html").evaluate("html => html.dir = 'rtl'")
    _looked_at(page, "rtl-dossier-opened", found)
    assert not found, "\n".join(found)


def test_one_act_over_many_as_it_is_seen(pages: Pages, settings: Settings) -> None:
    def made() -> tuple[User, Staff, str]:
        of, _others = two_staffs()
        granted(of)
        granted(of, content(activity={"title": "Lamps for the lake shore", "registry_id": "MA-99"}))
        named = "\n".join(Authorisation.objects.values_list("identifier", flat=True))
        return with_password(of.holding(Function.DESK_OFFICER).user), of, named

    person, of, named = apart(made)
    page = pages.open()
    sign_in(page, person.email)
    page.goto(reverse("acts_over_many", args=[of.authority.public_id]))
    if page.locator("select[name=type]").count():
        page.locator("select[name=type]").select_option("revocation")
    else:
        page.locator("[name=type][value=revocation]").check()
    page.locator("[name=grounds]").fill("The law under which it was granted has changed.")
    page.locator("[name=identifiers]").fill(named)
    page.locator("[name=go][value=look]").click()
    page.locator("[name=go][value=open]").wait_for()
    found: list[str] = []
    _looked_at(page, "act-over-many-seen", found)
    page.locator("html").evaluate("html => html.dir = 'rtl'")
    _looked_at(page, "rtl-act-over-many-seen", found)
    page.set_viewport_size({"width": DESK, "height": 800})
    page.locator("[name=go][value=open]").click()
    page.get_by_text("Look again").wait_for()
    _looked_at(page, "act-over-many-opened", found)
    assert not found, "\n".join(found)


def test_an_act_that_touches_what_is_first_transferred_as_it_is_seen(pages: Pages) -> None:
    def made() -> tuple[User, str]:
        of, _others = two_staffs()
        standing = with_clause(of)
        address = reverse("plan_act", args=[standing.identifier, "revocation"])
        return with_password(of.holding(Function.DESK_OFFICER).user), address

    person, address = apart(made)
    page = pages.open()
    sign_in(page, person.email)
    page.goto(address)
    found: list[str] = []
    _looked_at(page, "act-to-touch", found)
    page.locator("[name=tonnes_2026]").fill("480")
    page.locator("[name=grounds]").fill("The registry has found that stoves were counted twice.")
    page.locator("[name=circumstance]").select_option(FOUND)
    page.locator("[name=check]").fill(CHECK)
    page.locator("[name=go][value=look]").click()
    page.locator("[name=go][value=open]").wait_for()
    _looked_at(page, "act-that-touches", found)
    page.locator("html").evaluate("html => html.dir = 'rtl'")
    _looked_at(page, "rtl-act-that-touches", found)
    assert not found, "\n".join(found)


def test_an_act_that_changes_whose_consent_is_needed_as_it_is_seen(pages: Pages) -> None:
    def made() -> tuple[User, str]:
        of, _others = two_staffs()
        standing = concluded(of, letter_due(of))
        return with_password(of.applicant), reverse("plan_act", args=[standing.identifier, "consent_terms"])

    person, address = apart(made)
    page = pages.open()
    sign_in(page, person.email)
    page.goto(address)
    found: list[str] = []
    _looked_at(page, "consent-to-change", found)
    page.locator("[name=consent_to_revocation]").first.check()
    page.locator("[name=grounds]").fill("The agreement of the two Parties was amended.")
    page.locator("[name=consent]").fill("Note of the Federal Office of 3 March 2026")
    page.locator("[name=go][value=look]").click()
    page.locator("[name=go][value=open]").wait_for()
    _looked_at(page, "consent-changed", found)
    assert not found, "\n".join(found)
