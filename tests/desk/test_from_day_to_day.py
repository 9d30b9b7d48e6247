"""What holds from day to day: offices and entitlements, from the first day to the last, by the date there."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Function, Tenure, User
from accounts.services import create_membership, give_mandate
from authorisation.models import Case
from desk.people.selectors.authorities import offices_in_function
from desk.people.selectors.own_account import parts_of
from desk.recording.selectors import entitlements_of
from desk.selectors.offices import offices_today
from desk.selectors.seen import cases_seen_by
from projects.models import RegistryEntitlement
from tests.accounts.factories import AT, DAY, authority, office, organisation, person, tenure
from tests.authorisation.factories import submitted, two_staffs
from workflow.clock import SetClock

pytestmark = pytest.mark.django_db

# From, until, in days from today; whether it holds today, and whether it is over.
DAYS: list[tuple[int, int | None, bool, bool]] = [
    (-9, -1, False, True),
    (-9, 0, True, False),
    (-9, None, True, False),
    (0, None, True, False),
    (0, 0, True, False),
    (1, None, False, False),
    (1, 9, False, False),
]


def _days(begins: int, ends: int | None) -> tuple[date, date | None]:
    return DAY + timedelta(days=begins), DAY + timedelta(days=ends) if ends is not None else None


@pytest.mark.parametrize(("begins", "ends", "holds", "over"), DAYS)
def test_an_office_is_held_from_its_first_day_to_its_last(
    begins: int, ends: int | None, holds: bool, over: bool
) -> None:
    here, user = authority(), person()
    desk, directing = office(here), office(here, function=Function.DIRECTOR)
    starts_on, ends_on = _days(begins, ends)
    for one in (desk, directing):
        tenure(one, user, starts_on=starts_on, ends_on=ends_on)
    clock = SetClock(AT)
    assert {one.office for one in offices_today(user, clock=clock)} == ({desk, directing} if holds else set())
    assert offices_in_function(user, Function.DIRECTOR, clock=clock) == ([directing] if holds else [])
    parts = parts_of(user, at=AT, language="en")
    assert len(parts.offices) == (0 if over else 2)
    assert (parts.vets, parts.directs) == (holds, holds)


@pytest.mark.parametrize(("begins", "ends", "holds", "_over"), DAYS)
def test_a_registry_is_entitled_from_the_first_day_to_the_last(
    begins: int, ends: int | None, holds: bool, _over: bool
) -> None:
    here, registry = authority(), organisation()
    starts_on, ends_on = _days(begins, ends)
    entitlement = RegistryEntitlement.objects.create(
        authority=here,
        organisation=registry,
        registry="Alpine",
        starts_on=starts_on,
        ends_on=ends_on,
        basis="Agreement 4/2026",
    )
    assert entitlements_of([registry], clock=SetClock(AT)) == ([entitlement] if holds else [])
    assert entitlements_of([organisation("Another", identification="X")], clock=SetClock(AT)) == []


def test_ones_account_names_ones_own_organisations_and_whom_each_acts_for() -> None:
    user, other = person(), person("kofi@example.org")
    stoves, advice, lamps = (
        organisation(name, identification=name) for name in ("Stoves", "Advice", "Lamps")
    )
    since = DAY - timedelta(days=1)
    for one, member in ((stoves, other), (advice, user), (lamps, user), (lamps, other)):
        create_membership(one, person=member, starts_on=since, actor="system", at=AT)
    give_mandate(stoves, mandatary=advice, starts_on=DAY, ends_on=None, by=other, at=AT)
    shown = parts_of(user, at=AT + timedelta(days=2), language="en").organisations
    assert {one.name: one.acts_for for one in shown} == {"Advice": ("Stoves",), "Lamps": ()}


def test_where_it_is_tomorrow_already_an_office_that_ended_today_shows_nothing_any_more() -> None:
    ours, theirs = two_staffs()
    cases = [submitted(of) for of in (ours, theirs)]
    # In the evening at Greenwich it is the next day in the Pacific.
    at = datetime(2026, 3, 2, 20, tzinfo=UTC)
    user = User.objects.create_user("both@example.org", name="Both")
    for of in (ours, theirs):
        tenure(of.offices[Function.SIGNER][0], user, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 2))
    assert Tenure.objects.filter(person=user).count() == Case.objects.count() == 2
    assert list(cases_seen_by(user, clock=SetClock(at))) == cases[:1]
    assert set(cases_seen_by(user, clock=SetClock(at - timedelta(hours=12)))) == set(cases)
