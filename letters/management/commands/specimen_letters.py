"""`manage.py specimen_letters --authority SLUG --out DIR`: every kind of letter with placeholders, as PDF."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Authority
from letters.houses import BadHouse
from letters.kinds import KINDS
from letters.specimens import LANGUAGES, as_file, languages_of, specimen
from letters.typesetting import CannotTypeset
from workflow.clock import RealClock, today


class Command(BaseCommand):
    help = (
        "Writes a specimen of every kind of letter, to look at before letters are used: with placeholders, "
        "without number or field to sign in, and accepted by no check."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--authority", required=True, help="its short name, as in addresses")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--language", choices=LANGUAGES, help="one language alone")

    def handle(self, *, authority: str, out: Path, language: str | None, **options: object) -> None:
        found = Authority.objects.select_related("party").filter(slug=authority).first()
        if found is None:
            raise CommandError(f"There is no authority {authority!r} here.")
        on = today(found, RealClock())
        out.mkdir(parents=True, exist_ok=True)
        for code in [language] if language else languages_of(found):
            for kind in KINDS:
                try:
                    pdf = as_file(specimen(found, kind.code, code, on=on))
                except (BadHouse, CannotTypeset) as fault:
                    raise CommandError(f"{kind.code} in {code}: {fault}") from fault
                (out / f"{kind.code}.{code}.pdf").write_bytes(pdf)
                self.stdout.write(f"{kind.code}.{code}.pdf")
