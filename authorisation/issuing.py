"""Recording an issuance on activity and vintage: what is said of it, what stands against it, what is written.

An issuance is never refused for its volume. What was already recorded is not recorded twice: no two blocks of
a series overlap. Volumes are whole t CO2 eq.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Office, Organisation, User
from accounts.wording import day
from audit.models import Event
from audit.trail import Json
from authorisation import blocks
from authorisation.covering import MECHANISM
from authorisation.models import Authorisation, Case, IssuedVintage, Recording
from authorisation.serials import Serial, read_serial
from authorisation.shares import levies
from projects.documents import TakenIn, record_document
from projects.models import Activity, Document
from workflow.actors import SYSTEM, Actor, Person, Program
from workflow.refusals import Reason

FIRST_VINTAGE = 2021


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What shows that something happened in a registry: a reference, a document, or both; in which one.

    document   one that is recorded already
    file       one that was taken in, and is recorded with what it shows; confidential where it has a basis
    """

    reference: str = ""
    document: Document | None = None
    file: TakenIn | None = None
    confidentiality_basis: str = ""
    registry: str = ""

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return bool(self.reference.strip()) or self.document is not None or self.file is not None

    def facts(self) -> dict[str, Json]:
        """What the trail says of it: never a reference in words, nor the name of a file."""
        return {"evidence": self.given, **(self.file.facts() if self.file is not None else {})}


@dataclass(frozen=True, kw_only=True)
class Issuance:
    """What was issued: tonnes by vintage, or blocks as (serial, holder), on a day."""

    on: date
    volumes: Mapping[int, int] = field(default_factory=dict)
    blocks: Sequence[tuple[str, str]] = ()
    evidence: Evidence = field(default_factory=Evidence)


def recorded(
    kind: Recording.Kind,
    activity: Activity,
    event: Event,
    *,
    on: date,
    evidence: Evidence,
    actor: Actor,
    authorisation: Authorisation | None = None,
) -> Recording:
    """The record of what happened, by whom it was recorded, and with which evidence."""
    person: User | None = None
    office: Office | None = None
    organisation: Organisation | None = None
    if isinstance(actor, Person):
        person, office, organisation = actor.user, actor.office, actor.organisation
    elif isinstance(actor, Program):
        organisation = actor.organisation
    return Recording.objects.create(
        kind=kind,
        activity=activity,
        authorisation=authorisation,
        on=on,
        registry=evidence.registry,
        evidence=evidence.reference.strip(),
        document=_document(evidence, activity, event, person),
        recorded_by=person,
        office=office,
        organisation=organisation,
        recorded_at=event.time,
        event=event.digest,
    )


def _document(evidence: Evidence, activity: Activity, event: Event, person: User | None) -> Document | None:
    if evidence.file is None or person is None:
        return evidence.document
    return record_document(
        evidence.file,
        authority=activity.authority,
        received_by=person,
        at=event.time,
        confidentiality_basis=evidence.confidentiality_basis,
    )


def against(issuance: Issuance, activity: Activity, *, today: date) -> list[Reason]:
    """Every reason why this cannot be recorded as an issuance of the activity."""
    serials = [(text, read_serial(text)) for text, _holder in issuance.blocks]
    return [
        *_against_evidence(issuance, today),
        *(blocks.unreadable(text) for text, serial in serials if serial is None),
        *(
            _without_vintage(text)
            for text, serial in serials
            if serial is not None and serial.vintage is None
        ),
        *_against_volumes(issuance, [serial for _text, serial in serials if serial is not None]),
        *_against_overlaps(activity, [(text, serial) for text, serial in serials if serial is not None]),
    ]


def _against_evidence(issuance: Issuance, today: date) -> list[Reason]:
    reasons = []
    if not issuance.evidence.given:
        reasons.append(
            Reason(
                code="evidence-missing",
                words=_("There is no evidence of it."),
                mend=_("Add the document that shows it, or name the registry's own reference."),
            )
        )
    if issuance.on > today:
        reasons.append(
            Reason(
                code="in-the-future",
                words=_("%(on)s has not come yet."),
                values={"on": day(issuance.on)},
                mend=_("Record it when it has happened."),
            )
        )
    return reasons


def _against_volumes(issuance: Issuance, serials: Sequence[Serial]) -> list[Reason]:
    reasons = []
    if not any(issuance.volumes.values()) and not issuance.blocks:
        reasons.append(
            Reason(
                code="volume-missing",
                words=_("No volume is given."),
                mend=_("Give the tonnes of each vintage, or the serial of the block."),
            )
        )
    vintages = {*issuance.volumes, *(serial.vintage for serial in serials if serial.vintage is not None)}
    reasons += [
        _impossible(vintage, issuance.on)
        for vintage in sorted(vintages)
        if not FIRST_VINTAGE <= vintage <= issuance.on.year
    ]
    said = {vintage: tonnes for vintage, tonnes in issuance.volumes.items() if tonnes}
    if serials and said and said != _by_vintage(serials):
        reasons.append(
            Reason(
                code="volume-and-blocks-differ",
                words=_("The volumes are not those of the blocks."),
                mend=_("Give one of them, or correct the other."),
            )
        )
    return reasons


def _impossible(vintage: int, on: date) -> Reason:
    return Reason(
        code="A1" if vintage < FIRST_VINTAGE else "before-its-vintage",
        words=_("On %(on)s no outcome of vintage %(vintage)s could be issued under the Agreement."),
        values={"on": day(on), "vintage": vintage},
        mend=_("Correct the vintage or the day."),
    )


def _against_overlaps(activity: Activity, serials: Sequence[tuple[str, Serial]]) -> list[Reason]:
    reasons = []
    for place, (text, serial) in enumerate(serials):
        others = list(_already_recorded(activity, serial))
        others += [name for name, other in serials[:place] if other.shares_a_unit(serial)]
        if others:
            reasons.append(
                Reason(
                    code="block-recorded",
                    words=_("Of the block %(serial)s, units are recorded already: %(others)s."),
                    values={"serial": text, "others": list(others)},
                    mend=_("Correct the serial; what was issued is recorded once."),
                )
            )
    return reasons


def _already_recorded(activity: Activity, serial: Serial) -> Collection[str]:
    """The blocks in the way: not those of the same activity that are known from an application alone."""
    found = blocks.overlapping(serial)
    return [
        block.serial
        for block in found.exclude(activity=activity, issued__recording__authorisation__isnull=False)
    ]


def _without_vintage(text: str) -> Reason:
    return Reason(
        code="serial-without-vintage",
        words=_("The serial “%(serial)s” does not say of which vintage the units are."),
        values={"serial": text},
        mend=_("Record them by volume and vintage."),
    )


def _by_vintage(serials: Sequence[Serial]) -> dict[int, int]:
    found: dict[int, int] = {}
    for serial in serials:
        if serial.vintage is not None:
            found[serial.vintage] = found.get(serial.vintage, 0) + serial.tonnes
    return found


def write(recording: Recording, issuance: Issuance) -> list[IssuedVintage]:
    """Writes what was issued of each vintage, and its blocks; in order of vintage.

    Shares are taken of all that the Article 6.4 mechanism issues, whether it is authorised or not.
    """
    activity = recording.activity
    found: dict[int, list[tuple[Serial, str, tuple[int, int]]]] = {}
    for text, holder in issuance.blocks:
        serial = read_serial(text)
        if serial is not None and serial.vintage is not None:
            fresh = [(serial, holder, numbers) for numbers in blocks.gaps(serial)]
            found.setdefault(serial.vintage, []).extend(fresh)
    volumes = dict(issuance.volumes) if not issuance.blocks else {}
    for vintage, parts in found.items():
        volumes[vintage] = sum(last - first + 1 for _serial, _holder, (first, last) in parts)
    written = []
    for vintage, tonnes in sorted(volumes.items()):
        if not tonnes:
            continue
        taken = levies(tonnes, mechanism=recording.registry == MECHANISM)
        issued = IssuedVintage.objects.create(
            recording=recording,
            activity=activity,
            vintage=vintage,
            tonnes=tonnes,
            adaptation=taken.adaptation,
            omge=taken.overall_mitigation,
        )
        for serial, holder, numbers in found.get(vintage, ()):
            blocks.register(activity, issued, serial, numbers, holder)
        written.append(issued)
    return written


def bring_in_named_blocks(case: Case, authorisation: Authorisation, event: Event) -> None:
    """Records the blocks that a granted application names and that are recorded nowhere.

    A block has a serial because it was issued: on no later day than that of the application.
    """
    fresh = unrecorded([(block.serial or "", block.holder or "") for block in blocks.named_in(case)])
    on = case.submitted_on
    if not fresh or on is None:
        return
    issuance = Issuance(on=on, blocks=fresh, evidence=Evidence(reference=case.reference))
    recording = recorded(
        Recording.Kind.ISSUANCE,
        authorisation.activity,
        event,
        on=on,
        evidence=issuance.evidence,
        actor=SYSTEM,
        authorisation=authorisation,
    )
    write(recording, issuance)


def another_registry(registry: str) -> Reason:
    """A registry speaks for what happened in itself."""
    return Reason(
        code="another-registry",
        words=_("You record for the registry “%(registry)s”, and for no other."),
        values={"registry": registry},
        mend=_("Leave it to the registry in which it happened, or to the authority's desk."),
    )


def unrecorded(named: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of the blocks that an application names, those of which units are recorded nowhere yet."""
    found = []
    for text, holder in named:
        serial = read_serial(text)
        if serial is not None and serial.vintage is not None and any(True for _gap in blocks.gaps(serial)):
            found.append((text, holder))
    return found
