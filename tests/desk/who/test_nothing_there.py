"""What an address names and is not there, is not there for anybody, whatever else they hold and belong to."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, reverse

from desk.access import Access, declared_access
from tests.desk.access.addresses import addresses
from tests.desk.who.few import Few

pytestmark = pytest.mark.django_db

NOWHERE = UUID("00000000-0000-4000-8000-000000000000")
_NOTHING: Mapping[str, Any] = {
    "UUIDConverter": NOWHERE,
    "SlugConverter": "nothing",
    "StringConverter": "nothing",
    "PathConverter": "nothing",
    "IntConverter": 7,
}
_OF_OTHERS = ("mfa_", "admin")
# The check says of a wrong code that no letter has it.
_SAYS_SO = "check_code"
_UNDER_A_KEY = {"Idempotency-Key": "nothing"}

NAMING = [
    (name, leaf)
    for name, leaf in addresses()
    if leaf.pattern.converters and not name.startswith(_OF_OTHERS) and name != _SAYS_SO
]


def asked(made: Few, address: str, *, by_program: bool = False) -> set[int]:
    """What somebody is answered there who holds every office and belongs to the organisation."""
    browser = made.browser()
    if not by_program:
        return {browser.get(address).status_code, browser.post(address, {}).status_code}
    send = (browser.post, browser.patch)
    return {
        browser.get(address).status_code,
        *(
            one(address, {}, content_type="application/json", headers=_UNDER_A_KEY).status_code
            for one in send
        ),
    }


@pytest.mark.parametrize(("name", "leaf"), NAMING, ids=[name for name, _leaf in NAMING])
def test_what_is_not_there_is_not_there_for_anybody(name: str, leaf: URLPattern, made: Few) -> None:
    kinds = leaf.pattern.converters.items()
    address = reverse(name, kwargs={key: _NOTHING[type(kind).__name__] for key, kind in kinds})
    answers = asked(made, address, by_program=declared_access(leaf.callback) is Access.PROGRAMS)
    assert 404 in answers
    assert answers <= {404, 405}


def _case(state: str) -> Callable[[Few], UUID]:
    return lambda made: made.cases[state].public_id


def _authorisation(made: Few) -> str:
    return made.authorisation.identifier


def _letter(made: Few) -> UUID:
    return made.cases["granted"].letters.get().public_id


def _task(made: Few) -> UUID:
    return made.authorisation.announcements.earliest("pk").public_id


# What is there, and what it is asked for that it has not.
WITHIN: list[tuple[str, Mapping[str, Any], Callable[[Few], Any]]] = [
    ("application_section", {"name": "nothing"}, _case("draft")),
    ("application_document_remove", {"document": NOWHERE}, _case("draft")),
    ("casework_act", {"step": "nothing"}, _case("submitted")),
    ("minutes_file", {"sha256": "0" * 64}, _case("in_decision")),
    ("deciding_act", {"step": "nothing"}, _case("in_decision")),
    ("preview_letter", {"step": "nothing"}, _case("in_decision")),
    ("preview_letter", {"step": "send_back"}, _case("in_decision")),
    ("weigh", {"?": "step=refuse"}, _case("in_decision")),
    ("effect", {}, _case("submitted")),
    ("fee_notice", {"number": 7}, _case("submitted")),
    ("api_act", {"step": "nothing"}, _case("submitted")),
    ("plan_act", {"kind": "nothing"}, _authorisation),
    ("record", {"happening": "nothing"}, _authorisation),
    ("record", {"happening": "reversal"}, _authorisation),
    ("earlier_letter", {}, _authorisation),
    ("record_of_activity", {"happening": "use"}, lambda made: made.authorisation.activity.public_id),
    ("announcement_act", {"step": "nothing"}, _task),
    ("announcement_act", {"step": "fall_due"}, _task),
    ("paper_act", {"step": "nothing"}, _letter),
    ("paper_scan", {"document": NOWHERE}, _letter),
    ("paper_print", {}, _letter),
    ("paper_copy", {}, _letter),
    ("signing_act", {"step": "nothing"}, _letter),
    ("specimen", {"kind": "authorisation", "language": "xx"}, lambda made: made.ours.authority.slug),
    ("specimen", {"kind": "nothing", "language": "en"}, lambda made: made.ours.authority.slug),
    ("acts_over_many_opened", {"batch": NOWHERE}, lambda made: made.ours.authority.public_id),
]


@pytest.mark.parametrize(("name", "within", "what"), WITHIN, ids=[f"{row[0]}{row[1]}" for row in WITHIN])
def test_of_what_is_there_nothing_is_that_it_has_not(
    name: str, within: Mapping[str, Any], what: Callable[[Few], Any], made: Few
) -> None:
    named = {key: value for key, value in within.items() if key != "?"}
    (leaf,) = (leaf for known, leaf in NAMING if known == name)
    (first,) = set(leaf.pattern.converters) - set(named)
    address = reverse(name, kwargs={first: what(made), **named})
    answers = asked(made, f"{address}?{within.get('?', '')}", by_program=name.startswith("api_"))
    assert 404 in answers
    assert answers <= {404, 405}
