"""Salted commitments: how the trail can speak of personal data without holding any.

A commitment is SHA-256 over a random salt and the text. Whoever has text and salt can show that this text was
meant; when the salt is deleted nobody can any more, and the trail stays whole.
"""

import hashlib
import hmac
import secrets

from audit.models import Salt

_PREFIX = b"authorisation-commitment/1\n"


def commit(text: str, *, subject: str = "") -> str:
    """The commitment to a text (64 hex digits), with a salt of its own that is stored for later opening.

    `subject` is the opaque id of the person the text is about, so that all of theirs can be erased together.
    """
    salt = secrets.token_hex(32)
    commitment = _digest(salt, text)
    Salt.objects.create(commitment=commitment, salt=salt, subject=subject)
    return commitment


def opens(commitment: str, text: str) -> bool | None:
    """Whether the commitment was made to this text; None when its salt was erased, so that nobody can say."""
    salt = Salt.objects.filter(commitment=commitment).values_list("salt", flat=True).first()
    return None if salt is None else hmac.compare_digest(_digest(salt, text), commitment)


def erase(subject: str) -> int:
    """Delete every salt of one subject and return how many; raises `ValueError` without a subject."""
    if not subject:
        raise ValueError("Whose salts are to be erased? The subject is empty.")
    deleted, _by_model = Salt.objects.filter(subject=subject).delete()
    return deleted


def _digest(salt: str, text: str) -> str:
    return hashlib.sha256(_PREFIX + bytes.fromhex(salt) + text.encode("utf-8")).hexdigest()
