"""The catalogues of the languages of pages and letters: compiled from their sources, which alone are kept.

`python -m config.catalogues` compiles those that need it; `make` does so before anything is run.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LOCALE_DIR = Path(__file__).resolve().parent.parent / "locale"
# What letters say, in the languages that only letters speak.
LETTERS_DIR = LOCALE_DIR.with_name("locale_of_letters")


def sources(folder: Path = LOCALE_DIR) -> list[Path]:
    """The catalogues as they are written, one for each language."""
    return sorted(folder.glob("*/LC_MESSAGES/django.po"))


def is_current(source: Path) -> bool:
    """Whether the compiled catalogue is there and no older than its source."""
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def compile_stale(folder: Path = LOCALE_DIR) -> list[Path]:
    """Compiles every catalogue that needs it, and returns their sources.

    Each is moved into its place whole, so that several processes may do so at the same time.
    """
    stale = [source for source in sources(folder) if not is_current(source)]
    for source in stale:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        with tempfile.NamedTemporaryFile(dir=source.parent, delete=False) as compiled:
            write_mo(compiled, catalogue)
        Path(compiled.name).chmod(0o644)
        os.replace(compiled.name, source.with_suffix(".mo"))  # noqa: PTH105 - names may be of two kinds
    return stale


@register()
def catalogues_are_compiled(
    app_configs: Sequence[AppConfig] | None = None,  # noqa: ARG001 - Django calls it so
    **options: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """Error `config.E001` for every language whose pages would be in English, or in old words."""
    return [
        Error(sentence, hint="Run make catalogues, or python -m config.catalogues.", id="config.E001")
        for sentence in _faults()
    ]


def _faults() -> Iterator[str]:
    for source in sources(LETTERS_DIR):
        if not is_current(source):
            yield f"The catalogue of letters in {source.parts[-3]} is not compiled, or its source is newer."
    for code, name in settings.LANGUAGES:
        if code == settings.LANGUAGE_CODE:
            continue
        found = [
            source
            for folder in settings.LOCALE_PATHS
            for source in sources(Path(folder))
            if _is_of(source, code)
        ]
        if not found:
            yield f"Pages are offered in {name} ({code}), but there is no catalogue of that language."
        for source in found:
            if not source.with_suffix(".mo").exists():
                yield f"The catalogue of {name} ({code}) is not compiled: its pages would be in English."
            elif not is_current(source):
                yield f"The compiled catalogue of {name} ({code}) is older than its source."


def _is_of(source: Path, code: str) -> bool:
    return source.parts[-3] == code


if __name__ == "__main__":
    for written in [*compile_stale(), *compile_stale(LETTERS_DIR)]:
        sys.stderr.write(f"Compiled {written}\n")
