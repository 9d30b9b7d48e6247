"""The lifecycle of an authorisation, whole, on one page. A granted case moves it, or the clock."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.guards import bringing_in, holding_back, recording
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

# Nothing more can move; what was first transferred stands.
ENDED = frozenset({S.REVOKED, S.SURRENDERED, S.EXPIRED})


class AuthorisationLifecycle(Governed):
    """What can become of an authorisation. What was first transferred stands in every state."""

    state = StateField(choices=S.choices, default=S.IN_FORCE)

    class Meta:
        abstract = True

    # -- what happens to its outcomes ------------------------------------------------------------

    @transition(
        source=tuple(S),
        target=None,
        permission=(Role.DESK_OFFICER, Role.REGISTRY, Role.SYSTEM),
        label=_("Cover an issuance"),
        says=_("Outcomes were issued: while it is in force it covers of them what its ceilings allow."),
    )
    def cover(self) -> None: ...

    @transition(
        source=S.IN_FORCE,
        target=None,
        permission=(Role.DESK_OFFICER, Role.REGISTRY),
        label=_("Record a first transfer"),
        says=_("Outcomes have gone to another Party for the first time."),
        conditions=(recording.transfers_are_not_blocked, holding_back.conditions_are_met),
        needs=(
            recording.evidence_is_given,
            recording.happened_in_its_time,
            recording.a_volume_is_named,
            holding_back.happened_since_it_took_effect,
            recording.goes_to_an_authorised_party,
            recording.first_transferred_and_adjusted_as_due,
        ),
        effects=("send_notices", "tell_programs"),
        movement="first_transfer",
    )
    def record_first_transfer(self) -> None: ...

    @transition(
        source=tuple(S),
        target=None,
        permission=(Role.DESK_OFFICER, Role.REGISTRY),
        label=_("Record a use"),
        says=_(
            "Outcomes were used by a Party or an entity; what was first transferred may be used for good."
        ),
        needs=(
            recording.evidence_is_given,
            recording.happened_in_its_time,
            recording.a_volume_is_named,
            recording.used_by_whom_it_names,
            recording.used_within_the_period,
        ),
        effects=("tell_programs",),
        movement="use",
    )
    def record_use(self) -> None: ...

    @transition(
        source=tuple(S),
        target=None,
        permission=(Role.DESK_OFFICER, Role.REGISTRY),
        label=_("Record a cancellation"),
        says=_("Outcomes were cancelled, for a purpose that is named."),
        needs=(
            recording.evidence_is_given,
            recording.happened_in_its_time,
            recording.a_volume_is_named,
            recording.purpose_is_named,
            recording.cancelled_in_time,
        ),
        effects=("tell_programs",),
        movement="cancel",
    )
    def record_cancellation(self) -> None: ...

    @transition(
        source=tuple(S),
        target=None,
        permission=(Role.DESK_OFFICER,),
        label=_("Note a condition met"),
        says=_("A condition precedent is recorded as met; with the last one the authorisation takes effect."),
    )
    def note_condition(self) -> None: ...

    # -- its versions and states -----------------------------------------------------------------

    @transition(
        source=(S.IN_FORCE, S.SUSPENDED),
        target=None,
        permission=(Role.SYSTEM,),
        label=_("Make the next version"),
        says=_("A granted change, top-up, transfer of holder, or revocation of a part."),
        effects=("list_whom_to_tell", "tell_programs"),
        movement="take_effect",
    )
    def amend(self) -> None: ...

    @transition(
        source=S.IN_FORCE,
        target=S.SUSPENDED,
        permission=(Role.SYSTEM,),
        label=_("Suspend"),
        says=_("A granted suspension: nothing can be first transferred meanwhile."),
        effects=("list_whom_to_tell", "tell_programs"),
        movement="take_effect",
    )
    def suspend(self) -> None: ...

    @transition(
        source=S.SUSPENDED,
        target=S.IN_FORCE,
        permission=(Role.SYSTEM,),
        label=_("Resume"),
        says=_("A granted resumption: first transfers go on, and what was issued meanwhile is covered."),
        effects=("list_whom_to_tell", "tell_programs"),
        movement="take_effect",
    )
    def resume(self) -> None: ...

    @transition(
        source=(S.IN_FORCE, S.SUSPENDED),
        target=S.REVOKED,
        permission=(Role.SYSTEM,),
        label=_("Revoke"),
        says=_("A granted revocation of all: nothing more can move."),
        effects=("list_whom_to_tell", "tell_programs"),
        movement="take_effect",
    )
    def revoke(self) -> None: ...

    @transition(
        source=(S.IN_FORCE, S.SUSPENDED),
        target=S.SURRENDERED,
        permission=(Role.SYSTEM,),
        label=_("Accept the surrender"),
        says=_("The holder gave it up, and the authority accepted."),
        effects=("list_whom_to_tell", "tell_programs"),
        movement="take_effect",
    )
    def surrender(self) -> None: ...

    @transition(
        source=(S.IN_FORCE, S.SUSPENDED),
        target=S.EXPIRED,
        permission=(Role.CLOCK,),
        label=_("Expire"),
        says=_("The day after the last of its final dates."),
        effects=("list_whom_to_tell", "tell_programs"),
    )
    def expire(self) -> None: ...

    # -- how one that is brought in stood already; nobody is told of what happened long ago ----------

    @transition(
        source=S.IN_FORCE,
        target=S.SUSPENDED,
        permission=(Role.SYSTEM,),
        label=_("Bring in as suspended"),
        says=_("It was suspended elsewhere before this register was kept."),
        conditions=(bringing_in.nothing_has_happened_to_it_here,),
        needs=(bringing_in.somebody_answers_for_it,),
    )
    def bring_in_as_suspended(self) -> None: ...

    @transition(
        source=S.IN_FORCE,
        target=S.REVOKED,
        permission=(Role.SYSTEM,),
        label=_("Bring in as revoked"),
        says=_("It was revoked elsewhere before this register was kept: nothing more can move."),
        conditions=(bringing_in.nothing_has_happened_to_it_here,),
        needs=(bringing_in.somebody_answers_for_it,),
        movement="end_what_was_brought_in",
    )
    def bring_in_as_revoked(self) -> None: ...

    @transition(
        source=S.IN_FORCE,
        target=S.SURRENDERED,
        permission=(Role.SYSTEM,),
        label=_("Bring in as surrendered"),
        says=_("It was given up elsewhere before this register was kept: nothing more can move."),
        conditions=(bringing_in.nothing_has_happened_to_it_here,),
        needs=(bringing_in.somebody_answers_for_it,),
        movement="end_what_was_brought_in",
    )
    def bring_in_as_surrendered(self) -> None: ...

    @transition(
        source=S.IN_FORCE,
        target=S.EXPIRED,
        permission=(Role.SYSTEM,),
        label=_("Bring in as expired"),
        says=_("It expired before this register was kept: nothing more can move."),
        conditions=(bringing_in.nothing_has_happened_to_it_here,),
        needs=(bringing_in.somebody_answers_for_it,),
    )
    def bring_in_as_expired(self) -> None: ...
