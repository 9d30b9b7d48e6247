"""`migrate`, as the tables' owner where there is one, with SQLite's folder and the cache's table."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
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
            self._migrate(*args, **options)
            return
        self._connect_as(owner)
        try:
            self._migrate(*args, **options)
        finally:
            self._connect_as(application)

    def _migrate(self, *args: Any, **options: Any) -> None:
        """The migrations, and the table of the cache where that is in the database."""
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            call_command("createcachetable", database=options["database"], verbosity=0)

    def _connect_as(self, database: dict[str, Any]) -> None:
        connections[DEFAULT_DB_ALIAS].close()
        del connections[DEFAULT_DB_ALIAS]
        connections.settings[DEFAULT_DB_ALIAS] = connections.configure_settings({DEFAULT_DB_ALIAS: database})[
            DEFAULT_DB_ALIAS
        ]
