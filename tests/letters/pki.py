"""Certificate authorities for tests of signing: real, rogue and of another algorithm."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

PASSPHRASE = "a passphrase of tests"


def national_key(
    keys_dir: Path, *, authority: str, office: str, holder: str, at: datetime, signs_documents: bool = True
) -> None:
    """What a ministry would put there by hand: an RSA key under a root of its own, both below `keys_dir`."""
    root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    root = _certificate("National root", "National root", root_key, root_key, at=at, authority=True)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _certificate(
        holder, "National root", key, root_key, at=at, authority=False, signs_documents=signs_documents
    )
    (keys_dir / "roots").mkdir(parents=True, exist_ok=True)
    (keys_dir / "roots" / "national.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    folder = keys_dir / "offices" / authority
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{office}.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"office", key, certificate, None, serialization.BestAvailableEncryption(PASSPHRASE.encode())
        )
    )


def _certificate(
    name: str,
    issuer: str,
    key: rsa.RSAPrivateKey,
    issuer_key: rsa.RSAPrivateKey,
    *,
    at: datetime,
    authority: bool,
    signs_documents: bool = False,
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=100))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=signs_documents,
                key_cert_sign=authority,
                crl_sign=authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(issuer_key, hashes.SHA256())
    )
