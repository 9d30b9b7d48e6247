"""`manage.py import_authorisations FILE`: earlier letters of authorisation from a table, with their scans."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from desk.bringing_in.answering import demonstration, officer
from desk.bringing_in.blocks import Answering, WhoAnswers
from desk.bringing_in.letter_rows import read_letter_rows
from desk.bringing_in.letters import Fate, Scans, Told, bring_in_letters
from desk.bringing_in.tables import BadFile
from workflow.clock import Clock, RealClock

# After so many rows it is said how far it has come.
_SAID_EVERY = 100


class Command(BaseCommand):
    help = (
        "Brings in earlier letters of authorisation from a table (CSV or XLSX; docs/import.md describes its "
        "columns), with their scans. Tells the fate of every row. What is here already stays as it is, also "
        "where a row says otherwise, which is told: it may be run again, also after it was killed. The exit "
        "status is 0 only when no row was refused and none says otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--letters", type=Path, metavar="FOLDER", help="where the files lie that the column “scan” names"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="tell what would become of every row, and write nothing"
        )
        parser.add_argument(
            "--by",
            metavar="EMAIL",
            help="the desk officer or director who answers for it; in a demonstration its own officers do",
        )

    def handle(
        self,
        *,
        file: Path,
        letters: Path | None = None,
        dry_run: bool = False,
        by: str | None = None,
        **options: object,
    ) -> None:
        clock = RealClock()
        if by is None and not settings.DEMONSTRATION:
            raise CommandError(_("Name the officer who answers for what is brought in: --by EMAIL."))
        if letters is not None and not letters.is_dir():
            raise CommandError(_("%(folder)s is no folder.") % {"folder": letters})
        told = bring_in_letters(
            read_letter_rows(file),
            who=_answering(by, clock, only_try=dry_run),
            scans=Scans(folder=letters),
            source=file.name,
            clock=clock,
            only_try=dry_run,
        )
        try:
            fates = self._carry_out(told)
        except BadFile as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(_("%(rows)s rows:") % {"rows": f"{fates.total():,}"})
        for fate in Fate:
            if fates[fate]:
                self.stdout.write(f"  {fate.label}: {fates[fate]:,}")
        if dry_run:
            self.stdout.write(_("Nothing was written."))
        if unsettled := sum(fates[fate] for fate in Fate if fate.asks_for_somebody):
            raise CommandError(
                _("%(rows)s rows were refused or say otherwise than what is here: look at them.")
                % {"rows": f"{unsettled:,}"}
            )

    def _carry_out(self, rows: Iterator[Told]) -> Counter[Fate]:
        fates: Counter[Fate] = Counter()
        for told in rows:
            fates[told.fate] += 1
            said = [str(told.number), str(told.fate.label), told.authorisation, *told.sentences]
            out = self.stderr if told.fate.asks_for_somebody else self.stdout
            out.write(" · ".join(part for part in said if part))
            if fates.total() % _SAID_EVERY == 0:
                self.stderr.write(_("… %(rows)s rows so far") % {"rows": f"{fates.total():,}"})
        return fates


def _answering(by: str | None, clock: Clock, *, only_try: bool) -> WhoAnswers:
    if by is not None:
        return officer(by, clock=clock)
    if only_try:
        return partial(_anew, clock=clock)
    return demonstration(clock=clock)


def _anew(party: str, *, clock: Clock) -> Answering | str:
    """Asked anew for every row: what a demonstration makes for one that is only tried is undone with it."""
    return demonstration(clock=clock)(party)
