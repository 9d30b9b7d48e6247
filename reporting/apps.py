"""Registers the package `reporting` with Django."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
