"""An application with its documents, as one file."""

import hashlib
import io
import json
import zipfile
from datetime import datetime

from django.conf import settings

from authorisation.models import Case, CaseDocument
from authorisation.services.documents import note_export
from authorisation.supporting_documents import current_of
from desk.dossiers.sealing import sealed
from desk.dossiers.shape import APPLICATION, FORMAT, MANIFEST, SEAL, VERSION, Kept, KeptDocument, Manifest
from projects.documents import document_bytes
from workflow.door import Act

# An archive says of its files when they were written: always this, for the same bytes of the same dossier.
_WRITTEN = (1980, 1, 1, 0, 0, 0)


def pack(case: Case, *, act: Act) -> bytes:
    """The dossier of a case; who took it along is written into the trail. Raises BytesLost."""
    packed = packed_at(case, act.clock.now())
    note_export(case, hashlib.sha256(packed).hexdigest(), act=act)
    return packed


def packed_at(case: Case, at: datetime) -> bytes:
    """The application as it stands, and the version that counts of each document the applicant handed in.

    What an office added is the authority's, and stays. Raises BytesLost where the store no longer holds a
    document.
    """
    application = json.dumps(case.application.content, ensure_ascii=False, indent=1, sort_keys=True).encode()
    files: list[tuple[str, bytes]] = [(APPLICATION, application)]
    documents: list[KeptDocument] = []
    for number, row in enumerate(_handed_in(case), start=1):
        path, content = f"documents/{number:03d}", document_bytes(row.document)
        files.append((path, content))
        documents.append(_document(path, row))
    manifest = Manifest(
        format=FORMAT,
        version=VERSION,
        made_at=at.isoformat(),
        made_by=settings.PUBLIC_URL,
        reference=case.reference,
        authority=case.authority.party.code,
        kind=case.kind,
        application=Kept(
            path=APPLICATION, size=len(application), sha256=hashlib.sha256(application).hexdigest()
        ),
        documents=documents,
    )
    told = manifest.model_dump_json(indent=1).encode()
    seal = sealed(told, at=at)
    sealing = [(SEAL, seal.model_dump_json(indent=1).encode())] if seal is not None else []
    return _zipped([(MANIFEST, told), *sealing, *files])


def _handed_in(case: Case) -> list[CaseDocument]:
    return [row for row in current_of(case) if row.office_id is None]


def _document(path: str, row: CaseDocument) -> KeptDocument:
    kept = row.document
    return KeptDocument(
        path=path,
        size=kept.size,
        sha256=kept.sha256,
        name=kept.name,
        media_type=kept.media_type,
        type=row.type,
        title=row.title,
        confidentiality_basis=kept.confidentiality_basis,
    )


def _zipped(files: list[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files:
            archive.writestr(zipfile.ZipInfo(path, _WRITTEN), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
