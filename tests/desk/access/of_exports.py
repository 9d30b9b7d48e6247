"""Rows of the matrix: everything that an authority owns, exported and taken along by who directs it."""

from collections.abc import Mapping
from typing import Any

from desk.exporting.models import Export
from desk.exporting.services import KEPT
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, PAGE, SHOW_AGAIN, Answers, Row
from tests.desk.access.world import World
from workflow.clock import RealClock


def ready(world: World) -> Export:
    """An export of the authority here that can be taken along."""
    at = RealClock().now()
    found = Export.objects.filter(authority=world.here.authority).first()
    return found or Export.objects.create(
        authority=world.here.authority,
        asked_by=world.people[who.DIRECTOR],
        asked_at=at,
        standing=Export.Standing.READY,
        ended_at=at,
        expires_at=at + KEPT,
    )


def _authority(world: World) -> Mapping[str, Any]:
    return {"public_id": world.here.authority.public_id}


def _export(world: World) -> Mapping[str, Any]:
    return {"public_id": ready(world).public_id}


_DIRECTING: Answers = {PAGE: who.DIRECTORS}

OF_EXPORTS = [
    Row(name="exports", at=_authority, get=_DIRECTING),
    Row(
        name="ask_for_export",
        at=_authority,
        get=_DIRECTING,
        post={DONE: {who.DIRECTOR}, SHOW_AGAIN: {who.DIRECTOR_LATER}},
    ),
    Row(
        name="take_export_along",
        at=_export,
        get=_DIRECTING,
        # The file itself; that it was taken along stands in the trail.
        post={PAGE: {who.DIRECTOR}, SHOW_AGAIN: {who.DIRECTOR_LATER}},
        changes={who.DIRECTOR},
    ),
]
