"""All that a decision rests on, for one screen: request, findings, opinions, recommendation, volumes."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.names import party_name
from authorisation import proposals
from authorisation.application import ApplicationContent
from authorisation.handling import handling_of
from authorisation.host_share import bounds_of
from authorisation.kinds import WITH_CONTENT_ITEMS, Kind
from authorisation.models import Case, Decision, Recommendation
from authorisation.models.decisions import Outcome
from authorisation.parts import Calculation
from authorisation.room import Room, rooms
from authorisation.rules import Finding
from authorisation.terms import Difference, Terms, asked_for, withheld
from authorisation.verdicts import Verdict
from desk.casework.bodies import Body, bodies_shown
from desk.offers import Offer, offers
from desk.procedures.selectors import share_in_words
from desk.selectors.standing import Standing, standing_of
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """Terms, and what they would mean: what they withhold, which rules speak, what they take.

    calculations   the arithmetic of the forms in which a part would be given
    """

    terms: Terms
    withheld: tuple[Difference, ...]
    findings: tuple[Finding, ...]
    rooms: tuple[Room, ...]
    calculations: tuple[Calculation, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether some ceiling has not enough room."""
        return any(room.passes for room in self.rooms)


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """The decision desk of one case.

    dissent      whether a body found against the request, or the desk recommends otherwise than a body found
    authorises   whether it asks for an authorisation, with terms and volumes
    grounds      of an appeal, in the words of the appellant
    weighed      the terms shown: those asked for, or those that somebody filled in
    tentative    whether they are filled in and not those asked for
    share        what the host keeps of each transfer by its procedure; empty where that sets nothing
    decision     the last decision, where one was taken
    """

    case: Case
    kind: Words
    title: str
    standing: Standing
    authorises: bool
    grounds: str
    asked: Terms
    parties: tuple[str, ...]
    weighed: Weighed
    tentative: bool
    share: str
    bodies: tuple[Body, ...]
    recommendation: Recommendation | None
    dissent: bool
    decision: Decision | None
    offers: tuple[Offer, ...]


def deciding(
    case: Case,
    *,
    capacities: Sequence[Person],
    clock: Clock,
    language: str,
    filled_in: Terms | None = None,
) -> Deciding:
    """The decision desk, in a constant number of queries; `filled_in` are terms to weigh instead."""
    content = proposals.content_of(case)
    asked = asked_for(content)
    bodies = bodies_shown(case, on=today(case.authority, clock))
    opinions = [opinion for body in bodies for opinion in body.opinions]
    recommendation = case.recommendations.last()
    return Deciding(
        case=case,
        kind=Kind(case.kind).label,
        title=_title(case, content),
        standing=standing_of(case, clock=clock),
        authorises=case.kind in WITH_CONTENT_ITEMS,
        grounds=content.grounds or "",
        asked=asked,
        parties=tuple(party_name(code, language) for code in asked.parties),
        weighed=weigh(case, asked, filled_in or asked),
        tentative=filled_in is not None and filled_in != asked,
        share=share_in_words(handling_of(case)) if bounds_of(handling_of(case)) else "",
        bodies=bodies,
        recommendation=recommendation,
        dissent=_dissents([Verdict(one.verdict) for one in opinions], recommendation),
        decision=case.decisions.last(),
        offers=tuple(offers(case, capacities, clock)),
    )


def weigh(case: Case, asked: Terms, terms: Terms) -> Weighed:
    """What these terms would mean if they were granted."""
    return Weighed(
        terms=terms,
        withheld=tuple(withheld(asked, terms)),
        findings=tuple(proposals.findings_on_decision(case, terms)),
        rooms=tuple(rooms(case, terms)),
        calculations=proposals.parts_of(case, terms),
    )


def _dissents(verdicts: Sequence[Verdict], recommendation: Recommendation | None) -> bool:
    if len(set(verdicts)) > 1 or Verdict.UNFAVOURABLE in verdicts:
        return True
    return (
        recommendation is not None
        and recommendation.outcome == Outcome.REFUSE
        and Verdict.FAVOURABLE in verdicts
    )


def _title(case: Case, content: ApplicationContent) -> str:
    if case.activity is not None:
        return case.activity.title
    return (content.activity.title if content.activity else "") or ""
