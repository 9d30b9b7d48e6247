"""Which roles somebody has in a case, and what they see: in the office or for the organisation they name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Authority, Function, Office, Organisation, User, Vetting
from accounts.services import (
    confirm_mandate_on_paper,
    create_membership,
    deactivate_person,
    end_service_account,
    record_mandate_on_paper,
)
from audit.models import Event
from authorisation.guards.conflicts import part_of_the_state, takes_part_still
from authorisation.kinds import Kind
from authorisation.models import Announcement, Case, Obligation
from authorisation.permissions import (
    may_see_announcement,
    may_see_authorisation,
    may_see_case,
    roles_in_case,
    roles_of_holder,
    roles_towards_announcement,
    roles_towards_obligation,
    visible_cases,
)
from authorisation.roles import Role
from authorisation.services import acts as services
from authorisation.services import applications, reviews
from tests.accounts.factories import AT, DAY, organisation, person, vetted
from tests.authorisation.bodies import COMMITTEE, ONE
from tests.authorisation.factories import (
    Staff,
    content,
    drafted,
    granted,
    in_review,
    program_of,
    submitted,
    two_staffs,
)
from tests.authorisation.standing import opened, planned
from workflow.actors import CLOCK, SYSTEM, Actor, Person, Program
from workflow.clock import SetClock
from workflow.door import Act
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

NOBODY: frozenset[str] = frozenset()


def closed(user: User) -> None:
    """Ends the account, as whoever administers does."""
    deactivate_person(user, actor="system", at=AT)


def claiming(of: Staff, function: Function, by: User) -> Person:
    """Somebody who names an office of the staff that they do not hold."""
    return replace(of.holding(function), user=by)


def test_in_a_case_everybody_has_the_roles_of_the_office_or_organisation_they_name_and_no_other() -> None:
    ours, theirs = two_staffs()
    case, stranger = in_review(ours), theirs.applicant
    of_ours = Person(user=stranger, organisation=ours.organisation)
    of_nobody = Person(user=ours.applicant)
    program = program_of(ours)
    roles: list[tuple[Actor, frozenset[str]]] = [
        (SYSTEM, frozenset({Role.SYSTEM})),
        (CLOCK, frozenset({Role.CLOCK})),
        (program, NOBODY),
        (ours.applying(), frozenset({Role.APPLICANT})),
        (theirs.applying(), NOBODY),
        (of_ours, NOBODY),
        (of_nobody, NOBODY),
        (ours.holding(Function.DESK_OFFICER), frozenset({Role.DESK_OFFICER})),
        (ours.holding(Function.REVIEWER), frozenset({Role.REVIEWER, Role.CHAIR})),
        (ours.holding(Function.DECIDER), frozenset({Role.DECIDER})),
        (ours.holding(Function.SIGNER), frozenset({Role.SIGNER})),
        (ours.holding(Function.DIRECTOR), frozenset({Role.DIRECTOR})),
        *((theirs.holding(function), NOBODY) for function in Function),
        *((claiming(ours, function, stranger), NOBODY) for function in Function),
    ]
    for actor, expected in roles:
        assert roles_in_case(case, actor, ours.clock) == expected, actor
    for function in (Function.DESK_OFFICER, Function.DIRECTOR):
        closed(ours.offices[function][1])
        assert roles_in_case(case, ours.holding(function), ours.clock) == NOBODY
    closed(ours.applicant)
    assert roles_in_case(case, ours.applying(), ours.clock) == NOBODY


def test_an_office_gives_the_roles_of_its_function_and_of_the_body_for_which_one_sits() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours)
    opened = case.opened_by_id

    def roles(function: Function, *, body: str = "", sits: object = None, who: int = 0) -> frozenset[str]:
        office = Office(authority=ours.authority, function=function, body=body)
        return roles_of_holder(case, office, who, body=sits)  # type: ignore[arg-type]

    assert roles(Function.DESK_OFFICER) == {Role.DESK_OFFICER}
    assert roles(Function.DESK_OFFICER, who=opened) == {Role.DESK_OFFICER, Role.OPENING_OFFICER}
    assert roles(Function.DIRECTOR, who=opened) == {Role.DIRECTOR}
    assert roles(Function.DECIDER) == {Role.DECIDER}
    assert roles(Function.SIGNER) == {Role.SIGNER}
    assert roles(Function.REVIEWER, body=COMMITTEE.code) == NOBODY
    assert roles(Function.REVIEWER, body=ONE.code, sits=ONE) == {Role.REVIEWER, Role.CHAIR}
    in_committee = {Role.REVIEWER, Role.MEMBER}
    assert roles(Function.REVIEWER, body=COMMITTEE.code, sits=COMMITTEE) == in_committee
    assert roles(Function.CHAIR, body=COMMITTEE.code, sits=COMMITTEE) == {*in_committee, Role.CHAIR}


def test_a_program_sees_what_its_organisation_has_while_its_account_is_open() -> None:
    ours, theirs = two_staffs()
    case = granted(ours)
    authorisation = case.authorisation
    assert authorisation is not None
    program, other = program_of(ours), program_of(theirs)
    sees = [
        (may_see_case(case, one, ours.clock), may_see_authorisation(authorisation, one, ours.clock))
        for one in (program, other, ours.applying(), theirs.applying(), SYSTEM)
    ]
    assert sees == [(True, True), (False, False), (True, True), (False, False), (True, True)]
    end_service_account(program.account, by=ours.applicant, at=AT)
    ended = Program(account=type(program.account).objects.get(pk=program.account.pk))
    assert not may_see_case(case, ended, ours.clock)
    assert not may_see_authorisation(authorisation, ended, ours.clock)


def test_what_is_to_be_told_is_for_the_desk_the_director_and_machines_of_its_authority() -> None:
    ours, theirs = two_staffs()
    granted(ours)
    task = Announcement.objects.filter(authority=ours.authority).first()
    assert task is not None
    program, stranger = program_of(ours), theirs.applicant
    rows: list[tuple[Actor, frozenset[str], bool]] = [
        (SYSTEM, frozenset({Role.SYSTEM}), True),
        (CLOCK, frozenset({Role.CLOCK}), True),
        (program, NOBODY, False),
        (ours.applying(), NOBODY, False),
        (ours.holding(Function.DESK_OFFICER), frozenset({Role.DESK_OFFICER}), True),
        (ours.holding(Function.DIRECTOR), frozenset({Role.DIRECTOR}), True),
        (ours.holding(Function.DECIDER), NOBODY, True),
        (claiming(ours, Function.DIRECTOR, stranger), NOBODY, False),
        (theirs.holding(Function.DIRECTOR), NOBODY, False),
    ]
    for actor, roles, sees in rows:
        assert roles_towards_announcement(task, actor, ours.clock) == roles, actor
        assert may_see_announcement(task, actor, ours.clock) is sees, actor
    closed(ours.offices[Function.DIRECTOR][1])
    assert roles_towards_announcement(task, ours.holding(Function.DIRECTOR), ours.clock) == NOBODY


def test_an_obligation_is_for_the_holder_and_for_the_desk_and_director_of_its_authority() -> None:
    ours, theirs = two_staffs()
    authorisation = granted(ours).authorisation
    asked = Obligation(authority=ours.authority, authorisation=authorisation)
    rows: list[tuple[Actor, frozenset[str]]] = [
        (ours.applying(), frozenset({Role.HOLDER})),
        (theirs.applying(), NOBODY),
        (Person(user=theirs.applicant, organisation=ours.organisation), NOBODY),
        (ours.holding(Function.DESK_OFFICER), frozenset({Role.DESK_OFFICER})),
        (ours.holding(Function.DIRECTOR), frozenset({Role.DIRECTOR})),
        (ours.holding(Function.SIGNER), NOBODY),
        (theirs.holding(Function.DIRECTOR), NOBODY),
        (program_of(ours), NOBODY),
    ]
    for actor, roles in rows:
        assert roles_towards_obligation(asked, actor, ours.clock) == roles, actor
    closed(ours.applicant)
    assert roles_towards_obligation(asked, ours.applying(), ours.clock) == NOBODY


def _on_paper(principal: Organisation, authority: Authority, *, by: tuple[Organisation, User]) -> None:
    """A mandate on paper from a principal known from paper, recorded by the consultant and confirmed."""
    consultant, user = by
    mandate = record_mandate_on_paper(
        consultant,
        name=principal.name,
        country=principal.country,
        identification=principal.identification,
        authority=authority,
        reference="PoA 7/2026",
        dated_on=DAY,
        starts_on=DAY,
        by=user,
        at=AT,
    )
    officer = User.objects.get(email=f"desk_officer@{authority.slug}.example")
    confirm_mandate_on_paper(mandate, seen=True, by=officer, at=AT)


def test_one_sees_the_cases_of_ones_authority_of_ones_organisation_and_by_a_mandate_on_paper() -> None:
    ours, theirs = two_staffs()

    def filed(at: Staff, applicant: Organisation) -> Case:
        act = Act(actor=at.holding(Function.DESK_OFFICER), clock=SetClock(AT))
        return applications.open_case(
            act=act, authority=at.authority, kind=Kind.CONSOLIDATED, applicant=applicant, content=content()
        )

    paper, another = organisation("Paper", identification="P-1"), organisation("Other", identification="P-2")
    on_paper, elsewhere, of_another = filed(ours, paper), filed(theirs, paper), filed(ours, another)
    own = drafted(ours)
    advice, kofi = organisation("Advice Ltd", identification="ADVICE"), person("kofi@example.org")
    rival, abena = organisation("Rival Ltd", identification="RIVAL"), person("abena@example.org")
    for firm, one in ((advice, kofi), (rival, abena)):
        create_membership(firm, person=one, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    _on_paper(paper, ours.authority, by=(advice, kofi))

    def seen(user: User) -> set[Case]:
        return set(visible_cases(user, on=DAY))

    assert seen(kofi) == {on_paper}
    assert seen(abena) == set()
    assert seen(ours.applicant) == {own}
    assert seen(ours.offices[Function.SIGNER][1]) == {on_paper, of_another, own}
    assert seen(theirs.offices[Function.SIGNER][1]) == {elsewhere}


def test_a_part_of_the_state_is_one_towards_the_authority_that_found_it_so() -> None:
    ours, theirs = two_staffs()
    Vetting.objects.filter(organisation=ours.organisation, authority=ours.authority).update(of_the_state=True)
    vetted(
        ours.organisation,
        theirs.authority,
        member=ours.applicant,
        officer=theirs.offices[Function.DESK_OFFICER][1],
    )
    found = part_of_the_state(drafted(ours))
    assert found is not None
    assert (found.organisation, found.authority) == (ours.organisation, ours.authority)
    assert part_of_the_state(drafted(theirs)) is None
    of_theirs = Case(authority=theirs.authority, applicant=ours.organisation)
    assert part_of_the_state(of_theirs) is None
    of_ours = Case(authority=ours.authority, applicant=theirs.organisation)
    assert part_of_the_state(of_ours) is None


def test_who_declared_a_conflict_takes_part_no_more_and_everybody_else_does() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    officer, reviewer = ours.holding(Function.DESK_OFFICER), ours.holding(Function.REVIEWER)
    case = reviews.recuse(case, act=ours.act(Function.REVIEWER), reasons="My brother's firm.")
    assert [reason.code for reason in takes_part_still(case, reviewer)] == ["recused-already"]
    assert list(takes_part_still(case, officer)) == []


def test_a_program_neither_opens_a_case_nor_writes_in_one_and_is_told_why_only_where_it_sees_it() -> None:
    ours, theirs = two_staffs()
    case = drafted(ours)
    before = (Case.objects.count(), case.version, Event.objects.count())

    def begun(actor: Actor) -> object:
        return applications.open_case(
            act=Act(actor=actor, clock=SetClock(AT)),
            authority=ours.authority,
            kind=Kind.CONSOLIDATED,
            applicant=ours.organisation,
            content=content(),
        )

    def written(actor: Actor) -> object:
        act = Act(actor=actor, clock=SetClock(AT))
        return applications.save_application(case, act=act, content=content(activity={"title": "Mine"}))

    def refused(deed: Callable[[Actor], object], actor: Actor) -> tuple[Refusal, str]:
        with pytest.raises(Refused) as refusal:
            deed(actor)
        return refusal.value.kind, str(refusal.value.reasons[0])

    ours_too, others = program_of(ours), program_of(theirs)
    kept = Event.objects.count() - before[2]
    for deed in (begun, written):
        kind, words = refused(deed, ours_too)
        assert kind == Refusal.ROLE
        assert "A program acts in no case" in words
    unseen = (others, theirs.applying(), theirs.holding(Function.DESK_OFFICER))
    blind = (ours.holding(Function.REVIEWER), ours.holding(Function.SIGNER))
    for actor in (*unseen, *blind):
        assert refused(written, actor)[0] == Refusal.UNSEEN, actor
    case.refresh_from_db()
    assert (Case.objects.count(), case.version) == before[:2]
    assert Event.objects.count() == before[2] + kept


def test_the_holder_neither_reads_nor_writes_what_the_authority_only_plans() -> None:
    ours, _theirs = two_staffs()
    authorisation = granted(ours).authorisation
    assert authorisation is not None
    plan = opened(ours, authorisation, planned("suspension"), Function.DESK_OFFICER)
    assert not may_see_case(plan, ours.applying(), ours.clock)
    with pytest.raises(Refused) as refused:
        applications.save_application(plan, act=ours.act(), content=content())
    assert refused.value.kind == Refusal.UNSEEN
    plan.refresh_from_db()
    assert plan.state == "draft"
    assert may_see_case(
        services.serve_notice(plan, act=ours.act(Function.DESK_OFFICER)), ours.applying(), ours.clock
    )
