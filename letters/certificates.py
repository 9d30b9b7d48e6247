"""Keys and certificates that sign letters: where they lie, how they are loaded, whether they may sign.

Below the keys' folder stand `roots/*.pem` (the certificate authorities that are trusted) and
`offices/AUTHORITY/OFFICE.p12` (key and certificate of each office, under one passphrase). A national
certificate authority fills them by hand; the demonstration authority of this module makes throw-away ones
whose names say so. Everything is written whole or not at all, readable by the owner only.
"""

import asyncio
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from asn1crypto import x509 as asn1_x509
from asn1crypto.pem import unarmor
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import InvalidCertificateError, PathError, ValidationError

_SLUG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_CLOCK_SKEW: Final = timedelta(hours=1)
_ROOT_LIFE: Final = timedelta(days=3650)
_OFFICE_LIFE: Final = timedelta(days=730)
# RFC 5280 gives names in certificates 64 characters.
_NAME_LENGTH: Final = 64


class NoKey(RuntimeError):
    """An office has no key that may sign; the sentence says what is missing and how to provide it."""


@dataclass(frozen=True)
class OfficeSigner:
    """The key of an office, ready to sign, and the roots against which its certificate is checked."""

    pyhanko: SimpleSigner
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

    def check(self, *, at: datetime) -> None:
        """Raise NoKey unless this certificate may sign letters at that (real) time.

        pyHanko signs with an expired or foreign certificate without a word, so it is asked here.
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
        context = ValidationContext(
            trust_roots=list(self.roots),
            other_certs=list(self.pyhanko.cert_registry),
            moment=at,
            allow_fetching=False,
        )
        try:
            validator = CertificateValidator(self.certificate, validation_context=context)
            asyncio.run(validator.async_validate_usage({"non_repudiation"}))  # type: ignore[no-untyped-call]
        except InvalidCertificateError as error:
            raise NoKey(
                _("The certificate of %(holder)s may not sign documents: %(why)s")
                % {"holder": self.holder, "why": error}
            ) from None
        except (PathError, ValidationError) as error:
            raise NoKey(
                _("The certificate of %(holder)s does not lead to a trusted root in %(folder)s: %(why)s")
                % {"holder": self.holder, "folder": "roots/", "why": error}
            ) from None


def load_signer(keys_dir: Path, *, authority: str, office: str, passphrase: str) -> OfficeSigner:
    """The signer of an office (authority's slug, office's code or public id). Raises NoKey."""
    path = _office_file(keys_dir, authority, office)
    if not path.is_file():
        raise NoKey(
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
    roots = trust_roots(keys_dir)
    if not roots:
        raise NoKey(
            _(
                "There is no trusted root certificate. "
                "Put that of your certificate authority, as PEM, in %(folder)s."
            )
            % {"folder": keys_dir / "roots"}
        )
    return OfficeSigner(pyhanko=signer, certificate=signer.signing_cert, roots=roots)


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


def trust_roots(keys_dir: Path) -> tuple[asn1_x509.Certificate, ...]:
    """The root certificates that are trusted: every `roots/*.pem`. Raises NoKey for an unreadable one."""
    roots = []
    for path in sorted((keys_dir / "roots").glob("*.pem")):
        try:
            _kind, _headers, der = unarmor(path.read_bytes())
            roots.append(asn1_x509.Certificate.load(der, strict=True))
        except ValueError:
            raise NoKey(_("%(path)s is not a certificate in PEM form.") % {"path": path}) from None
    return tuple(roots)


def fingerprint(certificate: asn1_x509.Certificate) -> str:
    """SHA-256 of a certificate, lower-case hexadecimal."""
    return bytes(certificate.sha256).hex()


def common_name(name: asn1_x509.Name) -> str:
    """The common name in a subject or issuer, or all of it where it has none."""
    found = name.native.get("common_name") or name.human_friendly
    return str(found[-1] if isinstance(found, list) else found)


# The demonstration's own certificate authority.


@dataclass(frozen=True)
class DemonstrationAuthority:
    """A throw-away root certificate authority; every name it gives says DEMONSTRATION."""

    keys_dir: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue(self, *, authority: str, office: str, holder: str, passphrase: str, at: datetime) -> Path:
        """The PKCS#12 file of an office, made where there is none that is valid at `at` for this holder.

        A new holder gets a new key; the old file is replaced, old letters carry their own certificate.
        Raises NoKey without a passphrase.
        """
        if not passphrase:
            raise NoKey(_("A signing key is not made without a passphrase. Set SIGNING_PASSPHRASE."))
        path = _office_file(self.keys_dir, authority, office)
        if not self._serves(path, holder=holder, passphrase=passphrase, at=at):
            data = self._pkcs12(
                authority=authority, office=office, holder=holder, passphrase=passphrase, at=at
            )
            _write_whole(path, data)
        return path

    def _serves(self, path: Path, *, holder: str, passphrase: str, at: datetime) -> bool:
        try:
            _key, certificate, _more = pkcs12.load_key_and_certificates(
                path.read_bytes(), passphrase.encode()
            )
        except (OSError, ValueError):
            return False
        if certificate is None or certificate.issuer != self.certificate.subject:
            return False
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return [name.value for name in names] == [
            holder[:_NAME_LENGTH]
        ] and certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc

    def _pkcs12(self, *, authority: str, office: str, holder: str, passphrase: str, at: datetime) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(holder, organisation=f"DEMONSTRATION {authority}", unit=office)
        certificate = (
            _builder(subject, self.certificate.subject, key.public_key(), at=at, life=_OFFICE_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_documents=True), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )
        return pkcs12.serialize_key_and_certificates(
            office.encode(),
            key,
            certificate,
            [self.certificate],
            serialization.BestAvailableEncryption(passphrase.encode()),
        )


def demonstration_authority(keys_dir: Path, *, at: datetime) -> DemonstrationAuthority:
    """The demonstration's certificate authority, made once below `keys_dir`; `at` is the real time.

    Its root becomes a trusted one (`roots/demonstration.pem`).
    """
    folder = keys_dir / "demonstration"
    if not folder.exists():
        keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        building = Path(tempfile.mkdtemp(prefix="building-", dir=keys_dir))
        try:
            _make_root(building, at=at)
            try:
                building.rename(folder)
            except OSError:
                # Another process made one at the same moment: there must be only one.
                if not folder.exists():
                    raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
    certificate_pem = (folder / "root.pem").read_bytes()
    key = serialization.load_pem_private_key((folder / "root.key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NoKey(_("%(path)s holds another kind of key.") % {"path": folder / "root.key"})
    published = keys_dir / "roots" / "demonstration.pem"
    if not published.is_file() or published.read_bytes() != certificate_pem:
        _write_whole(published, certificate_pem)
    return DemonstrationAuthority(
        keys_dir=keys_dir, certificate=x509.load_pem_x509_certificate(certificate_pem), key=key
    )


def _make_root(folder: Path, *, at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(
        "DEMONSTRATION root - not for official use", organisation="DEMONSTRATION", unit="throw-away keys"
    )
    certificate = (
        _builder(subject, subject, key.public_key(), at=at, life=_ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_documents=False), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_whole(folder / "root.pem", certificate.public_bytes(serialization.Encoding.PEM))
    _write_whole(
        folder / "root.key",
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _name(common: str, *, organisation: str, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_NAME_LENGTH]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit[:_NAME_LENGTH]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:_NAME_LENGTH]),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _CLOCK_SKEW)
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_documents: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


# Files.


def _office_file(keys_dir: Path, authority: str, office: str) -> Path:
    for part in (authority, office):
        if not _SLUG.fullmatch(part):
            raise NoKey(_("%(part)r cannot name an authority or an office.") % {"part": part})
    return keys_dir / "offices" / authority / f"{office}.p12"


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read: all of it, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, unfinished = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
