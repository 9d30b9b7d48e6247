"""An authorisation passes to another organisation: who may do and read what before, after, and meanwhile."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Function
from accounts.services import withdraw_vetting
from authorisation.concerned import concerned_by, told_of
from authorisation.guards.conflicts import people_out
from authorisation.models import Authorisation, Case, Entry
from authorisation.permissions import may_see_authorisation, may_see_case, roles_in_case
from authorisation.planned import plan_of
from authorisation.services import acts, applications, decisions
from tests.authorisation.factories import Staff, another_holder, concluded, recommended, two_staffs
from tests.authorisation.standing import carried_out, decided, lines, opened, planned, reviewable
from tests.authorisation.test_outcomes import authorised
from tests.desk.api.calling import get, token_of
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

OFFICER = Function.DESK_OFFICER


@pytest.fixture
def ours() -> Staff:
    return two_staffs()[0]


@pytest.fixture
def standing(ours: Staff) -> Authorisation:
    return authorised(ours)


@pytest.fixture
def next_(ours: Staff) -> Staff:
    """The organisation that takes over, with its person."""
    return another_holder(ours)


def fresh(standing: Authorisation) -> Authorisation:
    return Authorisation.objects.get(pk=standing.pk)


def refused(act: Any) -> list[str]:
    """The codes of a refusal that opened nothing, moved nothing and passed nothing on."""
    before = Case.objects.count(), Entry.objects.count(), Authorisation.objects.get().holder
    with pytest.raises(Refused) as refusal:
        act()
    assert (Case.objects.count(), Entry.objects.count(), Authorisation.objects.get().holder) == before
    return [reason.code for reason in refusal.value.reasons]


def test_the_new_holder_may_what_the_earlier_could_and_the_earlier_keeps_its_history(
    ours: Staff, standing: Authorisation, next_: Staff
) -> None:
    earlier = carried_out(ours, standing, planned("clarification", text="So."))
    before = lines(earlier)
    assert not may_see_authorisation(earlier, next_.applying(), ours.clock)
    assert refused(lambda: opened(next_, earlier, planned("surrender"))) == ["not-found"]

    found = carried_out(ours, earlier, planned("transfer_of_holder", to="Second Owner"))

    assert (found.holder, found.current_version, lines(found)) == (next_.organisation, 3, before)
    assert may_see_authorisation(found, next_.applying(), ours.clock)
    assert refused(lambda: opened(ours, found, planned("surrender"))) == ["not-found"]
    passed_on = Case.objects.get(kind="transfer_of_holder")
    for case in Case.objects.exclude(pk=passed_on.pk):
        assert may_see_case(case, ours.applying(), ours.clock)
        assert not may_see_case(case, next_.applying(), ours.clock), "what is over stays with who asked"
    assert may_see_case(passed_on, ours.applying(), ours.clock)
    assert may_see_case(passed_on, next_.applying(), ours.clock)
    assert told_of(passed_on) == {ours.organisation.pk, next_.organisation.pk}
    asked = opened(next_, found, planned("surrender"))
    assert asked.applicant == next_.organisation
    assert not may_see_case(asked, ours.applying(), ours.clock)
    assert carried_out(next_, found, planned("clarification", text="Thus.")).current_version == 4


def test_before_its_letter_the_authorisation_stays_where_it_is(
    ours: Staff, standing: Authorisation, next_: Staff
) -> None:
    case = decided(ours, standing, planned("transfer_of_holder", to="second owner"))
    assert getattr(plan_of(case), "organisation", None) == next_.organisation.public_id
    assert fresh(standing).holder == ours.organisation
    assert concerned_by(case) == ours.organisation
    assert concluded(ours, case).holder == next_.organisation


@pytest.mark.parametrize(
    ("plan", "codes"),
    [
        ({"to": "Nobody"}, ["holder-unknown"]),
        ({"to": "Nobody", "organisation": str(uuid4())}, ["holder-unknown"]),
        ({"to": "Stoves of GHA"}, ["nothing-changes"]),
        ({"to": "Twice"}, ["holder-ambiguous"]),
    ],
)
def test_to_whom_it_cannot_pass(
    ours: Staff, standing: Authorisation, plan: dict[str, Any], codes: list[str]
) -> None:
    another_holder(ours, "Twice")
    twin = another_holder(ours, "Twice B").organisation
    type(twin).objects.filter(pk=twin.pk).update(name="Twice")
    assert refused(lambda: opened(ours, standing, planned("transfer_of_holder", **plan))) == codes


def test_where_the_authority_takes_its_acceptance_back_before_the_decision_nothing_passes(
    ours: Staff, standing: Authorisation, next_: Staff
) -> None:
    case = recommended(
        ours, reviewable(ours, opened(ours, standing, planned("transfer_of_holder", to="Second Owner")))
    )
    vetting = next_.organisation.vettings.get()
    officer = ours.offices[OFFICER][1]
    withdraw_vetting(vetting, by=officer, reasons="It was dissolved.", at=ours.clock.now())
    act = ours.act(Function.DECIDER)
    assert refused(lambda: decisions.approve(case, act=act)) == ["holder-unknown"]


def test_a_case_that_is_open_meanwhile_goes_on_with_the_new_holder(
    ours: Staff, standing: Authorisation, next_: Staff
) -> None:
    heard = opened(ours, standing, planned("revocation"), OFFICER)
    heard = acts.serve_notice(heard, act=ours.act(OFFICER))
    asked = opened(ours, standing, planned("top_up", volumes={2026: 1}))
    carried_out(ours, standing, planned("transfer_of_holder", to="Second Owner"))
    heard, asked = Case.objects.get(pk=heard.pk), Case.objects.get(pk=asked.pk)
    for case in (heard, asked):
        assert concerned_by(case) == next_.organisation
        assert told_of(case) == {next_.organisation.pk}
        assert roles_in_case(case, next_.applying(), ours.clock) == {"applicant"}
        assert roles_in_case(case, ours.applying(), ours.clock) == frozenset()
        assert may_see_case(case, next_.applying(), ours.clock)
        assert may_see_case(case, ours.applying(), ours.clock), "the earlier one reads on"
        assert {next_.applicant.pk, ours.applicant.pk} <= set(people_out(case))
    say = "We hold it now, and the meters are read."
    assert refused(lambda: acts.hear(heard, act=ours.act(), statement=say)) == ["role"]
    assert acts.hear(heard, act=next_.act(), statement=say).state == "in_review"
    assert refused(lambda: applications.submit(asked, act=ours.act(), declared=True)) == ["role"]
    assert applications.submit(asked, act=next_.act(), declared=True).state == "submitted"


def test_programs_of_the_new_holder_read_it_and_those_of_the_earlier_their_cases_alone(
    ours: Staff, standing: Authorisation, next_: Staff
) -> None:
    address = f"authorisations/{standing.identifier}"
    theirs = token_of(ours.organisation, ours.applicant)
    new = token_of(next_.organisation, next_.applicant)
    assert [get(address, secret).status_code for secret in (theirs, new)] == [200, 404]
    carried_out(ours, standing, planned("transfer_of_holder", to="Second Owner"))
    assert [get(address, secret).status_code for secret in (theirs, new)] == [404, 200]
    kinds = [
        sorted(one["kind"] for one in get("cases", secret).json()["results"]) for secret in (theirs, new)
    ]
    assert kinds == [["consolidated", "transfer_of_holder"], ["transfer_of_holder"]]
