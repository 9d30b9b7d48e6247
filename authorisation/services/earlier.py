"""Use-cases that bring in what was authorised, and issued, before this register was kept.

The system enters it, on behalf of a named person who answers for it. Each may be repeated: what is there
already stays as it is. Volumes are whole t CO2 eq.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, cast
from uuid import uuid4

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.services import create_organisation
from accounts.services.chains import iso
from accounts.wording import day
from audit.canonical import parse_canonical
from audit.models import Event
from audit.trail import Json
from authorisation import blocks, covering, issuing
from authorisation.earlier import EarlierAuthorisation, EarlierBlock, tonnes_by_vintage
from authorisation.handling import procedure_for
from authorisation.issuing import Evidence
from authorisation.kinds import Initiative, Kind
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation, Block, Case, IssuedVintage, Line, Recording, Series
from authorisation.services.applications import write_draft
from authorisation.services.decisions import authorising_moves
from authorisation.services.expiry import final_day
from authorisation.standing import first_version, terms_in_force
from projects.content import ActivityContent, CooperativeApproachContent
from projects.models import Activity, NdcPeriod
from projects.selectors import activity_meant, expected_by_vintage
from projects.services import (
    Registering,
    hold_register,
    register_activity,
    register_approach,
    state_expected_mitigation,
)
from workflow.actors import SYSTEM
from workflow.clock import Clock, today
from workflow.door import Act, Move, pass_through
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused
from workflow.steps import Step


def bring_in_authorisation(known: EarlierAuthorisation, *, run_by: User, clock: Clock) -> Authorisation:
    """Enters the authorisation as it stands, as far as it is known; the same one where it is there already.

    Raises Refused with every reason. A draft that a killed process left behind is taken up.
    """
    act = Act(actor=SYSTEM, clock=clock)
    _refuse_impossible_day(known, clock)
    case = _draft(known, run_by, act)
    if case.authorisation is not None:
        return stand_as(case.authorisation, known, run_by=run_by, act=act)
    if known.terms.volumes:
        _expect_at_least(case.activity, _with_other_letters(case.activity, known.terms.volumes), act)
    signed = known.signed_on or date(known.year, 1, 1)
    effective = max(signed, known.effective_on or signed)
    scan = known.original.scan
    facts: dict[str, Json] = {
        "run_by": run_by.actor,
        "source": known.source,
        "terms": known.terms.as_json(),
        "letter": str(uuid4()),
        "number": known.original.number,
        "link": known.original.link,
        "digest": scan.sha256 if scan is not None else "",
        "unknown": [name.value for name in known.unknown],
        "stands_as": known.stands_as.value,
        "stands_since": iso(since_of(known, today(known.authority, act.clock))),
        "decided_on": signed.isoformat(),
        "signed_on": signed.isoformat(),
        "notified_on": effective.isoformat(),
        "effective_on": effective.isoformat(),
    }
    moves: list[Move[Any]] = [Move(step=Case.bring_in, record=case, facts=facts), *authorising_moves(case)]
    pass_through(act, *moves)
    made = Authorisation.objects.get(versions__case=case)
    return stand_as(made, known, run_by=run_by, act=act)


_STANDING_AS: Mapping[State, Step[Authorisation]] = {
    State.SUSPENDED: Authorisation.bring_in_as_suspended,
    State.REVOKED: Authorisation.bring_in_as_revoked,
    State.SURRENDERED: Authorisation.bring_in_as_surrendered,
    State.EXPIRED: Authorisation.bring_in_as_expired,
}


def stand_as(found: Authorisation, known: EarlierAuthorisation, *, run_by: User, act: Act) -> Authorisation:
    """The second half of bringing one in: it stands as it stood elsewhere. Where it does, nothing is done.

    A process that was killed in between leaves it in force; the next run, which knows from its event how it
    was to stand, does the rest.
    """
    step = _STANDING_AS.get(known.stands_as)
    if step is None or not is_left_half(found, known.stands_as):
        return found
    facts: dict[str, Json] = {
        "run_by": run_by.actor,
        "source": known.source,
        "since": iso(since_of(known, today(known.authority, act.clock))),
    }
    pass_through(act, Move(step=step, record=found, facts=facts))
    return Authorisation.objects.get(pk=found.pk)


def since_of(known: EarlierAuthorisation, on: date) -> date | None:
    """Since which day it stands as it does on this one: as is said, or of one that expired as its days say.

    None where that is not known, and for one in force, which stands so since it took effect.
    """
    last = final_day(known.terms)
    if known.stands_since is None and known.stands_as == State.EXPIRED and last is not None and last < on:
        return last + timedelta(days=1)
    return known.stands_since


def _refuse_impossible_day(known: EarlierAuthorisation, clock: Clock) -> None:
    """Nothing stands so before it was given, or since a day that has not come."""
    on = today(known.authority, clock)
    since = since_of(known, on)
    if since is None:
        return
    given = known.signed_on or date(known.year, 1, 1)
    reasons = []
    if known.stands_as == State.IN_FORCE:
        reasons.append(_no_day_of_state())
    if not given <= since <= on:
        reasons.append(_impossible_day(since))
    if reasons:
        raise Refused(Refusal.RULE, reasons)


def _no_day_of_state() -> Reason:
    return Reason(
        code="state-since-in-force",
        words=_("Since when it stands so is said of one that is in force."),
        mend=_("Say when it took effect, or correct how it stands."),
    )


def _impossible_day(since: date) -> Reason:
    return Reason(
        code="state-since-impossible",
        words=_("It cannot stand so since %(since)s: that is before it was given, or has not come yet."),
        values={"since": day(since)},
        mend=_("Correct the day, or the final days of the authorisation."),
    )


def is_left_half(found: Authorisation, stands_as: State) -> bool:
    """Whether it was to be brought in as this, and is in force because nobody came so far."""
    if found.state != State.IN_FORCE or stands_as == State.IN_FORCE:
        return False
    case = first_version(found).case
    event = Event.objects.filter(stream=case.trail_stream, action="bring_in").first()
    facts = cast("dict[str, Json]", parse_canonical(event.facts)) if event is not None else {}
    moved_since = Event.objects.filter(stream=found.trail_stream, action__in=_ENTERED)
    return facts.get("stands_as") == stands_as.value and not moved_since.exists()


_ENTERED = ("suspend", "resume", "revoke", "surrender", "expire", "amend")


def bring_in_blocks(
    authorisation: Authorisation,
    units: Sequence[EarlierBlock],
    *,
    on: date,
    evidence: Evidence,
    run_by: User,
    clock: Clock,
) -> dict[str, int]:
    """Records an issuance in blocks of units, and what of it this authorisation covers.

    Gives the tonnes that it does not cover, by serial. Raises Refused where units are recorded already, and
    nothing of these is then recorded.
    """
    act = Act(actor=SYSTEM, clock=clock)
    issued: list[IssuedVintage] = []
    activity = authorisation.activity
    facts: dict[str, Json] = {
        "run_by": run_by.actor,
        "on": on.isoformat(),
        "registry": evidence.registry,
        "volumes": {str(vintage): tonnes for vintage, tonnes in tonnes_by_vintage(units).items()},
        "blocks": [unit.text for unit in units],
        "evidence": evidence.given,
    }
    write = partial(
        _write_issuance, authorisation=authorisation, units=units, on=on, evidence=evidence, issued=issued
    )
    moves: list[Move[Any]] = [
        Move(step=Activity.record_issuance, record=activity, facts=facts, beside=(partial(write, act=act),)),
        Move(
            step=Authorisation.cover,
            record=authorisation,
            facts={"activity": str(activity.public_id), "on": on.isoformat()},
            beside=(partial(_cover, issued=issued),),
        ),
    ]
    pass_through(act, *moves)
    free = Block.objects.filter(issued__in=issued, authorisation=None).order_by("first_number")
    return {block.serial: block.tonnes for block in free}


def _draft(known: EarlierAuthorisation, run_by: User, act: Act) -> Case:
    """The case that carries it: the one that is there, or a new one with what it is about registered."""
    with transaction.atomic():
        hold_register(known.authority)
        found = Case.objects.select_related("authorisation", "activity", "approach", "authority__party")
        case = found.filter(source_id=known.known_as).first()
        if case is not None:
            return case
        on = today(known.authority, act.clock)
        terms = procedure_for(known.authority, on)
        kind = next((one for one in (Kind.OUTCOMES, Kind.CONSOLIDATED) if one in terms.kinds), None)
        if kind is None:
            raise Refused(Refusal.RULE, [_without_a_kind()])
        draft = Case(
            authority=known.authority,
            source_id=known.known_as,
            kind=kind,
            initiative=Initiative.BROUGHT_IN,
            opened_by=run_by,
            procedure_version=terms.version,
            simulated=act.clock.simulated,
        )
        approach_said = CooperativeApproachContent(
            ca_id=known.ca_id or None,
            name=known.ca_id or "Cooperative approach not named (brought in)",
            # One that has no identifier stands for many: of none of them these are the Parties.
            parties=(known.terms.parties or None) if known.ca_id else None,
        )
        activity_said = _activity_content(known)
        registering = Registering(authority=known.authority, actor=SYSTEM.trail_name, at=act.clock.now())
        draft.approach = register_approach(approach_said, registering)
        draft.activity = register_activity(activity_said, draft.approach, registering)
        draft.applicant = known.holder or _unknown_holder(known, act)
        draft.ndc_period = NdcPeriod.objects.filter(
            party=known.authority.party, first_year__lte=known.year, last_year__gte=known.year
        ).first()
        content = {
            "cooperative_approach": approach_said.as_json(),
            "activity": activity_said.as_json(),
            "request": {
                "uses": list(known.terms.uses),
                "first_transfer_definition": known.terms.first_transfer_definition,
            },
        }
        return write_draft(draft, content, by=act, facts={"run_by": run_by.actor, "source": known.source})


def _activity_content(known: EarlierAuthorisation) -> ActivityContent:
    """The activity under its number; of one that is registered, its own title."""
    said = ActivityContent(standard=known.programme, registry_id=known.project)
    registered = activity_meant(said, known.authority)
    title = registered.title if registered is not None else known.title
    return said.model_copy(update={"title": title or f"{known.programme} {known.project}"})


def _unknown_holder(known: EarlierAuthorisation, act: Act) -> Organisation:
    """Stands for whoever holds it, until that is known: an account without people."""
    return create_organisation(
        f"Holder not known: {known.programme} {known.project}",
        country=known.authority.party.code,
        actor=SYSTEM.trail_name,
        at=act.clock.now(),
    )


def _write_issuance(
    activity: Activity,
    event: Event,
    *,
    authorisation: Authorisation,
    units: Sequence[EarlierBlock],
    on: date,
    evidence: Evidence,
    issued: list[IssuedVintage],
    act: Act,
) -> None:
    """Under the lock of the activity: the recording, its blocks, and the lines that can cover them."""
    taken = blocks.overlapping_each([unit.serial for unit in units])
    if taken:
        raise Refused(Refusal.RULE, [already_recorded([others[0].serial for others in taken.values()])])
    recording = issuing.recorded(
        Recording.Kind.ISSUANCE, activity, event, on=on, evidence=evidence, actor=SYSTEM
    )
    issued += IssuedVintage.objects.bulk_create(
        IssuedVintage(recording=recording, activity=activity, vintage=vintage, tonnes=tonnes)
        for vintage, tonnes in tonnes_by_vintage(units).items()
    )
    rows = {row.vintage: row for row in issued}
    series = _series_named({unit.serial.series for unit in units})
    Block.objects.bulk_create(
        Block(
            authority=activity.authority,
            activity=activity,
            series=series[unit.serial.series],
            pattern=unit.serial.pattern,
            first_number=unit.serial.first,
            last_number=unit.serial.last,
            issued=rows[unit.vintage],
            holder=unit.holder,
        )
        for unit in units
    )
    _open_lines(authorisation, list(rows))
    _expect_what_was_issued(activity, issued, act)
    covering.note_issuance(Line.objects.filter(authorisation__activity=activity, vintage__in=list(rows)))


def _series_named(names: Collection[str]) -> dict[str, Series]:
    """The series with these names, of which those are opened that are not there yet."""
    found = {series.name: series for series in Series.objects.filter(name__in=names)}
    for name in sorted(set(names) - set(found)):
        found[name], _made = Series.objects.get_or_create(name=name)
    return found


def _open_lines(authorisation: Authorisation, vintages: Sequence[int]) -> None:
    """Where no volume is known, what was issued opens the line of its vintage, without a ceiling."""
    if terms_in_force(authorisation).volume is not None:
        return
    case = first_version(authorisation).case
    if case.initiative != Initiative.BROUGHT_IN:
        return
    there = case.lines.filter(vintage__in=vintages).values_list("vintage", flat=True)
    for vintage in sorted(set(vintages) - set(there)):
        Line.objects.get_or_create(
            case=case, vintage=vintage, defaults={"authorisation": authorisation, "capped": False}
        )


def _expect_what_was_issued(activity: Activity, issued: Sequence[IssuedVintage], act: Act) -> None:
    """Rule A3 measures against what is expected or issued: here, against what was issued."""
    vintages = [row.vintage for row in issued]
    rows = IssuedVintage.objects.filter(activity=activity, vintage__in=vintages).order_by("vintage")
    found = rows.values("vintage").annotate(in_all=Sum("tonnes"))
    _expect_at_least(activity, dict(found.values_list("vintage", "in_all")), act)


def _with_other_letters(activity: Activity | None, volumes: dict[int, int]) -> dict[int, int]:
    """These volumes, with what other letters authorise of the same vintages: together they are expected."""
    others = Line.objects.filter(authorisation__activity=activity, vintage__in=volumes)
    found = dict(volumes)
    for vintage, tonnes in others.values_list("vintage", "authorised"):
        found[vintage] += tonnes
    return found


def _expect_at_least(activity: Activity | None, wanted: dict[int, int], act: Act) -> None:
    """States no less than this as expected; not of an activity about which somebody has applied here."""
    if activity is None or activity.cases.exclude(initiative=Initiative.BROUGHT_IN).exists():
        return
    stated = expected_by_vintage(activity)
    more = {vintage: tonnes for vintage, tonnes in wanted.items() if tonnes > stated.get(vintage, 0)}
    registering = Registering(authority=activity.authority, actor=SYSTEM.trail_name, at=act.clock.now())
    with transaction.atomic():
        state_expected_mitigation(activity, more, registering)


def _cover(authorisation: Authorisation, event: Event, *, issued: Sequence[IssuedVintage]) -> None:
    covering.cover_issuance(authorisation, event, issued)


def already_recorded(serials: Sequence[str]) -> Reason:
    """Units that stand in a block recorded before."""
    return Reason(
        code="block-recorded",
        words=_("Units of it are recorded already, in other blocks: %(others)s."),
        values={"others": list(serials)},
        mend=_("Correct the serial; what was issued is recorded once."),
    )


def _without_a_kind() -> Reason:
    return Reason(
        code="kind-not-offered",
        words=_("The authority's procedure names no kind of case that authorises outcomes."),
        mend=_("Load a version of the procedure that does."),
    )
