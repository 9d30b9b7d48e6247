"""Keys and certificates that sign letters: where they lie, how they are loaded, whether they may sign.

Below the keys' folder stand `roots/*.pem` (the certificate authorities that are trusted for every authority
of the installation; `roots/AUTHORITY/*.pem` for one alone) and `offices/AUTHORITY/OFFICE.p12` (key and
certificate of each office, under one passphrase). With `SIGNING_PKCS11_MODULE` keys lie on a token instead
(letters/tokens.py), and `offices/AUTHORITY/OFFICE.pem` holds the certificate where the token does not. The
office `seal` is the authority itself: it seals certified copies of paper, and lists of status.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from asn1crypto import x509 as asn1_x509
from asn1crypto.pem import unarmor
from django.utils.translation import gettext as _
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    InvalidCertificateError,
    PathError,
    RevokedError,
    ValidationError,
)

SEAL: Final = "seal"
_SLUG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
# Certificates that this software makes say in their alternative name for whom.
_BELONGS: Final = "urn:authorisation-desk:office:{authority}:{office}"


class NoKey(RuntimeError):
    """An office has no key that may sign; the sentence says what is missing and how to provide it."""


class NoSuchKey(NoKey):
    """There is no key at all: nobody has provided one, or none that was provided is meant."""


@dataclass(frozen=True)
class OfficeSigner:
    """The key of an office, ready to sign, and the roots against which its certificate is checked."""

    pyhanko: Signer
    certificate: asn1_x509.Certificate
    roots: tuple[asn1_x509.Certificate, ...]

    @property
    def holder(self) -> str:
        """The name in the certificate."""
        return common_name(self.certificate.subject)

    @property
    def issuer(self) -> str:
        """The name of the certificate authority."""
        return common_name(self.certificate.issuer)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, lower-case hexadecimal."""
        return fingerprint(self.certificate)

    def check(self, *, at: datetime, crls: Sequence[bytes] = ()) -> None:
        """Raise NoKey unless this certificate may sign letters at that (real) time.

        pyHanko signs at level B-B with an expired, revoked or foreign certificate without a word, so it is
        asked here. Where the certificate names a service that knows what was revoked, that service is asked,
        unless one of `crls` says it; one that does not answer leaves the letter unsigned.
        """
        life = self.certificate["tbs_certificate"]["validity"]
        if not life["not_before"].native <= at <= life["not_after"].native:
            raise NoKey(
                _(
                    "The certificate of %(holder)s is valid from %(first)s to %(last)s, not on %(day)s. "
                    "Provide a valid one."
                )
                % {
                    "holder": self.holder,
                    "first": f"{life['not_before'].native:%Y-%m-%d}",
                    "last": f"{life['not_after'].native:%Y-%m-%d}",
                    "day": f"{at:%Y-%m-%d}",
                }
            )
        try:
            asyncio.run(self._ask(at, crls))
        except InvalidCertificateError as error:
            raise NoKey(
                _("The certificate of %(holder)s may not sign documents: %(why)s")
                % {"holder": self.holder, "why": error}
            ) from None
        except RevokedError as error:
            raise NoKey(
                _("The certificate of %(holder)s was revoked. Provide a new one. (%(why)s)")
                % {"holder": self.holder, "why": error}
            ) from None
        except InsufficientRevinfoError as error:
            raise NoKey(
                _(
                    "Whether the certificate of %(holder)s was revoked cannot be known now, so it signs "
                    "nothing: %(why)s Try again when the service of its issuer answers, or put the issuer's "
                    "list in crls/."
                )
                % {"holder": self.holder, "why": error}
            ) from None
        except (PathError, ValidationError) as error:
            raise NoKey(
                _("The certificate of %(holder)s does not lead to a trusted root in %(folder)s: %(why)s")
                % {"holder": self.holder, "folder": "roots/", "why": error}
            ) from None

    async def _ask(self, at: datetime, crls: Sequence[bytes]) -> None:
        context = ValidationContext(
            trust_roots=list(self.roots),
            other_certs=list(self.pyhanko.cert_registry),
            moment=at,
            allow_fetching=True,
            crls=list(crls),
            revocation_mode="hard-fail",
        )
        try:
            validator = CertificateValidator(self.certificate, validation_context=context)
            await validator.async_validate_usage({"non_repudiation"})  # type: ignore[no-untyped-call]
        finally:
            await context.aclose()  # type: ignore[no-untyped-call]


def load_signer(keys_dir: Path, *, authority: str, office: str, passphrase: str) -> OfficeSigner:
    """The signer of an office (authority's slug, office's code or public id), from its PKCS#12 file.

    Raises NoKey, NoSuchKey.
    """
    path = office_file(keys_dir, authority, office)
    if not path.is_file():
        raise NoSuchKey(
            _("There is no signing key for %(office)s of %(authority)s. Put it, as PKCS#12, at %(path)s.")
            % {"office": office, "authority": authority, "path": path}
        )
    if not passphrase:
        raise NoKey(
            _(
                "The passphrase of the signing keys is not set. "
                "Set SIGNING_PASSPHRASE or SIGNING_PASSPHRASE_FILE."
            )
        )
    signer = _opened(path, passphrase)
    if signer is None:
        raise NoKey(
            _("The signing key at %(path)s cannot be opened with the passphrase that is set.")
            % {"path": path}
        )
    _refuse_one_file_for_two(path)
    return signer_of_office(signer, keys_dir, authority=authority, office=office)


def signer_of_office(signer: Signer, keys_dir: Path, *, authority: str, office: str) -> OfficeSigner:
    """A signer with the roots of its authority. Raises NoKey where it belongs to another office."""
    roots = trust_roots(keys_dir, authority)
    if not roots:
        raise NoKey(
            _(
                "There is no trusted root certificate. "
                "Put that of your certificate authority, as PEM, in %(folder)s."
            )
            % {"folder": keys_dir / "roots"}
        )
    certificate = signer.signing_cert
    if certificate is None:
        raise NoKey(
            _("There is no certificate for %(office)s of %(authority)s beside its key.")
            % {"office": office, "authority": authority}
        )
    _refuse_another_office(certificate, authority, office)
    return OfficeSigner(pyhanko=signer, certificate=certificate, roots=roots)


def belongs_to(authority: str, office: str) -> str:
    """The alternative name by which a certificate made here says for which office it is."""
    return _BELONGS.format(authority=authority, office=office)


def _refuse_another_office(certificate: asn1_x509.Certificate, authority: str, office: str) -> None:
    """A certificate that says for which office it is signs for that office alone."""
    names = certificate.subject_alt_name_value
    said = [
        name.native
        for name in names or ()
        if name.name == "uniform_resource_identifier" and name.native.startswith(_BELONGS.partition("{")[0])
    ]
    if said and belongs_to(authority, office) not in said:
        raise NoKey(
            _("The certificate of %(holder)s was made for another office than %(office)s of %(authority)s.")
            % {"holder": common_name(certificate.subject), "office": office, "authority": authority}
        )


def _refuse_one_file_for_two(path: Path) -> None:
    """A key that lies there for two offices is a mistake: nobody could say afterwards who signed."""
    size, digest = path.stat().st_size, hashlib.sha256(path.read_bytes()).digest()
    for other in path.parent.parent.glob("*/*.p12"):
        same = other != path and other.stat().st_size == size
        if same and hashlib.sha256(other.read_bytes()).digest() == digest:
            raise NoKey(
                _("The same key lies at %(path)s and at %(other)s. Each office signs with its own.")
                % {"path": path, "other": other}
            )


def _opened(path: Path, passphrase: str) -> SimpleSigner | None:
    """The signer in a PKCS#12 file; None where the passphrase or the file is wrong, or no key is in it."""
    try:
        signer: SimpleSigner = SimpleSigner.load_pkcs12_data(
            path.read_bytes(), other_certs=[], passphrase=passphrase.encode()
        )
    except (ValueError, AttributeError, OSError):
        return None
    # Nobody trusts a root because a letter brings it along.
    signer.embed_roots = False
    return signer


def trust_roots(keys_dir: Path, authority: str | None = None) -> tuple[asn1_x509.Certificate, ...]:
    """The root certificates that are trusted for an authority: `roots/*.pem` and `roots/AUTHORITY/*.pem`.

    Without an authority those that are trusted for any. Raises NoKey for an unreadable one.
    """
    roots = certificates_in(keys_dir / "roots")
    if authority is None:
        folders = sorted(path for path in (keys_dir / "roots").glob("*") if path.is_dir())
        return roots + tuple(root for folder in folders for root in certificates_in(folder))
    return roots + certificates_in(keys_dir / "roots" / _plain(authority))


def certificates_in(folder: Path) -> tuple[asn1_x509.Certificate, ...]:
    """The certificates in a folder's `*.pem`, one in each. Raises NoKey for an unreadable one."""
    found = []
    for path in sorted(folder.glob("*.pem")):
        try:
            _kind, _headers, der = unarmor(path.read_bytes())
            found.append(asn1_x509.Certificate.load(der, strict=True))
        except ValueError:
            raise NoKey(_("%(path)s is not a certificate in PEM form.") % {"path": path}) from None
    return tuple(found)


def fingerprint(certificate: asn1_x509.Certificate) -> str:
    """SHA-256 of a certificate, lower-case hexadecimal."""
    return bytes(certificate.sha256).hex()


def common_name(name: asn1_x509.Name) -> str:
    """The common name in a subject or issuer, or all of it where it has none."""
    found = name.native.get("common_name") or name.human_friendly
    return str(found[-1] if isinstance(found, list) else found)


def office_file(keys_dir: Path, authority: str, office: str) -> Path:
    """Where the key of an office lies. Raises NoKey for a name that is none."""
    return keys_dir / "offices" / _plain(authority) / f"{_plain(office)}.p12"


def _plain(name: str) -> str:
    """A name that cannot lead out of its folder."""
    if not _SLUG.fullmatch(name):
        raise NoKey(_("%(part)r cannot name an authority or an office.") % {"part": name})
    return name
