"""The rows of a file of authorised blocks, read one by one: what each says, or every sentence against it.

The columns are those of the table that programmes publish: programme, project_id, country, vintage,
volume_tco2e, serial, first_transfer_definition, authorisation_year, issuance_date, authorised_ndc,
authorised_oimp, ca_id, link. Others are left aside.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pycountry
from django.utils.translation import gettext as _

from accounts.models import Party
from accounts.names import party_name
from authorisation.application import IMP, NDC, OP
from authorisation.first_transfer import Trigger
from authorisation.issuing import FIRST_VINTAGE
from authorisation.serials import Serial, read_serial
from authorisation.terms import Terms

COLUMNS = (
    "programme",
    "project_id",
    "country",
    "vintage",
    "volume_tco2e",
    "serial",
    "first_transfer_definition",
    "authorisation_year",
    "issuance_date",
    "authorised_ndc",
    "authorised_oimp",
    "ca_id",
    "link",
)

# The year of the Paris Agreement: nothing was authorised under it before.
_FIRST_YEAR = 2015
_CA_ID = re.compile(r"CA\d{4}", re.ASCII)
_NOT_ASSIGNED = frozenset({"", "NA", "N/A"})
_YES_OR_NO = {"1": True, "0": False}


class BadFile(Exception):
    """The file as a whole cannot be read: the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class BlockRow:
    """One block of authorised units. `party` is alpha-3, `ca_id` "" while none is assigned."""

    number: int
    party: str
    programme: str
    project: str
    vintage: int
    serial: Serial
    terms: Terms
    year: int
    issued_on: date
    ca_id: str
    link: str

    @property
    def tonnes(self) -> int:
        """One unit is one tonne."""
        return self.serial.tonnes


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that cannot be brought in, with every reason; `tonnes` as far as they can be read."""

    number: int
    sentences: tuple[str, ...]
    tonnes: int = 0


def read_block_rows(path: Path) -> Iterator[BlockRow | BadRow]:
    """The rows of a CSV file, streamed; numbered from 1, without the heading. Raises BadFile."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
            if missing:
                raise BadFile(_("%(file)s lacks the columns: %(names)s.") % _named(path, missing))
            for number, row in enumerate(rows, start=1):
                yield _read(number, row)
    except UnicodeDecodeError as fault:
        raise BadFile(_("%(file)s is not text in UTF-8.") % {"file": path.name}) from fault
    except (OSError, csv.Error) as fault:
        raise BadFile(_("%(file)s cannot be read: %(names)s.") % _named(path, [str(fault)])) from fault


def _named(path: Path, names: Sequence[str]) -> dict[str, str]:
    return {"file": path.name, "names": ", ".join(names)}


def _read(number: int, row: Mapping[str, str | None]) -> BlockRow | BadRow:
    given = {name: (row.get(name) or "").strip() for name in COLUMNS}
    told = _Reading(given)
    party = told.party()
    vintage = told.whole("vintage", FIRST_VINTAGE, 2100)
    tonnes = told.whole("volume_tco2e", 1, 10**12)
    year = told.whole("authorisation_year", _FIRST_YEAR, 2100)
    serial = told.serial(tonnes, vintage)
    issued_on = told.day("issuance_date", vintage)
    terms = told.terms()
    ca_id = told.ca_id()
    for name in ("programme", "project_id"):
        if not given[name]:
            told.against(_("%(column)s is empty."), name)
    if told.sentences or serial is None or issued_on is None or terms is None:
        return BadRow(number=number, sentences=tuple(told.sentences), tonnes=tonnes)
    return BlockRow(
        number=number,
        party=party,
        programme=given["programme"],
        project=given["project_id"],
        vintage=vintage,
        serial=serial,
        terms=terms,
        year=year,
        issued_on=issued_on,
        ca_id=ca_id,
        link=given["link"],
    )


class _Reading:
    """Reads the values of one row and keeps every sentence against them."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.sentences: list[str] = []

    def against(self, sentence: str, column: str) -> None:
        self.sentences.append(sentence % {"column": column, "value": self.given[column]})

    def party(self) -> str:
        code = _codes().get(self.given["country"].casefold(), "")
        if not code:
            self.against(_("%(column)s: “%(value)s” is no Party."), "country")
        return code

    def whole(self, column: str, least: int, most: int) -> int:
        text = self.given[column]
        if re.fullmatch(r"\d{1,13}", text, re.ASCII) and least <= int(text) <= most:
            return int(text)
        self.against(_("%(column)s: “%(value)s” is no such whole number."), column)
        return 0

    def day(self, column: str, vintage: int) -> date | None:
        try:
            found = date.fromisoformat(self.given[column])
        except ValueError:
            self.against(_("%(column)s: “%(value)s” is no day, as in 2024-12-31."), column)
            return None
        if found.year < vintage:
            self.against(_("%(column)s: on %(value)s no outcome of this vintage was there yet."), column)
        return found

    def serial(self, tonnes: int, vintage: int) -> Serial | None:
        found = read_serial(self.given["serial"])
        if found is None:
            self.against(_("%(column)s: “%(value)s” has no first and last number."), "serial")
        elif tonnes and found.tonnes != tonnes:
            self.against(_("%(column)s: “%(value)s” holds another volume than the row."), "serial")
        elif vintage and found.vintage is not None and abs(found.vintage - vintage) > 1:
            # A period of monitoring may end in the year after the vintage, never further away.
            self.against(_("%(column)s: “%(value)s” is of another vintage than the row."), "serial")
        return found

    def terms(self) -> Terms | None:
        uses: list[str] = []
        for column, codes in (("authorised_ndc", [NDC]), ("authorised_oimp", [IMP, OP])):
            answer = _YES_OR_NO.get(self.given[column])
            if answer is None:
                self.against(_("%(column)s: “%(value)s” is neither 1 nor 0."), column)
            elif answer:
                uses += codes
        if not uses:
            self.sentences.append(_("The row authorises no use."))
            return None
        if uses == [NDC]:
            return Terms(uses=tuple(uses))
        definition = _DEFINITIONS.get(self.given["first_transfer_definition"].casefold())
        if definition is None:
            self.against(
                _("%(column)s: “%(value)s” is no first transfer (rule A4)."), "first_transfer_definition"
            )
        return Terms(uses=tuple(uses), first_transfer_definition=definition)

    def ca_id(self) -> str:
        text = self.given["ca_id"].upper()
        if text in _NOT_ASSIGNED:
            return ""
        if not _CA_ID.fullmatch(text):
            self.against(_("%(column)s: “%(value)s” is neither CA and four digits nor NA."), "ca_id")
        return text


# Also as it is spelled on the other side of the ocean.
_DEFINITIONS: Mapping[str, str] = {
    spelled: trigger.value
    for trigger in Trigger
    for spelled in (
        trigger.value.casefold(),
        trigger.value.casefold().replace("authorisation", "authorization"),
    )
}


@cache
def _codes() -> Mapping[str, str]:
    """The code of every Party by its code and its English names, in lower case."""
    found: dict[str, str] = {}
    for code in Party.objects.values_list("code", flat=True):
        country = pycountry.countries.get(alpha_3=code)
        names = [getattr(country, name, "") for name in ("name", "common_name", "official_name")]
        for name in (code, party_name(code, "en"), *(names if country else ())):
            if name:
                found[name.casefold()] = code
    return found
