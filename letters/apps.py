"""Registers the package `letters` with Django, and its lifecycle with the door."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "letters"

    def ready(self) -> None:
        from letters import governance  # noqa: PLC0415 - models can be imported only now

        governance.register()
