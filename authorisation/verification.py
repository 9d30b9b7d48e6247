"""Re-adds every entry against every balance, and every record of outcomes against its line. Reads only.

The database already holds balances to their entries move by move; this says so anew from nothing but the
rows, and finds what an owner of the tables may have changed with the defences down.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Model, Sum
from django.utils.translation import gettext as _

from authorisation.models import (
    Block,
    Cancellation,
    Ceiling,
    Coverage,
    Entry,
    FirstTransfer,
    IssuedVintage,
    Line,
    TakenBack,
    TransferTakenBack,
    Use,
)
from authorisation.models.volumes import POOLS_OF_CEILINGS, POOLS_OF_LINES, Pool

_AT_A_TIME = 2000


@dataclass(kw_only=True)
class Result:
    """What was looked at, by name, and a sentence for each thing that is wrong."""

    checked: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def verify() -> Result:
    """Looks at every balance, entry, issuance and block."""
    result = Result()
    for kind, model, pools in (("line", Line, POOLS_OF_LINES), ("ceiling", Ceiling, POOLS_OF_CEILINGS)):
        result.wrong += _of_balances(kind, model, pools, result)
    result.wrong += _of_totals()
    result.wrong += _of_records(result)
    result.wrong += _of_issuance(result)
    result.wrong += _of_blocks(result)
    return result


def _of_balances(
    kind: str, model: type[Line] | type[Ceiling], pools: Sequence[Pool], result: Result
) -> Iterator[str]:
    entries = Entry.objects.filter(**{f"{kind}__isnull": False}).order_by(kind, "sequence")
    fields = ("sequence", "source", "target", "tonnes", "source_after", "target_after", "pk")
    sums: dict[int, _Sum] = {}
    count = 0
    for balance, *row in entries.values_list(f"{kind}_id", *fields).iterator(chunk_size=_AT_A_TIME):
        sums.setdefault(balance, _Sum(pools)).add(*row)
        count += 1
    result.checked["entries"] = result.checked.get("entries", 0) + count
    rows = model._default_manager.order_by("pk")
    result.checked[f"{kind}s"] = rows.count()
    for row in rows.iterator(chunk_size=_AT_A_TIME):
        added = sums.pop(row.pk, None) or _Sum(pools)
        named = _("Line %(key)s") if kind == "line" else _("Ceiling %(key)s")
        for sentence in added.against(row):
            yield f"{named % {'key': row.pk}}: {sentence}"
    yield from (
        _("Entries stand for %(kind)s %(key)s, which is not there.") % {"kind": kind, "key": key}
        for key in sums
    )


class _Sum:
    """The pools of one balance, added up entry by entry."""

    def __init__(self, pools: Sequence[Pool]) -> None:
        self.pools: dict[str, int] = dict.fromkeys((pool.value for pool in pools), 0)
        self.sequence = 0
        self.last: int | None = None
        self.wrong: list[str] = []

    def add(
        self,
        sequence: int,
        source: str,
        target: str,
        tonnes: int,
        source_after: int | None,
        target_after: int | None,
        entry: int,
    ) -> None:
        if sequence != self.sequence + 1:
            self.wrong.append(
                _("entry %(number)s does not follow entry %(last)s.")
                % {"number": sequence, "last": self.sequence}
            )
        self.sequence, self.last = sequence, entry
        for pool, change, after in ((source, -tonnes, source_after), (target, tonnes, target_after)):
            if pool == Pool.OUTSIDE:
                continue
            if pool not in self.pools:
                self.wrong.append(
                    _("entry %(number)s names the pool “%(pool)s”, which it has not.")
                    % {"number": sequence, "pool": pool}
                )
                continue
            self.pools[pool] += change
            if self.pools[pool] != after:
                self.wrong.append(
                    _("after entry %(number)s, “%(pool)s” is %(sum)s t and not %(said)s t.")
                    % {"number": sequence, "pool": pool, "sum": self.pools[pool], "said": after}
                )

    def against(self, balance: Line | Ceiling) -> Iterator[str]:
        """Sentences on where a balance is not what its entries come to."""
        yield from self.wrong
        for pool, tonnes in self.pools.items():
            held = getattr(balance, pool)
            if held != tonnes:
                yield _("“%(pool)s” holds %(held)s t, its entries come to %(sum)s t.") % {
                    "pool": pool,
                    "held": held,
                    "sum": tonnes,
                }
        if balance.entries_written != self.sequence:
            yield _("it counts %(counted)s entries, there are %(there)s.") % {
                "counted": balance.entries_written,
                "there": self.sequence,
            }
        if balance.last_entry_id != self.last:
            yield _("it does not name its last entry.")


def _of_totals() -> Iterator[str]:
    """What lines have taken up stands under the total of their authorisation."""
    drawn = dict(Line.objects.values_list("case").annotate(Sum("drawn")))
    for total in Ceiling.objects.filter(scope=Ceiling.Scope.TOTAL).iterator():
        taken = drawn.get(total.case_id, 0)
        if total.drawn != taken:
            yield _(
                "Ceiling %(key)s: %(held)s t are taken up under the total, its lines have taken up %(sum)s t."
            ) % {
                "key": total.pk,
                "held": total.drawn,
                "sum": taken,
            }


def _of_records(result: Result) -> Iterator[str]:
    """Pools of lines are what the records of coverage, first transfer, use and cancellation come to."""
    records: Mapping[str, tuple[tuple[type[Model], str], ...]] = {
        "issued": ((Coverage, "tonnes"),),
        "first_transferred": ((FirstTransfer, "tonnes"),),
        "retained": ((FirstTransfer, "retained"),),
        "used_or_cancelled": ((Use, "tonnes"), (Cancellation, "tonnes")),
    }
    found: dict[str, dict[int, int]] = {}
    for pool, sources in records.items():
        found[pool] = {}
        for model, column in sources:
            for line, tonnes in model._default_manager.values_list("line").annotate(Sum(column)):
                found[pool][line] = found[pool].get(line, 0) + tonnes
    for line, tonnes in TakenBack.objects.values_list("line").annotate(Sum("tonnes")):
        found["issued"][line] = found["issued"].get(line, 0) - tonnes
    back = TransferTakenBack.objects.values_list("line").annotate(Sum("tonnes"), Sum("issued"))
    for line, tonnes, issued in back:
        found["first_transferred"][line] = found["first_transferred"].get(line, 0) - tonnes
        found["issued"][line] = found["issued"].get(line, 0) - issued
    result.checked["first transfers"] = FirstTransfer.objects.count()
    yield from _of_transfers_taken_back()
    for line in Line.objects.order_by("pk").iterator(chunk_size=_AT_A_TIME):
        for pool, sums in found.items():
            held, recorded = getattr(line, pool), sums.get(line.pk, 0)
            if held != recorded:
                yield _("Line %(key)s: “%(pool)s” holds %(held)s t, its records come to %(sum)s t.") % {
                    "key": line.pk,
                    "pool": pool,
                    "held": held,
                    "sum": recorded,
                }


def _of_transfers_taken_back() -> Iterator[str]:
    """Of no first transfer more was taken back than it was, nor of another line than its own."""
    whole = FirstTransfer.objects.annotate(back=Sum("taken_back__tonnes"))
    for key, tonnes, back in whole.filter(back__gt=F("tonnes")).values_list("pk", "tonnes", "back"):
        yield _("Of the first transfer %(key)s of %(tonnes)s t, %(back)s t are taken back.") % {
            "key": key,
            "tonnes": tonnes,
            "back": back,
        }
    astray = TransferTakenBack.objects.exclude(line=F("first_transfer__line"))
    for key in astray.values_list("pk", flat=True):
        yield _("What is taken back of a first transfer (%(key)s) names another line.") % {"key": key}


def _of_issuance(result: Result) -> Iterator[str]:
    """What is covered of an issued vintage is the sum of its coverages; its blocks to what was issued."""
    result.checked["issued vintages"] = IssuedVintage.objects.count()
    covered = dict(Coverage.objects.values_list("issued").annotate(Sum("tonnes")))
    for issued_vintage, tonnes in TakenBack.objects.values_list("issued").annotate(Sum("tonnes")):
        covered[issued_vintage] = covered.get(issued_vintage, 0) - tonnes
    in_blocks = dict(
        Block.objects.values("issued")
        .annotate(units=Sum(F("last_number") - F("first_number") + 1))
        .values_list("issued", "units")
    )
    for issued in IssuedVintage.objects.order_by("pk").iterator(chunk_size=_AT_A_TIME):
        for held, found in (
            (issued.covered, covered.get(issued.pk, 0)),
            (issued.tonnes, in_blocks.get(issued.pk)),
        ):
            if found is not None and held != found:
                yield _("Issued vintage %(key)s: it says %(held)s t, its parts come to %(sum)s t.") % {
                    "key": issued.pk,
                    "held": held,
                    "sum": found,
                }


def _of_blocks(result: Result) -> Iterator[str]:
    """No two blocks of a series share a number."""
    result.checked["blocks"] = 0
    before: Block | None = None
    for block in Block.objects.select_related("series").order_by("series", "first_number").iterator():
        result.checked["blocks"] += 1
        if (
            before is not None
            and before.series_id == block.series_id
            and before.last_number >= block.first_number
        ):
            yield _("The blocks %(one)s and %(other)s overlap.") % {
                "one": before.serial,
                "other": block.serial,
            }
        before = block
