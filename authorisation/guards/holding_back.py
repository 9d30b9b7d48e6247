"""Why an authorisation has no effect yet: a condition precedent is not recorded as met. Each a sentence."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from authorisation.held_back import in_effect_since, unmet_conditions
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Authorisation


def conditions_are_met(authorisation: "Authorisation", actor: Actor) -> Iterable[Reason]:
    """Nothing is first transferred under an authorisation whose conditions precedent are not all met."""
    for condition in unmet_conditions(authorisation):
        yield Reason(
            code="condition-unmet",
            words=_(
                "The authorisation has no effect yet: this condition is not recorded as met: %(condition)s"
            ),
            values={"condition": condition.requirement.label},
            mend=_("Hand in the evidence, and let the authority record it as met."),
        )


def happened_since_it_took_effect(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """Not before the day on which the last condition precedent was recorded as met."""
    value = facts.get("on")
    on = date.fromisoformat(value) if isinstance(value, str) else None
    since = in_effect_since(authorisation)
    letter = authorisation.versions.earliest("number").effective_on
    if on is not None and since is not None and letter <= on < since:
        yield Reason(
            code="before-effect",
            words=_("On %(on)s a condition was not met yet: the authorisation took effect on %(since)s."),
            values={"on": day(on), "since": day(since)},
            mend=_("Correct the day."),
        )
