"""What needs whom: the cases in which an office of the person is the one to act, the most urgent first.

A case needs a person once, for the weightiest thing; the list is read page by page, from a case on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db.models import Case as Either
from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Function, User
from accounts.names import in_language
from authorisation.handling import handling_under
from authorisation.kinds import Kind
from authorisation.lifecycle import State
from authorisation.models import Case, Opinion, Recusal, Reopening, Vote
from authorisation.procedures import procedure
from authorisation.procedures.shape import Body, OfficeRule, Procedure
from desk.announcements.selectors import still_to_tell
from desk.selectors.offices import Held, offices_today
from desk.selectors.standing import Standing, standing_of
from desk.selectors.waiting import Waiting, waiting_of
from desk.signing.selectors import next_signer_is, with_signed_count
from letters.lifecycle import State as LetterState
from letters.models import Letter
from workflow.clock import Clock
from workflow.refusals import Words

PAGE = 20
_NEVER = date.max


class Need(IntEnum):
    """What is wanted of an office, the weightiest first."""

    TRY_AGAIN = 1
    SIGN = 2
    PAPER = 3
    DECIDE = 4
    RECOMMEND = 5
    GIVE_OPINION = 6
    VOTE = 7
    CHECK = 8

    @property
    def label(self) -> Words:
        """What is to be done, in words."""
        return _LABELS[self]

    @property
    def page(self) -> str:
        """The name of the address at which it is done."""
        return _PAGES[self]


_LABELS: dict[Need, Words] = {
    Need.TRY_AGAIN: _("The letter failed: try again"),
    Need.SIGN: _("Sign the letter"),
    Need.PAPER: _("Letter on paper: print, record or compare it"),
    Need.DECIDE: _("Decide"),
    Need.RECOMMEND: _("Recommend: all opinions are in"),
    Need.GIVE_OPINION: _("Give the opinion of your body"),
    Need.VOTE: _("Vote in your body"),
    Need.CHECK: _("Check completeness"),
}
_PAGES = {
    Need.TRY_AGAIN: "signing",
    Need.SIGN: "signing",
    Need.PAPER: "paper",
    Need.DECIDE: "deciding",
    Need.RECOMMEND: "casework",
    Need.GIVE_OPINION: "casework",
    Need.VOTE: "casework",
    Need.CHECK: "casework",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case that needs the person. `about` is the public id of the letter, or else of the case."""

    public_id: UUID
    about: UUID
    need: Need
    reference: str
    title: str
    kind: Words
    applicant: str
    standing: Standing
    waiting: Waiting


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """One page of what needs the person, and the case from which the next page goes on.

    offices   the titles of the offices held, with their authority
    waiting   how many cases of the person's authorities stand in each state that is not an end
    to_tell   for the desk, how many outside are still to be told of acts; `told_late`, of how many the day
              has passed
    """

    offices: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    needed: int
    overdue: int
    further: UUID | None
    began_later: bool
    waiting: tuple[tuple[State, int], ...]
    to_tell: int
    told_late: int


def inbox(person: User, *, clock: Clock, language: str, after: UUID | None = None) -> Inbox:
    """What needs this person now, in a constant number of queries."""
    held = offices_today(person, clock=clock)
    needing = cases_needing(held, person)
    edge = needing.filter(public_id=after).values("need", "due", "pk").first() if after else None
    on_page = needing if edge is None else needing.filter(_behind(edge["need"], edge["due"], edge["pk"]))
    ordered = on_page.select_related("authority", "applicant", "activity").order_by("need", "due", "pk")
    found = list(ordered[: PAGE + 1])
    waiting = waiting_of(found[:PAGE], clock=clock)
    counts = needing.aggregate(
        needed=Count("pk"),
        overdue=Count("pk", filter=Q(simulated=False, due_on__lt=clock.now().date())),
    )
    desks = [one.authority for one in held if one.function == Function.DESK_OFFICER]
    to_tell, told_late = still_to_tell(desks, clock=clock)
    return Inbox(
        offices=tuple(
            (in_language(one.office.title, language), in_language(one.authority.name, language))
            for one in held
        ),
        rows=tuple(_row(case, waiting[case.pk], clock) for case in found[:PAGE]),
        needed=counts["needed"],
        overdue=counts["overdue"],
        further=found[PAGE - 1].public_id if len(found) > PAGE else None,
        began_later=edge is not None,
        waiting=_waiting(held),
        to_tell=to_tell,
        told_late=told_late,
    )


def _behind(need: int, due: date, pk: int) -> Q:
    """What comes after this place in the order."""
    return Q(need__gt=need) | Q(need=need, due__gt=due) | Q(need=need, due=due, pk__gt=pk)


def cases_needing(held: Sequence[Held], person: User) -> QuerySet[Any]:
    """The cases in which the person is to act in one of these offices: `need`, `due`, `letter`, `title`."""
    letters = with_signed_count(Letter.objects.filter(case=OuterRef("pk"))).order_by("-pk")
    failed = letters.filter(state=LetterState.FAILED, authority__in=_authorities(held, _WHO_TRIES_AGAIN))
    to_sign = letters.filter(state=LetterState.SIGNING).filter(next_signer_is(held))
    desk = _authorities(held, frozenset({Function.DESK_OFFICER}))
    by_hand = letters.filter(state=LetterState.SIGNING, on_paper=True, authority__in=desk)
    return (
        Case.objects.filter(authority__in={one.authority.pk for one in held})
        .annotate(
            failed=_id_of(failed),
            to_sign=_id_of(to_sign),
            by_hand=_id_of(by_hand),
        )
        .annotate(
            need=Either(
                When(failed__isnull=False, then=Value(int(Need.TRY_AGAIN))),
                When(to_sign__isnull=False, then=Value(int(Need.SIGN))),
                When(by_hand__isnull=False, then=Value(int(Need.PAPER))),
                *_by_state(held, person),
                default=None,
                output_field=IntegerField(),
            ),
            due=Coalesce(F("due_on"), Value(_NEVER), output_field=DateField()),
            letter=Coalesce(F("failed"), F("to_sign"), F("by_hand"), output_field=UUIDField()),
            title=Coalesce(F("activity__title"), Value(""), output_field=TextField()),
        )
        .filter(need__isnull=False)
    )


def _id_of(letters: QuerySet[Letter]) -> Subquery:
    return Subquery(letters.values("public_id")[:1], output_field=UUIDField())


_WHO_TRIES_AGAIN = frozenset({Function.DESK_OFFICER, Function.SIGNER})


def _authorities(held: Sequence[Held], functions: frozenset[Function]) -> set[int]:
    return {one.authority.pk for one in held if one.function in functions}


def _by_state(held: Sequence[Held], person: User) -> list[When]:
    """The needs that follow from a case's state and the function of an office, the weightiest first."""
    found: list[When] = []
    desk = _authorities(held, frozenset({Function.DESK_OFFICER}))
    for alike in _handled_alike(held):
        of_it = Q(procedure_version=alike.terms.version, kind__in=alike.kinds)
        deciding = {one.authority.pk for one in held if alike.deciding.fits(one.function, one.office.body)}
        if deciding:
            found.append(_when(Need.DECIDE, of_it & Q(state=State.IN_DECISION, authority__in=deciding)))
        if desk:
            spoken = [~_is_asked(body, alike) | Q(_has_spoken(body.code)) for body in alike.bodies]
            in_review = of_it & Q(*spoken, state=State.IN_REVIEW, authority__in=desk)
            found.append(_when(Need.RECOMMEND, in_review))
        for one in held:
            body = next((body for body in alike.bodies if body.code == one.office.body), None)
            if body is not None and one.function in (Function.REVIEWER, Function.CHAIR):
                silent = Q(state=State.IN_REVIEW, authority=one.authority) & ~Q(_has_spoken(body.code))
                asked = of_it & _is_asked(body, alike) & silent
                found += _of_body(body, one, asked, person)
    if desk:
        found.append(_when(Need.CHECK, Q(state=State.SUBMITTED, authority__in=desk)))
    return found


@dataclass(frozen=True, kw_only=True)
class _Alike:
    """Kinds of case of one version that have the same bodies and the same deciding office."""

    terms: Procedure
    fixed: tuple[str, ...]
    routed: bool
    deciding: OfficeRule
    kinds: frozenset[str]

    @property
    def bodies(self) -> list[Body]:
        """Every body that any of the cases may be sent to."""
        return [
            body
            for body in self.terms.bodies.values()
            if body.code in self.fixed or (self.routed and body.sectors)
        ]


def _handled_alike(held: Sequence[Held]) -> list[_Alike]:
    """How the cases of these authorities are handled that wait for a body or a decision, in one query."""
    cases = Case.objects.filter(
        authority__in={one.authority.pk for one in held}, state__in=(State.IN_REVIEW, State.IN_DECISION)
    )
    found: dict[tuple[Any, ...], _Alike] = {}
    for version, kind in sorted(cases.values_list("procedure_version", "kind").distinct()):
        terms = procedure(version)
        handling = handling_under(terms, Kind(kind))
        deciding = handling.deciding
        alike = (version, handling.bodies, handling.routed, deciding.function, deciding.unit)
        known = found[alike].kinds if alike in found else frozenset()
        found[alike] = _Alike(
            terms=terms,
            fixed=handling.bodies,
            routed=handling.routed,
            deciding=deciding,
            kinds=known | {kind},
        )
    return list(found.values())


def _is_asked(body: Body, alike: _Alike) -> Q:
    """The cases that go to this body: all, or those of its sectors."""
    return Q() if body.code in alike.fixed else Q(activity__sector__in=sorted(body.sectors))


def _when(need: Need, condition: Q) -> When:
    return When(condition, then=Value(int(need)))


def _of_body(body: Body, held: Held, asked: Q, person: User) -> list[When]:
    """Of a body of one its opinion; of several the vote, and the opinion once the quorum voted."""
    if body.members == 1:
        return [_when(Need.GIVE_OPINION, asked)] if held.function == Function.REVIEWER else []
    votes = _in_round(Vote.objects.all(), body.code)
    out = Exists(Recusal.objects.filter(case=OuterRef("pk"), person=person))
    open_votes = asked & ~Q(Exists(votes.filter(seat=held.seat))) & ~Q(out)
    found = [_when(Need.VOTE, open_votes)]
    if held.function == Function.CHAIR:
        # Grouped by nothing but the case: so many members have voted.
        voted = votes.order_by().values("case").annotate(number=Count("seat", distinct=True))
        enough = Exists(voted.filter(number__gte=body.quorum))
        found.append(_when(Need.GIVE_OPINION, asked & Q(enough) & ~Q(out)))
    return found


def _has_spoken(body: str) -> Exists:
    """Its opinion stands: what it said before its review was begun anew is history."""
    return Exists(_in_round(Opinion.objects.all(), body))


def _in_round(said: QuerySet[Any], body: str) -> QuerySet[Any]:
    """What was said for a body in the last round of its review, of the case asked about."""
    anew = (
        Reopening.objects.filter(case=OuterRef("case"))
        .annotate(named=Cast("bodies", TextField()))
        .filter(named__contains=f'"{body}"')
        .order_by()
        .values("case")
        .annotate(number=Count("pk"))
        .values("number")
    )
    last_round: QuerySet[Any] = (
        said.filter(case=OuterRef("pk"), body=body)
        .annotate(last=Coalesce(Subquery(anew, output_field=IntegerField()), Value(0)))
        .filter(round=F("last"))
    )
    return last_round


def _waiting(held: Sequence[Held]) -> tuple[tuple[State, int], ...]:
    """How many cases stand in each state, for the authorities served."""
    cases = Case.objects.filter(authority__in={one.authority.pk for one in held})
    counted = dict(cases.values_list("state").annotate(number=Count("pk")).order_by("state"))
    return tuple((state, counted[state]) for state in _ON_THE_WAY if state in counted)


_ON_THE_WAY = (
    State.SUBMITTED,
    State.WITH_APPLICANT,
    State.IN_REVIEW,
    State.IN_DECISION,
    State.LETTER_DUE,
)


def _row(case: Case, waiting: Waiting, clock: Clock) -> Row:
    return Row(
        public_id=case.public_id,
        about=getattr(case, "letter", None) or case.public_id,
        need=Need(getattr(case, "need")),  # noqa: B009 - an annotation that the types do not know
        reference=case.reference,
        title=getattr(case, "title", ""),
        kind=Kind(case.kind).label,
        applicant=case.applicant.name,
        standing=standing_of(case, clock=clock),
        waiting=waiting,
    )
