"""Signing: other programs agree that the signature holds; nothing is produced where it may not be."""

from datetime import timedelta
from pathlib import Path

import pytest

from letters.certificates import NoKey, OfficeSigner, load_signer
from letters.inspection import inspect
from letters.rendering import render
from letters.signing import CannotSign, sign
from letters.stamps import render_stamp
from letters.typesetting import CannotTypeset
from tests.letters import sample_content as sample
from tests.letters.conftest import REAL_TIME, SIGNED_AT, SignedLetter
from tests.letters.pdf_tools import said_by, signature_parts, text_of, verified_by_openssl
from tests.letters.pki import PASSPHRASE, national_key


def test_poppler_and_qpdf_agree_that_the_letter_is_sound(
    twice_signed_letter: SignedLetter, tmp_path: Path
) -> None:
    status, words = said_by(["pdfsig", "-nocert"], twice_signed_letter.final, tmp_path)
    assert status == 0, words
    assert words.count("Signature is Valid.") == 2
    assert words.count("ETSI.CAdES.detached") == 2
    assert words.index("Wanjiru Odhiambo") < words.index("Josphat arap Kiprono")
    status, words = said_by(["qpdf", "--check"], twice_signed_letter.final, tmp_path)
    assert status == 0, words


@pytest.mark.parametrize("index", [0, 1])
def test_openssl_agrees_on_every_signature_and_on_a_changed_byte(
    twice_signed_letter: SignedLetter, keys_dir: Path, tmp_path: Path, index: int
) -> None:
    root = keys_dir / "roots" / "demonstration.pem"
    covered, envelope = signature_parts(twice_signed_letter.final, index)
    assert verified_by_openssl(covered, envelope, root, tmp_path, at=REAL_TIME)
    changed = bytearray(covered)
    changed[len(changed) // 3] ^= 1
    assert not verified_by_openssl(bytes(changed), envelope, root, tmp_path, at=REAL_TIME)


def test_the_unsigned_letter_is_the_beginning_of_the_signed_one(twice_signed_letter: SignedLetter) -> None:
    first, second = twice_signed_letter.stages
    assert first.startswith(twice_signed_letter.unsigned)
    assert second.startswith(first)


def test_the_first_signature_certifies_and_the_last_one_locks(
    twice_signed_letter: SignedLetter, director: OfficeSigner
) -> None:
    found = inspect(twice_signed_letter.final, trust_roots=director.roots, moment=REAL_TIME)
    assert found.faults == ()
    assert [(each.field, each.certifies, each.locks) for each in found.signatures] == [
        ("director", True, False),
        ("minister", False, True),
    ]
    assert [each.claimed_at for each in found.signatures] == [REAL_TIME, REAL_TIME]


def stamp_of(*, person: str, office: str) -> bytes:
    return render_stamp(
        width=215.4,
        height=76.5,
        person=person,
        office=office,
        holder="ODHIAMBO Wanjiru",
        issuer="National root",
        at=SIGNED_AT,
        language="en",
        demonstration=True,
    )


def test_the_stamp_shows_who_signed_in_which_office_and_when() -> None:
    text = text_of(stamp_of(person="Wanjiru Odhiambo", office="Director General"))
    for words in ("DEMONSTRATION", "Wanjiru Odhiambo", "Director General", "10 March 2026, 09:30 UTC"):
        assert words in text
    assert "Certificate of ODHIAMBO Wanjiru, issued by National root" in text


def test_a_long_office_makes_the_stamp_smaller_and_never_cuts_it() -> None:
    office = "Permanent Secretary for Environment, Forestry, Climate Change and Natural Resources " * 2
    text = text_of(stamp_of(person="Wanjiru Odhiambo", office=office))
    assert office.strip() in text
    assert "issued by National root" in text
    with pytest.raises(CannotTypeset, match="do not fit"):
        stamp_of(person="Wanjiru Odhiambo", office=office * 20)


def test_offices_sign_in_order_once_and_in_their_own_field(
    twice_signed_letter: SignedLetter, director: OfficeSigner, minister: OfficeSigner
) -> None:
    unsigned, first = twice_signed_letter.unsigned, twice_signed_letter.stages[0]
    with pytest.raises(CannotSign, match="Before minister, these must sign: director"):
        sign(unsigned, field_name="minister", signer=minister, at=SIGNED_AT, real_time=REAL_TIME)
    with pytest.raises(CannotSign, match="director is there already"):
        sign(first, field_name="director", signer=director, at=SIGNED_AT, real_time=REAL_TIME)
    with pytest.raises(CannotSign, match="no signature chair"):
        sign(unsigned, field_name="chair", signer=director, at=SIGNED_AT, real_time=REAL_TIME)


def test_an_expired_certificate_signs_nothing(signed_letter: SignedLetter, director: OfficeSigner) -> None:
    with pytest.raises(NoKey, match="is valid from"):
        sign(
            signed_letter.unsigned,
            field_name="signer",
            signer=director,
            at=SIGNED_AT,
            real_time=REAL_TIME + timedelta(days=2000),
        )


def test_a_changed_letter_is_not_signed_further(
    twice_signed_letter: SignedLetter, minister: OfficeSigner
) -> None:
    changed = bytearray(twice_signed_letter.stages[0])
    place = changed.index(b"/Producer")
    changed[place + 12] ^= 1
    with pytest.raises(CannotSign, match="does not have the bytes that Wanjiru Odhiambo signed"):
        sign(bytes(changed), field_name="minister", signer=minister, at=SIGNED_AT, real_time=REAL_TIME)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF", b"no letter"])
def test_what_is_no_letter_is_not_signed(data: bytes, director: OfficeSigner) -> None:
    with pytest.raises(CannotSign, match="no letter to sign"):
        sign(data, field_name="signer", signer=director, at=SIGNED_AT, real_time=REAL_TIME)


def test_a_national_key_of_another_algorithm_signs_as_well(tmp_path: Path) -> None:
    national_key(tmp_path, authority="kenya", office="director", holder="ODHIAMBO Wanjiru", at=REAL_TIME)
    signer = load_signer(tmp_path, authority="kenya", office="director", passphrase=PASSPHRASE)
    signed = sign(
        render(sample.authorisation()), field_name="signer", signer=signer, at=SIGNED_AT, real_time=REAL_TIME
    )
    found = inspect(signed, trust_roots=signer.roots, moment=REAL_TIME)
    assert found.faults == ()
    assert found.signatures[0].fingerprint == signer.fingerprint
    assert found.signatures[0].issuer == "National root"


def test_another_authority_signs_a_name_in_arabic(keys_dir: Path) -> None:
    signer = load_signer(keys_dir, authority="jordan", office="minister", passphrase=PASSPHRASE)
    signed = sign(
        render(sample.jordanian_authorisation()),
        field_name="signer",
        signer=signer,
        at=SIGNED_AT,
        real_time=REAL_TIME,
    )
    found = inspect(signed, trust_roots=signer.roots, moment=REAL_TIME)
    assert found.faults == ()
    assert found.signatures[0].holder == "د. ليلى الخطيب"
