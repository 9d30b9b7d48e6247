"""Use-cases on outcomes: issuance, first transfer, use and cancellation are recorded, with evidence.

By a desk officer of the authority, or by whoever runs a registry that is entitled to.
Volumes are whole t CO2 eq by vintage; `on` is the day on which it happened. Each raises Refused with every
reason, and nothing has then moved.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, cast

from django.db import transaction

from audit import trail
from audit.models import Event
from audit.trail import Happening, Json
from authorisation import covering, issuing
from authorisation.foreseen import Foreseen, foreseen_of
from authorisation.issuing import Evidence, Issuance
from authorisation.models import Authorisation, IssuedVintage, Line, Recording
from authorisation.obligations import begin_after_issuance
from authorisation.standing import registries_tracking, terms_in_force
from projects.models import Activity, Document
from projects.permissions import registries_of
from workflow.clock import today
from workflow.door import Act, Move, pass_through, rehearse, take
from workflow.refusals import Kind, Reason, Refused
from workflow.steps import Step

RecordingKind = Recording.Kind


def foresee(record: Callable[[Act], Activity | Authorisation], *, act: Act) -> Foreseen:
    """What recording something would come to: `record` is one of the use-cases below, and is undone.

    Raises Refused with every reason for which it would be refused now.
    """
    unkeyed = replace(act, key="")
    return rehearse(lambda: foreseen_of(record(unkeyed).trail_digest))


def record_issuance(activity: Activity, issuance: Issuance, *, act: Act, seen: int | None = None) -> Activity:
    """Records what a registry has issued. Authorisations of the activity cover what they can, oldest first.

    What none covers is there, and can be neither transferred nor used. An issuance is never refused for its
    volume. `issuance.evidence.registry` is "mechanism" for that of Article 6.4; without one it is the
    registry in which the authorisations of the activity are tracked.
    """
    registered = _with_registry(issuance, activity, act)
    issued: list[IssuedVintage] = []
    facts: dict[str, Json] = {
        "on": issuance.on.isoformat(),
        "registry": registered.evidence.registry,
        "volumes": {str(vintage): tonnes for vintage, tonnes in sorted(issuance.volumes.items())},
        "blocks": [serial for serial, _holder in issuance.blocks],
        **issuance.evidence.facts(),
    }
    standing = activity.authorisations.order_by("pk")
    moves: list[Move[Any]] = [
        Move(
            step=Activity.record_issuance,
            record=activity,
            facts=facts,
            beside=(partial(_write_issuance, issuance=registered, act=act, issued=issued),),
            seen=seen,
            asked={
                **facts,
                "holders": [holder for _serial, holder in issuance.blocks],
                "reference": issuance.evidence.reference,
            },
        ),
        *(
            Move(
                step=Authorisation.cover,
                record=authorisation,
                facts={"activity": str(activity.public_id), "on": issuance.on.isoformat()},
                beside=(partial(_cover, issued=issued, on=today(authorisation.authority, act.clock)),),
            )
            for authorisation in standing
        ),
    ]
    return cast(Activity, pass_through(act, *moves).records[0])


def record_first_transfer(
    authorisation: Authorisation,
    *,
    act: Act,
    on: date,
    to_party: str,
    evidence: Evidence,
    volumes: Mapping[int, int] | None = None,
    serial: str = "",
    gross: bool = False,
    adjusted_in: int | None = None,
    unadjusted: bool = False,
    seen: int | None = None,
) -> Authorisation:
    """Records a first international transfer, by vintage or of one block, to another Party (alpha-3).

    gross: the tonnes are those before the host keeps its part; else that comes on top. `adjusted_in`: the
    year of the corresponding adjustment, where the evidence names one; `unadjusted`: it says that none is
    made. The adjustment is due all the same, for the vintage year (rules A5 and A7): else it is refused.
    """
    facts: dict[str, Json] = {
        "to_party": to_party,
        "serial": serial,
        "gross": gross,
        "adjusted_in": adjusted_in,
        "unadjusted": unadjusted,
    }
    move = _move(
        Authorisation.record_first_transfer,
        authorisation,
        RecordingKind.FIRST_TRANSFER,
        act=act,
        on=on,
        evidence=evidence,
        volumes=volumes,
        facts=facts,
        seen=seen,
    )
    return take(act, move)


def record_use(
    authorisation: Authorisation,
    *,
    act: Act,
    on: date,
    evidence: Evidence,
    volumes: Mapping[int, int] | None = None,
    serials: Sequence[str] = (),
    by_party: str = "",
    by_entity: str = "",
    for_year: int | None = None,
    seen: int | None = None,
) -> Authorisation:
    """Records a use by a Party (alpha-3) or by an entity, for a calendar year; by vintage, or of `serials`.

    Units that are named are taken; of volumes, the first by their numbers. What was first transferred and is
    not used yet is taken first; the rest is first transferred by the use, where the letter says that it is.
    """
    facts: dict[str, Json] = {
        "by_party": by_party,
        "by_entity": by_entity,
        "for_year": for_year,
        "serials": _named(serials),
    }
    move = _move(
        Authorisation.record_use,
        authorisation,
        RecordingKind.USE,
        act=act,
        on=on,
        evidence=evidence,
        volumes=volumes,
        facts=facts,
        seen=seen,
    )
    return take(act, move)


def record_cancellation(
    authorisation: Authorisation,
    *,
    act: Act,
    on: date,
    purpose: str,
    evidence: Evidence,
    volumes: Mapping[int, int] | None = None,
    serials: Sequence[str] = (),
    seen: int | None = None,
) -> Authorisation:
    """Records a cancellation for a purpose. What it takes, and first transfers, is as for a use."""
    move = _move(
        Authorisation.record_cancellation,
        authorisation,
        RecordingKind.CANCELLATION,
        act=act,
        on=on,
        evidence=evidence,
        volumes=volumes,
        facts={"purpose": purpose.strip(), "serials": _named(serials)},
        seen=seen,
    )
    return take(act, move)


def _named(serials: Sequence[str]) -> list[Json]:
    return [text.strip() for text in serials if text.strip()]


def note_download_of_evidence(recording: Recording, *, act: Act) -> None:
    """Writes into the trail of the activity who takes a confidential document; of a public one nothing."""
    document = recording.document
    if document is None or document.confidentiality != Document.Confidentiality.CONFIDENTIAL:
        return
    with transaction.atomic():
        activity = Activity.locked(recording.activity_id)
        trail.append(
            activity,
            Happening(
                action="download_document",
                from_state=activity.state,
                to_state=activity.state,
                actor=act.actor.trail_name,
                office=act.actor.trail_office,
                facts={"document": str(document.public_id), "type": "evidence"},
                request_id=act.request_id,
                at=act.clock.now(),
            ),
        )


def _with_registry(issuance: Issuance, activity: Activity, act: Act) -> Issuance:
    """The issuance with its registry: the one it says, or where outcomes of the activity are tracked."""
    if issuance.evidence.registry:
        return issuance
    tracked = registries_tracking(activity)
    own = registries_of(activity.authority, act.actor, act.clock)
    named = [name for name in tracked if name in own] if own else tracked
    registry = next(iter([*named, *sorted(own)]), "")
    return replace(issuance, evidence=replace(issuance.evidence, registry=registry))


def _write_issuance(
    activity: Activity, event: Event, *, issuance: Issuance, act: Act, issued: list[IssuedVintage]
) -> None:
    """Writes the issuance, after every reason against it was looked for under the lock of the activity."""
    reasons = issuing.against(issuance, activity, today=today(activity.authority, act.clock))
    reasons += _against_registry(activity, issuance.evidence, act, tracked=registries_tracking(activity))
    if reasons:
        raise Refused(Kind.RULE, reasons)
    recording = issuing.recorded(
        RecordingKind.ISSUANCE,
        activity,
        event,
        on=issuance.on,
        evidence=issuance.evidence,
        actor=act.actor,
    )
    issued += issuing.write(recording, issuance)
    vintages = [one.vintage for one in issued]
    covering.note_issuance(Line.objects.filter(authorisation__activity=activity, vintage__in=vintages))


def _cover(authorisation: Authorisation, event: Event, *, issued: list[IssuedVintage], on: date) -> None:
    covering.cover_issuance(authorisation, event, issued)
    begin_after_issuance(authorisation, event, on=on)


def _against_registry(
    activity: Activity, evidence: Evidence, act: Act, *, tracked: Collection[str]
) -> list[Reason]:
    """A registry records what happened in its own, to outcomes that are tracked there; `tracked`: where."""
    own = registries_of(activity.authority, act.actor, act.clock)
    if not own or (evidence.registry in own and (not tracked or own & set(tracked))):
        return []
    return [issuing.another_registry(", ".join(sorted(own)))]


def _move(
    step: Step[Authorisation],
    authorisation: Authorisation,
    kind: Recording.Kind,
    *,
    act: Act,
    on: date,
    evidence: Evidence,
    volumes: Mapping[int, int] | None,
    facts: Mapping[str, Json],
    seen: int | None,
) -> Move[Authorisation]:
    kept = evidence
    if not evidence.registry:
        kept = replace(evidence, registry=terms_in_force(authorisation).tracking_registry or "")
    said: dict[str, Json] = {
        "on": on.isoformat(),
        "registry": kept.registry,
        "volumes": {str(vintage): tonnes for vintage, tonnes in sorted((volumes or {}).items())},
        **facts,
    }
    return Move(
        step=step,
        record=authorisation,
        facts={
            **said,
            "today": today(authorisation.authority, act.clock).isoformat(),
            **evidence.facts(),
        },
        beside=(partial(_write_recording, kind=kind, act=act, on=on, evidence=kept),),
        seen=seen,
        asked={**said, **evidence.facts(), "reference": evidence.reference},
    )


def _write_recording(
    authorisation: Authorisation,
    event: Event,
    *,
    kind: Recording.Kind,
    act: Act,
    on: date,
    evidence: Evidence,
) -> None:
    reasons = _against_registry(authorisation.activity, evidence, act, tracked=())
    if reasons:
        raise Refused(Kind.RULE, reasons)
    issuing.recorded(
        kind,
        authorisation.activity,
        event,
        on=on,
        evidence=evidence,
        actor=act.actor,
        authorisation=authorisation,
    )
