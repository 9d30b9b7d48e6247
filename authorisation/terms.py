"""The terms of an authorisation: what is asked for, what is granted, and what lies between.

Terms are what an application requests, a decision grants and a version of an authorisation says, in
one shape, so that they can be compared item by item. Volumes are whole t CO2 eq.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import rfc8785
from django.db import models
from django.utils.translation import gettext_lazy as _
from pydantic import (
    BaseModel,
    ConfigDict,
    NonNegativeInt,
    PositiveInt,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from accounts.wording import Named, day, grouped
from authorisation.application import ApplicationContent, RequestContent, purpose_code


class EntityTerms(BaseModel):
    """An entity, and the roles in which it is authorised. An applicant is not thereby authorised."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    country: str | None = None
    identification: str | None = None
    roles: tuple[str, ...] = ()


class Form(models.TextChoices):
    """The forms in which a part of a volume is given (`authorisation.parts`)."""

    HOST_SHARE = "host_share", _("share kept by the host")
    PROJECT_CAP = "project_cap", _("cap of the project")
    SECTOR_CAP = "sector_cap", _("cap of the sector")
    NATIONAL_BUDGET = "national_budget", _("budget of the NDC period")
    MECHANISM_SPLIT = "mechanism_split", _("split of the Article 6.4 mechanism")
    TRANCHE = "tranche", _("tranche of a vintage")


class Part(BaseModel):
    """A form in which a part is given, with what it needs besides the terms.

    cap                    of a project cap, t CO2 eq over all vintages
    vintage, first, last   of a tranche: from which tonne issued to which, counted from 1, both included
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Form
    cap: NonNegativeInt | None = None
    vintage: int | None = None
    first: PositiveInt | None = None
    last: PositiveInt | None = None


# Of these a letter need say nothing as data; terms written before there were any keep their digest.
_CLAUSES = (
    "consent_to_changes",
    "consent_to_revocation",
    "revocable_after_transfer",
    "reducible_after_transfer",
)


class Terms(BaseModel):
    """What may be used, by whom, for what, how much, when and under which conditions.

    `volumes` maps a vintage to its ceiling; None in both `volumes` and `total` means no ceiling of
    its own. Percentages are decimal numbers as text, e.g. "2.5": nothing hashed is a float. `parts` says in
    which forms less was granted than asked for, where the deciding office names them. `consent_to_changes`
    and `consent_to_revocation` are the codes of the Parties without whose consent it is not changed, or not
    revoked; None where nothing is said of it as data (`authorisation.consent`). `revocable_after_transfer`
    and `reducible_after_transfer` are the circumstances, in the letter's words, in which a revocation, or a
    reduction of volume, may touch what is first transferred already; None where there are none, and then
    nothing does (`authorisation.touching`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    uses: tuple[str, ...] = ()
    imp: tuple[str, ...] = ()
    op: str | None = None
    first_transfer_definition: str | None = None
    volumes: dict[int, NonNegativeInt] | None = None
    total: NonNegativeInt | None = None
    outcomes_from: date | None = None
    outcomes_to: date | None = None
    last_issuance_on: date | None = None
    last_use_on: date | None = None
    last_cancellation_on: date | None = None
    parties: tuple[str, ...] = ()
    entities: tuple[EntityTerms, ...] = ()
    tracking_registry: str | None = None
    conditions: tuple[str, ...] = ()
    change_terms: str | None = None
    consent_to_changes: tuple[str, ...] | None = None
    consent_to_revocation: tuple[str, ...] | None = None
    revocable_after_transfer: tuple[str, ...] | None = None
    reducible_after_transfer: tuple[str, ...] | None = None
    host_retention_percent: str | None = None
    omge_percent: str | None = None
    parts: tuple[Part, ...] = ()

    @model_serializer(mode="wrap")
    def _what_is_said(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Of forms, consent and clauses only what is said."""
        said: dict[str, Any] = serialise(self)
        unsaid = {name for name in _CLAUSES if said.get(name) is None}
        if not said.get("parts"):
            unsaid.add("parts")
        return {name: value for name, value in said.items() if name not in unsaid}

    @property
    def for_ndc(self) -> bool:
        """Whether use towards an NDC is among the uses."""
        return "NDC" in self.uses

    @property
    def for_oimp(self) -> bool:
        """Whether any other international mitigation purpose is among the uses."""
        return bool({"IMP", "OP"} & set(self.uses))

    @property
    def purpose(self) -> str | None:
        """One of the seven purpose codes of the reporting format; None while no use is given."""
        return purpose_code(self.uses)

    @property
    def volume(self) -> int | None:
        """The ceiling over all vintages in t CO2 eq: of all that are given, the lowest holds."""
        by_vintage = None if self.volumes is None else sum(self.volumes.values())
        given = [tonnes for tonnes in (by_vintage, self.total) if tonnes is not None]
        return min(given, default=None)

    def as_json(self) -> dict[str, Any]:
        """As JSON values, for the facts of an event."""
        return self.model_dump(mode="json")

    def canonical(self) -> str:
        """RFC 8785 canonical text, for records that are hashed."""
        return rfc8785.dumps(self.as_json()).decode()


class Point(models.TextChoices):
    """A point in which terms differ."""

    VOLUME = "volume", _("volume")
    TOTAL = "total", _("total volume")
    USE = "use", _("use")
    PURPOSE = "purpose", _("purpose")
    PARTY = "Party", _("Party")
    ENTITY = "entity", _("entity")
    ROLE = "role", _("role")
    PERIOD = "period", _("period")


# The days of a period, as a sentence names them.
_DAYS = {
    "outcomes_from": _("outcomes occur from"),
    "outcomes_to": _("outcomes occur until"),
    "last_issuance_on": _("last issuance"),
    "last_use_on": _("last use"),
    "last_cancellation_on": _("last cancellation"),
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One point in which terms granted fall short of the terms asked for.

    `asked` and `granted` are figures, names or dates as text, `granted` empty where the point was not
    granted at all. What is a code here, a figure or a day brings its words with it (`accounts.wording`).
    """

    what: Point
    key: str
    asked: str
    granted: str


def asked_for(content: ApplicationContent) -> Terms:
    """The terms for which an application asks."""
    request = content.request or RequestContent()
    approach = content.cooperative_approach
    occur = request.outcomes_occur
    return Terms(
        uses=request.uses or (),
        imp=(request.oimp.imp or ()) if request.oimp else (),
        op=request.oimp.op if request.oimp else None,
        first_transfer_definition=request.first_transfer_definition,
        volumes=dict(request.volumes_tco2e) if request.volumes_tco2e else None,
        total=request.total_tco2e,
        outcomes_from=occur.starts_on if occur else None,
        outcomes_to=occur.ends_on if occur else None,
        last_use_on=request.last_use_on,
        parties=(approach.parties or ()) if approach else (),
        entities=tuple(
            EntityTerms(
                name=entity.name or "",
                country=entity.country,
                identification=entity.identification,
                roles=entity.roles_to_authorise,
            )
            for entity in content.entities or ()
            if entity.roles_to_authorise
        ),
        tracking_registry=request.tracking_registry,
        conditions=request.conditions or (),
        change_terms=request.change_terms,
        consent_to_changes=request.consent_to_changes,
        consent_to_revocation=request.consent_to_revocation,
        revocable_after_transfer=request.revocable_after_transfer or None,
        reducible_after_transfer=request.reducible_after_transfer or None,
    )


def withheld(asked: Terms, granted: Terms) -> list[Difference]:
    """Every point in which less is granted than was asked for; empty if nothing is withheld."""
    return [
        *_volume_withheld(asked, granted),
        *_missing(Point.USE, asked.uses, granted.uses),
        *_missing(Point.PURPOSE, asked.imp, granted.imp),
        *_missing(Point.PARTY, asked.parties, granted.parties),
        *_entities_withheld(asked, granted),
        *_period_withheld(asked, granted),
    ]


def _volume_withheld(asked: Terms, granted: Terms) -> Iterable[Difference]:
    """Lower ceilings by vintage and over all vintages, also where the application set none."""
    for vintage, tonnes in sorted((asked.volumes or {}).items()):
        given = (granted.volumes or {}).get(vintage)
        if granted.volumes is not None and (given or 0) < tonnes:
            yield Difference(
                what=Point.VOLUME,
                key=str(vintage),
                asked=_figure(tonnes),
                granted="" if given is None else _figure(given),
            )
    for wanted, given in ((asked.total, granted.total), (asked.volume, granted.volume)):
        if given is not None and _is_less(given, wanted, where_none_was_asked=asked.volume is None):
            yield Difference(
                what=Point.TOTAL, key="", asked=_figure(wanted) if wanted else "", granted=_figure(given)
            )
            return


def _figure(tonnes: int) -> Named:
    return Named(str(tonnes), grouped(tonnes))


def _is_less(given: int, wanted: int | None, *, where_none_was_asked: bool) -> bool:
    return where_none_was_asked if wanted is None else given < wanted


def _missing(what: Point, asked: Iterable[str], granted: Iterable[str]) -> Iterable[Difference]:
    kept = set(granted)
    return [Difference(what=what, key=name, asked=name, granted="") for name in asked if name not in kept]


def _entities_withheld(asked: Terms, granted: Terms) -> Iterable[Difference]:
    kept = {(entity.name, entity.country): set(entity.roles) for entity in granted.entities}
    for entity in asked.entities:
        roles = kept.get((entity.name, entity.country))
        if roles is None:
            yield Difference(what=Point.ENTITY, key=entity.name, asked=", ".join(entity.roles), granted="")
        elif missing := [role for role in entity.roles if role not in roles]:
            yield Difference(what=Point.ROLE, key=entity.name, asked=", ".join(missing), granted="")


def _period_withheld(asked: Terms, granted: Terms) -> Iterable[Difference]:
    """Later beginnings and earlier ends, also where the application set none."""
    starts = (("outcomes_from", asked.outcomes_from, granted.outcomes_from),)
    ends = (
        ("outcomes_to", asked.outcomes_to, granted.outcomes_to),
        ("last_issuance_on", asked.last_issuance_on, granted.last_issuance_on),
        ("last_use_on", asked.last_use_on, granted.last_use_on),
        ("last_cancellation_on", asked.last_cancellation_on, granted.last_cancellation_on),
    )
    for key, wanted, given in starts:
        if given is not None and (wanted is None or given > wanted):
            yield _later_or_earlier(key, wanted, given)
    for key, wanted, given in ends:
        if given is not None and (wanted is None or given < wanted):
            yield _later_or_earlier(key, wanted, given)


def _later_or_earlier(key: str, wanted: date | None, given: date) -> Difference:
    return Difference(
        what=Point.PERIOD,
        key=Named(key, _DAYS[key]),
        asked=day(wanted) if wanted else "",
        granted=day(given),
    )
