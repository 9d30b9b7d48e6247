"""The fonts of letters: from pinned packages (and LETTER_FONT_DIR), never from the machine.

The packages hold variable fonts. Letters embed static ones, made from them once and kept in a cache
folder: a variable font would be cut anew for every letter and would carry the time of day into the file.
Fontconfig is pointed at that folder alone, so that the same letter has the same bytes on every machine.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Final
from xml.sax.saxutils import escape

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import fontTools
import manimgx_fonts
import noto_cjk_sans_jp_regular
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from fontTools.varLib.instancer import instantiateVariableFont
from weasyprint.text.fonts import FontConfiguration

_VARIATION_TABLES: Final = ("fvar", "gvar", "avar", "HVAR", "VVAR", "MVAR", "cvar", "STAT")
_ENVIRONMENT = Lock()


class FontsUnusable(RuntimeError):
    """Fonts are missing, are not the pinned ones or were changed; the sentence says which."""


@dataclass(frozen=True)
class _Source:
    """One variable font of a package, pinned by SHA-256."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class _Face:
    """One static font that is made: weight 400 is the default of its source, 700 is instantiated.

    Of a source that is static already (`as_it_is`) it is a copy.
    """

    source: _Source
    weight: int
    file_name: str
    as_it_is: bool = False


# Scripts in which Parties write the names of people and companies, each a variable font of one package.
_SCRIPTS: Final = {
    "Armenian": "e979dfaed56ddb4bfd05121958b25425eb7593253d64b6b3654c77c11c5cda94",
    "Bengali": "dc9defe97bb041876b6609e9029d9e1e228a686259acde2fe2a9f99d793ee17d",
    "Devanagari": "bf99bf762743ff3259e73196852520ab0ffe8d384238bff3e4806a84b981e972",
    "Ethiopic": "93f223089e300b983dbfd693c7be619e0e76565a70d639e71a4fe0bfd72cf66f",
    "Georgian": "42f4a8bf4fe0af8afd91ee3c19e81e14f1bc74ddbd9b6a59a4182f67a596adb4",
    "Hebrew": "9d81d81ad592644487b03843da73a87b99cd28a2c4da4a096e1db8fbd14fda61",
    "Khmer": "56f89948a84cc0b01962ed6af573ac4ac885bd7bb6e7e40f9afc72a435728b70",
    "Lao": "fc138d605aa998d8407789ee6a7f5554aae8b54f5cd98d66dd2c33e79d15b67e",
    "Myanmar": "e0b280aa3080aab922800c88fa9a2015a4bec3103bb8b70491a92e4a04f3a3a3",
    "Sinhala": "3fd7c6a61cb6dfb8a2ca7af5b4078bd24e9c8ad9b55839a0177277db6e4d1326",
    "Tamil": "37e151cdec4a8cfb15c432f7bb164a83b98df69419d47e50b35aa7073963716b",
    "Thai": "13f52f79b04f01f2751a81052a5dee2df639fd4e13f4ac30821ab45c8dd5f7e7",
}


def _script(name: str, sha256: str) -> _Source:
    return _Source(Path(manimgx_fonts.__file__).parent / f"NotoSans{name}[wght].ttf", sha256)


_LATIN: Final = _Source(
    Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf",
    "bfb7bb691513f12e734dc346c03a03f784912432d7e3fa8e56efcf906fe86b3d",
)
_ARABIC: Final = _Source(
    Path(fontpkg_noto_sans_arabic.ROOT) / "files" / "NotoSansArabic[wdth,wght].ttf",
    "63111b5b2e074dd48cc67692e0a2726d86ee94c1c37fe8598257b7b4e87e869e",
)
_FACES: Final = (
    _Face(_LATIN, 400, "NotoSans-Regular.ttf"),
    _Face(_LATIN, 700, "NotoSans-Bold.ttf"),
    _Face(_ARABIC, 400, "NotoSansArabic-Regular.ttf"),
    _Face(_ARABIC, 700, "NotoSansArabic-Bold.ttf"),
    *(
        _Face(_script(name, sha256), weight, f"NotoSans{name}-{style}.ttf")
        for name, sha256 in _SCRIPTS.items()
        for weight, style in ((400, "Regular"), (700, "Bold"))
    ),
    # Han, kana and hangul in one weight: of a second one, a letter would gain little and a machine lose much.
    _Face(
        _Source(
            Path(noto_cjk_sans_jp_regular.__file__).parent / "NotoSansCJKjp-Regular.otf",
            "68a3fc98800b2a27b371f2fb79991daf3633bd89309d4ffaa6946fd587f375b5",
        ),
        400,
        "NotoSansCJKjp-Regular.otf",
        as_it_is=True,
    ),
)
_CHECKSUMS: Final = "SHA256SUMS"


@dataclass(frozen=True)
class LetterFonts:
    """Fonts ready for use: WeasyPrint's shared configuration, and every character they can draw."""

    configuration: FontConfiguration
    coverage: frozenset[int]

    def missing(self, text: str) -> list[str]:
        """The characters of `text` that no font can draw, each once, in order of appearance."""
        return _missing(text, self.coverage)


@lru_cache(maxsize=4)
def letter_fonts(cache_dir: Path, extra: Path | None = None) -> LetterFonts:
    """The fonts, made below `cache_dir` where they are not there yet; `extra` adds a folder of fonts.

    One configuration is shared by all letters of the process (a new one each time leaks memory).
    The first call on an empty cache takes several seconds. Raises FontsUnusable.
    """
    if extra is not None and not extra.is_dir():
        raise FontsUnusable(f"LETTER_FONT_DIR names {extra}, which is not a folder.")
    folder = _static_fonts(cache_dir)
    files = [folder / face.file_name for face in _FACES]
    files += _fonts_in(extra)
    coverage = frozenset(code for file in files for code in _characters(file))
    configuration_file = _fontconfig_file(cache_dir, [folder, *([extra] if extra else [])])
    with _environment("FONTCONFIG_FILE", str(configuration_file)):
        return LetterFonts(configuration=FontConfiguration(), coverage=coverage)


def undrawable(text: str, extra: Path | None = None) -> list[str]:
    """The characters of `text` that no font of letters could draw. Makes no fonts, so it is quick."""
    return _missing(text, _coverage_of_sources(extra))


@lru_cache(maxsize=4)
def _coverage_of_sources(extra: Path | None) -> frozenset[int]:
    files = [*{face.source.path for face in _FACES}, *_fonts_in(extra)]
    return frozenset(code for file in files for code in _characters(file))


def _missing(text: str, coverage: frozenset[int]) -> list[str]:
    # Line ends, tabs and the isolating characters of Unicode are never drawn.
    unseen = "\n\r\t\u2068\u2069"
    return list(dict.fromkeys(sign for sign in text if ord(sign) not in coverage and sign not in unseen))


def _fonts_in(folder: Path | None) -> list[Path]:
    return sorted(path for path in (folder.rglob("*") if folder else ()) if _is_font(path))


def _static_fonts(cache_dir: Path) -> Path:
    """The folder of static fonts; made whole or not at all, and checked before each first use."""
    for source in {face.source for face in _FACES}:
        _check_source(source)
    recipe = [f"{face.source.sha256} {face.weight} {face.file_name}" for face in _FACES]
    key = hashlib.sha256("\n".join(["static/1", fontTools.version, *recipe]).encode()).hexdigest()[:16]
    folder = cache_dir / f"static-{key}"
    if not folder.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix="building-", dir=cache_dir))
        try:
            _build(building)
            try:
                building.rename(folder)
            except OSError:
                # Another process finished first: its folder is as good as ours.
                if not folder.exists():
                    raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
    _check_built(folder)
    return folder


def _check_source(source: _Source) -> None:
    if not source.path.is_file():
        raise FontsUnusable(f"The font {source.path.name} is missing. Install the locked packages again.")
    if _sha256(source.path) != source.sha256:
        raise FontsUnusable(
            f"The font {source.path} is not the pinned one (its SHA-256 differs). "
            "Install the locked packages again."
        )


def _build(folder: Path) -> None:
    lines = []
    for face in _FACES:
        if face.as_it_is:
            shutil.copy(face.source.path, folder / face.file_name)
            lines.append(f"{face.source.sha256}  {face.file_name}\n")
            continue
        # recalcTimestamp would write the present time into the font, and so into every letter.
        with face.source.path.open("rb") as file, TTFont(file, recalcTimestamp=False) as font:
            if face.weight == 400:
                for table in _VARIATION_TABLES:
                    if table in font:
                        del font[table]
            else:
                axes = {axis.axisTag for axis in font["fvar"].axes}
                place = {tag: value for tag, value in (("wght", face.weight), ("wdth", 100)) if tag in axes}
                instantiateVariableFont(font, place, inplace=True, static=True, updateFontNames=True)
            font.save(folder / face.file_name)
        lines.append(f"{_sha256(folder / face.file_name)}  {face.file_name}\n")
    (folder / _CHECKSUMS).write_text("".join(lines), encoding="ascii")


def _check_built(folder: Path) -> None:
    try:
        lines = (folder / _CHECKSUMS).read_text(encoding="ascii").splitlines()
        sums = {name: checksum for checksum, name in (line.split("  ", 1) for line in lines)}
        whole = all(sums.get(face.file_name) == _sha256(folder / face.file_name) for face in _FACES)
    except (OSError, ValueError):
        whole = False
    if not whole:
        raise FontsUnusable(f"The prepared fonts in {folder} were changed. Delete that folder and try again.")


def _fontconfig_file(cache_dir: Path, folders: list[Path]) -> Path:
    """A fontconfig file that knows these folders and nothing of the machine."""
    lines = [
        '<?xml version="1.0"?>',
        '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
        "<fontconfig>",
        *(f"  <dir>{escape(str(folder.resolve()))}</dir>" for folder in folders),
        f"  <cachedir>{escape(str((cache_dir / 'fontconfig').resolve()))}</cachedir>",
        "</fontconfig>",
    ]
    text = "\n".join(lines) + "\n"
    path = cache_dir / f"fonts-{hashlib.sha256(text.encode()).hexdigest()[:16]}.conf"
    if not path.exists():
        # The name follows from the text: whoever writes it, writes the same.
        handle, unfinished = tempfile.mkstemp(dir=cache_dir)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(unfinished).replace(path)
    return path


def _is_font(path: Path) -> bool:
    return path.suffix.lower() in (".ttf", ".otf", ".ttc")


def _characters(path: Path) -> Iterator[int]:
    try:
        if path.suffix.lower() == ".ttc":
            with TTCollection(path) as collection:
                for font in collection.fonts:
                    yield from font.getBestCmap() or {}
        else:
            with path.open("rb") as file, TTFont(file) as font:
                yield from font.getBestCmap() or {}
    except (TTLibError, OSError) as error:
        raise FontsUnusable(f"The font {path} cannot be read: {error}.") from None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set an environment variable for the time of a call: fontconfig can be told in no other way."""
    with _ENVIRONMENT:
        before = os.environ.get(name)
        os.environ[name] = value
        try:
            yield
        finally:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before
