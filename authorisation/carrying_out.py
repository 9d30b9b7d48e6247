"""Carries an act about an authorisation out: its volumes, its version, and what is registered with it.

What is added is reserved when the act is decided and authorised when it takes effect; what is taken away
moves when it takes effect, and until then nothing can be first transferred, so that the letter stays true.
All under the lock of the authorisation; balances in moving order. Volumes are whole t CO2 eq.
"""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from audit.models import Event
from authorisation import acts, blocks, covering, obligations, reaching_back, volumes
from authorisation.acts import AnyPlan
from authorisation.balances import BalanceLost, Moving, move, must_move
from authorisation.effect import Effect, LineEffect
from authorisation.holders import with_organisation
from authorisation.kinds import ABOUT_AUTHORISATIONS
from authorisation.lifecycle import ENDED
from authorisation.lifecycle import State as CaseState
from authorisation.models import (
    Authorisation,
    AuthorisationVersion,
    Block,
    Case,
    Ceiling,
    Coverage,
    IssuedVintage,
    Line,
    TakenBack,
)
from authorisation.models.volumes import Pool
from authorisation.planned import effect_for, effect_on, granted_plan_of
from authorisation.standing import granting_case
from authorisation.terms import Terms
from authorisation.touching import touching_of
from projects.models import Activity, CooperativeApproach
from workflow.refusals import Reason
from workflow.steps import Facts

# Acts that can take volume away: decided, they hold first transfers back until their letter is issued.
_TAKING_VOLUME = frozenset({"revocation", "surrender", "quantity_down", "period"})

_AT_ONCE = "suspend_at_once"


# -- when it is decided ----------------------------------------------------------------------------


def reserve(
    moving: Moving, authorisation: Authorisation, plan: AnyPlan, granted_terms: Terms
) -> list[Reason]:
    """Reserves what a decided act adds, or holds first transfers back until its letter takes away.

    Under the lock of the authorisation: where something was first transferred since the terms to be granted
    were worked out, the decision is refused, for its letter would not be true.
    """
    case = moving.case
    granted = granting_case(authorisation)
    volumes.release(moving)
    if granted.activity is not None:
        volumes.expect(granted.activity)
    effect = effect_for(case, plan)
    reasons = list(effect.forbidden)
    if isinstance(plan, acts.HolderTransferred):
        reasons += blocks.not_held(authorisation, plan.serial) if plan.serial else ()
        reasons += with_organisation(plan, authorisation)[1]
    if effect.terms != granted_terms.model_copy(update={"conditions": effect.terms.conditions}):
        reasons.append(
            Reason(
                code="standing-changed",
                words=_("Outcomes have moved since you looked: the act would now do something else."),
                mend=_("Look at its effect again, and decide."),
            )
        )
    if reasons:
        return reasons
    for one in effect.lines:
        added = one.after.authorised - one.before.authorised
        if added > 0:
            line = _line(granted, one.vintage, capped=one.before.capped)
            must_move(moving, line, Pool.OUTSIDE, Pool.RESERVED, added)
    for ceiling, difference in _above(granted, effect):
        if difference > 0 and not move(moving, ceiling, Pool.OUTSIDE, Pool.RESERVED, difference):
            reasons.append(volumes.passed(ceiling, difference))
    hold_back_transfers(authorisation)
    return reasons


def hold_back_transfers(authorisation: Authorisation, *, but: Case | None = None) -> None:
    """Blocks first transfers while any case holds them back, and lets them go on where none does any more.

    A suspension at once does from that step on; a decided act that takes volume away, until its letter.
    """
    waiting = Q(state=CaseState.GRANTED, authorisation_version=None, kind__in=ABOUT_AUTHORISATIONS)
    others = authorisation.cases.filter(~Q(state__in=ENDED) | waiting)
    if but is not None:
        others = others.exclude(pk=but.pk)
    blocked = any(_holds_back(case) for case in others)
    Authorisation.objects.filter(pk=authorisation.pk).update(transfers_blocked=blocked)
    authorisation.transfers_blocked = blocked


def _holds_back(case: Case) -> bool:
    if case.outcome == "refused":
        return False
    if Event.objects.filter(stream=case.trail_stream, action=_AT_ONCE).exists():
        return True
    plan = granted_plan_of(case)
    return plan is not None and plan.type in _TAKING_VOLUME


# -- when it takes effect --------------------------------------------------------------------------


def take_effect(authorisation: Authorisation, facts: Facts, event: Event) -> Collection[Reason]:
    """Makes the next version and moves what the act moves. The facts name case, letter, digest and dates.

    The lock of the authorisation is held by the door; that of its activity is taken here.
    """
    Activity.locked(authorisation.activity_id)
    case = Case.objects.select_related("authority", "planned").get(public_id=UUID(str(facts["case"])))
    decision, plan = case.decisions.last(), granted_plan_of(case)
    if decision is None or plan is None:
        raise ValueError(f"Case {case.reference} was granted without a decision on its act.")
    moving = Moving(case=case, event=event, on=_day(case, event))
    effect = effect_for(case, plan)
    granted = granting_case(authorisation)
    added = any(one.difference > 0 for one in effect.lines)
    volumes.settle_reserved(moving)
    for one in effect.lines:
        _settle_line(moving, authorisation, granted, one, touching_of(plan))
    _settle_total(moving, granted, effect)
    for ceiling, difference in _above(granted, effect):
        must_move(moving, ceiling, Pool.AUTHORISED, Pool.OUTSIDE, max(0, -difference))
    version = AuthorisationVersion.objects.create(
        authorisation=authorisation,
        number=authorisation.current_version + 1,
        case=case,
        terms=decision.granted,
        letter=UUID(str(facts["letter"])),
        letter_sha256=str(facts["digest"]),
        decided_on=decision.decided_on,
        signed_on=date.fromisoformat(str(facts["signed_on"])),
        notified_on=date.fromisoformat(str(facts["notified_on"])),
        effective_on=date.fromisoformat(str(facts["effective_on"])),
    )
    Authorisation.objects.filter(pk=authorisation.pk).update(current_version=version.number)
    authorisation.current_version = version.number
    _register(authorisation, plan)
    hold_back_transfers(authorisation, but=case)
    # What its decision asks of the holder besides what is asked already; it holds nothing back.
    obligations.begin(case, authorisation, event, on=moving.on)
    if added or plan.type in ("resumption", "period"):
        covering.cover_what_is_issued(moving, authorisation)
        obligations.begin_after_issuance(authorisation, event, on=moving.on)
    return ()


def end_what_was_brought_in(authorisation: Authorisation, facts: Facts, event: Event) -> Collection[Reason]:
    """Takes away what an earlier letter authorised that had ended before it was brought in.

    Nothing is held for it any more, under its own ceilings or those above. No version is made: its letter
    stays the last, and what ended it is on record elsewhere.
    """
    Activity.locked(authorisation.activity_id)
    granted = granting_case(authorisation)
    moving = Moving(case=granted, event=event, on=_day(granted, event))
    plan = acts.read({"type": "revocation", "grounds": str(facts["source"])})
    effect = effect_on(authorisation, plan, on=moving.on)
    for one in effect.lines:
        _settle_line(moving, authorisation, granted, one)
    _settle_total(moving, granted, effect)
    for ceiling, difference in _above(granted, effect):
        must_move(moving, ceiling, Pool.AUTHORISED, Pool.OUTSIDE, max(0, -difference))
    return ()


def _day(case: Case, event: Event) -> date:
    return event.time.astimezone(ZoneInfo(case.authority.time_zone)).date()


def _line(granted: Case, vintage: int, *, capped: bool) -> Line:
    line, _made = Line.objects.get_or_create(case=granted, vintage=vintage, defaults={"capped": capped})
    return line


def _above(granted: Case, effect: Effect) -> Iterable[tuple[Ceiling, int]]:
    """The ceilings above, in moving order, each with by how much what is held under it changes."""
    found = {(one.scope, one.vintage): one.after - one.before for one in effect.ceilings}
    for ceiling in volumes.ceilings_above(granted):
        difference = found.get((Ceiling.Scope(ceiling.scope).name.lower(), ceiling.vintage), 0)
        if difference:
            yield ceiling, difference


def _settle_line(
    moving: Moving,
    authorisation: Authorisation,
    granted: Case,
    one: LineEffect,
    touching: acts.Touching | None = None,
) -> None:
    """One line as the act leaves it; what was added is authorised already."""
    if not one.moves and one.vintage in {line.vintage for line in authorisation.lines.all()}:
        return
    line = _line(granted, one.vintage, capped=one.after.capped)
    if line.authorisation_id is None:
        Line.objects.filter(pk=line.pk).update(authorisation=authorisation)
        line.authorisation = authorisation
    if one.touched:
        reaching_back.revoke(moving, line, one, touching)
    _uncover(moving, line, one.uncovered)
    # What was first transferred is among the revoked already: only its hold on the ceilings falls here.
    taken = one.taken - one.touched
    must_move(moving, line, Pool.ISSUED, Pool.OUTSIDE, one.touched_issued)
    given_up = taken if not one.before.capped else 0
    drawn = one.before.drawn - one.after.drawn
    must_move(moving, line, Pool.DRAWN, Pool.REVOKED, min(drawn, given_up))
    must_move(moving, line, Pool.DRAWN, Pool.OUTSIDE, drawn - min(drawn, given_up))
    if one.before.capped:
        fallen = max(0, one.before.authorised - one.after.authorised)
        must_move(moving, line, Pool.AUTHORISED, Pool.REVOKED, min(fallen, taken))
        must_move(moving, line, Pool.AUTHORISED, Pool.OUTSIDE, fallen - min(fallen, taken))
    if line.capped != one.after.capped:
        Line.objects.filter(pk=line.pk).update(capped=one.after.capped)


def _settle_total(moving: Moving, granted: Case, effect: Effect) -> None:
    """The total over vintages as the new terms have it, with what its lines have taken up."""
    total = effect.terms.total
    if total is None:
        return
    row, _made = Ceiling.objects.get_or_create(
        case=granted, scope=Ceiling.Scope.TOTAL, defaults={"tonnes": total}
    )
    if total > row.tonnes:
        Ceiling.objects.filter(pk=row.pk).update(tonnes=total)
    drawn = sum(one.after.drawn for one in effect.lines)
    wanted = effect.terms.volume or 0
    must_move(moving, row, Pool.DRAWN, Pool.OUTSIDE, max(0, row.drawn - drawn))
    fallen = max(0, row.authorised - wanted)
    must_move(moving, row, Pool.AUTHORISED, Pool.REVOKED, min(fallen, effect.revoked))
    must_move(moving, row, Pool.AUTHORISED, Pool.OUTSIDE, fallen - min(fallen, effect.revoked))
    must_move(moving, row, Pool.OUTSIDE, Pool.AUTHORISED, max(0, wanted - row.authorised))
    must_move(moving, row, Pool.OUTSIDE, Pool.DRAWN, max(0, drawn - row.drawn))
    Ceiling.objects.filter(pk=row.pk).exclude(tonnes=total).update(tonnes=total)


def _uncover(moving: Moving, line: Line, tonnes: int) -> None:
    """So much of what is issued and held is covered no longer, what was covered last first."""
    if not tonnes:
        return
    must_move(moving, line, Pool.ISSUED, Pool.OUTSIDE, tonnes)
    held = blocks.take_last(line.blocks.filter(place=Block.Place.HELD), tonnes)
    Block.objects.filter(pk__in=[block.pk for block in held]).update(authorisation=None, line=None)
    left = tonnes
    for issued, covered in _covered_last_first(line):
        less = min(left, covered)
        if not less:
            continue
        TakenBack.objects.create(
            issued_id=issued, line=line, tonnes=less, taken_on=moving.on, event=moving.event.digest
        )
        rows = IssuedVintage.objects.filter(pk=issued, covered__gte=less)
        if not rows.update(covered=F("covered") - less):
            raise BalanceLost(f"Of the issued vintage {issued} {less} t are not covered.")
        left -= less
    if left:
        raise BalanceLost(f"The line {line.pk} covers {left} t less than it says.")


def _covered_last_first(line: Line) -> list[tuple[int, int]]:
    """The issued vintages that a line covers, the last first, each with what it still covers of it."""
    taken = dict(line.taken_back.values_list("issued").annotate(Sum("tonnes")))
    covered = Coverage.objects.filter(line=line).values_list("issued").annotate(Sum("tonnes"))
    return [(issued, tonnes - taken.get(issued, 0)) for issued, tonnes in covered.order_by("-issued")]


# -- what is registered with it --------------------------------------------------------------------


def _register(authorisation: Authorisation, plan: AnyPlan) -> None:
    """What the act says of approach, activity and holders becomes what is registered of them."""
    if isinstance(plan, acts.IdentifierAssigned):
        CooperativeApproach.objects.filter(pk=authorisation.approach_id).update(ca_id=plan.ca_id)
    elif isinstance(plan, acts.MethodologyChanged):
        Activity.objects.filter(pk=authorisation.activity_id).update(methodology=plan.methodology)
    elif isinstance(plan, acts.EntityRenamed):
        held = Block.objects.filter(authorisation=authorisation, holder=plan.name)
        held.update(holder=plan.to)
    elif isinstance(plan, acts.HolderTransferred):
        _transfer_holder(authorisation, plan)


def _transfer_holder(authorisation: Authorisation, plan: acts.HolderTransferred) -> None:
    held = Block.objects.filter(authorisation=authorisation, place=Block.Place.HELD)
    if plan.serial:
        found, reasons = blocks.against_serial(authorisation, plan.serial)
        if reasons:
            raise BalanceLost(f"The units of {plan.serial} are not held under {authorisation.identifier}.")
        held = held.filter(pk__in=[block.pk for block in found])
    held.update(holder=plan.to)
    if plan.organisation is not None:
        organisation = Organisation.objects.get(public_id=plan.organisation)
        Authorisation.objects.filter(pk=authorisation.pk).update(holder=organisation)
        authorisation.holder = organisation
