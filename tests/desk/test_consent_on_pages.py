"""Whose consent a later act needs: asked for, set by the procedure, ticked and printed, changed by an act."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.acts import ConsentChanged
from authorisation.consent import with_consent
from authorisation.handling import handling_of
from authorisation.models import Authorisation, Case, Decision
from authorisation.planned import plan_of
from authorisation.services import acts as services
from authorisation.services import decisions
from authorisation.standing import terms_in_force
from authorisation.terms import Terms
from letters.content import Amendment, AuthorisationBody, parse
from letters.kinds import kind_of
from letters.rendering import context_of
from letters.typesetting import page_of
from tests.authorisation.factories import (
    Staff,
    asked,
    concluded,
    content,
    in_decision,
    issued,
    letter_of,
    two_staffs,
)
from tests.authorisation.standing import decided, opened, planned
from tests.desk.browser import prove_again, signed_in, with_app
from tests.desk.filling import Sent, form_on
from tests.desk.test_acts_about_authorisations import at, form_of, look, officer, press
from tests.desk.test_show_effect import shown
from tests.desk.test_volume_pages import said
from workflow.clock import RealClock
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> Staff:
    return two_staffs()[0]


def act_on(case: Case, step: str = "approve") -> str:
    return reverse("deciding_act", kwargs={"public_id": case.public_id, "step": step})


def deciding(of: Staff, case: Case) -> tuple[Client, Sent]:
    """The decider's browser, proved anew, and the form of the approval as the page shows it."""
    person = with_app(of.holding(Function.DECIDER).user)
    browser = signed_in(person)
    prove_again(browser, person)
    page = browser.get(reverse("deciding", kwargs={"public_id": case.public_id}))
    return browser, form_on(page, act_on(case))


def granted_of(case: Case) -> Terms:
    return Terms.model_validate_json(Decision.objects.get(case=case).granted)


def body_of(case: Case) -> AuthorisationBody:
    said = parse(letter_of(case).content.encode())
    assert isinstance(said, AuthorisationBody)
    return said


def printed(case: Case) -> str:
    """The page of the letter, as it is printed."""
    content = parse(letter_of(case).content.encode())
    return page_of(kind_of(content.kind).template, context_of(content), language=content.language)


def test_what_is_ticked_is_granted_and_printed(of: Staff) -> None:
    case = in_decision(of)
    browser, form = deciding(of, case)
    assert "consent_to_revocation" not in form, "nothing is ticked where nothing was asked"
    sent: dict[str, Any] = {**form, "consent_to_revocation": ["CHE"]}
    assert browser.post(act_on(case), sent).status_code == 302
    assert (granted_of(case).consent_to_changes, granted_of(case).consent_to_revocation) == (None, ("CHE",))
    said = body_of(case)
    assert [party.code for party in said.consent_to_revocation or ()] == ["CHE"]
    assert said.consent_to_changes is None
    assert "It is revoked only with the consent of: Switzerland." in " ".join(printed(case).split())
    assert "It is changed only with" not in printed(case)


def test_what_the_terms_ask_for_is_shown_before_a_revocation_is_opened(of: Staff) -> None:
    case = in_decision(of)
    granted = asked(case).model_copy(update={"consent_to_revocation": ("CHE",)})
    decisions.approve(case, act=of.act(Function.DECIDER), granted=granted)
    issued(of, case)
    authorisation = Authorisation.objects.get(cases=case)
    assert terms_in_force(authorisation).consent_to_revocation == ("CHE",)
    officer = Function.DESK_OFFICER
    with pytest.raises(Refused) as refused:
        opened(of, authorisation, planned("revocation"), officer)
    assert [reason.code for reason in refused.value.reasons] == ["consent-missing"]
    assert not Case.objects.filter(kind="revocation").exists()
    opened(of, authorisation, planned("quantity_down", volumes={2026: 500}), officer)
    opened(of, authorisation, planned("revocation", consent="Note verbale 12"), officer)
    assert sorted(Case.objects.exclude(pk=case.pk).values_list("kind", flat=True)) == ["change", "revocation"]


def test_what_the_application_asks_is_ticked_already_and_may_be_taken_off(of: Staff) -> None:
    case = in_decision(of, content(request={"consent_to_changes": ["CHE"]}))
    assert asked(case).consent_to_changes == ("CHE",)
    browser, form = deciding(of, case)
    assert form["consent_to_changes"] == ["CHE"]
    assert browser.post(act_on(case), {**form, "consent_to_changes": []}).status_code == 302
    assert granted_of(case).consent_to_changes == ()
    assert "consent_to" not in letter_of(case).content


def test_what_a_program_approves_is_what_was_asked(of: Staff) -> None:
    case = in_decision(of, content(request={"consent_to_changes": ["CHE"]}))
    decisions.approve(case, act=of.act(Function.DECIDER))
    assert granted_of(case).consent_to_changes == ("CHE",)
    assert Authorisation.objects.count() == 0


def test_a_procedure_asks_every_other_party_where_the_application_says_nothing(of: Staff) -> None:
    case = in_decision(of)
    handling = replace(handling_of(case), consent=("revocation",))
    host = of.authority.party.code
    terms = with_consent(asked(case), handling, host=host)
    assert (terms.consent_to_changes, terms.consent_to_revocation) == (None, ("CHE",))
    said = asked(case).model_copy(update={"consent_to_revocation": ()})
    assert with_consent(said, handling, host=host) == said


# -- changed later by an act ---------------------------------------------------------------------------


def standing_with(of: Staff, **said: tuple[str, ...]) -> Authorisation:
    """An authorisation whose terms name these Parties, without rendering its letter."""
    parties = [of.authority.party.code, "CHE", "SGP"]
    case = in_decision(of, content(cooperative_approach={"parties": parties}))
    granted = asked(case).model_copy(update=said)
    decisions.approve(case, act=of.act(Function.DECIDER), granted=granted)
    issued(of, case)
    return Authorisation.objects.get(cases=case)


def test_the_desk_unticks_one_party_and_ticks_another_and_both_have_to_agree(of: Staff) -> None:
    standing = standing_with(of, consent_to_changes=("CHE",))
    browser, address = officer(of), at(standing, "consent_terms")
    first = form_of(browser.get(address))
    assert (first["consent_to_changes"], first.get("consent_to_revocation")) == (["CHE"], None)
    assert look(browser, address).status_code == 422, "ticked as it was, nothing is to be changed"

    typed = {"consent_to_changes": ["SGP"]}
    unasked = look(browser, address, **typed)
    assert "those to be named: Switzerland, Singapore. None is shown." in said(unasked)
    assert b'value="open"' not in unasked.content
    refused = press(browser, unasked)
    assert refused.status_code == 422
    assert not Case.objects.filter(kind="change").exists()

    page = look(browser, address, **typed, consent="Notes verbales 12 and 13")
    assert "Parties whose consent a change needs Switzerland Singapore" in said(page)
    again = browser.post(address, {**form_of(page), "go": "change"})
    assert form_of(again)["consent_to_changes"] == ["SGP"]
    assert press(browser, page).status_code == 302
    plan = plan_of(Case.objects.get(kind="change"))
    assert isinstance(plan, ConsentChanged)
    assert (plan.consent_to_changes, plan.consent_to_revocation) == (("SGP",), None)
    assert terms_in_force(standing).consent_to_changes == ("CHE",)


def test_the_amendment_says_who_was_named_and_who_is_and_later_acts_follow_it(of: Staff) -> None:
    standing = standing_with(of, consent_to_changes=("CHE",), consent_to_revocation=())
    plan = planned(
        "consent_terms",
        consent_to_changes=(),
        consent_to_revocation=("CHE", "SGP"),
        consent="Notes 12 and 13",
    )
    case = decided(of, standing, plan, Function.DESK_OFFICER)
    assert granted_of(case).consent_to_revocation == ("CHE", "SGP")
    letter = parse(letter_of(case).content.encode())
    assert isinstance(letter, Amendment)
    assert (letter.act, letter.consent) == ("consent_terms", "Notes 12 and 13")
    changed, revoked = "Parties whose consent a change needs", "Parties whose consent a revocation needs"
    assert [(one.label, one.before, one.after) for one in letter.terms] == [
        (changed, "Switzerland", "no Party"),
        (revoked, None, "Switzerland; Singapore"),
    ]
    now = {fact.label: fact.value for fact in letter.now}
    assert (now.get(changed), now[revoked]) == (None, "Switzerland; Singapore")
    assert "Whose consent later acts need" in printed(case)

    def against(type_: str, **more: Any) -> list[str]:
        found = services.preview(standing, planned(type_, **more), clock=RealClock())
        return [reason.code for reason in found.forbidden]

    down: dict[str, Any] = {"volumes": {2026: 500}}
    awaiting = "another-act-decided"
    assert against("quantity_down", **down) == [awaiting, "consent-missing"], "until it takes effect"
    assert against("revocation") == [awaiting]
    concluded(of, case)
    standing.refresh_from_db()
    assert (against("quantity_down", **down), against("revocation")) == ([], ["consent-missing"])


def test_the_command_and_the_api_tell_the_same_and_why_no_clause_is_added_with_it(of: Staff) -> None:
    standing = standing_with(of, consent_to_revocation=("SGP",))
    browser = officer(of)
    effects = reverse("api_effects", kwargs={"identifier": standing.identifier})
    opening = reverse("api_open_act", kwargs={"identifier": standing.identifier})
    plan = {"type": "consent_terms", "grounds": "So.", "consent_to_revocation": [], "consent": "Note 12"}

    def sent(address: str, **more: Any) -> Any:
        office = of.holding(Function.DESK_OFFICER).office
        data = {"plan": {**plan, **more}, "office": str(office and office.public_id)}
        return browser.post(
            address, data, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
        )

    told = sent(effects).json()
    assert told["forbidden"] == []
    assert told["changes"] == [{"name": "consent_to_revocation", "before": "SGP", "after": ""}]
    assert "Parties whose consent a revocation needs: Singapore → no Party" in shown(
        standing.identifier, "--plan", json.dumps(plan)
    )
    with_clause = sent(opening, revocable_after_transfer=["Over-crediting"])
    assert (with_clause.status_code, with_clause.json()["reasons"][0]["code"]) == (
        422,
        "consent-and-touching",
    )
    assert sent(opening, consent="").json()["reasons"][0]["code"] == "consent-missing"
    assert not Case.objects.filter(kind="change").exists()
    assert sent(opening).status_code == 201
    assert Case.objects.filter(kind="change").count() == 1
