"""Who records for an authority: its desk, and programs and people of a registry that is entitled today."""

from dataclasses import replace

import pytest

from accounts.models import Function
from accounts.services import (
    create_membership,
    deactivate_person,
    end_membership,
    end_service_account,
)
from projects.entitlements import Granted, grant_entitlement
from projects.models import RegistryEntitlement
from projects.permissions import acts_in, may_record, recording_roles, registries_of
from tests.accounts.factories import AT, DAY, tenure, vetted
from tests.authorisation.factories import Staff, program_of, two_staffs
from workflow.actors import CLOCK, SYSTEM, Actor, Person, Program
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db

NOBODY: frozenset[str] = frozenset()
ALPINE = Granted(registry="Alpine", starts_on=DAY, basis="Agreement 4/2026")


def entitled(of: Staff, to: Staff) -> None:
    """The organisation of `to` records for the authority of `of`."""
    vetted(to.organisation, of.authority, member=to.applicant, officer=of.offices[Function.DESK_OFFICER][1])
    director = of.holding(Function.DIRECTOR)
    grant_entitlement(of.authority, to.organisation, ALPINE, actor=director, clock=of.clock)


def test_the_desk_records_and_an_entitled_registry_by_its_people_and_programs() -> None:
    ours, theirs = two_staffs()
    entitled(ours, theirs)
    clerk, stranger = theirs.applying(), ours.applicant
    rows: list[tuple[Actor, frozenset[str], frozenset[str]]] = [
        (SYSTEM, frozenset({"system"}), NOBODY),
        (CLOCK, frozenset({"clock"}), NOBODY),
        (clerk, frozenset({"registry"}), frozenset({"Alpine"})),
        (program_of(theirs), frozenset({"registry"}), frozenset({"Alpine"})),
        (program_of(ours), NOBODY, NOBODY),
        (ours.applying(), NOBODY, NOBODY),
        (Person(user=theirs.applicant), NOBODY, NOBODY),
        (Person(user=stranger, organisation=theirs.organisation), NOBODY, NOBODY),
        (ours.holding(Function.DESK_OFFICER), frozenset({"desk_officer"}), NOBODY),
        (ours.holding(Function.DIRECTOR), NOBODY, NOBODY),
        (theirs.holding(Function.DESK_OFFICER), NOBODY, NOBODY),
        (replace(ours.holding(Function.DESK_OFFICER), user=stranger), NOBODY, NOBODY),
        # Who acts in an office acts for no registry, whatever organisation they name beside it.
        (replace(clerk, office=theirs.holding(Function.DIRECTOR).office), NOBODY, NOBODY),
    ]
    for actor, roles, registries in rows:
        assert recording_roles(ours.authority, actor, ours.clock) == roles, actor
        assert registries_of(ours.authority, actor, ours.clock) == registries, actor
    assert recording_roles(theirs.authority, clerk, ours.clock) == NOBODY


def test_who_records_may_know_of_the_records_and_who_works_for_the_authority() -> None:
    ours, theirs = two_staffs()
    entitled(ours, theirs)
    knows = (SYSTEM, ours.holding(Function.SIGNER), theirs.applying(), program_of(theirs))
    does_not = (ours.applying(), theirs.holding(Function.DESK_OFFICER), program_of(ours))
    assert [may_record(ours.authority, actor, ours.clock) for actor in knows] == [True] * 4
    assert [may_record(ours.authority, actor, ours.clock) for actor in does_not] == [False] * 3


def test_with_the_membership_the_account_or_the_program_ends_the_right_to_record() -> None:
    ours, theirs = two_staffs()
    entitled(ours, theirs)
    program = program_of(theirs)
    end_service_account(program.account, by=theirs.applicant, at=AT)
    ended = Program(account=type(program.account).objects.get(pk=program.account.pk))
    assert registries_of(ours.authority, ended, ours.clock) == NOBODY
    assert recording_roles(ours.authority, ended, ours.clock) == NOBODY
    officer = ours.offices[Function.DESK_OFFICER][1]
    deactivate_person(officer, actor="system", at=AT)
    assert recording_roles(ours.authority, ours.holding(Function.DESK_OFFICER), ours.clock) == NOBODY
    end_membership(theirs.applicant.memberships.get(), ends_on=None, actor="system", at=AT)
    assert registries_of(ours.authority, theirs.applying(), ours.clock) == NOBODY
    assert recording_roles(ours.authority, theirs.applying(), ours.clock) == NOBODY


def test_one_acts_in_an_office_that_one_names_of_that_function_at_that_authority_and_holds() -> None:
    ours, theirs = two_staffs()
    director = ours.holding(Function.DIRECTOR)
    # Holds both offices, and names the other one.
    tenure(ours.offices[Function.SIGNER][0], director.user)
    signing = replace(director, office=ours.offices[Function.SIGNER][0])
    rows: list[tuple[Actor, bool]] = [
        (director, True),
        (signing, False),
        (replace(director, office=None), False),
        (replace(director, user=theirs.applicant), False),
        (theirs.holding(Function.DIRECTOR), False),
        (ours.applying(), False),
        (program_of(ours), False),
        (SYSTEM, False),
    ]
    for actor, expected in rows:
        assert acts_in(Function.DIRECTOR, ours.authority, actor, ours.clock) is expected, actor


def test_no_director_entitles_an_organisation_to_which_they_belong() -> None:
    ours, theirs = two_staffs()
    vetted(
        theirs.organisation,
        ours.authority,
        member=theirs.applicant,
        officer=ours.offices[Function.DESK_OFFICER][1],
    )
    director = ours.holding(Function.DIRECTOR)
    create_membership(theirs.organisation, person=director.user, starts_on=DAY, actor="system", at=AT)
    with pytest.raises(Refused) as refused:
        grant_entitlement(ours.authority, theirs.organisation, ALPINE, actor=director, clock=ours.clock)
    assert refused.value.kind == Kind.ROLE
    assert [reason.code for reason in refused.value.reasons] == ["own-organisation"]
    assert not RegistryEntitlement.objects.exists()
