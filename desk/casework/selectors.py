"""The desk's work on one case, gathered: the checklist, the findings, the questions, the bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from authorisation import completeness, proposals
from authorisation.application import ApplicationContent
from authorisation.completeness import Item
from authorisation.kinds import WITH_CONTENT_ITEMS, Kind
from authorisation.lifecycle import State
from authorisation.models import Case, Opinion, Question, Recommendation, Waiver
from authorisation.procedures import procedure
from authorisation.rules import Finding
from desk.offers import Offer, offers
from desk.selectors.standing import Standing, standing_of
from desk.values import in_words
from workflow.actors import Person
from workflow.clock import Clock
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
class Body:
    """A reviewing body and its opinions so far, the last one last; none where it has not spoken."""

    name: str
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True, kw_only=True)
class Casework:
    """All that the desk and the bodies work with on one case.

    checklist   the fourteen content items and two of our own; empty for kinds without them
    bodies      the reviewing bodies of the procedure, in its order
    """

    case: Case
    kind: Words
    title: str
    standing: Standing
    checklist: tuple[Checked, ...]
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    bodies: tuple[Body, ...]
    recommendation: Recommendation | None
    offers: tuple[Offer, ...]

    @property
    def missing(self) -> tuple[Checked, ...]:
        """What is neither given nor found not applicable."""
        return tuple(row for row in self.checklist if row.missing)

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that have something to say, each once, in their order."""
        return tuple(dict.fromkeys(finding.rule for finding in self.findings))

    @property
    def in_check(self) -> bool:
        """Whether the completeness check is what is being done."""
        return self.case.state == State.SUBMITTED


def casework(case: Case, *, capacities: Sequence[Person], clock: Clock, language: str) -> Casework:
    """The desk's page of one case, in a constant number of queries."""
    content = proposals.content_of(case)
    opinions = list(case.opinions.select_related("office"))
    return Casework(
        case=case,
        kind=Kind(case.kind).label,
        title=case.activity.title if case.activity else (content.activity and content.activity.title) or "",
        standing=standing_of(case, clock=clock),
        checklist=checklist(case, content, language=language),
        findings=tuple(proposals.findings_on_request(case)),
        questions=tuple(case.questions.all()),
        bodies=tuple(
            Body(name=body, opinions=tuple(one for one in opinions if one.body == body))
            for body in procedure(case.procedure_version).bodies
        ),
        recommendation=case.recommendations.last(),
        offers=tuple(offers(case, capacities, clock)),
    )


def checklist(case: Case, content: ApplicationContent, *, language: str) -> tuple[Checked, ...]:
    """Every item that this application needs, by the number of the list, ours last."""
    if case.kind not in WITH_CONTENT_ITEMS:
        return ()
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
    return tuple(sorted(rows, key=lambda row: row.item.number or len(completeness.ITEMS)))


def _at(content: ApplicationContent, path: str) -> Any:
    value: Any = content
    for name in path.split("."):
        value = getattr(value, name, None)
    return value
