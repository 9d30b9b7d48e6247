"""Canonical JSON (RFC 8785): the only form in which JSON is hashed. Whole numbers only, never floats."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn, TypeAlias

import rfc8785
from django.utils.functional import Promise

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

# RFC 8785, section 3.2.2.3 (after RFC 7493): whole numbers that every JSON reader keeps exactly.
LARGEST_INTEGER = 2**53 - 1


def canonical_text(value: object) -> str:
    """The canonical text of a value; mappings and tuples are read as objects and lists.

    Raises `TypeError` for what is not JSON here (floats, lazy texts, keys that are no texts, other objects),
    `ValueError` for numbers beyond 2^53 - 1 and texts that are not Unicode; both name the place.
    """
    return rfc8785.dumps(plain_json(value)).decode("utf-8")


def parse_canonical(text: str) -> Json:
    """The value of a canonical text; raises `ValueError` for text that is not the one form of its value."""
    try:
        value: Json = json.loads(text, parse_float=_refuse_number, parse_constant=_refuse_number)
        again = canonical_text(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if again != text:
        raise ValueError("not in canonical form (RFC 8785)")
    return value


def plain_json(value: object, place: str = "value") -> Json:
    """The value in plain Python types (members of enumerations too); raises as `canonical_text` does."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError(f"{place}: {value} is beyond 2^53 - 1, which JSON cannot hold exactly.")
        return int(value)
    if isinstance(value, str):
        return _plain_text(value, place)
    if isinstance(value, (list, tuple)):
        return [plain_json(item, f"{place}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {_plain_key(key, place): plain_json(item, f"{place}.{key}") for key, item in value.items()}
    if isinstance(value, float):
        raise TypeError(f"{place}: {value!r} is a float; write a whole number or a text.")
    if isinstance(value, Promise):
        raise TypeError(f"{place}: a lazy text depends on the reader's language; write a code or a text.")
    raise TypeError(f"{place}: {type(value).__name__} is not JSON.")


def _plain_key(key: Any, place: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{place}: the key {key!r} is not a text.")
    return _plain_text(key, place)


def _plain_text(text: str, place: str) -> str:
    # str() of an enumeration's member is its name in some versions of Python; this is always its content.
    content = str.__str__(text)
    if not content.isascii():
        try:
            content.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError(f"{place}: the text holds a lone surrogate, which is not Unicode.") from error
    return content


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a whole number")
