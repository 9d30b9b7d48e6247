"""`manage.py export_authority SLUG --out DIR`: everything that an authority owns, as documented files."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Authority
from desk.exporting.writing import NotEmpty, export
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Writes everything that an authority owns into an empty folder: rows as JSON lines, documents and "
        "letters as files, and a manifest with the SHA-256 of each (docs/export.md). It holds what is "
        "confidential: keep it as you keep the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("authority", metavar="AUTHORITY", help="the slug of the authority")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *, authority: str, out: Path, **options: object) -> None:
        found = Authority.objects.select_related("party").filter(slug=authority).first()
        if found is None:
            raise CommandError(f"There is no authority {authority}.")
        try:
            lost = export(found, out, at=RealClock().now(), tell=self._tell)
        except (NotEmpty, OSError) as fault:
            raise CommandError(str(fault)) from fault
        if lost:
            raise CommandError(f"{len(lost)} file(s) are lost; the manifest names them.")
        self.stdout.write(f"Everything is in {out}. Check it with: sha256sum -c SHA256SUMS")

    def _tell(self, what: str, many: int) -> None:
        self.stderr.write(f"{what}: {many}")
