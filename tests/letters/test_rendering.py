"""A letter's content becomes the same readable, tagged PDF each time, and nothing else gets in."""

import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings

from letters.content import Ceilings, Letter, TotalCeiling, canonical
from letters.inspection import attached_content
from letters.rendering import render
from letters.stamps import render_stamp
from letters.typesetting import CannotTypeset, fonts
from tests.letters import sample_content as sample
from tests.letters.conftest import SignedLetter
from tests.letters.pdf_tools import pages_of_text, said_by, text_of

DEMONSTRATION = "DEMONSTRATION – not an official letter"
MAKERS: list[Callable[[], Letter]] = [
    *sample.EVERY_KIND,
    sample.jordanian_authorisation,
]


@pytest.fixture(scope="module")
def rendered() -> dict[str, bytes]:
    return {make.__name__: render(make(), crest_svg=sample.CREST) for make in MAKERS}


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_every_kind_is_a_sound_pdf_that_carries_its_content(
    make: Callable[[], Letter], rendered: dict[str, bytes], tmp_path: Path
) -> None:
    pdf = rendered[make.__name__]
    assert attached_content(pdf) == canonical(make())
    status, words = said_by(["qpdf", "--check"], pdf, tmp_path)
    assert status == 0, words
    assert "No syntax or stream encoding errors" in words


def test_the_same_content_gives_the_same_bytes(rendered: dict[str, bytes]) -> None:
    assert render(sample.partial_authorisation(), crest_svg=sample.CREST) == rendered["partial_authorisation"]


def test_the_same_content_gives_the_same_bytes_in_a_fresh_process(rendered: dict[str, bytes]) -> None:
    code = (
        "import django, hashlib; django.setup()\n"
        "from letters.rendering import render\n"
        "from tests.letters import sample_content as sample\n"
        "pdf = render(sample.authorisation(), crest_svg=sample.CREST)\n"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DEMONSTRATION": "1",
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
    }
    found = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == hashlib.sha256(rendered["authorisation"]).hexdigest()


def test_the_crest_and_every_value_change_the_bytes(rendered: dict[str, bytes]) -> None:
    assert render(sample.refusal()) != rendered["refusal"]
    assert render(sample.refusal(code="ZZZZ-ZZZZ-ZZZZ"), crest_svg=sample.CREST) != rendered["refusal"]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_demonstration_says_so_on_every_page_and_a_letter_in_earnest_on_none(
    make: Callable[[], Letter], rendered: dict[str, bytes]
) -> None:
    pages = pages_of_text(rendered[make.__name__])
    assert pages
    assert [DEMONSTRATION in page for page in pages] == [make().demonstration] * len(pages)
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all(make().code in page and make().number in page for page in pages)


def test_an_authorisation_says_all_fourteen_items(rendered: dict[str, bytes]) -> None:
    text = text_of(rendered["authorisation"])
    for words in (
        "Letter of authorisation",
        "Not yet assigned. The identifier given by the United Nations platform",
        "Kenya (KEN); Norway (NOR)",
        "Nordic Climate Facility",
        "Nairobi, 9 March 2026",
        "31 December 2030",
        "Towards the achievement of a nationally determined contribution (NDC)",
        "Purpose in the agreed electronic format: NDC.",
        "the first international transfer (decision 2/CMA.3, annex, paragraph 2(a))",
        "after thirty days' notice",
        "Up to 112 000 t CO₂ eq",
        "AR5 100-year",
        "CO₂, CH₄, N₂O",
        "Energy Efficiency households",
        "1 January 2024 to 31 December 2030",
        "National registry of Kenya (KEN01)",
        "Metered and measured energy cooking devices",
        "KEN-AUTH-0012",
        "It takes effect on the last",
        "activity.expected_tco2e",
        "corresponding adjustment",
        "This letter is public.",
    ):
        assert words in text, words
    assert "4/CMA.6" not in text


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            "intent",
            [
                "Kenya intends to consider the authorisation of this activity",
                "It authorises nothing",
                "Valid until 9 March 2028",
                "the report on the consultation of stakeholders",
                # The sentence goes on in the next line, and the check of the letter stands beside it.
                "It takes effect on the last",
            ],
        ),
        ("no_objection", ["No end is set", "Volume 62 000 t CO₂ eq", "deputy for Wanjiru Odhiambo"]),
        (
            "acknowledgement",
            [
                "No authorisation of its outcomes was asked for, and none is given.",
                "None, unless an authorisation is given later",
                "The authority is told each year",
            ],
        ),
        (
            "appeal",
            [
                "The appeal is dismissed",
                "The decision of 9 March 2026 in case KEN-2026-0031 (refusal)",
                "The baseline was read",
            ],
        ),
    ],
)
def test_what_authorises_nothing_says_what_it_does(
    make: str, said: list[str], rendered: dict[str, bytes]
) -> None:
    text = text_of(rendered[make])
    for words in said:
        assert words in text, words


def test_what_nobody_had_to_state_yet_is_not_called_missing(rendered: dict[str, bytes]) -> None:
    assert "Not stated" not in text_of(rendered["intent"]) + text_of(rendered["acknowledgement"])
    assert "Not stated" in text_of(rendered["request_for_completion"])


def test_an_upheld_appeal_says_what_follows() -> None:
    text = text_of(render(sample.upheld_appeal()))
    assert "The appeal is upheld" in text
    assert "The matter is taken up again, in a new case that starts with the review" in text


def test_a_partial_authorisation_shows_its_arithmetic_and_its_reasons(rendered: dict[str, bytes]) -> None:
    text = text_of(rendered["partial_authorisation"])
    for words in (
        "2025 50 000 40 000 10 000",
        "2031 1 500 000 0 1 500 000",
        "Total 1 622 000 112 000 1 510 000",
        "Uses NDC, IMP, OP NDC, IMP",
        "Share kept by the host: 2.5 per cent of each transfer, in t CO₂ eq",
        "Total 112 000 2 800 109 200",
        "Cap of the sector “Energy generation”, in t CO₂ eq",
        "Less what other authorisations and decisions hold 4 880 000",
        "2025 mitigation contribution 10 001 501 201 9 299",
        "1 40 000 50 000 40 000",
        "rounded up to the next whole tonne",
        "Vintage 2031 lies outside the implementation period of the contribution.",
        "specifies the issuance of the outcomes as the first transfer",
        "the earlier of the two events is the first transfer",
        "It takes effect on 1 April 2026, but not before the last signature.",
        "Price per tonne – commercial secret",
    ):
        assert words in text, words


def test_a_refusal_and_a_request_for_completion_say_what_they_must(rendered: dict[str, bytes]) -> None:
    refusal = text_of(rendered["refusal"])
    assert "Refused. Nothing is authorised." in refusal
    assert "No agreement between the participating Parties is in force." in refusal
    assert "remain open to the applicant" in refusal
    request = text_of(rendered["request_for_completion"])
    for item in sample.request_for_completion().items:
        assert item.label in request
        assert item.path in request
    assert "by the end of 9 April 2026" in request


def test_no_ceiling_and_a_total_ceiling_are_said_in_words() -> None:
    without = text_of(render(sample.authorisation(ceilings=Ceilings(none_because="not_requested"))))
    assert "has no ceiling of its own" in without
    assert "Authorised, at most" not in without
    total = TotalCeiling(tonnes=50_000, first_vintage=2024, last_vintage=2026)
    bounded = text_of(render(sample.authorisation(ceilings=Ceilings(total=total))))
    assert "holds over the vintages 2024 to 2026" in bounded
    assert "Authorised, at most" not in bounded


def test_thirty_vintages_are_all_there(rendered: dict[str, bytes]) -> None:
    text = text_of(rendered["jordanian_authorisation"])
    assert all(f" {year} 1 236 " in text for year in range(2021, 2051))
    assert "No entity is authorised in this letter." in text
    assert "Not applicable – no official code fits" in text


def test_the_fields_stand_in_the_tag_tree_where_the_page_names_who_signs(rendered: dict[str, bytes]) -> None:
    pdf = rendered["partial_authorisation"]
    (signed,) = (number for number, said in enumerate(pages_of_text(pdf)) if "Josphat arap Kiprono" in said)
    with pikepdf.open(BytesIO(pdf)) as document:
        root = document.Root
        fields = list(root.AcroForm.Fields)
        assert [str(field.T) for field in fields] == ["director", "minister"]
        assert ["/Lock" in field for field in fields] == [False, True]
        numbers = list(root.StructTreeRoot.ParentTree.Nums)
        elements = dict(zip((int(key) for key in numbers[::2]), numbers[1::2], strict=True))
        page = document.pages[signed]
        for field in fields:
            element = elements[int(field.StructParent)]
            assert pikepdf.Name.Form == element.S
            assert str(element.Alt).startswith("Signature of ")
            assert str(field.TU) == str(element.Alt)
            assert field.P.objgen == page.objgen
            left, bottom, right, top = (float(edge) for edge in field.Rect)
            assert 0 < left < right < 596
            assert 0 < bottom < top < 842
        assert len({int(field.StructParent) for field in fields}) == 2
        assert "/V" not in fields[0]


def test_the_letter_declares_pdf_a_and_pdf_ua_and_marks_its_headings(rendered: dict[str, bytes]) -> None:
    with pikepdf.open(BytesIO(rendered["authorisation"])) as document:
        metadata = document.Root.Metadata.read_bytes()
        assert b'pdfaid:part="3"' in metadata
        assert b'pdfaid:conformance="A"' in metadata
        assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
        assert str(document.Root.Lang) == "en"
        assert [str(item.AFRelationship) for item in document.Root.AF] == ["/Data"]
        tags = [str(item.S) for item in document.objects if _is_element(item)]
    assert tags.count("/H1") == 1
    assert tags.count("/H2") >= 12
    assert {"/Table", "/TH", "/TD", "/Figure", "/Link", "/Form"} <= set(tags)


def _is_element(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.StructElem


def test_only_our_fonts_are_in_the_letter_and_all_are_embedded(
    signed_letter: SignedLetter, tmp_path: Path
) -> None:
    status, words = said_by(["pdffonts"], signed_letter.final, tmp_path)
    assert status == 0
    rows = words.splitlines()[2:]
    assert rows
    for row in rows:
        name, *_middle = row.split()
        assert name.split("+")[1].startswith("Noto-Sans")
        assert row.split()[-5:-2] == ["yes", "yes", "yes"]


def test_rendering_warns_of_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        render(sample.jordanian_authorisation(), crest_svg=sample.CREST)
    assert caplog.messages == []


def test_names_are_text_and_never_markup() -> None:
    title = "<img src='file:///etc/passwd'> & <b>{{ content.code }}</b>"
    text = text_of(render(sample.authorisation(activity=sample.activity(title=title))))
    assert title in text


@pytest.mark.parametrize("address", ["file:///etc/passwd", "https://elsewhere.example/arms.png"])
def test_nothing_is_loaded_from_anywhere(address: str) -> None:
    crest = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="{address}"/></svg>'
    with pytest.raises(CannotTypeset, match="may not load"):
        render(sample.refusal(), crest_svg=crest.encode())


def test_a_crest_that_cannot_be_drawn_is_not_left_out() -> None:
    with pytest.raises(CannotTypeset, match="could not be set whole"):
        render(sample.refusal(), crest_svg=b"no picture")


def test_a_name_that_no_font_can_draw_is_refused_rather_than_lost() -> None:
    with pytest.raises(CannotTypeset, match=r"ཀ \(U\+0F40\).*LETTER_FONT_DIR"):
        render(sample.refusal(place="ཀ"))


def test_a_letter_in_arabic_runs_from_right_to_left() -> None:
    pdf = render(sample.partial_authorisation(language="ar"))
    assert "مارس" in text_of(pdf)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "ar"
        left = float(document.Root.AcroForm.Fields[0].Rect[0])
        assert left > float(document.Root.AcroForm.Fields[1].Rect[0])


def test_nobody_signs_a_page_that_says_nothing() -> None:
    """With as many grounds, the signature goes over to a page of its own: what is said last goes with it."""
    for several in range(7, 13):
        grounds = tuple(
            f"Ground {number}: a report of that year was not handed in in time." for number in range(several)
        )
        *_others, last = pages_of_text(render(sample.amendment(grounds=grounds)))
        assert "Signature" in last
        assert "Takes effect" in last
        assert "remedies" in last


def test_a_table_never_leaves_a_single_row_on_a_page() -> None:
    """However much stands before it: the rows of the approach are on one page, or at least two on each."""
    labels = ("Identifier", "Name", "Authorising Party", "Participating Parties", "Agreement", "Duration")
    split = 0
    for lines in range(0, 12, 2):
        before = sample.authorisation(place="Nairobi " * (8 * lines + 1))
        pages = pages_of_text(render(before, crest_svg=sample.CREST))
        rows = [sum(f"\n{label}" in page.split("1. ", 1)[-1] for label in labels) for page in pages[:3]]
        split += rows.count(6) == 0
        assert 1 not in rows[:2], (lines, rows)
    assert split


def test_letters_ask_for_no_features_of_fonts(rendered: dict[str, bytes]) -> None:
    """WeasyPrint gives back nothing of what Pango keeps of them: a worker would grow with each letter."""
    render_stamp(
        width=200,
        height=80,
        person="Wanjiru Odhiambo",
        office="Director General",
        holder="Wanjiru Odhiambo",
        issuer="Authority for Carbon Markets",
        at=datetime(2026, 3, 9, 9, tzinfo=UTC),
        language="en",
        demonstration=True,
    )
    assert rendered
    used = fonts().configuration
    assert used.strut_layouts  # of which WeasyPrint keeps as many as there are styles
    assert used.font_features == {}
