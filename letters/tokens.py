"""Keys on a token: a smart card, or a hardware security module, through PKCS#11.

The private key and, where the token keeps it, the certificate have the label `AUTHORITY/OFFICE`. A session
stays open for the life of the process, because logging in takes longer than signing; one that broke (a card
taken out, a module started anew) is opened again on the next try.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Final

import pkcs11
from asn1crypto import x509
from asn1crypto.pem import unarmor
from django.utils.translation import gettext as _
from pkcs11 import Attribute, KeyType, ObjectClass
from pyhanko.sign.pkcs11 import PKCS11Signer

from letters.certificates import NoKey, NoSuchKey, OfficeSigner, office_file, signer_of_office

# One conversation with the token at a time.
TOKEN_LOCK: Final = RLock()


@dataclass(frozen=True, kw_only=True)
class Token:
    """Where keys are: the PKCS#11 library of the maker, the label of the token, and its PIN."""

    module: str
    label: str
    pin: str


def load_from_token(token: Token, keys_dir: Path, *, authority: str, office: str) -> OfficeSigner:
    """The signer of an office whose key is on the token. Raises NoKey, NoSuchKey."""
    beside = office_file(keys_dir, authority, office).with_suffix(".pem")
    label = f"{authority}/{office}"
    with TOKEN_LOCK:
        try:
            signer = _signer(token, label, _certificate(beside))
        except pkcs11.NoSuchKey:
            raise NoSuchKey(
                _("There is no key with the label %(label)s on the token %(token)s.")
                % {"label": label, "token": token.label}
            ) from None
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            forget_sessions()
            raise NoKey(
                _("The token %(token)s does not give the key %(label)s: %(why)s.")
                % {"token": token.label, "label": label, "why": str(error) or type(error).__name__}
            ) from error
    return signer_of_office(signer, keys_dir, authority=authority, office=office)


def forget_sessions() -> None:
    """The next use of a token opens a new session."""
    _session.cache_clear()


@lru_cache(maxsize=4)
def _session(token: Token) -> pkcs11.Session:
    found: pkcs11.Token = pkcs11.lib(token.module).get_token(token_label=token.label)
    return found.open(user_pin=token.pin)


def _signer(token: Token, label: str, certificate: x509.Certificate | None) -> PKCS11Signer:
    session = _session(token)
    key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label)
    found = certificate or _on_token(session, label)
    return PKCS11Signer(
        session,
        signing_cert=found,
        key_label=label,
        embed_roots=False,
        # Tokens sign a digest with ECDSA; few take the text itself.
        use_raw_mechanism=key.key_type == KeyType.EC,
    )


def _on_token(session: pkcs11.Session, label: str) -> x509.Certificate:
    wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: label}
    for one in session.get_objects(wanted):
        return x509.Certificate.load(one[Attribute.VALUE])
    raise RuntimeError(_("it holds no certificate with that label"))


def _certificate(path: Path) -> x509.Certificate | None:
    if not path.is_file():
        return None
    try:
        _kind, _headers, der = unarmor(path.read_bytes())
        return x509.Certificate.load(der, strict=True)
    except ValueError:
        raise NoKey(_("%(path)s is not a certificate in PEM form.") % {"path": path}) from None
