"""Where the bytes of letters are kept: under their SHA-256, written before the row that cites them."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import storages


class BytesLost(LookupError):
    """The bytes of a letter are not where they should be, or are not what they were."""


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.pdf"


def keep(pdf: bytes) -> str:
    """Stores the bytes and returns their SHA-256; storing the same bytes again changes nothing."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    try:
        fetch(sha256)
    except BytesLost:
        # Never there, or left half-written by a crash.
        storages["letters"].save(_name(sha256), ContentFile(pdf))
    return sha256


def fetch(sha256: str) -> bytes:
    """The bytes with this SHA-256. Raises BytesLost if they are gone or changed."""
    storage = storages["letters"]
    if not storage.exists(_name(sha256)):
        raise BytesLost(f"The file {sha256} is not in the store of letters.")
    with storage.open(_name(sha256), "rb") as file:
        pdf: bytes = file.read()
    if hashlib.sha256(pdf).hexdigest() != sha256:
        raise BytesLost(f"The file {sha256} in the store of letters was changed.")
    return pdf
