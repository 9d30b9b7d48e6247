"""The open cases of an authority whose time has run out, or is about to, the longest over first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from accounts.models import Authority, User
from accounts.names import in_language
from authorisation.kinds import Kind
from authorisation.lifecycle import ENDED, State
from authorisation.models import Case, Opinion
from authorisation.procedures import procedure
from authorisation.procedures.shape import Body, Handling, Procedure
from desk.announcements.selectors import still_to_tell
from desk.notices.models import Notice
from desk.selectors.offices import offices_today
from desk.selectors.standing import Standing, standing_of
from desk.selectors.waiting import Waiting, waiting_of
from workflow.clock import Clock, today
from workflow.refusals import Words

PAGE = 50
# What is due within so many calendar days is about to run out.
SOON = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case on the board."""

    public_id: UUID
    reference: str
    title: str
    kind: Words
    applicant: str
    standing: Standing
    waiting: Waiting


@dataclass(frozen=True, kw_only=True)
class InState:
    """How many cases stand in a state, and for how many of them the time has run out."""

    state: State
    cases: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """One page of the board.

    lost_mails      e-mails to people about these cases that could not be sent
    to_tell         how many outside are still to be told of acts, and `told_late` of how many the day has
                    passed
    """

    authorities: tuple[str, ...]
    bodies: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    counts: tuple[InState, ...]
    lost_mails: int
    to_tell: int
    told_late: int
    further: UUID | None
    began_later: bool


def served(person: User, *, clock: Clock) -> list[Authority]:
    """The authorities in which the person holds an office today, each once."""
    return list({one.authority.pk: one.authority for one in offices_today(person, clock=clock)}.values())


def board(
    authorities: Sequence[Authority],
    *,
    clock: Clock,
    language: str,
    body: str = "",
    after: UUID | None = None,
) -> Board:
    """The board of these authorities, in a constant number of queries."""
    opened = _open_cases(authorities)
    asked = _handled(opened)
    listed = opened.filter(_runs_out(authorities, clock))
    if body:
        listed = listed.filter(_waits_for(body, asked))
    edge = listed.filter(public_id=after).values("due_on", "pk").first() if after else None
    on_page = listed
    if edge is not None:
        due_on, pk = edge["due_on"], edge["pk"]
        on_page = listed.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk))
    related = on_page.select_related("authority", "applicant", "activity").annotate(
        title=Coalesce(F("activity__title"), Value(""), output_field=TextField())
    )
    found = list(related.order_by("due_on", "pk")[: PAGE + 1])
    waiting = waiting_of(found[:PAGE], clock=clock)
    to_tell, told_late = still_to_tell(authorities, clock=clock)
    return Board(
        authorities=tuple(in_language(authority.name, language) for authority in authorities),
        bodies=tuple(_bodies(asked)),
        rows=tuple(_row(case, waiting[case.pk], clock) for case in found[:PAGE]),
        counts=_counts(opened, authorities, clock),
        lost_mails=Notice.objects.filter(
            case__authority__in=authorities, mail__parked_at__isnull=False
        ).count(),
        to_tell=to_tell,
        told_late=told_late,
        further=found[PAGE - 1].public_id if len(found) > PAGE else None,
        began_later=edge is not None,
    )


def _open_cases(authorities: Sequence[Authority]) -> QuerySet[Case]:
    """What somebody is waited on for: no drafts, and nothing on a clock of its own."""
    cases = Case.objects.filter(authority__in=authorities, simulated=False, due_on__isnull=False)
    return cases.exclude(state__in=[*ENDED, State.DRAFT])


def _runs_out(authorities: Sequence[Authority], clock: Clock) -> Q:
    found = Q(pk__in=[])
    for authority in authorities:
        found |= Q(authority=authority, due_on__lte=today(authority, clock) + SOON)
    return found


def _is_over(authorities: Sequence[Authority], clock: Clock) -> Q:
    found = Q(pk__in=[])
    for authority in authorities:
        found |= Q(authority=authority, due_on__lt=today(authority, clock))
    return found


@dataclass(frozen=True, kw_only=True)
class _Handled:
    """A kind under a version, of which a case is in review."""

    terms: Procedure
    handling: Handling


def _handled(cases: QuerySet[Case]) -> list[_Handled]:
    pairs = cases.filter(state=State.IN_REVIEW).order_by().values_list("procedure_version", "kind")
    found = []
    for version, kind in sorted(pairs.distinct()):
        terms = procedure(version)
        handling = terms.handling.get(Kind(kind))
        if handling is not None:
            found.append(_Handled(terms=terms, handling=handling))
    return found


def _may_be_asked(one: _Handled) -> Iterable[Body]:
    fixed, routed = one.handling.bodies, one.handling.routed
    bodies = one.terms.bodies.items()
    return (body for code, body in bodies if code in fixed or (routed and body.sectors))


def _bodies(handled: Iterable[_Handled]) -> list[tuple[str, str]]:
    found = {body.code: str(body.label) for one in handled for body in _may_be_asked(one)}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def _waits_for(code: str, handled: Iterable[_Handled]) -> Q:
    """The cases in review that go to this body and of which it has said nothing."""
    found = Q(pk__in=[])
    for one in handled:
        body = one.terms.bodies.get(code)
        if body is None:
            continue
        of_it = Q(procedure_version=one.terms.version, kind=one.handling.kind)
        if code in one.handling.bodies:
            found |= of_it
        elif one.handling.routed and body.sectors:
            found |= of_it & Q(activity__sector__in=sorted(body.sectors))
    spoken = Exists(Opinion.objects.filter(case=OuterRef("pk"), body=code))
    return found & Q(state=State.IN_REVIEW) & ~Q(spoken)


def _counts(cases: QuerySet[Case], authorities: Sequence[Authority], clock: Clock) -> tuple[InState, ...]:
    counted = (
        cases.order_by()
        .values("state")
        .annotate(cases=Count("pk"), over=Count("pk", filter=_is_over(authorities, clock)))
    )
    by_state = {row["state"]: row for row in counted}
    return tuple(
        InState(state=state, cases=by_state[state]["cases"], overdue=by_state[state]["over"])
        for state in State
        if state in by_state
    )


def _row(case: Case, waiting: Waiting, clock: Clock) -> Row:
    return Row(
        public_id=case.public_id,
        reference=case.reference,
        title=getattr(case, "title", ""),
        kind=Kind(case.kind).label,
        applicant=case.applicant.name,
        standing=standing_of(case, clock=clock),
        waiting=waiting,
    )
