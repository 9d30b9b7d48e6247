"""The seal of a dossier: the signature of the installation that made it, over the manifest.

The manifest names the SHA-256 of everything else, so that nothing in the dossier can be changed. The key is
the one that signs messages to programs (desk/webhooks/keys.py), whose public half anybody reads at
`/webhooks/keys.json`; what is signed begins otherwise than any message does, so that neither passes for the
other.
"""

import base64
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from desk.dossiers.shape import Seal
from desk.webhooks.keys import NoKey, make_first_key, signing_keys

_PREFIX = b"authorisation-dossier.1."
_PUBLIC = "whpk_"


class BrokenSeal(ValueError):
    """The seal is not one of this manifest by the key that it names."""


def sealed(manifest: bytes, *, at: datetime) -> Seal | None:
    """The seal by the newest key; None where this installation has none, or cannot open it."""
    make_first_key(at=at)
    try:
        key = signing_keys(at=at)[0]
    except NoKey:
        return None
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signature = base64.b64encode(key.sign(_PREFIX + manifest)).decode()
    return Seal(public_key=f"{_PUBLIC}{public}", signature=signature)


def hold_against(seal: Seal, manifest: bytes) -> None:
    """Raises BrokenSeal unless the seal is of this manifest. Whose key it is, is not asked here."""
    try:
        public = base64.b64decode(seal.public_key.removeprefix(_PUBLIC), validate=True)
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(base64.b64decode(seal.signature, validate=True), _PREFIX + manifest)
    except (ValueError, InvalidSignature) as fault:
        raise BrokenSeal from fault
