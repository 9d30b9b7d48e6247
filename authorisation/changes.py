"""What an act changes of an authorisation: its terms, lines and state, by the type of the act. Pure.

Whatever stands against it is collected, and nothing raised; first-transferred tonnes that it would touch are
counted, for the rules to speak of, and moved only where the letter's terms foresee it. Volumes are whole
t CO2 eq.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from authorisation import acts
from authorisation.acts import AnyPlan
from authorisation.application import USES
from authorisation.consent import against_naming, with_other_consent
from authorisation.figures import LineFigures, Standing
from authorisation.lifecycle_of_authorisations import State
from authorisation.terms import EntityTerms, Terms
from authorisation.touching import foreseen, touching_of
from projects.fields import FIRST_VINTAGE
from workflow.refusals import Reason


@dataclass(kw_only=True)
class Changed:
    """Terms, lines and state as the act leaves them.

    holder, holder_of_all   who holds units afterwards, and whether the authorisation itself with them
    touched, touched_used   first-transferred tonnes that it would touch, and of these used ones
    """

    terms: Terms
    lines: dict[int, LineFigures]
    ends_in: str
    ca_id: str | None
    methodology: str | None
    holder: str = ""
    holder_of_all: bool = False
    revoked: int = 0
    touched: int = 0
    touched_used: int = 0
    against: list[Reason] = field(default_factory=list)


def changed_by(standing: Standing, plan: AnyPlan) -> Changed:
    """What the act leaves behind, and every reason against it."""
    made = Changed(
        terms=standing.terms,
        lines=dict(standing.lines),
        ends_in=standing.state,
        ca_id=standing.ca_id,
        methodology=standing.methodology,
    )
    if isinstance(plan, acts.Revocation | acts.Surrender):
        _take_back(standing, plan, made)
    elif isinstance(plan, acts.TopUp):
        _top_up(standing, plan, made)
    elif isinstance(plan, acts.Quantity):
        _set_quantity(standing, plan, made)
    elif isinstance(plan, acts.PeriodChanged):
        _set_period(standing, plan, made)
    elif isinstance(plan, acts.UseAdded | acts.UseRemoved):
        _set_use(standing, plan, made)
    elif isinstance(plan, acts.EntityAdded | acts.EntityRemoved | acts.EntityRenamed):
        _set_entities(standing, plan, made)
    elif isinstance(plan, acts.ConsentChanged):
        _set_consent(standing, plan, made)
    else:
        _set_other(standing, plan, made)
    return made


def _set_other(standing: Standing, plan: AnyPlan, made: Changed) -> None:
    if isinstance(plan, acts.IdentifierAssigned):
        made.ca_id = plan.ca_id
        made.against += _against_identifier(standing, plan.ca_id)
    elif isinstance(plan, acts.MethodologyChanged):
        made.methodology = plan.methodology
        if plan.methodology == standing.methodology:
            made.against.append(_nothing_changes())
    elif isinstance(plan, acts.Clarification | acts.Correction):
        if not plan.text:
            made.against.append(
                Reason(
                    code="text-missing",
                    words=_("What is clarified or corrected is not said."),
                    mend=_("Write the text that the addendum is to carry."),
                )
            )
    elif isinstance(plan, acts.HolderTransferred):
        made.holder, made.holder_of_all = plan.to, plan.of_all
    elif isinstance(plan, acts.Suspension):
        made.ends_in = State.SUSPENDED
    elif isinstance(plan, acts.Resumption):
        made.ends_in = State.IN_FORCE


def _lowered(line: LineFigures, ceiling: int) -> LineFigures:
    """The line under a lower ceiling: what is issued above it is no longer covered, what is gone stands."""
    drawn = max(line.stands, min(line.drawn, ceiling))
    return replace(
        line, authorised=ceiling if line.capped else 0, drawn=drawn, issued=min(line.issued, drawn)
    )


def _reached(standing: Standing, plan: AnyPlan, made: Changed, wanted: Mapping[int, int]) -> dict[int, int]:
    """How much of these first-transferred tonnes an act moves, by vintage: nothing where no terms foresee it.

    Counts what it would touch, and of this what is used or cancelled, for the rules.
    """
    reached: dict[int, int] = {}
    for vintage, tonnes in sorted(wanted.items()):
        line = standing.lines[vintage]
        if touching_of(plan) is None:
            made.touched += tonnes
            made.touched_used += max(0, line.used_or_cancelled - (line.stands - tonnes))
            continue
        reached[vintage] = min(tonnes, line.reachable)
        used = min(tonnes - reached[vintage], line.used_or_cancelled)
        made.touched += reached[vintage] + used
        made.touched_used += used
        if tonnes > reached[vintage] + used:
            made.against.append(_beyond_reach(vintage, tonnes, line.reachable))
    return reached if foreseen(standing.terms, plan) else {}


def _without(line: LineFigures, tonnes: int) -> LineFigures:
    """The line once so many first-transferred tonnes are revoked; what holds them falls with `_lowered`."""
    return replace(line, first_transferred=line.first_transferred - tonnes, revoked=line.revoked + tonnes)


def _to_touch(
    standing: Standing, wanted: Mapping[int, int] | None, taken: Mapping[int, int]
) -> dict[int, int]:
    """What of a revocation that touches what is first transferred remains for it, by vintage.

    All of that can be touched where no volumes are named. Where a total is all that bounds the vintages, what
    nobody has taken up under it goes first.
    """
    if wanted is None:
        return {vintage: line.reachable for vintage, line in standing.lines.items() if line.reachable}
    rest = {
        vintage: tonnes - taken[vintage]
        for vintage, tonnes in sorted(wanted.items())
        if vintage in standing.lines and tonnes > taken[vintage]
    }
    total = standing.terms.total
    if total is None or standing.terms.volumes is not None:
        return rest
    left = total - sum(line.drawn for line in standing.lines.values())
    touched: dict[int, int] = {}
    for vintage, tonnes in rest.items():
        if tonnes > left:
            touched[vintage] = tonnes - left
        left -= min(left, tonnes)
    return touched


def _take_back(standing: Standing, plan: acts.Revocation | acts.Surrender, made: Changed) -> None:
    """All that is not first transferred, or as much of the vintages named as is not.

    Of what is first transferred, what the terms foresee and the act names.
    """
    wanted = plan.volumes
    if wanted is None:
        made.ends_in = State.REVOKED if plan.type == "revocation" else State.SURRENDERED
    made.against += _against_taking(standing, wanted or {})
    taken = {
        vintage: line.free if wanted is None else min(wanted.get(vintage, 0), line.free)
        for vintage, line in standing.lines.items()
    }
    gone: dict[int, int] = {}
    if touching_of(plan) is not None and not made.against:
        gone = _reached(standing, plan, made, _to_touch(standing, wanted, taken))
    for vintage, tonnes in taken.items():
        line = _without(standing.lines[vintage], gone.get(vintage, 0))
        bound = line.held - tonnes - gone.get(vintage, 0)
        made.lines[vintage] = replace(_lowered(line, bound), revoked=line.revoked + tonnes)
    made.terms = _terms_left(standing, made.lines, wanted)
    before, after = standing.terms.volume, made.terms.volume
    made.revoked = (
        before - after if before is not None and after is not None else sum((*taken.values(), *gone.values()))
    )
    concerned = [line for vintage, line in standing.lines.items() if wanted is None or vintage in wanted]
    # Without a ceiling there is always a rest that is not issued yet; else nothing may be left to take.
    if made.revoked == 0 and not made.touched and (before is not None or wanted is not None):
        made.touched = sum(line.stands for line in concerned)
        made.touched_used = sum(line.used_or_cancelled for line in concerned)
        if not made.touched and wanted is not None and not made.against:
            made.against.append(_nothing_changes())


def _terms_left(
    standing: Standing, lines: Mapping[int, LineFigures], wanted: Mapping[int, int] | None
) -> Terms:
    """The ceilings that are left once the lines are as they are to be."""
    volumes, total = standing.terms.volumes, standing.terms.total
    if volumes is not None:
        volumes = {vintage: lines[vintage].authorised for vintage in volumes if vintage in lines}
        if total is not None:
            total = min(total, sum(volumes.values()))
    elif total is not None:
        # What other vintages have taken up under it stays under it.
        left = total - sum(line.drawn for line in lines.values())
        total -= left if wanted is None else min(sum(wanted.values()), left)
    return standing.terms.model_copy(update={"volumes": volumes, "total": total, "parts": ()})


def _against_taking(standing: Standing, wanted: Mapping[int, int]) -> Iterable[Reason]:
    for vintage, tonnes in sorted(wanted.items()):
        line = standing.lines.get(vintage)
        if line is None:
            yield _no_such_vintage(vintage)
        elif line.capped and tonnes > line.held:
            yield _more_than_authorised(vintage, tonnes, line.held)


def _top_up(standing: Standing, plan: acts.TopUp, made: Changed) -> None:
    terms = standing.terms
    if terms.volume is None:
        made.against.append(_no_ceiling())
        return
    total = terms.total + sum(plan.volumes.values()) if terms.total is not None else None
    volumes = terms.volumes
    if volumes is not None:
        volumes = dict(volumes)
        for vintage, tonnes in plan.volumes.items():
            volumes[vintage] = volumes.get(vintage, 0) + tonnes
    made.terms = terms.model_copy(update={"volumes": volumes, "total": total, "parts": ()})
    made.against += _against_vintages(standing.terms, plan.volumes)
    _raise_lines(made, volumes)


def _raise_lines(made: Changed, volumes: Mapping[int, int] | None) -> None:
    for vintage, ceiling in (volumes or {}).items():
        line = made.lines.get(vintage, LineFigures())
        made.lines[vintage] = replace(line, authorised=ceiling)


def _set_quantity(standing: Standing, plan: acts.Quantity, made: Changed) -> None:
    terms, up = standing.terms, plan.type == "quantity_up"
    volumes = dict(terms.volumes) if terms.volumes is not None else None
    total = plan.total if plan.total is not None else terms.total
    if plan.volumes:
        named = dict(plan.volumes)
        if volumes is None:
            if terms.total is None and up:
                made.against.append(_no_ceiling())
                return
            drawn = {vintage for vintage, line in standing.lines.items() if line.drawn}
            if drawn - set(named):
                made.against.append(_every_vintage_needs_one(sorted(drawn - set(named))))
                return
            volumes = dict.fromkeys(standing.lines, 0)
        else:
            made.against += _against_direction(volumes, named, up=up)
        volumes |= named
        made.against += _against_vintages(terms, named)
    if plan.total is not None:
        made.against += _against_total(terms, plan.total, up=up)
    made.terms = terms.model_copy(update={"volumes": volumes, "total": total, "parts": ()})
    _reduce(standing, plan, made)
    _under(made)


def _reduce(standing: Standing, plan: acts.Quantity, made: Changed) -> None:
    """What is gone above a new ceiling counts as touched, and moves only where the terms foresee it.

    Above a total, of the last vintages first.
    """
    volumes, total = made.terms.volumes, made.terms.total
    above = {
        vintage: standing.lines[vintage].stands - ceiling
        for vintage, ceiling in (volumes or {}).items()
        if vintage in standing.lines and ceiling < standing.lines[vintage].stands
    }
    if total is not None:
        over = standing.stands - sum(above.values()) - total
        for vintage in sorted(standing.lines, reverse=True):
            more = min(max(0, over), standing.lines[vintage].reachable - above.get(vintage, 0))
            if more > 0:
                above[vintage] = above.get(vintage, 0) + more
                over -= more
        if over > 0:
            made.touched += over
            made.against += [_beyond_total(total)] if touching_of(plan) is not None else []
    gone = _reached(standing, plan, made, above)
    made.revoked = sum(gone.values())
    for vintage, tonnes in gone.items():
        made.lines[vintage] = _without(standing.lines[vintage], tonnes)


def _under(made: Changed) -> None:
    """Brings the lines under the new terms."""
    volumes, total = made.terms.volumes, made.terms.total
    if volumes is not None:
        for vintage, ceiling in volumes.items():
            line = replace(made.lines.get(vintage, LineFigures()), capped=True)
            made.lines[vintage] = _lowered(line, max(ceiling, line.stands))
    if total is None:
        return
    excess = sum(line.drawn for line in made.lines.values()) - total
    for vintage in sorted(made.lines, reverse=True):
        line = made.lines[vintage]
        less = min(max(0, excess), line.drawn - line.stands)
        if less:
            drawn = line.drawn - less
            made.lines[vintage] = replace(line, drawn=drawn, issued=min(line.issued, drawn))
            excess -= less


def _set_period(standing: Standing, plan: acts.PeriodChanged, made: Changed) -> None:
    """Vintages outside keep what is gone; new ones come in where no ceiling by vintage bounds them."""
    new = {name: getattr(plan, name) for name in acts.PERIOD if getattr(plan, name) is not None}
    terms = standing.terms.model_copy(update=new)
    if all(getattr(standing.terms, name) == value for name, value in new.items()):
        made.against.append(_nothing_changes())
    if terms.outcomes_from and terms.outcomes_to and terms.outcomes_to < terms.outcomes_from:
        made.against.append(
            Reason(
                code="period-reversed",
                words=_("The period would end on %(to)s, before it begins on %(from)s."),
                values={"to": day(terms.outcomes_to), "from": day(terms.outcomes_from)},
                mend=_("Correct one of the two days."),
            )
        )
    volumes = terms.volumes
    if volumes is not None:
        volumes = {
            vintage: ceiling if _within(terms, vintage) else standing.lines.get(vintage, LineFigures()).stands
            for vintage, ceiling in volumes.items()
        }
    made.terms = terms.model_copy(
        update={"volumes": volumes, "parts": () if volumes != terms.volumes else terms.parts}
    )
    for vintage, line in standing.lines.items():
        if not _within(terms, vintage):
            made.lines[vintage] = _lowered(line, line.stands)
    if volumes is None:
        for vintage in standing.expected:
            if vintage >= FIRST_VINTAGE and _within(terms, vintage):
                made.lines.setdefault(vintage, LineFigures(capped=False))


def _within(terms: Terms, vintage: int) -> bool:
    first = terms.outcomes_from.year if terms.outcomes_from else 0
    last = terms.outcomes_to.year if terms.outcomes_to else 9999
    return first <= vintage <= last


def _set_use(standing: Standing, plan: acts.UseAdded | acts.UseRemoved, made: Changed) -> None:
    terms = standing.terms
    if isinstance(plan, acts.UseAdded):
        uses = tuple(use for use in USES if use in {*terms.uses, plan.use})
        added = tuple(name for name in plan.imp if name not in terms.imp)
        update: dict[str, Any] = {
            "uses": uses,
            "imp": (*terms.imp, *added),
            "op": plan.op or terms.op,
            "first_transfer_definition": terms.first_transfer_definition or plan.first_transfer_definition,
        }
    else:
        uses = tuple(use for use in terms.uses if use != plan.use)
        update = {
            "uses": uses,
            "imp": () if plan.use == "IMP" else terms.imp,
            "op": None if plan.use == "OP" else terms.op,
            "first_transfer_definition": terms.first_transfer_definition
            if {"IMP", "OP"} & set(uses)
            else None,
        }
    made.terms = terms.model_copy(update=update)
    if made.terms == terms:
        made.against.append(_nothing_changes())
    if not uses:
        made.against.append(
            Reason(
                code="A4",
                words=_("No use would be left: an authorisation is for at least one (rule A4)."),
                mend=_("Revoke the authorisation, or let the holder surrender it."),
            )
        )


def _set_entities(
    standing: Standing, plan: acts.EntityAdded | acts.EntityRemoved | acts.EntityRenamed, made: Changed
) -> None:
    entities = standing.terms.entities
    if isinstance(plan, acts.EntityAdded):
        if any(_is_named(one, plan.entity.name) for one in entities):
            made.against.append(
                Reason(
                    code="entity-there",
                    words=_("“%(entity)s” is authorised already."),
                    values={"entity": plan.entity.name},
                    mend=_("Name another entity, or change its roles by removing and adding it."),
                )
            )
        after = (*entities, plan.entity)
    else:
        if not any(_is_named(one, plan.name) for one in entities):
            made.against.append(
                Reason(
                    code="entity-unknown",
                    words=_("“%(entity)s” is not among the entities that are authorised."),
                    values={"entity": plan.name},
                    mend=_("Write the name as the letter has it."),
                )
            )
        if isinstance(plan, acts.EntityRemoved):
            after = tuple(one for one in entities if not _is_named(one, plan.name))
        else:
            after = tuple(
                one.model_copy(update={"name": plan.to}) if _is_named(one, plan.name) else one
                for one in entities
            )
            if any(_is_named(one, plan.to) for one in entities):
                made.against.append(_nothing_changes())
    made.terms = standing.terms.model_copy(update={"entities": after})


def _set_consent(standing: Standing, plan: acts.ConsentChanged, made: Changed) -> None:
    made.terms = with_other_consent(standing.terms, plan)
    made.against += against_naming(standing.terms, plan, host=standing.host)
    if made.terms == standing.terms:
        made.against.append(_nothing_changes())


def _is_named(entity: EntityTerms, name: str) -> bool:
    return entity.name.strip() == name.strip()


# -- reasons --------------------------------------------------------------------------------------


def _against_identifier(standing: Standing, ca_id: str) -> Iterable[Reason]:
    if standing.ca_id == ca_id:
        yield _nothing_changes()
    elif standing.ca_id:
        yield Reason(
            code="identifier-assigned",
            words=_("The cooperative approach bears the identifier %(there)s already."),
            values={"there": standing.ca_id},
            mend=_("Identifiers are given once; look whether another approach is meant."),
        )
    if ca_id in standing.identifiers:
        yield Reason(
            code="identifier-taken",
            words=_("%(ca_id)s is the identifier of another cooperative approach."),
            values={"ca_id": ca_id},
            mend=_("Write the identifier as the UN platform gave it."),
        )


def _against_vintages(terms: Terms, named: Mapping[int, int]) -> Iterable[Reason]:
    for vintage in sorted(named):
        if vintage < FIRST_VINTAGE:
            continue
        if not _within(terms, vintage):
            yield Reason(
                code="vintage-outside",
                words=_("Vintage %(vintage)s lies outside the period in which outcomes may occur."),
                values={"vintage": vintage},
                mend=_("Change the period first, or leave the vintage out."),
            )


def _against_direction(volumes: Mapping[int, int], named: Mapping[int, int], *, up: bool) -> Iterable[Reason]:
    for vintage, tonnes in sorted(named.items()):
        now = volumes.get(vintage, 0)
        if (tonnes <= now) if up else (tonnes >= now):
            yield Reason(
                code="not-up" if up else "not-down",
                words=_("%(tonnes)s t of vintage %(vintage)s are no more than the %(now)s t authorised now.")
                if up
                else _("%(tonnes)s t of vintage %(vintage)s are no less than the %(now)s t authorised now."),
                values={"tonnes": tonnes, "vintage": vintage, "now": now},
                mend=_(
                    "Give the new ceilings, not the difference; those that rise and those that fall apart."
                ),
            )


def _against_total(terms: Terms, total: int, *, up: bool) -> Iterable[Reason]:
    now = terms.total
    if (up and (now is None or total <= now)) or (not up and now is not None and total >= now):
        yield Reason(
            code="not-up" if up else "not-down",
            words=_("A total of %(tonnes)s t would not be more than now.")
            if up
            else _("A total of %(tonnes)s t would not be less than now."),
            values={"tonnes": total},
            mend=_("Give the new total, not the difference."),
        )


def _no_ceiling() -> Reason:
    return Reason(
        code="no-ceiling",
        words=_("The authorisation has no ceiling of its own that could be raised."),
        mend=_("What the activity is expected to achieve bounds it: show more expected mitigation."),
    )


def _every_vintage_needs_one(vintages: Sequence[int]) -> Reason:
    return Reason(
        code="ceilings-of-some",
        words=_("Outcomes of these vintages are taken up and would have no ceiling: %(vintages)s."),
        values={"vintages": [str(one) for one in vintages]},
        mend=_("Give a ceiling for every vintage of which outcomes are issued or first transferred."),
    )


def _no_such_vintage(vintage: int) -> Reason:
    return Reason(
        code="not-covered",
        words=_("Nothing of vintage %(vintage)s is authorised."),
        values={"vintage": vintage},
        mend=_("Correct the vintage."),
    )


def _more_than_authorised(vintage: int, wanted: int, held: int) -> Reason:
    return Reason(
        code="more-than-authorised",
        words=_("%(tonnes)s t of vintage %(vintage)s are more than the %(held)s t authorised."),
        values={"tonnes": wanted, "vintage": vintage, "held": held},
        mend=_("Lower the volume of this vintage."),
    )


def _beyond_reach(vintage: int, wanted: int, reachable: int) -> Reason:
    return Reason(
        code="beyond-reach",
        words=_(
            "Of vintage %(vintage)s %(tonnes)s t that are first transferred or retained would be touched, "
            "and %(reachable)s t can be: what is used, cancelled, retained by the host or taken of the "
            "issuance stands."
        ),
        values={"vintage": vintage, "tonnes": wanted, "reachable": reachable},
        mend=_("Lower the volume of this vintage."),
    )


def _beyond_total(total: int) -> Reason:
    return Reason(
        code="beyond-reach",
        words=_(
            "Under a total of %(total)s t something would be touched that stands: used, cancelled, retained "
            "by the host or taken of the issuance."
        ),
        values={"total": total},
        mend=_("Give a higher total."),
    )


def _nothing_changes() -> Reason:
    return Reason(
        code="nothing-changes",
        words=_("It is so already: nothing would change."),
        mend=_("Look at the authorisation as it stands."),
    )
