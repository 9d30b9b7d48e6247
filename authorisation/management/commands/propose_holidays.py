"""The command `propose_holidays`: the days off of a country, as lines to be put into a procedure file.

For whoever writes such a file, who then compares them with the law: the software itself knows no holidays but
those that stand in the file. Needs the package `holidays`, which only development installs.
"""

from argparse import ArgumentParser
from typing import Any

import holidays
import pycountry
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _


class Command(BaseCommand):
    """Prints the holidays of the whole country, those of an estimated date left out."""

    help = "Print the public holidays of a country as lines for the calendar of a procedure file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The country and the years."""
        parser.add_argument("country", help="ISO 3166-1 alpha-3")
        parser.add_argument("first", type=int, help="first year")
        parser.add_argument("last", type=int, help="last year")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them; CommandError for a country that the package does not know."""
        country = pycountry.countries.get(alpha_3=options["country"])
        years = range(options["first"], options["last"] + 1)
        if country is None or country.alpha_2 not in holidays.list_supported_countries():
            raise CommandError(_("No holidays are known of “%(country)s”.") % {"country": options["country"]})
        found = holidays.country_holidays(country.alpha_2, years=years, language="en_US")
        self.stdout.write(f"[calendar]\nyears = [{years[0]}, {years[-1]}]\n\n[calendar.holidays]")
        for day, name in sorted(found.items()):
            if "estimated" not in name:
                self.stdout.write(f'{day.isoformat()} = "{name}"')
