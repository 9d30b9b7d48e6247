"""The lifecycles of a cooperative approach and of an activity, whole, on one page.

Both are moved by the cases about them, never by hand: a granted case authorises, a suspension
suspends, and so on.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.wording import Named
from workflow.governed import Governed
from workflow.steps import StateField, Transitions

if TYPE_CHECKING:
    from projects.models import Activity, CooperativeApproach

SYSTEM = (Named("system", _("the system")),)

# Who records what happens to outcomes: an officer with evidence, or a registry that is entitled to. What was
# issued before this register was kept, the system enters.
RECORDING = (Named("desk_officer", _("desk officer")), Named("registry", _("entitled registry")))

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
        says=_("The participating Parties have signed the agreement."),
    )
    def agree(self) -> None: ...

    @step_of_approach(
        source=(ApproachState.PROPOSED, ApproachState.AGREED),
        target=ApproachState.AUTHORISED,
        permission=SYSTEM,
        label=_("Authorise"),
        says=_("A granted case has authorised it."),
    )
    def authorise(self) -> None: ...

    @step_of_approach(
        source=ApproachState.AUTHORISED,
        target=ApproachState.SUSPENDED,
        permission=SYSTEM,
        label=_("Suspend"),
        says=_("A granted suspension holds it."),
    )
    def suspend(self) -> None: ...

    @step_of_approach(
        source=ApproachState.SUSPENDED,
        target=ApproachState.AUTHORISED,
        permission=SYSTEM,
        label=_("Resume"),
        says=_("A granted resumption lets it go on."),
    )
    def resume(self) -> None: ...

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
        says=_("It has ended; what was first transferred under it stands."),
    )
    def end(self) -> None: ...


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
        says=_("A letter of intent or of no objection is in force for it."),
    )
    def endorse(self) -> None: ...

    @step_of_activity(
        source=(ActivityState.PROPOSED, ActivityState.ENDORSED),
        target=ActivityState.AUTHORISED,
        permission=SYSTEM,
        label=_("Authorise"),
        says=_("A granted case has authorised its outcomes."),
    )
    def authorise(self) -> None: ...

    @step_of_activity(
        source=(ActivityState.AUTHORISED, ActivityState.SUSPENDED),
        target=None,
        permission=SYSTEM,
        label=_("Authorise further outcomes"),
        says=_("One more granted case has authorised outcomes of it."),
    )
    def authorise_further(self) -> None: ...

    @step_of_activity(
        source=(
            ActivityState.PROPOSED,
            ActivityState.ENDORSED,
            ActivityState.AUTHORISED,
            ActivityState.SUSPENDED,
            ActivityState.ENDED,
        ),
        target=None,
        permission=(*RECORDING, *SYSTEM),
        label=_("Record an issuance"),
        says=_("A registry has issued outcomes of it; what is authorised covers of them what it can."),
        effects=("tell_programs",),
    )
    def record_issuance(self) -> None: ...

    @step_of_activity(
        source=tuple(ActivityState),
        target=None,
        permission=RECORDING,
        label=_("Record a reversal"),
        says=_("Removals were reversed, or units credited in excess; what was first transferred stands."),
    )
    def record_reversal(self) -> None: ...

    @step_of_activity(
        source=tuple(ActivityState),
        target=None,
        permission=RECORDING,
        label=_("Record a replacement"),
        says=_("Other units replace what was reversed or credited in excess."),
    )
    def record_replacement(self) -> None: ...

    @step_of_activity(
        source=ActivityState.AUTHORISED,
        target=ActivityState.SUSPENDED,
        permission=SYSTEM,
        label=_("Suspend"),
        says=_("A granted suspension holds it."),
    )
    def suspend(self) -> None: ...

    @step_of_activity(
        source=ActivityState.SUSPENDED,
        target=ActivityState.AUTHORISED,
        permission=SYSTEM,
        label=_("Resume"),
        says=_("A granted resumption lets it go on."),
    )
    def resume(self) -> None: ...

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
        says=_("It has ended; what was first transferred from it stands."),
    )
    def end(self) -> None: ...
