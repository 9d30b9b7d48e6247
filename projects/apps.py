"""Registers the package `projects` with Django, and its lifecycles with the door."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"

    def ready(self) -> None:
        from projects import governance  # noqa: PLC0415 - models can be imported only now

        governance.register()
