"""What a dossier is: a zip archive with a manifest, the application, and its documents (docs/dossier.md).

`manifest.json` says of everything else in the archive how long it is and what its SHA-256 is, but for
`seal.json`, which is the signature over it.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FORMAT: Literal["authorisation-dossier"] = "authorisation-dossier"
VERSION: Literal[1] = 1
MANIFEST, APPLICATION, SEAL = "manifest.json", "application.json", "seal.json"

# The most that an archive may hold. A manifest and an application are texts, and short.
MOST_DOCUMENTS = 200
MOST_TEXT = 1024 * 1024

_Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Size = Annotated[int, Field(ge=0)]
_Short = Annotated[str, StringConstraints(max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Kept(_Strict):
    """A file of the archive."""

    path: Annotated[str, StringConstraints(pattern=r"^(application\.json|documents/[0-9]{3})$")]
    size: _Size
    sha256: _Digest


class KeptDocument(Kept):
    """A document: what it is called, what it is, and why it is confidential, if it is."""

    name: _Short
    media_type: _Short
    type: _Short
    title: _Short
    confidentiality_basis: Annotated[str, StringConstraints(max_length=500)]


class Seal(_Strict):
    """`seal.json`: the signature of the installation over the bytes of the manifest, and by which key."""

    public_key: Annotated[str, StringConstraints(pattern=r"^whpk_[A-Za-z0-9+/]{43}=$")]
    signature: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{86}==$")]


class Manifest(_Strict):
    """The manifest. `authority` is the code of the Party to whose authority the application was written."""

    format: Literal["authorisation-dossier"]
    version: Literal[1]
    made_at: _Short
    made_by: _Short
    reference: _Short
    authority: _Short
    kind: _Short
    application: Kept
    documents: Annotated[list[KeptDocument], Field(max_length=MOST_DOCUMENTS)]
