"""Registers the package `authorisation` with Django, and its lifecycles with the door."""

from django.apps import AppConfig


class AuthorisationConfig(AppConfig):
    name = "authorisation"

    def ready(self) -> None:
        from authorisation import governance  # noqa: PLC0415 - models can be imported only now

        governance.register()
