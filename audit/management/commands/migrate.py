"""The command `migrate`, which must not refuse to run because of what it is about to mend."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from audit.triggers import lifted_for_migration


class Command(migrate.Command):
    """Django's command, without the checks of the database before it, and without its triggers meanwhile.

    Those checks would end it when a trigger is missing (`audit.E001`), also where a new version of this
    program has just added the trigger; and running it is what sets triggers up. `check --database` looks
    afterwards.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        """Lifts the triggers where there is something to migrate."""
        connection = connections[options["database"]]
        looks_only = options["plan"] or options["check_unapplied"]
        executor = MigrationExecutor(connection)
        named = options["app_label"] is not None
        if looks_only or not (named or executor.migration_plan(executor.loader.graph.leaf_nodes())):
            super().handle(*args, **options)
            return
        with lifted_for_migration(connection):
            super().handle(*args, **options)

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """The checks of the code only."""
        return {**super().get_check_kwargs(options), "databases": None}
