"""The command `check_procedures`: are the procedures of this installation, and files to come, in order?"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from authorisation.models import ProcedureVersion
from authorisation.procedures.reading import BadProcedure, read_procedure, text_of
from authorisation.procedures.shape import Procedure
from authorisation.procedures.shipped import files


class Command(BaseCommand):
    """Names every version that is in order; everything that is wrong goes to standard error."""

    help = (
        "Validate the procedures that are shipped, those that were loaded, and the files named. Nothing is "
        "written. Exit status 0 only when all are in order."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files that are to be loaded one day."""
        parser.add_argument("files", type=Path, nargs="*", metavar="FILE.toml")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check all; ends with status 1 when anything is wrong."""
        wrong = False
        versions: dict[str, str] = {}
        for name, content in self._given(options["files"]):
            try:
                found = read_procedure(text_of(content, name=name), name=name)
            except BadProcedure as bad:
                wrong = True
                for sentence in bad.sentences:
                    self.stderr.write(sentence)
                continue
            if found.version in versions and versions[found.version] != content.decode():
                wrong = True
                self.stderr.write(
                    _("%(name)s: version: %(version)s is held already, with another text.")
                    % {"name": name, "version": found.version}
                )
            versions[found.version] = content.decode()
            self.stdout.write(self._said(name, found))
        if wrong:
            sys.exit(1)

    def _given(self, named: list[Path]) -> Iterator[tuple[str, bytes]]:
        for file in files():
            yield file.name, file.read_bytes()
        for row in ProcedureVersion.objects.all():
            yield row.version, row.text.encode()
        for file in named:
            try:
                yield file.name, file.read_bytes()
            except OSError as fault:
                self.stderr.write(
                    _("%(file)s cannot be read: %(fault)s.") % {"file": file, "fault": fault.strerror}
                )
                sys.exit(1)

    def _said(self, name: str, found: Procedure) -> str:
        return ngettext(
            "%(name)s: %(version)s is in order, with %(number)s assumption.",
            "%(name)s: %(version)s is in order, with %(number)s assumptions.",
            len(found.assumptions),
        ) % {"name": name, "version": found.version, "number": len(found.assumptions)}
