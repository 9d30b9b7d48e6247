"""The examples, and the command that walks case files through."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tests.processes import CHECKOUT

EXAMPLES = sorted((CHECKOUT / "desk" / "example_cases").glob("*.json"))


def given(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def walk(*files: Path, out: Path) -> tuple[str, str]:
    """Runs the command; its standard output and standard error. Raises CommandError as it does."""
    said, complained = StringIO(), StringIO()
    call_command("walkthrough", *map(str, files), "--out", str(out), stdout=said, stderr=complained)
    return said.getvalue(), complained.getvalue()
