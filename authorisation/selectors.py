"""Reading cases: whether anybody at all can take the next step, and what mends it where nobody can."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Office, Tenure
from accounts.selectors import runs
from authorisation.deputies import behind
from authorisation.guards.conflicts import people_out
from authorisation.guards.reviewing import quorum_is_reached
from authorisation.handling import bodies_of, handling_of
from authorisation.lifecycle import State
from authorisation.models import Case
from authorisation.permissions import roles_of_holder
from authorisation.procedures.shape import Body
from authorisation.reviews import SITTING, Review, reviews_of
from authorisation.roles import Role
from workflow.refusals import Reason, Words
from workflow.steps import Step, terms_of


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One person in one office of the case's authority today.

    stead   the people in whose stead they hold it; empty where it is theirs
    """

    person: int
    office: Office
    stead: frozenset[int]
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Ability:
    """Whether a step that the case waits for can be taken by anybody.

    people    how many could take it
    reasons   why nobody can, each with what mends it; empty where somebody can
    """

    step: str
    label: Words
    people: int
    reasons: tuple[Reason, ...]


# Of each state, the steps without one of which the case does not go on, and whose role takes them.
_NEEDED: Mapping[State, tuple[tuple[Step[Case], Role], ...]] = {
    State.SUBMITTED: ((Case.accept, Role.DESK_OFFICER),),
    State.IN_REVIEW: ((Case.recommend, Role.DESK_OFFICER),),
    State.IN_DECISION: ((Case.approve, Role.DECIDER),),
    State.LETTER_DUE: ((Case.decline_to_sign, Role.SIGNER),),
}


def who_can_act(case: Case, *, on: date) -> tuple[Ability, ...]:
    """For each step that the case waits for on a day, whether anybody can take it: constant queries.

    Steps of the applicant, of the system and of the clock are not among them.
    """
    bodies = bodies_of(case)
    holders = _holders(case, bodies, on)
    out = people_out(case)
    found = []
    if case.state == State.IN_REVIEW:
        found += [_of_body(review, holders, out) for review in reviews_of(case, on=on, bodies=bodies)]
    recommenders = behind(case.recommendations.all()) if case.state == State.IN_DECISION else frozenset()
    for step, role in _NEEDED.get(State(case.state), ()):
        able = [one for one in holders if role in one.roles]
        reasons = _why_nobody(case, role, able, out, recommenders)
        free = [one for one in able if _is_free(one, role, out, recommenders)]
        found.append(_ability(step, len({one.person for one in free}), () if free else reasons))
    return tuple(found)


def stuck(abilities: Iterable[Ability]) -> tuple[Ability, ...]:
    """Those that nobody can take."""
    return tuple(one for one in abilities if one.reasons)


def _ability(step: Step[Case], people: int, reasons: Sequence[Reason], label: Words = "") -> Ability:
    terms = terms_of(step)
    return Ability(step=terms.name, label=label or terms.label, people=people, reasons=tuple(reasons))


def _holders(case: Case, bodies: Sequence[Body], on: date) -> list[Holder]:
    """Everybody who holds an office of the authority that day, with their roles in the case: two queries."""
    by_code = {body.code: body for body in bodies}
    ad_hoc = {one.member_id: by_code[one.body] for one in case.adhocmembers.filter(body__in=by_code)}
    tenures = Tenure.objects.filter(runs(on), office__authority=case.authority_id)
    held: dict[tuple[int, int], list[Tenure]] = {}
    for tenure in tenures.select_related("office", "deputy_of").order_by("pk"):
        held.setdefault((tenure.person_id, tenure.office_id), []).append(tenure)
    found = []
    for (person, _office), by in held.items():
        office = by[0].office
        principals = [tenure.deputy_of for tenure in by]
        body = by_code.get(office.body) if office.function in SITTING else ad_hoc.get(person)
        found.append(
            Holder(
                person=person,
                office=office,
                stead=frozenset()
                if None in principals
                else frozenset(one.person_id for one in principals if one is not None),
                roles=roles_of_holder(case, office, person, body=body),
            )
        )
    return found


def _is_free(one: Holder, role: Role, out: Mapping[int, Reason], recommenders: frozenset[int]) -> bool:
    if role is Role.SIGNER:
        return True
    return one.person not in out and not ({one.person, *one.stead} & recommenders)


_MEND_EMPTY = _("Let the director appoint somebody to it, or a deputy for whoever is absent.")


def _why_nobody(
    case: Case,
    role: Role,
    able: Sequence[Holder],
    out: Mapping[int, Reason],
    recommenders: frozenset[int],
) -> list[Reason]:
    """Why none of the holders can take the step, once for each sort of reason."""
    office = _called(case, role)
    if not able:
        return [
            Reason(
                code="office-empty",
                words=_("Nobody holds the office that has to act: %(office)s."),
                values={"office": office},
                mend=_MEND_EMPTY,
            )
        ]
    reasons = []
    if any(one.person in out for one in able):
        reasons.append(
            Reason(
                code="all-in-conflict",
                words=_("Whoever holds the office “%(office)s” has a conflict of interest in this case."),
                values={"office": office},
                mend=_("Let the director appoint somebody without a conflict, or a deputy who has none."),
            )
        )
    if any({one.person, *one.stead} & recommenders for one in able):
        reasons.append(
            Reason(
                code="all-recommended",
                words=_(
                    "Whoever holds the office “%(office)s” recommended in this case, themselves or through "
                    "a deputy."
                ),
                values={"office": office},
                mend=_(
                    "Let a director appoint somebody to that office in their own right who did not recommend."
                ),
            )
        )
    return reasons


def _called(case: Case, role: Role) -> str:
    if role is Role.DECIDER:
        return handling_of(case).deciding.label
    if role is Role.SIGNER:
        return ", ".join(rule.label for rule in handling_of(case).signing)
    return str(role.label)


def _of_body(review: Review, holders: Sequence[Holder], out: Mapping[int, Reason]) -> Ability:
    """Whether a body can come to its opinion: enough members for the quorum, and a chair to record it."""
    body = review.body
    if review.has_spoken:
        return _ability(Case.give_opinion, len(review.seats), (), label=body.label)
    reasons = []
    if review.votes_are_asked and review.counted.members < body.quorum:
        reasons += list(quorum_is_reached(review))
    speaking = [
        one for one in holders if Role.CHAIR in one.roles and one.person not in out and _sits(one, review)
    ]
    if not speaking:
        reasons.append(_nobody_speaks(review))
    return _ability(Case.give_opinion, len({one.person for one in speaking}), reasons, label=body.label)


def _sits(one: Holder, review: Review) -> bool:
    """Whether the holder is one of those who speak for this body, and no other's."""
    return one.office.body == review.body.code or any(one.person in seat.fillers for seat in review.seats)


def _nobody_speaks(review: Review) -> Reason:
    if review.votes_are_asked:
        return Reason(
            code="no-chair",
            words=_("Nobody can chair the body “%(body)s” in this case."),
            values={"body": review.body.label},
            mend=_("Let the director appoint a chair, or a deputy of the chair."),
        )
    if review.out:
        return Reason(
            code="body-out",
            words=_("Whoever sits in the body “%(body)s” takes no part in this case."),
            values={"body": review.body.label},
            mend=_("Let the director appoint somebody for this case alone."),
        )
    return Reason(
        code="body-empty",
        words=_("Nobody sits in the reviewing body “%(body)s”."),
        values={"body": review.body.label},
        mend=_MEND_EMPTY,
    )
