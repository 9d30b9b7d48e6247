"""An authority that owns many rows: serial blocks, and a tenth as many events on its chain."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from accounts.models import Authority
from accounts.services.chains import locked_authority
from audit import trail
from audit.trail import Happening
from authorisation.models import Block, Series
from bench.importing import rows_of
from desk.bringing_in.answering import demonstration
from desk.bringing_in.block_rows import COLUMNS, read_block_rows
from desk.bringing_in.blocks import bring_in
from workflow.clock import RealClock

_COUNTRY = ("Fiji", "FJI")
_AT_ONCE = 5_000


def owning_more(blocks: int) -> str:
    """Gives an authority of its own so many more blocks and events; returns its slug."""
    authority = Authority.objects.filter(party__code=_COUNTRY[1]).first() or _begun()
    series, _made = Series.objects.get_or_create(name="BENCH")
    example = Block.objects.filter(authority=authority).exclude(series=series).earliest("pk")
    there = Block.objects.filter(series=series).count()
    for begin in range(there, there + blocks, _AT_ONCE):
        Block.objects.bulk_create(
            Block(
                authority=authority,
                activity=example.activity,
                series=series,
                pattern="BENCH-{first}-{last}",
                first_number=number * 10 + 1,
                last_number=number * 10 + 10,
                issued=example.issued,
            )
            for number in range(begin, min(begin + _AT_ONCE, there + blocks))
        )
    with transaction.atomic():
        head = locked_authority(authority)
        for number in range(there, there + blocks, 10):
            happening = Happening(
                action="measured", actor="system", at=RealClock().now(), facts={"number": number}
            )
            trail.append(head, happening)
    return str(authority.slug)


def _begun() -> Authority:
    """An authority with one block, brought in as any other."""
    clock = RealClock()
    with TemporaryDirectory() as folder:
        path = Path(folder, "blocks.csv")
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(COLUMNS))
            writer.writeheader()
            writer.writerows({**row, "country": _COUNTRY[0], "project_id": 1} for row in rows_of(1))
        told = bring_in(read_block_rows(path), who=demonstration(clock=clock), source=path.name, clock=clock)
        if [one.fate for one in told] != ["recorded"]:
            raise SystemExit("The block is not there: the figures would mean nothing.")
    return Authority.objects.get(party__code=_COUNTRY[1])
