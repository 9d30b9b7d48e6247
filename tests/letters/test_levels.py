"""Levels of signature, with the services outside up, down and saying no. The clock is the machine's own."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import x509

from letters.certificates import NoKey, OfficeSigner, load_signer
from letters.inspection import Inspection, inspect
from letters.outside import Level, Services
from letters.rendering import render
from letters.signing import CannotSign, sign
from tests.letters.outside_services import OutsideServices, outside_services
from tests.letters.pdf_tools import said_by, signature_parts, verified_by_openssl
from tests.letters.pki import PASSPHRASE
from tests.letters.sample_content import partial_authorisation
from workflow.clock import RealClock

NOW = RealClock().now().replace(microsecond=0)


@pytest.fixture
def outside() -> Iterator[OutsideServices]:
    with outside_services(NOW) as services:
        yield services


@pytest.fixture(scope="session")
def unsigned() -> bytes:
    return render(partial_authorisation())


def offices(outside: OutsideServices, folder: Path) -> tuple[OfficeSigner, OfficeSigner]:
    for office, holder in (("director", "Wanjiru Odhiambo"), ("minister", "Josphat arap Kiprono")):
        outside.key_for(folder, authority="kenya", office=office, holder=holder)
    first, second = (
        load_signer(folder, authority="kenya", office=office, passphrase=PASSPHRASE)
        for office in ("director", "minister")
    )
    return first, second


def services(outside: OutsideServices, level: Level) -> Services:
    return Services(level=level, tsa_url=f"{outside.address}/tsa" if level is not Level.B else "")


def signed(pdf: bytes, signers: tuple[OfficeSigner, OfficeSigner], asked: Services) -> bytes:
    for field, signer in zip(("director", "minister"), signers, strict=True):
        pdf = sign(pdf, field_name=field, signer=signer, at=NOW, real_time=NOW, services=asked)
    return pdf


def look(pdf: bytes, root: x509.Certificate, *, moment: datetime = NOW, fetch: bool = False) -> Inspection:
    return inspect(pdf, trust_roots=[root], moment=moment, fetch=fetch)


@pytest.mark.parametrize("level", list(Level))
def test_a_letter_of_two_offices_is_signed_at_every_level(
    level: Level, outside: OutsideServices, unsigned: bytes, tmp_path: Path
) -> None:
    signers = offices(outside, tmp_path)
    pdf = signed(unsigned, signers, services(outside, level))
    found = look(pdf, signers[0].roots[0], fetch=True)
    assert (found.faults, found.doubts) == ((), ())
    assert ("/tsa" in outside.asked) == (level is not Level.B)
    assert "/ocsp" in outside.asked
    outside.up = outside.stamping = False
    found = look(pdf, signers[0].roots[0])
    if level.keeps_proofs:
        assert (found.faults, found.doubts) == ((), ())
    else:
        assert found.faults == ()
        assert any("cannot be known now" in doubt for doubt in found.doubts)


def test_a_letter_of_the_highest_level_keeps_beyond_its_certificates(
    outside: OutsideServices, unsigned: bytes, tmp_path: Path
) -> None:
    signers = offices(outside, tmp_path)
    outlasting = signed(unsigned, signers, services(outside, Level.LTA))
    bare = signed(unsigned, signers, services(outside, Level.B))
    outside.up = outside.stamping = False
    later = NOW + timedelta(days=7 * 365)
    found = look(outlasting, signers[0].roots[0], moment=later)
    assert (found.faults, found.doubts) == ((), ())
    found = look(bare, signers[0].roots[0], moment=later)
    assert found.faults == ()
    assert any("has expired since" in doubt for doubt in found.doubts)


def test_neither_a_revoked_nor_an_unknown_nor_an_expired_certificate_signs(
    outside: OutsideServices, unsigned: bytes, tmp_path: Path
) -> None:
    theirs = outside.key_for(tmp_path, authority="kenya", office="director", holder="Wanjiru Odhiambo")
    signer = load_signer(tmp_path, authority="kenya", office="director", passphrase=PASSPHRASE)

    def attempt(signer: OfficeSigner) -> None:
        sign(unsigned, field_name="director", signer=signer, at=NOW, real_time=NOW)

    attempt(signer)
    outside.up = False
    with pytest.raises(NoKey, match="cannot be known now"):
        attempt(signer)
    outside.up = True
    outside.revoke(theirs)
    with pytest.raises(NoKey, match="was revoked"):
        attempt(signer)
    outside.key_for(tmp_path, authority="kenya", office="director", holder="Expired", life=(-50, -1))
    with pytest.raises(NoKey, match="is valid from"):
        attempt(load_signer(tmp_path, authority="kenya", office="director", passphrase=PASSPHRASE))


def test_a_time_stamping_service_that_is_down_leaves_the_letter_unsigned(
    outside: OutsideServices, unsigned: bytes, tmp_path: Path
) -> None:
    signers = offices(outside, tmp_path)
    outside.stamping = False
    with pytest.raises(CannotSign, match="time-stamping service did not answer"):
        signed(unsigned, signers, services(outside, Level.T))
    outside.stamping = True
    assert signed(unsigned, signers, services(outside, Level.T))


def test_a_certificate_revoked_afterwards_is_refused_and_unknown_while_nobody_answers(
    outside: OutsideServices, unsigned: bytes, tmp_path: Path
) -> None:
    signers = offices(outside, tmp_path)
    pdf = signed(unsigned, signers, services(outside, Level.B))
    outside.revoked[signers[1].certificate.serial_number] = NOW - timedelta(hours=2)
    found = look(pdf, signers[0].roots[0], fetch=True)
    assert found.faults == (
        "The certificate of Josphat arap Kiprono was revoked, and nothing proves that it signed before.",
    )
    outside.up = False
    found = look(pdf, signers[0].roots[0], fetch=True)
    assert (found.faults, found.genuine) == ((), False)


@pytest.mark.proof
@pytest.mark.parametrize("level", [Level.T, Level.LT, Level.LTA])
def test_other_programs_agree_at_every_level_above_the_lowest(
    level: Level, outside: OutsideServices, unsigned: bytes, tmp_path: Path
) -> None:
    """What they know: poppler cannot judge the archive time-stamp, which is the third signature it names."""
    pdf = signed(unsigned, offices(outside, tmp_path), services(outside, level))
    status, words = said_by(["pdfsig", "-nocert"], pdf, tmp_path)
    assert status == 0, words
    assert words.count("Signature is Valid.") >= 2
    assert words.count("ETSI.CAdES.detached") == 2
    status, words = said_by(["qpdf", "--check"], pdf, tmp_path)
    assert status == 0, words
    root = tmp_path / "roots" / "national.pem"
    for index in (0, 1):
        covered, envelope = signature_parts(pdf, index)
        assert verified_by_openssl(covered, envelope, root, tmp_path, at=NOW)
        changed = bytearray(covered)
        changed[len(changed) // 3] ^= 1
        assert not verified_by_openssl(bytes(changed), envelope, root, tmp_path, at=NOW)
