"""Bringing in a file of authorised blocks: in batches, each row with its fate, as often as one likes.

What is committed stays, whatever kills the process; the next run finds it and goes on. Of every batch the
blocks of one authorisation, one day of issuance and one link are recorded as one issuance.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, User
from authorisation import blocks
from authorisation.earlier import EarlierAuthorisation, EarlierBlock, Original, matching
from authorisation.issuing import Evidence
from authorisation.models import Authorisation, Block
from authorisation.serials import Serial
from authorisation.services.earlier import already_recorded, bring_in_authorisation, bring_in_blocks
from desk.bringing_in.block_rows import BadRow, BlockRow
from workflow.clock import Clock, today
from workflow.refusals import Refused, Words

BATCH = 500


class Fate(StrEnum):
    """What became of a row."""

    RECORDED = "recorded"
    IN_PART = "not covered"
    THERE = "already there"
    REFUSED = "refused"

    @property
    def label(self) -> Words:
        """The word for it."""
        return {
            Fate.RECORDED: _("recorded"),
            Fate.IN_PART: _("recorded, but not covered"),
            Fate.THERE: _("already there"),
            Fate.REFUSED: _("refused"),
        }[self]


@dataclass(frozen=True, kw_only=True)
class Told:
    """The fate of one row: its tonnes, its authorisation where it has one, and sentences about it."""

    number: int
    fate: Fate
    tonnes: int
    authorisation: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answering:
    """The authority of a Party, and who of it answers for what is brought in."""

    authority: Authority
    person: User


# Who answers for a Party (alpha-3), or the sentence that says why nobody does.
WhoAnswers = Callable[[str], Answering | str]


def bring_in(
    rows: Iterable[BlockRow | BadRow], *, who: WhoAnswers, source: str, clock: Clock
) -> Iterator[Told]:
    """Brings the rows in and tells the fate of each, batch by batch. `source` names the file."""
    going = iter(rows)
    while batch := list(islice(going, BATCH)):
        told = [*_refused(batch), *_of_batch(batch, who, source, clock)]
        yield from sorted(told, key=lambda one: one.number)


def _refused(batch: Sequence[BlockRow | BadRow]) -> Iterator[Told]:
    for row in batch:
        if isinstance(row, BadRow):
            yield Told(number=row.number, fate=Fate.REFUSED, tonnes=row.tonnes, sentences=row.sentences)


def _of_batch(
    batch: Sequence[BlockRow | BadRow], who: WhoAnswers, source: str, clock: Clock
) -> Iterator[Told]:
    good = [row for row in batch if isinstance(row, BlockRow)]
    there = blocks.overlapping_each([row.serial for row in good])
    taken = _Taken()
    groups: dict[tuple[object, ...], list[BlockRow]] = {}
    for row in good:
        answering = who(row.party)
        if isinstance(answering, str):
            yield _told(row, Fate.REFUSED, answering)
        elif told := (
            _against_found(row, there.get(row.serial, ()))
            or _against_taken(row, taken.sharing(row.serial), source)
            or _against_days(row, answering, clock)
        ):
            yield told
        else:
            taken.add(row)
            key = (row.party, row.programme, row.project, row.terms, row.year, row.ca_id)
            groups.setdefault((*key, row.issued_on, row.link), []).append(row)
    for group in groups.values():
        yield from _record(group, who, source, clock)


def _record(rows: Sequence[BlockRow], who: WhoAnswers, source: str, clock: Clock) -> Iterator[Told]:
    """One issuance of one authorisation, in one transaction."""
    first = rows[0]
    answering = who(first.party)
    if isinstance(answering, str):
        raise ValueError(answering)
    known = EarlierAuthorisation(
        authority=answering.authority,
        programme=first.programme,
        project=first.project,
        terms=first.terms,
        year=first.year,
        ca_id=first.ca_id,
        original=Original(link=first.link),
        source=f"{source}: {first.number}",
    )
    evidence = Evidence(reference=(first.link or f"{source}: {first.number}")[:500], registry=first.programme)
    units = [EarlierBlock(serial=row.serial, vintage=row.vintage) for row in rows]
    try:
        authorisation = matching(known, first.vintage)
        if authorisation is None:
            authorisation = bring_in_authorisation(known, run_by=answering.person, clock=clock)
        uncovered = bring_in_blocks(
            authorisation, units, on=first.issued_on, evidence=evidence, run_by=answering.person, clock=clock
        )
    except Refused as refusal:
        sentences = tuple(f"{reason} {reason.mend_text}".strip() for reason in refusal.reasons)
        yield from (_told(row, Fate.REFUSED, *sentences) for row in rows)
        return
    for row, unit in zip(rows, units, strict=True):
        yield _fate(row, unit, authorisation, uncovered)


def _fate(row: BlockRow, unit: EarlierBlock, by: Authorisation, uncovered: dict[str, int]) -> Told:
    free = uncovered.get(unit.text, 0)
    if not free:
        # A block that is covered in part was cut in two.
        free = (
            sum(block.tonnes for block in blocks.overlapping(row.serial).filter(authorisation=None))
            if uncovered
            else 0
        )
    return Told(
        number=row.number,
        fate=Fate.IN_PART if free else Fate.RECORDED,
        tonnes=row.tonnes,
        authorisation=by.identifier,
        sentences=(str(_("%(tonnes)s t of it are not covered.")) % {"tonnes": free},) if free else (),
    )


def _told(row: BlockRow, fate: Fate, *sentences: str) -> Told:
    return Told(number=row.number, fate=fate, tonnes=row.tonnes, sentences=sentences)


class _Taken:
    """The rows of a batch that are to be recorded, of which no two share a unit: by series and number."""

    def __init__(self) -> None:
        self._rows: dict[str, list[BlockRow]] = {}

    def add(self, row: BlockRow) -> None:
        """One more, which shares a unit with none."""
        insort(self._rows.setdefault(row.serial.series, []), row, key=_first)

    def sharing(self, serial: Serial) -> list[BlockRow]:
        """Those with which it shares a unit, in the order of the file."""
        rows = self._rows.get(serial.series, [])
        begun = end = bisect_right(rows, serial.last, key=_first)
        while begun and rows[begun - 1].serial.last >= serial.first:
            begun -= 1
        return sorted(rows[begun:end], key=lambda row: row.number)


def _first(row: BlockRow) -> int:
    return row.serial.first


def _against_taken(row: BlockRow, others: Sequence[BlockRow], source: str) -> Told | None:
    """The same block twice in a file is there; one that shares units with another of the file is refused."""
    if not others:
        return None
    if any(other.serial == row.serial for other in others):
        return _told(row, Fate.THERE)
    return _told(row, Fate.REFUSED, str(already_recorded([f"{source}: {others[0].number}"])))


def _against_found(row: BlockRow, found: Sequence[Block]) -> Told | None:
    """What is registered is there, also where it was cut since; what shares units with others is refused."""
    if not found:
        return None
    if any((one.first_number, one.last_number) == (row.serial.first, row.serial.last) for one in found):
        return _told(row, Fate.THERE)
    shared = sum(
        min(one.last_number, row.serial.last) - max(one.first_number, row.serial.first) + 1 for one in found
    )
    ours = all(
        (one.activity.standard, one.activity.registry_id) == (row.programme, row.project) for one in found
    )
    if ours and shared == row.tonnes:
        return _told(row, Fate.THERE)
    return _told(row, Fate.REFUSED, str(already_recorded([one.serial for one in found])))


def _against_days(row: BlockRow, answering: Answering, clock: Clock) -> Told | None:
    on = today(answering.authority, clock)
    if row.issued_on > on or row.year > on.year:
        return _told(row, Fate.REFUSED, str(_("It was issued or authorised on a day that has not come yet.")))
    return None
