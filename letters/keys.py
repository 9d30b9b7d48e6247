"""The key of an office as this installation keeps it: on a token where the settings name one, else in a file.

The settings decide alone: an installation with a token never falls back on a file.
"""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from letters.certificates import NoKey, OfficeSigner, load_signer, office_file
from letters.own_authority import demonstration_authority
from letters.tokens import Token, load_from_token


def signer_for(*, authority: str, office: str, holder: str, real_time: datetime) -> OfficeSigner:
    """The signer of an office; in a demonstration its key is made where it is missing.

    `holder` is the name for such a key. Raises letters.certificates.NoKey, NoSuchKey.
    """
    keys_dir = settings.SIGNING_KEYS_DIR
    if settings.SIGNING_PKCS11_MODULE:
        return load_from_token(_token(), keys_dir, authority=authority, office=office)
    if settings.DEMONSTRATION:
        demonstration_authority(keys_dir, at=real_time).issue(
            authority=authority,
            office=office,
            holder=holder,
            passphrase=settings.SIGNING_PASSPHRASE,
            at=real_time,
        )
    return load_signer(keys_dir, authority=authority, office=office, passphrase=settings.SIGNING_PASSPHRASE)


def names_in_certificate(*, authority: str, office: str) -> tuple[str, ...]:
    """The names that the stamp of this office takes from its certificate: of its holder and its issuer.

    () where there is no certificate yet, or this process cannot read it: then the sealing says so.
    """
    try:
        if settings.SIGNING_PKCS11_MODULE:
            signer = load_from_token(_token(), settings.SIGNING_KEYS_DIR, authority=authority, office=office)
            return (signer.holder, signer.issuer)
        path = office_file(settings.SIGNING_KEYS_DIR, authority, office)
        found = path.stat()
        return _names_in_file(path, found.st_mtime_ns, found.st_size, settings.SIGNING_PASSPHRASE)
    except (NoKey, OSError):
        return ()


@lru_cache(maxsize=64)
def _names_in_file(path: Path, _changed: int, _size: int, passphrase: str) -> tuple[str, ...]:
    """Opened once for each state of the file: a key is slow to open, on purpose. Raises NoKey."""
    signer = load_signer(path.parents[2], authority=path.parent.name, office=path.stem, passphrase=passphrase)
    return (signer.holder, signer.issuer)


def _token() -> Token:
    return Token(
        module=settings.SIGNING_PKCS11_MODULE,
        label=settings.SIGNING_PKCS11_TOKEN,
        pin=settings.SIGNING_PKCS11_PIN,
    )
