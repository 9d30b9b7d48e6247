#!/usr/bin/env python
"""The command line of the authorisation desk: `manage.py COMMAND --help`."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Runs the command; settings that are missing or wrong end it with a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        settings.configured or settings.INSTALLED_APPS  # noqa: B018
    except ImproperlyConfigured as problem:
        sys.exit(f"{problem}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
