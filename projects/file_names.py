"""The name of a file as it is shown and given out: without a path, and without signs that deceive."""

import unicodedata
from pathlib import PurePosixPath

_LONGEST = 150
# Signs that name places or streams on some system, or end a header.
_NOT_IN_NAMES = frozenset('<>:"|?*/\\')
# Invisible, and part of correct writing in Persian and in the languages of India.
_JOINERS = frozenset("\u200c\u200d")


def shown_name(given: str) -> str:
    """The last part of the name, at most 150 signs, with its ending; "document" where nothing is left.

    Control signs and marks of direction go: with one of those, a program may look like a picture.
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        sign
        for sign in last
        if sign in _JOINERS or not (unicodedata.category(sign).startswith("C") or sign in _NOT_IN_NAMES)
    )
    name = " ".join(kept.split()).strip(". ")
    ending = ending_of(name)
    stem = name.removesuffix(ending) if ending else name
    return f"{stem[: _LONGEST - len(ending)].strip()}{ending}" if stem.strip() else f"document{ending}"


def ending_of(name: str) -> str:
    """The ending of a file's name, with its dot, as it is written; "" where it has none or a long one."""
    ending = PurePosixPath(name).suffix
    return ending if 1 < len(ending) <= 10 else ""
