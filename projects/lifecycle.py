"""The lifecycles of a cooperative approach and of an activity, whole, on one page.

Both are moved by the cases about them, never by hand: a granted case authorises, a suspension
suspends, and so on.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.governed import Governed
from workflow.steps import StateField, Transitions

if TYPE_CHECKING:
    from projects.models import Activity, CooperativeApproach

SYSTEM = ("system",)

step_of_approach: Transitions["CooperativeApproach"] = Transitions()
step_of_activity: Transitions["Activity"] = Transitions()


class ApproachState(models.TextChoices):
    """Where a cooperative approach is."""

    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("agreed")
    AUTHORISED = "authorised", _("authorised")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended")


class ActivityState(models.TextChoices):
    """Where an activity is."""

    PROPOSED = "proposed", _("proposed")
    ENDORSED = "endorsed", _("endorsed")
    AUTHORISED = "authorised", _("authorised")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended")


class ApproachLifecycle(Governed):
    """What a cooperative approach can do."""

    lock_rank = 50
    state = StateField(choices=ApproachState.choices, default=ApproachState.PROPOSED)

    class Meta:
        abstract = True

    @step_of_approach(
        source=ApproachState.PROPOSED,
        target=ApproachState.AGREED,
        permission=SYSTEM,
        label=_("Agree"),
    )
    def agree(self) -> None:
        """The participating Parties have signed the agreement."""

    @step_of_approach(
        source=(ApproachState.PROPOSED, ApproachState.AGREED),
        target=ApproachState.AUTHORISED,
        permission=SYSTEM,
        label=_("Authorise"),
    )
    def authorise(self) -> None:
        """A granted case has authorised it."""

    @step_of_approach(
        source=ApproachState.AUTHORISED,
        target=ApproachState.SUSPENDED,
        permission=SYSTEM,
        label=_("Suspend"),
    )
    def suspend(self) -> None:
        """A granted suspension holds it."""

    @step_of_approach(
        source=ApproachState.SUSPENDED,
        target=ApproachState.AUTHORISED,
        permission=SYSTEM,
        label=_("Resume"),
    )
    def resume(self) -> None:
        """A granted resumption lets it go on."""

    @step_of_approach(
        source=(
            ApproachState.PROPOSED,
            ApproachState.AGREED,
            ApproachState.AUTHORISED,
            ApproachState.SUSPENDED,
        ),
        target=ApproachState.ENDED,
        permission=SYSTEM,
        label=_("End"),
    )
    def end(self) -> None:
        """It has ended; what was first transferred under it stands."""


class ActivityLifecycle(Governed):
    """What an activity can do."""

    lock_rank = 40
    state = StateField(choices=ActivityState.choices, default=ActivityState.PROPOSED)

    class Meta:
        abstract = True

    @step_of_activity(
        source=ActivityState.PROPOSED,
        target=ActivityState.ENDORSED,
        permission=SYSTEM,
        label=_("Endorse"),
    )
    def endorse(self) -> None:
        """A letter of intent or of no objection is in force for it."""

    @step_of_activity(
        source=(ActivityState.PROPOSED, ActivityState.ENDORSED),
        target=ActivityState.AUTHORISED,
        permission=SYSTEM,
        label=_("Authorise"),
    )
    def authorise(self) -> None:
        """A granted case has authorised its outcomes."""

    @step_of_activity(
        source=ActivityState.AUTHORISED,
        target=ActivityState.SUSPENDED,
        permission=SYSTEM,
        label=_("Suspend"),
    )
    def suspend(self) -> None:
        """A granted suspension holds it."""

    @step_of_activity(
        source=ActivityState.SUSPENDED,
        target=ActivityState.AUTHORISED,
        permission=SYSTEM,
        label=_("Resume"),
    )
    def resume(self) -> None:
        """A granted resumption lets it go on."""

    @step_of_activity(
        source=(
            ActivityState.PROPOSED,
            ActivityState.ENDORSED,
            ActivityState.AUTHORISED,
            ActivityState.SUSPENDED,
        ),
        target=ActivityState.ENDED,
        permission=SYSTEM,
        label=_("End"),
    )
    def end(self) -> None:
        """It has ended; what was first transferred from it stands."""
