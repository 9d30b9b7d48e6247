"""A key on a token: SoftHSM, through PKCS#11, in a process of its own, which reads where the store is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")

pytestmark = pytest.mark.skipif(
    not MODULE.exists(), reason="SoftHSM is not installed: apt-get install softhsm2"
)

_CHILD = """
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11 import Attribute, ObjectClass

from letters.certificates import NoKey, NoSuchKey
from letters.inspection import inspect
from letters.own_authority import demonstration_authority
from letters.rendering import render
from letters.signing import sign
from letters.tokens import Token, load_from_token
from tests.letters.pki import PASSPHRASE, national_key
from tests.letters.sample_content import authorisation

keys, module = Path(sys.argv[1]), sys.argv[2]
now = datetime.now(UTC)
demonstration_authority(keys, at=now).issue(
    authority="kenya", office="director", holder="Wanjiru Odhiambo", passphrase=PASSPHRASE, at=now
)
national_key(keys, authority="kenya", office="minister", holder="Josphat arap Kiprono", at=now)
session = pkcs11.lib(module).get_token(token_label="kenya").open(user_pin="1234", rw=True)
for office, decode in (("director", decode_ec_private_key), ("minister", decode_rsa_private_key)):
    file = keys / "offices" / "kenya" / f"{office}.p12"
    key, certificate, _more = pkcs12.load_key_and_certificates(file.read_bytes(), PASSPHRASE.encode())
    der = serialization.Encoding.DER
    form = (
        serialization.PrivateFormat.TraditionalOpenSSL
    )
    private = key.private_bytes(der, form, serialization.NoEncryption())
    attributes = decode(private)
    attributes[Attribute.LABEL] = f"kenya/{office}"
    attributes[Attribute.SIGN] = True
    attributes[Attribute.TOKEN] = True
    session.create_object(attributes)
    if office == "director":
        session.create_object({
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.LABEL: f"kenya/{office}",
            Attribute.SUBJECT: certificate.subject.public_bytes(),
            Attribute.VALUE: certificate.public_bytes(der),
        })
    else:
        file.with_suffix(".pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    file.unlink()
session.close()

token = Token(module=module, label="kenya", pin="1234")
pdf = render(authorisation())
for office in ("director", "minister"):
    signer = load_from_token(token, keys, authority="kenya", office=office)
    signed = sign(pdf, field_name="signer", signer=signer, at=now, real_time=now)
    found = inspect(signed, trust_roots=signer.roots, moment=now)
    assert found.faults == (), found.faults
    assert found.signatures[0].fingerprint == signer.fingerprint
    print("signed", office)
try:
    load_from_token(token, keys, authority="jordan", office="director")
except NoSuchKey as error:
    print("refused:", error)
try:
    lost = Token(module=module, label="lost", pin="1234")
    load_from_token(lost, keys, authority="kenya", office="director")
except NoSuchKey:
    raise
except NoKey as error:
    print("refused:", error)
"""


def test_letters_are_signed_with_keys_that_never_leave_the_token(tmp_path: Path) -> None:
    store = tmp_path / "tokens"
    store.mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {store}\nobjectstore.backend = file\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")}
    tool = shutil.which("softhsm2-util")
    assert tool is not None
    subprocess.run(
        [tool, "--init-token", "--free", "--label", "kenya", "--so-pin", "4321", "--pin", "1234"],
        env=environment,
        check=True,
        capture_output=True,
    )
    found = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path / "keys"), str(MODULE)],
        env={**environment, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    said = found.stdout.splitlines()
    assert said[:2] == ["signed director", "signed minister"]
    assert said[2].startswith("refused: There is no key with the label jordan/director")
    assert said[3].startswith("refused: The token lost does not give the key kenya/director")
