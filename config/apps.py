"""Registers the wiring with Django: which effect of a transition is handled by whom."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        from config import wiring  # noqa: PLC0415 - handlers can be imported only now

        wiring.wire()
