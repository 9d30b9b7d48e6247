"""Use-cases of acts about an authorisation that stands: look at what one would do, and open a case of it.

Before anybody confirms anything, `preview` says exactly what would happen: a frozen `effect.Effect` with
every line and ceiling before and after, the terms that change, the letters replaced, and what the rules say
for and against; `Effect.forbidden` is every reason why it could not even be opened, for a page to show
beside the form. `open_act` opens the case with the planned act as its content, or raises `Refused` with all
those reasons.

    plan = acts.read({"type": "revocation", "grounds": "Over-crediting was found."})  # authorisation.acts
    effect = preview(authorisation, plan, clock=clock)
    case = open_act(authorisation, plan, act=act)

Who opens what: the holder (or a desk officer for the holder, who asked on paper: `for_holder=True`) asks for
a change, a top-up, a transfer of holder, a resumption, a surrender. The authority, by a desk officer or the
director, makes a change, a suspension, a resumption, a revocation of its own motion: with a hearing where
something is taken away that nobody asked to be.

After that the case goes its way like any other: `submit` (asked for), `file`, `serve_notice` and `hear`, or
`suspend_at_once`; then opinions, `desk.recommend`, `decisions.approve`; with the issued letter the act takes
effect.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function
from audit.trail import Json
from authorisation import acts, blocks, proposals
from authorisation.acts import AnyPlan
from authorisation.effect import Effect, effect_of
from authorisation.handling import handling_in, procedure_for
from authorisation.holders import with_organisation
from authorisation.kinds import Initiative, Kind
from authorisation.lifecycle import State as CaseState
from authorisation.models import Authorisation, Case, ObligationFinding, PlannedAct
from authorisation.permissions import may_see_authorisation
from authorisation.planned import effect_on, is_about, plan_of
from authorisation.services.applications import submit, who_may_open, write_draft
from authorisation.standing import granting_case
from authorisation.taking_stock_of_many import standings_of
from projects.permissions import acts_in
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.door import Act, Move, rehearse, take
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused

# What the holder may ask for, and what the authority may do of its own motion.
ASKED_BY_HOLDER = frozenset(
    {Kind.CHANGE, Kind.TOP_UP, Kind.TRANSFER_OF_HOLDER, Kind.RESUMPTION, Kind.SURRENDER}
)
OF_OWN_MOTION = frozenset({Kind.CHANGE, Kind.SUSPENSION, Kind.RESUMPTION, Kind.REVOCATION})
OPENED_BY = frozenset({Function.DESK_OFFICER, Function.DIRECTOR})
# What whoever holds no such office is told.
OPENED_BY_OTHERS = Reason(
    code="role",
    words=_("An act of the authority is opened by its desk or its director."),
    mend=_("Ask one of them to open it."),
)


def preview(authorisation: Authorisation, plan: AnyPlan, *, clock: Clock) -> Effect:
    """What an act would do to an authorisation as it stands now. Constant queries; writes nothing."""
    effect = effect_on(authorisation, plan, on=today(authorisation.authority, clock))
    if isinstance(plan, acts.HolderTransferred):
        effect = effect.also_against(_against_holder(authorisation, plan))
    return effect


def preview_over_many(
    authorisations: Sequence[Authorisation], plan: acts.OverMany, *, clock: Clock
) -> list[Effect]:
    """What one act would do to each of many authorisations of one authority, in the order given.

    As `preview` has it of each, with a constant number of queries however many they and their lines are,
    where they were read with their holders and the authority's Party. Writes nothing.
    """
    if not authorisations:
        return []
    authority = authorisations[0].authority
    under = procedure_for(authority, today(authority, clock))
    return [effect_of(standing, plan) for standing in standings_of(authorisations, under=under)]


def _resolved(authorisation: Authorisation, plan: AnyPlan) -> AnyPlan:
    """With the organisation that a transfer means, and with no effect before a window ends."""
    if isinstance(plan, acts.WithWindow) and plan.effective_on is None:
        return plan.model_copy(update={"effective_on": plan.earliest})
    if isinstance(plan, acts.HolderTransferred):
        return with_organisation(plan, authorisation)[0]
    return plan


def open_act(
    authorisation: Authorisation,
    plan: AnyPlan,
    *,
    act: Act,
    for_holder: bool = False,
    breach: ObligationFinding | None = None,
) -> Case:
    """Opens a case about an authorisation, as a draft that carries the planned act.

    for_holder: a desk officer opens it for the holder, who asked on paper.
    breach: the finding on which it is opened (`services.obligations.open_suspension`).
    Raises Refused: for whoever may not; without grounds; and where a rule forbids the whole effect.
    """
    _refuse_strangers(authorisation, act)
    by_authority = _by_authority(authorisation, act, for_holder)
    if not act.key:
        return _open(authorisation, plan, act=act, by_authority=by_authority, breach=breach)
    name = f"{act.actor.trail_name}\n{act.key}"
    return _open_once(authorisation, plan, act=act, by_authority=by_authority, name=name, breach=breach)


def ask_for(authorisation: Authorisation, plan: AnyPlan, *, act: Act, declared: bool) -> Case:
    """The holder asks for an act: its case is opened and handed to the desk, or neither is done.

    declared: the holder declares that what is said is true. Raises Refused with every reason of either.
    """
    unkeyed = replace(act, key="")
    rehearse(lambda: submit(open_act(authorisation, plan, act=unkeyed), act=unkeyed, declared=declared))
    case = open_act(authorisation, plan, act=act)
    return submit(case, act=act, declared=declared) if case.state == CaseState.DRAFT else case


def open_one_of_many(authorisation: Authorisation, plan: acts.OverMany, *, act: Act, batch: str) -> Case:
    """Opens the case of one authorisation among those that one act is about.

    The case has the holder's hearing and clock of its own; where the plan names a day until which all may
    mend (`cure_until`), no hearing ends before it, and nothing takes effect. `batch` names the act; opened
    again under the same name, what is open already is found and nothing is opened twice. Raises Refused.
    """
    _refuse_strangers(authorisation, act)
    who_acts_for(authorisation.authority, act)
    return _open_once(authorisation, plan, act=act, by_authority=True, name=batch, batch=batch)


def _open_once(
    authorisation: Authorisation,
    plan: AnyPlan,
    *,
    act: Act,
    by_authority: bool,
    name: str,
    batch: str = "",
    breach: ObligationFinding | None = None,
) -> Case:
    """Opened again under the same name, the case that is there."""
    once = hashlib.sha256(f"{name}\n{authorisation.public_id}".encode()).hexdigest()
    with transaction.atomic():
        # Held until the case is there: of two that open it at once, the second finds the first.
        Authorisation.locked(authorisation.pk)
        there = PlannedAct.objects.select_related("case").filter(once=once).first()
        if there is not None:
            return there.case
        return _open(
            authorisation, plan, act=act, by_authority=by_authority, batch=batch, once=once, breach=breach
        )


def _open(
    authorisation: Authorisation,
    plan: AnyPlan,
    *,
    act: Act,
    by_authority: bool,
    batch: str = "",
    once: str | None = None,
    breach: ObligationFinding | None = None,
) -> Case:
    kind, on = acts.kind_of(plan), today(authorisation.authority, act.clock)
    reasons = [*_against_opening(kind, plan, by_authority=by_authority)]
    terms = procedure_for(authorisation.authority, on)
    if handling_in(terms, kind) is None:
        reasons.append(
            Reason(
                code="kind-not-offered",
                words=_("This authority does not offer a case of the kind “%(kind)s”."),
                values={"kind": kind},
                mend=_("Choose a kind that its procedure names."),
            )
        )
    granted = granting_case(authorisation)
    with transaction.atomic():
        plan = _resolved(authorisation, plan)
        reasons += preview(authorisation, plan, clock=act.clock).forbidden
        if reasons:
            raise Refused(Refusal.RULE, reasons)
        draft = Case(
            authority=authorisation.authority,
            kind=kind,
            initiative=_initiative(plan, by_authority=by_authority),
            applicant=authorisation.holder,
            opened_by=_person(act).user,
            procedure_version=terms.version,
            simulated=act.clock.simulated,
            activity=granted.activity,
            approach=granted.approach,
            ndc_period=granted.ndc_period,
            authorisation=authorisation,
        )
        content = {**proposals.content_of(granted).as_json(), "grounds": plan.grounds}
        facts: dict[str, Json] = {"authorisation": authorisation.identifier, "act": plan.type}
        if breach is not None:
            facts["breach_of"] = str(breach.obligation.public_id)
        case = write_draft(draft, content, by=act, facts=facts)
        PlannedAct.objects.create(
            case=case, type=plan.type, plan=plan.canonical(), batch=batch, once=once, breach=breach
        )
    return case


def _initiative(plan: AnyPlan, *, by_authority: bool) -> Initiative:
    if not by_authority:
        return Initiative.ASKED_FOR
    heard = acts.kind_of(plan) in (Kind.SUSPENSION, Kind.REVOCATION) or plan.type in acts.TAKING_AWAY
    return Initiative.WITH_HEARING if heard else Initiative.OWN_MOTION


def _refuse_strangers(authorisation: Authorisation, act: Act) -> None:
    if not may_see_authorisation(authorisation, act.actor, act.clock):
        raise Refused(
            Refusal.UNSEEN,
            [Reason(code="not-found", words=_("There is no such authorisation, or not for you."))],
        )


def who_acts_for(authority: Authority, act: Act) -> Person:
    """Whoever acts, where they may open acts of this authority in their office. Raises Refused."""
    actor = act.actor
    may = any(acts_in(function, authority, actor, act.clock) for function in OPENED_BY)
    if not isinstance(actor, Person) or not may:
        raise Refused(Refusal.ROLE, [OPENED_BY_OTHERS])
    return actor


def _by_authority(authorisation: Authorisation, act: Act, for_holder: bool) -> bool:
    """Whether the authority acts, and not the holder. Raises Refused where neither may."""
    actor, authority = act.actor, authorisation.authority
    if isinstance(actor, Person) and actor.office is not None and not for_holder:
        who_acts_for(authority, act)
        return True
    who_may_open(act, authority, authorisation.holder)
    return False


def _against_opening(kind: Kind, plan: AnyPlan, *, by_authority: bool) -> Iterable[Reason]:
    if by_authority and kind not in OF_OWN_MOTION:
        yield Reason(
            code="holder-asks",
            words=_("This is for the holder to ask for: the authority does not do it of its own motion."),
            mend=_("Let the holder ask, or open it for the holder who asked on paper."),
        )
    if not by_authority and kind not in ASKED_BY_HOLDER:
        yield Reason(
            code="authority-acts",
            words=_("This is an act of the authority: a holder cannot ask for it."),
            mend=_("Tell the authority why you think it should act."),
        )
    if by_authority:
        yield from without_grounds(plan)


def without_grounds(plan: AnyPlan) -> Iterable[Reason]:
    """An authority says why it acts."""
    if not plan.grounds:
        yield Reason(
            code="grounds-missing",
            words=_("The grounds of this act are not written."),
            mend=_("Write the grounds."),
        )


def _against_holder(authorisation: Authorisation, plan: acts.HolderTransferred) -> Iterable[Reason]:
    """Units pass on while they are held under it; the whole, to another organisation that is let in."""
    if plan.serial:
        yield from blocks.not_held(authorisation, plan.serial)
    yield from with_organisation(plan, authorisation)[1]


def _person(act: Act) -> Person:
    if not isinstance(act.actor, Person):
        raise Refused(
            Refusal.ROLE,
            [Reason(code="role", words=_("An act about an authorisation is opened by a person."))],
        )
    return act.actor


# -- the steps of the authority's own acts ---------------------------------------------------------


def file(case: Case, *, act: Act, seen: int | None = None) -> Case:
    """Sends an act that needs no hearing to review."""
    return take(act, Move(step=Case.file, record=case, facts=_facts(case), seen=seen))


def serve_notice(case: Case, *, act: Act, seen: int | None = None) -> Case:
    """Tells the holder the grounds, in a letter; from then on the holder may be heard."""
    return take(act, Move(step=Case.serve_notice, record=case, facts=_facts(case), seen=seen))


def hear(case: Case, *, act: Act, statement: str, seen: int | None = None) -> Case:
    """The holder answers the notice, in words that the trail keeps. Silence is told by the clock."""
    if not statement.strip():
        raise Refused(
            Refusal.RULE,
            [
                Reason(
                    code="statement-missing",
                    words=_("Nothing is answered."),
                    mend=_("Write your answer, or let the time pass: then the authority goes on."),
                )
            ],
        )
    move = Move(step=Case.hear, record=case, facts={"heard": True}, reason=statement.strip(), seen=seen)
    return take(act, move)


def suspend_at_once(case: Case, *, act: Act, urgency: str, seen: int | None = None) -> Case:
    """In urgency: blocks first transfers from this step on, and goes to decision without a hearing."""
    facts: dict[str, Json] = {**_facts(case), "urgency": bool(urgency.strip())}
    move = Move(step=Case.suspend_at_once, record=case, facts=facts, reason=urgency.strip(), seen=seen)
    return take(act, move)


def discontinue(case: Case, *, act: Act, reasons: str, seen: int | None = None) -> Case:
    """Gives an act of the authority up, with reasons, in a letter; what it held back goes on."""
    facts: dict[str, Json] = {"reasoned": bool(reasons.strip())}
    return take(act, Move(step=Case.discontinue, record=case, facts=facts, reason=reasons.strip(), seen=seen))


def _facts(case: Case) -> dict[str, Json]:
    """What the door is told of the plan; of a case that carries none it says why there is no such step."""
    if not is_about(case):
        return {"grounds": False, "act": ""}
    plan = plan_of(case)
    return {"grounds": bool(plan.grounds), "act": plan.type}
