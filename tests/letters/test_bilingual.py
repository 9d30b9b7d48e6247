"""A letter in two languages side by side: the same parts, one signature, and nothing that only one says."""

from pathlib import Path

import pikepdf
import pytest
from pytest_django.fixtures import Settings

from authorisation.models import Case
from letters.bilingual import side_by_side
from letters.content import (
    Authorisation,
    Confidential,
    ContentInvalid,
    Letter,
    canonical,
    content_beside,
    in_second_language,
    parse,
)
from letters.redaction import public_copy
from letters.rendering import render
from letters.typesetting import CannotTypeset
from tests.authorisation.factories import letter_due, letter_of, two_staffs
from tests.letters import sample_content as sample
from tests.letters.pdf_tools import text_of


def in_two(first: Letter, second: str) -> Letter:
    return in_second_language(first, first.model_copy(update={"language": second}))


def test_every_part_stands_in_both_languages_and_is_signed_once(tmp_path: Path) -> None:
    letter = in_two(sample.refusal(), "fr")
    pdf = render(letter)
    assert render(parse(canonical(letter))) == pdf
    text = text_of(pdf)
    for words in ("Letter of refusal", "Lettre de refus", "Reasons", "Motifs", "Remedies"):
        assert words in text, words
    (tmp_path / "letter.pdf").write_bytes(pdf)
    with pikepdf.open(tmp_path / "letter.pdf") as document:
        assert len(document.Root.AcroForm.Fields) == 1
        assert str(document.Root.Lang) == "en"
        width, height = (float(edge) for edge in document.pages[0].MediaBox[2:])
    assert width > height


def test_what_stands_beside_is_the_same_letter_in_another_language() -> None:
    refusal = sample.refusal()
    assert content_beside(refusal) is None
    for wrong in (
        refusal,
        sample.refusal(number="KEN-REF-2026-0002", language="fr"),
        sample.receipt(language="fr"),
    ):
        with pytest.raises(ContentInvalid, match="in one other language"):
            in_second_language(refusal, wrong)


def test_pages_that_do_not_match_are_not_set() -> None:
    page = "<body><!-- says --><h1>One &amp; only</h1><p>Two<br>lines</p><!-- said --></body>"
    made = side_by_side(page, page.replace("One", "Un"), language="fr", direction="ltr")
    assert made.count('class="in-two"') == 2
    assert '<div lang="fr" dir="ltr"><h1>Un &amp; only</h1></div>' in made
    assert "<div><p>Two<br>lines</p></div>" in made
    with pytest.raises(CannotTypeset, match="same parts"):
        side_by_side(page, page.replace("<h1>One &amp; only</h1>", ""), language="fr", direction="ltr")
    with pytest.raises(CannotTypeset, match="does not mark"):
        side_by_side("<body></body>", page, language="fr", direction="ltr")


def test_the_public_copy_leaves_out_in_both_languages() -> None:
    part = Confidential(what="location", basis="Act 12", paths=("activity.location",))
    copied = public_copy(in_two(sample.authorisation(confidential=(part,)), "fr"))
    assert isinstance(copied, Authorisation)
    assert "Nakuru, Baringo" not in canonical(copied).decode()
    assert canonical(copied).decode().count("Act 12]") == 2


@pytest.mark.django_db
def test_an_authority_says_in_which_language_its_letters_stand_beside(
    settings: Settings, tmp_path: Path
) -> None:
    ours, theirs = two_staffs()
    folder = tmp_path / ours.authority.slug / "1"
    folder.mkdir(parents=True)
    (folder / "house.toml").write_text('in_force_from = 2020-01-01\nbeside = "ar"\n', "utf-8")
    settings.LETTER_HOUSES_DIR = tmp_path
    letter = parse(letter_of(letter_due(ours)).content.encode())
    other = content_beside(letter)
    assert other is not None
    assert (letter.language, other.language) == ("en", "ar")
    assert letter.party.name == "Ghana"
    assert other.party.name == "غانا"
    assert content_beside(parse(letter_of(letter_due(theirs)).content.encode())) is None
    assert Case.objects.count() == 2
