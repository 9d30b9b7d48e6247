"""The lifecycle of an endorsement, whole, on one page: what a letter of intent or no objection creates.

A granted case that relies on it moves it, or the clock.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.guards import endorsing
from authorisation.roles import Role
from workflow.governed import Governed
from workflow.steps import StateField, Transitions

if TYPE_CHECKING:
    from authorisation.models import Endorsement

transition: Transitions["Endorsement"] = Transitions()


class State(models.TextChoices):
    """Where an endorsement is."""

    IN_FORCE = "in_force", _("in force")
    USED = "used", _("used")
    LAPSED = "lapsed", _("lapsed")
    WITHDRAWN = "withdrawn", _("withdrawn")


S = State


class EndorsementLifecycle(Governed):
    """What can become of an endorsement."""

    state = StateField(choices=S.choices, default=S.IN_FORCE)

    class Meta:
        abstract = True

    @transition(
        source=S.IN_FORCE,
        target=S.USED,
        permission=(Role.SYSTEM,),
        label=_("Use"),
        says=_("A case that relies on it was granted."),
    )
    def use(self) -> None: ...

    @transition(
        source=S.IN_FORCE,
        target=S.LAPSED,
        permission=(Role.CLOCK,),
        label=_("Lapse"),
        says=_("Its time has passed unused, after reminders."),
        needs=(endorsing.validity_has_passed_after_reminders,),
    )
    def lapse(self) -> None: ...

    @transition(
        source=S.IN_FORCE,
        target=S.WITHDRAWN,
        permission=(Role.SYSTEM,),
        label=_("Withdraw"),
        says=_("A granted case of the authority withdrew it."),
    )
    def withdraw(self) -> None: ...
