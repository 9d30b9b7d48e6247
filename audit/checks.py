"""Django's system check of the trail: the triggers that protect it are in place."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.utils.translation import gettext as _

from audit.triggers import missing


def triggers_are_in_place(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Error `audit.E001` for every trigger that was never set up, dropped, replaced or disabled.

    Runs, as every check with the tag "database", where databases are asked for: `check --database default`.
    """
    return [
        Error(
            _("Table %(table)s lacks protection: its trigger %(trigger)s is missing, changed or disabled.")
            % {"table": ban.table, "trigger": ban.name},
            hint=_("Run manage.py migrate --database %(alias)s, which sets it up again.") % {"alias": alias},
            id="audit.E001",
        )
        for alias in databases or ()
        for ban in missing(connections[alias])
    ]
