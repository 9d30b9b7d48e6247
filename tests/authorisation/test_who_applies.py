"""Who may act as an applicant: the organisation's people and its consultant's, each once let in."""

from datetime import timedelta

import pytest

from accounts.models import Function, Organisation, User, Vetting
from accounts.services import (
    ask_for_vetting,
    create_membership,
    deactivate_person,
    decide_vetting,
    end_membership,
    give_mandate,
    revoke_mandate,
    withdraw_vetting,
)
from audit.models import Event
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.permissions import may_see_case, roles_in_case
from authorisation.roles import Role
from authorisation.services import applications
from authorisation.vetting import withheld
from tests.accounts.factories import AT, DAY, organisation, person, vetted
from tests.authorisation.factories import Staff, content, drafted, two_staffs
from workflow.actors import Person
from workflow.clock import SetClock
from workflow.door import Act, options
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def _consultant(*authorities: Staff) -> tuple[Organisation, User]:
    """A consultant, let in by these authorities."""
    advice, kofi = organisation("Advice Ltd", identification="ADVICE"), person("kofi@example.org")
    create_membership(advice, person=kofi, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    for staff in authorities:
        _office, officer = staff.offices[Function.DESK_OFFICER]
        vetted(advice, staff.authority, member=kofi, officer=officer)
    return advice, kofi


def _open(of: Staff, actor: Person, applicant: Organisation) -> Case:
    act = Act(actor=actor, clock=SetClock(AT))
    return applications.open_case(
        act=act, authority=of.authority, kind=Kind.CONSOLIDATED, applicant=applicant, content=content()
    )


def _refused(of: Staff, actor: Person, applicant: Organisation) -> list[str]:
    """The codes of the reasons; nothing was opened, and nothing told."""
    before = (Case.objects.count(), Event.objects.count())
    with pytest.raises(Refused) as refused:
        _open(of, actor, applicant)
    assert (Case.objects.count(), Event.objects.count()) == before
    assert refused.value.kind == Refusal.ROLE
    return [reason.code for reason in refused.value.reasons]


def test_an_organisation_applies_to_the_authority_that_let_it_in_and_to_no_other() -> None:
    ours, theirs = two_staffs()
    assert _open(ours, ours.applying(), ours.organisation).state == "draft"
    assert _refused(theirs, ours.applying(), ours.organisation) == ["not-vetted"]


def test_a_consultant_acts_for_the_applicant_as_long_as_the_mandate_holds() -> None:
    ours, _theirs = two_staffs()
    advice, kofi = _consultant(ours)
    case = drafted(ours)
    consultant = Person(user=kofi, organisation=advice)
    assert roles_in_case(case, consultant, ours.clock) == frozenset()
    assert not may_see_case(case, consultant, ours.clock)
    assert _refused(ours, consultant, ours.organisation) == ["role"]

    mandate = give_mandate(ours.organisation, mandatary=advice, starts_on=DAY, by=ours.applicant, at=AT)

    assert roles_in_case(case, consultant, ours.clock) == {Role.APPLICANT}
    assert may_see_case(case, consultant, ours.clock)
    opened = _open(ours, consultant, ours.organisation)
    assert (opened.applicant, opened.opened_by) == (ours.organisation, kofi)
    act = Act(actor=consultant, clock=ours.clock)
    assert applications.submit(case, act=act, declared=True).state == "submitted"

    revoke_mandate(mandate, by=ours.applicant, at=AT)

    assert roles_in_case(case, consultant, ours.clock) == frozenset()
    assert not may_see_case(case, consultant, ours.clock)
    assert _refused(ours, consultant, ours.organisation) == ["role"]
    with pytest.raises(Refused) as refused:
        applications.withdraw(case, act=act)
    assert refused.value.kind == Refusal.UNSEEN
    case.refresh_from_db()
    assert case.state == "submitted"


def test_a_consultant_whom_the_authority_has_not_let_in_does_not_act_before_it() -> None:
    ours, theirs = two_staffs()
    advice, kofi = _consultant(theirs)
    give_mandate(ours.organisation, mandatary=advice, starts_on=DAY, by=ours.applicant, at=AT)
    consultant = Person(user=kofi, organisation=advice)
    assert _refused(ours, consultant, ours.organisation) == ["not-vetted"]
    assert roles_in_case(drafted(ours), consultant, ours.clock) == frozenset()


def test_who_left_the_consultant_or_names_an_organisation_not_theirs_acts_for_nobody() -> None:
    ours, theirs = two_staffs()
    advice, kofi = _consultant(ours)
    give_mandate(ours.organisation, mandatary=advice, starts_on=DAY, by=ours.applicant, at=AT)
    case = drafted(ours)
    pretending = Person(user=theirs.applicant, organisation=ours.organisation)
    assert roles_in_case(case, pretending, ours.clock) == frozenset()
    assert _refused(ours, pretending, ours.organisation) == ["role"]
    end_membership(kofi.memberships.get(), ends_on=DAY - timedelta(days=1), actor="system", at=AT)
    consultant = Person(user=kofi, organisation=advice)
    assert roles_in_case(case, consultant, ours.clock) == frozenset()
    assert _refused(ours, consultant, ours.organisation) == ["role"]


def test_an_officer_files_for_an_applicant_who_has_not_been_let_in() -> None:
    ours, theirs = two_staffs()
    newcomer = organisation("Newcomer", identification="NEW")
    case = _open(ours, ours.holding(Function.DESK_OFFICER), newcomer)
    assert (case.state, case.applicant) == ("draft", newcomer)
    assert _refused(ours, ours.holding(Function.REVIEWER), newcomer) == ["role"]
    assert _refused(ours, theirs.holding(Function.DESK_OFFICER), newcomer) == ["role"]


def test_a_withdrawn_vetting_is_named_with_its_day_and_what_mends_it() -> None:
    ours, _theirs = two_staffs()
    case, (_office, officer) = drafted(ours), ours.offices[Function.DESK_OFFICER]
    letting_in = ours.organisation.vettings.get(authority=ours.authority)
    withdraw_vetting(letting_in, reasons="Struck off.", by=officer, at=AT)
    assert roles_in_case(case, ours.applying(), ours.clock) == frozenset()

    def told(mend: str) -> None:
        before = Event.objects.exclude(action__endswith=":refused").count()
        with pytest.raises(Refused) as refused:
            applications.submit(case, act=ours.act(), declared=True)
        assert refused.value.kind == Refusal.ROLE
        (reason,) = (one for one in refused.value.reasons if one.code == "vetting-withdrawn")
        assert str(reason) == (
            f"The authority has withdrawn its acceptance of {ours.organisation.name} on "
            "2\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026."
        )
        assert mend in reason.mend_text
        assert "Struck" not in str(Event.objects.values_list("facts", flat=True)), "no words in the trail"
        case.refresh_from_db()
        assert case.state == "draft"
        assert Event.objects.exclude(action__endswith=":refused").count() == before

    told("ask it there anew")
    assert _refused(ours, ours.applying(), ours.organisation) == ["vetting-withdrawn"]
    offered = {option.name: option for option in options(case, ours.applying(), ours.clock)}
    assert [reason.code for reason in offered["submit"].reasons][:1] == ["vetting-withdrawn"]
    again = ask_for_vetting(ours.organisation, authority=ours.authority, by=ours.applicant, at=AT)
    told("wait for its answer")
    decide_vetting(again, outcome=Vetting.Outcome.ACCEPTED, by=officer, at=AT)
    assert roles_in_case(case, ours.applying(), ours.clock) == {Role.APPLICANT}


def test_who_would_have_no_part_in_the_case_anyway_is_told_nothing_of_a_vetting() -> None:
    ours, theirs = two_staffs()
    case, (_office, officer) = drafted(ours), ours.offices[Function.DESK_OFFICER]
    letting_in = ours.organisation.vettings.get(authority=ours.authority)
    withdraw_vetting(letting_in, reasons="Struck off.", by=officer, at=AT)
    for stranger in (theirs.applying(), Person(user=theirs.applicant, organisation=ours.organisation)):
        assert withheld(case, stranger, ours.clock) == {}
    in_office = ours.act(Function.REVIEWER).actor
    assert withheld(case, in_office, ours.clock) == {}
    deactivate_person(ours.applicant, actor="system", at=AT)
    closed = Person(user=User.objects.get(pk=ours.applicant.pk), organisation=ours.organisation)
    assert withheld(case, closed, ours.clock) == {}
