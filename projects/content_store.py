"""Files kept under the SHA-256 of their bytes, behind one of Django's storage aliases.

A file is written before the row that cites it, and writing the same bytes again changes nothing; so a
crash leaves at worst a file that nobody cites.
"""

import hashlib
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import storages


class BytesLost(LookupError):
    """The bytes of a file are not where they should be, or are not what they were."""


@dataclass(frozen=True)
class ContentStore:
    """The files of one storage alias; `suffix` ends their names there."""

    alias: str
    suffix: str = ""

    def keep(self, content: bytes) -> str:
        """Stores the bytes and returns their SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self.fetch(sha256)
        except BytesLost:
            # Never there, or left half-written by a crash.
            storages[self.alias].save(self._name(sha256), ContentFile(content))
        return sha256

    def fetch(self, sha256: str) -> bytes:
        """The bytes with this SHA-256. Raises BytesLost if they are gone or changed."""
        storage, name = storages[self.alias], self._name(sha256)
        if not storage.exists(name):
            raise BytesLost(f"The file {sha256} is not in the store of {self.alias}.")
        with storage.open(name, "rb") as file:
            content: bytes = file.read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BytesLost(f"The file {sha256} in the store of {self.alias} was changed.")
        return content

    def _name(self, sha256: str) -> str:
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}{self.suffix}"
