"""Use-cases of letters on paper: printed, signed by hand, recorded, compared by a second officer, sealed.

The paper is the original. What is issued is a certified copy: its scan behind a page that says who signed
when and where the original is kept, sealed with the authority's own key. One officer records and hands in
the scan, another compares; a wrong record is sent back, or followed by a better one, until then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import cast

from django.conf import settings
from django.db import transaction

from accounts.models import Office, User
from accounts.names import in_language
from accounts.selectors import stood_in_for
from audit import trail
from audit.models import Event
from audit.trail import Happening, Json
from letters import recorded_paper, storage
from letters.by_the_system import by_the_system
from letters.certificates import SEAL
from letters.certified_copy import Hand, Paper, render_copy
from letters.content import Signatory, parse
from letters.keys import signer_for
from letters.models import Custody, HandNote, HandSignature, Letter, PaperCheck, PaperRecord, Scan
from letters.offline import SEAL_FIELD
from letters.outside import services_of
from letters.rendering import render
from letters.scans import pages_of
from letters.signing import CannotSign, sign
from projects.documents import TakenIn, record_document, take_in
from workflow.actors import Person
from workflow.clock import Clock, RealClock, today
from workflow.door import Act, Move, take
from workflow.refusals import Refused

# A scan shows handwriting and often more than was asked for: nobody but the authority is given it.
_BASIS = "Scan of a letter signed by hand"


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Who signed by hand at a place in the order of offices; None for what could not be read."""

    person: User | None
    office: Office | None
    written_on: date | None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Where the paper is kept, by whom (an office or a person), and since when."""

    place: str
    keeper: str
    since: date | None


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of the scan as somebody sent it."""

    content: bytes
    name: str
    declared: str = ""


# -- choosing ------------------------------------------------------------------------------------------


def choose_paper(letter: Letter, *, act: Act, seen: int | None = None) -> Letter:
    """Has the letter signed by hand; the worker makes the file that is printed."""
    return take(act, Move(step=Letter.choose_paper, record=letter, writes={"on_paper": True}, seen=seen))


def choose_electronic(letter: Letter, *, act: Act, seen: int | None = None) -> Letter:
    """Has the letter signed electronically after all, as long as no signature on paper was recorded."""
    return take(
        act, Move(step=Letter.choose_electronic, record=letter, writes={"on_paper": False}, seen=seen)
    )


# -- recording -----------------------------------------------------------------------------------------


def note_hand(letter: Letter, *, act: Act, place: int, signed: Signed, seen: int | None = None) -> Letter:
    """Records that the office at this place has signed the paper, before it goes on to the next.

    A note of a place that has one corrects it, until the paper is confirmed.
    """
    move = Move(
        step=Letter.note_hand,
        record=letter,
        facts={
            "signed": [_hand_as_fact(place, signed)],
            "recorded_on": today(letter.authority, act.clock).isoformat(),
        },
        beside=(partial(_write_note, act=act, place=place, signed=signed),),
        seen=seen,
        asked={"signed": [_hand_as_fact(place, signed)]},
    )
    return take(act, move)


def _hand_as_fact(place: int, signed: Signed) -> dict[str, Json]:
    """Who signed where and when: by the ids of records, that name nobody."""
    return {
        "place": place,
        "office": str(signed.office.public_id) if signed.office is not None else None,
        "person": str(signed.person.public_id) if signed.person is not None else None,
        "written_on": signed.written_on.isoformat() if signed.written_on is not None else None,
    }


def _write_note(letter: Letter, event: Event, *, act: Act, place: int, signed: Signed) -> None:
    officer = cast(Person, act.actor)
    HandNote.objects.create(
        letter=letter,
        place=place,
        office=cast(Office, signed.office),
        person=cast(User, signed.person),
        written_on=cast(date, signed.written_on),
        noted_by=officer.user,
        noted_in=cast(Office, officer.office),
        noted_at=event.time,
    )


def note_download(letter: Letter, facts: Mapping[str, Json], *, act: Act) -> None:
    """Writes into the trail of the letter who takes its scan, or the copy made of it."""
    with transaction.atomic():
        locked = Letter.locked(letter.pk)
        trail.append(
            locked,
            Happening(
                action="download_document",
                from_state=locked.state,
                to_state=locked.state,
                actor=act.actor.trail_name,
                office=act.actor.trail_office,
                facts=dict(facts),
                procedure_version=locked.case.procedure_version,
                request_id=act.request_id,
                at=act.clock.now(),
            ),
        )


def record(
    letter: Letter,
    *,
    act: Act,
    signed: Sequence[Signed],
    file_number: str,
    kept: Kept,
    scan: Sequence[File],
    seen: int | None = None,
) -> Letter:
    """Records the signed paper with its scan; before it is confirmed, a later record takes its place.

    The files are checked, scanned for viruses and read as pages before anything is locked. Raises Refused
    with every reason; nothing has then changed.
    """
    files = [take_in(file.content, name=file.name, declared=file.declared) for file in scan]
    pages = pages_of(files)
    file_number = " ".join(file_number.split())
    move = Move(
        step=Letter.record_paper,
        record=letter,
        facts={
            "signed": [_hand_as_fact(place, one) for place, one in enumerate(signed, start=1)],
            "recorded_on": today(letter.authority, act.clock).isoformat(),
            "file_number": file_number,
            **_said_of(kept),
            "scans": [file.facts() for file in files],
            "pages": len(pages),
        },
        beside=(
            partial(_write_record, act=act, signed=signed, file_number=file_number, files=files),
            partial(_write_custody, act=act, kept=kept),
        ),
        seen=seen,
        asked=_asked(signed, file_number, kept, files),
    )
    return take(act, move)


def _asked(
    signed: Sequence[Signed], file_number: str, kept: Kept, files: Sequence[TakenIn]
) -> Mapping[str, Json]:
    """By which two acts under one key are told apart: not by the ids that the files were given just now."""
    return {
        "signed": [
            [
                str(one.person.public_id) if one.person else None,
                str(one.office.public_id) if one.office else None,
                one.written_on.isoformat() if one.written_on else None,
            ]
            for one in signed
        ],
        "file_number": file_number,
        "kept": [kept.place, kept.keeper, kept.since.isoformat() if kept.since else None],
        "scans": [file.sha256 for file in files],
    }


def _said_of(kept: Kept) -> dict[str, Json]:
    """What the trail says of custody: never the keeper, who may be a person."""
    return {
        "place": kept.place.strip(),
        "place_given": bool(kept.place.strip()),
        "keeper_given": bool(kept.keeper.strip()),
        "since": kept.since.isoformat() if kept.since is not None else None,
    }


def _write_record(
    letter: Letter,
    event: Event,
    *,
    act: Act,
    signed: Sequence[Signed],
    file_number: str,
    files: Sequence[TakenIn],
) -> None:
    person = cast(Person, act.actor)
    written = PaperRecord.objects.create(
        letter=letter,
        number=letter.paper_records.count() + 1,
        file_number=file_number,
        signed_on=max(cast(date, one.written_on) for one in signed),
        recorded_by=person.user,
        office=cast(Office, person.office),
        recorded_at=event.time,
    )
    for place, one in enumerate(signed, start=1):
        HandSignature.objects.create(
            record=written,
            place=place,
            office=cast(Office, one.office),
            person=cast(User, one.person),
            written_on=cast(date, one.written_on),
        )
    for place, file in enumerate(files, start=1):
        document = record_document(
            file,
            authority=letter.authority,
            received_by=person.user,
            at=event.time,
            confidentiality_basis=_BASIS,
        )
        Scan.objects.create(record=written, place=place, document=document)


def hand_over(letter: Letter, *, act: Act, kept: Kept, seen: int | None = None) -> Letter:
    """Records where the paper is kept from now on, and by whom; also while it is on its way to be signed."""
    move = Move(
        step=Letter.hand_over,
        record=letter,
        facts={**_said_of(kept), "recorded_on": today(letter.authority, act.clock).isoformat()},
        beside=(partial(_write_custody, act=act, kept=kept),),
        seen=seen,
        asked={"kept": [kept.place, kept.keeper, kept.since.isoformat() if kept.since else None]},
    )
    return take(act, move)


def _write_custody(letter: Letter, event: Event, *, act: Act, kept: Kept) -> None:
    person = cast(Person, act.actor)
    Custody.objects.create(
        letter=letter,
        place=kept.place.strip(),
        keeper=kept.keeper.strip(),
        since=cast(date, kept.since),
        recorded_by=person.user,
        office=cast(Office, person.office),
        recorded_at=event.time,
    )


# -- comparing -----------------------------------------------------------------------------------------


def confirm(letter: Letter, *, act: Act, digest: str, code: str, seen: int | None = None) -> Letter:
    """A second officer has compared the copy with this SHA-256 with the paper that bears this code.

    The copy is sealed and issued by the worker.
    """
    move = Move(
        step=Letter.confirm_paper,
        record=letter,
        facts={"digest": digest, "code": code.strip().upper()},
        beside=(partial(_write_check, act=act, accepted=True, reasons=""),),
        seen=seen,
    )
    return take(act, move)


def send_back(letter: Letter, *, act: Act, reasons: str, seen: int | None = None) -> Letter:
    """The copy is not that of the paper, or what was recorded is not so: an officer records it anew."""
    move = Move(
        step=Letter.return_paper,
        record=letter,
        facts={"reasoned": bool(reasons.strip())},
        reason=reasons,
        beside=(partial(_write_check, act=act, accepted=False, reasons=reasons.strip()),),
        seen=seen,
    )
    return take(act, move)


def _write_check(letter: Letter, event: Event, *, act: Act, accepted: bool, reasons: str) -> None:
    person = cast(Person, act.actor)
    PaperCheck.objects.create(
        record=cast(PaperRecord, recorded_paper.last_record(letter)),
        accepted=accepted,
        reasons=reasons,
        checked_by=person.user,
        office=cast(Office, person.office),
        proved_by=person.proof.method if accepted and person.proof else "",
        checked_at=event.time,
    )


# -- making --------------------------------------------------------------------------------------------


def is_confirmed(letter: Letter) -> bool:
    """Whether a second officer has confirmed the copy of the paper."""
    last = recorded_paper.last_record(letter)
    return last is not None and recorded_paper.is_confirmed(last)


def present_what_is_there(letter: Letter, clock: Clock) -> None:
    """Makes what is to be made of a letter on paper: the file that is printed, then the copy of a record."""
    if not letter.paper_sha256:
        printed = storage.keep(render(parse(letter.content.encode()), by_hand=True))
        by_the_system(
            clock,
            Move(
                step=Letter.present_paper,
                record=letter,
                facts={"digest": printed},
                writes={"paper_sha256": printed},
            ),
        )
    last = recorded_paper.last_record(letter)
    if last is not None and not last.copy_sha256:
        copied = storage.keep(_copy_of(letter, last))
        by_the_system(
            clock,
            Move(
                step=Letter.present_copy,
                record=letter,
                facts={"digest": copied, "record": last.number},
                beside=(partial(_write_copy, number=last.number, copied=copied),),
            ),
        )


def _write_copy(letter: Letter, _event: Event, *, number: int, copied: str) -> None:
    """Of the record that was copied, which may be followed by another already."""
    written = letter.paper_records.get(number=number)
    written.copy_sha256 = copied
    written.save(update_fields=["copy_sha256"])


def _copy_of(letter: Letter, last: PaperRecord) -> bytes:
    custody = letter.custody.filter(recorded_at=last.recorded_at).last() or letter.custody.last()
    if custody is None:
        raise CannotSign(["It is not recorded where the paper is kept."])
    hands = last.signatures.select_related("office", "person")
    try:
        pages = pages_of([scan.document for scan in last.scans.select_related("document")])
    except Refused as refusal:
        raise CannotSign([str(reason) for reason in refusal.reasons]) from refusal
    return render_copy(
        parse(letter.content.encode()),
        Paper(
            hands=[_hand(one, letter.language) for one in hands],
            file_number=last.file_number,
            place=custody.place,
            keeper=custody.keeper,
            pages=pages,
        ),
    )


def _hand(signature: HandSignature, language: str) -> Hand:
    principal = stood_in_for(signature.person, signature.office, on=signature.written_on)
    return Hand(
        person=signature.person.name,
        office=in_language(signature.office.title, language),
        on=signature.written_on,
        deputy_for=principal.name if principal is not None else "",
    )


def written_on(letter: Letter) -> date:
    """The last of the dates written by hand on the paper that was confirmed: the date of the letter."""
    return _confirmed(letter).signed_on


def _confirmed(letter: Letter) -> PaperRecord:
    last = recorded_paper.last_record(letter)
    if last is None or not recorded_paper.is_confirmed(last):
        raise CannotSign(["The copy of the paper is not confirmed."])
    return last


def seal(letter: Letter) -> tuple[bytes, dict[str, str]]:
    """The confirmed copy with the authority's seal, verified, and the certificate of its field.

    Raises letters.certificates.NoKey where the authority has none; letters.signing.CannotSign.
    """
    last = _confirmed(letter)
    authority, real_time = letter.authority, RealClock().now()
    content = parse(letter.content.encode())
    signer = signer_for(
        authority=authority.slug,
        office=SEAL,
        holder=in_language(authority.name, authority.languages[0]),
        real_time=real_time,
    )
    pdf = sign(
        storage.fetch(last.copy_sha256),
        field_name=SEAL_FIELD,
        signer=signer,
        at=last.check_made.checked_at,
        real_time=real_time,
        signed_by=Signatory(
            office_title=content.authority.name, field_name=SEAL_FIELD, person_name=signer.holder
        ),
        services=services_of(settings.SIGNING_KEYS_DIR),
        fields=(SEAL_FIELD,),
    )
    return pdf, {SEAL_FIELD: signer.fingerprint}
