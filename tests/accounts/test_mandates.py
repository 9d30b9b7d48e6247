from datetime import timedelta

import pytest

from accounts.models import Organisation, User
from accounts.selectors import may_act_for, organisations_represented
from accounts.services import create_membership, give_mandate, revoke_mandate
from tests.accounts.factories import AT, DAY, organisation, person, two_authorities
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
