"""The lifecycle of an authorisation, whole, on one page. A granted case moves it, or the clock."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.roles import Role
from workflow.governed import Governed
from workflow.steps import StateField, Transitions

if TYPE_CHECKING:
    from authorisation.models import Authorisation

transition: Transitions["Authorisation"] = Transitions()


class State(models.TextChoices):
    """Where an authorisation is."""

    IN_FORCE = "in_force", _("in force")
    SUSPENDED = "suspended", _("suspended")
    REVOKED = "revoked", _("revoked")
    SURRENDERED = "surrendered", _("surrendered")
    EXPIRED = "expired", _("expired")


S = State


class AuthorisationLifecycle(Governed):
    """What can become of an authorisation. What was first transferred stands in every state."""

    state = StateField(choices=S.choices, default=S.IN_FORCE)

    class Meta:
        abstract = True

    @transition(source=S.IN_FORCE, target=S.SUSPENDED, permission=(Role.SYSTEM,), label=_("Suspend"))
    def suspend(self) -> None:
        """A granted suspension: nothing can be first transferred meanwhile."""

    @transition(source=S.SUSPENDED, target=S.IN_FORCE, permission=(Role.SYSTEM,), label=_("Resume"))
    def resume(self) -> None:
        """A granted resumption, or a suspension that was not confirmed."""

    @transition(
        source=(S.IN_FORCE, S.SUSPENDED), target=S.REVOKED, permission=(Role.SYSTEM,), label=_("Revoke")
    )
    def revoke(self) -> None:
        """A granted revocation of all: nothing more can move."""

    @transition(
        source=(S.IN_FORCE, S.SUSPENDED),
        target=S.SURRENDERED,
        permission=(Role.SYSTEM,),
        label=_("Accept the surrender"),
    )
    def surrender(self) -> None:
        """The holder gave it up, and the authority accepted."""

    @transition(
        source=(S.IN_FORCE, S.SUSPENDED), target=S.EXPIRED, permission=(Role.CLOCK,), label=_("Expire")
    )
    def expire(self) -> None:
        """The day after the last of its final dates."""
