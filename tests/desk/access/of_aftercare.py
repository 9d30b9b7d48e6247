"""Rows of the matrix: what is asked of holders, and who outside must be told."""

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import uuid4

from authorisation.models import Announcement, Obligation
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, HIDDEN, PAGE, REFUSED, Row, Sent
from tests.desk.access.world import World

_OFFICER = frozenset({who.OFFICER})


def _obligation(world: World, sort: str) -> Obligation:
    return Obligation.objects.get(case=world.cases["obliged"], sort=sort, turn=1)


def _breached(world: World) -> Obligation:
    return Obligation.objects.get(case=world.cases["breached"], turn=1)


def _suspending() -> Row:
    """Opening a suspension on a finding of breach."""
    by = _OFFICER | who.DIRECTORS
    return Row(
        name="obligation_act",
        situation="open_suspension of the breached obligation",
        at=lambda world: {"public_id": _breached(world).public_id, "step": "open_suspension"},
        get={PAGE: by, REFUSED: who.KNOWING - by},
        post={DONE: by, REFUSED: who.KNOWING - by},
        sends=lambda world, visitor: {
            "seen": _breached(world).version,
            "key": uuid4(),
            "grounds": "No report came.",
        },
    )


def _of_holders(step: str, by: Collection[str], sort: str = "obligation", **typed: Any) -> Row:
    """One act on what is asked of the holder: for those who may, refused to whoever else may know of it."""

    def sent(world: World, visitor: str) -> Sent:
        return {"seen": _obligation(world, sort).version, "key": uuid4(), **typed}

    return Row(
        name="obligation_act",
        situation=f"{step} of the {sort}",
        at=lambda world: {"public_id": _obligation(world, sort).public_id, "step": step},
        get={PAGE: frozenset(by), REFUSED: who.KNOWING - frozenset(by)},
        post={DONE: frozenset(by), REFUSED: who.KNOWING - frozenset(by)},
        sends=sent,
    )


def _platform(world: World) -> Announcement:
    return Announcement.objects.get(case=world.cases["granted"], recipient="platform", act="conclude")


def _of_telling(step: str, by: Collection[str], typed: Callable[[World], Mapping[str, Any]]) -> Row:
    return Row(
        name="announcement_act",
        situation=step,
        at=lambda world: {"public_id": _platform(world).public_id, "step": step},
        get={PAGE: frozenset(by), REFUSED: who.HERE - frozenset(by)},
        post={DONE: frozenset(by), REFUSED: who.HERE - frozenset(by)},
        sends=lambda world, visitor: {
            "seen": _platform(world).version,
            "key": uuid4(),
            **typed(world),
        },
    )


_SEEN = {"reasons": "As registered.", "reference": "Registry 12"}

AFTERWARDS = [
    Row(
        name="obligations",
        at=lambda world: {"identifier": world.cases["obliged"].identifier},
        get={PAGE: who.KNOWING},
    ),
    Row(name="obligations_board", get={PAGE: who.HERE | who.THERE}),
    _of_holders("hand_in", who.WRITERS | _OFFICER, reference="On our page"),
    _of_holders("find_met", _OFFICER, **_SEEN),
    _of_holders("find_met", _OFFICER, "condition", **_SEEN),
    _of_holders("extend", _OFFICER | who.DIRECTORS, until="2099-12-31", reasons="Floods."),
    _of_holders("waive", who.DIRECTORS, reasons="Its registry was closed."),
    _of_holders("find_breach", _OFFICER, reasons="Nothing came."),
    _suspending(),
    Row(
        name="obligation_act",
        situation="of a step that is none",
        at=lambda world: {"public_id": _obligation(world, "obligation").public_id, "step": "lift"},
        get={},
        post={HIDDEN: who.SIGNED_IN},
    ),
    Row(name="announcements", get={PAGE: who.HERE | who.THERE}),
    _of_telling(
        "record_done",
        _OFFICER,
        lambda world: {"on": world.today.isoformat(), "link": "https://carp.example/1"},
    ),
    _of_telling("excuse", _OFFICER | who.DIRECTORS, lambda world: {"reasons": "A trial."}),
    Row(
        name="correspondent",
        at=lambda world: {"public_id": world.here.authority.public_id},
        get={PAGE: _OFFICER | who.DIRECTORS},
        post={DONE: _OFFICER | who.DIRECTORS},
        sends=lambda world, visitor: {
            "recipient": "counterpart",
            "whom": "CHE",
            "email": "dna@che.example",
        },
    ),
]
