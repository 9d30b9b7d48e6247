"""What something that was recorded of outcomes came to: what was issued and covered, what moved, what left.

Read inside the transaction that recorded it, by the digest of its event. Volumes are whole t CO2 eq.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from authorisation.models import Coverage, Entry, Line, Recording
from authorisation.models.volumes import Pool
from workflow.refusals import Words

# The pools of a line in the order in which tonnes pass through them. What is drawn on ceilings is no pool
# that people know: it shows in what is issued and first transferred.
_TOLD = (
    Pool.RESERVED,
    Pool.AUTHORISED,
    Pool.ISSUED,
    Pool.FIRST_TRANSFERRED,
    Pool.RETAINED,
    Pool.USED_OR_CANCELLED,
    Pool.REVOKED,
)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """Of one vintage: what was issued, what authorisations cover of it, and what was taken as a share."""

    vintage: int
    tonnes: int
    covered: int
    adaptation: int
    overall_mitigation: int

    @property
    def not_covered(self) -> int:
        """What can be neither transferred nor used."""
        return self.tonnes - self.covered


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A pool of a line, before and after."""

    pool: Words
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class LineMoved:
    """A line of which tonnes moved, with the pools that changed."""

    authorisation: str
    vintage: int
    pools: tuple[Changed, ...]


@dataclass(frozen=True, kw_only=True)
class Transferred:
    """What was thereby first transferred of a line: on which day, by which event, and what the host keeps.

    share   for adaptation or overall mitigation; empty for what leaves to be used
    """

    authorisation: str
    vintage: int
    on: date
    trigger: Words
    share: Words
    tonnes: int
    retained: int


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """The whole of it; empty where nothing is covered and nothing moves."""

    issued: tuple[Issued, ...]
    lines: tuple[LineMoved, ...]
    transfers: tuple[Transferred, ...]


def foreseen_of(event: str) -> Foreseen:
    """What the recording of this event came to. Raises Recording.DoesNotExist where there is none."""
    recording = Recording.objects.get(event=event)
    events = {event, *Coverage.objects.filter(issued__recording=recording).values_list("event", flat=True)}
    return Foreseen(
        issued=tuple(
            Issued(
                vintage=one.vintage,
                tonnes=one.tonnes,
                covered=one.covered,
                adaptation=one.adaptation,
                overall_mitigation=one.omge,
            )
            for one in recording.vintages.order_by("vintage")
        ),
        lines=tuple(_lines(sorted(events))),
        transfers=tuple(
            Transferred(
                authorisation=one.line.authorisation.identifier if one.line.authorisation else "",
                vintage=one.line.vintage,
                on=one.on,
                trigger=one.get_trigger_display(),
                share=one.get_share_display() if one.share else "",
                tonnes=one.tonnes,
                retained=one.retained,
            )
            for one in recording.first_transfers.select_related("line__authorisation").order_by(
                "line__vintage", "pk"
            )
        ),
    )


def _lines(events: Sequence[str]) -> list[LineMoved]:
    deltas: dict[int, dict[str, int]] = {}
    for line, source, target, tonnes in Entry.objects.filter(
        event__in=events, line__isnull=False
    ).values_list("line", "source", "target", "tonnes"):
        pools = deltas.setdefault(line, {})
        pools[source] = pools.get(source, 0) - tonnes
        pools[target] = pools.get(target, 0) + tonnes
    moved = Line.objects.filter(pk__in=deltas).select_related("authorisation")
    return [_moved(line, deltas[line.pk]) for line in moved.order_by("authorisation__identifier", "vintage")]


def _moved(line: Line, deltas: dict[str, int]) -> LineMoved:
    after = {pool: getattr(line, pool.value) for pool in _TOLD}
    return LineMoved(
        authorisation=line.authorisation.identifier if line.authorisation else "",
        vintage=line.vintage,
        pools=tuple(
            Changed(pool=pool.label, before=after[pool] - deltas[pool.value], after=after[pool])
            for pool in _TOLD
            if deltas.get(pool.value)
        ),
    )
