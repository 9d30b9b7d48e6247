"""Bringing in a table of earlier letters of authorisation with their scans, row by row.

Each row is carried out whole before the next one is read. What is committed stays, whatever kills the
process; the next run finds it and goes on. What is here already stays as it is: where a row says otherwise
than what is here, that is told and nothing is overwritten.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from accounts.services import create_organisation
from authorisation.earlier import EarlierAuthorisation, Original, brought_in_as, stood_so
from authorisation.models import Authorisation, AuthorisationVersion, EarlierLetter
from authorisation.services.earlier import bring_in_authorisation, is_left_half
from authorisation.standing import first_version
from authorisation.terms import Terms
from desk.bringing_in.blocks import Answering, WhoAnswers
from desk.bringing_in.letter_rows import Holder, LetterRow, OtherRow
from projects.documents import receive_document
from projects.file_checks import checked_media_type
from projects.file_names import shown_name
from projects.models import Document
from projects.virus_scan import was_scanned
from workflow.actors import SYSTEM
from workflow.clock import Clock, today
from workflow.door import rehearse
from workflow.refusals import Refused, Words


class Fate(StrEnum):
    """What became of a row, or would become of it."""

    RECORDED = "recorded"
    WOULD_BE = "would be recorded"
    THERE = "already there"
    CHANGED = "there, and says otherwise"
    ASIDE = "left aside"
    REFUSED = "refused"

    @property
    def label(self) -> Words:
        """The word for it."""
        return {
            Fate.RECORDED: gettext_lazy("recorded"),
            Fate.WOULD_BE: gettext_lazy("would be recorded"),
            Fate.THERE: gettext_lazy("already there"),
            Fate.CHANGED: gettext_lazy("there, and says otherwise"),
            Fate.ASIDE: gettext_lazy("left aside"),
            Fate.REFUSED: gettext_lazy("refused"),
        }[self]

    @property
    def asks_for_somebody(self) -> bool:
        """Whether a person has to look at the row."""
        return self in (Fate.CHANGED, Fate.REFUSED)


@dataclass(frozen=True, kw_only=True)
class Told:
    """The fate of one row: its authorisation where it has one, and sentences about it."""

    number: int
    fate: Fate
    authorisation: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scans:
    """The folder in which the scanned letters lie; None where none was named."""

    folder: Path | None

    def content(self, name: str) -> bytes:
        """The bytes of a scan. Raises ValueError with the sentence that says why there are none."""
        if self.folder is None:
            raise ValueError(_("scan: no folder with the letters was named (--letters FOLDER)."))
        inside = self.folder.resolve()
        path = (inside / name).resolve()
        if not path.is_relative_to(inside):
            raise ValueError(_("scan: “%(name)s” leads out of the folder.") % {"name": name})
        try:
            return path.read_bytes()
        except OSError:
            raise ValueError(_("scan: “%(name)s” is not in the folder.") % {"name": name}) from None


def bring_in_letters(
    rows: Iterable[LetterRow | OtherRow],
    *,
    who: WhoAnswers,
    scans: Scans,
    source: str,
    clock: Clock,
    only_try: bool = False,
) -> Iterator[Told]:
    """Brings the rows in and tells the fate of each. `source` names the file.

    only_try   carries each row out, tells what it came to, and undoes it: nothing is written. What rows of
               one file do to each other does not show then.
    """
    for row in rows:
        if isinstance(row, OtherRow):
            fate = Fate.ASIDE if row.aside else Fate.REFUSED
            yield Told(number=row.number, fate=fate, sentences=row.sentences)
            continue
        carried_out = partial(_fate_of, row, who, scans, source, clock, only_try=only_try)
        yield rehearse(carried_out) if only_try else carried_out()


def _fate_of(
    row: LetterRow, who: WhoAnswers, scans: Scans, source: str, clock: Clock, *, only_try: bool = False
) -> Told:
    answering = who(row.party)
    if isinstance(answering, str):
        return _told(row, Fate.REFUSED, answering)
    on = today(answering.authority, clock)
    if row.year > on.year or (row.signed_on is not None and row.signed_on > on):
        return _told(row, Fate.REFUSED, _("It was given on a day that has not come yet."))
    try:
        scan = scans.content(row.scan) if row.scan else None
        known = EarlierAuthorisation(
            authority=answering.authority,
            programme=row.programme,
            project=row.project,
            title=row.title,
            terms=row.terms,
            year=row.year,
            signed_on=row.signed_on,
            effective_on=row.effective_on,
            ca_id=row.ca_id,
            original=Original(number=row.letter_number, link=row.link),
            stands_as=row.stands_as,
            stands_since=row.stands_since,
            source=f"{source}: {row.number}"[-300:],
        )
        known, found = brought_in_as(known)
        if found is not None and not is_left_half(found, row.stands_as):
            return _compared(row, found, scan)
        enter = partial(_enter, row, known, answering, clock)
        if scan is not None and not only_try:
            # What is refused leaves no scan behind: the store of files cannot be undone.
            rehearse(enter)
        kept = _kept(row, scan, answering, clock, only_try=only_try) if scan is not None else None
        made = enter(kept)
    except ValueError as fault:
        return _told(row, Fate.REFUSED, str(fault))
    except ValidationError as fault:
        return _told(row, Fate.REFUSED, *fault.messages)
    except Refused as refusal:
        sentences = (f"{reason} {reason.mend_text}".strip() for reason in refusal.reasons)
        return _told(row, Fate.REFUSED, *sentences)
    if only_try:
        return _told(row, Fate.WOULD_BE)
    return replace(_told(row, Fate.RECORDED), authorisation=made.identifier)


def _enter(
    row: LetterRow,
    known: EarlierAuthorisation,
    answering: Answering,
    clock: Clock,
    scan: Document | None = None,
) -> Authorisation:
    """The authorisation with its holder, and with its scan where that is kept already. Raises as both do."""
    holder = _holder(row.holder, clock) if row.holder is not None else None
    known = replace(known, holder=holder, original=replace(known.original, scan=scan))
    return bring_in_authorisation(known, run_by=answering.person, clock=clock)


def _holder(holder: Holder, clock: Clock) -> Organisation:
    """Its organisation: by its identification in its country, else by its name; else a new one.

    By its name alone none is meant that people act for: anybody may call themselves so.
    """
    there = Organisation.objects.filter(country=holder.country)
    found = (
        there.filter(identification=holder.identification).first()
        if holder.identification
        else there.filter(name=holder.name, memberships__isnull=True).order_by("pk").first()
    )
    if found is None:
        return create_organisation(
            holder.name,
            country=holder.country,
            identification=holder.identification,
            actor=SYSTEM.trail_name,
            at=clock.now(),
        )
    if found.name != holder.name:
        raise ValueError(
            _("holder: %(number)s is registered here as “%(here)s”, not as “%(given)s”.")
            % {"number": holder.identification, "here": found.name, "given": holder.name}
        )
    return found


def _kept(
    row: LetterRow, scan: bytes, answering: Answering, clock: Clock, *, only_try: bool
) -> Document | None:
    """The scan as a document of the authority, checked as every file is; the same one where it is here."""
    name = shown_name(Path(row.scan).name)
    if only_try:
        # The store of files cannot be undone: what is only tried leaves nothing there.
        checked_media_type(scan, name=name)
        was_scanned(scan, name=name)
        return None
    here = Document.objects.filter(authority=answering.authority, sha256=sha256(scan).hexdigest()).first()
    return here or receive_document(
        scan,
        authority=answering.authority,
        name=name,
        media_type="",
        received_by=answering.person,
        at=clock.now(),
        confidentiality_basis=row.confidential,
    )


def _compared(row: LetterRow, found: Authorisation, scan: bytes | None) -> Told:
    """What the row says otherwise than what is here; nothing is overwritten."""
    version = first_version(found)
    differences = [
        _("%(column)s: here %(here)s, in the file %(given)s.")
        % {"column": column, "here": here or "–", "given": given or "–"}
        for column, here, given in _said_twice(row, found, version, scan)
        if here != given
    ]
    fate = Fate.CHANGED if differences else Fate.THERE
    return replace(_told(row, fate, *differences), authorisation=found.identifier)


def _said_twice(
    row: LetterRow, found: Authorisation, version: AuthorisationVersion, scan: bytes | None
) -> Iterator[tuple[str, str, str]]:
    """Column by column what is here and what the row says, as text.

    Of an authorisation that was given here only what the row does say: it need not repeat the whole letter.
    """
    letter: EarlierLetter | None = getattr(version, "earlier_letter", None)
    terms = Terms.model_validate_json(version.terms)
    days_known = letter is None or not letter.only_its_year
    day = version.signed_on if days_known else None
    told = [
        ("status", found.state, row.stands_as.value),
        ("title", found.activity.title, row.title or found.activity.title),
        ("ca_id", found.approach.ca_id or "", row.ca_id),
        ("authorised_on", f"{day or version.signed_on.year}", f"{row.signed_on or row.year}"),
    ]
    if row.stands_since is not None:
        stood = stood_so(found)
        told.append(("status_since", f"{(stood and stood.since) or ''}", f"{row.stands_since}"))
    if row.effective_on is not None:
        told.append(("effective_on", f"{version.effective_on}", f"{row.effective_on}"))
    told += [
        (name, _text(getattr(terms, name)), _text(getattr(row.terms, name))) for name in Terms.model_fields
    ]
    if row.holder is not None:
        told.append(("holder", found.holder.name, row.holder.name))
    if letter is not None:
        document = letter.document
        told += [
            ("letter_number", letter.number, row.letter_number),
            ("link", letter.link, row.link),
            ("scan", document.sha256 if document else "", sha256(scan).hexdigest() if scan else ""),
        ]
    yield from (one for one in told if letter is not None or one[2])


def _text(value: object) -> str:
    """A term as a table writes it."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {one}" for key, one in sorted(value.items()))
    if isinstance(value, (tuple, list)):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def _told(row: LetterRow, fate: Fate, *sentences: str) -> Told:
    return Told(number=row.number, fate=fate, sentences=sentences)
