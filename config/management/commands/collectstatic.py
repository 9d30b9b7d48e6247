"""`collectstatic`, without the files that packages bring and no page loads."""

from typing import Any

from django.contrib.staticfiles.management.commands import collectstatic

# Bootstrap's scripts, and its style sheets in other cuts than the two that pages link to; the API's browser,
# to which no address leads.
LEFT_OUT = [
    "js/bootstrap*",
    "css/bootstrap-*",
    "css/bootstrap.css*",
    "css/bootstrap.rtl.css*",
    "rest_framework/*",
]


class Command(collectstatic.Command):
    """The command of Django, leaving out what is listed above."""

    def set_options(self, **options: Any) -> None:
        """Takes the options as given, with more patterns to ignore."""
        super().set_options(**options)
        self.ignore_patterns = [*self.ignore_patterns, *LEFT_OUT]
