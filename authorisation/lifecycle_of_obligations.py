"""The lifecycle of what is asked of a holder, whole, on one page: a condition precedent, or an obligation.

One record is one thing that falls due once; what falls due again is the next record. That a day has passed is
no state: a breach is what an officer finds, with reasons, and it can still be made good.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.guards import obliging
from authorisation.requirements import Sort
from authorisation.roles import Role
from workflow.governed import Governed
from workflow.steps import ComesFrom, StateField, Transitions

if TYPE_CHECKING:
    from authorisation.models import Obligation

transition: Transitions["Obligation"] = Transitions()


class State(models.TextChoices):
    """Where it is."""

    AWAITED = "awaited", _("awaited")
    HANDED_IN = "handed_in", _("handed in, not judged yet")
    BREACHED = "breached", _("breached")
    MET = "met", _("met")
    WAIVED = "waived", _("waived")
    LIFTED = "lifted", _("no longer owed")


S = State

# Who is being waited on in each state. The others have ended and wait on nobody.
WAITING_ON = {
    S.AWAITED: _("the holder"),
    S.HANDED_IN: _("the desk: judgement of the evidence"),
    S.BREACHED: _("the holder, to make it good"),
}
ENDED = frozenset({S.MET, S.WAIVED, S.LIFTED})


class ObligationLifecycle(Governed):
    """What can become of it."""

    state = StateField(choices=S.choices, default=S.AWAITED)

    class Meta:
        abstract = True

    @transition(
        source=(S.AWAITED, S.BREACHED),
        target=S.HANDED_IN,
        permission=(Role.HOLDER, Role.DESK_OFFICER),
        label=_("Hand in evidence"),
        says=_("The holder shows that it was done; an officer may file for them what came on paper."),
        needs=(obliging.evidence_is_handed_in,),
        effects=("tell_desk",),
    )
    def hand_in(self) -> None: ...

    @transition(
        source=(S.AWAITED, S.HANDED_IN, S.BREACHED),
        target=S.MET,
        permission=(Role.DESK_OFFICER,),
        label=_("Find it met"),
        says=_(
            "On evidence and with reasons. With the last condition precedent the authorisation takes effect."
        ),
        conditions=(obliging.officer_has_no_conflict,),
        needs=(obliging.is_shown_by_evidence, obliging.finding_is_reasoned),
        effects=("tell_applicant",),
    )
    def find_met(self) -> None: ...

    @transition(
        source=S.HANDED_IN,
        target=ComesFrom(S.AWAITED, S.BREACHED),
        permission=(Role.DESK_OFFICER,),
        label=_("Find it not met"),
        says=_("The evidence does not show it, with reasons: it is awaited as before."),
        conditions=(obliging.officer_has_no_conflict,),
        needs=(obliging.finding_is_reasoned,),
        effects=("tell_applicant",),
    )
    def find_not_met(self) -> None: ...

    @transition(
        source=S.AWAITED,
        target=None,
        permission=(Role.DESK_OFFICER, Role.DIRECTOR),
        label=_("Give more time"),
        says=_("It falls due on a later day, with reasons."),
        conditions=(obliging.officer_has_no_conflict,),
        needs=(obliging.later_day_is_given, obliging.finding_is_reasoned),
        effects=("tell_applicant",),
    )
    def extend(self) -> None: ...

    @transition(
        source=S.AWAITED,
        target=S.BREACHED,
        permission=(Role.DESK_OFFICER,),
        kinds=(Sort.OBLIGATION,),
        label=_("Find a breach"),
        says=_("The day has passed and it was not done. The finding can be a ground to suspend."),
        conditions=(obliging.officer_has_no_conflict,),
        needs=(obliging.its_day_has_passed, obliging.finding_is_reasoned),
        effects=("tell_applicant", "tell_director"),
    )
    def find_breach(self) -> None: ...

    @transition(
        source=S.BREACHED,
        target=None,
        permission=(Role.DESK_OFFICER, Role.DIRECTOR),
        kinds=(Sort.OBLIGATION,),
        label=_("Open a suspension"),
        says=_(
            "The finding is its ground, and the evidence goes with it. Nothing is suspended by this: the "
            "holder is heard first, or the director suspends at once where it is urgent."
        ),
        conditions=(
            obliging.officer_has_no_conflict,
            obliging.authorisation_is_in_force,
            obliging.no_suspension_is_open,
        ),
    )
    def open_suspension(self) -> None: ...

    @transition(
        source=(S.AWAITED, S.HANDED_IN, S.BREACHED),
        target=S.WAIVED,
        permission=(Role.DIRECTOR,),
        kinds=(Sort.OBLIGATION,),
        label=_("Waive it"),
        says=_("The holder need not do it this time, with reasons. What recurs falls due again."),
        conditions=(obliging.officer_has_no_conflict,),
        needs=(obliging.finding_is_reasoned,),
        effects=("tell_applicant", "tell_desk"),
    )
    def waive(self) -> None: ...

    @transition(
        source=(S.AWAITED, S.HANDED_IN),
        target=S.LIFTED,
        permission=(Role.CLOCK,),
        label=_("Lift it"),
        says=_("The authorisation has ended before it fell due."),
        needs=(obliging.authorisation_ended_before_its_day,),
    )
    def lift(self) -> None: ...
