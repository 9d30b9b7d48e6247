"""The list of cases, page by page: a constant number of queries, whatever the number of cases."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce

from accounts.models import User
from authorisation.kinds import Kind
from authorisation.models import Case
from desk.selectors.seen import cases_seen_by
from desk.selectors.standing import Standing, standing_of
from workflow.clock import Clock
from workflow.refusals import Words

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case in the list. `title` is empty while the application names no activity."""

    public_id: UUID
    reference: str
    title: str
    kind: Words
    applicant: str
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """One page of the list, newest case first, and the cases from which the neighbouring pages go on."""

    rows: tuple[Row, ...]
    newer: UUID | None
    older: UUID | None


def case_list(
    person: User, *, clock: Clock, state: str = "", before: UUID | None = None, after: UUID | None = None
) -> CaseList:
    """The cases a person may see: from the newest on, or those older (`after`) or newer (`before`).

    `before` and `after` name the case at the edge of the page that the person comes from; a case that
    they may not see is no place to go on from, and shows the first page.
    """
    seen = cases_seen_by(person, clock=clock)
    cases = seen.filter(state=state) if state else seen
    if before is not None and (edge := _place(seen, before)) is not None:
        found = list(_with_titles(cases.filter(pk__gt=edge)).order_by("pk")[: PAGE + 1])
        # A short page in front would be the first one: then show the first one whole.
        if len(found) > PAGE:
            return _page(found[PAGE - 1 :: -1], clock, newer=True, older=True)
    edge = _place(seen, after) if after is not None else None
    if edge is not None:
        cases = cases.filter(pk__lt=edge)
    found = list(_with_titles(cases).order_by("-pk")[: PAGE + 1])
    return _page(found[:PAGE], clock, newer=edge is not None, older=len(found) > PAGE)


def _place(seen: QuerySet[Case], public_id: UUID) -> int | None:
    return seen.filter(public_id=public_id).values_list("pk", flat=True).first()


def _with_titles(cases: QuerySet[Case]) -> QuerySet[Case]:
    """A draft has no activity yet: its title is what the application says so far."""
    written = KeyTextTransform("title", KeyTransform("activity", "application__content"))
    return cases.select_related("authority", "applicant").annotate(
        title=Coalesce(F("activity__title"), written, output_field=TextField())
    )


def _page(cases: list[Case], clock: Clock, *, newer: bool, older: bool) -> CaseList:
    rows = tuple(
        Row(
            public_id=case.public_id,
            reference=case.reference,
            title=getattr(case, "title", "") or "",
            kind=Kind(case.kind).label,
            applicant=case.applicant.name,
            standing=standing_of(case, clock=clock),
        )
        for case in cases
    )
    return CaseList(
        rows=rows,
        newer=rows[0].public_id if rows and newer else None,
        older=rows[-1].public_id if rows and older else None,
    )
