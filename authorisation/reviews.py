"""The reviews of a case as they stand: who sits in each body, who is out, who voted, what the body found.

A body of one speaks through whoever holds its office. In a body of several every member votes, and the chair
records the opinion that follows. A seat belongs to a person; a deputy votes for the seat of the one in whose
stead they hold the office. Who declared a conflict of interest, or has one, is out: their seat counts
neither among the members nor towards the quorum, unless a deputy without a conflict holds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from accounts.models import Function, Office, Tenure
from accounts.selectors import runs
from authorisation.clocks import Clock, What
from authorisation.guards.conflicts import people_out
from authorisation.handling import bodies_of
from authorisation.procedures.shape import Body, Silence
from authorisation.verdicts import Verdict
from authorisation.votes import Tally, tally

if TYPE_CHECKING:
    from authorisation.models import Case, Opinion, Vote

# The functions of the offices that sit in a body; `Office.body` says in which.
SITTING = frozenset({Function.REVIEWER, Function.CHAIR})


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A seat in a body, known by the person it belongs to (primary keys of people throughout).

    fillers    who may vote for it today: the person, and deputies, without those who are out
    chair      whether it is the chair's
    ad_hoc     whether it is for this case alone
    """

    person: int
    fillers: frozenset[int]
    chair: bool = False
    ad_hoc: bool = False


@dataclass(frozen=True, kw_only=True)
class Review:
    """One body's review of a case.

    round      how often it was begun anew
    seats      those that count; `out` are the people whose seats do not
    votes      the votes that stand, one of each seat at most, in the order in which they were given
    opinion    the opinion that stands; None where there is none in this round
    earlier    opinions that are history
    silence    what the body's silence was recorded as, where its time ran out
    """

    body: Body
    round: int
    seats: tuple[Seat, ...]
    out: frozenset[int]
    votes: tuple["Vote", ...]
    votes_given: int
    opinion: "Opinion | None"
    earlier: tuple["Opinion", ...]
    silence: Silence | None

    @property
    def votes_are_asked(self) -> bool:
        """Whether its members vote, or whoever holds its office speaks for it."""
        return self.body.members > 1

    @property
    def has_spoken(self) -> bool:
        """Whether its opinion is there, or its silence was recorded in its stead."""
        return self.opinion is not None or self.silence is not None

    @property
    def counted(self) -> Tally:
        """The votes so far, counted."""
        chair = {seat.person for seat in self.seats if seat.chair}
        cast = next((Verdict(vote.verdict) for vote in self.votes if vote.seat_id in chair), None)
        return tally(
            [Verdict(vote.verdict) for vote in self.votes],
            members=len(self.seats),
            quorum=self.body.quorum,
            majority=self.body.majority,
            chair=cast if self.body.casting_vote else None,
        )

    def seat_of(self, person: int) -> Seat | None:
        """The seat for which a person votes: their own, or else one that they hold as a deputy."""
        held = [seat for seat in self.seats if person in seat.fillers]
        return min(held, key=lambda seat: seat.person != person, default=None)


def reviews_of(case: "Case", *, on: date, bodies: Sequence[Body] | None = None) -> tuple[Review, ...]:
    """Every body's review of the case as it stands on a day, in a constant number of queries."""
    asked = bodies_of(case) if bodies is None else tuple(bodies)
    seats = _seats(case, asked, on)
    out = people_out(case)
    rounds = rounds_of(case)
    votes = list(case.votes.all())
    opinions = list(case.opinions.all())
    silence = recorded_silence(case)
    return tuple(
        _review(
            body,
            round_=rounds.get(body.code, 0),
            seats=seats[body.code],
            out=frozenset(out),
            votes=[vote for vote in votes if vote.body == body.code],
            opinions=[opinion for opinion in opinions if opinion.body == body.code],
            silence=silence.get(body.code),
        )
        for body in asked
    )


def _review(
    body: Body,
    *,
    round_: int,
    seats: Iterable[Seat],
    out: frozenset[int],
    votes: Sequence["Vote"],
    opinions: Sequence["Opinion"],
    silence: Silence | None,
) -> Review:
    filled = {seat.person: seat for seat in seats}
    counting = tuple(
        Seat(person=seat.person, fillers=seat.fillers - out, chair=seat.chair, ad_hoc=seat.ad_hoc)
        for seat in filled.values()
        if seat.fillers - out
    )
    people = {seat.person for seat in counting}
    given = [vote for vote in votes if vote.round == round_]
    last = {vote.seat_id: vote for vote in given if vote.seat_id in people and vote.person_id not in out}
    standing = [opinion for opinion in opinions if opinion.round == round_]
    opinion = standing[-1] if standing else None
    return Review(
        body=body,
        round=round_,
        seats=counting,
        out=frozenset(filled) - people,
        votes=tuple(sorted(last.values(), key=lambda vote: vote.pk)),
        votes_given=len(given),
        opinion=opinion,
        earlier=tuple(one for one in opinions if one != opinion),
        silence=None if opinion is not None else silence,
    )


def _seats(case: "Case", bodies: Sequence[Body], on: date) -> dict[str, list[Seat]]:
    """The seats of each body on a day, also of people who are out: two queries."""
    codes = [body.code for body in bodies]
    tenures = Tenure.objects.filter(
        runs(on), office__authority=case.authority_id, office__body__in=codes, office__function__in=SITTING
    )
    fillers: dict[tuple[str, int], set[int]] = {}
    chairs: set[tuple[str, int]] = set()
    for tenure in tenures.select_related("office", "deputy_of").order_by("starts_on", "pk"):
        person = tenure.deputy_of.person_id if tenure.deputy_of is not None else tenure.person_id
        seat = (tenure.office.body, person)
        fillers.setdefault(seat, set()).add(tenure.person_id)
        if tenure.office.function == Function.CHAIR:
            chairs.add(seat)
    found = {
        code: [
            Seat(person=person, fillers=frozenset(held), chair=(code, person) in chairs)
            for (body, person), held in fillers.items()
            if body == code
        ]
        for code in codes
    }
    for member in case.adhocmembers.filter(body__in=codes):
        known = {seat.person for seat in found[member.body]}
        if member.member_id not in known:
            person = member.member_id
            found[member.body].append(Seat(person=person, fillers=frozenset({person}), ad_hoc=True))
    return found


# -- rounds and opinions ---------------------------------------------------------------------------


def rounds_of(case: "Case") -> Mapping[str, int]:
    """By body, how often its review of the case was begun anew; bodies never asked again are left out."""
    found: dict[str, int] = {}
    for bodies in case.reopenings.values_list("bodies", flat=True):
        for code in bodies:
            found[code] = found.get(code, 0) + 1
    return found


def standing_opinions(case: "Case") -> Mapping[str, "Opinion"]:
    """By body, the opinion that stands: the last one of its last round."""
    rounds = rounds_of(case)
    return {
        opinion.body: opinion
        for opinion in case.opinions.all()
        if opinion.round == rounds.get(opinion.body, 0)
    }


def recorded_silence(case: "Case") -> Mapping[str, Silence]:
    """By body, what its silence was recorded as in the last run of the review's clock."""
    acts = list(case.clock_acts.filter(what=What.SILENCE, clock=Clock.REVIEW))
    last = max((act.run for act in acts), default=0)
    return {act.about: Silence(act.meaning) for act in acts if act.run == last}


# -- who speaks for a body -------------------------------------------------------------------------


def body_of(case: "Case", office: Office | None, person: int) -> Body | None:
    """The body for which a person in an office reviews the case: the office's, or one they were put into."""
    if office is None:
        return None
    asked = {body.code: body for body in bodies_of(case)}
    if office.function in SITTING:
        return asked.get(office.body)
    ad_hoc = case.adhocmembers.filter(member=person, body__in=asked).values_list("body", flat=True).first()
    return asked.get(ad_hoc or "")


def speaks_for(body: Body, office: Office) -> bool:
    """Whether holders of the office record the body's opinion: its chair; in a body of one, whoever sits."""
    return body.members == 1 or (office.function == Function.CHAIR and office.body == body.code)
