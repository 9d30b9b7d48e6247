"""Letters that were changed, cut, extended or signed by the wrong hand are refused in words."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from letters.certificates import OfficeSigner, load_signer
from letters.content import canonical
from letters.inspection import Inspection, inspect
from letters.own_authority import demonstration_authority
from letters.signing import sign
from tests.letters import sample_content as sample
from tests.letters.conftest import REAL_TIME, SIGNED_AT, SignedLetter
from tests.letters.pdf_tools import signature_parts
from tests.letters.pki import PASSPHRASE


@pytest.fixture
def look(director: OfficeSigner) -> Callable[[bytes], Inspection]:
    return lambda pdf: inspect(pdf, trust_roots=director.roots, moment=REAL_TIME)


def test_a_genuine_letter_has_no_fault_and_gives_its_content(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection], director: OfficeSigner
) -> None:
    found = look(signed_letter.final)
    assert found.genuine
    assert found.attached == canonical(sample.authorisation())
    assert found.unsigned_fields == ()
    (signature,) = found.signatures
    assert signature.field == "signer"
    assert signature.holder == "Wanjiru Odhiambo"
    assert signature.fingerprint == director.fingerprint
    assert signature.bottom_line
    assert signature.coverage == "ENTIRE_FILE"


def test_one_changed_byte_anywhere_is_found(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection]
) -> None:
    letter = signed_letter.final
    covered, _envelope = signature_parts(letter, 0)
    start = letter.index(b"<3082")
    room = len(letter) - len(covered)
    spread = range(0, len(letter), len(letter) // 40)
    # The signature's own room is what the signature does not cover: its head, its end, the padding.
    inside = [start, start + 1, start + 6, start + 57, start + 84, start + room - 5, start + room // 2]
    for place in (*spread, *inside, len(letter) - 2):
        changed = bytearray(letter)
        changed[place] ^= 1
        assert not look(bytes(changed)).genuine, place


@pytest.mark.parametrize("added", [b"x", b"\n\n", b"%%EOF", b"\nstartxref\n0\n%%EOF\n", bytes(5000)])
def test_added_bytes_are_found(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection], added: bytes
) -> None:
    assert not look(signed_letter.final + added).genuine


def test_bytes_put_before_the_letter_are_found(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection]
) -> None:
    assert not look(b"%PDF-1.7\n" + signed_letter.final).genuine


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"hello", b"\x00" * 4096, b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_letter_is_a_fault_and_not_an_error(
    look: Callable[[bytes], Inspection], data: bytes
) -> None:
    found = look(data)
    assert not found.genuine
    assert found.signatures == ()
    assert all(fault.endswith(".") for fault in found.faults)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_letter_cut_short_is_refused(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection], share: float
) -> None:
    assert not look(signed_letter.final[: int(len(signed_letter.final) * share)]).genuine


def test_an_unsigned_letter_says_so(signed_letter: SignedLetter, look: Callable[[bytes], Inspection]) -> None:
    found = look(signed_letter.unsigned)
    assert found.faults == ("The letter is not signed.",)
    assert found.unsigned_fields == ("signer",)


def test_a_letter_cut_back_to_its_first_signature_lacks_the_second(
    twice_signed_letter: SignedLetter, look: Callable[[bytes], Inspection]
) -> None:
    found = look(twice_signed_letter.stages[0])
    assert found.signatures[0].bottom_line
    assert found.faults == ("The signature minister is missing.",)


def test_the_certificate_must_be_the_recorded_one(
    signed_letter: SignedLetter, director: OfficeSigner, minister: OfficeSigner
) -> None:
    def faults(fingerprint: str) -> tuple[str, ...]:
        return inspect(
            signed_letter.final,
            trust_roots=director.roots,
            moment=REAL_TIME,
            expected_fields={"signer": fingerprint},
        ).faults

    assert faults(director.fingerprint) == ()
    assert faults(minister.fingerprint) == (
        "The signature signer was made with another certificate than recorded.",
    )


def test_a_signature_that_nobody_expects_is_a_fault(
    twice_signed_letter: SignedLetter, director: OfficeSigner
) -> None:
    found = inspect(
        twice_signed_letter.final,
        trust_roots=director.roots,
        moment=REAL_TIME,
        expected_fields={"director": None},
    )
    assert found.faults == ("The signature minister does not belong to this letter.",)


def test_a_rogue_authority_of_the_same_names_is_not_believed(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection], tmp_path: Path
) -> None:
    demonstration_authority(tmp_path, at=REAL_TIME).issue(
        authority="kenya", office="director", holder="Wanjiru Odhiambo", passphrase=PASSPHRASE, at=REAL_TIME
    )
    rogue = load_signer(tmp_path, authority="kenya", office="director", passphrase=PASSPHRASE)
    forged = sign(
        signed_letter.unsigned, field_name="signer", signer=rogue, at=SIGNED_AT, real_time=REAL_TIME
    )
    found = look(forged)
    assert found.signatures[0].holder == "Wanjiru Odhiambo"
    assert found.signatures[0].issuer == look(signed_letter.final).signatures[0].issuer
    assert found.faults == (
        "The certificate of Wanjiru Odhiambo is not trusted, or was not valid at that time.",
    )


@pytest.mark.parametrize("days", [-30, 2000])
def test_a_certificate_is_judged_at_the_moment_that_is_given(
    signed_letter: SignedLetter, director: OfficeSigner, days: int
) -> None:
    moment = REAL_TIME + timedelta(days=days)
    assert not inspect(signed_letter.final, trust_roots=director.roots, moment=moment).genuine


def test_without_trusted_roots_nothing_is_genuine(signed_letter: SignedLetter) -> None:
    assert not inspect(signed_letter.final, trust_roots=(), moment=REAL_TIME).genuine


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The letter with an incremental update, as an attacker would append it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _white_out(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"q 1 1 1 rg 0 0 600 850 re f Q")
    writer.add_stream_to_page(0, writer.add_object(stream))  # type: ignore[no-untyped-call]


def _open_action(writer: IncrementalPdfFileWriter) -> None:
    entries = {
        generic.pdf_name("/S"): generic.pdf_name("/URI"),
        generic.pdf_name("/URI"): generic.pdf_string("https://elsewhere.example"),
    }
    action = generic.DictionaryObject(entries)  # type: ignore[no-untyped-call]
    writer.root["/OpenAction"] = action
    writer.update_root()  # type: ignore[no-untyped-call]


def _swap_content(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    file = names[1].get_object()["/EF"].raw_get("/F").get_object()
    file._data = b"{}"
    file._encoded_data = None
    file.pop("/Filter", None)
    writer.mark_update(names[1].get_object()["/EF"].raw_get("/F"))


@pytest.mark.parametrize("change", [_white_out, _open_action, _swap_content])
def test_an_update_after_the_signature_is_refused(
    signed_letter: SignedLetter,
    look: Callable[[bytes], Inspection],
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    found = look(updated(signed_letter.final, change))
    assert "The letter was changed after Wanjiru Odhiambo signed it." in found.faults


def test_a_letter_saved_again_by_another_program_is_refused(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection]
) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(signed_letter.final)) as document:
        document.save(output)
    assert not look(output.getvalue()).genuine


def test_a_second_attachment_is_a_fault(
    signed_letter: SignedLetter, look: Callable[[bytes], Inspection]
) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(signed_letter.unsigned)) as document:
        document.attachments["other.json"] = b"{}"
        document.save(output)
    assert any("exactly one attachment" in fault for fault in look(output.getvalue()).faults)


def test_an_oversized_file_is_not_even_read(look: Callable[[bytes], Inspection]) -> None:
    assert look(bytes(31 * 1024 * 1024)).faults == ("The file is larger than any letter.",)
