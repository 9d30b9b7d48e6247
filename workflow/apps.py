"""Registers the package `workflow` with Django, and its system checks."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"

    def ready(self) -> None:
        from workflow import checks  # noqa: F401, PLC0415 - registering needs the app registry
