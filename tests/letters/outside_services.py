"""A certificate authority that answers on loopback: certificates, OCSP, a CRL, and RFC 3161 time-stamps."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from tests.letters.pki import PASSPHRASE

DER = serialization.Encoding.DER


class OutsideServices:
    """One national authority. `up` and `revoked` can be changed while it runs; `now` is its clock."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.up = True
        self.stamping = True
        self.revoked: dict[int, datetime] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.root = self._signed("National root", self._root_key, certifies=True)
        self._tsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.tsa = self._signed("National time", self._tsa_key, usage=ExtendedKeyUsageOID.TIME_STAMPING)

    def key_for(
        self,
        keys_dir: Path,
        *,
        authority: str,
        office: str,
        holder: str,
        life: tuple[int, int] = (-1, 100),
    ) -> x509.Certificate:
        """Puts an office's PKCS#12 and the root below `keys_dir`; `life` is in days from the clock."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        certificate = self._signed(holder, key, life=life, services=True)
        (keys_dir / "roots").mkdir(parents=True, exist_ok=True)
        (keys_dir / "roots" / "national.pem").write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        folder = keys_dir / "offices" / authority
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{office}.p12").write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"office", key, certificate, None, serialization.BestAvailableEncryption(PASSPHRASE.encode())
            )
        )
        return certificate

    def revoke(self, certificate: x509.Certificate) -> None:
        self.revoked[certificate.serial_number] = self.now - timedelta(hours=2)

    def _signed(
        self,
        name: str,
        key: rsa.RSAPrivateKey,
        *,
        certifies: bool = False,
        usage: x509.ObjectIdentifier | None = None,
        life: tuple[int, int] = (-10, 3000),
        services: bool = False,
    ) -> x509.Certificate:
        issuer_key = self._root_key
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("National root"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + timedelta(days=life[0]))
            .not_valid_after(self.now + timedelta(days=life[1]))
            .add_extension(x509.BasicConstraints(ca=certifies, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=not certifies,
                    content_commitment=not certifies and usage is None,
                    key_cert_sign=certifies,
                    crl_sign=certifies,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
            )
        )
        if usage is not None:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        if services:
            ocsp_at = x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{self.address}/ocsp")
            )
            made = made.add_extension(x509.AuthorityInformationAccess([ocsp_at]), critical=False)
        return made.sign(issuer_key, hashes.SHA256())

    def answer(self, path: str, body: bytes) -> tuple[str, bytes] | None:
        """Content type and body; None where nobody answers."""
        self.asked.append(path)
        if path == "/ocsp" and self.up:
            return "application/ocsp-response", self._ocsp(body)
        if path == "/tsa" and self.stamping:
            return "application/timestamp-reply", self._stamp(body)
        return None

    def _ocsp(self, body: bytes) -> bytes:
        asked = ocsp.load_der_ocsp_request(body)
        when = self.revoked.get(asked.serial_number)
        answer = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                issuer_name_hash=asked.issuer_name_hash,
                issuer_key_hash=asked.issuer_key_hash,
                serial_number=asked.serial_number,
                algorithm=asked.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.GOOD if when is None else ocsp.OCSPCertStatus.REVOKED,
                this_update=self.now - timedelta(minutes=1),
                # Longer than any run of tests: the clock of the services stands still meanwhile.
                next_update=self.now + timedelta(hours=12),
                revocation_time=when,
                revocation_reason=None if when is None else x509.ReasonFlags.key_compromise,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.root)
        )
        for extension in asked.extensions:
            answer = answer.add_extension(extension.value, critical=False)
        return answer.sign(self._root_key, hashes.SHA256()).public_bytes(DER)

    def _stamp(self, body: bytes) -> bytes:
        stamper = DummyTimeStamper(
            asn1_x509.Certificate.load(self.tsa.public_bytes(DER)),
            asn1_keys.PrivateKeyInfo.load(
                self._tsa_key.private_bytes(
                    DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            ),
            fixed_dt=self.now,
        )
        return bytes(stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = services.answer(self.path, body)
                self.send_response(200 if answer else 503)
                self.send_header("Content-Type", answer[0] if answer else "text/plain")
                self.end_headers()
                self.wfile.write(answer[1] if answer else b"")

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@contextmanager
def outside_services(now: datetime) -> Iterator[OutsideServices]:
    """Runs them on a free port of this machine."""
    services = OutsideServices(now)
    thread = threading.Thread(target=services.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield services
    finally:
        services.server.shutdown()
        services.server.server_close()
        thread.join()
