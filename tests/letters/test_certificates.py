"""Keys: made once, kept close, and refused with a sentence wherever they may not sign."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from letters.certificates import NoKey, load_signer, trust_roots
from letters.own_authority import demonstration_authority
from tests.letters.conftest import REAL_TIME
from tests.letters.pki import PASSPHRASE, national_key


def issue(folder: Path, *, holder: str = "Ama Mensah") -> Path:
    ca = demonstration_authority(folder, at=REAL_TIME)
    return ca.issue(authority="ghana", office="signer", holder=holder, passphrase=PASSPHRASE, at=REAL_TIME)


def certificate_in(path: Path) -> x509.Certificate:
    certificate = pkcs12.load_key_and_certificates(path.read_bytes(), PASSPHRASE.encode())[1]
    assert certificate is not None
    return certificate


def test_only_the_owner_can_read_what_is_made(tmp_path: Path) -> None:
    issue(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_every_name_says_that_it_is_a_demonstration(tmp_path: Path) -> None:
    certificate = certificate_in(issue(tmp_path))
    assert "DEMONSTRATION" in certificate.subject.rfc4514_string()
    assert "DEMONSTRATION" in certificate.issuer.rfc4514_string()


def test_root_and_keys_are_made_once(tmp_path: Path) -> None:
    path = issue(tmp_path)
    before = {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    assert issue(tmp_path) == path
    assert {each: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()} == before


def test_a_new_holder_and_an_expired_certificate_get_a_new_key(tmp_path: Path) -> None:
    path = issue(tmp_path)
    first = certificate_in(path)
    second = certificate_in(issue(tmp_path, holder="Kofi Addo"))
    assert first.serial_number != second.serial_number
    later = demonstration_authority(tmp_path, at=REAL_TIME).issue(
        authority="ghana",
        office="signer",
        holder="Kofi Addo",
        passphrase=PASSPHRASE,
        at=REAL_TIME + timedelta(days=800),
    )
    assert certificate_in(later).serial_number != second.serial_number


def test_a_missing_key_is_named_with_the_place_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match=r"signer of ghana.*offices/ghana/signer\.p12"):
        load_signer(tmp_path, authority="ghana", office="signer", passphrase=PASSPHRASE)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_and_a_missing_passphrase_are_told_apart(tmp_path: Path) -> None:
    issue(tmp_path)
    with pytest.raises(NoKey, match="cannot be opened"):
        load_signer(tmp_path, authority="ghana", office="signer", passphrase="wrong")
    with pytest.raises(NoKey, match="SIGNING_PASSPHRASE"):
        load_signer(tmp_path, authority="ghana", office="signer", passphrase="")


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    path = issue(tmp_path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(NoKey, match="cannot be opened"):
        load_signer(tmp_path, authority="ghana", office="signer", passphrase=PASSPHRASE)


@pytest.mark.parametrize("name", ["../ghana", "a/b", "", ".", "ghana\n"])
def test_a_name_cannot_leave_the_keys_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoKey, match="cannot name"):
        load_signer(tmp_path, authority=name, office="signer", passphrase=PASSPHRASE)


def test_without_a_root_nobody_signs(tmp_path: Path) -> None:
    issue(tmp_path)
    (tmp_path / "roots" / "demonstration.pem").unlink()
    with pytest.raises(NoKey, match="no trusted root"):
        load_signer(tmp_path, authority="ghana", office="signer", passphrase=PASSPHRASE)
    (tmp_path / "roots" / "broken.pem").write_text("no certificate")
    with pytest.raises(NoKey, match=r"broken\.pem"):
        trust_roots(tmp_path)


@pytest.mark.parametrize("days", [-2, 731])
def test_a_certificate_may_not_sign_outside_its_life(tmp_path: Path, days: int) -> None:
    issue(tmp_path)
    signer = load_signer(tmp_path, authority="ghana", office="signer", passphrase=PASSPHRASE)
    signer.check(at=REAL_TIME)
    with pytest.raises(NoKey, match="Ama Mensah is valid from 2026-03-20 to 2028-03-19"):
        signer.check(at=REAL_TIME + timedelta(days=days))


def test_a_certificate_of_a_foreign_root_of_the_same_name_may_not_sign(tmp_path: Path) -> None:
    issue(tmp_path / "ours")
    issue(tmp_path / "rogue")
    root = tmp_path / "rogue" / "roots" / "demonstration.pem"
    root.write_bytes((tmp_path / "ours" / "roots" / "demonstration.pem").read_bytes())
    signer = load_signer(tmp_path / "rogue", authority="ghana", office="signer", passphrase=PASSPHRASE)
    with pytest.raises(NoKey, match="does not lead to a trusted root"):
        signer.check(at=REAL_TIME)


def test_a_certificate_for_other_purposes_may_not_sign(tmp_path: Path) -> None:
    national_key(
        tmp_path, authority="ghana", office="signer", holder="Ama Mensah", at=REAL_TIME, signs_documents=False
    )
    signer = load_signer(tmp_path, authority="ghana", office="signer", passphrase=PASSPHRASE)
    with pytest.raises(NoKey, match="may not sign documents"):
        signer.check(at=REAL_TIME)
