"""From votes to an opinion: every distribution of up to seven votes, against the law written out by hand."""

from collections.abc import Iterator
from itertools import product

import pytest

from authorisation.procedures.shape import Majority
from authorisation.verdicts import Verdict
from authorisation.votes import How, tally

F, C, U, A = Verdict.FAVOURABLE, Verdict.WITH_CONDITIONS, Verdict.UNFAVOURABLE, Verdict.ABSTAIN


def distributions(most: int) -> Iterator[list[Verdict]]:
    """Every way in which up to so many members can have voted; in which order plays no part."""
    for counts in product(range(most + 1), repeat=4):
        if sum(counts) <= most:
            yield [
                verdict for verdict, count in zip((F, C, U, A), counts, strict=True) for _one in range(count)
            ]


def by_hand(votes: list[Verdict], quorum: int, majority: Majority, chair: Verdict | None) -> Verdict | None:
    """The opinion by the words of the law."""
    favour = [vote for vote in votes if vote in (F, C)]
    against = [vote for vote in votes if vote == U]
    if not votes or len(votes) < quorum:
        return None
    if not favour and not against:
        return A
    carried = {
        Majority.SIMPLE: len(favour) > len(against),
        Majority.TWO_THIRDS: len(favour) / (len(favour) + len(against)) > 0.6666,
        Majority.CONSENSUS: against == [],
    }[majority]
    if majority == Majority.SIMPLE and len(favour) == len(against) and chair in (F, C):
        carried = True
    if not carried:
        return U
    return C if C in favour else F


@pytest.mark.parametrize("majority", Majority)
def test_every_distribution_of_votes_leads_where_the_law_says(majority: Majority) -> None:
    seen = set()
    for votes in distributions(7):
        for quorum, chair in product(range(1, 8), {None, *votes}):
            counted = tally(votes, members=7, quorum=quorum, majority=majority, chair=chair)
            assert counted.verdict == by_hand(votes, quorum, majority, chair), (votes, quorum, chair)
            assert counted.voted == len(votes)
            assert str(counted).startswith(f"{len(votes)} of 7 members voted, the quorum is {quorum}; ")
            assert "%(" not in str(counted)
            seen.add((counted.verdict, counted.how))
    wanted = {
        (None, None),
        (A, How.ALL_ABSTAINED),
        (F, How.MAJORITY),
        (C, How.MAJORITY),
        (U, How.NO_MAJORITY),
    }
    if majority == Majority.SIMPLE:
        wanted |= {(U, How.MAJORITY), *((verdict, How.CASTING_VOTE) for verdict in (F, C, U))}
    assert seen == wanted


def test_the_sentence_says_numbers_opinion_and_majority() -> None:
    counted = tally([F, F, C], members=5, quorum=3, majority=Majority.SIMPLE)
    assert str(counted) == (
        "3 of 5 members voted, the quorum is 3; 2 favourable, 1 with conditions, 0 unfavourable, "
        "0 abstained: favourable with conditions by simple majority."
    )


@pytest.mark.parametrize(
    ("votes", "majority", "chair", "end"),
    [
        ([F, U], Majority.SIMPLE, None, "unfavourable, as a tie is no majority for it"),
        ([F, U], Majority.SIMPLE, F, "favourable, as the vote of the chair decides a tie"),
        ([C, U], Majority.SIMPLE, C, "favourable with conditions, as the vote of the chair decides a tie"),
        (
            [F, C, U, U],
            Majority.SIMPLE,
            F,
            "favourable with conditions, as the vote of the chair decides a tie",
        ),
        ([F, U], Majority.SIMPLE, U, "unfavourable, as the vote of the chair decides a tie"),
        ([F, U, A], Majority.SIMPLE, A, "unfavourable, as a tie is no majority for it"),
        ([U, U, F], Majority.SIMPLE, F, "unfavourable by simple majority"),
        ([F, F, U], Majority.TWO_THIRDS, None, "favourable by a majority of two thirds"),
        ([F, U], Majority.TWO_THIRDS, F, "unfavourable, as two thirds are not for it"),
        ([F, C, A], Majority.CONSENSUS, None, "favourable with conditions by consensus"),
        ([F, F, U], Majority.CONSENSUS, None, "unfavourable, as there is no consensus for it"),
        ([A, A], Majority.SIMPLE, A, "the body abstains, as nobody voted for or against"),
        ([F], Majority.SIMPLE, None, "the quorum is not reached"),
    ],
)
def test_the_end_of_the_sentence(
    votes: list[Verdict], majority: Majority, chair: Verdict | None, end: str
) -> None:
    counted = tally(votes, members=5, quorum=2, majority=majority, chair=chair)
    assert str(counted).endswith(f": {end}.")


def test_more_votes_than_members_are_a_fault() -> None:
    with pytest.raises(ValueError, match="3 votes of 2 members"):
        tally([F, F, F], members=2, quorum=1, majority=Majority.SIMPLE)


def test_nobody_voting_gives_no_opinion_even_where_no_quorum_is_asked() -> None:
    assert tally([], members=3, quorum=0, majority=Majority.SIMPLE).verdict is None
