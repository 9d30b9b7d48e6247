"""Registers with Django the wiring, which effect of a transition is handled by whom, and a system check."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self) -> None:
        from config import (  # noqa: PLC0415 - handlers can be imported only now
            catalogues,  # noqa: F401 - importing it registers its check
            wiring,
        )

        wiring.wire()
