"""Authorisations that were given before this register was kept: what is known of one, and which one is meant.

An authorisation is matched by Party, programme, project and terms; one that is brought in again is the same.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import rfc8785
from django.db.models import F

from accounts.models import Authority, Organisation
from audit.canonical import parse_canonical
from audit.trail import events_of
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation, AuthorisationVersion, Case
from authorisation.models.earlier_letters import EarlierLetter, Unknown
from authorisation.serials import Serial, written
from authorisation.terms import Terms
from projects.models import Document


@dataclass(frozen=True, kw_only=True)
class Original:
    """The letter itself: the number it bears, where it is published, its scan; none where it is missing."""

    number: str = ""
    link: str = ""
    scan: Document | None = None

    @property
    def given(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.number or self.link or self.scan is not None)


@dataclass(frozen=True, kw_only=True)
class EarlierAuthorisation:
    """What is known of an authorisation that was given before.

    programme, project   the standard, and the number in its registry
    year                 in which it was given; the days are 1 January of it where they are not known
    ca_id                identifier of the cooperative approach; "" while none is assigned
    holder               its organisation; None where it is not known
    stands_as            how it stood when it was brought in
    stands_since         from which day on, where it did not stand in force; None where nobody knows
    beside               the number of its letter, where one with another number says all the same; "" else
    source               the file and row that say so
    """

    authority: Authority
    programme: str
    project: str
    title: str = ""
    terms: Terms
    year: int
    signed_on: date | None = None
    effective_on: date | None = None
    ca_id: str = ""
    holder: Organisation | None = None
    original: Original
    stands_as: State = State.IN_FORCE
    stands_since: date | None = None
    beside: str = ""
    source: str

    @property
    def known_as(self) -> str:
        """By which the same one is found again, whatever letter or row is named beside."""
        key: dict[str, Any] = {
            "party": self.authority.party.code,
            "programme": self.programme,
            "project": self.project,
            "year": self.year,
            "ca_id": self.ca_id,
            "uses": list(self.terms.uses),
            "definition": self.terms.first_transfer_definition or "",
        }
        if self.beside:
            key["beside"] = self.beside
        return f"earlier:{hashlib.sha256(rfc8785.dumps(key)).hexdigest()}"

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What is not known of it."""
        found = {
            Unknown.LETTER: not self.original.given,
            Unknown.NUMBER: not self.original.number,
            Unknown.DAYS: self.signed_on is None,
            Unknown.HOLDER: self.holder is None,
            Unknown.VOLUMES: self.terms.volume is None,
            Unknown.OTHER_PURPOSES: self.terms.for_oimp and not (self.terms.imp or self.terms.op),
            Unknown.TITLE: not self.title,
            Unknown.PERIODS: self.terms.last_use_on is None,
            Unknown.CHANGE_TERMS: not self.terms.change_terms,
        }
        return tuple(name for name, missing in found.items() if missing)


@dataclass(frozen=True, kw_only=True)
class EarlierBlock:
    """A block of units that an earlier authorisation covers."""

    serial: Serial
    vintage: int
    holder: str = ""

    @property
    def text(self) -> str:
        """The serial as the programme writes it."""
        return written(self.serial.pattern, self.serial.first, self.serial.last)


def matching(known: EarlierAuthorisation, vintage: int | None = None) -> Authorisation | None:
    """The authorisation that is meant, brought in before or given here.

    The one brought in under the same key; else one of the same project that was given in that year under the
    same approach, for the same uses and with the same definition; of several, the one that has the vintage.
    """
    case = Case.objects.select_related("authorisation").filter(source_id=known.known_as).first()
    if case is not None and case.authorisation is not None:
        return case.authorisation
    versions = AuthorisationVersion.objects.filter(
        number=1,
        effective_on__year=known.year,
        authorisation__authority=known.authority,
        authorisation__activity__standard=known.programme,
        authorisation__activity__registry_id=known.project,
    ).select_related("authorisation__approach")
    same = [one.authorisation for one in versions.order_by("pk") if _says_the_same(one, known)]
    with_vintage = [one for one in same if vintage and one.lines.filter(vintage=vintage).exists()]
    return next(iter([*with_vintage, *same]), None)


def brought_in_as(known: EarlierAuthorisation) -> tuple[EarlierAuthorisation, Authorisation | None]:
    """The authorisation that this letter is: found by its number, else as `matching` finds it.

    Where what is found bears another number, the letter is another one, and is known by its number besides.
    """
    if known.original.number:
        letter = (
            EarlierLetter.objects.filter(
                number=known.original.number,
                version__authorisation__authority=known.authority,
                version__authorisation__activity__standard=known.programme,
                version__authorisation__activity__registry_id=known.project,
            )
            .select_related("version__authorisation")
            .first()
        )
        if letter is not None:
            return known, letter.version.authorisation
    found = matching(known)
    if found is not None and known.original.number and _bears_another_number(found, known.original.number):
        return replace(known, beside=known.original.number), None
    return known, found


def _bears_another_number(found: Authorisation, number: str) -> bool:
    letter = EarlierLetter.objects.filter(version__authorisation=found, version__number=1).first()
    return letter is not None and letter.number not in ("", number)


def _says_the_same(version: AuthorisationVersion, known: EarlierAuthorisation) -> bool:
    terms = Terms.model_validate_json(version.terms)
    return (
        set(terms.uses) == set(known.terms.uses)
        and (terms.first_transfer_definition or "") == (known.terms.first_transfer_definition or "")
        and (version.authorisation.approach.ca_id or "") == known.ca_id
    )


@dataclass(frozen=True, kw_only=True)
class StoodSo:
    """That an authorisation stands as it did when it was brought in, and since which day; None: not known."""

    since: date | None


def stood_so(found: Authorisation) -> StoodSo | None:
    """That it was brought in as suspended or ended, and has not changed since; else None."""
    changed = events_of(found.trail_stream).exclude(from_state="").exclude(from_state=F("to_state"))
    last = changed.order_by("-sequence").first()
    if last is None or not last.action.startswith("bring_in_as_"):
        return None
    since = cast("dict[str, str | None]", parse_canonical(last.facts)).get("since")
    return StoodSo(since=date.fromisoformat(since) if since else None)


def tonnes_by_vintage(blocks: Sequence[EarlierBlock]) -> Mapping[int, int]:
    """What the blocks come to, in t CO2 eq by vintage."""
    found: dict[int, int] = {}
    for block in blocks:
        found[block.vintage] = found.get(block.vintage, 0) + block.serial.tonnes
    return dict(sorted(found.items()))
