"""The command `migrate`, which must not refuse to run because of what it is about to mend."""

from typing import Any

from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's command, without the checks of the database before it.

    Those would end it when a trigger is missing (`audit.E001`), also where a new version of this program has
    just added the trigger; and running it is what sets triggers up. `check --database` looks afterwards.
    """

    def get_check_kwargs(self, options: dict[str, Any]) -> Any:
        """The checks of the code only."""
        return {**super().get_check_kwargs(options), "databases": None}
