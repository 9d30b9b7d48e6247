"""The desk's work on one case, gathered: the checklist, the findings, the questions, the bodies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from authorisation import completeness, proposals
from authorisation.application import ApplicationContent
from authorisation.completeness import Item
from authorisation.kinds import WITH_CONTENT_ITEMS, Kind
from authorisation.lifecycle import State
from authorisation.models import Case, QuestionRound, Recommendation, Waiver
from authorisation.national_questions import answer_to, as_item, questions_of
from authorisation.rules import Finding, to_answer
from authorisation.selectors import Ability, stuck, who_can_act
from authorisation.supporting_documents import BEFORE_DECISION, Wanted, wanted
from desk.casework.bodies import Body, bodies_shown
from desk.documents.selectors import Shown, documents_shown
from desk.fees.selectors import FeeShown, fees_shown
from desk.offers import Offer, offers
from desk.selectors.rounds import rounds_shown
from desk.selectors.standing import Standing, standing_of
from desk.values import in_words
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One content item: what is given there, whether it is missing, or why it need not be there.

    said      what is given, in words; empty where nothing is
    waiver    why an officer found it not applicable, where one did
    note      what the applicant says about leaving it out
    """

    item: Item
    said: tuple[str, ...]
    missing: bool
    waiver: Waiver | None
    note: str

    @property
    def may_be_waived(self) -> bool:
        """Whether an officer could find it not applicable."""
        return self.missing and self.item.waivable


@dataclass(frozen=True, kw_only=True)
class Casework:
    """All that the desk and the bodies work with on one case.

    checklist   the fourteen content items and two of our own; empty for kinds without them
    bodies      the reviewing bodies of the procedure, in its order
    stuck       the steps that the case waits for and nobody can take, with what mends it
    rounds      the rounds of questions, each with its questions
    """

    case: Case
    kind: Words
    title: str
    standing: Standing
    checklist: tuple[Checked, ...]
    findings: tuple[Finding, ...]
    rounds: tuple[QuestionRound, ...]
    documents: tuple[Shown, ...]
    wanted: tuple[Wanted, ...]
    fees: tuple[FeeShown, ...]
    bodies: tuple[Body, ...]
    stuck: tuple[Ability, ...]
    recommendation: Recommendation | None
    offers: tuple[Offer, ...]

    @property
    def missing(self) -> tuple[Checked, ...]:
        """What is neither given nor found not applicable."""
        return tuple(row for row in self.checklist if row.missing)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that ask for an answer, each once, in their order."""
        return to_answer(self.findings)

    @property
    def in_check(self) -> bool:
        """Whether the completeness check is what is being done."""
        return self.case.state == State.SUBMITTED


def casework(case: Case, *, capacities: Sequence[Person], clock: Clock, language: str) -> Casework:
    """The desk's page of one case, in a constant number of queries."""
    content = proposals.content_of(case)
    on = today(case.authority, clock)
    return Casework(
        case=case,
        kind=Kind(case.kind).label,
        title=case.activity.title if case.activity else (content.activity and content.activity.title) or "",
        standing=standing_of(case, clock=clock),
        checklist=checklist(case, content, language=language),
        findings=tuple(proposals.findings_on_request(case, on=on)),
        rounds=rounds_shown(case),
        documents=documents_shown(case, inside=True, language=language),
        wanted=tuple(wanted(case, BEFORE_DECISION, language=language)),
        fees=fees_shown(case, inside=True, clock=clock, language=language),
        bodies=bodies_shown(case, on=on),
        stuck=stuck(who_can_act(case, on=on)),
        recommendation=case.recommendations.last(),
        offers=tuple(offers(case, capacities, clock)),
    )


def checklist(case: Case, content: ApplicationContent, *, language: str) -> tuple[Checked, ...]:
    """Every item that this application needs, by the number of the list, ours and the authority's last."""
    national = tuple(_answered(case, content))
    if case.kind not in WITH_CONTENT_ITEMS:
        return national
    missing = {item.path for item in completeness.missing(content)}
    waivers = {waiver.path: waiver for waiver in case.waivers.all()}
    notes = completeness.notes(content)
    rows = [
        Checked(
            item=item,
            said=in_words(_at(content, item.path), language=language, party=item.path.endswith(".parties")),
            missing=item.path in missing and item.path not in waivers,
            waiver=waivers.get(item.path),
            note=notes.get(item.path, ""),
        )
        for item in completeness.ITEMS
        if item.applies(content)
    ]
    return (*sorted(rows, key=lambda row: row.item.number or len(completeness.ITEMS)), *national)


def _answered(case: Case, content: ApplicationContent) -> Iterator[Checked]:
    """What this authority asks besides, with the answers."""
    for question in questions_of(case):
        answer = answer_to(question.code, content)
        yield Checked(
            item=as_item(question),
            said=(answer,) if answer else (),
            missing=question.required and not answer,
            waiver=None,
            note="",
        )


def _at(content: ApplicationContent, path: str) -> Any:
    value: Any = content
    for name in path.split("."):
        value = getattr(value, name, None)
    return value
