"""The reviewing bodies of a case on the authority's pages: votes, sentence, opinion, who is waited on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from authorisation.models import Case, Opinion, Vote
from authorisation.reviews import Review, reviews_of
from authorisation.verdicts import SheetAnswer
from authorisation.votes import Tally
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One question of a review sheet, with its answer and comment."""

    question: str
    answer: Words
    comment: str


@dataclass(frozen=True, kw_only=True)
class Cast:
    """One vote that stands: whose, what, why."""

    name: str
    vote: Vote
    sheet: tuple[Answered, ...]


@dataclass(frozen=True, kw_only=True)
class Body:
    """A reviewing body and its review so far.

    opinions    the opinion that stands, alone; empty where there is none
    earlier     opinions of earlier rounds, and ones that were replaced
    counted     the votes in a sentence; empty where nobody votes
    waited_on   the names of members who have not voted
    out         the names of members who take no part
    minutes_of  what the opinion came about by, in a sentence
    """

    code: str
    name: str
    opinions: tuple[Opinion, ...]
    earlier: tuple[Opinion, ...]
    votes: tuple[Cast, ...]
    counted: str
    waited_on: tuple[str, ...]
    out: tuple[str, ...]
    sheet: tuple[Answered, ...]
    came_about: str
    silent: bool
    review: Review


def bodies_shown(case: Case, *, on: date) -> tuple[Body, ...]:
    """The bodies of a case, in the order of the procedure, in a constant number of queries."""
    reviews = reviews_of(case, on=on)
    people = {seat.person for review in reviews for seat in review.seats}
    people |= {person for review in reviews for person in review.out}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    return tuple(_shown(review, names) for review in reviews)


def _shown(review: Review, names: Mapping[int, str]) -> Body:
    voted = {vote.seat_id for vote in review.votes}
    waits = review.votes_are_asked and review.opinion is None
    opinion = review.opinion
    return Body(
        code=review.body.code,
        name=review.body.label,
        opinions=(opinion,) if opinion is not None else (),
        earlier=review.earlier,
        votes=tuple(
            Cast(name=names.get(vote.seat_id, ""), vote=vote, sheet=_answers(review, vote.sheet))
            for vote in review.votes
        ),
        counted=str(review.counted) if waits else "",
        waited_on=tuple(names[seat.person] for seat in review.seats if seat.person not in voted)
        if waits
        else (),
        out=tuple(names[person] for person in sorted(review.out)),
        sheet=_answers(review, opinion.sheet) if opinion is not None else (),
        came_about=str(Tally.from_json(opinion.counted)) if opinion is not None and opinion.counted else "",
        silent=review.silence is not None,
        review=review,
    )


def _answers(review: Review, sheet: Mapping[str, list[str]]) -> tuple[Answered, ...]:
    return tuple(
        Answered(
            question=item.label, answer=SheetAnswer(sheet[item.code][0]).label, comment=sheet[item.code][1]
        )
        for item in review.body.sheet
        if item.code in sheet
    )
