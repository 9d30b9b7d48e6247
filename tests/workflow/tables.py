"""The whole database as it is, so that a test can say what changed in it, and that nothing else did."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps

Rows = Mapping[str, Mapping[Any, Mapping[str, Any]]]


def everything() -> Rows:
    """Every row of every table, by the model's label and its primary key."""
    return {
        model._meta.label: {row[model._meta.pk.attname]: row for row in model._default_manager.values()}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def changed(before: Rows, after: Rows) -> dict[str, int]:
    """How many rows of which model were added, removed or changed."""
    counts = {
        label: sum(before[label].get(key) != after[label].get(key) for key in {*before[label], *after[label]})
        for label in before
    }
    return {label: count for label, count in counts.items() if count}
