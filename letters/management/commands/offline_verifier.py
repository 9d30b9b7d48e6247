"""`manage.py offline_verifier DIR`: the stand-alone verifier and the roots to trust, to be handed out."""

import hashlib
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from letters import offline
from letters.certificates import NoKey, fingerprint, trust_roots
from letters.sandbox import root_files


class Command(BaseCommand):
    help = (
        "Writes verify_letter.py, which needs neither this installation nor its database, and the root "
        "certificates of the authorities, into a folder. Prints the fingerprints to publish."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *, folder: Path, **options: object) -> None:
        keys_dir = settings.SIGNING_KEYS_DIR
        try:
            roots = trust_roots(keys_dir)
            folder.mkdir(parents=True, exist_ok=True)
            program = Path(offline.__file__).read_bytes()
            (folder / "verify_letter.py").write_bytes(program)
            pem = b"".join(path.read_bytes().strip() + b"\n" for path in root_files(keys_dir))
            (folder / "authorities.pem").write_bytes(pem)
        except (OSError, NoKey) as fault:
            raise CommandError(str(fault)) from fault
        if not roots:
            raise CommandError("No root certificate is trusted here, so there is nothing to verify against.")
        self.stdout.write(f"verify_letter.py: SHA-256 {hashlib.sha256(program).hexdigest()}")
        for root in roots:
            digits = fingerprint(root).upper()
            groups = " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
            self.stdout.write(f"{root.subject.human_friendly}: {groups}")
