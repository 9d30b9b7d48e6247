"""The lifecycle of a case, whole, on one page: its states and every transition between them.

Bodies are empty. Who may take a step, when, and what follows is declared in front of it; the one
door (`workflow.door`) reads the declarations and does the rest. Variation between countries is
never a new state: it is data of the authority's procedure.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation import guards
from authorisation.clocks import Clock
from authorisation.kinds import Initiative, Kind
from authorisation.roles import Role
from workflow.governed import Governed
from workflow.steps import ByOutcome, ComesFrom, StateField, Transitions

if TYPE_CHECKING:
    from authorisation.models import Case

transition: Transitions["Case"] = Transitions()


class State(models.TextChoices):
    """Where a case is."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    WITH_APPLICANT = "with_applicant", _("with the applicant")
    IN_REVIEW = "in_review", _("in review")
    IN_DECISION = "in_decision", _("in decision")
    LETTER_DUE = "letter_due", _("letter due")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    LAPSED = "lapsed", _("lapsed")


S = State

ENDED = frozenset({S.GRANTED, S.REFUSED, S.WITHDRAWN, S.LAPSED})

# Who is being waited on in each state. Ended states wait on nobody.
WAITING_ON = {
    S.DRAFT: _("who opened it"),
    S.SUBMITTED: _("the desk: completeness check"),
    S.WITH_APPLICANT: _("the applicant"),
    S.IN_REVIEW: _("the reviewing bodies"),
    S.IN_DECISION: _("the deciding office"),
    S.LETTER_DUE: _("the signing office"),
}


# Which clock runs in each state.
CLOCK = {
    S.DRAFT: Clock.RETENTION,
    S.SUBMITTED: Clock.COMPLETENESS,
    S.WITH_APPLICANT: Clock.APPLICANT,
    S.IN_REVIEW: Clock.REVIEW,
    S.IN_DECISION: Clock.DECISION,
    S.LETTER_DUE: Clock.SIGNATURE,
}

ASKED_FOR = (Initiative.ASKED_FOR,)
OWN_MOTION = (Initiative.OWN_MOTION,)
WITH_HEARING = (Initiative.WITH_HEARING,)


class CaseLifecycle(Governed):
    """What a case can do."""

    state = StateField(choices=S.choices, default=S.DRAFT)

    class Meta:
        abstract = True

    # -- the applicant's way in ------------------------------------------------------------------

    @transition(
        source=S.DRAFT,
        target=S.SUBMITTED,
        permission=(Role.APPLICANT, Role.DESK_OFFICER),
        kinds=ASKED_FOR,
        label=_("Submit"),
        conditions=(guards.fee_is_proved, guards.prerequisites_are_in_force),
        needs=(guards.names_applicant_and_activity, guards.is_declared_true, guards.paper_is_scanned),
    )
    def submit(self) -> None:
        """The application is frozen as a version and goes to the desk."""

    @transition(
        source=S.SUBMITTED,
        target=S.WITH_APPLICANT,
        permission=(Role.DESK_OFFICER,),
        kinds=ASKED_FOR,
        label=_("Return for completion"),
        conditions=(guards.officer_has_no_conflict,),
        needs=(guards.every_missing_item_is_named,),
        effects=("draw_letter",),
    )
    def return_for_completion(self) -> None:
        """Every missing item is named to the applicant, in a letter."""

    @transition(
        source=S.SUBMITTED,
        target=S.IN_REVIEW,
        permission=(Role.DESK_OFFICER,),
        kinds=ASKED_FOR,
        label=_("Accept for review"),
        conditions=(guards.content_is_complete, guards.bodies_are_assigned, guards.officer_has_no_conflict),
    )
    def accept(self) -> None:
        """The application is complete and goes to the reviewing bodies."""

    @transition(
        source=S.SUBMITTED,
        target=None,
        permission=(Role.DESK_OFFICER,),
        kinds=ASKED_FOR,
        label=_("Find an item not applicable"),
        conditions=(guards.officer_has_no_conflict,),
        needs=(guards.item_may_be_waived,),
    )
    def waive(self) -> None:
        """An officer finds a content item not applicable, with the reason; the case stays where it is."""

    # -- the authority's own acts ----------------------------------------------------------------

    @transition(
        source=S.DRAFT,
        target=S.IN_REVIEW,
        permission=(Role.DESK_OFFICER,),
        kinds=OWN_MOTION,
        label=_("File"),
        needs=(guards.grounds_are_written,),
    )
    def file(self) -> None:
        """An act of the authority that needs no hearing goes to review."""

    @transition(
        source=S.DRAFT,
        target=S.WITH_APPLICANT,
        permission=(Role.DESK_OFFICER,),
        kinds=WITH_HEARING,
        label=_("Serve notice"),
        needs=(guards.grounds_are_written,),
        effects=("draw_letter",),
    )
    def serve_notice(self) -> None:
        """The holder is told the grounds, in a letter, and may be heard."""

    @transition(
        source=S.WITH_APPLICANT,
        target=S.IN_REVIEW,
        permission=(Role.APPLICANT, Role.CLOCK),
        kinds=WITH_HEARING,
        label=_("Answer the notice"),
        needs=(guards.is_heard_or_silent_in_time,),
    )
    def hear(self) -> None:
        """The holder was heard, or let the time to be heard pass."""

    @transition(
        source=S.DRAFT,
        target=S.IN_DECISION,
        permission=(Role.DIRECTOR,),
        kinds=(Kind.SUSPENSION,),
        label=_("Suspend at once"),
        needs=(guards.urgency_is_reasoned,),
        movement="block_first_transfers",
    )
    def suspend_at_once(self) -> None:
        """In urgency: first transfers are blocked from this step on, the decision follows."""

    # -- review ----------------------------------------------------------------------------------

    @transition(
        source=S.IN_REVIEW,
        target=None,
        permission=(Role.REVIEWER,),
        label=_("Give the opinion"),
        conditions=(guards.officer_has_no_conflict,),
        needs=(guards.opinion_is_reasoned,),
    )
    def give_opinion(self) -> None:
        """A reviewing body gives its opinion; the case stays in review."""

    @transition(
        source=S.IN_REVIEW,
        target=S.WITH_APPLICANT,
        permission=(Role.DESK_OFFICER, Role.REVIEWER),
        label=_("Ask the applicant"),
        conditions=(guards.officer_has_no_conflict,),
        needs=(guards.questions_are_written,),
    )
    def ask(self) -> None:
        """Questions go to the applicant; the authority's clock stands still."""

    @transition(
        source=S.WITH_APPLICANT,
        target=ComesFrom(S.SUBMITTED, S.IN_REVIEW),
        permission=(Role.APPLICANT,),
        kinds=(Initiative.ASKED_FOR, Initiative.OWN_MOTION),
        label=_("Answer"),
        needs=(guards.every_question_is_answered,),
    )
    def answer(self) -> None:
        """Every question is answered: back to where the case came from."""

    @transition(
        source=S.IN_REVIEW,
        target=S.IN_DECISION,
        permission=(Role.DESK_OFFICER,),
        label=_("Recommend"),
        conditions=(guards.every_body_gave_its_opinion, guards.officer_has_no_conflict),
        needs=(guards.recommendation_is_reasoned, guards.every_rule_is_answered),
    )
    def recommend(self) -> None:
        """The opinions are in, the rules are answered: the desk recommends."""

    # -- decision --------------------------------------------------------------------------------

    @transition(
        source=S.IN_DECISION,
        target=S.IN_REVIEW,
        permission=(Role.DECIDER,),
        label=_("Send back to review"),
        needs=(guards.reasons_are_given,),
    )
    def send_back(self) -> None:
        """The deciding office wants something reviewed again."""

    @transition(
        source=S.IN_DECISION,
        target=S.LETTER_DUE,
        permission=(Role.DECIDER,),
        label=_("Approve"),
        conditions=(guards.decider_did_not_recommend, guards.officer_has_no_conflict),
        needs=(
            guards.nothing_asked_is_withheld,
            guards.nothing_unasked_is_granted,
            guards.blocking_rules_hold,
        ),
        effects=("draw_letter",),
        movement="reserve",
        outcome="granted",
        asks_again=True,
    )
    def approve(self) -> None:
        """All that was asked is granted, once the letter is issued."""

    @transition(
        source=S.IN_DECISION,
        target=S.LETTER_DUE,
        permission=(Role.DECIDER,),
        label=_("Approve in part"),
        conditions=(guards.decider_did_not_recommend, guards.officer_has_no_conflict),
        needs=(
            guards.less_than_asked,
            guards.nothing_unasked_is_granted,
            guards.reasons_are_given,
            guards.blocking_rules_hold,
        ),
        effects=("draw_letter",),
        movement="reserve",
        outcome="granted",
        asks_again=True,
    )
    def approve_in_part(self) -> None:
        """Less is granted than was asked: volume, uses, Parties, entities, vintages or period."""

    @transition(
        source=S.IN_DECISION,
        target=S.LETTER_DUE,
        permission=(Role.DECIDER,),
        label=_("Refuse"),
        conditions=(guards.decider_did_not_recommend, guards.officer_has_no_conflict),
        needs=(guards.reasons_are_given,),
        effects=("draw_letter",),
        movement="release",
        outcome="refused",
        asks_again=True,
    )
    def refuse(self) -> None:
        """What was asked is refused, with reasons, once the letter is issued."""

    # -- signature -------------------------------------------------------------------------------

    @transition(
        source=S.LETTER_DUE,
        target=S.IN_DECISION,
        permission=(Role.SIGNER,),
        label=_("Decline to sign"),
        needs=(guards.reasons_are_given, guards.letter_is_presented),
    )
    def decline_to_sign(self) -> None:
        """The signing office declines: the letter is void, the reservation kept, the decision reopened."""

    @transition(
        source=S.LETTER_DUE,
        target=ByOutcome({"granted": S.GRANTED, "refused": S.REFUSED}),
        permission=(Role.SYSTEM,),
        label=_("Conclude"),
        needs=(guards.letter_is_presented,),
        movement="conclude",
    )
    def conclude(self) -> None:
        """The letter is issued: what was decided takes effect."""

    # -- other ends ------------------------------------------------------------------------------

    @transition(
        source=(S.DRAFT, S.SUBMITTED, S.WITH_APPLICANT, S.IN_REVIEW),
        target=S.WITHDRAWN,
        permission=(Role.APPLICANT, Role.OPENING_OFFICER),
        kinds=ASKED_FOR,
        label=_("Withdraw"),
        movement="release",
    )
    def withdraw(self) -> None:
        """The applicant gives the application up, or the officer who filed it on paper does so for them."""

    @transition(
        source=(S.DRAFT, S.WITH_APPLICANT),
        target=S.LAPSED,
        permission=(Role.CLOCK,),
        kinds=ASKED_FOR,
        label=_("Lapse"),
        needs=(guards.deadline_has_passed_after_warnings,),
        movement="release",
    )
    def lapse(self) -> None:
        """The applicant's time has run out, after warnings."""

    @transition(
        source=(S.DRAFT, S.WITH_APPLICANT, S.IN_REVIEW, S.IN_DECISION),
        target=S.WITHDRAWN,
        permission=(Role.OPENING_OFFICER,),
        kinds=(Initiative.OWN_MOTION, Initiative.WITH_HEARING),
        label=_("Discontinue"),
        needs=(guards.reasons_are_given,),
        effects=("draw_letter",),
        movement="release",
    )
    def discontinue(self) -> None:
        """The authority gives its own act up, and says so in a letter."""
