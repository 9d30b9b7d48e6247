"""The rows of a file of authorised blocks, read one by one: what each says, or every sentence against it.

The columns are those of the table that programmes publish: programme, project_id, country, vintage,
volume_tco2e, serial, first_transfer_definition, authorisation_year, issuance_date, authorised_ndc,
authorised_oimp, ca_id, link. Others are left aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from authorisation.application import IMP, NDC, OP
from authorisation.issuing import FIRST_VINTAGE
from authorisation.serials import Serial, read_serial
from authorisation.terms import Terms
from desk.bringing_in.reading import FIRST_YEAR, LAST_YEAR, Reading
from desk.bringing_in.tables import TableRow, read_table

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

_YES_OR_NO = {"1": True, "0": False}


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
    """The rows of a file, streamed; numbered from 1, without the heading. Raises BadFile."""
    for row in read_table(path, needed=COLUMNS):
        yield _read(row)


def _read(row: TableRow) -> BlockRow | BadRow:
    told = _Reading(row.cells)
    told.sentences += row.faults
    party = told.party("country")
    vintage = told.whole("vintage", FIRST_VINTAGE, LAST_YEAR)
    tonnes = told.whole("volume_tco2e", 1, 10**12)
    year = told.whole("authorisation_year", FIRST_YEAR, LAST_YEAR)
    serial = told.serial(tonnes, vintage)
    issued_on = told.issued_on(vintage)
    terms = told.terms()
    ca_id = told.ca_id("ca_id")
    told.not_empty("programme", "project_id")
    if told.sentences or serial is None or issued_on is None or terms is None:
        return BadRow(number=row.number, sentences=tuple(told.sentences), tonnes=tonnes)
    return BlockRow(
        number=row.number,
        party=party,
        programme=told.given["programme"],
        project=told.given["project_id"],
        vintage=vintage,
        serial=serial,
        terms=terms,
        year=year,
        issued_on=issued_on,
        ca_id=ca_id,
        link=told.given["link"],
    )


class _Reading(Reading):
    """What only rows of blocks hold."""

    def issued_on(self, vintage: int) -> date | None:
        found = self.day("issuance_date")
        if found is not None and found.year < vintage:
            self.against(
                _("%(column)s: on %(value)s no outcome of this vintage was there yet."), "issuance_date"
            )
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
        definition = self.definition("first_transfer_definition")
        return Terms(uses=tuple(uses), first_transfer_definition=definition)
