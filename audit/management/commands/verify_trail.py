"""The command `verify_trail`: is the trail, or an evidence pack, whole?"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from audit.chain import Verdict
from audit.evidence import verify_pack
from audit.verification import verify_database


class Command(BaseCommand):
    """Prints what was verified; faults go to standard error as sentences, the first bad event first."""

    help = (
        "Recompute the digest of every event, follow every chain from its genesis and compare every record "
        "with the last event of its stream. Exit status 0 only when everything is whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--evidence FILE.zip` for a pack instead of the database, `--json` for programs."""
        parser.add_argument(
            "--evidence", type=Path, metavar="FILE.zip", help="verify this pack instead of the database"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report; ends with status 1 when anything is wrong."""
        pack = options["evidence"]
        verdict = verify_database() if pack is None else verify_pack(Path(pack))
        for fault in verdict.faults:
            self.stderr.write(fault.sentence())
        if options["json"]:
            self.stdout.write(_as_json(verdict))
        elif verdict.whole:
            count = {"events": verdict.events, "streams": verdict.streams}
            self.stdout.write(_("The trail is whole: %(events)d events in %(streams)d streams.") % count)
        if not verdict.whole:
            sys.exit(1)


def _as_json(verdict: Verdict) -> str:
    """The verdict for programs; a fault has its place, where it has one, and its sentence."""
    return json.dumps(
        {
            "whole": verdict.whole,
            "events": verdict.events,
            "streams": verdict.streams,
            "faults": [
                {"stream": fault.stream, "sequence": fault.sequence, "text": fault.sentence()}
                for fault in verdict.faults
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
