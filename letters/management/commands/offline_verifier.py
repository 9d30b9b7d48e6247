"""`manage.py offline_verifier DIR`: the stand-alone verifier and the roots to trust, to be handed out."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from letters.certificates import NoKey
from letters.handing_out import roots, roots_as_pem, stand_alone_verifier


class Command(BaseCommand):
    help = (
        "Writes verify_letter.py, which needs neither this installation nor its database, and the root "
        "certificates of the authorities, into a folder. Prints the fingerprints to publish."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *, folder: Path, **options: object) -> None:
        program = stand_alone_verifier()
        try:
            trusted = roots(settings.SIGNING_KEYS_DIR)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "verify_letter.py").write_bytes(program)
            (folder / "authorities.pem").write_bytes(roots_as_pem(settings.SIGNING_KEYS_DIR))
        except (OSError, NoKey) as fault:
            raise CommandError(str(fault)) from fault
        if not trusted:
            raise CommandError("No root certificate is trusted here, so there is nothing to verify against.")
        self.stdout.write(f"verify_letter.py: SHA-256 {hashlib.sha256(program).hexdigest()}")
        for root in trusted:
            self.stdout.write(f"{root.name}: {root.fingerprint}")
