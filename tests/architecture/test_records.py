"""What holds for every record of ours, whichever package it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models


def _fields() -> Iterator[models.Field[Any, Any]]:
    """Every field of our own models."""
    for model in apps.get_models():
        if (settings.BASE_DIR / model._meta.app_label / "models.py").exists() or (
            settings.BASE_DIR / model._meta.app_label / "models"
        ).is_dir():
            yield from model._meta.local_fields


def test_a_record_that_another_cites_cannot_go() -> None:
    references = [field for field in _fields() if isinstance(field, models.ForeignKey)]

    assert references
    assert [field for field in references if field.remote_field.on_delete is not models.PROTECT] == []


def test_no_quantity_is_kept_as_a_floating_point_number() -> None:
    fields = list(_fields())

    assert fields
    assert [field for field in fields if isinstance(field, models.FloatField)] == []
