"""Whatever can be done on a page and through the API is allowed, refused or unknown to the same people.

Of everybody in the crowd both doors say the same, and where it is refused, for the same reasons. An act that
is on one side only says why, and so does a verdict that differs; a new one that says nothing fails here.
"""

import html
import re
from enum import StrEnum
from typing import Any

import pytest
from django.urls import reverse

from desk.access import Access
from desk.api.acts import STEPS
from desk.api.urls import urlpatterns
from tests.desk.access import visitors as who
from tests.desk.access.digest import undone
from tests.desk.access.rows import MISTAKEN, Called
from tests.desk.access.table import ROWS
from tests.desk.access.test_matrix import ask, coming
from tests.desk.access.two_doors import DIFFERENT, ONLY_FOR_PROGRAMS, ONLY_ON_PAGES, PAIRS, Pair
from tests.desk.access.world import World

pytestmark = pytest.mark.django_db


class Verdict(StrEnum):
    """What a door says."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNKNOWN = "as if it were not there"
    ASKED_WHO = "asked who they are, or to show it"


def test_every_act_of_a_page_is_in_the_api_or_says_why_not() -> None:
    pages = [row for row in ROWS if row.access is not Access.PROGRAMS and not row.name.startswith("api_")]
    taken = {str(row) for row in pages if row.post}
    paired = {pair.page for pair in PAIRS}
    assert not paired & set(ONLY_ON_PAGES)
    assert sorted(paired | set(ONLY_ON_PAGES)) == sorted(taken)
    assert all(ONLY_ON_PAGES.values())


def test_every_act_of_the_api_is_on_a_page_or_says_why_not() -> None:
    steps = {f"api_act/{step}" for step in STEPS}
    writing = {
        str(one.name)
        for one in urlpatterns
        if {"post", "patch", "put", "delete"} & _methods(one.callback) and one.name != "api_act"
    }
    paired = {pair.api for pair in PAIRS}
    assert not paired & set(ONLY_FOR_PROGRAMS)
    assert sorted(paired | set(ONLY_FOR_PROGRAMS)) == sorted(steps | writing)


def _methods(view: Any) -> set[str]:
    of = getattr(view, "cls", None)
    return {name for name in ("post", "patch", "put", "delete") if of is not None and hasattr(of, name)}


def on_page(response: Any) -> Verdict:
    """What the page said."""
    led = response.headers.get("Location", "")
    if response.status_code == 302:
        asked = led.startswith(("/sign-in/", "/account/second-factor/"))
        return Verdict.ASKED_WHO if asked else Verdict.ALLOWED
    return _by_status(response.status_code)


def in_api(response: Any) -> Verdict:
    """What the API said."""
    if response.status_code == 401 or (response.status_code == 403 and _shows_no_proof(response)):
        return Verdict.ASKED_WHO
    return _by_status(response.status_code)


def _by_status(status: int) -> Verdict:
    return {
        200: Verdict.ALLOWED,
        201: Verdict.ALLOWED,
        403: Verdict.REFUSED,
        404: Verdict.UNKNOWN,
        409: Verdict.REFUSED,
        422: Verdict.REFUSED,
    }[status]


def _shows_no_proof(response: Any) -> bool:
    told = response.json()
    return [reason["code"] for reason in told["reasons"]] == ["proof"] or "second factor" in told["detail"]


def _sentences(response: Any) -> list[str]:
    return [str(reason["text"]) for reason in response.json()["reasons"]]


def _text(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_both_doors_say_the_same_to_everybody(pair: Pair, everybody: World, at_length: bool) -> None:
    wrong = []
    for visitor in coming(pair.row, act=True, at_length=at_length):
        with undone():
            page = ask(
                everybody, visitor, pair.row.address(everybody), pair.sends_on_page(everybody, visitor)
            )
        with undone():
            api = ask(everybody, visitor, pair.address(everybody), pair.sends(everybody, visitor))
        said = on_page(page), in_api(api)
        # Whoever may know of the record, and not of the page, finds none and is refused by the API.
        no_page = said == (Verdict.UNKNOWN, Verdict.REFUSED) and visitor in who.KNOWING
        if said[0] != said[1] and (pair.api, visitor) in DIFFERENT:
            continue
        if said[0] != said[1] and not no_page:
            wrong.append(f"{visitor}: {said[0]} on the page, {said[1]} by the API: {api.content[:300]!r}")
            continue
        if said[0] is Verdict.REFUSED and page.status_code != MISTAKEN.status:
            text = _text(page)
            wrong += [f"{visitor}: only the API says: {one}" for one in _sentences(api) if one not in text]
    assert not wrong, "\n".join(wrong)


# The case that has ended is an application: of that a part is not said as of an act.
_STEPS = [
    pair
    for pair in PAIRS
    if pair.case not in ("", "topping_up") and pair.owner and pair.api.startswith("api_act/")
]


@pytest.mark.parametrize("pair", _STEPS, ids=str)
def test_both_doors_refuse_in_the_same_words_what_the_state_forbids(pair: Pair, everybody: World) -> None:
    ended, step = everybody.cases["withdrawn"], pair.api.partition("/")[2]
    address = reverse(pair.row.name, kwargs={"public_id": ended.public_id, "step": step})
    in_its_form = {**pair.row.sends(everybody, pair.owner), "seen": ended.version}
    with undone():
        page = ask(everybody, pair.owner, address, in_its_form)
    called = reverse("api_act", kwargs={"public_id": ended.public_id, "step": step})
    with undone():
        sent = Called({**pair.sends(everybody, pair.owner), "version": ended.version})
        api = ask(everybody, pair.owner, called, sent)
    assert page.status_code == api.status_code
    assert api.status_code in (403, 409), "not even their step, or not in this state"
    reasons = _sentences(api)
    assert reasons
    assert [one for one in reasons if one not in _text(page)] == []
