"""Writes the specification of the API into docs/openapi.json."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from desk.api.specification import specification


def as_text() -> str:
    """The OpenAPI document, as it is committed."""
    return json.dumps(specification(), indent=1, ensure_ascii=False, sort_keys=True, default=str) + "\n"


class Command(BaseCommand):
    """What programs are told of the API, for those who have no installation at hand."""

    help = "Writes the specification of the API (OpenAPI 3.1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("--out", type=Path, default=Path(settings.BASE_DIR, "docs", "openapi.json"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes it."""
        options["out"].write_text(as_text(), "utf-8")
        self.stdout.write(f"Written to {options['out']}.")
