"""What a number or a serial stands for: covered or not, by which version, for which uses, and what is left.

Everything comes from authorisations, which the register shows to anybody. Of an application, of a unit that
no authorisation covers, and of a number that nobody ever heard of, the same is said. Volumes are whole t
CO2 eq.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, Q, Sum

from accounts.names import in_language, party_name
from authorisation.blocks import overlapping
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation, AuthorisationVersion, Block, Ceiling, Line, Obligation
from authorisation.requirements import Sort
from authorisation.serials import Serial, read_serial, written
from authorisation.terms import Terms
from letters.models import Letter
from letters.permissions import issued
from workflow.clock import Clock, today
from workflow.refusals import Words

# The most that is told at once; of an approach with more authorisations the register tells the rest.
MOST = 20
MOST_UNITS = 100
_ENDED = frozenset({State.REVOKED, State.SURRENDERED, State.EXPIRED})


@dataclass(frozen=True, kw_only=True)
class Covering:
    """An authorisation as the answer tells it.

    letter_code   of the letter of its version; "" where that was given before this register was kept
    ceiling       over all vintages; None where its letter sets none
    issued        issued and covered
    gone          first transferred, or retained by the host
    left          what can still be first transferred; None where no ceiling bounds it
    open          whether anything can be first transferred now
    """

    identifier: str
    title: str
    registry_id: str
    approach: str
    ca_id: str
    authority: str
    party: str
    state: State
    as_of: date
    version: int
    letter_number: str
    letter_code: str
    terms: Terms
    ceiling: int | None
    issued: int
    gone: int
    left: int | None
    open: bool
    demonstration: bool


@dataclass(frozen=True, kw_only=True)
class Units:
    """Consecutive units of the serial that was asked for, all of one fate."""

    serial: str
    tonnes: int
    vintage: int
    place: Words
    movable: bool
    identifier: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is told.

    tonnes        of the serial; None where no serial was asked for
    not_covered   units of it that no authorisation covers
    further       whether there are more authorisations or blocks than are told
    """

    asked: str
    authorisations: tuple[Covering, ...]
    units: tuple[Units, ...] = ()
    tonnes: int | None = None
    not_covered: int = 0
    further: bool = False

    @property
    def is_found(self) -> bool:
        """Whether anything is covered."""
        return bool(self.authorisations)


def covered(asked: str, *, clock: Clock, language: str) -> Answer:
    """The answer to a number or a serial, in a constant number of queries."""
    asked = " ".join(asked.split())
    numbered = Authorisation.objects.filter(
        Q(identifier__iexact=asked)
        | Q(activity__registry_id__iexact=asked)
        | Q(approach__ca_id__iexact=asked)
    ).order_by("-pk")
    found = list(numbered.values_list("pk", flat=True)[: MOST + 1])
    if found:
        told = _told(found[:MOST], clock=clock, language=language)
        return Answer(asked=asked, authorisations=told, further=len(found) > MOST)
    serial = read_serial(asked)
    if serial is None:
        return Answer(asked=asked, authorisations=())
    return _of_serial(asked, serial, clock=clock, language=language)


def _of_serial(asked: str, serial: Serial, *, clock: Clock, language: str) -> Answer:
    covering = overlapping(serial).filter(authorisation__isnull=False).order_by("first_number")
    blocks = list(covering.select_related("authorisation", "issued")[: MOST_UNITS + 1])
    further = len(blocks) > MOST_UNITS
    # The units behind the last one that is told are not judged.
    last = blocks[MOST_UNITS - 1].last_number if further else serial.last
    units = [_units(block, serial) for block in blocks[:MOST_UNITS]]
    keys = list(dict.fromkeys(block.authorisation_id for block in blocks[:MOST_UNITS]))
    judged = min(last, serial.last) - serial.first + 1
    return Answer(
        asked=asked,
        authorisations=_told([key for key in keys if key is not None][:MOST], clock=clock, language=language),
        units=tuple(units),
        tonnes=serial.tonnes,
        not_covered=judged - sum(one.tonnes for one in units),
        further=further,
    )


def _units(block: Block, serial: Serial) -> Units:
    first, last = max(block.first_number, serial.first), min(block.last_number, serial.last)
    return Units(
        serial=written(block.pattern, first, last),
        tonnes=last - first + 1,
        vintage=block.issued.vintage,
        place=Block.Place(block.place).label,
        movable=block.place == Block.Place.HELD,
        identifier=block.authorisation.identifier if block.authorisation is not None else "",
    )


def _told(keys: Sequence[int], *, clock: Clock, language: str) -> tuple[Covering, ...]:
    """The authorisations of these keys, in their order."""
    current = AuthorisationVersion.objects.filter(number=F("authorisation__current_version"))
    found = (
        Authorisation.objects.filter(pk__in=keys)
        .select_related("authority__party", "activity", "approach")
        .prefetch_related(
            Prefetch("versions", current.select_related("case", "earlier_letter"), to_attr="current")
        )
    )
    by_key = {one.pk: one for one in found}
    letters = {
        letter.public_id: letter
        for letter in issued(
            Letter.objects.filter(public_id__in=[one.current[0].letter for one in by_key.values()])
        )
    }
    pools = _pools(keys)
    held_back = set(
        Obligation.objects.filter(
            authorisation__in=keys, sort=Sort.CONDITION, met_on=None, case__authorisation_version__number=1
        ).values_list("authorisation", flat=True)
    )
    totals = dict(
        Ceiling.objects.filter(
            scope=Ceiling.Scope.TOTAL, case__authorisation_version__authorisation__in=keys
        ).values_list("case__authorisation_version__authorisation", "authorised")
    )
    return tuple(
        _covering(
            by_key[key],
            letters,
            pools.get(key, {}),
            totals.get(key),
            held_back=key in held_back,
            on=today(by_key[key].authority, clock),
            language=language,
        )
        for key in keys
    )


def _pools(keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The pools of all lines together, by authorisation; `capped` is what the capped lines authorise."""
    sums = (
        Line.objects.filter(authorisation__in=keys)
        .order_by()
        .values("authorisation")
        .annotate(
            issued_in_all=Sum("issued"),
            gone=Sum(F("first_transferred") + F("retained")),
            capped_in_all=Sum("authorised", filter=Q(capped=True), default=0),
            uncapped=Sum("authorised", filter=Q(capped=False), default=None),
        )
    )
    return {row["authorisation"]: dict(row) for row in sums}


def _covering(
    one: Authorisation,
    letters: Mapping[UUID, Letter],
    pools: Mapping[str, Any],
    total: int | None,
    *,
    held_back: bool,
    on: date,
    language: str,
) -> Covering:
    version: AuthorisationVersion = one.current[0]  # type: ignore[attr-defined]
    letter = letters.get(version.letter)
    earlier = getattr(version, "earlier_letter", None)
    terms = Terms.model_validate_json(version.terms)
    gone, state = pools.get("gone") or 0, State(one.state)
    bounds = [] if total is None else [total]
    if terms.volumes is not None and pools.get("uncapped") is None:
        bounds.append(pools.get("capped_in_all") or 0)
    left = None if not bounds else max(min(bounds) - gone, 0)
    return Covering(
        identifier=one.identifier,
        title=one.activity.title,
        registry_id=one.activity.registry_id,
        approach=one.approach.name,
        ca_id=one.approach.ca_id or "",
        authority=in_language(one.authority.name, language),
        party=party_name(one.authority.party.code, language),
        state=state,
        as_of=on,
        version=version.number,
        letter_number=letter.number if letter is not None else getattr(earlier, "number", ""),
        letter_code=letter.code if letter is not None else "",
        terms=terms,
        ceiling=terms.volume,
        issued=pools.get("issued_in_all") or 0,
        gone=gone,
        left=0 if state in _ENDED else left,
        open=state == State.IN_FORCE and not one.transfers_blocked and not held_back,
        demonstration=version.case.simulated,
    )
