"""Where the bytes of letters are kept, rendered and signed ones alike."""

from projects.content_store import BytesLost, ContentStore

__all__ = ["BytesLost", "fetch", "keep"]

_STORE = ContentStore("letters", ".pdf")

keep = _STORE.keep
fetch = _STORE.fetch
