"""First transfer, use and cancellation as movements of volumes; one with reasons is rolled back at the door.

Whether an event is a first transfer rule A8 says, line by line (`authorisation.rules`).
Without a recorded issuance of its vintage the ceilings alone bound a first transfer; with one, only what is
issued and covered moves. Volumes are whole t CO2 eq.
"""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Party
from accounts.wording import Named
from audit.models import Event
from authorisation import blocks, rules
from authorisation.balances import moving_of, must_move
from authorisation.covering import bounds_of, draw, move_out, room
from authorisation.first_transfer import Trigger, outcome_under
from authorisation.models import (
    Authorisation,
    Block,
    Cancellation,
    FirstTransfer,
    Line,
    Recording,
    Series,
    Use,
)
from authorisation.models.volumes import Pool
from authorisation.planned import touches_transferred
from authorisation.rules_of_records import FirstTransferred
from authorisation.shares import Split, split
from authorisation.standing import authorised_on, terms_in_force, transfers_open
from authorisation.terms import Terms
from workflow.refusals import Reason
from workflow.steps import Facts

Place = Block.Place


def record_first_transfer(authorisation: Authorisation, facts: Facts, event: Event) -> list[Reason]:
    """A first international transfer, by volumes or by serial."""
    terms = terms_in_force(authorisation)
    if facts.get("serial"):
        return _transfer_serial(authorisation, terms, facts, event)
    reasons = []
    wanted = _volumes(facts)
    for vintage, tonnes in wanted.items():
        line = _line(authorisation, vintage)
        if line is None:
            reasons.append(_no_line(vintage))
            continue
        parts = split(tonnes, percent=terms.host_retention_percent, gross=bool(facts.get("gross")))
        against = _against_transfer(authorisation, line, terms, parts, event)
        reasons += against
        if not against:
            move_out(moving_of(event, line.case), line, parts)
            _write_transfer(line, parts, facts, event)
    return reasons


def _transfer_serial(authorisation: Authorisation, terms: Terms, facts: Facts, event: Event) -> list[Reason]:
    """The units of a serial leave; of a gross transfer the host keeps the last of them."""
    found, reasons = blocks.against_serial(authorisation, str(facts["serial"]))
    if reasons:
        return reasons
    by_line: dict[int, tuple[Line, list[Block]]] = {}
    for block in found:
        line = _line(authorisation, block.issued.vintage)
        if line is not None:
            by_line.setdefault(line.pk, (line, []))[1].append(block)
    for line, of_line in by_line.values():
        tonnes = sum(block.tonnes for block in of_line)
        parts = split(tonnes, percent=terms.host_retention_percent, gross=bool(facts.get("gross")))
        against = _against_transfer(authorisation, line, terms, parts, event)
        reasons += against
        if against:
            continue
        moving = moving_of(event, line.case)
        must_move(moving, line, Pool.OUTSIDE, Pool.FIRST_TRANSFERRED, parts.transferred)
        must_move(moving, line, Pool.OUTSIDE, Pool.RETAINED, parts.retained)
        numbers = (of_line[0].first_number, of_line[-1].last_number)
        gone = blocks.take(_held(line, of_line[0].series, numbers), parts.transferred)
        Block.objects.filter(pk__in=[block.pk for block in gone]).update(place=Place.FIRST_TRANSFERRED)
        # On top of a net transfer the host keeps other units than those of the serial.
        kept = line.blocks.filter(place=Place.HELD)
        if facts.get("gross"):
            kept = _held(line, of_line[0].series, numbers)
        of_host = blocks.take(kept, parts.retained)
        Block.objects.filter(pk__in=[block.pk for block in of_host]).update(place=Place.RETAINED)
        _write_transfer(line, parts, facts, event)
    return reasons


def _held(line: Line, series: Series, numbers: tuple[int, int]) -> QuerySet[Block]:
    """What a line still holds of consecutive units."""
    held = line.blocks.filter(series=series, place=Place.HELD)
    return held.filter(first_number__gte=numbers[0], last_number__lte=numbers[1])


def record_use(authorisation: Authorisation, facts: Facts, event: Event) -> list[Reason]:
    """Outcomes that were used by a Party or an entity."""
    recording = _recording(event)
    party = Party.objects.filter(code=str(facts.get("by_party") or "")).first()
    year = facts.get("for_year")
    consumed, reasons = _consume(authorisation, facts, event)
    if reasons:
        return reasons
    for line, tonnes in consumed:
        Use.objects.create(
            recording=recording,
            line=line,
            tonnes=tonnes,
            by_party=party,
            by_entity=str(facts.get("by_entity") or ""),
            for_year=year if isinstance(year, int) else None,
        )
    return []


def record_cancellation(authorisation: Authorisation, facts: Facts, event: Event) -> list[Reason]:
    """Outcomes that were cancelled for a purpose."""
    recording = _recording(event)
    consumed, reasons = _consume(authorisation, facts, event)
    if reasons:
        return reasons
    for line, tonnes in consumed:
        Cancellation.objects.create(
            recording=recording, line=line, tonnes=tonnes, purpose=str(facts.get("purpose") or "")
        )
    return []


Consumed = tuple[list[tuple[Line, int]], list[Reason]]


def _consume(authorisation: Authorisation, facts: Facts, event: Event) -> Consumed:
    """Takes what was first transferred and not used yet; the rest is first transferred by the use itself.

    That only where the letter says so. The host's part of it comes on top: what was used was used. Where
    serials are named these units are taken, else the first by their numbers.
    """
    if touches_transferred(authorisation):
        return [], [_touched()]
    if facts.get("serials"):
        return _consume_serials(authorisation, facts, event)
    terms = terms_in_force(authorisation)
    consumed: list[tuple[Line, int]] = []
    reasons = []
    for vintage, tonnes in _volumes(facts).items():
        line = _line(authorisation, vintage)
        if line is None:
            reasons.append(_no_line(vintage))
            continue
        there = line.first_transferred - line.used_or_cancelled
        fresh = max(0, tonnes - there)
        parts = split(fresh, percent=terms.host_retention_percent, gross=False)
        against = _against_use(authorisation, line, terms, parts, event, wanted=tonnes, there=there)
        reasons += against
        if against:
            continue
        moving = moving_of(event, line.case)
        if fresh:
            move_out(moving, line, parts)
            _write_transfer(line, parts, facts, event, Trigger.USE_OR_CANCELLATION)
        must_move(moving, line, Pool.OUTSIDE, Pool.USED_OR_CANCELLED, tonnes)
        blocks.place(line, tonnes, Place.USED_OR_CANCELLED, come_from=(Place.FIRST_TRANSFERRED,))
        consumed.append((line, tonnes))
    return consumed, reasons


def _consume_serials(authorisation: Authorisation, facts: Facts, event: Event) -> Consumed:
    """The units of these serials are used; what of them the host still holds is first transferred by it."""
    terms, serials = terms_in_force(authorisation), facts["serials"]
    texts = [str(text) for text in serials] if isinstance(serials, list) else []
    usable = (Place.HELD, Place.FIRST_TRANSFERRED)
    found, reasons = blocks.against_serials(authorisation, texts, usable)
    if reasons:
        return [], reasons
    by_line: dict[int, list[Block]] = {}
    for block in found:
        by_line.setdefault(block.issued.vintage, []).append(block)
    named = {vintage: sum(block.tonnes for block in meant) for vintage, meant in by_line.items()}
    if _volumes(facts) and _volumes(facts) != named:
        return [], [volumes_differ()]
    consumed: list[tuple[Line, int]] = []
    for vintage, meant in sorted(by_line.items()):
        line = authorisation.lines.select_related("case__authority", "case__activity").get(vintage=vintage)
        tonnes = named[vintage]
        fresh = sum(block.tonnes for block in meant if block.place == Place.HELD)
        parts = split(fresh, percent=terms.host_retention_percent, gross=False)
        against = _against_use(authorisation, line, terms, parts, event, wanted=tonnes, there=tonnes - fresh)
        reasons += against
        if against:
            continue
        moving = moving_of(event, line.case)
        keys = [block.pk for block in meant]
        if fresh:
            must_move(moving, line, Pool.OUTSIDE, Pool.FIRST_TRANSFERRED, parts.transferred)
            must_move(moving, line, Pool.OUTSIDE, Pool.RETAINED, parts.retained)
            # What the host keeps on top is of other units than those that were used.
            kept = blocks.take(line.blocks.filter(place=Place.HELD).exclude(pk__in=keys), parts.retained)
            Block.objects.filter(pk__in=[block.pk for block in kept]).update(place=Place.RETAINED)
            _write_transfer(line, parts, facts, event, Trigger.USE_OR_CANCELLATION)
        must_move(moving, line, Pool.OUTSIDE, Pool.USED_OR_CANCELLED, tonnes)
        Block.objects.filter(pk__in=keys).update(place=Place.USED_OR_CANCELLED)
        consumed.append((line, tonnes))
    return consumed, reasons


def _against_transfer(
    authorisation: Authorisation, line: Line, terms: Terms, parts: Split, event: Event
) -> list[Reason]:
    """Why so much of a line cannot go abroad for the first time; rule A8 whatever the serial named."""
    on = _recording(event).on
    outcome = outcome_under(
        terms, vintage=line.vintage, authorised_on=authorised_on(authorisation), transferred_on=on
    )
    by_rules = rules.against(
        FirstTransferred(
            outcome=outcome, on=on, adjusted_in=line.vintage, trigger=Trigger.INTERNATIONAL_TRANSFER
        )
    )
    return by_rules or _against(line, parts.total, event)


def _against_use(
    authorisation: Authorisation,
    line: Line,
    terms: Terms,
    parts: Split,
    event: Event,
    *,
    wanted: int,
    there: int,
) -> list[Reason]:
    """Why a use may not take what is not first transferred yet; nothing where it takes nothing of that."""
    if not parts.total:
        return []
    on = _recording(event).on
    outcome = outcome_under(
        terms, vintage=line.vintage, authorised_on=authorised_on(authorisation), used_or_cancelled_on=on
    )
    by_rules = rules.against(
        FirstTransferred(
            outcome=outcome,
            on=on,
            adjusted_in=line.vintage,
            trigger=Trigger.USE_OR_CANCELLATION,
            asked=wanted,
            there=there,
        )
    )
    if by_rules:
        return by_rules
    if not transfers_open(authorisation):
        return [_closed(authorisation)]
    return _against(line, parts.total, event)


def _against(line: Line, tonnes: int, event: Event) -> list[Reason]:
    """Why so much cannot leave the line; where nothing stands against it, the ceilings are drawn on."""
    gone = line.first_transferred + line.retained
    if line.transferred_ahead is not None:
        free = max(0, line.issued - gone)
        return [_not_covered(line.vintage, tonnes, free)] if tonnes > free else []
    more = max(0, gone + tonnes - line.drawn)
    bounds = bounds_of(line)
    left = room(line, bounds, more)
    if left < more:
        return [_above_the_ceiling(line.vintage, tonnes, line.drawn - gone + left)]
    draw(moving_of(event, line.case), line, bounds, more)
    return []


def _line(authorisation: Authorisation, vintage: int) -> Line | None:
    return (
        authorisation.lines.select_related("case__authority", "case__activity")
        .filter(vintage=vintage)
        .first()
    )


def _volumes(facts: Facts) -> Mapping[int, int]:
    given = facts.get("volumes")
    if not isinstance(given, dict):
        return {}
    return {
        int(vintage): tonnes
        for vintage, tonnes in sorted(given.items())
        if isinstance(tonnes, int) and tonnes
    }


def _recording(event: Event) -> Recording:
    return Recording.objects.get(event=event.digest)


def _write_transfer(
    line: Line,
    parts: Split,
    facts: Facts,
    event: Event,
    trigger: Trigger = Trigger.INTERNATIONAL_TRANSFER,
) -> None:
    recording = _recording(event)
    FirstTransfer.objects.create(
        recording=recording,
        line=line,
        trigger=trigger,
        on=recording.on,
        tonnes=parts.transferred,
        retained=parts.retained,
        gross=bool(facts.get("gross")) if trigger == Trigger.INTERNATIONAL_TRANSFER else None,
        to_party=Party.objects.filter(code=str(facts.get("to_party") or "")).first(),
        serial=str(facts.get("serial") or ""),
        event=event.digest,
    )


# -- reasons ---------------------------------------------------------------------------------------


def volumes_differ() -> Reason:
    """Volumes and serials were both given, and say different tonnes."""
    return Reason(
        code="volume-and-blocks-differ",
        words=_("The volumes are not those of the blocks."),
        mend=_("Give one of them, or correct the other."),
    )


def _no_line(vintage: int) -> Reason:
    return Reason(
        code="not-covered",
        words=_("Nothing of vintage %(vintage)s is authorised."),
        values={"vintage": vintage},
        mend=_("Correct the vintage, or ask for its authorisation."),
    )


def _not_covered(vintage: int, tonnes: int, free: int) -> Reason:
    return Reason(
        code="not-covered",
        words=_(
            "%(tonnes)s t of vintage %(vintage)s are asked for, but %(free)s t are issued, covered and not "
            "first transferred yet: %(missing)s t are not covered."
        ),
        values={"tonnes": tonnes, "vintage": vintage, "free": free, "missing": tonnes - free},
        mend=_("Lower the volume, record the issuance that is missing, or ask for more to be authorised."),
    )


def _above_the_ceiling(vintage: int, tonnes: int, free: int) -> Reason:
    return Reason(
        code="ceiling",
        words=_("%(tonnes)s t of vintage %(vintage)s are more than the %(free)s t that its ceilings leave."),
        values={"tonnes": tonnes, "vintage": vintage, "free": free},
        mend=_("Lower the volume, or ask for more to be authorised."),
    )


def _touched() -> Reason:
    return Reason(
        code="use-held-back",
        words=_(
            "An act is decided that revokes outcomes which are first transferred: until its letter nothing "
            "is used or cancelled, so that its figures hold."
        ),
        mend=_("Wait until that letter is issued, and record then what still stands."),
    )


def _closed(authorisation: Authorisation) -> Reason:
    return Reason(
        code="transfers-blocked",
        words=_(
            "Nothing can be first transferred: the authorisation is “%(state)s”, or transfers are blocked."
        ),
        values={"state": Named(authorisation.state, authorisation.get_state_display())},
        mend=_("Record only what was first transferred before."),
    )
