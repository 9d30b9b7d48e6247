"""`manage.py found_authority CODE ...`: an authority with its first office, and whom it is offered to."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.services import found_authority
from desk.people.invitation_told import send_by_mail, tell_once
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Founds the authority of a Party, opens its office of director, and invites "
        "somebody to it. Prints the "
        "invitation's link and the set-up code, each shown once; hand the code over apart from the link. All "
        "other offices are then opened and given in the browser. Writes nothing where anything is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="of the Party: ISO 3166-1 alpha-3, such as GHA, or EUE")
        parser.add_argument(
            "--name",
            action="append",
            required=True,
            metavar="LANGUAGE=NAME",
            help="the authority's name in one language, such as en='Environmental Agency'; once per language",
        )
        parser.add_argument("--time-zone", required=True, help="an IANA name, such as Africa/Accra")
        parser.add_argument(
            "--languages", required=True, help="of its letters, the default first, separated by commas: en,fr"
        )
        parser.add_argument("--director", required=True, metavar="EMAIL", help="who shall direct it")
        parser.add_argument("--mail", action="store_true", help="also send the link by e-mail")

    def handle(self, **options: object) -> None:
        try:
            invited = found_authority(
                str(options["code"]),
                name=_names(options["name"]),
                time_zone=str(options["time_zone"]),
                languages=[tag.strip() for tag in str(options["languages"]).split(",")],
                director=str(options["director"]),
                at=RealClock().now(),
            )
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        tell_once(invited, self.stdout.write)
        if options["mail"]:
            send_by_mail(invited)


def _names(given: object) -> dict[str, str]:
    names: dict[str, str] = {}
    for pair in given if isinstance(given, list) else []:
        tag, equals, name = str(pair).partition("=")
        if not equals or not name.strip():
            raise CommandError(f"“{pair}” is no name: give it as LANGUAGE=NAME, such as en=Ministry.")
        if tag in names:
            raise CommandError(f"The name in “{tag}” is given twice.")
        names[tag.strip()] = name.strip()
    return names
