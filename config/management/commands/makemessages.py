"""`makemessages` of Django, as the catalogues of this code are kept: one per language, small differences."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

# Not the pages' words: what tests and measurements say, and what commands made.
_LEFT_OUT = ["tests/*", "bench/*", "docs/*", "var/*"]
_DATE = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)


class Command(makemessages.Command):
    """Without line numbers, dates and guesses, none of which says anything about a translation."""

    help = "Collects what is to be translated into locale/, for every language that has a catalogue."
    # A guess looks like a translation: what is new comes empty.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        """Collects; every language unless some are named."""
        options["all"] = not options["locale"]
        options |= {
            "ignore_patterns": [*options["ignore_patterns"], *_LEFT_OUT],
            "no_location": True,
            "no_obsolete": True,
        }
        super().handle(*args, **options)
        for folder in settings.LOCALE_PATHS:
            for catalogue in Path(folder).glob("*/LC_MESSAGES/*.po"):
                catalogue.write_text(_DATE.sub("", catalogue.read_text("utf-8")), "utf-8")
