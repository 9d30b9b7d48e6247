"""Two members at once, and a vote while the chair concludes: each with a connection of its own."""

from collections.abc import Callable, Iterator

import pytest

from authorisation.models import Case
from authorisation.services import reviews
from authorisation.verdicts import Verdict
from authorisation.votes import Tally
from tests.authorisation.at_once import at_once
from tests.authorisation.bodies import COMMITTEE, Sitting, act_of, sitting, under
from tests.authorisation.factories import Staff, in_review, two_staffs
from workflow.clock import SetClock

pytestmark = pytest.mark.django_db(transaction=True)

F, U = Verdict.FAVOURABLE, Verdict.UNFAVOURABLE


@pytest.fixture
def ours() -> Iterator[Staff]:
    staff, _theirs = two_staffs()
    with under(COMMITTEE):
        yield staff


def voting(case: Case, of: Sitting, number: int, verdict: Verdict) -> Callable[[], object]:
    who = of.members[number]
    act = act_of(who, SetClock(of.of.clock.now()))
    return lambda: reviews.vote(
        Case.objects.get(pk=case.pk), act=act, verdict=verdict, reasons="As I read it.", read=1
    )


def test_members_who_vote_at_once_are_all_counted(ours: Staff) -> None:
    of = sitting(ours, COMMITTEE, members=4)
    case = in_review(ours)
    assert at_once(*(voting(case, of, number, F) for number in range(4))) == [[], [], [], []]
    assert sorted(vote.seat_id for vote in case.votes.all()) == sorted(user.pk for _held, user in of.members)
    assert of.conclude(case, F).opinions.get().counted["favourable"] == 4


def test_a_vote_while_the_chair_concludes_is_counted_or_refused_and_never_lost(ours: Staff) -> None:
    of = sitting(ours, COMMITTEE, members=4)
    for _round in range(4):
        case = in_review(ours)
        for who in (of.chair, of.members[0], of.members[1]):
            case = of.vote(case, who, F)
        chair = act_of(of.chair, SetClock(ours.clock.now()))
        concluded, voted = at_once(
            lambda case=case, chair=chair: reviews.give_opinion(  # type: ignore[misc]
                Case.objects.get(pk=case.pk),
                act=chair,
                verdict=F,
                reasons="As voted.",
                minutes="Met.",
                votes_seen=3,
            ),
            voting(case, of, 3, U),
        )
        if concluded:
            assert (concluded, voted) == (["votes-changed"], [])
            assert (case.votes.count(), case.opinions.count()) == (4, 0)
        else:
            assert voted == ["concluded"]
            assert case.votes.count() == 3
            assert Tally.from_json(case.opinions.get().counted).voted == 3
