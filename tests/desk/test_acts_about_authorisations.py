"""The pages of acts about an authorisation: chosen, shown line by line, and only then opened."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Function
from authorisation import acts
from authorisation.models import Authorisation, Case, Line, PlannedAct
from authorisation.planned import plan_of
from authorisation.services import acts as services
from authorisation.standing import terms_in_force
from desk.changing import progress
from desk.changing.offered import ACTS
from tests.authorisation.factories import Staff, content, granted, two_staffs
from tests.desk.browser import signed_in
from tests.desk.filling import form_on
from tests.desk.test_volume_pages import said
from workflow.outbox import deliver_due

pytestmark = pytest.mark.django_db


def authorised(of: Staff, **request: Any) -> Authorisation:
    return Authorisation.objects.get(cases=granted(of, content(request=request)))


def officer(of: Staff) -> Client:
    return signed_in(of.holding(Function.DESK_OFFICER).user)


def at(authorisation: Authorisation, kind: str) -> str:
    return reverse("plan_act", kwargs={"identifier": authorisation.identifier, "kind": kind})


def form_of(page: Any) -> dict[str, Any]:
    """The form that posts to its own page."""
    if b'action="here"' not in page.content:
        page.content = page.content.replace(b'<form method="post"', b'<form action="here" method="post"')
    return {name: values for name, values in form_on(page, "here").items() if name != "writer"}


def look(client: Client, address: str, **typed: Any) -> Any:
    """Fills the form in and asks what it would do; nothing is ever opened by that."""
    before = Case.objects.count(), PlannedAct.objects.count(), list(Line.objects.values())
    page = client.post(
        address, {**form_of(client.get(address)), "grounds": "As found.", "go": "look", **typed}
    )
    assert (Case.objects.count(), PlannedAct.objects.count(), list(Line.objects.values())) == before
    return page


def press(client: Client, page: Any, **more: Any) -> Any:
    """Presses the button of the page that shows the effect."""
    assert page.status_code in (200, 422), said(page)
    return client.post(page.request["PATH_INFO"], {**form_of(page), "go": "open", **more})


def test_the_desk_sees_every_line_before_it_opens_a_revocation() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser, address = officer(ours), at(authorisation, "revocation")
    shown = look(browser, address, tonnes_2026="100")
    text = said(shown)
    assert "2026 600 500 -100 100 0 0" in text
    assert "2027 nothing moves 1 500 1 500 0 0 0 0" in text
    letter = authorisation.versions.get().case.letters.get(state="issued").number
    assert f"Letters it replaces {letter}" in text
    assert "UN platform (CARP)" in text
    assert "other Party: Switzerland" in text

    done = press(browser, shown)
    case = Case.objects.get(kind="revocation")
    assert (done.status_code, done.headers["Location"]) == (
        302,
        reverse("casework", kwargs={"public_id": case.public_id}),
    )
    plan = plan_of(case)
    assert isinstance(plan, acts.Revocation)
    assert (plan.volumes, plan.grounds) == ({2026: 100}, "As found.")
    # Pressed twice, there is one case.
    assert press(browser, shown).status_code == 302
    assert Case.objects.filter(kind="revocation").count() == 1
    page = browser.get(reverse("casework", kwargs={"public_id": case.public_id}))
    assert "2026 600 500 -100 100 0 0" in said(page)
    # What the authority plans, the holder learns with the notice and not before.
    holder, effect = signed_in(ours.applicant), reverse("effect", kwargs={"public_id": case.public_id})
    assert holder.get(effect).status_code == 404
    services.serve_notice(case, act=ours.act(Function.DESK_OFFICER))
    assert "2026 600 500 -100 100 0 0" in said(holder.get(effect))


def test_the_holder_asks_with_a_declaration_and_is_refused_without_one() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser, address = signed_in(ours.applicant), at(authorisation, "top_up")
    shown = look(browser, address, tonnes_2026="50")
    assert "2026 600 650 50 0 0 0" in said(shown)
    refused = press(browser, shown)
    assert refused.status_code == 422
    assert "declar" in said(refused)
    assert not Case.objects.filter(kind="top_up").exists()
    done = press(browser, refused, declared="on")
    assert done.status_code == 302, said(done)
    case = Case.objects.get(kind="top_up")
    assert (case.state, case.applicant) == ("submitted", ours.organisation)
    assert done.headers["Location"] == reverse("case", kwargs={"public_id": case.public_id})


def test_what_cannot_be_done_is_shown_with_every_reason_and_no_button() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    shown = look(officer(ours), at(authorisation, "resumption"))
    assert "It cannot be done, and here is why" in said(shown)
    assert b'value="open"' not in shown.content
    refused = press(officer(ours), shown)
    assert refused.status_code == 422
    assert "has nothing to act on" in said(refused)
    assert not Case.objects.filter(kind="resumption").exists()
    without_grounds = look(officer(ours), at(authorisation, "suspension"), grounds="")
    assert press(officer(ours), without_grounds).status_code == 422
    assert not Case.objects.filter(kind="suspension").exists()


def test_an_officer_opens_for_the_holder_who_asked_on_paper() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    browser = officer(ours)
    press(browser, look(browser, at(authorisation, "surrender")))
    assert Case.objects.get(kind="surrender").initiative == "asked_for"
    text = {"text": "The name is written with two s."}
    press(browser, look(browser, at(authorisation, "correction"), **text, for_holder="on"))
    press(browser, look(browser, at(authorisation, "clarification"), **text))
    assert [case.initiative for case in Case.objects.filter(kind="change").order_by("pk")] == [
        "asked_for",
        "own_motion",
    ]


# Of each type, something that can be read as an act of it.
FILLED_IN: dict[str, dict[str, Any]] = {
    "clarification": {"text": "As issued."},
    "correction": {"text": "As meant."},
    "identifier_assigned": {"ca_id": "CA0042"},
    "entity_added": {"entity_name": "Alpine Buyer", "country": "CHE", "roles": ["acquirer"]},
    "entity_removed": {"name": "Stoves of GHA"},
    "entity_renamed": {"name": "Stoves of GHA", "to": "Stoves"},
    "quantity_up": {"tonnes_2026": "700"},
    "quantity_down": {"tonnes_2026": "0"},
    "top_up": {"tonnes_2026": "1"},
    "use_added": {"use": "OP", "op": "Voluntary", "first_transfer_definition": "Issuance"},
    "use_removed": {"use": "NDC"},
    "period": {"last_use_on": "2031-12-31"},
    "methodology": {"methodology": "Metered stoves 2"},
    "consent_terms": {"consent_to_revocation": ["CHE"]},
    "transfer_of_holder": {"to": "Second Owner"},
    "suspension": {},
    "resumption": {},
    "revocation": {},
    "surrender": {},
}
# Of each type, the fields of which something must be said.
LEFT_EMPTY = {
    "identifier_assigned": "ca_id",
    "entity_added": "entity_name",
    "entity_removed": "name",
    "entity_renamed": "name",
    "quantity_down": None,
    "top_up": None,
    "use_added": "use",
    "period": None,
    "methodology": "methodology",
    "consent_terms": None,
    "transfer_of_holder": "to",
}


def test_every_type_of_act_has_its_form() -> None:
    assert set(FILLED_IN) == set(ACTS) == set(acts_read())


def acts_read() -> set[str]:
    """The types of act that can be planned, as their schema names them."""
    return set(acts._ADAPTER.json_schema()["discriminator"]["mapping"])


@pytest.mark.parametrize("kind", ACTS)
def test_each_act_is_read_from_its_form_and_shown(kind: str) -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    named = {name: _entity(authorisation, value) for name, value in FILLED_IN[kind].items()}
    shown = look(officer(ours), at(authorisation, kind), **named)
    assert shown.status_code == 200, said(shown)
    assert "Every line, before and after" in said(shown)
    if kind in LEFT_EMPTY:
        nothing = {name: [] if isinstance(value, list) else "" for name, value in FILLED_IN[kind].items()}
        empty = look(officer(ours), at(authorisation, kind), **nothing)
        assert empty.status_code == 422
        assert "Say what is to be changed." in said(empty)
        if LEFT_EMPTY[kind]:
            assert f'id="plan_{LEFT_EMPTY[kind]}_error"' in empty.content.decode()


def _entity(authorisation: Authorisation, value: Any) -> Any:
    """The first entity of the letter, where one is to be named."""
    return terms_in_force(authorisation).entities[0].name if value == "Stoves of GHA" else value


def test_who_is_offered_what_and_strangers_find_nothing() -> None:
    ours, theirs = two_staffs()
    authorisation = authorised(ours)
    address = reverse("acts", kwargs={"identifier": authorisation.identifier})

    def offered(client: Client) -> set[str]:
        text = client.get(address).content.decode()
        return {kind for kind in ACTS if at(authorisation, kind) in text}

    assert offered(officer(ours)) == set(ACTS)
    by_authority = {kind for kind, one in ACTS.items() if one.by_authority}
    assert offered(signed_in(ours.holding(Function.REVIEWER).user)) == set()
    assert "revocation" in by_authority
    assert "top_up" not in by_authority
    assert offered(signed_in(ours.applicant)) == {kind for kind, one in ACTS.items() if one.by_holder}
    for stranger in (officer(theirs), signed_in(theirs.applicant)):
        assert stranger.get(address).status_code == 404
        assert stranger.post(at(authorisation, "suspension"), {"go": "open"}).status_code == 404
    assert signed_in(ours.applicant).get(at(authorisation, "revocation")).status_code == 404
    assert officer(ours).get(at(authorisation, "theft")).status_code == 404


# -- one act over many -------------------------------------------------------------------------------


def test_one_act_over_many_is_seen_for_each_and_opens_a_case_of_each_once() -> None:
    ours, theirs = two_staffs()
    first = authorised(ours)
    # Another activity, so that nothing of the first is asked for twice.
    other = granted(ours, content(activity={"title": "Lamps", "registry_id": "MA-99"}))
    second, foreign = Authorisation.objects.get(cases=other), authorised(theirs)
    browser = officer(ours)
    address = reverse("acts_over_many", kwargs={"public_id": ours.authority.public_id})
    filled_in = {
        **form_of(browser.get(address)),
        "type": "revocation",
        "grounds": "The law has changed.",
        "identifiers": f"{first.identifier}\n{second.identifier}\n{foreign.identifier}",
        "go": "look",
    }
    seen = browser.post(address, filled_in)
    text = said(seen)
    assert f"{first.identifier} Stoves of GHA in force 2 100 0" in text
    assert foreign.identifier not in text
    assert not Case.objects.filter(kind="revocation").exists()
    done, again = (browser.post(address, {**form_of(seen), "go": "open"}) for _time in range(2))
    assert (done.status_code, again.status_code) == (302, 302)
    waiting = said(browser.get(done.headers["Location"]))
    assert "0 of 2 cases are open. 2 wait their turn." in waiting
    assert "Look again" in waiting
    by_sector = {**filled_in, "identifiers": "", "sector": first.activity.sector}
    anew = {**by_sector, "key": str(uuid4())}
    assert browser.post(address, anew).status_code == 422, "what waits its turn is not begun again"
    deliver_due()
    cases = Case.objects.filter(kind="revocation")
    assert {case.authorisation for case in cases} == {first, second}
    assert cases.count() == 2
    opened = said(browser.get(done.headers["Location"]))
    assert all(case.reference in opened for case in cases)
    assert "2 of 2 cases are open." in opened
    assert "Look again" not in opened
    assert f"{second.identifier}" in said(browser.post(address, by_sector))
    assert browser.post(address, anew).status_code == 422, "what is under way is not begun again"
    more = granted(ours, content(activity={"title": "Pumps", "registry_id": "MA-98"}))
    third = Authorisation.objects.get(cases=more)
    rest = said(browser.post(address, anew))
    assert third.identifier in rest
    assert first.identifier not in rest
    for wrong in ({"sector": first.activity.sector}, {"identifiers": ""}, {"identifiers": "nothing"}):
        assert browser.post(address, {**filled_in, **wrong}).status_code == 422
    for stranger in (
        officer(theirs),
        signed_in(ours.applicant),
        signed_in(ours.holding(Function.REVIEWER).user),
    ):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, filled_in).status_code == 404
        assert stranger.get(done.headers["Location"]).status_code == 404


def test_the_page_of_what_was_opened_goes_on_from_page_to_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "AT_A_TIME", 2)
    ours, _theirs = two_staffs()
    for number in range(3):
        granted(ours, content(activity={"title": f"Lamps {number}", "registry_id": f"MA-{number}"}))
    all_of_them = list(Authorisation.objects.order_by("pk").values_list("identifier", flat=True))
    browser = officer(ours)
    address = reverse("acts_over_many", kwargs={"public_id": ours.authority.public_id})
    named = "\n".join(all_of_them)
    form = {**form_of(browser.get(address)), "type": "suspension", "grounds": "So.", "identifiers": named}
    first = browser.post(address, {**form, "go": "open"}).headers["Location"]
    text = said(browser.get(first))
    assert "0 of 3 cases are open. 3 wait their turn." in text
    assert [one in text for one in all_of_them] == [True, True, False]
    assert f"?after={all_of_them[1]}" in browser.get(first).content.decode()
    rest = browser.get(f"{first}?after={all_of_them[1]}")
    assert [one in said(rest) for one in all_of_them] == [False, False, True]
    assert "0 of 3 cases are open." in said(rest)
    assert "?after=" not in rest.content.decode().replace(f"?after={all_of_them[1]}", "")
    deliver_due()
    done = said(browser.get(first))
    assert "3 of 3 cases are open." in done
    assert [one in done for one in all_of_them] == [True, True, False]


def test_the_page_of_one_act_over_many_asks_the_same_of_two_and_of_five() -> None:
    ours, _theirs = two_staffs()
    browser = officer(ours)
    address = reverse("acts_over_many", kwargs={"public_id": ours.authority.public_id})

    def queries() -> tuple[int, int]:
        named = "\n".join(Authorisation.objects.values_list("identifier", flat=True))
        form = {**form_of(browser.get(address)), "type": "revocation", "grounds": "So.", "identifiers": named}
        with CaptureQueriesContext(connection) as looking:
            assert browser.post(address, {**form, "go": "look"}).status_code == 200
        done = browser.post(address, {**form, "go": "open"})
        with CaptureQueriesContext(connection) as following:
            assert browser.get(done.headers["Location"]).status_code == 200
        return len(looking), len(following)

    for number in range(2):
        granted(ours, content(activity={"title": f"Lamps {number}", "registry_id": f"MA-{number}"}))
    few = queries()
    for number in range(2, 5):
        granted(ours, content(activity={"title": f"Lamps {number}", "registry_id": f"MA-{number}"}))
    assert queries() == few
