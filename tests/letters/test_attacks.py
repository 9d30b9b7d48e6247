"""Forged, cut, extended, hostile: none is called genuine by the stand-alone file, and none breaks it.

Run as anybody would run it: one file of Python, in a process of its own, that cannot import the desk.
"""

import json
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter

from letters import offline
from letters.certificates import OfficeSigner, load_signer
from letters.content import Ceilings, VintageVolume, canonical
from letters.content import Letter as Content
from letters.offline import Believed, examine
from letters.own_authority import demonstration_authority
from letters.rendering import render
from letters.sandbox import examine_apart
from letters.signing import sign
from tests.letters.conftest import REAL_TIME, SIGNED_AT, SignedLetter
from tests.letters.pki import PASSPHRASE
from tests.letters.sample_content import (
    EVERY_KIND,
    authorisation,
    jordanian_authorisation,
    partial_authorisation,
)
from workflow.clock import RealClock


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What an attacker has: genuine letters of two authorities, and keys of others."""

    one: SignedLetter
    two: SignedLetter
    director: OfficeSigner
    minister: OfficeSigner
    foreign: bytes
    rogue: OfficeSigner


@pytest.fixture(scope="module")
def bench(
    signed_letter: SignedLetter,
    twice_signed_letter: SignedLetter,
    director: OfficeSigner,
    minister: OfficeSigner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Bench:
    other = tmp_path_factory.mktemp("rogue")
    ca = demonstration_authority(other, at=REAL_TIME)
    ca.issue(
        authority="kenya", office="director", holder="Wanjiru Odhiambo", passphrase=PASSPHRASE, at=REAL_TIME
    )
    rogue = load_signer(other, authority="kenya", office="director", passphrase=PASSPHRASE)
    foreign = sign(
        render(jordanian_authorisation()),
        field_name="signer",
        signer=rogue,
        at=SIGNED_AT,
        real_time=REAL_TIME,
    )
    return Bench(
        one=signed_letter,
        two=twice_signed_letter,
        director=director,
        minister=minister,
        foreign=foreign,
        rogue=rogue,
    )


def _flip(at: Callable[[bytes], int]) -> Callable[[Bench], bytes]:
    def flipped(bench: Bench) -> bytes:
        pdf = bytearray(bench.one.final)
        pdf[at(bench.one.final)] ^= 1
        return bytes(pdf)

    return flipped


def _updated(change: Callable[[IncrementalPdfFileWriter], None]) -> Callable[[Bench], bytes]:
    def attack(bench: Bench) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(bench.two.final))
        change(writer)
        output = BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()

    return attack


def _white_out(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"q 1 1 1 rg 0 0 600 850 re f Q")
    writer.add_stream_to_page(0, writer.add_object(stream))  # type: ignore[no-untyped-call]


def _root_entry(name: str, value: object) -> Callable[[IncrementalPdfFileWriter], None]:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.root[name] = value
        writer.update_root()  # type: ignore[no-untyped-call]

    return change


def _dictionary(**entries: object) -> generic.DictionaryObject:
    found = {generic.pdf_name(f"/{name}"): value for name, value in entries.items()}
    return generic.DictionaryObject(found)  # type: ignore[no-untyped-call]


def _javascript() -> generic.DictionaryObject:
    return _dictionary(S=generic.pdf_name("/JavaScript"), JS=generic.pdf_string("app.alert(1)"))


def _swap_json(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    reference = names[1].get_object()["/EF"].raw_get("/F")
    file = reference.get_object()
    file._data = file.data.replace(b"600", b"900")
    file._encoded_data = None
    file.pop("/Filter", None)
    writer.mark_update(reference)


def _annotation(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    note = _dictionary(
        Type=generic.pdf_name("/Annot"),
        Subtype=generic.pdf_name("/FreeText"),
        Rect=generic.ArrayObject(map(generic.NumberObject, (0, 0, 300, 300))),
        Contents=generic.pdf_string("Void"),
    )
    page.setdefault("/Annots", generic.ArrayObject()).append(writer.add_object(note))
    writer.update_container(page)


def _other_stamp(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    look = generic.StreamObject(stream_data=b"0 0 1 rg 0 0 200 70 re f")
    look[generic.pdf_name("/Subtype")] = generic.pdf_name("/Form")
    field["/AP"] = _dictionary(N=writer.add_object(look))
    writer.update_container(field)


def _other_font(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    fonts = page["/Resources"]["/Font"]
    for name in list(fonts):
        fonts[name] = _dictionary(
            Type=generic.pdf_name("/Font"),
            Subtype=generic.pdf_name("/Type1"),
            BaseFont=generic.pdf_name("/Symbol"),
        )
    writer.update_container(fonts)


def _no_lock(writer: IncrementalPdfFileWriter) -> None:
    for field in writer.root["/AcroForm"]["/Fields"]:
        field.get_object().pop("/Lock", None)
        writer.update_container(field.get_object())


def _saved_again(**options: Any) -> Callable[[Bench], bytes]:
    def attack(bench: Bench) -> bytes:
        output = BytesIO()
        with pikepdf.open(BytesIO(bench.two.final)) as document:
            document.save(output, **options)
        return output.getvalue()

    return attack


def _stripped(bench: Bench) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(bench.two.final)) as document:
        del document.Root["/AcroForm"]
        for page in document.pages:
            if "/Annots" in page.obj:
                del page.obj["/Annots"]
        document.save(output)
    return output.getvalue()


def _second_attachment(bench: Bench) -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(bench.one.unsigned)) as document:
        document.attachments["loa.json "] = b"{}"
        document.save(output)
    return output.getvalue()


def _zeroed(bench: Bench) -> bytes:
    pdf = bench.one.final
    start = pdf.index(b"<3082")
    end = pdf.index(b">", start)
    return pdf[: start + 1] + b"0" * (end - start - 1) + pdf[end:]


def _of_another(bench: Bench) -> bytes:
    """The envelope of one letter in the room of another."""
    pdf, other = bench.one.final, bench.two.stages[0]
    start, end = pdf.index(b"<3082"), pdf.index(b">", pdf.index(b"<3082"))
    taken = other[other.index(b"<3082") + 1 : other.index(b">", other.index(b"<3082"))]
    return pdf[: start + 1] + taken[: end - start - 1].ljust(end - start - 1, b"0") + pdf[end:]


def _byte_range(old: bytes, new: bytes) -> Callable[[Bench], bytes]:
    def attack(bench: Bench) -> bytes:
        pdf = bench.one.final
        place = pdf.rindex(b"/ByteRange")
        return pdf[:place] + pdf[place : place + 80].replace(old, new, 1) + pdf[place + 80 :]

    return attack


def _signed_by_another(bench: Bench) -> bytes:
    """The other person of the same authority in the director's field."""
    return sign(
        bench.one.unsigned,
        field_name="signer",
        signer=bench.minister,
        at=SIGNED_AT,
        real_time=REAL_TIME,
    )


def _both_by_one(bench: Bench) -> bytes:
    pdf = render(partial_authorisation())
    for field in ("director", "minister"):
        pdf = sign(pdf, field_name=field, signer=bench.director, at=SIGNED_AT, real_time=REAL_TIME)
    return pdf


def _third_after_the_lock(bench: Bench) -> bytes:
    """One signature more, in a field of its own, by somebody of the authority, after the last has locked."""
    output = BytesIO()
    PdfSigner(
        PdfSignatureMetadata(field_name="third", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES),
        signer=bench.director.pyhanko,
        new_field_spec=SigFieldSpec("third"),
    ).sign_pdf(IncrementalPdfFileWriter(BytesIO(bench.two.final)), output=output)
    return output.getvalue()


def _other_words_than_its_data(bench: Bench) -> bytes:
    """The page says 900,000 t where the attached data say less, signed by a key of the same names."""
    honest = authorisation()
    told = Ceilings(by_vintage=(VintageVolume(vintage=2024, tonnes=900_000),))
    printed = render(honest.model_copy(update={"ceilings": told}))
    output = BytesIO()
    with pikepdf.open(BytesIO(printed)) as document:
        file = document.Root.Names.EmbeddedFiles.Names[1]
        for name in list(file.EF.keys()):
            file.EF[name].write(canonical(honest))
        document.save(output)
    return sign(output.getvalue(), field_name="signer", signer=bench.rogue, at=SIGNED_AT, real_time=REAL_TIME)


def _by_a_rogue(bench: Bench) -> bytes:
    return sign(
        bench.one.unsigned, field_name="signer", signer=bench.rogue, at=SIGNED_AT, real_time=REAL_TIME
    )


def _bomb(bench: Bench) -> bytes:
    packed = zlib.compress(bytes(400_000_000), 9)
    stream = b"1 0 obj<</Length %d/Filter/FlateDecode/Type/ObjStm/N 1/First 4>>stream\n" % len(packed)
    return b"%PDF-1.7\n" + stream + packed + b"\nendstream endobj\nstartxref\n9\n%%EOF\n"


def _xref_loop(bench: Bench) -> bytes:
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R/Prev 9>>\n"
    return b"%PDF-1.7\n" + table + b"startxref\n9\n%%EOF\n"


def _page_loop(bench: Bench) -> bytes:
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names 1 0 R/AcroForm 1 0 R/Fields[1 0 R]>>endobj\n"
    table = b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer<</Size 2/Root 1 0 R>>\n"
    return body + table + b"startxref\n%d\n%%%%EOF\n" % len(body)


ATTACKS: dict[str, Callable[[Bench], bytes]] = {
    "first byte": _flip(lambda pdf: 0),
    "a byte of the first page": _flip(lambda pdf: len(pdf) // 3),
    "a byte of the second half": _flip(lambda pdf: len(pdf) // 2),
    "a byte of the signature": _flip(lambda pdf: pdf.rindex(b"/Contents") + 200),
    "a byte of the room behind it": _flip(lambda pdf: pdf.index(b">", pdf.index(b"<3082")) - 9),
    "a byte of the range": _flip(lambda pdf: pdf.rindex(b"/ByteRange") + 16),
    "last byte": _flip(lambda pdf: len(pdf) - 1),
    "a space after the end": lambda bench: bench.one.final + b" ",
    "lines after the end": lambda bench: bench.one.final + b"\n% more\n",
    "an end after the end": lambda bench: bench.one.final + b"%%EOF",
    "a new trailer": lambda bench: bench.one.final + b"\nstartxref\n0\n%%EOF\n",
    "zeros after the end": lambda bench: bench.one.final + bytes(5000),
    "bytes before the beginning": lambda bench: b"%PDF-1.7\n" + bench.one.final,
    "another letter after it": lambda bench: bench.one.final + bench.two.final,
    "cut to a tenth": lambda bench: bench.one.final[: len(bench.one.final) // 10],
    "cut to a half": lambda bench: bench.one.final[: len(bench.one.final) // 2],
    "cut by a byte": lambda bench: bench.one.final[:-1],
    "cut by ten bytes": lambda bench: bench.one.final[:-10],
    "cut to the first signature": lambda bench: bench.two.stages[0],
    "cut to the unsigned letter": lambda bench: bench.two.unsigned,
    "page painted over": _updated(_white_out),
    "action on opening": _updated(_root_entry("/OpenAction", _javascript())),
    "JSON swapped": _updated(_swap_json),
    "annotation added": _updated(_annotation),
    "look of the stamp swapped": _updated(_other_stamp),
    "font swapped": _updated(_other_font),
    "lock taken away": _updated(_no_lock),
    "attachments taken away": _updated(_root_entry("/Names", _dictionary())),
    "form taken away": _updated(_root_entry("/AcroForm", _dictionary())),
    "permissions taken away": _updated(_root_entry("/Perms", _dictionary())),
    "saved again": _saved_again(),
    "saved again, linearised": _saved_again(linearize=True),
    "saved again, encrypted": _saved_again(encryption=pikepdf.Encryption(owner="o", user="u")),
    "signatures stripped": _stripped,
    "second attachment": _second_attachment,
    "envelope zeroed": _zeroed,
    "envelope of another letter": _of_another,
    "range from another place": _byte_range(b"[0 ", b"[9 "),
    "range of nothing": _byte_range(b"[0 ", b"[0 0 0 0 "),
    "signed by another person of the authority": _signed_by_another,
    "both fields signed by one person": _both_by_one,
    "signed by a rogue authority of the same names": _by_a_rogue,
    "a third signature after the lock": _third_after_the_lock,
    "a page that says otherwise than its data": _other_words_than_its_data,
    "a letter of another authority": lambda bench: bench.foreign,
    "empty": lambda bench: b"",
    "no PDF": lambda bench: b"Dear Sir or Madam",
    "head alone": lambda bench: b"%PDF-1.7",
    "head and end": lambda bench: b"%PDF-1.7\n%%EOF\n",
    "zeros": lambda bench: bytes(4096),
    "a packed bomb": _bomb,
    "cross-references in a circle": _xref_loop,
    "a catalogue in a circle": _page_loop,
    "deep brackets": lambda bench: b"%PDF-1.7\n" + b"[" * 200_000 + b"\nstartxref\n9\n%%EOF\n",
    "too large": lambda bench: b"%PDF-1.7" + bytes(offline.MOST_BYTES),
}


def test_there_are_attacks_of_every_sort() -> None:
    assert len(ATTACKS) >= 40
    assert set(ATTACKS) >= _ALWAYS


# One of each sort is tried every time, all of them in the long proofs.
_ALWAYS = frozenset(
    {
        "a byte of the first page",
        "a byte of the room behind it",
        "an end after the end",
        "another letter after it",
        "cut to the first signature",
        "page painted over",
        "JSON swapped",
        "signatures stripped",
        "envelope zeroed",
        "range of nothing",
        "signed by another person of the authority",
        "signed by a rogue authority of the same names",
        "a third signature after the lock",
        "a page that says otherwise than its data",
        "a letter of another authority",
        "no PDF",
        "cross-references in a circle",
    }
)


@pytest.mark.parametrize(
    "what", [what if what in _ALWAYS else pytest.param(what, marks=pytest.mark.proof) for what in ATTACKS]
)
def test_no_attack_is_called_genuine_and_each_is_answered_with_reasons(what: str, bench: Bench) -> None:
    attacked = ATTACKS[what](bench)
    assert attacked not in (bench.one.final, bench.two.final)
    found = examine(attacked, Believed(roots=bench.director.roots, moment=REAL_TIME))
    assert found.answer != "genuine"
    assert [str(reason) for reason in (*found.faults, *found.doubts)]
    if what not in ("signed by another person of the authority", "both fields signed by one person"):
        assert found.answer == "not genuine"


def test_the_letters_that_are_attacked_are_genuine(bench: Bench) -> None:
    for letter in (bench.one.final, bench.two.final):
        found = examine(letter, Believed(roots=bench.director.roots, moment=REAL_TIME))
        assert (found.answer, found.faults, found.doubts) == ("genuine", (), ())


@pytest.mark.proof
@pytest.mark.parametrize("make", EVERY_KIND, ids=lambda make: make.__name__)
def test_a_genuine_letter_of_every_kind_is_accepted(make: Callable[[], Content], tmp_path: Path) -> None:
    content = make()
    ca = demonstration_authority(tmp_path, at=REAL_TIME)
    pdf = render(content)
    roots: tuple[x509.Certificate, ...] = ()
    for place, who in enumerate(content.signatories):
        office = f"office{place}"
        ca.issue(
            authority="kenya", office=office, holder=who.person_name, passphrase=PASSPHRASE, at=REAL_TIME
        )
        signer = load_signer(tmp_path, authority="kenya", office=office, passphrase=PASSPHRASE)
        pdf = sign(pdf, field_name=who.field_name, signer=signer, at=SIGNED_AT, real_time=REAL_TIME)
        roots = signer.roots
    found = examine(pdf, Believed(roots=roots, moment=REAL_TIME))
    assert (found.answer, found.faults, found.doubts) == ("genuine", (), ())


def test_the_wrong_person_is_found_where_the_register_says_who_signed(bench: Bench) -> None:
    believed = Believed(roots=bench.director.roots, moment=REAL_TIME)
    expected = {"signer": bench.director.fingerprint}
    found = examine(_signed_by_another(bench), believed, expected_fields=expected)
    assert [one.code for one in found.faults] == ["other-certificate"]


def test_without_a_root_nothing_can_be_said(bench: Bench) -> None:
    found = examine(bench.one.final, Believed(roots=(), moment=REAL_TIME))
    assert (found.answer, [one.code for one in found.doubts]) == ("cannot say", ["no-roots"])


def test_a_certificate_that_has_expired_since_leaves_it_open(bench: Bench) -> None:
    moment = REAL_TIME + timedelta(days=2000)
    found = examine(bench.one.final, Believed(roots=bench.director.roots, moment=moment))
    assert (found.answer, [one.code for one in found.doubts]) == ("cannot say", ["expired-since"])


# -- in a process of its own ---------------------------------------------------------------------------


def _alone(pdf: bytes, roots: list[Path], folder: Path) -> tuple[int, dict[str, object]]:
    """The file alone, copied away from the desk, which it cannot import."""
    copied = folder / "verify_letter.py"
    copied.write_bytes(Path(offline.__file__).read_bytes())
    forbidden = (
        "import sys; sys.modules.update(dict.fromkeys(('django', 'letters', 'pikepdf', 'weasyprint')));"
    )
    program = f"{forbidden} import runpy; runpy.run_path({str(copied)!r}, run_name='__main__')"
    trusted = [part for root in roots for part in ("--trust", str(root))]
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, "-", "--json", "--limited", *trusted],
        input=pdf,
        capture_output=True,
        cwd=folder,
    )
    assert done.stdout, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def _fresh(folder: Path) -> tuple[bytes, Path]:
    """A letter signed now: the file alone judges by the clock of the machine."""
    now = RealClock().now()
    ca = demonstration_authority(folder, at=now)
    ca.issue(authority="jordan", office="minister", holder="د. ليلى الخطيب", passphrase=PASSPHRASE, at=now)
    signer = load_signer(folder, authority="jordan", office="minister", passphrase=PASSPHRASE)
    unsigned = render(jordanian_authorisation())
    signed = sign(unsigned, field_name="signer", signer=signer, at=now, real_time=now)
    return signed, folder / "roots" / "demonstration.pem"


def test_the_file_alone_needs_nothing_of_the_desk(tmp_path: Path) -> None:
    letter, root = _fresh(tmp_path)
    status, said = _alone(letter, [root], tmp_path)
    assert (status, said["answer"], said["status"]) == (0, "genuine", None)
    status, said = _alone(letter + b" ", [root], tmp_path)
    assert (status, said["answer"]) == (1, "not genuine")
    status, said = _alone(letter, [], tmp_path)
    assert (status, said["answer"]) == (2, "cannot say")


@pytest.mark.parametrize(
    "what",
    [pytest.param("a packed bomb", marks=pytest.mark.proof), "deep brackets", "cross-references in a circle"],
)
def test_a_hostile_file_ends_in_its_own_process(what: str, bench: Bench, keys_dir: Path) -> None:
    root = keys_dir / "roots" / "demonstration.pem"
    found = examine_apart(ATTACKS[what](bench), roots=[root])
    assert not found.finished or found.faults


def test_every_revision_of_a_letter_but_the_last_is_refused(bench: Bench) -> None:
    reader = PdfFileReader(BytesIO(bench.two.final))
    assert reader.xrefs.total_revisions == 3
    believed = Believed(roots=bench.director.roots, moment=REAL_TIME)
    answers = [examine(pdf, believed).answer for pdf in (bench.two.unsigned, *bench.two.stages)]
    assert answers == ["not genuine", "not genuine", "genuine"]
