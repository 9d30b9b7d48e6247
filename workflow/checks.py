"""System checks: every lifecycle is governed, and every effect a step names is bound."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

from workflow.effects import bound
from workflow.governance import governed_models
from workflow.governed import Governed
from workflow.steps import steps_of, terms_of


@register()
def lifecycles_are_wired(
    app_configs: Sequence[AppConfig] | None = None,  # noqa: ARG001 - Django calls it so
    **options: Any,  # noqa: ARG001
) -> list[CheckMessage]:
    """Finds lifecycles without governance, and effects that nobody would carry out."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if not issubclass(model, Governed):
            continue
        if model not in governed_models():
            found.append(Error(f"{model._meta.label} has a lifecycle but no governance.", id="workflow.E001"))
        for step in steps_of(model):
            terms = terms_of(step)
            found += [
                Error(
                    f"{model._meta.label}.{terms.name} names the effect {effect!r}, which is bound nowhere.",
                    hint="Bind it in config/wiring.py.",
                    id="workflow.E002",
                )
                for effect in terms.effects
                if effect not in bound()
            ]
    return found
