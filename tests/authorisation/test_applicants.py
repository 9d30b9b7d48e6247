"""Applicants known from paper alone: which authority invites their first person."""

import pytest

from accounts.models import Function, Organisation, Vetting
from authorisation.applicants import known_from_paper
from authorisation.models import Case
from authorisation.services.applicants import invite_first_person
from tests.accounts.factories import AT, DAY, organisation
from tests.accounts.story import everything, story
from tests.authorisation.factories import Staff, drafted, two_staffs
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db


def _applied(applicant: Organisation, *authorities: Staff) -> None:
    """Cases of that applicant, with one authority after the other."""
    for staff in authorities:
        Case.objects.filter(pk=drafted(staff).pk).update(applicant=applicant)


def _let_in(one: Organisation, of: Staff) -> None:
    Vetting.objects.create(
        organisation=one,
        authority=of.authority,
        asked_on=DAY,
        asked_by=of.applicant,
        decided_on=DAY,
        decided_by=of.offices[Function.DESK_OFFICER][1],
        outcome=Vetting.Outcome.ACCEPTED,
    )


def test_an_organisation_without_people_is_known_to_the_authority_that_it_came_to_first() -> None:
    ours, theirs = two_staffs()
    drafted(theirs)
    applied, heard, both = (organisation(name, identification=name) for name in ("Applied", "Heard", "Both"))
    organisation("Unheard", identification="Unheard")
    _applied(applied, ours, theirs)
    _let_in(heard, ours)
    _let_in(both, ours)
    _applied(both, theirs)
    assert set(known_from_paper([ours.authority])) == {applied, heard}
    assert set(known_from_paper([theirs.authority])) == {both}
    assert set(known_from_paper([ours.authority, theirs.authority])) == {applied, heard, both}


def test_the_first_person_is_invited_by_that_authority_and_by_no_other_even_one_that_knows_it() -> None:
    ours, theirs = two_staffs()
    applied = organisation("Applied", identification="P-1")
    _applied(applied, ours, theirs)
    _let_in(applied, theirs)
    (_office, officer), (_there, elsewhere) = (of.offices[Function.DESK_OFFICER] for of in (ours, theirs))
    for authority, applicant, by in (
        (theirs.authority, applied, elsewhere),
        (ours.authority, ours.organisation, officer),
    ):
        before = everything()
        with pytest.raises(Refused) as refused:
            invite_first_person(applicant, authority=authority, email="esi@example.org", by=by, at=AT)
        assert [reason.code for reason in refused.value.reasons] == ["not-known-from-paper"]
        assert everything() == before

    invite_first_person(applied, authority=ours.authority, email="esi@example.org", by=officer, at=AT)

    assert story(ours.authority)[-1] == "first_person_invited"
