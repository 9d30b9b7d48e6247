"""The keys that sign messages: ed25519, as Standard Webhooks says, two of them while one takes over.

https://github.com/standard-webhooks/standard-webhooks, version 1.0.0: what is signed is
`{id}.{timestamp}.{body}`, a signature is written `v1a,` and base64, several are parted by a space, and a
public key is told as `whpk_` and base64.
"""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from desk.webhooks.models import SigningKey

# How long the key before goes on signing beside its successor.
OVERLAP = timedelta(days=14)


class NoKey(RuntimeError):
    """The installation has no key that signs, or its passphrase does not open it."""


def public_keys(*, at: datetime) -> list[SigningKey]:
    """The keys that sign now, the newest first."""
    return list(SigningKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)))


def told(key: SigningKey) -> str:
    """The public key as programs are told it."""
    return f"whpk_{key.public_key}"


@transaction.atomic
def make_key(*, at: datetime, overlap: timedelta = OVERLAP) -> SigningKey:
    """A new key that signs from now on; those before go on beside it for so long (ValidationError).

    Whoever checks messages has that time to take over the new public key.
    """
    passphrase = settings.SIGNING_PASSPHRASE
    if not passphrase:
        raise ValidationError(_("A signing key is not made without a passphrase. Set SIGNING_PASSPHRASE."))
    if overlap < timedelta():
        raise ValidationError(_("A key goes on for no less than no time."))
    list(SigningKey.objects.select_for_update().order_by("pk"))
    SigningKey.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at + overlap)).update(
        ends_at=at + overlap
    )
    private = Ed25519PrivateKey.generate()
    return SigningKey.objects.create(
        public_key=base64.b64encode(private.public_key().public_bytes_raw()).decode(),
        private_key=private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode()),
        ).decode(),
        made_at=at,
    )


def make_first_key(*, at: datetime) -> None:
    """A key where there is none: only a demonstration makes one unasked."""
    if settings.DEMONSTRATION and not public_keys(at=at):
        make_key(at=at)


def signing_keys(*, at: datetime) -> list[Ed25519PrivateKey]:
    """The keys that sign now, opened. Raises NoKey where there is none, or one does not open."""
    found = public_keys(at=at)
    if not found or not settings.SIGNING_PASSPHRASE:
        raise NoKey
    return [_opened(key) for key in found]


def signature_header(message: str, timestamp: int, body: bytes, *, keys: Sequence[Ed25519PrivateKey]) -> str:
    """The header `webhook-signature`: one signature by each key."""
    signed = f"{message}.{timestamp}.".encode() + body
    return " ".join(f"v1a,{base64.b64encode(key.sign(signed)).decode()}" for key in keys)


def _opened(key: SigningKey) -> Ed25519PrivateKey:
    try:
        private = serialization.load_pem_private_key(
            key.private_key.encode(), settings.SIGNING_PASSPHRASE.encode()
        )
    except ValueError as fault:
        raise NoKey from fault
    if not isinstance(private, Ed25519PrivateKey):
        raise NoKey
    return private
