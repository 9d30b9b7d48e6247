"""`manage.py invite_director CODE EMAIL`: somebody invited to direct an authority that nobody directs."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.services import invite_director
from desk.people.invitation_told import send_by_mail, tell_once
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Invites somebody to direct an authority that nobody directs: where the first invitation ran out or "
        "was lost, or the last director is gone. An earlier invitation no longer holds."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="of the Party: ISO 3166-1 alpha-3, such as GHA, or EUE")
        parser.add_argument("director", metavar="EMAIL", help="who shall direct it")
        parser.add_argument("--mail", action="store_true", help="also send the link by e-mail")

    def handle(self, *, code: str, director: str, mail: bool, **options: object) -> None:
        try:
            invited = invite_director(code, director=director, at=RealClock().now())
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        tell_once(invited, self.stdout.write)
        if mail:
            send_by_mail(invited)
