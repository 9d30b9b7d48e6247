"""Registers the package `desk` with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"
