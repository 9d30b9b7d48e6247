"""Blocks of units: registered, split, covered and moved. They are always taken in the order of their numbers.

Called under the lock of the authorisation or of the activity whose blocks they are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db import connections, router
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from authorisation import proposals
from authorisation.application import BlockContent
from authorisation.lifecycle import State
from authorisation.models import Authorisation, Block, Case, IssuedVintage, Line, Series
from authorisation.serials import Serial, read_serial, written
from projects.models import Activity
from workflow.refusals import Reason

Place = Block.Place


def named_in(case: Case) -> Sequence[BlockContent]:
    """The blocks that a case's application names; only these are then covered."""
    request = proposals.content_of(case).request
    return tuple(block for block in (request.blocks if request else None) or () if block.serial)


def with_holder(named: Sequence[BlockContent], text: str, to: str) -> tuple[BlockContent, ...] | None:
    """The named blocks with another holder for the units of a serial; None where none holds them all."""
    serial = read_serial(text)
    found: list[BlockContent] = []
    there = False
    for block in named:
        whole = read_serial(block.serial or "")
        within = (
            serial is not None
            and whole is not None
            and whole.series == serial.series
            and whole.first <= serial.first
            and serial.last <= whole.last
        )
        if not within or serial is None or whole is None:
            found.append(block)
            continue
        there = True
        for first, last, holder in (
            (whole.first, serial.first - 1, block.holder),
            (serial.first, serial.last, to),
            (serial.last + 1, whole.last, block.holder),
        ):
            if first <= last:
                found.append(BlockContent(serial=written(whole.pattern, first, last), holder=holder))
    return tuple(found) if there else None


def overlapping(serial: Serial) -> QuerySet[Block]:
    """The registered blocks with which a serial shares a unit.

    Blocks of a series do not overlap: of those that begin before the serial only the last can reach into it,
    so that no more of a long series is looked at than is found.
    """
    of_series = Block.objects.filter(series__name=serial.series)
    before = of_series.filter(first_number__lte=serial.first).order_by("-first_number")
    return of_series.filter(
        first_number__gte=Coalesce(Subquery(before.values("first_number")[:1]), serial.first),
        first_number__lte=serial.last,
        last_number__gte=serial.first,
    )


# Four values for each serial: both databases take some ten thousand in a statement.
_ASKED_AT_ONCE = 1_000


def overlapping_each(serials: Sequence[Serial]) -> Mapping[Serial, list[Block]]:
    """The same for many serials, of those that share a unit: two queries for a thousand of them.

    The blocks come with their activity, in the order of their numbers.
    """
    found: dict[Serial, list[Block]] = {}
    for begin in range(0, len(serials), _ASKED_AT_ONCE):
        asked = serials[begin : begin + _ASKED_AT_ONCE]
        shared = _shared_by(asked)
        keys = {block for _place, block in shared}
        known = Block.objects.select_related("activity").in_bulk(keys) if keys else {}
        for place, block in shared:
            found.setdefault(asked[place], []).append(known[block])
    return found


def _shared_by(serials: Sequence[Serial]) -> list[tuple[int, int]]:
    """The places of serials that share a unit with a block, each with the key of such a block."""
    blocks, series = Block._meta.db_table, Series._meta.db_table
    asked = ", ".join(["(%s, %s, %s, %s)"] * len(serials))
    statement = (
        f"WITH asked (place, series, least, most) AS (VALUES {asked})"  # noqa: S608 - names of ours
        f" SELECT asked.place, b.id FROM asked CROSS JOIN {series} s CROSS JOIN {blocks} b"
        " WHERE s.name = asked.series AND b.series_id = s.id"
        " AND b.first_number <= asked.most AND b.last_number >= asked.least"
        f" AND b.first_number >= COALESCE((SELECT MAX(c.first_number) FROM {blocks} c"
        " WHERE c.series_id = s.id AND c.first_number <= asked.least), asked.least)"
        " ORDER BY asked.place, b.first_number"
    )
    values = [
        value
        for place, serial in enumerate(serials)
        for value in (place, serial.series, serial.first, serial.last)
    ]
    with connections[router.db_for_read(Block)].cursor() as cursor:
        cursor.execute(statement, values)
        return [(place, block) for place, block in cursor.fetchall()]


def gaps(serial: Serial) -> Iterator[tuple[int, int]]:
    """The numbers of a serial that no registered block holds yet, as first and last."""
    at = serial.first
    for block in overlapping(serial).order_by("first_number"):
        if block.first_number > at:
            yield at, block.first_number - 1
        at = max(at, block.last_number + 1)
    if at <= serial.last:
        yield at, serial.last


def register(
    activity: Activity, issued: IssuedVintage, serial: Serial, numbers: tuple[int, int], holder: str
) -> Block:
    """A new block. The database refuses one that overlaps another."""
    series, _made = Series.objects.get_or_create(name=serial.series)
    return Block.objects.create(
        authority=activity.authority,
        activity=activity,
        series=series,
        pattern=serial.pattern,
        first_number=numbers[0],
        last_number=numbers[1],
        issued=issued,
        holder=holder,
    )


def cut_out(block: Block, first: int, last: int) -> Block:
    """The part of a block with these numbers, as a block of its own; what stands around it becomes others."""
    if first > block.first_number:
        block = _cut(block, first)[1]
    if last < block.last_number:
        block = _cut(block, last + 1)[0]
    return block


def _cut(block: Block, at: int) -> tuple[Block, Block]:
    """Two blocks, the second beginning with this number."""
    last = block.last_number
    Block.objects.filter(pk=block.pk).update(last_number=at - 1)
    block.last_number = at - 1
    rest = Block.objects.get(pk=block.pk)
    rest.pk, rest._state.adding = None, True
    rest.public_id = Block._meta.get_field("public_id").get_default()
    rest.first_number, rest.last_number = at, last
    rest.save()
    return block, rest


def take(rows: QuerySet[Block], tonnes: int) -> list[Block]:
    """The first so many tonnes of these blocks, the last block cut where it holds more."""
    return first_of(rows.order_by("series", "first_number"), tonnes)


def first_of(found: Iterable[Block], tonnes: int) -> list[Block]:
    """The same of blocks in the order in which they are given."""
    taken: list[Block] = []
    for block in found:
        if tonnes <= 0:
            break
        taken.append(
            cut_out(block, block.first_number, min(block.last_number, block.first_number + tonnes - 1))
        )
        tonnes -= taken[-1].tonnes
    return taken


def take_last(rows: QuerySet[Block], tonnes: int) -> list[Block]:
    """The last so many tonnes of these blocks, the first of them cut where it holds more."""
    taken: list[Block] = []
    for block in rows.order_by("-series", "-first_number"):
        if tonnes <= 0:
            break
        taken.append(
            cut_out(block, max(block.first_number, block.last_number - tonnes + 1), block.last_number)
        )
        tonnes -= taken[-1].tonnes
    return taken


def cover(free: Iterable[Block], tonnes: int, line: Line) -> None:
    """The first so many tonnes of these blocks belong to the authorisation of a line from now on."""
    taken = [block.pk for block in first_of(free, tonnes)]
    Block.objects.filter(pk__in=taken, authorisation=None).update(authorisation=line.authorisation, line=line)


def place(line: Line, tonnes: int, target: Place, *, come_from: Collection[Place] = (Place.HELD,)) -> None:
    """So many tonnes of the blocks that a line covers go to a place; nothing where it covers no blocks."""
    for origin in come_from:
        moved = take(line.blocks.filter(place=origin), tonnes)
        Block.objects.filter(pk__in=[block.pk for block in moved]).update(place=target)
        tonnes -= sum(block.tonnes for block in moved)


def against_serial(
    authorisation: Authorisation, text: str, places: Collection[Place] = (Place.HELD,)
) -> tuple[list[Block], list[Reason]]:
    """The blocks that a serial means, all in these places under an authorisation, cut to it; or why not."""
    serial, reasons = read_serial(text), not_held(authorisation, text, places)
    if serial is None or reasons:
        return [], reasons
    held = overlapping(serial).filter(authorisation=authorisation)
    return [
        cut_out(block, max(block.first_number, serial.first), min(block.last_number, serial.last))
        for block in held.order_by("first_number")
    ], []


def against_serials(
    authorisation: Authorisation, texts: Sequence[str], places: Collection[Place]
) -> tuple[list[Block], list[Reason]]:
    """The same of several serials, of which no two share a unit."""
    read = [(text, read_serial(text)) for text in texts]
    reasons = [
        Reason(
            code="block-twice",
            words=_("A unit of the block %(serial)s is named twice: also in %(other)s."),
            values={"serial": text, "other": other},
            mend=_("Name each unit once."),
        )
        for place, (text, serial) in enumerate(read)
        for other, earlier in read[:place]
        if serial is not None and earlier is not None and serial.shares_a_unit(earlier)
    ]
    found: list[Block] = []
    for text in texts if not reasons else ():
        meant, against = against_serial(authorisation, text, places)
        found += meant
        reasons += against
    return found, reasons


def not_held(
    authorisation: Authorisation, text: str, places: Collection[Place] = (Place.HELD,)
) -> list[Reason]:
    """Why the units of a serial are not all there under an authorisation; empty if they are. Touches none."""
    serial = read_serial(text)
    if serial is None:
        return [unreadable(text)]
    held = overlapping(serial).filter(authorisation=authorisation).select_related("line")
    if sum(_shared(block, serial) for block in held) < serial.tonnes:
        return [
            Reason(
                code="block-not-covered",
                words=_("The block %(serial)s is not covered by this authorisation."),
                values={"serial": text},
                mend=_("Correct the serial, or ask for the authorisation of the block."),
            )
        ]
    moved = [block for block in held if block.place not in places]
    if moved:
        return [
            Reason(
                code="block-moved",
                words=_("Of the block %(serial)s, units are not held any more: %(moved)s."),
                values={"serial": text, "moved": [block.serial for block in moved]},
                mend=_("Correct the serial."),
            )
        ]
    return []


def _shared(block: Block, serial: Serial) -> int:
    return min(block.last_number, serial.last) - max(block.first_number, serial.first) + 1


def unreadable(text: str) -> Reason:
    """A serial that holds no first and last number."""
    return Reason(
        code="serial-unreadable",
        words=_("“%(serial)s” is no serial with a first and a last number."),
        values={"serial": text},
        mend=_("Write the serial as the registry does."),
    )


def _other_than(case: Case, serial: Serial) -> str:
    """The block that shares a unit: of a live authorisation, or of a case that awaits its letter; or ""."""
    block = overlapping(serial).filter(authorisation__isnull=False).first()
    if block is not None:
        return block.serial
    awaiting = Case.objects.filter(activity=case.activity, state=State.LETTER_DUE, outcome="granted")
    for other in awaiting.exclude(pk=case.pk):
        for named in named_in(other):
            theirs = read_serial(named.serial or "")
            if theirs is not None and theirs.shares_a_unit(serial):
                return named.serial or ""
    return ""


def taken_by_others(case: Case) -> list[Reason]:
    """The blocks that a case names and that belong to a live authorisation already (rule A3)."""
    reasons = []
    for block in named_in(case):
        serial = read_serial(block.serial or "")
        if serial is None:
            reasons.append(unreadable(block.serial or ""))
        elif other := _other_than(case, serial):
            reasons.append(
                Reason(
                    code="A3",
                    words=_(
                        "Of the block %(serial)s, units belong to an authorisation: %(other)s (rule A3)."
                    ),
                    values={"serial": block.serial or "", "other": other},
                    mend=_("Take the block out of the request."),
                )
            )
    return reasons
