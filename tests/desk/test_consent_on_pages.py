"""Whose consent a later act needs: asked for, set by the procedure, ticked by whoever decides, printed."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.consent import with_consent
from authorisation.handling import handling_of
from authorisation.models import Authorisation, Case, Decision
from authorisation.services import decisions
from authorisation.standing import terms_in_force
from authorisation.terms import Terms
from letters.content import AuthorisationBody, parse
from letters.kinds import kind_of
from letters.rendering import context_of
from letters.typesetting import page_of
from tests.authorisation.factories import Staff, asked, content, in_decision, issued, letter_of, two_staffs
from tests.authorisation.standing import opened, planned
from tests.desk.browser import prove_again, signed_in, with_app
from tests.desk.filling import Sent, form_on
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
