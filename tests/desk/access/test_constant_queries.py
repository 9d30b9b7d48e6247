"""Every page, with ten cases more and with a thousand: as many queries, and no more rows than fit a page.

Of the short tests a hundred have to do, and of those who read a page the first and whoever sees a list of
their own there: a thousand, and everybody, take minutes, which the long proofs have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from authorisation.models import Case
from tests.desk.access import visitors as who
from tests.desk.access.crowd import grow
from tests.desk.access.digest import undone
from tests.desk.access.rows import PAGE, Row
from tests.desk.access.table import ROWS
from tests.desk.access.test_matrix import ask
from tests.desk.access.world import World

pytestmark = pytest.mark.django_db

FEW, HUNDRED, THOUSAND = 10, 100, 1000
# One of each who sees a list of their own.
READERS = (
    who.ANONYMOUS,
    who.APPLICANT,
    who.OFFICER,
    who.SIGNER,
    who.DIRECTOR,
    who.ADMINISTRATOR,
    who.REGISTRY,
)
# The pages that list what grows, and what asks for the next page of it.
LISTS = {
    ("cases", who.APPLICANT): "after=",
    ("cases", who.OFFICER): "after=",
    ("inbox", who.OFFICER): "after=",
    ("obligations_board", who.OFFICER): "after=",
    ("announcements", who.OFFICER): "after=",
    ("inbox", who.SIGNER): "after=",
    ("register", who.ANONYMOUS): "after=",
    ("vetting", who.OFFICER): "after=",
    ("organisations_let_in", who.OFFICER): "after=",
    ("organisations_on_paper", who.OFFICER): "after=",
    ("organisation", who.APPLICANT): "people=",
    ("offices", who.DIRECTOR): "after=",
    ("programs", who.APPLICANT): "after=",
    ("endpoints", who.APPLICANT): "after=",
    ("endpoint", who.APPLICANT): "after=",
    ("exports", who.DIRECTOR): "after=",
    ("endpoints_of_authority", who.DIRECTOR): "after=",
    ("endpoint, of the authority", who.DIRECTOR): "after=",
    ("registry", who.REGISTRY): "after=",
    ("acts_over_many_opened", who.OFFICER): "after=",
}


def readers(row: Row) -> list[str]:
    """Who opens it: those of the readers who may; else one who may; nobody where it is no page."""
    allowed = [visitor for visitor in sorted(who.EVERYBODY) if row.answer(visitor) == PAGE]
    return [visitor for visitor in READERS if visitor in allowed] or allowed[:1]


PAGES = [row for row in ROWS if readers(row)]


def coming(row: Row, *, at_length: bool) -> list[str]:
    """The readers who open it here."""
    found = readers(row)
    return found if at_length else [one for one in found if one == found[0] or (str(row), one) in LISTS]


@dataclass(frozen=True)
class Read:
    """How a page came: in how many queries, how long it is, and what it says."""

    queries: list[str]
    text: str


def _read(everybody: World, *, at_length: bool) -> dict[tuple[str, str], Read]:
    """Every page, by everybody who reads it."""
    found: dict[tuple[str, str], Read] = {}
    for row in PAGES:
        for reader in coming(row, at_length=at_length):
            with undone():
                found[str(row), reader] = _read_one(everybody, row, reader)
    return found


def _read_one(everybody: World, row: Row, reader: str) -> Read:
    address = row.address(everybody)
    reset_queries()  # the log holds so many and no more
    with CaptureQueriesContext(connection) as counted:
        page: Any = ask(everybody, reader, address)
    assert page.status_code == 200, (row, reader)
    text = "" if page.streaming else page.content.decode(errors="replace")
    return Read(queries=[query["sql"] for query in counted.captured_queries], text=text)


@pytest.fixture(scope="module")
def read(
    everybody: World, pytestconfig: pytest.Config
) -> Iterator[tuple[dict[tuple[str, str], Read], dict[tuple[str, str], Read]]]:
    """Every page with few and with many."""
    at_length = bool(pytestconfig.getoption("--proof"))
    many = THOUSAND if at_length else HUNDRED
    with undone():
        grow(everybody, cases=FEW)
        for row in PAGES:  # what is read once for all is read
            with undone():
                _read_one(everybody, row, readers(row)[0])
        few = _read(everybody, at_length=at_length)
        grow(everybody, cases=many - FEW)
        assert Case.objects.count() > many
        yield few, _read(everybody, at_length=at_length)


def test_whatever_answers_with_a_page_is_read() -> None:
    # Every address has a row, which `test_matrix.py` holds against the URL configuration.
    shown = {str(row) for row in ROWS if any(row.answer(each).status == 200 for each in who.EVERYBODY)}
    assert {str(row) for row in PAGES} == shown


def test_every_page_takes_the_same_queries_however_many_cases_there_are(
    read: tuple[dict[tuple[str, str], Read], dict[tuple[str, str], Read]],
) -> None:
    few, many = read
    more = {
        page: f"{len(few[page].queries)} and then {len(many[page].queries)}"
        for page in few
        # None more: one that finds nothing of a kind on the page may ask for less.
        if len(few[page].queries) < len(many[page].queries)
    }
    assert more == {}


def test_no_page_grows_with_what_there_is(
    read: tuple[dict[tuple[str, str], Read], dict[tuple[str, str], Read]],
) -> None:
    few, many = read
    # A page may be fuller with more to show; with all of it, it would be many times as long.
    grown = {
        page: (len(few[page].text), len(many[page].text))
        for page in few
        if len(many[page].text) > 3 * len(few[page].text) + 10_000
    }
    assert grown == {}


@pytest.mark.proof
@pytest.mark.parametrize(("page", "reader"), LISTS)
def test_a_page_that_lists_leads_on_to_the_next(
    page: str, reader: str, read: tuple[dict[tuple[str, str], Read], dict[tuple[str, str], Read]]
) -> None:
    _few, many = read
    assert LISTS[page, reader] in many[page, reader].text
