"""`manage.py reset_second_factor EMAIL`: a code to set up a second factor, where no director can give one."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import reset_by_installation
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Takes the second factor of a person away, signs them out everywhere, and prints a new set-up code: "
        "for administrators of this installation, and for an only director who lost theirs. Directors do it "
        "for everybody else, on the page of offices. The trail of each authority concerned tells of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="of the account")

    def handle(self, *, email: str, **options: object) -> None:
        person = User.objects.filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError("Nobody has an account with this address.")
        code = reset_by_installation(person, at=RealClock().now())
        self.stdout.write(f"Set-up code, shown once, for fourteen days: {code}")
