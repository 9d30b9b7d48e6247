"""Revokes what was first transferred, where the letter foresees it: its pool, its records and its units.

No record of a first transfer is changed or deleted: another one says what was taken back of it, the latest
transfer first. Under the lock of the authorisation. Volumes are whole t CO2 eq.
"""

from collections.abc import Iterator

from django.db.models import QuerySet, Sum

from authorisation import blocks
from authorisation.acts import Touching
from authorisation.balances import BalanceLost, Moving, must_move
from authorisation.effect import LineEffect
from authorisation.models import Block, FirstTransfer, Line, TransferTakenBack
from authorisation.models.volumes import Pool
from authorisation.serials import read_serial

Place = Block.Place


def revoke(moving: Moving, line: Line, one: LineEffect, touching: Touching | None) -> None:
    """Moves what an act touches of a line into the pool of what is revoked, with its records and units."""
    if touching is None:
        raise BalanceLost(f"The line {line.pk} would lose first-transferred tonnes without a clause.")
    must_move(moving, line, Pool.FIRST_TRANSFERRED, Pool.REVOKED, one.touched)
    issued = one.touched_issued
    for transfer, tonnes in _latest_first(line, one.touched):
        TransferTakenBack.objects.create(
            first_transfer=transfer,
            line=line,
            tonnes=tonnes,
            issued=min(issued, tonnes),
            circumstance=touching.circumstance,
            checked=touching.check,
            taken_on=moving.on,
            event=moving.event.digest,
        )
        issued -= min(issued, tonnes)


def _latest_first(line: Line, tonnes: int) -> Iterator[tuple[FirstTransfer, int]]:
    """The first transfers of a line of which so many tonnes are taken back, and the tonnes of each.

    Of one that names units only as much as is not used of them, while another can give the rest. The units go
    with them. What was taken for adaptation or overall mitigation is no transfer that is taken back.
    """
    transfers = line.first_transfers.filter(share=FirstTransfer.Share.NONE, tonnes__gt=0).order_by(
        "-on", "-pk"
    )
    gone = dict(line.transfers_taken_back.values_list("first_transfer").annotate(Sum("tonnes")))
    left = tonnes
    found: dict[int, tuple[FirstTransfer, int]] = {}
    for only_of_units in (True, False):
        for transfer in transfers:
            there = transfer.tonnes - gone.get(transfer.pk, 0)
            units = _units(line, transfer.serial if only_of_units else "")
            if transfer.serial and only_of_units:
                there = min(there, sum(block.tonnes for block in units))
            less = min(left, there)
            if less > 0:
                revoked = blocks.take_last(units, less)
                Block.objects.filter(pk__in=[block.pk for block in revoked]).update(place=Place.REVOKED)
                gone[transfer.pk] = gone.get(transfer.pk, 0) + less
                found[transfer.pk] = (transfer, found.get(transfer.pk, (transfer, 0))[1] + less)
                left -= less
    if left:
        raise BalanceLost(f"The line {line.pk} has {left} t less first transferred than it says.")
    yield from found.values()


def _units(line: Line, serial: str) -> QuerySet[Block]:
    """The units of a line that are first transferred and not used; of a serial where one is named."""
    there = line.blocks.filter(place=Place.FIRST_TRANSFERRED)
    named = read_serial(serial) if serial else None
    if named is None:
        return there
    return there.filter(series__name=named.series, first_number__gte=named.first, last_number__lte=named.last)
