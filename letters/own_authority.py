"""Certificate authorities of our own: where there is no national one, and for the demonstration.

A root key signs one certificate for each office; the demonstration's are throw-away ones whose names say so.
Everything is written whole or not at all, readable by its owner only.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _

from letters.certificates import SEAL, NoKey, belongs_to, office_file

_CLOCK_SKEW: Final = timedelta(hours=1)
_ROOT_LIFE: Final = timedelta(days=3650)
_OFFICE_LIFE: Final = timedelta(days=730)
# RFC 5280 gives names in certificates 64 characters.
_NAME_LENGTH: Final = 64
_DEMONSTRATION: Final = "DEMONSTRATION "


@dataclass(frozen=True)
class KeyAuthority:
    """A root that signs the certificates of offices; every name it gives begins with its mark."""

    keys_dir: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    mark: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the root certificate, lower-case hexadecimal: what an authority publishes."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def issue(self, *, authority: str, office: str, holder: str, passphrase: str, at: datetime) -> Path:
        """The PKCS#12 file of an office, made where there is none that is valid at `at` for this holder.

        A new holder gets a new key; the old file is replaced, old letters carry their own certificate.
        Raises NoKey without a passphrase.
        """
        if not passphrase:
            raise NoKey(_("A signing key is not made without a passphrase. Set SIGNING_PASSPHRASE."))
        path = office_file(self.keys_dir, authority, office)
        if not self._serves(path, holder=holder, passphrase=passphrase, at=at):
            data = self._pkcs12(
                authority=authority, office=office, holder=holder, passphrase=passphrase, at=at
            )
            write_whole(path, data)
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
        subject = _name(holder, organisation=f"{self.mark}{authority}", unit=office)
        certificate = (
            _builder(subject, self.certificate.subject, key.public_key(), at=at, life=_OFFICE_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_documents=True), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.UniformResourceIdentifier(belongs_to(authority, office))]),
                critical=False,
            )
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


def demonstration_authority(keys_dir: Path, *, at: datetime) -> KeyAuthority:
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
        write_whole(published, certificate_pem)
    return KeyAuthority(
        keys_dir=keys_dir,
        certificate=x509.load_pem_x509_certificate(certificate_pem),
        key=key,
        mark=_DEMONSTRATION,
    )


def _make_root(folder: Path, *, at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(
        "DEMONSTRATION root - not for official use", organisation="DEMONSTRATION", unit="throw-away keys"
    )
    certificate = _root_certificate(subject, key, at=at)
    write_whole(folder / "root.pem", certificate.public_bytes(serialization.Encoding.PEM))
    write_whole(
        folder / "root.key",
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _root_certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, at: datetime
) -> x509.Certificate:
    return (
        _builder(subject, subject, key.public_key(), at=at, life=_ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_documents=False), critical=True)
        .sign(key, hashes.SHA256())
    )


def make_authority(
    keys_dir: Path, *, authority: str, name: str, passphrase: str, at: datetime
) -> KeyAuthority:
    """An authority's own root, made once; its key lies below `authorities/`, under `passphrase`.

    The root is trusted for this authority alone. Raises NoKey where it has one already, or without a
    passphrase.
    """
    folder = _own_folder(keys_dir, authority)
    if folder.exists():
        raise NoKey(
            _("%(authority)s has its own key already, at %(path)s. It is never replaced silently.")
            % {"authority": authority, "path": folder}
        )
    if not passphrase:
        raise NoKey(_("The key of an authority is not made without a passphrase."))
    key = ec.generate_private_key(ec.SECP384R1())
    certificate = _root_certificate(_name(name, organisation=name, unit=authority), key, at=at)
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    write_whole(
        folder / "root.key",
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase.encode()),
        ),
    )
    write_whole(folder / "root.pem", pem)
    write_whole(keys_dir / "roots" / authority / "own.pem", pem)
    return KeyAuthority(keys_dir=keys_dir, certificate=certificate, key=key)


def open_authority(keys_dir: Path, *, authority: str, passphrase: str) -> KeyAuthority:
    """An authority's own root with its key. Raises NoKey where there is none, or it does not open."""
    folder = _own_folder(keys_dir, authority)
    try:
        certificate = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
        key = serialization.load_pem_private_key((folder / "root.key").read_bytes(), passphrase.encode())
    except (OSError, ValueError, TypeError):
        raise NoKey(
            _("The own key of %(authority)s at %(path)s is not there, or does not open.")
            % {"authority": authority, "path": folder}
        ) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NoKey(_("%(path)s holds another kind of key.") % {"path": folder / "root.key"})
    return KeyAuthority(keys_dir=keys_dir, certificate=certificate, key=key)


def _own_folder(keys_dir: Path, authority: str) -> Path:
    return keys_dir / "authorities" / office_file(keys_dir, authority, SEAL).parent.name


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


def write_whole(path: Path, data: bytes) -> None:
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
