"""The house of an authority: the blocks, style and arms by which its letters differ from everybody's.

An authority overrides a block, never a copy of a letter. A house is a folder with numbered versions:

    <authority>/<version>/house.toml        in_force_from = 2026-01-01, perhaps beside = "en"
                         /house.css         style, after that of all letters
                         /crest.svg         the coat of arms of the letterhead
                         /closing.html      a block in every language ...
                         /fr/closing.html   ... and in one

A letter freezes which version it is set in, with its digest: a later version changes no letter that was
drawn, and a version that was changed afterwards is refused.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.template import Template
from django.template.engine import Engine
from pydantic import ValidationError

from letters.content import HouseUsed, sentences_of
from letters.typesetting import CannotTypeset

# What a house can say in its own way; `docs/letters.md` shows where each stands.
BLOCKS: Final = ("letterhead", "salutation", "closing", "remedies", "footing")


class BadHouse(ValueError):
    """A house that cannot be used; the sentence says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class House:
    """One version of one authority's house, in one language."""

    blocks: dict[str, Template]
    css: str
    crest: bytes | None


def in_force(root: Path, authority: str, *, on: date) -> HouseUsed | None:
    """The latest version that holds on that day; None where the authority has no house. Raises BadHouse."""
    found = [(_dated(folder), int(folder.name)) for folder in _versions(root / authority)]
    valid = [(dated, version) for dated, version in found if dated <= on]
    if not valid:
        return None
    dated, version = max(valid)
    folder = root / authority / str(version)
    beside = tomllib.loads((folder / "house.toml").read_text("utf-8")).get("beside")
    try:
        return HouseUsed(
            authority=authority, version=version, dated=dated, sha256=_digest(folder), beside=beside
        )
    except ValidationError as error:
        raise BadHouse(f"{folder / 'house.toml'}: {' '.join(sentences_of(error))}") from None


def load(root: Path, used: HouseUsed, language: str) -> House:
    """The version that a letter was drawn in, as it was then. Raises CannotTypeset."""
    folder = root / used.authority / str(used.version)
    if not folder.is_dir() or _digest(folder) != used.sha256:
        raise CannotTypeset(
            f"Version {used.version} of the letters of {used.authority} is not here as when the letter "
            "was drawn. Put the folder back as it was; a change is a new version."
        )
    engine = Engine.get_default()
    blocks = {}
    for name in BLOCKS:
        for place in (folder / language / f"{name}.html", folder / f"{name}.html"):
            if place.is_file():
                blocks[name] = Template(place.read_text("utf-8"), engine=engine)
                break
    css, crest = folder / "house.css", folder / "crest.svg"
    return House(
        blocks=blocks,
        css=css.read_text("utf-8") if css.is_file() else "",
        crest=crest.read_bytes() if crest.is_file() else None,
    )


def _versions(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [one for one in folder.iterdir() if one.is_dir() and one.name.isdigit()]


def _dated(folder: Path) -> date:
    try:
        dated = tomllib.loads((folder / "house.toml").read_text("utf-8"))["in_force_from"]
    except (OSError, ValueError, KeyError) as error:
        raise BadHouse(f"{folder / 'house.toml'} does not say in_force_from: {error}.") from None
    if not isinstance(dated, date):
        raise BadHouse(f"{folder / 'house.toml'}: in_force_from is no date.")
    for page in folder.rglob("*.html"):
        if page.stem not in BLOCKS:
            raise BadHouse(f"{page} is no block of a letter. These are: {', '.join(BLOCKS)}.")
    return dated


def _digest(folder: Path) -> str:
    """SHA-256 over the names and contents of all files of a version."""
    made = hashlib.sha256()
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        for part in (file.relative_to(folder).as_posix().encode(), file.read_bytes()):
            made.update(len(part).to_bytes(8, "big"))
            made.update(part)
    return made.hexdigest()
