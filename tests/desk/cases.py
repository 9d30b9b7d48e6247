"""Cases for the tests of pages: opened and carried out by the use-cases themselves."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from accounts.models import Authority, Function, Organisation, Tenure, User
from accounts.services import create_membership
from authorisation.kinds import Initiative, Kind
from authorisation.models import Application, Case
from authorisation.procedures import BUILT_IN
from authorisation.services import applications
from desk.demonstration import example_cases
from desk.walkthrough import carry_out
from letters.models import Letter
from tests.accounts import factories
from workflow.actors import Person
from workflow.clock import SetClock
from workflow.door import Act

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FROM = date(2021, 1, 1)
PASSWORD = "a password of twelve signs"


def clock(at: datetime = AT) -> SetClock:
    return SetClock(at, simulated=False)


def with_password(person: User) -> User:
    person.set_password(PASSWORD)
    person.save()
    return person


@dataclass(frozen=True, kw_only=True)
class World:
    """Two authorities with an officer each; two organisations with a member each.

    Neither authority is one of those that the carried-out examples bring with them.
    """

    here: Authority
    there: Authority
    officer: User
    officer_there: User
    stoves: Organisation
    forests: Organisation
    member: User
    member_of_forests: User
    stranger: User


def world() -> World:
    here = factories.authority("KEN", time_zone="Africa/Nairobi")
    there = factories.authority("VUT", time_zone="Pacific/Efate")
    people = {
        name: with_password(factories.person(f"{name}@example.org", name=name.capitalize()))
        for name in ("officer", "elsewhere", "member", "forester", "stranger")
    }
    for authority, officer in ((here, people["officer"]), (there, people["elsewhere"])):
        desk = factories.office(authority, function=Function.DESK_OFFICER)
        factories.tenure(desk, officer, starts_on=FROM)
    stoves = factories.organisation("Stoves Ltd", identification="C-1")
    forests = factories.organisation("Forests Ltd", identification="C-2")
    for organisation, member in ((stoves, people["member"]), (forests, people["forester"])):
        create_membership(organisation, person=member, starts_on=FROM, actor="system", at=AT)
        for authority, officer in ((here, people["officer"]), (there, people["elsewhere"])):
            factories.vetted(organisation, authority, member=member, officer=officer)
    return World(
        here=here,
        there=there,
        officer=people["officer"],
        officer_there=people["elsewhere"],
        stoves=stoves,
        forests=forests,
        member=people["member"],
        member_of_forests=people["forester"],
        stranger=people["stranger"],
    )


def draft(authority: Authority, organisation: Organisation, member: User, *, title: str) -> Case:
    act = Act(actor=Person(user=member, organisation=organisation), clock=clock())
    content = {
        "activity": {"title": title},
        "entities": [{"name": organisation.name, "country": "GHA", "roles": ["applicant"]}],
    }
    return applications.open_case(
        act=act, authority=authority, kind=Kind.CONSOLIDATED, applicant=organisation, content=content
    )


def submitted(authority: Authority, organisation: Organisation, member: User, *, title: str) -> Case:
    case = draft(authority, organisation, member, title=title)
    act = Act(actor=Person(user=member, organisation=organisation), clock=clock())
    return applications.submit(case, act=act, declared=True)


def many_drafts(authority: Authority, organisation: Organisation, member: User, *, count: int) -> None:
    """Rows as `draft` makes them, at once and without their trail: for counting queries."""
    begun = Case.objects.count()
    cases = Case.objects.bulk_create(
        Case(
            authority=authority,
            reference=f"X-2026-{begun + number:04d}",
            kind=Kind.CONSOLIDATED,
            initiative=Initiative.ASKED_FOR,
            applicant=organisation,
            opened_by=member,
            opened_on=AT.date(),
            procedure_version=BUILT_IN.version,
            waiting_since=AT,
        )
        for number in range(1, count + 1)
    )
    Application.objects.bulk_create(
        Application(case=case, content={"activity": {"title": case.reference}}, saved_at=AT) for case in cases
    )


def carried_out(name: str) -> Case:
    """An example case taken through its whole life, up to its issued letter."""
    (file,) = (file for file in example_cases() if file.id == name)
    journey = carry_out(file)
    assert journey.refusals == []
    assert journey.case is not None
    return journey.case


def officer_of(case: Case) -> User:
    """The desk officer of a carried-out case's authority."""
    tenure = Tenure.objects.get(office__authority=case.authority, office__function=Function.DESK_OFFICER)
    return tenure.person


def letter_of(case: Case) -> Letter:
    return Letter.objects.filter(case=case).latest("pk")
