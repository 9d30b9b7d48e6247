"""The rows of a table of earlier letters of authorisation: what each says, or every sentence against it.

The columns are described in docs/import.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from authorisation.application import IMP, NDC, OP, ApplicationContent
from authorisation.consent import LISTS
from authorisation.lifecycle_of_authorisations import State
from authorisation.terms import Terms, asked_for
from desk.bringing_in.reading import FIRST_YEAR, LAST_YEAR, Reading
from desk.bringing_in.statuses import Standing, known_names, standing_named
from desk.bringing_in.tables import TableRow, read_table
from projects.problems import Found, problems_of

NEEDED = ("party", "programme", "project_id", "status", "authorised_on", "uses")
FURTHER = (
    "title",
    "ca_id",
    "parties",
    "imp",
    "op",
    "first_transfer_definition",
    "volumes_tco2e",
    "total_tco2e",
    "outcomes_from",
    "outcomes_to",
    "last_use_on",
    "tracking_registry",
    "change_terms",
    *LISTS,
    "effective_on",
    "status_since",
    "letter_number",
    "link",
    "scan",
    "confidential_because",
    "holder",
    "holder_country",
    "holder_identification",
)
_LISTED = re.compile(r"[;|\n]+")
_VOLUME = re.compile(r"(?P<vintage>\d{4})\s*[:=]\s*(?P<tonnes>\d{1,3}(?:[, ]\d{3})+|\d{1,15})", re.ASCII)
_MOST = {"letter_number": 200, "link": 1000, "confidential_because": 300}


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The organisation that holds an authorisation; `country` is alpha-3."""

    name: str
    country: str
    identification: str


@dataclass(frozen=True, kw_only=True)
class LetterRow:
    """One letter of authorisation. `party` is alpha-3; `signed_on` None where only the year is known.

    stands_since    since which day it is suspended or ended; None where that is not known
    scan            the name of the file with its scan; "" for none
    confidential    on which basis the scan is confidential; "" where it is public
    """

    number: int
    stands_as: State
    stands_since: date | None
    party: str
    programme: str
    project: str
    title: str
    terms: Terms
    year: int
    signed_on: date | None
    effective_on: date | None
    ca_id: str
    letter_number: str
    link: str
    scan: str
    confidential: str
    holder: Holder | None


@dataclass(frozen=True, kw_only=True)
class OtherRow:
    """A row that cannot be brought in, with every reason.

    aside   whether nothing is wrong with it: nothing was authorised
    """

    number: int
    sentences: tuple[str, ...]
    aside: bool = field(default=False)


def read_letter_rows(path: Path) -> Iterator[LetterRow | OtherRow]:
    """The rows of a CSV or XLSX file, streamed; numbered from 1, without the heading. Raises BadFile."""
    for row in read_table(path, needed=NEEDED, known=FURTHER):
        yield _read(row)


def _read(row: TableRow) -> LetterRow | OtherRow:
    told = _Reading({**dict.fromkeys(FURTHER, ""), **row.cells})
    told.sentences += row.faults
    standing = told.standing()
    if standing is not None and standing.never_authorised and not row.faults:
        return OtherRow(number=row.number, sentences=(str(standing.why_not),), aside=True)
    party = told.party("party")
    year, signed_on = told.authorised_on()
    effective_on = told.day("effective_on") if told.given["effective_on"] else None
    stands_since = told.day("status_since") if told.given["status_since"] else None
    ca_id = told.ca_id("ca_id")
    holder = told.holder(party)
    terms = told.terms(ca_id, party)
    told.not_empty("programme", "project_id")
    told.not_too_long()
    if told.sentences or terms is None or standing is None:
        return OtherRow(number=row.number, sentences=tuple(dict.fromkeys(told.sentences)))
    return LetterRow(
        number=row.number,
        stands_as=State(standing.value),
        stands_since=stands_since,
        party=party,
        programme=told.given["programme"],
        project=told.given["project_id"],
        title=told.given["title"],
        terms=terms,
        year=year,
        signed_on=signed_on,
        effective_on=effective_on,
        ca_id=ca_id,
        letter_number=told.given["letter_number"],
        link=told.given["link"],
        scan=told.given["scan"],
        confidential=told.given["confidential_because"],
        holder=holder,
    )


class _Reading(Reading):
    """What only rows of letters hold."""

    def standing(self) -> Standing | None:
        found = standing_named(self.given["status"])
        if found is None:
            self.against(
                _("%(column)s: “%(value)s” is no state known here. Known are:")
                + f" {', '.join(known_names())}.",
                "status",
            )
        elif not found.is_brought_in and not found.never_authorised:
            self.sentences.append(f"status: {found.why_not}")
        return found

    def authorised_on(self) -> tuple[int, date | None]:
        """The year, and the day where it is known."""
        if re.fullmatch(r"\d{4}", self.given["authorised_on"], re.ASCII):
            return self.whole("authorised_on", FIRST_YEAR, LAST_YEAR), None
        found = self.day("authorised_on")
        if found is None:
            return 0, None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.against(
                _("%(column)s: “%(value)s” is no day on which it can have been given."), "authorised_on"
            )
        return found.year, found

    def holder(self, party: str) -> Holder | None:
        """Of no country named, it is one of the Party that gave the letter."""
        name, country = self.given["holder"], self.given["holder_country"]
        if not name:
            for column in ("holder_country", "holder_identification"):
                if self.given[column]:
                    self.against(_("%(column)s: of which holder? None is named."), column)
            return None
        code = self.party("holder_country") if country else party
        return Holder(name=name, country=code, identification=self.given["holder_identification"])

    def terms(self, ca_id: str, party: str) -> Terms | None:
        """What the letter grants, held against the same rules as an application (A1, A4)."""
        uses = self._uses()
        raw: dict[str, Any] = {
            "cooperative_approach": {
                "ca_id": ca_id or None,
                "parties": self._codes("parties") or None,
            },
            "activity": {
                "title": self.given["title"],
                "standard": self.given["programme"],
                "registry_id": self.given["project_id"],
            },
            "request": {
                "uses": uses or None,
                "oimp": {"imp": self._listed("imp") or None, "op": self.given["op"] or None},
                "first_transfer_definition": self._definition(uses),
                "volumes_tco2e": self._volumes(),
                "total_tco2e": self._total(),
                "outcomes_occur": {
                    "from": self.given["outcomes_from"] or None,
                    "to": self.given["outcomes_to"] or None,
                },
                "last_use_on": self.given["last_use_on"] or None,
                "tracking_registry": self.given["tracking_registry"] or None,
                "change_terms": self.given["change_terms"] or None,
                **{name: self._consenting(name, party) or None for name in LISTS},
            },
        }
        if self.given["holder"]:
            holder = {
                "name": self.given["holder"],
                "identification": self.given["holder_identification"] or None,
                "roles": ["applicant"],
            }
            raw["entities"] = [holder]
        try:
            return asked_for(ApplicationContent.model_validate(raw))
        except ValidationError as error:
            self.sentences += [_in_column(found) for found in problems_of(error)]
            return None

    def _uses(self) -> list[str]:
        found: list[str] = []
        for name in re.split(r"[;,|+\s]+", self.given["uses"].upper()):
            found += [] if name in ("", "AND") else [IMP, OP] if name == "OIMP" else [name]
        if not found:
            self.sentences.append(_("The row authorises no use."))
        return [*dict.fromkeys(found)]

    def _consenting(self, column: str, party: str) -> list[str]:
        """The Parties whose consent is needed: others than the one that gave the letter, which take part."""
        found, taking_part = self._codes(column), self._codes("parties")
        if party in found:
            self.against(
                _("%(column)s: “%(value)s” names the Party that gave the letter, and others are asked."),
                column,
            )
        elif taking_part and not set(found) <= set(taking_part):
            self.against(_("%(column)s: “%(value)s” names a Party that is not among “parties”."), column)
        return [*dict.fromkeys(found)]

    def _codes(self, column: str) -> list[str]:
        return [code.upper() for code in self._listed(column)]

    def _definition(self, uses: list[str]) -> str | None:
        given = self.given["first_transfer_definition"]
        if not given and (not uses or uses == [NDC]):
            return None
        return self.definition("first_transfer_definition")

    def _volumes(self) -> dict[str, int] | None:
        """Ceilings, as in “2021: 1000; 2022: 2000”, in whole t CO2 eq."""
        found: dict[str, int] = {}
        for part in self._listed("volumes_tco2e"):
            read = _VOLUME.fullmatch(part)
            if read is None or read["vintage"] in found:
                self.against(
                    _("%(column)s: “%(value)s” is not as in “2021: 1000; 2022: 2000”, each vintage once."),
                    "volumes_tco2e",
                )
                return None
            found[read["vintage"]] = int(re.sub(r"[, ]", "", read["tonnes"]))
        return found or None

    def _total(self) -> int | None:
        text = re.sub(r"(?<=\d)[, ](?=\d{3}\b)", "", self.given["total_tco2e"])
        if not text:
            return None
        if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
            self.against(_("%(column)s: “%(value)s” is no such whole number."), "total_tco2e")
            return None
        return int(text)

    def _listed(self, column: str) -> list[str]:
        return [part.strip() for part in _LISTED.split(self.given[column]) if part.strip()]

    def not_too_long(self) -> None:
        for column, most in _MOST.items():
            if len(self.given[column]) > most:
                self.sentences.append(
                    _("%(column)s: longer than %(most)s signs.") % {"column": column, "most": most}
                )


# Where the content calls a column otherwise.
_COLUMNS = {
    "cooperative_approach.parties": "parties",
    "activity.standard": "programme",
    "activity.registry_id": "project_id",
    "request.oimp.imp": "imp",
    "request.oimp.op": "op",
    "request.outcomes_occur.from": "outcomes_from",
    "request.outcomes_occur.to": "outcomes_to",
    "entities.0.name": "holder",
    "entities.0.identification": "holder_identification",
}


def _in_column(found: Found) -> str:
    """The sentence about a place of the content, with the column in which it stands."""
    for place, column in _COLUMNS.items():
        if found.sentence.startswith(f"{place}"):
            return column + found.sentence.removeprefix(place)
    return found.sentence.removeprefix("request.").removeprefix("activity.")
