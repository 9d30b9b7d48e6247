"""What pages show of conditions and obligations; a constant number of queries for each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import Authority, User
from accounts.names import in_language
from authorisation.held_back import in_effect_since
from authorisation.lifecycle_of_obligations import ENDED, WAITING_ON, State
from authorisation.models import Authorisation, Case, Obligation
from authorisation.permissions import roles_towards_obligation
from authorisation.requirements import Requirement
from desk.selectors.seen import cases_seen_by
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.door import against_role, against_state
from workflow.refusals import Words
from workflow.steps import steps_of, terms_of

PAGE = 25
# What has no last day comes after everything that has.
_NEVER = date(9999, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that the reader may do about it."""

    name: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One condition or one turn of an obligation, as a page shows it.

    suspensions   the cases of suspension opened on a breach of it, as far as the reader may see them
    """

    row: Obligation
    waiting_on: Words
    overdue: bool
    steps: tuple[Step, ...] = ()
    suspensions: tuple[Case, ...] = ()

    @property
    def asked(self) -> Requirement:
        """What is asked."""
        return self.row.requirement

    @property
    def state(self) -> State:
        """Where it stands."""
        return State(self.row.state)

    @property
    def amount(self) -> str:
        """What is to be paid; empty where nothing is."""
        return f"{self.row.currency} {self.row.amount:.2f}" if self.row.amount is not None else ""


@dataclass(frozen=True, kw_only=True)
class OfAuthorisation:
    """Everything that an authorisation asks of its holder.

    held_back   whether a condition precedent holds back its effect; `in_effect_since` is the first day of it
    """

    authorisation: Authorisation
    held_back: bool
    in_effect_since: date | None
    open: tuple[Shown, ...]
    ended: tuple[Shown, ...]


def of_authorisation(
    found: Authorisation, capacities: Sequence[Person], *, reader: User, clock: Clock
) -> OfAuthorisation:
    """The conditions and obligations of an authorisation, with what the reader may do about each."""
    rows = list(_read(found.obligations.all()).order_by("due_on", "pk"))
    roles: frozenset[str] = frozenset()
    if rows:
        # They are the same towards everything that one authorisation asks.
        roles = frozenset().union(*(roles_towards_obligation(rows[0], one, clock) for one in capacities))
    on = today(found.authority, clock)
    suspensions = _suspensions(found, reader, clock)
    shown = [_shown(row, on, roles, suspensions.get(row.pk, ())) for row in rows]
    since = in_effect_since(found)
    return OfAuthorisation(
        authorisation=found,
        held_back=since is None,
        in_effect_since=since,
        open=tuple(one for one in shown if one.state not in ENDED),
        ended=tuple(one for one in shown if one.state in ENDED),
    )


def _read(rows: QuerySet[Obligation]) -> QuerySet[Obligation]:
    related = rows.select_related("authority", "authorisation__activity", "authorisation__holder", "case")
    return related.prefetch_related("evidence__document__document", "findings__office")


def _suspensions(found: Authorisation, reader: User, clock: Clock) -> Mapping[int, tuple[Case, ...]]:
    """The cases opened on a breach of what an authorisation asks, by the obligation; one query."""
    cases = cases_seen_by(reader, clock=clock).filter(planned__breach__obligation__authorisation=found)
    opened: dict[int, tuple[Case, ...]] = {}
    for case in cases.select_related("planned__breach").order_by("pk"):
        breach = case.planned.breach
        if breach is not None:
            opened[breach.obligation_id] = (*opened.get(breach.obligation_id, ()), case)
    return opened


def _shown(row: Obligation, on: date, roles: Collection[str], suspensions: tuple[Case, ...] = ()) -> Shown:
    return Shown(
        row=row,
        waiting_on=WAITING_ON.get(State(row.state), ""),
        overdue=row.state in (State.AWAITED, State.BREACHED) and row.due_on is not None and row.due_on < on,
        steps=tuple(_steps(row, roles)),
        suspensions=suspensions,
    )


def _steps(row: Obligation, roles: Collection[str]) -> Iterable[Step]:
    """The steps that the state has and the reader's roles allow; what else is against one, its page says."""
    for step in steps_of(Obligation):
        if not against_role(step, roles) and not against_state(step, row, (row.sort,)):
            yield Step(name=terms_of(step).name, label=terms_of(step).label)


def obligation_seen_by(person: User, public_id: UUID, *, clock: Clock) -> Obligation | None:
    """The one with this id where the person may see the case that asked for it; else None."""
    seen = Obligation.objects.filter(public_id=public_id, case__in=cases_seen_by(person, clock=clock))
    return _read(seen).first()


@dataclass(frozen=True, kw_only=True)
class Board:
    """One page of what is owed to the authorities, the longest over first."""

    authorities: tuple[str, ...]
    rows: tuple[Shown, ...]
    further: UUID | None
    began_later: bool


def board(
    authorities: Sequence[Authority],
    *,
    clock: Clock,
    language: str,
    state: str = "",
    after: UUID | None = None,
) -> Board:
    """What holders owe these authorities and what waits to be judged; of one state where that is named."""
    listed = Obligation.objects.filter(authority__in=authorities)
    listed = listed.filter(state=state) if state else listed.exclude(state__in=ENDED)
    found: Any = listed.annotate(day=Coalesce(F("due_on"), Value(_NEVER), output_field=DateField()))
    edge = found.filter(public_id=after).values("day", "pk").first() if after else None
    on_page: Any = found
    if edge is not None:
        on_page = found.filter(Q(day__gt=edge["day"]) | Q(day=edge["day"], pk__gt=edge["pk"]))
    rows = list(_read(on_page.order_by("day", "pk"))[: PAGE + 1])
    days = {authority.pk: today(authority, clock) for authority in authorities}
    return Board(
        authorities=tuple(in_language(authority.name, language) for authority in authorities),
        rows=tuple(_shown(row, days[row.authority_id], ()) for row in rows[:PAGE]),
        further=rows[PAGE - 1].public_id if len(rows) > PAGE else None,
        began_later=edge is not None,
    )
