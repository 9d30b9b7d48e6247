"""`manage.py verify_letter FILE.pdf`: genuine or not, status, and what it says."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from letters.inspection import MOST_BYTES
from letters.kinds import kind_of
from letters.verification import Verification, verify
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Says whether a PDF is a genuine letter of this register, and whether it is in force. "
        "The exit status is 0 only when both hold."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.pdf")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print the answer as JSON")

    def handle(self, *, file: Path, as_json: bool, **options: object) -> None:
        try:
            if file.stat().st_size > MOST_BYTES:
                raise CommandError(f"{file} is larger than any letter.")
            pdf = file.read_bytes()
        except OSError as fault:
            raise CommandError(f"{file} cannot be read: {fault.strerror}.") from fault
        found = verify(pdf, clock=RealClock())
        if as_json:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
        else:
            self._say(found)
        if not found.in_force:
            sys.exit(1)

    def _say(self, found: Verification) -> None:
        if not found.genuine:
            self.stderr.write(found.answer.upper())
            for sentence in found.sentences:
                self.stderr.write(f"  {sentence}")
            return
        self.stdout.write("GENUINE")
        for sentence in found.sentences:
            self.stdout.write(f"  {sentence}")
        content = found.says
        if content is not None:
            self.stdout.write(f"  {kind_of(content.kind).title} {content.number}, dated {content.date}.")
            self.stdout.write(f"  To: {content.addressee.name}.")
            if content.demonstration:
                self.stdout.write("  DEMONSTRATION: this is not an official letter.")
