"""`manage.py import_blocks FILE.csv`: earlier authorisations with the serial blocks that they cover."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from desk.bringing_in.answering import demonstration, officer
from desk.bringing_in.block_rows import read_block_rows
from desk.bringing_in.blocks import Fate, Told, bring_in
from desk.bringing_in.tables import BadFile
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Brings in blocks of authorised units from a CSV file, each under its authorisation, which is "
        "entered as far as it is known. Tells the fate of every row. What is there already stays as it is: "
        "it may be run again, also after it was killed. The exit status is 0 only when no row was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--by",
            metavar="EMAIL",
            help="the desk officer or director who answers for it; in a demonstration its own officers do",
        )

    def handle(self, *, file: Path, by: str | None = None, **options: object) -> None:
        clock = RealClock()
        if by is None and not settings.DEMONSTRATION:
            raise CommandError(_("Name the officer who answers for what is brought in: --by EMAIL."))
        who = officer(by, clock=clock) if by is not None else demonstration(clock=clock)
        rows: Counter[Fate] = Counter()
        tonnes: Counter[Fate] = Counter()
        try:
            for told in bring_in(read_block_rows(file), who=who, source=file.name, clock=clock):
                rows[told.fate] += 1
                tonnes[told.fate] += told.tonnes
                self._tell(told)
        except BadFile as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(_("%(rows)s rows, %(tonnes)s t:") % _figures(rows.total(), tonnes.total()))
        for fate in Fate:
            if rows[fate]:
                self.stdout.write(
                    f"  {fate.label}: "
                    + _("%(rows)s rows, %(tonnes)s t") % _figures(rows[fate], tonnes[fate])
                )
        if rows[Fate.REFUSED]:
            raise CommandError(
                _("%(rows)s rows, %(tonnes)s t, were refused; every other row is in.")
                % _figures(rows[Fate.REFUSED], tonnes[Fate.REFUSED])
            )

    def _tell(self, told: Told) -> None:
        said = [
            str(told.number),
            str(told.fate.label),
            f"{told.tonnes} t",
            told.authorisation,
            *told.sentences,
        ]
        out = self.stderr if told.fate == Fate.REFUSED else self.stdout
        out.write(" · ".join(part for part in said if part))


def _figures(rows: int, tonnes: int) -> dict[str, str]:
    return {"rows": f"{rows:,}", "tonnes": f"{tonnes:,}"}
