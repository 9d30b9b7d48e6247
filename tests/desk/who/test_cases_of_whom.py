"""Of cases, what is asked and what is recorded: what belongs to a page is its own, and others find none."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Function, User
from accounts.services import create_membership
from authorisation import acts
from authorisation.issuing import Evidence, Issuance
from authorisation.models import Obligation, Recording
from authorisation.services import announcements, outcomes, reviews
from authorisation.services.acts import open_act, serve_notice
from authorisation.verdicts import Verdict
from desk.applications.offered import applicants_cases
from desk.bringing_in import letters
from desk.bringing_in.blocks import Answering
from desk.casework import minutes, reviewing
from desk.casework import views as casework
from desk.casework.bodies import bodies_shown
from desk.checking import views as checking
from desk.dossiers import opening
from desk.inbox.selectors import Need, inbox
from desk.obligations import views as obligations
from desk.obligations.selectors import obligation_seen_by
from desk.recording.selectors import registry_page
from desk.selectors.case_list import case_list
from desk.volumes.forms import CeilingForm
from desk.volumes.selectors import budgets
from projects.documents import receive_document, take_in
from projects.entitlements import Granted, grant_entitlement
from projects.models import Document, NdcPeriod, RegistryEntitlement
from tests.accounts.factories import AT, DAY, vetted
from tests.authorisation import factories as make
from tests.authorisation.bodies import COMMITTEE, sitting, under
from tests.authorisation.factories import Staff
from tests.authorisation.obliging import AGREEMENT, authorised
from tests.desk.browser import at_a_browser
from tests.desk.who.few import Few
from tests.letters.papers import scan_as
from workflow.clock import RealClock
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

DESK, DIRECTOR = Function.DESK_OFFICER, Function.DIRECTOR


def _browser(user: User) -> Client:
    return at_a_browser(User.objects.get(pk=user.pk))


def _request(user: User, **sent: str) -> HttpRequest:
    request = RequestFactory().post("/", sent)
    request.user = User.objects.get(pk=user.pk)
    request.session = at_a_browser(request.user).session
    return request


# -- applying --------------------------------------------------------------------------------------


def test_a_list_says_which_cases_wait_for_the_reader_as_applicant(made: Few) -> None:
    officer = made.ours.offices[DESK][1]
    create_membership(made.theirs.organisation, person=officer, starts_on=DAY, actor="system", at=AT)
    draft = made.cases["draft"].public_id
    for user, waiting in ((made.ours.applicant, {draft}), (officer, set())):
        listed = case_list(user, clock=RealClock())
        assert draft in {row.public_id for row in listed.rows}
        assert applicants_cases(user, listed, clock=RealClock()).waiting == waiting


def test_what_the_authority_began_is_no_application_to_take_along(made: Few) -> None:
    plan = acts.read({"type": "revocation", "grounds": "As found.", "volumes": {2026: 1}})
    planned = open_act(made.authorisation, plan, act=made.ours.act(DESK))
    noticed = serve_notice(planned, act=made.ours.act(DESK))
    browser = _browser(made.ours.applicant)
    for case, status in ((noticed, 404), (made.cases["draft"], 200)):
        address = reverse("export_application", kwargs={"public_id": case.public_id})
        assert browser.get(address).status_code == status
    for kind in ("appeal", "revocation", "nothing"):
        with pytest.raises(Refused):
            opening._kind(SimpleNamespace(manifest=SimpleNamespace(kind=kind)))  # type: ignore[arg-type]


# -- at the desk -----------------------------------------------------------------------------------


def test_an_act_is_planned_by_whoever_could_open_it_and_shown_while_it_is_about_something(made: Few) -> None:
    at = {"identifier": made.authorisation.identifier, "kind": "suspension"}
    address = reverse("plan_act", kwargs=at)
    for user, status in (
        (made.ours.offices[DESK][1], 200),
        (made.ours.offices[Function.SIGNER][1], 404),
        (made.ours.applicant, 404),
        (made.theirs.offices[DESK][1], 404),
    ):
        assert _browser(user).get(address).status_code == status
    granting = reverse("effect", kwargs={"public_id": made.cases["granted"].public_id})
    assert made.browser(DESK).get(granting).status_code == 404


def test_of_a_task_that_is_done_nothing_is_to_be_done(made: Few) -> None:
    task = made.authorisation.announcements.filter(state="due").earliest("pk")
    address = reverse("announcement_act", kwargs={"public_id": task.public_id, "step": "excuse"})
    assert made.browser(DESK).get(address).status_code == 200
    announcements.excuse(task, act=made.ours.act(DESK), reasons="Not needed.")
    assert made.browser(DESK).get(address).status_code == 404


def test_a_form_of_the_desk_names_what_its_case_has_and_an_office_that_one_holds(made: Few) -> None:
    officer, office = made.ours.offices[DESK][1], made.ours.offices[DESK][0]
    case, named = made.cases["in_decision"], {"person": uuid4(), "document": uuid4()}
    form: Any = SimpleNamespace(cleaned_data={**named, "body": "x", "reasons": "y", "seen": 1})
    with pytest.raises(Http404):
        reviewing.appoint(case, form, made.ours.act(DESK))
    with pytest.raises(Http404):
        casework._document(case, form)
    other = made.ours.offices[DIRECTOR][0]
    acting = casework._actor(_request(officer, office=str(office.public_id)), case)
    assert acting is not None
    assert acting.office == office
    for named_office in (str(other.public_id), "", "no id"):
        assert casework._actor(_request(officer, office=named_office), case) is None


def test_of_a_body_those_are_waited_on_who_have_not_voted_and_minutes_are_those_it_names(
    made: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = replace(COMMITTEE, members=3, quorum=1)
    panel = sitting(made.ours, body, members=2)
    with under(body):
        case = make.in_review(made.ours, make.content(activity={"registry_id": "panel"}))
        panel.vote(case, panel.chair, Verdict.FAVOURABLE)
        (shown,) = bodies_shown(case, on=made.ours.authority.legal_date(made.ours.clock.now()))
        assert set(shown.waited_on) == {user.name for _office, user in panel.members}

        def needs() -> list[list[Need]]:
            """Of the chair and the two members."""
            found = [inbox(user, clock=RealClock(), language="en") for _office, user in panel.everybody]
            return [[row.need for row in one.rows if row.reference == case.reference] for one in found]

        assert needs() == [[Need.GIVE_OPINION], [Need.VOTE], [Need.VOTE]]
        reviews.recuse(case, act=panel.act(panel.members[1]), reasons="My sister's stoves.")
        assert needs() == [[Need.GIVE_OPINION], [Need.VOTE], []]
        own, other = (_received(made.ours, content, name="own.txt") for content in (b"Met.", b"Not met."))
        _received(made.theirs, b"Met.", name="theirs.txt")
        reviews.give_opinion(
            case,
            act=panel.act(panel.chair),
            verdict=Verdict.FAVOURABLE,
            reasons="As voted.",
            minutes_document=own.sha256,
        )
        browser = made.browser(DESK)

        def asked(sha256: str) -> Any:
            at = {"public_id": case.public_id, "sha256": sha256}
            return browser.get(reverse("minutes_file", kwargs=at))

        assert "own.txt" in asked(own.sha256).headers["Content-Disposition"]
        assert asked(other.sha256).status_code == 404
        monkeypatch.setattr(minutes, "Document", SimpleNamespace(objects=Document.objects.none()))
        assert asked(own.sha256).status_code == 404


def _received(by: Staff, content: bytes, *, name: str, media_type: str = "text/plain") -> Document:
    return receive_document(
        content,
        authority=by.authority,
        name=name,
        media_type=media_type,
        received_by=by.offices[DIRECTOR][1],
        at=AT,
    )


# -- files -----------------------------------------------------------------------------------------


def test_the_file_of_a_letter_that_is_not_public_is_given_to_nobody(
    made: Few, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = made.cases["granted"].letters.get()
    address = reverse("public_file", kwargs={"code": letter.code})
    assert Client().get(address).status_code == 200
    shown = SimpleNamespace(
        has_file=False, public_sha256="", sha256=letter.signed_sha256, number=letter.number
    )
    monkeypatch.setattr(checking, "check", lambda _code, **_how: shown)
    assert Client().get(address).status_code == 404


def test_a_scan_that_is_brought_in_is_kept_for_the_authority_that_brings_it_in(made: Few) -> None:
    scan = scan_as("PDF").content
    theirs = _received(made.theirs, scan, name="scan.pdf", media_type="application/pdf")
    row: Any = SimpleNamespace(scan="scan.pdf", confidential="")
    answering = Answering(authority=made.ours.authority, person=made.ours.offices[DIRECTOR][1])
    kept = [letters._kept(row, scan, answering, made.ours.clock, only_try=False) for _time in range(2)]
    assert kept[0] == kept[1] != theirs
    assert kept[0] is not None
    assert kept[0].authority == made.ours.authority


# -- conditions and obligations --------------------------------------------------------------------


def test_what_is_asked_of_a_holder_is_seen_with_its_case_and_done_by_whose_it_is(made: Few) -> None:
    given = make.content(activity={"registry_id": "asked"})
    asked = Obligation.objects.get(authorisation=authorised(made.ours, AGREEMENT, given=given))
    rows: list[tuple[Staff, Function | None, bool]] = [
        (made.ours, None, True),
        (made.ours, DESK, True),
        (made.theirs, None, False),
        (made.theirs, DESK, False),
    ]
    for of, function, sees in rows:
        user = of.applicant if function is None else of.offices[function][1]
        assert (obligation_seen_by(user, asked.public_id, clock=RealClock()) == asked) is sees
    officer, signer = made.ours.offices[DESK][1], made.ours.offices[Function.SIGNER][1]
    assert obligations._offer(_request(officer), asked, "find_met").is_theirs
    for user in (signer, made.ours.applicant):
        with pytest.raises(PermissionDenied):
            obligations._offer(_request(user), asked, "find_met")
    for step in ("nothing", "open_suspension"):
        with pytest.raises(Http404):
            obligations._offer(_request(officer), asked, step)


# -- volumes and registries ------------------------------------------------------------------------


def test_budgets_and_ceilings_are_of_the_periods_of_ones_own_party(made: Few) -> None:
    ours, theirs = made.ours.authority, made.theirs.authority
    for number, authority in enumerate((ours, theirs)):
        NdcPeriod.objects.create(party=authority.party, first_year=2031 + number, last_year=2040)
    own = {f"{one.first_year}-{one.last_year}" for one in NdcPeriod.objects.filter(party=ours.party)}
    assert set(CeilingForm(authority=ours).periods) == own
    (budget,) = budgets(made.ours.offices[DIRECTOR][1], clock=RealClock(), language="en")
    assert {period.years.replace("–", "-") for period in budget.periods} == own


def _entitled(made: Few, of: Staff, to: Staff, registry: str) -> RegistryEntitlement:
    granted = Granted(registry=registry, starts_on=DAY, basis="Agreement 4/2026")
    if not to.organisation.vettings.filter(authority=of.authority).exists():
        vetted(to.organisation, of.authority, member=to.applicant, officer=of.offices[DESK][1])
    director = of.holding(DIRECTOR)
    return grant_entitlement(of.authority, to.organisation, granted, actor=director, clock=of.clock)


def test_a_registry_is_shown_what_is_tracked_in_it_of_the_authority_that_entitled_it(made: Few) -> None:
    here, there = (_entitled(made, of, made.theirs, "national") for of in (made.ours, made.theirs))
    assert list(registry_page(here).rows) == [made.authorisation]
    assert list(registry_page(there).rows) == [made.of_theirs]
    address = reverse("registries", kwargs={"public_id": made.ours.authority.public_id})
    shown = made.browser(DIRECTOR).get(address)
    assert [one for one, _standing in shown.context["rows"]] == [here]


def test_evidence_is_given_to_the_authority_and_to_the_registry_that_recorded_it(made: Few) -> None:
    other = make.another_holder(made.ours, "Another Registry")
    _entitled(made, made.ours, made.theirs, "national")
    _entitled(made, made.ours, other, "Elsewhere")
    file = take_in(b"What was issued.", name="notice.txt", declared="text/plain")
    issuance = Issuance(
        on=date(2026, 3, 2), volumes={2026: 10}, evidence=Evidence(file=file, registry="national")
    )
    outcomes.record_issuance(made.authorisation.activity, issuance, act=made.ours.act(DESK))
    recorded = Recording.objects.get()
    address = reverse("evidence_file", kwargs={"public_id": recorded.public_id})
    for user, status in (
        (made.ours.offices[DESK][1], 200),
        (made.theirs.applicant, 200),
        (other.applicant, 404),
        (made.theirs.offices[DESK][1], 404),
    ):
        assert _browser(user).get(address).status_code == status
