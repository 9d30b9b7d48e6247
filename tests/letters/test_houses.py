"""The house of an authority: its blocks and style, by language and version, and never a copy of a letter."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from letters.content import HouseUsed, Letter, canonical, digest, parse
from letters.houses import BLOCKS, BadHouse, in_force
from letters.rendering import render
from letters.typesetting import CannotTypeset
from tests.letters import sample_content as sample
from tests.letters.languages import words_of
from tests.letters.pdf_tools import text_of

HOUSES = Path(__file__).parent / "houses"
FRENCH = "Veuillez agréer, Madame, Monsieur"


@pytest.fixture
def houses(tmp_path: Path, settings: Settings) -> Path:
    """A copy of the houses of two authorities, to be changed."""
    settings.LETTER_HOUSES_DIR = Path(shutil.copytree(HOUSES, tmp_path / "houses"))
    return tmp_path / "houses"


def used(houses: Path, authority: str = "kenya", on: date = date(2026, 3, 9)) -> HouseUsed:
    found = in_force(houses, authority, on=on)
    assert found is not None
    return found


def in_house(houses: Path, language: str = "en", authority: str = "kenya") -> Letter:
    return sample.refusal().model_copy(update={"house": used(houses, authority), "language": language})


def test_the_version_is_the_latest_that_holds_on_the_day(houses: Path) -> None:
    assert in_force(houses, "kenya", on=date(2025, 12, 31)) is None
    assert in_force(houses, "ghana", on=date(2026, 3, 9)) is None
    assert used(houses).version == 1
    assert used(houses, on=date(2026, 6, 1)).version == 2
    assert used(houses, "jordan").dated == date(2025, 1, 1)


def test_a_block_is_overridden_in_its_language_and_the_rest_stays(houses: Path) -> None:
    plain = words_of(sample.refusal()).splitlines()
    own = words_of(in_house(houses)).splitlines()
    # One line more, and one that is longer: nothing else of the letter is another.
    assert [line for line in own if line not in plain] == [
        "Kenya – Letter of refusal KEN-REF-2026-0001 – Harambee",
        "Yours faithfully, for Kenya",
    ]
    french = words_of(in_house(houses, "fr"))
    assert FRENCH in french
    assert "Yours faithfully" not in french
    arabic = words_of(in_house(houses, "ar", "jordan"))
    assert "وتفضلوا بقبول فائق الاحترام" in arabic
    assert "Yours" not in words_of(in_house(houses, "en", "jordan"))


def test_the_letter_freezes_its_house_and_a_later_version_changes_nothing(houses: Path) -> None:
    letter = in_house(houses)
    before = render(letter)
    assert parse(canonical(letter)) == letter
    assert digest(letter) != digest(sample.refusal())
    shutil.copytree(houses / "kenya" / "2", houses / "kenya" / "3")
    assert render(letter) == before
    assert "Yours faithfully" in text_of(before)
    # Letters drawn before there were houses keep their digest.
    assert b"house" not in canonical(sample.refusal())


def test_a_version_that_was_changed_afterwards_is_refused(houses: Path) -> None:
    letter = in_house(houses)
    block = houses / "kenya" / "1" / "closing.html"
    block.write_text(block.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(CannotTypeset, match="a change is a new version"):
        render(letter)
    shutil.rmtree(houses / "kenya")
    with pytest.raises(CannotTypeset, match="Version 1 of the letters of kenya"):
        render(letter)


def test_a_house_overrides_blocks_and_no_letter(houses: Path) -> None:
    (houses / "kenya" / "1" / "authorisation.html").write_text("All of it", "utf-8")
    with pytest.raises(BadHouse, match=r"authorisation\.html is no block.*closing"):
        in_force(houses, "kenya", on=date(2026, 3, 9))
    (houses / "jordan" / "1" / "house.toml").write_text("", "utf-8")
    with pytest.raises(BadHouse, match="in_force_from"):
        in_force(houses, "jordan", on=date(2026, 3, 9))


def test_every_block_has_its_place_in_letters() -> None:
    templates = Path(__file__).resolve().parents[2] / "templates" / "letters"
    pages = "".join(page.read_text("utf-8") for page in templates.glob("*.html"))
    assert all(f'{{% house "{name}" %}}' in pages for name in BLOCKS)
