"""`migrate`, as the owner of the tables where there is one, and with a folder for SQLite's file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from audit.management.commands import migrate
from config.database import SQLITE


class Command(migrate.Command):
    """The command of `audit`, over MIGRATION_DATABASE_URL where it is set."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the migrations; the application's own connection comes back afterwards."""
        application = connections.settings[DEFAULT_DB_ALIAS]
        owner = settings.MIGRATION_DATABASE or application
        if owner["ENGINE"] == SQLITE:
            Path(owner["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        if owner is application or options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        self._connect_as(owner)
        try:
            super().handle(*args, **options)
        finally:
            self._connect_as(application)

    def _connect_as(self, database: dict[str, Any]) -> None:
        connections[DEFAULT_DB_ALIAS].close()
        del connections[DEFAULT_DB_ALIAS]
        connections.settings[DEFAULT_DB_ALIAS] = connections.configure_settings({DEFAULT_DB_ALIAS: database})[
            DEFAULT_DB_ALIAS
        ]
