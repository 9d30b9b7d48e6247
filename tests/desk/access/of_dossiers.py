"""Rows of the matrix: an application as one file, taken along and opened."""

from django.core.files.uploadedfile import SimpleUploadedFile

from desk.dossiers.packing import packed_at
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, MISTAKEN, PAGE, REFUSED, Row, Sent
from tests.desk.access.world import World
from workflow.clock import RealClock


def _dossier(world: World, visitor: str) -> Sent:
    """Opened here, for the applicant: everybody sends the same."""
    packed = packed_at(world.cases["draft"], RealClock().now())
    return {
        "authority": str(world.here.authority.public_id),
        "organisation": str(world.here.organisation.public_id),
        "file": SimpleUploadedFile("a.dossier.zip", packed, content_type="application/zip"),
    }


OF_DOSSIERS = [
    Row(
        name="open_dossier",
        get={PAGE: who.SIGNED_IN},
        # An organisation that is not theirs to apply for is none of those to choose from.
        post={DONE: who.WRITERS, MISTAKEN: who.SIGNED_IN - who.WRITERS},
        sends=_dossier,
    ),
    Row(
        name="export_application",
        at=lambda world: {"public_id": world.cases["draft"].public_id},
        get={PAGE: who.WRITERS, REFUSED: who.HERE | {who.UNVETTED}},
        post={PAGE: who.WRITERS, REFUSED: who.HERE | {who.UNVETTED}},
        changes=who.WRITERS,
    ),
]
