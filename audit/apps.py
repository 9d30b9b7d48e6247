"""Registers the package `audit` with Django: its system check, and its triggers after every migration."""

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate

from audit.checks import triggers_are_in_place
from audit.triggers import install_after_migration


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        """Connect the check and the receiver.

        One sender is enough: all migrations have run before the first `post_migrate` is sent.
        """
        register(triggers_are_in_place, Tags.database)
        post_migrate.connect(install_after_migration, sender=self, dispatch_uid="audit.triggers")
