"""The key of an office as this installation keeps it: on a token where the settings name one, else in a file.

The settings decide alone: an installation with a token never falls back on a file.
"""

from datetime import datetime

from django.conf import settings

from letters.certificates import OfficeSigner, load_signer
from letters.own_authority import demonstration_authority
from letters.tokens import Token, load_from_token


def signer_for(*, authority: str, office: str, holder: str, real_time: datetime) -> OfficeSigner:
    """The signer of an office; in a demonstration its key is made where it is missing.

    `holder` is the name for such a key. Raises letters.certificates.NoKey, NoSuchKey.
    """
    keys_dir = settings.SIGNING_KEYS_DIR
    if settings.SIGNING_PKCS11_MODULE:
        token = Token(
            module=settings.SIGNING_PKCS11_MODULE,
            label=settings.SIGNING_PKCS11_TOKEN,
            pin=settings.SIGNING_PKCS11_PIN,
        )
        return load_from_token(token, keys_dir, authority=authority, office=office)
    if settings.DEMONSTRATION:
        demonstration_authority(keys_dir, at=real_time).issue(
            authority=authority,
            office=office,
            holder=holder,
            passphrase=settings.SIGNING_PASSPHRASE,
            at=real_time,
        )
    return load_signer(keys_dir, authority=authority, office=office, passphrase=settings.SIGNING_PASSPHRASE)
