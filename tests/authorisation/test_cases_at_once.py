"""First submissions of one activity, and appeals against one decision, made at the same time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Function
from accounts.services import create_membership
from authorisation.models import Case
from authorisation.services import appeals, applications
from projects.models import Activity, CooperativeApproach
from tests.accounts.factories import AT, DAY, organisation, person, vetted
from tests.authorisation.at_once import at_once
from tests.authorisation.factories import Staff, content, drafted, refused, two_staffs
from workflow.door import Act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ours() -> Staff:
    staff, _theirs = two_staffs()
    return staff


def another_applicant(of: Staff, number: int) -> Staff:
    """The same authority with another organisation, let in as the first was."""
    applying = organisation(f"Applicant {number}", country="GHA", identification=f"A-{number}")
    applicant = person(f"applicant-{number}@gha.example")
    create_membership(applying, person=applicant, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    vetted(applying, of.authority, member=applicant, officer=of.offices[Function.DESK_OFFICER][1])
    return replace(of, organisation=applying, applicant=applicant)


def submitting(case: Case, act: Act) -> Callable[[], object]:
    return lambda: applications.submit(Case.objects.get(pk=case.pk), act=act, declared=True)


@pytest.mark.parametrize("registry_id", ["MA-77", None], ids=["numbered", "known by its title"])
def test_first_submissions_of_one_activity_at_once_register_it_once(
    ours: Staff, registry_id: str | None
) -> None:
    """Each by another organisation: who acts is held until it is done, and would stand in line."""
    said = content(activity={"registry_id": registry_id})
    applicants = [ours, *(another_applicant(ours, number) for number in range(3))]
    cases = [drafted(of, said) for of in applicants]

    found = at_once(*(submitting(case, of.act()) for case, of in zip(cases, applicants, strict=True)))

    assert found == [[], [], [], []]
    activity, approach = Activity.objects.get(), CooperativeApproach.objects.get()
    for case in Case.objects.all():
        assert (case.state, case.activity, case.approach) == ("submitted", activity, approach)
    assert activity.entity_roles.count() == 3


def test_of_two_appeals_at_once_one_is_opened(ours: Staff) -> None:
    earlier = refused(ours)
    before = Case.objects.count()
    acts = [ours.act() for _appeal in range(4)]

    def appealing(act: Act) -> Callable[[], object]:
        case = Case.objects.get(pk=earlier.pk)
        return lambda: appeals.open_appeal(case, act=act, grounds="It was misread.")

    found = at_once(*(appealing(act) for act in acts))

    assert sorted(found) == [[], ["appealed-already"], ["appealed-already"], ["appealed-already"]]
    assert Case.objects.count() == before + 1
