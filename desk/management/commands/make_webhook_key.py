"""`manage.py make_webhook_key [--overlap DAYS]`: a key that signs what is sent to endpoints of programs."""

from argparse import ArgumentParser
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from desk.webhooks.keys import OVERLAP, make_key, told
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Makes a key that signs the messages to endpoints of programs, under SIGNING_PASSPHRASE. Where there "
        "is one, it goes on beside the new one for a while, so that whoever checks messages can follow."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--overlap",
            type=int,
            default=OVERLAP.days,
            metavar="DAYS",
            help=f"how long the key before goes on signing (default: {OVERLAP.days}; 0 for one that leaked)",
        )

    def handle(self, *, overlap: int, **options: object) -> None:
        try:
            key = make_key(at=RealClock().now(), overlap=timedelta(days=overlap))
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(told(key))
