"""From votes to the opinion of a body: quorum, majority, and the sentence that says how it came about. Pure.

Every member has one vote: favourable, favourable with conditions, unfavourable, or an abstention. Abstentions
count towards the quorum and to neither side. A tie is no majority: unless the procedure gives the chair a
casting vote, the body has then not found for the request. Whoever is for a request under conditions only has
not agreed to less, so one such vote among those for it puts the whole opinion under conditions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from authorisation.procedures.shape import Majority
from authorisation.verdicts import Verdict
from workflow.refusals import Words


class How(StrEnum):
    """By what the opinion came about."""

    MAJORITY = "majority"
    NO_MAJORITY = "no_majority"
    CASTING_VOTE = "casting_vote"
    ALL_ABSTAINED = "all_abstained"


# What follows from the votes, and by what: the end of the sentence.
_BY_MAJORITY: dict[tuple[Verdict, Majority], Words] = {
    (Verdict.FAVOURABLE, Majority.SIMPLE): _("favourable by simple majority"),
    (Verdict.WITH_CONDITIONS, Majority.SIMPLE): _("favourable with conditions by simple majority"),
    (Verdict.UNFAVOURABLE, Majority.SIMPLE): _("unfavourable by simple majority"),
    (Verdict.FAVOURABLE, Majority.TWO_THIRDS): _("favourable by a majority of two thirds"),
    (Verdict.WITH_CONDITIONS, Majority.TWO_THIRDS): _(
        "favourable with conditions by a majority of two thirds"
    ),
    (Verdict.FAVOURABLE, Majority.CONSENSUS): _("favourable by consensus"),
    (Verdict.WITH_CONDITIONS, Majority.CONSENSUS): _("favourable with conditions by consensus"),
}
_NO_MAJORITY: dict[Majority, Words] = {
    Majority.SIMPLE: _("unfavourable, as a tie is no majority for it"),
    Majority.TWO_THIRDS: _("unfavourable, as two thirds are not for it"),
    Majority.CONSENSUS: _("unfavourable, as there is no consensus for it"),
}
_BY_CASTING_VOTE: dict[Verdict, Words] = {
    Verdict.FAVOURABLE: _("favourable, as the vote of the chair decides a tie"),
    Verdict.WITH_CONDITIONS: _("favourable with conditions, as the vote of the chair decides a tie"),
    Verdict.UNFAVOURABLE: _("unfavourable, as the vote of the chair decides a tie"),
}


FIGURES = ("members", "quorum", "favourable", "with_conditions", "unfavourable", "abstained")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The votes of a body, counted.

    members     how many may vote: those recused are not among them
    verdict     the opinion that follows; None as long as the quorum is not reached
    how         by what it follows
    """

    members: int
    quorum: int
    majority: Majority
    favourable: int
    with_conditions: int
    unfavourable: int
    abstained: int
    verdict: Verdict | None
    how: How | None

    @property
    def voted(self) -> int:
        """How many have voted, abstentions included."""
        return self.favourable + self.with_conditions + self.unfavourable + self.abstained

    @property
    def result(self) -> Words:
        """What follows from the votes, and by what, as the end of a sentence."""
        if self.verdict is None or self.how is None:
            return _("the quorum is not reached")
        if self.how is How.MAJORITY:
            return _BY_MAJORITY[self.verdict, self.majority]
        if self.how is How.NO_MAJORITY:
            return _NO_MAJORITY[self.majority]
        if self.how is How.CASTING_VOTE:
            return _BY_CASTING_VOTE[self.verdict]
        return _("the body abstains, as nobody voted for or against")

    def __str__(self) -> str:
        """The whole of it in a sentence."""
        words = _(
            "%(voted)s of %(members)s members voted, the quorum is %(quorum)s; %(favourable)s favourable, "
            "%(with_conditions)s with conditions, %(unfavourable)s unfavourable, %(abstained)s abstained: "
            "%(result)s."
        )
        return str(words) % {**self.figures, "result": self.result}

    def as_json(self) -> dict[str, str | int]:
        """The whole of it as it is kept with an opinion."""
        return {
            **self.figures,
            "majority": self.majority.value,
            "verdict": self.verdict.value if self.verdict else "",
            "how": self.how.value if self.how else "",
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What was kept with an opinion."""
        figures = {name: kept[name] for name in FIGURES}
        return cls(
            **figures,
            majority=Majority(kept["majority"]),
            verdict=Verdict(kept["verdict"]) if kept["verdict"] else None,
            how=How(kept["how"]) if kept["how"] else None,
        )

    @property
    def figures(self) -> dict[str, int]:
        """The numbers of the sentence, by name; with them it can be said again in any language."""
        return {"voted": self.voted, **{name: getattr(self, name) for name in FIGURES}}


def tally(
    votes: Sequence[Verdict], *, members: int, quorum: int, majority: Majority, chair: Verdict | None = None
) -> Tally:
    """Counts the votes that stand, one of each member at most, and says which opinion follows.

    `chair` is the vote of the chair, which is among `votes` too, where the procedure lets it decide a tie.
    Raises ValueError for more votes than members.
    """
    if len(votes) > members:
        raise ValueError(f"{len(votes)} votes of {members} members.")
    favour = votes.count(Verdict.FAVOURABLE) + votes.count(Verdict.WITH_CONDITIONS)
    against = votes.count(Verdict.UNFAVOURABLE)
    how, carried = _outcome(favour, against, majority, chair)
    reached = bool(votes) and len(votes) >= quorum
    if how is How.ALL_ABSTAINED:
        verdict = Verdict.ABSTAIN
    elif not carried:
        verdict = Verdict.UNFAVOURABLE
    else:
        verdict = Verdict.WITH_CONDITIONS if Verdict.WITH_CONDITIONS in votes else Verdict.FAVOURABLE
    return Tally(
        members=members,
        quorum=quorum,
        majority=majority,
        favourable=votes.count(Verdict.FAVOURABLE),
        with_conditions=votes.count(Verdict.WITH_CONDITIONS),
        unfavourable=against,
        abstained=votes.count(Verdict.ABSTAIN),
        verdict=verdict if reached else None,
        how=how if reached else None,
    )


def _outcome(favour: int, against: int, majority: Majority, chair: Verdict | None) -> tuple[How, bool]:
    """By what the votes for and against lead to an opinion, and whether it is for the request."""
    if not favour and not against:
        return How.ALL_ABSTAINED, False
    if majority is Majority.SIMPLE:
        if favour != against:
            return How.MAJORITY, favour > against
        if chair is not None and chair != Verdict.ABSTAIN:
            return How.CASTING_VOTE, chair != Verdict.UNFAVOURABLE
        return How.NO_MAJORITY, False
    carried = 3 * favour >= 2 * (favour + against) if majority is Majority.TWO_THIRDS else not against
    return (How.MAJORITY if carried else How.NO_MAJORITY), carried
