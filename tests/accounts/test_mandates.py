from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Authority, Mandate, Organisation, User
from accounts.selectors import is_vetted, may_act_for, members_of, organisations_represented
from accounts.services import (
    ask_for_vetting,
    confirm_mandate_on_paper,
    create_membership,
    end_membership,
    give_mandate,
    record_mandate_on_paper,
    revoke_mandate,
)
from tests.accounts.factories import AT, DAY, office, organisation, person, tenure, two_authorities
from tests.accounts.story import last_facts, refused, story

pytestmark = pytest.mark.django_db

NEXT, LAST = DAY + timedelta(days=1), DAY + timedelta(days=10)


def _pair() -> tuple[Organisation, User, Organisation, User]:
    """An applicant with its member, and a consultant with theirs."""
    two_authorities()
    stoves, advice = organisation(), organisation("Advice Ltd", identification="C-2")
    ama, kofi = person("ama@example.org"), person("kofi@example.org")
    for head, member in ((stoves, ama), (advice, kofi)):
        create_membership(head, person=member, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    return stoves, ama, advice, kofi


def test_a_consultant_acts_for_the_applicant_from_the_first_day_until_the_last() -> None:
    stoves, ama, advice, kofi = _pair()
    give_mandate(stoves, mandatary=advice, starts_on=NEXT, ends_on=LAST, by=ama, at=AT)
    days = (DAY, NEXT, LAST, LAST + timedelta(days=1))
    assert [may_act_for(advice, stoves, on=day) for day in days] == [False, True, True, False]
    assert set(organisations_represented(kofi, on=NEXT)) == {advice, stoves}
    assert organisations_represented(kofi, on=DAY) == [advice]
    assert organisations_represented(ama, on=NEXT) == [stoves], "a mandate is one-way"
    assert last_facts(stoves)["mandatary"] == str(advice.public_id)


def test_a_mandate_is_not_passed_on() -> None:
    stoves, ama, advice, kofi = _pair()
    third, esi = organisation("Third Ltd", identification="C-3"), person("esi@example.org")
    create_membership(third, person=esi, starts_on=DAY, actor="system", at=AT)
    give_mandate(stoves, mandatary=advice, starts_on=DAY, by=ama, at=AT)
    give_mandate(advice, mandatary=third, starts_on=DAY, by=kofi, at=AT)
    assert not may_act_for(third, stoves, on=DAY)
    assert set(organisations_represented(esi, on=DAY)) == {third, advice}
    with refused("Only who belongs to the organisation"):
        give_mandate(stoves, mandatary=third, starts_on=DAY, by=kofi, at=AT)


@pytest.mark.parametrize("who", ["ama@example.org", "kofi@example.org"])
def test_who_gave_a_mandate_and_who_holds_it_may_end_it_and_it_ends_at_once(who: str) -> None:
    stoves, ama, advice, kofi = _pair()
    mandate = give_mandate(stoves, mandatary=advice, starts_on=DAY, by=ama, at=AT)
    stranger = person("stranger@example.org")
    with refused("Only who gave a mandate, or holds it"):
        revoke_mandate(mandate, by=stranger, at=AT)
    assert may_act_for(advice, stoves, on=DAY)

    revoke_mandate(mandate, by=User.objects.get(email=who), at=AT)

    assert not may_act_for(advice, stoves, on=DAY)
    assert organisations_represented(kofi, on=DAY) == [advice]
    assert story(stoves)[-1] == "mandate_revoked"
    with refused("ended already"):
        revoke_mandate(mandate, by=ama, at=AT)
    give_mandate(stoves, mandatary=advice, starts_on=DAY, by=ama, at=AT)
    assert may_act_for(advice, stoves, on=DAY)


def test_a_mandate_that_cannot_be_is_refused() -> None:
    stoves, ama, advice, _kofi = _pair()
    with refused("needs no mandate from itself"):
        give_mandate(stoves, mandatary=stoves, starts_on=DAY, by=ama, at=AT)
    with refused("cannot end before it starts"):
        give_mandate(stoves, mandatary=advice, starts_on=NEXT, ends_on=DAY, by=ama, at=AT)
    with refused("not for days that have passed"):
        give_mandate(stoves, mandatary=advice, starts_on=DAY - timedelta(days=2), by=ama, at=AT)
    give_mandate(stoves, mandatary=advice, starts_on=DAY, ends_on=LAST, by=ama, at=AT)
    with refused("on some of these days already"):
        give_mandate(stoves, mandatary=advice, starts_on=LAST, by=ama, at=AT)


def _paper(advice: Organisation, kofi: User, authority: Authority, **changes: Any) -> Mandate:
    given: dict[str, Any] = {
        "name": "Paper Stoves",
        "country": "GHA",
        "identification": "P-1",
        "authority": authority,
        "reference": "PoA 7/2026",
        "dated_on": DAY,
        "starts_on": DAY,
    }
    return record_mandate_on_paper(advice, **{**given, **changes}, by=kofi, at=AT)


def _officer(authority: Authority) -> User:
    officer = person(f"officer@{authority.slug}.example")
    tenure(office(authority), officer, starts_on=DAY - timedelta(days=1))
    return officer


def test_a_mandate_on_paper_holds_towards_the_authority_that_confirmed_it_and_no_other() -> None:
    _stoves, _ama, advice, kofi = _pair()
    ghana, vanuatu = Authority.objects.get(slug="gha"), Authority.objects.get(slug="vut")
    mandate = _paper(advice, kofi, ghana)
    principal = mandate.principal
    assert members_of(principal, on=DAY) == []
    assert not may_act_for(advice, principal, on=DAY, authority=ghana), "not before it is confirmed"
    assert not is_vetted(principal, authority=ghana)

    confirm_mandate_on_paper(mandate, seen=True, by=_officer(ghana), at=AT)

    assert may_act_for(advice, principal, on=DAY, authority=ghana)
    assert not may_act_for(advice, principal, on=DAY, authority=vanuatu)
    assert not may_act_for(advice, principal, on=DAY)
    assert is_vetted(principal, authority=ghana)
    assert not is_vetted(principal, authority=vanuatu)
    assert organisations_represented(kofi, on=DAY) == [advice]
    assert story(ghana)[-2:] == ["mandate_confirmed", "vetting_decided"]
    assert "PoA" not in str(last_facts(principal))


def test_only_the_desk_of_that_authority_confirms_and_only_after_it_saw_the_paper() -> None:
    _stoves, ama, advice, kofi = _pair()
    ghana, vanuatu = Authority.objects.get(slug="gha"), Authority.objects.get(slug="vut")
    mandate, officer = _paper(advice, kofi, ghana), _officer(ghana)
    for stranger in (kofi, ama, _officer(vanuatu)):
        with refused("looked at by the desk of the authority"):
            confirm_mandate_on_paper(mandate, seen=True, by=stranger, at=AT)
    with refused("seen the paper"):
        confirm_mandate_on_paper(mandate, seen=False, by=officer, at=AT)
    create_membership(advice, person=officer, starts_on=DAY, actor="system", at=AT)
    with refused("You belong to this organisation"):
        confirm_mandate_on_paper(mandate, seen=True, by=officer, at=AT)


def test_the_desk_or_the_mandatary_ends_a_mandate_on_paper_at_once() -> None:
    _stoves, ama, advice, kofi = _pair()
    ghana, vanuatu = Authority.objects.get(slug="gha"), Authority.objects.get(slug="vut")
    officer, elsewhere = _officer(ghana), _officer(vanuatu)
    for ending in (officer, kofi):
        mandate = confirm_mandate_on_paper(_paper(advice, kofi, ghana), seen=True, by=officer, at=AT)
        for stranger in (ama, elsewhere):
            with refused("Only who gave a mandate, or holds it"):
                revoke_mandate(mandate, by=stranger, at=AT)
        revoke_mandate(mandate, by=ending, at=AT)
        assert not may_act_for(advice, mandate.principal, on=DAY, authority=ghana)
        with refused("confirmed or ended already"):
            confirm_mandate_on_paper(mandate, seen=True, by=officer, at=AT)


def test_once_the_principal_has_people_they_end_it_themselves() -> None:
    _stoves, _ama, advice, kofi = _pair()
    ghana = Authority.objects.get(slug="gha")
    mandate = confirm_mandate_on_paper(_paper(advice, kofi, ghana), seen=True, by=_officer(ghana), at=AT)
    owner = person("owner@example.org")
    create_membership(mandate.principal, person=owner, starts_on=DAY, actor="system", at=AT)
    tomorrow = AT + timedelta(days=1)
    revoke_mandate(mandate, by=owner, at=tomorrow)
    assert not may_act_for(advice, mandate.principal, on=NEXT, authority=ghana)


def test_a_mandate_on_paper_that_cannot_be_is_refused() -> None:
    stoves, ama, advice, kofi = _pair()
    ghana = Authority.objects.get(slug="gha")
    with refused("has an account here"):
        _paper(advice, kofi, ghana, identification=stoves.identification)
    with refused("Only who belongs to the organisation"):
        _paper(advice, ama, ghana)
    with refused("still to come"):
        _paper(advice, kofi, ghana, dated_on=NEXT)
    with refused("reference of the paper"):
        _paper(advice, kofi, ghana, reference=" ")
    _paper(advice, kofi, ghana)
    with refused("recorded for some of these days already"):
        _paper(advice, kofi, ghana)


def test_an_organisation_mandates_two_consultants_and_a_consultant_acts_for_two_on_the_same_days() -> None:
    stoves, ama, advice, _kofi = _pair()
    second, wells = organisation("Second", identification="C-3"), organisation("Wells", identification="C-4")
    esi = person("esi@example.org")
    create_membership(wells, person=esi, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    give_mandate(stoves, mandatary=advice, starts_on=DAY, by=ama, at=AT)
    give_mandate(stoves, mandatary=second, starts_on=DAY, by=ama, at=AT)
    give_mandate(wells, mandatary=advice, starts_on=DAY, by=esi, at=AT)
    assert may_act_for(advice, stoves, on=DAY)
    assert may_act_for(second, stoves, on=DAY)
    assert may_act_for(advice, wells, on=DAY)
    assert not may_act_for(second, wells, on=DAY)


def test_papers_of_one_principal_for_two_authorities_or_two_consultants_stand_beside_each_other() -> None:
    stoves, ama, advice, kofi = _pair()
    ghana, vanuatu = Authority.objects.get(slug="gha"), Authority.objects.get(slug="vut")
    first = _paper(advice, kofi, ghana)
    with refused("is recorded for some of these days already"):
        _paper(advice, kofi, ghana)
    others = [
        _paper(advice, kofi, vanuatu),
        _paper(stoves, ama, ghana),
        _paper(advice, kofi, ghana, name="Wells", identification="P-2"),
    ]
    assert [other.principal == first.principal for other in others] == [True, True, False]


def test_a_mandate_is_confirmed_once_and_not_after_its_end_nor_where_there_is_no_paper() -> None:
    stoves, ama, advice, kofi = _pair()
    ghana = Authority.objects.get(slug="gha")
    officer = _officer(ghana)
    given_here = give_mandate(stoves, mandatary=advice, starts_on=DAY, by=ama, at=AT)
    with refused("needs no paper"):
        confirm_mandate_on_paper(given_here, seen=True, by=officer, at=AT)
    ended = _paper(advice, kofi, ghana)
    revoke_mandate(ended, by=kofi, at=AT)
    with refused("confirmed or ended already"):
        confirm_mandate_on_paper(ended, seen=True, by=officer, at=AT)
    confirmed = confirm_mandate_on_paper(_paper(advice, kofi, ghana), seen=True, by=officer, at=AT)
    with refused("confirmed or ended already"):
        confirm_mandate_on_paper(confirmed, seen=True, by=officer, at=AT)


def test_confirming_a_paper_lets_its_principal_in_and_answers_no_other_question() -> None:
    stoves, ama, advice, kofi = _pair()
    ghana, vanuatu = Authority.objects.get(slug="gha"), Authority.objects.get(slug="vut")
    wells, esi = organisation("Wells", identification="P-1"), person("esi@example.org")
    joined = create_membership(wells, person=esi, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    of_another = ask_for_vetting(stoves, authority=ghana, by=ama, at=AT)
    of_another_authority = ask_for_vetting(wells, authority=vanuatu, by=esi, at=AT)
    end_membership(joined, ends_on=None, actor="system", at=AT)

    confirm_mandate_on_paper(_paper(advice, kofi, ghana), seen=True, by=_officer(ghana), at=AT)

    assert is_vetted(wells, authority=ghana)
    for asked in (of_another, of_another_authority):
        asked.refresh_from_db()
        assert asked.outcome == ""
