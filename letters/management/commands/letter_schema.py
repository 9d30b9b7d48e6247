"""Prints the JSON Schema of the content of letters, or the table that maps it to what others ask for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from letters.mapping import as_document
from letters.schema import as_published


class Command(BaseCommand):
    """`letter_schema > letters/schema/letter-content-1.json` after a change of the models."""

    help = "Prints the JSON Schema of letters, or with --mapping the document that maps it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which of the two."""
        parser.add_argument("--mapping", action="store_true", help="print the mapping instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints it as it is kept."""
        self.stdout.write(as_document() if options["mapping"] else as_published(), ending="")
