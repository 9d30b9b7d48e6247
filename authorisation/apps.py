"""Registers the package `authorisation` with Django, and its lifecycles with the door."""

from django.apps import AppConfig

from audit.triggers import also_want


class AuthorisationConfig(AppConfig):
    name = "authorisation"

    def ready(self) -> None:
        from authorisation import governance  # noqa: PLC0415 - models can be imported only now
        from authorisation.models import defences  # noqa: PLC0415

        governance.register()
        also_want(defences.bans)
