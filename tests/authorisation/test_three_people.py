"""A small authority: an officer who also reviews, a director who decides, a minister who signs."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from accounts.models import Authority, Function, Office, SetUpCode, User, Vetting
from accounts.services import (
    appoint,
    appoint_deputy,
    ask_for_vetting,
    create_membership,
    decide_vetting,
)
from authorisation import proposals
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.models.decisions import Outcome
from authorisation.selectors import Ability, stuck, who_can_act
from authorisation.services import applications, decisions, desk, reviews
from authorisation.verdicts import Verdict
from letters import services as letters
from tests.accounts.factories import AT, DAY, authority, office, organisation, person, tenure
from tests.authorisation.bodies import COMMITTEE, ONE, act_of, under
from tests.authorisation.factories import content, letter_of
from workflow import outbox
from workflow.actors import Person
from workflow.clock import SetClock, today
from workflow.door import Act
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)

F = Function


@dataclass(frozen=True, kw_only=True)
class Small:
    """Three people and their offices, an applicant, and a clock."""

    authority: Authority
    officer: User
    director: User
    minister: User
    offices: dict[Function, Office]
    clock: SetClock
    applying: Person

    def act(self, function: Function, who: User) -> Act:
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        return act_of((self.offices[function], who), self.clock)

    def applicants(self) -> Act:
        self.clock.move_to(self.clock.now() + timedelta(hours=1))
        return Act(actor=self.applying, clock=self.clock)

    def deputy(self, function: Function, *, of: User, deputy: User) -> None:
        """Appoints a deputy for two months. Nobody appoints themself: for that there is a second director."""
        held = self.offices[function].tenures.get(person=of, deputy_of=None)
        by = self.second if deputy == self.director else self.director
        appoint_deputy(
            held,
            person=deputy,
            starts_on=DAY,
            ends_on=DAY + timedelta(days=60),
            by=by,
            at=self.clock.now(),
        )
        self.confirm(deputy)

    def confirm(self, who: User) -> None:
        """The person has shown that the second factor is theirs, as whoever gets a decisive office must."""
        codes = SetUpCode.objects.filter(person=who, redeemed_at=None, replaced_at=None)
        codes.update(redeemed_at=self.clock.now())

    @property
    def second(self) -> User:
        """A second holder of the director's office, from the ministry, who does nothing in any case."""
        found = self.offices[F.DIRECTOR].tenures.exclude(person=self.director).first()
        if found is not None:
            return found.person
        other = person(f"second@{self.authority.slug}.example", name="Second Director")
        tenure(self.offices[F.DIRECTOR], other)
        return other

    def stuck(self, case: Case) -> list[tuple[str, list[str]]]:
        found: tuple[Ability, ...] = stuck(
            who_can_act(Case.objects.get(pk=case.pk), on=today(self.authority, self.clock))
        )
        return [(one.step, [reason.code for reason in one.reasons]) for one in found]


@pytest.fixture
def small() -> Small:
    ours, _theirs = authority("GHA"), authority("VUT", time_zone="Pacific/Efate")
    people = {
        name: person(f"{name}@gha.example", name=name.title()) for name in ("officer", "director", "minister")
    }
    holders = {
        F.DESK_OFFICER: "officer",
        F.REVIEWER: "officer",
        F.DECIDER: "director",
        F.DIRECTOR: "director",
        F.SIGNER: "minister",
    }
    offices = {}
    for function, name in holders.items():
        offices[function] = office(ours, function=function, body=ONE.code if function == F.REVIEWER else "")
        tenure(offices[function], people[name])
    stoves = organisation("Stoves", identification="S-1")
    applicant = person("applicant@stoves.example", name="Afi")
    create_membership(stoves, person=applicant, starts_on=DAY - timedelta(days=1), actor="system", at=AT)
    asked = ask_for_vetting(stoves, authority=ours, by=applicant, at=AT)
    decide_vetting(asked, outcome=Vetting.Outcome.ACCEPTED, by=people["officer"], at=AT)
    return Small(
        authority=ours,
        offices=offices,
        clock=SetClock(AT),
        applying=Person(user=applicant, organisation=stoves),
        **people,
    )


def submitted(of: Small) -> Case:
    organisation_ = of.applying.organisation
    assert organisation_ is not None
    case = applications.open_case(
        act=of.applicants(),
        authority=of.authority,
        kind=Kind.CONSOLIDATED,
        applicant=organisation_,
        content=content(),
    )
    return applications.submit(case, act=of.applicants(), declared=True)


def reviewed(of: Small, case: Case, *, desk_officer: User, reviewer: User) -> Case:
    case = desk.accept(case, act=of.act(F.DESK_OFFICER, desk_officer))
    act = of.act(F.REVIEWER, reviewer)
    case = reviews.give_opinion(case, act=act, verdict=Verdict.FAVOURABLE, reasons="It holds.")
    return desk.recommend(
        case,
        act=of.act(F.DESK_OFFICER, desk_officer),
        outcome=Outcome.APPROVE,
        reasons="As reviewed.",
        answers={finding.rule: "Seen." for finding in proposals.findings_on_request(case)},
    )


def issued(of: Small, case: Case, *, signer: User) -> Case:
    outbox.deliver_due()
    letter = letter_of(case)
    letters.consent(letter, act=of.act(F.SIGNER, signer), digest=letter.unsigned_sha256)
    outbox.deliver_due()
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("absent", ["nobody", "officer", "director", "minister"])
def test_a_case_goes_all_the_way_with_three_people_of_whom_one_is_absent(small: Small, absent: str) -> None:
    officer, director, minister = small.officer, small.director, small.minister
    if absent == "officer":
        officer = small.minister
        for function in (F.DESK_OFFICER, F.REVIEWER):
            small.deputy(function, of=small.officer, deputy=officer)
    elif absent == "director":
        director = small.minister
        small.deputy(F.DECIDER, of=small.director, deputy=director)
    elif absent == "minister":
        minister = small.director
        small.deputy(F.SIGNER, of=small.minister, deputy=minister)
    with under(ONE):
        case = submitted(small)
        assert small.stuck(case) == []
        case = reviewed(small, case, desk_officer=officer, reviewer=officer)
        assert small.stuck(case) == []
        case = decisions.approve(case, act=small.act(F.DECIDER, director))
        assert case.recommendations.get().person != case.decisions.get().person
        assert small.stuck(case) == []
        assert issued(small, case, signer=minister).state == "granted"


def four_eyes(case: Case, act: Act) -> list[str]:
    before = Case.objects.get(pk=case.pk).version
    with pytest.raises(Refused) as caught:
        decisions.approve(case, act=act)
    assert Case.objects.get(pk=case.pk).version == before
    assert not case.decisions.exists()
    assert all(reason.mend_text for reason in caught.value.reasons)
    return [reason.code for reason in caught.value.reasons]


def test_whoever_recommended_as_a_deputy_does_not_decide_and_nor_does_their_principal(small: Small) -> None:
    """The director recommends in the officer's stead: neither of them decides, nor a deputy of theirs."""
    for function in (F.DESK_OFFICER, F.REVIEWER):
        small.deputy(function, of=small.officer, deputy=small.director)
    with under(ONE):
        case = reviewed(small, submitted(small), desk_officer=small.director, reviewer=small.director)
        assert four_eyes(case, small.act(F.DECIDER, small.director)) == ["four-eyes"]
        assert small.stuck(case) == [("approve", ["all-recommended"])]
        small.deputy(F.DECIDER, of=small.director, deputy=small.minister)
        assert four_eyes(case, small.act(F.DECIDER, small.minister)) == ["four-eyes-deputy"]
        assert small.stuck(case) == [("approve", ["all-recommended"])]
        tenure(small.offices[F.DECIDER], small.officer)
        assert four_eyes(case, small.act(F.DECIDER, small.officer)) == ["four-eyes"]
        appoint(
            small.offices[F.DECIDER],
            person=small.minister,
            starts_on=DAY + timedelta(days=61),
            by=small.director,
            at=small.clock.now(),
        )
        small.confirm(small.minister)
        # The deputyship is over, and the minister holds the office in their own right.
        small.clock.move_to(small.clock.now() + timedelta(days=62))
        assert small.stuck(case) == []
        assert decisions.approve(case, act=small.act(F.DECIDER, small.minister)).state == "letter_due"


def test_a_case_that_nobody_can_move_says_why_and_what_mends_it(small: Small) -> None:
    with under(ONE):
        case = desk.accept(submitted(small), act=small.act(F.DESK_OFFICER, small.officer))
        case = reviews.recuse(case, act=small.act(F.REVIEWER, small.officer), reasons="My brother applies.")
        assert small.stuck(case) == [("give_opinion", ["body-out"]), ("recommend", ["all-in-conflict"])]
        for one in stuck(who_can_act(case, on=today(small.authority, small.clock))):
            for reason in one.reasons:
                assert "director appoint" in reason.mend_text
                assert "%(" not in f"{reason}{reason.mend_text}"
        act = small.act(F.DIRECTOR, small.director)
        case = reviews.appoint_ad_hoc(
            case, act=act, body=ONE.code, person=small.minister, reasons="In her place."
        )
        small.deputy(F.DESK_OFFICER, of=small.officer, deputy=small.minister)
        assert small.stuck(case) == []
        act = small.act(F.SIGNER, small.minister)
        case = reviews.give_opinion(case, act=act, verdict=Verdict.FAVOURABLE, reasons="It holds.")
        assert small.stuck(case) == []


def test_a_body_without_chair_or_quorum_is_stuck(small: Small) -> None:
    body = replace(COMMITTEE, code=ONE.code)
    with under(body):
        case = desk.accept(submitted(small), act=small.act(F.DESK_OFFICER, small.officer))
        assert small.stuck(case) == [("give_opinion", ["quorum-impossible", "no-chair"])]


def test_an_empty_office_is_named(small: Small) -> None:
    with under(ONE):
        case = reviewed(small, submitted(small), desk_officer=small.officer, reviewer=small.officer)
        small.offices[F.DECIDER].tenures.update(ends_on=DAY)
        small.clock.move_to(small.clock.now() + timedelta(days=3))
        assert small.stuck(case) == [("approve", ["office-empty"])]


# -- a part of the State applies --------------------------------------------------------------------


def state_part(of: Small, *, unit: str) -> None:
    """The authority marks the applicant as a part of the State, with the unit that it belongs to."""
    found = of.applying.organisation
    assert found is not None
    Vetting.objects.filter(organisation=found, authority=of.authority).update(of_the_state=True, unit=unit)


def test_the_state_may_apply_to_its_own_authority_and_its_unit_does_not_act(small: Small) -> None:
    applicant = small.applying.organisation
    assert applicant is not None
    create_membership(applicant, person=small.officer, starts_on=DAY, actor="system", at=AT)
    with under(ONE):
        case = submitted(small)
        assert small.stuck(case) == [("accept", ["all-in-conflict"])]
        state_part(small, unit="climate finance")
        assert small.stuck(case) == []
        unit = office(small.authority, function=F.DESK_OFFICER, body="climate finance")
        tenure(unit, small.minister)
        with pytest.raises(Refused) as caught:
            desk.accept(case, act=act_of((unit, small.minister), small.clock))
        (reason,) = caught.value.reasons
        assert str(reason) == "You hold, or held, an office of the unit that applies here."
        assert desk.accept(case, act=small.act(F.DESK_OFFICER, small.officer)).state == "in_review"


def test_who_acted_for_the_part_of_the_state_does_not_act_for_the_authority(small: Small) -> None:
    state_part(small, unit="")
    tenure(small.offices[F.DESK_OFFICER], small.applying.user)
    with under(ONE):
        case = submitted(small)
        with pytest.raises(Refused) as caught:
            desk.accept(case, act=small.act(F.DESK_OFFICER, small.applying.user))
        assert [str(reason) for reason in caught.value.reasons] == [
            "You acted for the part of the State that applies here."
        ]
        assert desk.accept(case, act=small.act(F.DESK_OFFICER, small.officer)).state == "in_review"
