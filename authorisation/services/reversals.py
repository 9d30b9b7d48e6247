"""Use-cases of reversals: what is no mitigation any more is recorded with evidence, and what replaces it.

By a desk officer, or by whoever runs a registry that is entitled to. Recorded on activity and vintage: no
line moves, and what was first transferred stands. Raises Refused with every reason.
"""

from collections.abc import Callable
from datetime import date
from functools import partial

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from audit.models import Event
from authorisation import issuing
from authorisation.issuing import FIRST_VINTAGE, Evidence
from authorisation.models import Recording, Replacement, Reversal
from authorisation.reversed import balance_of, issued_less_reversed
from authorisation.standing import registries_tracking
from projects.models import Activity
from projects.permissions import registries_of
from workflow.clock import today
from workflow.door import Act, Move, take
from workflow.refusals import Kind, Reason, Refused
from workflow.steps import Step


def record_reversal(
    activity: Activity,
    *,
    act: Act,
    on: date,
    sort: Reversal.Sort,
    vintage: int,
    tonnes: int,
    evidence: Evidence,
    seen: int | None = None,
) -> Activity:
    """Records that so many tonnes of a vintage were reversed, or had been credited in excess.

    Never more than is issued of the vintage and not reversed yet, where its issuance is recorded.
    """

    def write(locked: Activity, recording: Recording) -> None:
        left = issued_less_reversed(locked, vintage)
        if left is not None and tonnes > left:
            raise Refused(Kind.RULE, [_more_than_there_is(tonnes, vintage, left)])
        Reversal.objects.create(
            recording=recording, activity=locked, sort=sort, vintage=vintage, tonnes=tonnes
        )

    return _record(
        Activity.record_reversal,
        Recording.Kind.REVERSAL,
        activity,
        act=act,
        on=on,
        vintage=vintage,
        tonnes=tonnes,
        evidence=evidence,
        write=write,
        seen=seen,
    )


def record_replacement(
    reversal: Reversal,
    *,
    act: Act,
    on: date,
    vintage: int,
    tonnes: int,
    evidence: Evidence,
    serial: str = "",
    seen: int | None = None,
) -> Activity:
    """Records the units that replace some of what was reversed; never more than is outstanding."""

    def write(locked: Activity, recording: Recording) -> None:
        reasons = []
        left = balance_of(Reversal.objects.get(pk=reversal.pk, activity=locked)).outstanding
        if tonnes > left:
            reasons.append(_more_than_outstanding(tonnes, left))
        if on < reversal.recording.on:
            reasons.append(_before_the_reversal(on, reversal.recording.on))
        if reasons:
            raise Refused(Kind.RULE, reasons)
        Replacement.objects.create(
            recording=recording,
            reversal=reversal,
            vintage=vintage,
            tonnes=tonnes,
            serial=" ".join(serial.split())[:300],
        )

    return _record(
        Activity.record_replacement,
        Recording.Kind.REPLACEMENT,
        reversal.activity,
        act=act,
        on=on,
        vintage=vintage,
        tonnes=tonnes,
        evidence=evidence,
        write=write,
        seen=seen,
        about=str(reversal.public_id),
    )


def _record(
    step: Step[Activity],
    kind: Recording.Kind,
    activity: Activity,
    *,
    act: Act,
    on: date,
    vintage: int,
    tonnes: int,
    evidence: Evidence,
    write: Callable[[Activity, Recording], None],
    seen: int | None,
    about: str = "",
) -> Activity:
    move = Move(
        step=step,
        record=activity,
        facts={
            "on": on.isoformat(),
            "vintage": vintage,
            "tonnes": tonnes,
            "registry": evidence.registry,
            "about": about,
            **evidence.facts(),
        },
        beside=(
            partial(
                _write,
                kind=kind,
                act=act,
                on=on,
                vintage=vintage,
                tonnes=tonnes,
                evidence=evidence,
                write=write,
            ),
        ),
        seen=seen,
    )
    return take(act, move)


def _write(
    activity: Activity,
    event: Event,
    *,
    kind: Recording.Kind,
    act: Act,
    on: date,
    vintage: int,
    tonnes: int,
    evidence: Evidence,
    write: Callable[[Activity, Recording], None],
) -> None:
    """Under the lock of the activity: of two at the same time the second sees what the first left."""
    kept = evidence
    own = registries_of(activity.authority, act.actor, act.clock)
    if not evidence.registry:
        tracked = registries_tracking(activity)
        named = next(iter(sorted(own)), "") or next(iter(tracked), "")
        kept = Evidence(reference=evidence.reference, document=evidence.document, registry=named)
    reasons = _against(activity, act, on=on, vintage=vintage, tonnes=tonnes, evidence=kept)
    if own and kept.registry not in own:
        reasons.append(issuing.another_registry(", ".join(sorted(own))))
    if reasons:
        raise Refused(Kind.RULE, reasons)
    recording = issuing.recorded(kind, activity, event, on=on, evidence=kept, actor=act.actor)
    write(activity, recording)


def _against(
    activity: Activity, act: Act, *, on: date, vintage: int, tonnes: int, evidence: Evidence
) -> list[Reason]:
    reasons = []
    if not evidence.given:
        reasons.append(
            Reason(
                code="evidence-missing",
                words=_("There is no evidence of it."),
                mend=_("Add the document that shows it, or name the registry's own reference."),
            )
        )
    if on > today(activity.authority, act.clock):
        reasons.append(
            Reason(
                code="in-the-future",
                words=_("%(on)s has not come yet."),
                values={"on": day(on)},
                mend=_("Record it when it has happened."),
            )
        )
    if tonnes < 1:
        reasons.append(
            Reason(
                code="volume-missing",
                words=_("No volume is given."),
                mend=_("Give the tonnes, in whole numbers above nothing."),
            )
        )
    if not FIRST_VINTAGE <= vintage <= on.year:
        reasons.append(
            Reason(
                code="before-its-vintage",
                words=_("On %(on)s there were no units of vintage %(vintage)s under the Agreement."),
                values={"on": day(on), "vintage": vintage},
                mend=_("Correct the vintage or the day."),
            )
        )
    return reasons


def _more_than_there_is(tonnes: int, vintage: int, left: int) -> Reason:
    return Reason(
        code="more-than-issued",
        words=_("%(tonnes)s t of vintage %(vintage)s are more than the %(left)s t issued and not reversed."),
        values={"tonnes": tonnes, "vintage": vintage, "left": left},
        mend=_("Correct the volume or the vintage, or record the issuance that is missing."),
    )


def _more_than_outstanding(tonnes: int, left: int) -> Reason:
    return Reason(
        code="more-than-outstanding",
        words=_("%(tonnes)s t are more than the %(left)s t that are still to be replaced."),
        values={"tonnes": tonnes, "left": left},
        mend=_("Lower the volume, or record the further reversal first."),
    )


def _before_the_reversal(on: date, reversed_on: date) -> Reason:
    return Reason(
        code="before-the-reversal",
        words=_("On %(on)s nothing was reversed yet: that was on %(reversed)s."),
        values={"on": day(on), "reversed": day(reversed_on)},
        mend=_("Correct the day."),
    )
