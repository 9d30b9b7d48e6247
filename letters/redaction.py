"""The public copy of a letter of which a part is confidential, made from redacted content alone.

It says what is left out and on which basis, names the digest of the content that it is a copy of, has no
place for signatures, and is what the public is shown. What is left out is nowhere in it.
"""

from typing import Any, TypeVar

from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import BaseModel

from letters.content import AuthorisationBody, Letter, StatedText, content_beside, digest, in_second_language

T = TypeVar("T", bound=BaseModel)


class CannotRedact(ValueError):
    """A path of what is to be left out leads to nothing that could be: the sentence names it."""


def public_copy(content: Letter) -> Letter | None:
    """The content of the public copy; None where all of the letter is public. Raises CannotRedact."""
    if not isinstance(content, AuthorisationBody) or not any(part.paths for part in content.confidential):
        return None
    other = content_beside(content)
    copied = _redacted(content.model_copy(update={"public_copy_of": digest(content), "beside": None}))
    return copied if other is None else in_second_language(copied, _redacted(other))


def _redacted(content: Letter) -> Letter:
    if not isinstance(content, AuthorisationBody):
        return content
    copied: Letter = content
    for part in content.confidential:
        with translation.override(content.language):
            words = _("[not published: %(basis)s]") % {"basis": part.basis}
        for path in part.paths:
            copied = _without(copied, path.split("."), words, path)
    return copied


def _without(record: T, names: list[str], words: str, path: str) -> T:
    """The record with the text at the path replaced; where nothing is stated there, nothing is."""
    name, rest = names[0].removesuffix("[]"), names[1:]
    if name not in type(record).model_fields:
        raise CannotRedact(f"No part of a letter stands at {path}.")
    value = getattr(record, name)
    if names[0].endswith("[]"):
        changed: Any = tuple(_replaced(one, rest, words, path) for one in value)
    else:
        changed = _replaced(value, rest, words, path)
    return record.model_copy(update={name: changed})


def _replaced(value: Any, rest: list[str], words: str, path: str) -> Any:
    if value is None:
        return None
    if rest:
        return _without(value, rest, words, path)
    if isinstance(value, StatedText):
        return StatedText(value=words)
    if isinstance(value, str):
        return words
    raise CannotRedact(f"What stands at {path} is no text: it cannot be left out.")
