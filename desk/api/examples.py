"""Examples of every operation, as they were sent and answered, put into the specification.

`examples.json` holds by operation what is sent (`requests`, by a name) and what is answered (`response`); a
test holds each against the schema, and has one for every operation.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("examples.json")


@cache
def examples() -> Mapping[str, Any]:
    """By the id of the operation."""
    found: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return found


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """The specification with an example of what is sent, and of what comes back where it is done."""
    for operations in document["paths"].values():
        for operation in operations.values():
            given = examples().get(operation["operationId"], {})
            if "requests" in given:
                told = {name: {"value": value} for name, value in given["requests"].items()}
                for body in operation["requestBody"]["content"].values():
                    body["examples"] = told
            for status, response in operation["responses"].items():
                body = response.get("content", {}).get("application/json")
                if status.startswith("2") and body is not None and "response" in given:
                    body["examples"] = {"example": {"value": given["response"]}}
    return document
