"""What others say of the format: veraPDF of both profiles, and a reader of QR codes of the code."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from django.test import Client
from PIL import Image, ImageChops

from letters import storage
from letters.content import Confidential, Letter, in_second_language
from letters.fonts import undrawable
from letters.redaction import public_copy
from letters.rendering import render
from tests.authorisation.factories import issued, letter_due, two_staffs
from tests.letters import sample_content as sample
from tests.letters.conftest import SignedLetter
from tests.letters.papers import issued_on_paper
from tests.letters.verapdf import PROFILES, verdicts

LANGUAGES = ("en", "fr", "es", "pt", "ar")
# Names as people and companies write them, in every script for which there is a font.
NAMES = {
    "arabic": "شركة وادي الأردن للطاقة",
    "khmer": "ក្រុមហ៊ុនថាមពលកម្ពុជា",
    "lao": "ບໍລິສັດພະລັງງານລາວ",
    "thai": "บริษัทพลังงานสะอาดไทย จำกัด",
    "devanagari": "हिमालय ऊर्जा प्राइवेट लिमिटेड",
    "bengali": "পদ্মা নবায়নযোগ্য শক্তি লিমিটেড",
    "myanmar": "မြန်မာစွမ်းအင်ကုမ္ပဏီ",
    "ethiopic": "የኢትዮጵያ ኢነርጂ ኩባንያ",
    "georgian": "საქართველოს ენერგია",
    "armenian": "Հայաստանի էներգիա",
    "hebrew": "אנרגיה ירוקה בעמ",
    "sinhala": "ලංකා බලශක්ති සමාගම",
    "tamil": "தமிழ் எரிசக்தி நிறுவனம்",
    "chinese": "昆明可再生能源有限公司",
    "japanese": "株式会社グリーンエネルギー",
    "korean": "한국녹색에너지 주식회사",
    "cyrillic": "Ўзбекистон энергияси",
}


def in_language(make: Callable[[], Letter], language: str) -> Letter:
    return make().model_copy(update={"language": language})


def named(name: str) -> Letter:
    letter = sample.refusal()
    return letter.model_copy(update={"addressee": letter.addressee.model_copy(update={"name": name})})


def broken(folder: Path, files: dict[str, bytes]) -> dict[tuple[str, str], tuple[str, ...]]:
    """What is broken, by file and profile; every file has a verdict of both profiles."""
    found = verdicts(folder, files)
    assert set(found) == {(name, profile) for name in files for profile in PROFILES}
    return {name: verdict.broken for name, verdict in found.items() if not verdict.passes}


@pytest.mark.proof
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_pdf_a_and_pdf_ua_in_every_language(language: str, tmp_path: Path) -> None:
    letters = {
        make.__name__: render(in_language(make, language), crest_svg=sample.CREST)
        for make in sample.EVERY_KIND
    }
    assert broken(tmp_path, letters) == {}


@pytest.mark.proof
def test_signed_letters_and_names_in_every_script_are_pdf_a_and_pdf_ua_too(
    signed_letter: SignedLetter, twice_signed_letter: SignedLetter, tmp_path: Path
) -> None:
    letters = {script: render(named(name)) for script, name in NAMES.items()}
    letters |= {"once": signed_letter.final, "twice": twice_signed_letter.final}
    letters["long"] = render(sample.jordanian_authorisation())
    assert broken(tmp_path, letters) == {}


@pytest.mark.proof
@pytest.mark.parametrize("second", ["fr", "ar"])
def test_letters_in_two_languages_and_public_copies_are_pdf_a_and_pdf_ua_too(
    second: str, tmp_path: Path
) -> None:
    letters = {
        make.__name__: render(in_second_language(make(), in_language(make, second)))
        for make in sample.EVERY_KIND
    }
    part = Confidential(what="location", basis="Act 12", paths=("activity.location",))
    copied = public_copy(sample.authorisation(confidential=(part,), language=second))
    assert copied is not None
    letters["public"] = render(copied)
    assert broken(tmp_path, letters) == {}


@pytest.mark.proof
@pytest.mark.django_db
def test_what_is_signed_by_hand_and_its_certified_copy_are_pdf_a_and_pdf_ua_too(tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    letter = issued_on_paper(ours, letter_due(ours))
    files = {"print": storage.fetch(letter.paper_sha256), "copy": storage.fetch(letter.signed_sha256)}
    assert broken(tmp_path, files) == {}


@pytest.mark.proof
def test_the_validator_tells_bad_from_good(tmp_path: Path) -> None:
    good = render(sample.refusal())
    bad = good.replace(b"<pdfuaid:part>1</pdfuaid:part>", b"<pdfuaid:part>9</pdfuaid:part>")
    # The metadata stream is not compressed, as PDF/A wants it.
    assert bad != good
    found = verdicts(tmp_path, {"good": good, "bad": bad})
    assert found["good", "PDFUA-1"].passes
    assert not found["bad", "PDFUA-1"].passes
    assert found["bad", "PDFUA-1"].broken


@pytest.mark.parametrize("script", NAMES)
def test_every_name_is_drawn(script: str) -> None:
    assert undrawable(NAMES[script]) == []


def read_code(pdf: bytes, folder: Path, *, resolution: int = 100) -> list[str]:
    """What a telephone reads from the printed pages."""
    (folder / "letter.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-png", "-r", str(resolution), folder / "letter.pdf", folder / "page"], check=True
    )
    found = []
    for page in sorted(folder.glob("page-*.png")):
        with Image.open(page) as image:
            found += [code.text for code in zxingcpp.read_barcodes(image)]
    return found


@pytest.mark.proof
@pytest.mark.parametrize("make", sample.EVERY_KIND, ids=lambda make: make.__name__)
def test_the_code_of_every_kind_is_read_back_from_its_picture(
    make: Callable[[], Letter], tmp_path: Path
) -> None:
    for language in LANGUAGES:
        folder = tmp_path / language
        folder.mkdir()
        assert read_code(render(in_language(make, language)), folder) == [make().check_url]


@pytest.mark.django_db
def test_the_code_on_a_letter_is_read_back_and_leads_to_its_check(client: Client, tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    letter = issued(ours, letter_due(ours))
    (address,) = read_code(storage.fetch(letter.signed_sha256), tmp_path)
    assert address.endswith(f"/check/{letter.code}/")
    page = client.get("/" + address.split("/", 3)[3])
    assert page.status_code == 200
    assert letter.number in page.content.decode()


# -- what the main letters look like ---------------------------------------------------------------

LOOKS: dict[str, Callable[[], Letter]] = {
    "authorisation.en": sample.authorisation,
    "partial_authorisation.ar": lambda: in_language(sample.partial_authorisation, "ar"),
    "refusal.fr": lambda: in_language(sample.refusal, "fr"),
    "revocation.es": lambda: in_language(sample.revocation, "es"),
    "fee_notice.pt": lambda: in_language(sample.fee_notice, "pt"),
}


def pictures(pdf: bytes, folder: Path) -> list[Path]:
    """The pages as small grey pictures."""
    (folder / "letter.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-png", "-gray", "-r", "40", str(folder / "letter.pdf"), str(folder / "page")],
        check=True,
    )
    return sorted(folder.glob("page-*.png"))


def differing(page: Path, kept: Path) -> float:
    """Of a page, the part whose grey differs by more than anti-aliasing does."""
    with Image.open(page) as now, Image.open(kept) as before:
        assert now.size == before.size
        histogram = ImageChops.difference(now.convert("L"), before.convert("L")).histogram()
    return sum(histogram[64:]) / sum(histogram)


@pytest.mark.proof
@pytest.mark.parametrize("name", LOOKS)
def test_the_main_letters_look_as_they_are_known_to_look(name: str, tmp_path: Path) -> None:
    """What looks otherwise on purpose is drawn anew with GOLDEN=1 in the environment, and looked at."""
    pages = pictures(render(LOOKS[name](), crest_svg=sample.CREST), tmp_path)
    folder = Path(__file__).parent / "golden" / "looks"
    if os.environ.get("GOLDEN"):
        folder.mkdir(exist_ok=True)
        for old in folder.glob(f"{name}-*.png"):
            old.unlink()
        for number, page in enumerate(pages, start=1):
            shutil.copy(page, folder / f"{name}-{number}.png")
    kept = sorted(folder.glob(f"{name}-*.png"))
    assert len(kept) == len(pages)
    # A word that moves by a line differs in more than a thousandth of a page.
    assert [differing(page, before) < 0.001 for page, before in zip(pages, kept, strict=True)] == [
        True for _page in pages
    ]


@pytest.mark.proof
def test_a_picture_of_another_letter_is_told_apart(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    one = pictures(render(sample.refusal()), first)
    other = pictures(
        render(sample.refusal(reasons=("Another reason altogether, and a longer one.",))), second
    )
    assert differing(one[0], other[0]) > 0.001
