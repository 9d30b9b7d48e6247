"""What the reports read: first transfers with their authorisations, letters, blocks and vintages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import F, Sum

from accounts.models import Party
from authorisation.first_transfer import Trigger
from authorisation.models import (
    Authorisation,
    AuthorisationVersion,
    Block,
    EarlierLetter,
    FirstTransfer,
    IssuedVintage,
    Line,
    TransferTakenBack,
    Use,
)
from authorisation.serials import Serial, read_serial, written
from authorisation.terms import Terms
from letters.models import Letter
from reporting.structured_summary import Outcomes, Row, Summary, summarise

FIRST_YEAR = 2021
_AT_A_TIME = 2000

# Outcomes that are first transferred by being authorised or issued: the first transfer names their issuance.
_BY_ISSUANCE = (Trigger.AUTHORISATION, Trigger.ISSUANCE)


def structured_summary(
    party: Party,
    *,
    until: int,
    entered: Mapping[int, Mapping[Row, int]] | None = None,
    averaging_since: int | None = None,
) -> Summary:
    """The structured summary of a Party, from 2021 until a year, both included. Reads only.

    `entered` and `averaging_since` are as `summarise` takes them. A number of queries that does not grow with
    the records.
    """
    standing = _Authorisations(party)
    uncovered = IssuedVintage.objects.filter(activity__authority__party=party)
    return summarise(
        party.code,
        [*_first_transferred(party, standing), *_not_first_transferred(party, standing)],
        years=range(FIRST_YEAR, until + 1),
        used_towards_own_ndc=_used_by(party),
        not_covered=uncovered.aggregate(free=Sum(F("tonnes") - F("covered")))["free"] or 0,
        entered=entered,
        averaging_since=averaging_since,
    )


@dataclass(frozen=True)
class _Said:
    """What a version of an authorisation says, from when, and in which letter."""

    since: date
    terms: Terms
    letter: str


class _Authorisations:
    """The authorisations of a Party with what each of their versions says."""

    def __init__(self, party: Party) -> None:
        versions = AuthorisationVersion.objects.filter(authorisation__authority__party=party)
        rows = list(
            versions.order_by("authorisation", "number").values_list(
                "authorisation", "effective_on", "terms", "letter"
            )
        )
        numbers = _numbers([letter for *_rest, letter in rows])
        self._versions: dict[int, list[_Said]] = {}
        for authorisation, since, terms, letter in rows:
            said = _Said(since, Terms.model_validate_json(terms), numbers.get(letter, str(letter)))
            self._versions.setdefault(authorisation, []).append(said)
        identifiers = Authorisation.objects.filter(authority__party=party)
        self.identifiers: dict[int, str] = dict(identifiers.values_list("pk", "identifier"))

    def said(self, authorisation: int, on: date | None) -> _Said:
        """What it said on a day; without one, what it says now."""
        versions = self._versions[authorisation]
        if on is None:
            return versions[-1]
        return next((one for one in reversed(versions) if one.since <= on), versions[0])


def _numbers(letters: Sequence[UUID]) -> dict[UUID, str]:
    """By what each letter is found: its number; of one that is not ours, its number or its link."""
    ours = Letter.objects.filter(public_id__in=letters).values_list("public_id", "number")
    earlier = EarlierLetter.objects.filter(public_id__in=letters)
    return {**dict(ours), **{one.public_id: str(one) for one in earlier}}


class _Serials:
    """The blocks that went with an issuance, by line: each unit is told of once."""

    def __init__(self, party: Party) -> None:
        gone = Block.objects.filter(
            authority__party=party, place__in=(Block.Place.FIRST_TRANSFERRED, Block.Place.USED_OR_CANCELLED)
        ).order_by("series", "first_number")
        rows = gone.values_list("line", "issued__recording", "pattern", "first_number", "last_number")
        self._left: dict[tuple[int | None, int], list[tuple[str, int, int]]] = {}
        for line, recording, pattern, first, last in rows.iterator(chunk_size=_AT_A_TIME):
            self._left.setdefault((line, recording), []).append((pattern, first, last))
        for held in self._left.values():
            held.reverse()

    def take(self, line: int, recording: int, tonnes: int) -> Iterator[str]:
        """The serials of so many tonnes, in the order of their numbers; none where there are no blocks."""
        left = self._left.get((line, recording), [])
        while tonnes > 0 and left:
            pattern, first, last = left.pop()
            end = min(last, first + tonnes - 1)
            yield written(pattern, first, end)
            tonnes -= end - first + 1
            if end < last:
                left.append((pattern, end + 1, last))


class _Revoked:
    """What was taken back of first transfers, and the units that went with it."""

    def __init__(self, party: Party) -> None:
        of_party = TransferTakenBack.objects.filter(line__authorisation__authority__party=party)
        self.of: dict[int, list[tuple[date, int]]] = {}
        rows = of_party.values_list("first_transfer", "taken_on").annotate(Sum("tonnes")).order_by("taken_on")
        for transfer, day, tonnes in rows:
            self.of.setdefault(transfer, []).append((day, tonnes))
        blocks = Block.objects.filter(authority__party=party, place=Block.Place.REVOKED)
        self._blocks: dict[int | None, list[Block]] = {}
        for block in blocks.select_related("series", "issued").order_by("series", "first_number"):
            self._blocks.setdefault(block.line_id, []).append(block)

    def units(self, row: FirstTransfer) -> list[Block]:
        """The units that were revoked of a first transfer: of its serial, or of the issuance that it was."""
        serial = read_serial(row.serial) if row.serial else None
        return [
            block
            for block in self._blocks.get(row.line_id, ())
            if (serial is not None and _within(block, serial))
            or (row.trigger in _BY_ISSUANCE and block.issued.recording_id == row.recording_id)
        ]


def _within(block: Block, serial: Serial) -> bool:
    return (
        block.series.name == serial.series
        and serial.first <= block.first_number
        and block.last_number <= serial.last
    )


def _left_of(text: str, gone: Sequence[Block]) -> tuple[str, ...]:
    """A serial without the units that are revoked of it, which stand in ascending order."""
    serial = read_serial(text) if gone else None
    if serial is None:
        return (text,) if text else ()
    found, at = [], serial.first
    for block in gone:
        if at < block.first_number:
            found.append(written(serial.pattern, at, block.first_number - 1))
        at = block.last_number + 1
    return (*found, written(serial.pattern, at, serial.last)) if at <= serial.last else tuple(found)


def _first_transferred(party: Party, standing: _Authorisations) -> Iterator[Outcomes]:
    rows = FirstTransfer.objects.filter(line__authorisation__authority__party=party, tonnes__gt=0)
    serials, revoked = _Serials(party), _Revoked(party)
    for row in rows.select_related("line", "recording").order_by("pk").iterator(chunk_size=_AT_A_TIME):
        authorisation = row.line.authorisation_id
        if authorisation is None:
            raise ValueError(f"The first transfer {row.pk} is of no authorisation.")
        said = standing.said(authorisation, row.on)
        issued = row.trigger in _BY_ISSUANCE
        gone, units = revoked.of.get(row.pk, []), revoked.units(row)
        stands = row.tonnes - sum(tonnes for _day, tonnes in gone)
        taken = tuple(serials.take(row.line_id, row.recording_id, stands)) if issued else ()
        one = Outcomes(
            authorisation=standing.identifiers[authorisation],
            letter=said.letter,
            vintage=row.line.vintage,
            tonnes=stands,
            for_ndc=said.terms.for_ndc,
            for_oimp=said.terms.for_oimp,
            definition=said.terms.first_transfer_definition or "",
            trigger=row.trigger,
            first_transferred_on=row.on,
            issued_on=row.recording.on if issued else None,
            serials=taken or _left_of(row.serial, units),
        )
        if stands:
            yield one
        for day, tonnes in gone:
            # Of what was revoked on several days nobody has written which units went on which.
            of_these = tuple(block.serial for block in units) if len(gone) == 1 else ()
            yield replace(one, tonnes=tonnes, serials=of_these, revoked_on=day)


def _not_first_transferred(party: Party, standing: _Authorisations) -> Iterator[Outcomes]:
    """What is issued and covered, and still held: whatever the letter's definition waits for."""
    lines = Line.objects.filter(authorisation__authority__party=party, issued__gt=0).annotate(
        held=F("issued") - F("first_transferred") - F("retained")
    )
    blocks = Block.objects.filter(authority__party=party, place=Block.Place.HELD, line__isnull=False)
    serials: dict[int | None, list[str]] = {}
    for block in blocks.order_by("series", "first_number").iterator(chunk_size=_AT_A_TIME):
        serials.setdefault(block.line_id, []).append(block.serial)
    for line in lines.filter(held__gt=0).order_by("authorisation", "vintage"):
        if line.authorisation_id is None:
            raise ValueError(f"The line {line.pk} has issued outcomes and no authorisation.")
        said = standing.said(line.authorisation_id, None)
        yield Outcomes(
            authorisation=standing.identifiers[line.authorisation_id],
            letter=said.letter,
            vintage=line.vintage,
            tonnes=line.held,
            for_ndc=said.terms.for_ndc,
            for_oimp=said.terms.for_oimp,
            definition=said.terms.first_transfer_definition or "",
            serials=tuple(serials.get(line.pk, ())),
        )


def _used_by(party: Party) -> dict[int, int]:
    """What the Party itself used towards its NDC, by the year for which it did."""
    uses = Use.objects.filter(by_party=party, for_year__isnull=False)
    return dict(uses.values_list("for_year").annotate(Sum("tonnes")))
