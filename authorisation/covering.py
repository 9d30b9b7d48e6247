"""What an authorisation covers of an issuance, and what of that is thereby first transferred.

Issuance is never refused for its volume. What the ceilings allow is posted to the line of its vintage;
the rest is not covered and can be neither transferred nor used. A line without a ceiling of its own draws
on those above it: expected mitigation, sector, NDC period. Volumes are whole t CO2 eq.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from audit.models import Event
from authorisation import blocks
from authorisation.application import BlockContent
from authorisation.balances import BalanceLost, Moving, moving_of, must_move
from authorisation.first_transfer import Trigger, first_transfer, outcome_under
from authorisation.models import (
    Authorisation,
    Block,
    Cancellation,
    Ceiling,
    Coverage,
    Entry,
    FirstTransfer,
    IssuedVintage,
    Line,
    TakenBack,
)
from authorisation.models.volumes import Pool
from authorisation.rules import must_hold
from authorisation.rules_of_records import FirstTransferred, Issued
from authorisation.serials import read_serial
from authorisation.shares import Levies, Split, split
from authorisation.standing import authorised_on, granting_case, terms_in_force, transfers_open
from authorisation.terms import Terms
from authorisation.volumes import ceilings_above, expect
from projects.models import Activity

Scope = Ceiling.Scope
Place = Block.Place

# The ceilings that bound a line, and the pool of each into which moves what the line takes up.
Bounds = Sequence[tuple[Ceiling, Pool]]

# The registry by whose name an issuance of the Article 6.4 mechanism is known.
MECHANISM = "mechanism"


def note_issuance(lines: QuerySet[Line]) -> None:
    """From the first recorded issuance of its vintage on, a line moves only what is issued and covered."""
    ahead = F("first_transferred") + F("retained")
    lines.filter(transferred_ahead__isnull=True).update(transferred_ahead=ahead)


def issued_of(activity: Activity) -> QuerySet[IssuedVintage]:
    """What was issued of an activity, in the order of issuance."""
    found = IssuedVintage.objects.filter(activity=activity).select_related("recording")
    return found.order_by("recording__on", "pk")


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What holds for all that an authorisation covers in one act: looked up once, under its lock.

    since  the day from which its outcomes are authorised
    named  the blocks that its application names; none where it names none
    lost   by line and issued vintage, what it covers never again, t CO2 eq: see `_lost_of`
    """

    terms: Terms
    since: date
    named: Sequence[BlockContent]
    lost: Mapping[tuple[int, int], int]


def grounds_of(authorisation: Authorisation) -> Grounds | None:
    """The grounds on which it covers; None while nothing of it can be first transferred."""
    if not transfers_open(authorisation):
        return None
    return Grounds(
        terms=terms_in_force(authorisation),
        since=authorised_on(authorisation),
        named=blocks.named_in(granting_case(authorisation)),
        lost=_lost_of(authorisation),
    )


def _lost_of(authorisation: Authorisation) -> dict[tuple[int, int], int]:
    """What lines without a ceiling covered, and lost by a revocation or a surrender.

    Where there is a ceiling, that has fallen, and an act that raises it again is an authorisation of its own.
    Where there is none, nothing else would keep from the holder what was revoked, once a suspension ends.
    What another authorisation has covered of it since counts as if it were of the rest. In t CO2 eq, by line
    and issued vintage.
    """
    revoking = Entry.objects.filter(line=OuterRef("line"), event=OuterRef("event"), target=Pool.REVOKED)
    taken = TakenBack.objects.filter(
        Exists(revoking), line__authorisation=authorisation, line__capped=False
    ).order_by()
    found = taken.values("line", "issued").annotate(in_all=Sum("tonnes"))
    return {(one["line"], one["issued"]): one["in_all"] for one in found}


def cover_what_is_issued(moving: Moving, authorisation: Authorisation) -> None:
    """Covers what was issued and is not covered yet: on grant, and when a suspension has ended."""
    grounds = grounds_of(authorisation)
    if grounds is None:
        return
    lines = _lines_by_vintage(authorisation)
    for issued in issued_of(authorisation.activity):
        if issued.vintage in lines:
            cover(moving, lines[issued.vintage], issued, grounds)


def cover_issuance(authorisation: Authorisation, event: Event, issued: Sequence[IssuedVintage]) -> None:
    """Covers of one issuance what there is room for. Its rows are read anew: others may have covered some."""
    grounds = grounds_of(authorisation)
    if grounds is None or not issued:
        return
    lines = _lines_by_vintage(authorisation)
    fresh = IssuedVintage.objects.select_related("recording").in_bulk([one.pk for one in issued])
    for one in issued:
        if one.vintage in lines:
            line = lines[one.vintage]
            cover(moving_of(event, line.case), line, fresh[one.pk], grounds)


def _lines_by_vintage(authorisation: Authorisation) -> dict[int, Line]:
    lines = authorisation.lines.select_related("case__authority", "case__activity", "authorisation")
    found: dict[int, Line] = {}
    for line in lines.order_by("pk"):
        found.setdefault(line.vintage, line)
    return found


def cover(moving: Moving, line: Line, issued: IssuedVintage, grounds: Grounds) -> int:
    """Covers of an issued vintage what there is room for on its line, and gives the tonnes.

    The caller holds the lock of the authorisation and of its activity.
    """
    terms = grounds.terms
    if terms.last_issuance_on is not None and issued.recording.on > terms.last_issuance_on:
        return 0
    if line.transferred_ahead is None:
        note_issuance(Line.objects.filter(pk=line.pk))
    found = _free_blocks(issued, grounds)
    free = issued.not_covered if found is None else sum(block.tonnes for block in found)
    lost = min(free, grounds.lost.get((line.pk, issued.pk), 0))
    if lost:
        free -= lost
        if found is not None:
            # What was revoked had been covered before anything that is left beside it.
            revoked = {block.pk for block in blocks.first_of(found, lost)}
            found = [block for block in _free_blocks(issued, grounds) or () if block.pk not in revoked]
    ahead = line.drawn - line.issued
    bounds = bounds_of(line)
    tonnes = min(free, ahead + room(line, bounds, max(0, free - ahead)))
    if tonnes <= 0:
        return 0
    draw(moving, line, bounds, max(0, tonnes - ahead))
    must_move(moving, line, Pool.OUTSIDE, Pool.ISSUED, tonnes)
    if found is not None:
        blocks.cover(found, tonnes, line)
    taken = _levy(line, issued, terms, tonnes)
    due = taken.due
    Coverage.objects.create(
        issued=issued,
        line=line,
        tonnes=tonnes,
        adaptation=due.adaptation,
        omge=due.overall_mitigation,
        covered_on=moving.on,
        event=moving.event.digest,
    )
    # Of an issuance of the mechanism the shares were taken when it was issued, of all that was.
    by_letter = 0 if issued.recording.registry == MECHANISM else due.overall_mitigation
    covered = IssuedVintage.objects.filter(pk=issued.pk, tonnes__gte=F("covered") + tonnes)
    if not covered.update(covered=F("covered") + tonnes, omge=F("omge") + by_letter):
        raise BalanceLost(f"Of the issued vintage {issued.pk} {tonnes} t are not free any more.")
    gone = _transfer(moving, line, issued, terms, tonnes, due, since=grounds.since)
    must_hold(
        replace(
            taken,
            adaptation=gone.get(FirstTransfer.Share.ADAPTATION, 0),
            overall_mitigation=gone.get(FirstTransfer.Share.OVERALL_MITIGATION, 0),
            first_transferred=sum(gone.values()),
        )
    )
    return tonnes


def _free_blocks(issued: IssuedVintage, grounds: Grounds) -> list[Block] | None:
    """The blocks of an issued vintage that may yet be covered; None where it was issued by volume alone.

    In the order of their numbers. Where the application names blocks, these alone: of the units of one
    project some owners' are authorised.
    """
    free = issued.blocks.filter(authorisation=None).order_by("series", "first_number")
    if not grounds.named:
        found = list(free)
        return found if found or issued.blocks.exists() else None
    meant = []
    for content in grounds.named:
        serial = read_serial(content.serial or "")
        if serial is None:
            continue
        for block in blocks.overlapping(serial).filter(issued=issued, authorisation=None):
            first, last = max(block.first_number, serial.first), min(block.last_number, serial.last)
            meant.append(blocks.cut_out(block, first, last).pk)
    return list(free.filter(pk__in=meant))


def _levy(line: Line, issued: IssuedVintage, terms: Terms, tonnes: int) -> Issued:
    """What was covered, as rules A9 and A10 look at it: they say what is due of it."""
    mechanism = issued.recording.registry == MECHANISM
    before = list(issued.coverages.values_list("adaptation", "omge")) if mechanism else []
    return Issued(
        vintage=issued.vintage,
        authorised=tonnes,
        by_mechanism=mechanism,
        adaptation=0,
        overall_mitigation=0,
        first_transferred=0,
        omge_percent=terms.omge_percent,
        taken=Levies(
            adaptation=issued.adaptation - sum(one for one, _other in before),
            overall_mitigation=issued.omge - sum(other for _one, other in before),
        )
        if mechanism
        else None,
        # What was transferred ahead of the issuance is gone, whole.
        left=max(0, line.issued - line.first_transferred - line.retained),
    )


def _transfer(
    moving: Moving,
    line: Line,
    issued: IssuedVintage,
    terms: Terms,
    tonnes: int,
    taken: Levies,
    *,
    since: date,
) -> dict[FirstTransfer.Share, int]:
    """What is first transferred by being issued and authorised: the levies, and as the definition says.

    Gives the tonnes of each that were. Rule A8 says whether, and on which day.
    """
    outcome = outcome_under(terms, vintage=line.vintage, authorised_on=since, issued_on=issued.recording.on)
    first = first_transfer(outcome)
    on = first.on if first is not None else max(since, issued.recording.on)
    trigger = first.trigger if first is not None else Trigger.ISSUANCE
    shares = (
        (FirstTransfer.Share.ADAPTATION, taken.adaptation, Place.FIRST_TRANSFERRED),
        (FirstTransfer.Share.OVERALL_MITIGATION, taken.overall_mitigation, Place.USED_OR_CANCELLED),
    )
    gone: dict[FirstTransfer.Share, int] = {}
    for share, amount, place in shares:
        if amount:
            gone[share] = amount
            must_move(moving, line, Pool.OUTSIDE, Pool.FIRST_TRANSFERRED, amount)
            blocks.place(line, amount, place)
            FirstTransfer.objects.create(
                recording=issued.recording,
                line=line,
                trigger=trigger,
                share=share,
                on=on,
                tonnes=amount,
                event=moving.event.digest,
            )
    if taken.overall_mitigation:
        must_move(moving, line, Pool.OUTSIDE, Pool.USED_OR_CANCELLED, taken.overall_mitigation)
        Cancellation.objects.create(
            recording=issued.recording, line=line, tonnes=taken.overall_mitigation, overall_mitigation=True
        )
    rest = min(tonnes - taken.total, line.issued - line.first_transferred - line.retained)
    if first is None or rest <= 0:
        return gone
    must_hold(
        FirstTransferred(outcome=outcome, on=first.on, adjusted_in=first.adjusted_in, trigger=first.trigger)
    )
    parts = split(rest, percent=terms.host_retention_percent, gross=True)
    move_out(moving, line, parts)
    FirstTransfer.objects.create(
        recording=issued.recording,
        line=line,
        trigger=first.trigger,
        on=first.on,
        tonnes=parts.transferred,
        retained=parts.retained,
        event=moving.event.digest,
    )
    return {**gone, FirstTransfer.Share.NONE: parts.transferred}


def move_out(moving: Moving, line: Line, parts: Split) -> None:
    """What leaves the host is first transferred, what it keeps is retained; of the line and of its blocks."""
    must_move(moving, line, Pool.OUTSIDE, Pool.FIRST_TRANSFERRED, parts.transferred)
    must_move(moving, line, Pool.OUTSIDE, Pool.RETAINED, parts.retained)
    blocks.place(line, parts.transferred, Place.FIRST_TRANSFERRED)
    blocks.place(line, parts.retained, Place.RETAINED)


# -- what may be drawn -----------------------------------------------------------------------------


def room(line: Line, bounds: Bounds, wanted: int) -> int:
    """How many more tonnes the line may take up within its bounds, at most those wanted."""
    left = [wanted]
    if line.capped:
        left.append(line.authorised - line.drawn)
    for ceiling, pool in bounds:
        held = ceiling.drawn if pool == Pool.DRAWN else ceiling.reserved + ceiling.authorised
        left.append((ceiling.authorised if pool == Pool.DRAWN else ceiling.tonnes) - held)
    return max(0, min(left))


def draw(moving: Moving, line: Line, bounds: Bounds, tonnes: int) -> None:
    """Takes up tonnes on the line, and under every ceiling that bounds it; there is room, as `room` said."""
    must_move(moving, line, Pool.OUTSIDE, Pool.DRAWN, tonnes)
    for ceiling, pool in bounds:
        must_move(moving, ceiling, Pool.OUTSIDE, pool, tonnes)


def bounds_of(line: Line) -> Bounds:
    """The ceilings that bound what a line takes up, locked in moving order, and the pool that it moves into.

    The total of its authorisation; and where the line has no ceiling of its own, the expected mitigation of
    its vintage. What the total holds is held above it too; without one, all that stands above is drawn on.
    """
    case = line.case
    total = Ceiling.objects.filter(case=case, scope=Scope.TOTAL).select_for_update().first()
    found = [(total, Pool.DRAWN)] if total is not None else []
    if line.capped:
        return found
    if case.activity is not None:
        expect(case.activity, [line.vintage])
    above = ceilings_above(case).exclude(scope=Scope.VINTAGE, vintage__lt=line.vintage)
    above = above.exclude(scope=Scope.VINTAGE, vintage__gt=line.vintage)
    if total is not None:
        above = above.filter(scope=Scope.VINTAGE)
    return [*found, *((ceiling, Pool.AUTHORISED) for ceiling in above.select_for_update())]
