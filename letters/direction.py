"""Keeps what is written in another direction together: names and texts within a letter from right to left.

An English address in an Arabic letter would have its number moved to the other end. Each line of free text
is therefore set between the isolating characters of Unicode (U+2068, U+2069), which nobody sees. The frozen
content stays as it is: this is done to what is drawn, and only where the letter runs from right to left.
"""

from typing import Annotated, Any, Final, TypeVar, get_args, get_origin

from pydantic import BaseModel

from letters.content import Text

_OPEN: Final = "\N{FIRST STRONG ISOLATE}"
_CLOSE: Final = "\N{POP DIRECTIONAL ISOLATE}"

T = TypeVar("T", bound=BaseModel)


def isolated(content: T) -> T:
    """The same content, each line of its free texts isolated."""
    changes = {}
    for name, field in type(content).model_fields.items():
        value = getattr(content, name)
        changes[name] = _isolated(value, free=_is_text(field.rebuild_annotation()))
    return content.model_copy(update=changes)


def _isolated(value: Any, *, free: bool) -> Any:
    if isinstance(value, BaseModel):
        return isolated(value)
    if isinstance(value, tuple):
        return tuple(_isolated(one, free=free) for one in value)
    if isinstance(value, str) and free:
        return "\n".join(f"{_OPEN}{line}{_CLOSE}" if line else line for line in value.split("\n"))
    return value


def _is_text(annotation: Any) -> bool:
    """Whether a field holds free text, or several."""
    if annotation == Text:
        return True
    if get_origin(annotation) is Annotated:
        free = get_args(Text)[1:]
        base, *terms = get_args(annotation)
        return (base is str and tuple(terms) == free) or _is_text(base)
    return any(_is_text(one) for one in get_args(annotation))
