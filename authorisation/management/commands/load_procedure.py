"""The command `load_procedure`: takes a version of an authority's procedure into this installation."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from authorisation.procedures.reading import BadProcedure
from authorisation.services.procedures import load_procedure
from workflow.actors import SYSTEM
from workflow.clock import RealClock
from workflow.refusals import Refused


class Command(BaseCommand):
    """Says what was loaded; everything that is wrong goes to standard error, one sentence a line."""

    help = (
        "Load one version of an authority's procedure. New cases are opened under it from its first day on; "
        "cases that are open keep theirs. A version is never changed: the same file again does nothing, and "
        "another text needs another version. Exit status 0 only when the version is held."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and the authority for whoever wants to be sure."""
        parser.add_argument("file", type=Path, metavar="FILE.toml")
        parser.add_argument("--authority", metavar="SLUG", help="the authority that is meant to get it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it; ends with status 1 and writes nothing when anything is wrong."""
        file: Path = options["file"]
        try:
            loaded = load_procedure(
                file.read_bytes(),
                name=file.name,
                actor=SYSTEM,
                clock=RealClock(),
                slug=options["authority"],
            )
        except OSError as fault:
            self._end([_("%(file)s cannot be read: %(fault)s.") % {"file": file, "fault": fault.strerror}])
        except BadProcedure as bad:
            self._end(bad.sentences)
        except Refused as refusal:
            self._end([f"{file.name}: {reason} {reason.mend_text}".strip() for reason in refusal.reasons])
        else:
            said = (
                _("%(version)s is loaded. From %(day)s on, new cases of “%(authority)s” are opened under it.")
                if loaded.is_new
                else _("%(version)s is held already, word for word. Nothing was changed.")
            )
            found = loaded.procedure
            self.stdout.write(
                said
                % {
                    "version": found.version,
                    "day": found.in_force_from.isoformat(),
                    "authority": loaded.authority.slug,
                }
            )

    def _end(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self.stderr.write(sentence)
        sys.exit(1)
