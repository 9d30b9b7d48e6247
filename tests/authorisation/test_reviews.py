"""Reviews: votes and the opinion that follows, recusal, members for one case, what is said anew."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Function, Office, User
from accounts.services import create_membership
from audit.models import Event
from authorisation import proposals
from authorisation.models import AdHocMember, Case, Opinion, Recusal, Reopening, Vote
from authorisation.models.decisions import Outcome
from authorisation.procedures.shape import Majority, Silence
from authorisation.reviews import Review, reviews_of, standing_opinions
from authorisation.services import applications, decisions, desk, reviews
from authorisation.verdicts import Verdict
from authorisation.votes import Tally
from tests.accounts.factories import AT, DAY, person
from tests.authorisation.bodies import COMMITTEE, ONE, SHEET, Sitting, act_of, sitting, under
from tests.authorisation.factories import (
    Staff,
    content,
    holder,
    in_decision,
    in_review,
    recommended,
    two_staffs,
)
from workflow.clock import today
from workflow.door import options
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db(transaction=True)

F, C, U, A = Verdict.FAVOURABLE, Verdict.WITH_CONDITIONS, Verdict.UNFAVOURABLE, Verdict.ABSTAIN


@pytest.fixture
def ours() -> Iterator[Staff]:
    """Where nothing else is said, a body of one reviews."""
    staff, _theirs = two_staffs()
    with under(ONE):
        yield staff


@pytest.fixture
def committee(ours: Staff) -> Iterator[Sitting]:
    """A committee of five, of which three must vote; every case here goes to it alone."""
    with under(COMMITTEE):
        yield sitting(ours, COMMITTEE, members=4)


def state_of(case: Case) -> tuple[Any, ...]:
    """All that an act could have changed."""
    case = Case.objects.get(pk=case.pk)
    written = [model.objects.count() for model in (Vote, Opinion, Recusal, AdHocMember, Reopening)]
    return (case.state, case.version, *written, Event.objects.exclude(action__endswith=":refused").count())


def refused(case: Case, act: Callable[[], object]) -> Refused:
    """The refusal of an act; nothing has changed."""
    before = state_of(case)
    with pytest.raises(Refused) as caught:
        act()
    assert state_of(case) == before
    for reason in caught.value.reasons:
        assert "%(" not in f"{reason}{reason.mend_text}"
    return caught.value


def codes(case: Case, act: Callable[[], object]) -> list[str]:
    return [reason.code for reason in refused(case, act).reasons]


def review_of(case: Case, of: Staff) -> Review:
    (review,) = reviews_of(case, on=today(of.authority, of.clock))
    return review


def voted(case: Case, of: Sitting, *verdicts: Verdict) -> Case:
    for who, verdict in zip(of.everybody, verdicts, strict=False):
        case = of.vote(case, who, verdict)
    return case


# -- votes and the opinion -------------------------------------------------------------------------


def test_the_opinion_of_a_body_is_what_its_votes_come_to(committee: Sitting, ours: Staff) -> None:
    case = voted(in_review(ours), committee, F, F, C)
    case = committee.conclude(case, C)
    opinion = case.opinions.get()
    assert (opinion.body, opinion.verdict, opinion.minutes) == ("committee", C, "Met on Monday.")
    assert str(Tally.from_json(opinion.counted)) == (
        "3 of 5 members voted, the quorum is 3; 2 favourable, 1 with conditions, 0 unfavourable, "
        "0 abstained: favourable with conditions by simple majority."
    )
    assert opinion.office == committee.chair[0]
    assert case.state == "in_review"
    assert [vote.verdict for vote in case.votes.all()] == [F, F, C]


def test_without_quorum_minutes_or_the_right_verdict_nothing_is_concluded(
    committee: Sitting, ours: Staff
) -> None:
    case = voted(in_review(ours), committee, F, F)
    assert codes(case, lambda: committee.conclude(case, F)) == ["quorum"]
    case = committee.vote(case, committee.members[1], U)
    assert codes(case, lambda: committee.conclude(case, U)) == ["verdict-differs"]
    assert codes(case, lambda: committee.conclude(case, F, minutes=" ")) == ["minutes-missing"]
    assert codes(case, lambda: committee.conclude(case, F, reasons=" ")) == ["reasons-missing"]
    unknown = committee.conclude
    assert codes(case, lambda: unknown(case, F, minutes="", minutes_document="ab" * 32)) == [
        "minutes-missing"
    ]
    assert committee.conclude(case, F).opinions.count() == 1


def test_only_the_chair_records_the_opinion_and_only_members_vote(committee: Sitting, ours: Staff) -> None:
    case = voted(in_review(ours), committee, F, F, F)
    member = committee.members[0]
    act = committee.act(member)
    refusal = refused(
        case,
        lambda: reviews.give_opinion(case, act=act, verdict=F, reasons="All for it.", minutes="We met."),
    )
    assert refusal.kind is Kind.ROLE
    assert "chair of a reviewing body" in str(refusal.reasons[0])
    for function in (Function.DESK_OFFICER, Function.REVIEWER, Function.DECIDER, Function.DIRECTOR):
        act = ours.act(function)
        assert (
            refused(case, lambda act=act: reviews.vote(case, act=act, verdict=F, reasons="For.")).kind  # type: ignore[misc]
            is Kind.ROLE
        )


def test_a_member_may_vote_again_until_the_body_has_concluded(committee: Sitting, ours: Staff) -> None:
    case = voted(in_review(ours), committee, F, F, U)
    case = committee.vote(case, committee.members[1], C)
    assert [vote.verdict for vote in review_of(case, ours).votes] == [F, F, C]
    assert case.votes.count() == 4
    case = committee.conclude(case, C)
    assert codes(case, lambda: committee.vote(case, committee.members[2], U)) == ["concluded"]
    assert codes(case, lambda: committee.conclude(case, C)) == ["concluded"]


def test_the_chair_concludes_on_the_votes_that_were_seen(committee: Sitting, ours: Staff) -> None:
    case = voted(in_review(ours), committee, F, F, F)
    case = committee.vote(case, committee.members[2], C)
    assert codes(case, lambda: committee.conclude(case, F, votes_seen=3)) == ["votes-changed"]
    assert committee.conclude(case, C, votes_seen=4).opinions.count() == 1


def test_votes_of_others_make_no_vote_stale_and_a_changed_application_does(
    committee: Sitting, ours: Staff
) -> None:
    case = in_review(ours)
    committee.vote(case, committee.chair, F, read=1)
    committee.vote(case, committee.members[0], F, read=1)
    case = desk.ask(
        case, act=ours.act(Function.DESK_OFFICER), questions=[("activity.methodology", "Which one?")]
    )
    changed = content(activity={"methodology": "Metered stoves, second edition"})
    applications.save_application(case, act=ours.act(), content=changed)
    case = applications.answer(case, act=ours.act())
    assert codes(case, lambda: committee.vote(case, committee.members[1], F, read=1)) == ["version-changed"]
    assert committee.vote(case, committee.members[1], F, read=2).votes.count() == 3


def test_a_vote_gives_reasons_and_answers_the_required_questions_of_the_sheet(ours: Staff) -> None:
    body = replace(COMMITTEE, sheet=SHEET)
    with under(body):
        of = sitting(ours, body, members=4)
        case = in_review(ours)
        act = of.act(of.chair)
        assert codes(case, lambda: reviews.vote(case, act=act, verdict=F, reasons=" ")) == [
            "reasons-missing",
            "sheet-open",
        ]
        answers = {"additionality": ("perhaps", "")}
        assert codes(case, lambda: of.vote(case, of.chair, F, sheet=answers)) == ["sheet-open"]
        case = of.vote(case, of.chair, F, sheet={"additionality": ("yes", " Shown. "), "unknown": ("no", "")})
        assert case.votes.get().sheet == {"additionality": ["yes", "Shown."]}


def test_the_sheet_of_a_body_of_one_belongs_to_its_opinion(ours: Staff) -> None:
    body = replace(COMMITTEE, code=ONE.code, members=1, quorum=1, sheet=SHEET)
    with under(body):
        case = in_review(ours)
        act = ours.act(Function.REVIEWER)

        def give(**options: Any) -> Case:
            return reviews.give_opinion(case, act=act, verdict=F, reasons="It holds.", **options)

        assert codes(case, give) == ["sheet-open"]
        assert codes(case, lambda: reviews.vote(case, act=act, verdict=F, reasons="For."))[:1] == ["role"]
        case = give(sheet={"additionality": ("no", "Not shown."), "renewal": ("not_applicable", "")})
        assert case.opinions.get().sheet == {
            "additionality": ["no", "Not shown."],
            "renewal": ["not_applicable", ""],
        }
        assert case.opinions.get().counted == {}


def test_the_casting_vote_of_the_chair_decides_a_tie_where_the_procedure_says_so(ours: Staff) -> None:
    for casting, verdict in ((False, U), (True, F)):
        body = replace(COMMITTEE, code=f"body{casting}".lower(), quorum=2, casting_vote=casting)
        with under(body):
            of = sitting(ours, body, members=4)
            case = voted(in_review(ours), of, F, U)
            assert of.conclude(case, verdict).opinions.get().verdict == verdict


def test_a_deputy_votes_for_the_seat_of_the_member_in_whose_stead_they_sit(
    committee: Sitting, ours: Staff
) -> None:
    held, member = committee.members[0]
    deputy = stand_in(held, member, ours, "stand-in")
    case = committee.vote(in_review(ours), (held, deputy), U)
    assert len(review_of(case, ours).seats) == 5
    case = committee.vote(case, (held, member), F)
    (vote,) = review_of(case, ours).votes
    assert (vote.seat, vote.person, vote.verdict) == (member, member, F)


def test_a_member_who_is_also_a_deputy_has_one_vote(committee: Sitting, ours: Staff) -> None:
    (held, first), (_held, second) = committee.members[:2]
    own = held.tenures.get(person=first)
    held.tenures.create(person=second, starts_on=DAY, ends_on=DAY + timedelta(days=30), deputy_of=own)
    case = committee.vote(in_review(ours), (held, second), F)
    case = committee.vote(case, (held, second), U)
    (vote,) = review_of(case, ours).votes
    assert (vote.seat, vote.verdict) == (second, U)


def stand_in(held: Office, member: User, of: Staff, name: str) -> User:
    """Somebody who holds an office in the stead of another for a month."""
    deputy = person(f"{name}@{of.authority.slug}.example", name=name.title())
    principal = held.tenures.get(person=member)
    held.tenures.create(person=deputy, starts_on=DAY, ends_on=DAY + timedelta(days=30), deputy_of=principal)
    return deputy


# -- conflicts and members for one case ------------------------------------------------------------


def test_who_declares_a_conflict_is_out_and_counts_nowhere(committee: Sitting, ours: Staff) -> None:
    case = voted(in_review(ours), committee, F, U)
    out = committee.members[0]
    assert codes(case, lambda: reviews.recuse(case, act=committee.act(out), reasons=" ")) == [
        "reasons-missing"
    ]
    case = reviews.recuse(case, act=committee.act(out), reasons="My sister works for the applicant.")
    review = review_of(case, ours)
    assert (len(review.seats), set(review.out)) == (4, {out[1].pk})
    assert [vote.verdict for vote in review.votes] == [F]
    assert review.counted.members == 4
    assert codes(case, lambda: committee.vote(case, out, U)) == ["recused", "no-seat"]
    assert codes(case, lambda: reviews.recuse(case, act=committee.act(out), reasons="Again.")) == [
        "recused-already"
    ]
    assert "The director can appoint" not in str(options(case, committee.act(out).actor, ours.clock))


def test_who_belongs_to_the_applicant_is_out_without_saying_so(committee: Sitting, ours: Staff) -> None:
    create_membership(ours.organisation, person=committee.members[0][1], starts_on=DAY, actor="system", at=AT)
    case = in_review(ours)
    assert len(review_of(case, ours).seats) == 4
    assert codes(case, lambda: committee.vote(case, committee.members[0], F)) == [
        "conflict-of-interest",
        "no-seat",
    ]


def test_the_director_appoints_somebody_for_a_member_who_is_out(committee: Sitting, ours: Staff) -> None:
    case = in_review(ours)
    outsider = ours.offices[Function.SIGNER]

    def appoint(person: User = outsider[1], body: str = "committee", reasons: str = "In her place.") -> Case:
        act = ours.act(Function.DIRECTOR)
        return reviews.appoint_ad_hoc(case, act=act, body=body, person=person, reasons=reasons)

    assert codes(case, appoint) == ["nobody-out"]
    case = reviews.recuse(case, act=committee.act(committee.members[0]), reasons="Kin.")
    assert codes(case, lambda: appoint(reasons="")) == ["reasons-missing"]
    assert codes(case, lambda: appoint(body="unknown")) == ["body-unknown"]
    for user in (committee.members[0][1], committee.members[1][1], ours.applicant):
        assert codes(case, lambda user=user: appoint(user)) == ["not-eligible"]  # type: ignore[misc]
    for function in (Function.DESK_OFFICER, Function.DECIDER):
        act = ours.act(function)
        assert (
            refused(
                case,
                lambda act=act: reviews.appoint_ad_hoc(  # type: ignore[misc]
                    case, act=act, body="committee", person=outsider[1], reasons="Please."
                ),
            ).kind
            is Kind.ROLE
        )
    case = appoint()
    assert [seat.ad_hoc for seat in review_of(case, ours).seats].count(True) == 1
    assert codes(case, lambda: appoint(ours.offices[Function.DECIDER][1])) == ["replaced-already"]
    assert committee.vote(case, outsider, F).votes.get().seat == outsider[1]


def test_who_sits_for_one_case_has_no_vote_in_another(committee: Sitting, ours: Staff) -> None:
    case, other = in_review(ours), in_review(ours, content(activity={"registry_id": "MA-78"}))
    outsider = ours.offices[Function.SIGNER]
    case = reviews.recuse(case, act=committee.act(committee.members[0]), reasons="Kin.")
    reviews.appoint_ad_hoc(
        case, act=ours.act(Function.DIRECTOR), body="committee", person=outsider[1], reasons="For this case."
    )
    assert refused(other, lambda: committee.vote(other, outsider, F)).kind is Kind.ROLE
    assert committee.vote(case, outsider, F).votes.count() == 1


def test_a_body_of_one_that_is_out_speaks_through_whom_the_director_appoints(ours: Staff) -> None:
    case = in_review(ours)
    case = reviews.recuse(case, act=ours.act(Function.REVIEWER), reasons="My brother's firm.")
    assert codes(
        case,
        lambda: reviews.give_opinion(case, act=ours.act(Function.REVIEWER), verdict=F, reasons="It holds."),
    ) == ["recused"]
    signer = ours.offices[Function.SIGNER]
    case = reviews.appoint_ad_hoc(
        case,
        act=ours.act(Function.DIRECTOR),
        body=ONE.code,
        person=signer[1],
        reasons="In his place.",
    )
    case = reviews.give_opinion(case, act=act_of(signer, ours.clock), verdict=F, reasons="It holds.")
    assert (case.opinions.get().body, case.opinions.get().person) == (ONE.code, signer[1])


# -- said anew, and too late -----------------------------------------------------------------------


def test_what_was_said_before_the_case_was_sent_back_is_history(ours: Staff) -> None:
    case = decisions.send_back(in_decision(ours), act=ours.act(Function.DECIDER), reasons="The meter is old.")
    assert (case.state, case.opinions.count(), standing_opinions(case)) == ("in_review", 1, {})
    (review,) = reviews_of(case, on=today(ours.authority, ours.clock))
    assert (review.round, review.opinion, len(review.earlier)) == (1, None, 1)
    assert codes(case, lambda: recommend_again(case, ours)) == ["opinion-missing"]
    case = recommended(ours, case)
    assert (case.state, case.opinions.count()) == ("in_decision", 2)


def recommend_again(case: Case, of: Staff) -> Case:
    answers = {finding.rule: "Seen." for finding in proposals.findings_on_request(case)}
    act = of.act(Function.DESK_OFFICER)
    return desk.recommend(case, act=act, outcome=Outcome.APPROVE, reasons="As before.", answers=answers)


def test_the_deciding_office_names_what_is_to_be_said_anew(ours: Staff) -> None:
    first = replace(COMMITTEE, code=ONE.code, members=1, quorum=1)
    second = replace(first, code="ministry_of_energy")
    with under(first, second):
        of_energy = sitting(ours, second, members=1).members[0]
        case = in_review(ours)
        case = reviews.give_opinion(case, act=act_of(of_energy, ours.clock), verdict=A, reasons="Not ours.")
        case = recommended(ours, case)
        act = ours.act(Function.DECIDER)
        assert codes(
            case, lambda: decisions.send_back(case, act=act, reasons="Again.", bodies=["somebody"])
        ) == ["body-unknown"]
        case = decisions.send_back(case, act=act, reasons="Again.", bodies=[ONE.code])
        assert set(standing_opinions(case)) == {"ministry_of_energy"}
        case = decisions.send_back(recommended(ours, case), act=act, reasons="Only the desk.", bodies=[])
        assert set(standing_opinions(case)) == {ONE.code, "ministry_of_energy"}
        assert recommend_again(case, ours).state == "in_decision"


def test_the_chair_takes_a_review_up_again(committee: Sitting, ours: Staff) -> None:
    case = voted(in_review(ours), committee, F, F, F)

    def again(reasons: str = "New facts.") -> Case:
        return reviews.take_up_again(case, act=committee.act(committee.chair), reasons=reasons)

    assert codes(case, again) == ["not-concluded"]
    case = committee.conclude(case, F)
    assert codes(case, lambda: again(" ")) == ["reasons-missing"]
    case = again()
    review = review_of(case, ours)
    assert (review.opinion, review.votes, len(review.earlier)) == (None, (), 1)
    case = voted(case, committee, U, U, U)
    assert committee.conclude(case, U).opinions.count() == 2


def test_no_opinion_after_the_review(committee: Sitting, ours: Staff) -> None:
    case = voted(in_review(ours), committee, F, F, F)
    case = recommend_again(committee.conclude(case, F), ours)
    late = {
        "vote": lambda: committee.vote(case, committee.members[3], U),
        "opinion": lambda: committee.conclude(case, U),
        "again": lambda: reviews.take_up_again(case, act=committee.act(committee.chair), reasons="Wait."),
    }
    for act in late.values():
        refusal = refused(case, act)
        assert refusal.kind is Kind.STATE
        assert "the state is “in decision”" in str(refusal.reasons[0])
    case = decisions.approve(case, act=ours.act(Function.DECIDER))
    for act in late.values():
        assert refused(case, act).kind is Kind.STATE


def test_silence_counts_only_where_it_was_recorded(ours: Staff) -> None:
    body = replace(COMMITTEE, silence=Silence.FAVOURABLE)
    with under(body):
        sitting(ours, body, members=4)
        case = in_review(ours)
        assert codes(case, lambda: recommend_again(case, ours)) == ["opinion-missing"]
        case.clock_acts.create(
            clock="review",
            run=1,
            what="silence",
            about=body.code,
            meaning="favourable",
            day=DAY,
            done_at=ours.clock.now(),
        )
        assert review_of(case, ours).silence is Silence.FAVOURABLE
        assert recommend_again(case, ours).state == "in_decision"


def test_bodies_of_two_authorities_do_not_mix() -> None:
    ours, theirs = two_staffs()
    with under(COMMITTEE):
        here, there = sitting(ours, COMMITTEE, members=4), sitting(theirs, COMMITTEE, members=4)
        case = in_review(ours)
        assert len(review_of(case, ours).seats) == 5
        assert refused(case, lambda: there.vote(case, there.chair, F)).kind is Kind.UNSEEN
        assert here.vote(case, here.chair, F).votes.count() == 1


def test_two_thirds_and_consensus_are_the_procedures_to_ask_for(ours: Staff) -> None:
    for majority, verdict in ((Majority.TWO_THIRDS, F), (Majority.CONSENSUS, U)):
        body = replace(COMMITTEE, code=majority.value, majority=majority)
        with under(body):
            of = sitting(ours, body, members=4)
            case = voted(in_review(ours), of, F, F, U)
            assert of.conclude(case, verdict).opinions.get().verdict == verdict


def test_the_deciding_office_sends_nothing_back_in_conflict(ours: Staff) -> None:
    case = in_decision(ours)
    decider = ours.offices[Function.DECIDER]
    second = holder(decider[0], "second")
    case = reviews.recuse(case, act=ours.act(Function.DECIDER), reasons="A friend applies.")
    assert codes(
        case, lambda: decisions.send_back(case, act=ours.act(Function.DECIDER), reasons="Again.")
    ) == ["recused"]
    assert decisions.approve(case, act=act_of((decider[0], second), ours.clock)).state == "letter_due"
