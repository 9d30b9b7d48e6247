import pytest

from accounts.models import Authority, Function, Organisation, User, Vetting
from accounts.selectors import is_vetted, open_vettings
from accounts.services import (
    ask_for_vetting,
    create_membership,
    decide_vetting,
    end_tenure,
    withdraw_vetting,
)
from tests.accounts.factories import AT, DAY, office, organisation, person, tenure, two_authorities
from tests.accounts.story import last_facts, refused, story

pytestmark = pytest.mark.django_db

ACCEPTED, REFUSED = Vetting.Outcome.ACCEPTED, Vetting.Outcome.REFUSED


def _applying() -> tuple[Organisation, User]:
    stoves, member = organisation(), person("member@example.org")
    create_membership(stoves, person=member, starts_on=DAY.replace(day=1), actor="system", at=AT)
    return stoves, member


def _officer(authority: Authority, function: Function = Function.DESK_OFFICER) -> User:
    officer = person(f"{function}@{authority.slug}.example")
    tenure(office(authority, function=function, body="technical review"), officer)
    return officer


def test_an_organisation_that_one_authority_accepted_is_still_unknown_to_the_other() -> None:
    ghana, vanuatu = two_authorities()
    stoves, member = _applying()
    asked = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    assert not is_vetted(stoves, authority=ghana)
    assert list(open_vettings([ghana])) == [asked]
    assert list(open_vettings([vanuatu])) == []

    answered = decide_vetting(asked, outcome=ACCEPTED, by=_officer(ghana), at=AT)

    assert is_vetted(stoves, authority=ghana)
    assert not is_vetted(stoves, authority=vanuatu)
    assert (answered.outcome, answered.decided_on) == (ACCEPTED, DAY)
    assert list(open_vettings([ghana])) == []
    assert story(stoves)[-1] == "vetting_asked"
    assert story(ghana)[-1] == "vetting_decided"
    assert last_facts(ghana)["organisation"] == str(stoves.public_id)
    assert "vetting_decided" not in story(vanuatu)


def test_the_desk_of_another_authority_and_other_offices_do_not_answer() -> None:
    ghana, vanuatu = two_authorities()
    stoves, member = _applying()
    asked = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    for stranger in (_officer(vanuatu), _officer(ghana, Function.REVIEWER), member):
        with refused("looked at by the desk of the authority"):
            decide_vetting(asked, outcome=ACCEPTED, by=stranger, at=AT)


def test_an_officer_whose_office_ended_yesterday_does_not_answer() -> None:
    ghana, _ = two_authorities()
    stoves, member = _applying()
    asked = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    officer = person("former@gha.example")
    held = tenure(office(ghana), officer, starts_on=DAY.replace(day=1))
    end_tenure(held, ends_on=DAY.replace(day=1), actor="system", at=AT)
    with refused("looked at by the desk of the authority"):
        decide_vetting(asked, outcome=ACCEPTED, by=officer, at=AT)


def test_an_officer_does_not_let_in_an_organisation_to_which_they_belong() -> None:
    ghana, _ = two_authorities()
    stoves, member = _applying()
    officer = _officer(ghana)
    create_membership(stoves, person=officer, starts_on=DAY, actor="system", at=AT)
    asked = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    with refused("You belong to this organisation"):
        decide_vetting(asked, outcome=ACCEPTED, by=officer, at=AT)


def test_a_refusal_says_why_and_the_organisation_may_ask_again() -> None:
    ghana, _ = two_authorities()
    stoves, member = _applying()
    officer = _officer(ghana)
    asked = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    with refused("Say why"):
        decide_vetting(asked, outcome=REFUSED, reasons=" ", by=officer, at=AT)
    decide_vetting(asked, outcome=REFUSED, reasons="The number is not in the register.", by=officer, at=AT)
    assert not is_vetted(stoves, authority=ghana)
    with refused("answered already"):
        decide_vetting(asked, outcome=ACCEPTED, by=officer, at=AT)

    again = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)

    assert list(open_vettings([ghana])) == [again]


def test_only_who_belongs_to_it_asks_for_an_organisation_and_asks_once() -> None:
    ghana, _ = two_authorities()
    stoves, member = _applying()
    stranger, officer = person("stranger@example.org"), _officer(ghana)
    with refused("Only who belongs to the organisation"):
        ask_for_vetting(stoves, authority=ghana, by=stranger, at=AT)
    asked = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    with refused("asked to look at this organisation already"):
        ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    decide_vetting(asked, outcome=ACCEPTED, by=officer, at=AT)
    with refused("accepted the organisation already"):
        ask_for_vetting(stoves, authority=ghana, by=member, at=AT)


def test_what_was_accepted_is_withdrawn_with_reasons_and_may_be_asked_for_anew() -> None:
    ghana, vanuatu = two_authorities()
    stoves, member = _applying()
    officer, elsewhere = _officer(ghana), _officer(vanuatu)
    accepted = decide_vetting(
        ask_for_vetting(stoves, authority=ghana, by=member, at=AT), outcome=ACCEPTED, by=officer, at=AT
    )
    decide_vetting(
        ask_for_vetting(stoves, authority=vanuatu, by=member, at=AT), outcome=ACCEPTED, by=elsewhere, at=AT
    )
    for stranger in (elsewhere, member, _officer(ghana, Function.REVIEWER)):
        with refused("looked at by the desk of the authority"):
            withdraw_vetting(accepted, reasons="Struck off.", by=stranger, at=AT)
    with refused("Say why"):
        withdraw_vetting(accepted, reasons=" ", by=officer, at=AT)

    withdraw_vetting(accepted, reasons="Struck off the register.", by=officer, at=AT)

    assert not is_vetted(stoves, authority=ghana)
    assert is_vetted(stoves, authority=vanuatu), "what another found stands"
    assert story(ghana)[-1] == "vetting_withdrawn"
    assert "Struck" not in str(last_facts(ghana))
    with refused("has withdrawn it already"):
        withdraw_vetting(accepted, reasons="Again.", by=officer, at=AT)
    again = ask_for_vetting(stoves, authority=ghana, by=member, at=AT)
    decide_vetting(again, outcome=ACCEPTED, by=officer, at=AT)
    assert is_vetted(stoves, authority=ghana)


def test_what_was_not_accepted_cannot_be_withdrawn() -> None:
    ghana, _ = two_authorities()
    stoves, member = _applying()
    asked, officer = ask_for_vetting(stoves, authority=ghana, by=member, at=AT), _officer(ghana)
    with refused("has not let the organisation in"):
        withdraw_vetting(asked, reasons="No.", by=officer, at=AT)
