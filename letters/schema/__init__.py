"""The published JSON Schema of the content of letters, made from the models that read and write it.

The file beside this one is what is published: a test holds that it is what the models say.
"""

import json
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from letters.content import LetterContent

FILE: Final = Path(__file__).with_name("letter-content-1.json")


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `letter-content/1`: one alternative for each kind of letter."""
    made = TypeAdapter(LetterContent).json_schema(by_alias=True, mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:letter-content:1",
        "title": "The content of a letter (letter-content/1)",
        "description": "Volumes are whole t CO2 eq, dates ISO 8601; the file is RFC 8785 canonical JSON.",
        **made,
    }


def as_published() -> str:
    """The schema as the file holds it."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
