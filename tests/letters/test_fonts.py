"""Fonts are the pinned ones, unchanged, and say what they cannot draw."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings

from letters import fonts as fonts_module
from letters.fonts import FontsUnusable, letter_fonts
from letters.typesetting import fonts


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A copy of this process's prepared fonts, to be spoilt."""
    fonts()
    source = settings.FONT_CACHE_DIR
    return Path(shutil.copytree(source, tmp_path / "fonts"))


def test_prepared_fonts_are_used_again_as_they_are(prepared: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in prepared.glob("static-*/*")}
    assert letter_fonts(prepared).missing("Größe Ελλάδα Россия الأردن CO₂") == []
    assert {path: path.stat().st_mtime_ns for path in prepared.glob("static-*/*")} == before


def test_a_character_without_a_font_is_named_once() -> None:
    assert fonts().missing("a ཀ ཁ ཀ\n") == ["ཀ", "ཁ"]


def test_a_changed_prepared_font_is_refused(prepared: Path) -> None:
    font = next(prepared.glob("static-*/NotoSans-Bold.ttf"))
    data = bytearray(font.read_bytes())
    data[-1] ^= 1
    font.write_bytes(bytes(data))
    with pytest.raises(FontsUnusable, match="were changed"):
        letter_fonts(prepared)


def test_a_font_that_is_not_the_pinned_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = fonts_module._FACES[0]
    false = tmp_path / "NotoSans.ttf"
    shutil.copy(face.source.path, false)
    with false.open("ab") as file:
        file.write(b"x")
    source = fonts_module._Source(false, face.source.sha256)
    monkeypatch.setattr(fonts_module, "_FACES", (fonts_module._Face(source, 400, "NotoSans-Regular.ttf"),))
    with pytest.raises(FontsUnusable, match="not the pinned one"):
        letter_fonts(tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_font_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FontsUnusable, match="LETTER_FONT_DIR"):
        letter_fonts(tmp_path, tmp_path / "nowhere")


def test_an_extra_folder_adds_its_characters(prepared: Path, tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    extra.mkdir()
    shutil.copy(next(prepared.glob("static-*/NotoSans-Regular.ttf")), extra / "more.ttf")
    assert letter_fonts(prepared, extra).coverage >= letter_fonts(prepared).coverage
    (extra / "broken.otf").write_bytes(b"no font")
    letter_fonts.cache_clear()
    with pytest.raises(FontsUnusable, match=r"broken\.otf"):
        letter_fonts(prepared, extra)
