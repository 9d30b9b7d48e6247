"""Every address, by everybody: what is answered, and that whoever is refused has changed nothing.

The table has a row for every address of the URL configuration, the sign-in library's and administration's
included. A cell of it is one visitor at one address, once looking and, where the address takes an act, once
sending exactly what its owner would send.

All cells are tried in `make proof`. In `make test` every row is, with one visitor of each relationship and
with one for each answer that the row gives.
"""

import copy
from typing import Any

import pytest

from audit.models import Event
from desk.access import Access, declared_access
from tests.desk.access import visitors as who
from tests.desk.access.addresses import addresses
from tests.desk.access.digest import digest, undone
from tests.desk.access.of_cases import ACTS, STEPS
from tests.desk.access.rows import NO_SUCH_METHOD, Answer, Called, Patched, Row, Uploaded
from tests.desk.access.table import ROWS
from tests.desk.access.world import World

pytestmark = pytest.mark.django_db


def ask(world: World, visitor: str, address: str, sent: dict[str, Any] | None = None) -> Any:
    """The answer to this visitor, whose browser keeps the cookies that it had."""
    browser = world.browser(visitor)
    kept = copy.copy(browser.cookies)
    try:
        if isinstance(sent, Called):
            key = {"Idempotency-Key": f"{visitor} at {address}"[:80]}
            if isinstance(sent, Uploaded):
                return browser.post(address, dict(sent), headers=key)
            send = browser.patch if isinstance(sent, Patched) else browser.post
            return send(address, dict(sent), content_type="application/json", headers=key)
        return browser.get(address) if sent is None else browser.post(address, sent)
    finally:
        browser.cookies = kept


def coming(row: Row, *, act: bool, at_length: bool) -> list[str]:
    """Who comes to this address, in a fixed order."""
    if at_length:
        return sorted(who.EVERYBODY)
    # Backwards, so that of those who are answered alike the first stays.
    of_each_answer = {
        row.answer(visitor, act=act): visitor for visitor in sorted(who.EVERYBODY, reverse=True)
    }
    return sorted({who.ANONYMOUS, who.OTHER_APPLICANT} | set(of_each_answer.values()))


def _otherwise(visitor: str, response: Any, wanted: Answer) -> str:
    led = response.headers.get("Location", "")
    return f"{visitor}: {response.status_code} {led}, but wanted: {wanted}"


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert sorted({row.name for row in ROWS}) == sorted({name for name, _leaf in addresses()})


def test_every_row_says_what_its_address_declares() -> None:
    said = {row.name: row.access for row in ROWS}
    assert {name: declared_access(leaf.callback) for name, leaf in addresses()} == said


def test_every_act_has_its_row() -> None:
    assert sorted(row.situation for row in ACTS) == STEPS


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_whoever_opens_an_address_is_answered_as_the_table_says(
    row: Row, everybody: World, at_length: bool
) -> None:
    with undone():
        address = row.address(everybody)
        before = digest()
        answers = {
            visitor: ask(everybody, visitor, address)
            for visitor in coming(row, act=False, at_length=at_length)
        }
        changed = digest().changed_since(before)

    wanted = {visitor: row.answer(visitor) for visitor in answers}
    wrong = [_otherwise(each, it, wanted[each]) for each, it in answers.items() if not wanted[each].fits(it)]
    assert not wrong, "\n".join(wrong)
    assert not changed or row.notes, "to look changes nothing"
    if row.access is not Access.ANYBODY:
        shown = [it for it in answers.values() if it.status_code == 200]
        kept_by_nobody = "no-cache" if row.access is Access.PROGRAMS else "no-store"
        assert all(kept_by_nobody in it.headers["Cache-Control"] for it in shown), (
            "no copy is kept on the way"
        )


@pytest.mark.parametrize("row", [row for row in ROWS if row.post], ids=str)
def test_whoever_may_not_act_changes_nothing(row: Row, everybody: World, at_length: bool) -> None:
    wrong = []
    with undone():
        address = row.address(everybody)
        before = digest()
        for visitor in coming(row, act=True, at_length=at_length):
            with undone():
                response = ask(everybody, visitor, address, row.sends(everybody, visitor))
                after = digest()
            wanted = row.answer(visitor, act=True)
            if not wanted.fits(response):
                wrong.append(_otherwise(visitor, response, wanted))
            changed = after.changed_since(before)
            if bool(changed) != row.is_to_change(visitor):
                wrong.append(f"{visitor}: {wanted}, and changed {changed or 'nothing'}")
            # Of an act that was refused the trail tells; of one that met nothing there is nothing to tell.
            if after.refusals - before.refusals > (1 if wanted.tells else 0):
                wrong.append(f"{visitor}: {wanted}, and the trail tells of it")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.post], ids=str)
def test_an_address_that_takes_no_act_changes_nothing_when_one_is_sent(
    row: Row, everybody: World, at_length: bool
) -> None:
    some = (who.ANONYMOUS, who.DIRECTOR)
    more = (who.STRANGER, who.APPLICANT, who.ADMINISTRATOR) if at_length else ()
    with undone():
        address = row.address(everybody)
        before = digest()
        for visitor in some + more:
            response = ask(everybody, visitor, address, {})
            assert (
                response.status_code in (405, 400)
                or row.answer(visitor).fits(response)
                or row.answer(visitor) == NO_SUCH_METHOD
            ), _otherwise(visitor, response, row.answer(visitor))
        assert row.notes or digest().changed_since(before) == []


@pytest.mark.parametrize("row", ACTS, ids=str)
def test_nobody_acts_in_an_office_that_they_do_not_hold(row: Row, everybody: World, at_length: bool) -> None:
    trying = who.KNOWING if at_length else who.KNOWING & who.FOR_SHORT
    owners = {visitor for visitor, of in everybody.offices.items() if row.answer(visitor, act=True).is_done}
    forged = {everybody.offices[owner] for owner in owners}
    with undone():
        address, before = row.address(everybody), digest()
        for visitor in sorted(trying - owners - who.LATER):
            for office in forged:
                sent = {**row.sends(everybody, visitor), "office": office}
                response = ask(everybody, visitor, address, sent)
                assert response.status_code in (403, 404), (visitor, response.status_code)
        assert digest() == before, "not even the trail tells of it"


@pytest.mark.parametrize("row", ACTS, ids=str)
def test_an_act_is_the_one_that_its_button_names_and_is_done_once(row: Row, everybody: World) -> None:
    owner = min(one for one in everybody.offices if row.answer(one, act=True).is_done)
    with undone():
        address, last = row.address(everybody), Event.objects.latest("pk").pk
        assert row.answer(owner, act=True).fits(ask(everybody, owner, address, row.sends(everybody, owner)))
        told = Event.objects.filter(pk__gt=last).values_list("action", flat=True)
        assert {"decline": "decline_to_sign"}.get(row.situation, row.situation) in told, list(told)
        once = digest()

        # The same form once more, as when a button is pressed twice.
        assert row.answer(owner, act=True).fits(ask(everybody, owner, address, row.sends(everybody, owner)))
        assert digest() == once


# Of those who open every page: in short tests one here, one elsewhere, and one of no part in it.
_READING = {who.APPLICANT, who.OFFICER_THERE, who.OTHER_APPLICANT}


@pytest.mark.parametrize(
    "visitor",
    [
        pytest.param(visitor, marks=() if visitor in _READING else pytest.mark.proof)
        for visitor in sorted(who.SIGNED_IN)
    ],
)
def test_no_page_tells_of_cases_to_whom_they_do_not_concern(visitor: str, everybody: World) -> None:
    seen = {
        "here": visitor in who.KNOWING,
        "there": visitor in who.THERE | {who.APPLICANT_THERE},
    }
    ours, theirs = everybody.cases["in_review"].reference, everybody.cases["there"].reference
    with undone():
        listed = ask(everybody, visitor, "/cases/").content.decode()
        assert (ours in listed, theirs in listed) == (seen["here"], seen["there"])
    for row in ROWS:
        if row.get and row.answer(visitor).status == 200 and row.access is Access.SIGNED_IN:
            with undone():
                page = ask(everybody, visitor, row.address(everybody))
                if page.streaming:
                    continue
                text = page.content.decode()
                told = [case.reference for name, case in everybody.cases.items() if case.reference in text]
                allowed = {
                    case.reference
                    for name, case in everybody.cases.items()
                    if seen["there" if name == "there" else "here"]
                }
                assert set(told) <= allowed, row
