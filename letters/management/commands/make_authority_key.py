"""`manage.py make_authority_key AUTHORITY --present NAME ...`: an authority's own root and seal."""

import os
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Authority
from accounts.names import in_language
from letters.ceremony import Ceremony, hold, record
from letters.certificates import NoKey
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Makes an authority's own root key and seal, where there is no national certificate authority, and "
        "writes the record to print and sign. The root's passphrase comes from a file, and is kept apart."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("authority", metavar="AUTHORITY", help="the slug of the authority")
        parser.add_argument("--present", action="append", default=[], metavar="NAME", required=True)
        parser.add_argument("--passphrase-file", type=Path, required=True, metavar="FILE")
        parser.add_argument("--record", type=Path, required=True, metavar="FILE.txt")

    def handle(self, *, authority: str, present: list[str], passphrase_file: Path, **options: object) -> None:
        target = Path(str(options["record"]))
        found = Authority.objects.filter(slug=authority).first()
        if found is None:
            raise CommandError(f"There is no authority {authority}.")
        if target.exists():
            raise CommandError(f"{target} is there already. A record is never written over.")
        name = in_language(found.name, settings.LANGUAGE_CODE)
        ceremony = Ceremony(authority=authority, present=present)
        try:
            root = hold(
                ceremony,
                name=name,
                root_passphrase=passphrase_file.read_text(encoding="utf-8").strip(),
                seal_passphrase=settings.SIGNING_PASSPHRASE,
                keys_dir=settings.SIGNING_KEYS_DIR,
                at=RealClock().now(),
            )
            text = record(ceremony, root, name=name)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as file:
                file.write(text)
        except (NoKey, OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(text)
