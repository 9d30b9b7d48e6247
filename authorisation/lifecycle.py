"""The lifecycle of a case, whole, on one page: its states and every transition between them.

Bodies are empty. Who may take a step, when, and what follows is declared in front of it; the one
door (`workflow.door`) reads the declarations and does the rest. Variation between countries is
never a new state: it is data of the authority's procedure.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from authorisation.clocks import Clock
from authorisation.guards import (
    appealing,
    applying,
    bringing_in,
    checking,
    clarifying,
    conflicts,
    deciding,
    documents,
    hearing,
    paying,
    reviewing,
)
from authorisation.kinds import DIVISIBLE, WITH_FEES, Initiative, Kind
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
        says=_("The application is frozen as a version and goes to the desk."),
        conditions=(
            paying.fees_before_submission_are_proved,
            applying.prerequisites_are_in_force,
            appealing.appeal_names_a_decision,
        ),
        needs=(applying.names_applicant_and_activity, applying.is_declared_true, applying.paper_is_scanned),
        effects=("charge_fees", "send_notices", "tell_desk", "tell_applicant"),
    )
    def submit(self) -> None: ...

    @transition(
        source=S.SUBMITTED,
        target=S.WITH_APPLICANT,
        permission=(Role.DESK_OFFICER,),
        kinds=ASKED_FOR,
        label=_("Return for completion"),
        says=_("Every missing item is named to the applicant, in a letter."),
        conditions=(conflicts.officer_has_no_conflict,),
        needs=(checking.every_missing_item_is_named,),
        effects=("draw_letter", "tell_applicant"),
    )
    def return_for_completion(self) -> None: ...

    @transition(
        source=S.SUBMITTED,
        target=S.IN_REVIEW,
        permission=(Role.DESK_OFFICER,),
        kinds=ASKED_FOR,
        label=_("Accept for review"),
        says=_("The application is complete and goes to the reviewing bodies."),
        conditions=(
            checking.content_is_complete,
            documents.documents_are_in_order,
            checking.bodies_are_assigned,
            paying.fees_before_review_are_settled,
            conflicts.officer_has_no_conflict,
        ),
        effects=("charge_fees", "send_notices", "tell_bodies", "tell_applicant"),
    )
    def accept(self) -> None: ...

    @transition(
        source=S.SUBMITTED,
        target=None,
        permission=(Role.DESK_OFFICER,),
        kinds=ASKED_FOR,
        label=_("Find an item not applicable"),
        says=_(
            "An officer finds a content item not applicable, with the reason; the case stays where it is."
        ),
        conditions=(conflicts.officer_has_no_conflict,),
        needs=(checking.item_may_be_waived,),
    )
    def waive(self) -> None: ...

    @transition(
        source=S.DRAFT,
        target=S.IN_REVIEW,
        permission=(Role.SYSTEM,),
        kinds=ASKED_FOR,
        label=_("Review anew"),
        says=_("An appeal was upheld: what it went against is reviewed anew, in a case of its own."),
        conditions=(appealing.follows_an_upheld_appeal,),
        effects=("tell_bodies", "tell_applicant", "tell_desk"),
    )
    def review_anew(self) -> None: ...

    @transition(
        source=(S.SUBMITTED, S.WITH_APPLICANT, S.IN_REVIEW, S.IN_DECISION),
        target=None,
        permission=(Role.APPLICANT, Role.DESK_OFFICER),
        kinds=ASKED_FOR,
        label=_("Record another holder"),
        says=_(
            "Units that the application names have another holder: a version of it is frozen that says so."
        ),
        needs=(applying.block_is_named,),
    )
    def record_holder(self) -> None: ...

    # -- supporting documents --------------------------------------------------------------------

    @transition(
        source=(S.DRAFT, S.SUBMITTED, S.WITH_APPLICANT, S.IN_REVIEW, S.IN_DECISION, S.LETTER_DUE),
        target=None,
        permission=(Role.APPLICANT, Role.DESK_OFFICER),
        label=_("Add a document"),
        says=_("A document is added to the case, or a new version of one; the earlier stays readable."),
        conditions=(documents.documents_are_asked_of_the_applicant,),
        needs=(documents.document_may_be_added,),
    )
    def add_document(self) -> None: ...

    @transition(
        source=S.DRAFT,
        target=None,
        permission=(Role.APPLICANT, Role.OPENING_OFFICER),
        label=_("Remove a document"),
        says=_("A document is taken out of an application that is not submitted yet."),
        needs=(documents.document_is_current,),
    )
    def remove_document(self) -> None: ...

    @transition(
        source=(S.SUBMITTED, S.IN_REVIEW),
        target=None,
        permission=(Role.DESK_OFFICER,),
        label=_("Accept or reject a document"),
        says=_("A document is accepted, or rejected with reasons that the applicant reads."),
        conditions=(conflicts.officer_has_no_conflict,),
        needs=(
            documents.document_is_current,
            documents.document_is_no_proof_of_a_fee,
            documents.rejection_is_reasoned,
        ),
    )
    def judge_document(self) -> None: ...

    # -- fees ------------------------------------------------------------------------------------

    @transition(
        source=(S.DRAFT, S.SUBMITTED, S.WITH_APPLICANT, S.IN_REVIEW, S.IN_DECISION, S.LETTER_DUE),
        target=None,
        permission=(Role.APPLICANT, Role.DESK_OFFICER),
        kinds=(WITH_FEES,),
        label=_("Hand in a proof of payment"),
        says=_("A payment is shown to have been made: it counts for one fee, and for no other."),
        needs=(paying.fee_can_be_settled, paying.payment_is_named, paying.proof_counts_once),
        effects=("tell_desk",),
    )
    def hand_in_proof(self) -> None: ...

    @transition(
        source=(S.SUBMITTED, S.WITH_APPLICANT, S.IN_REVIEW, S.IN_DECISION, S.LETTER_DUE),
        target=None,
        permission=(Role.DESK_OFFICER,),
        kinds=(WITH_FEES,),
        label=_("Accept or reject a proof of payment"),
        says=_("The fee is paid; or the proof is rejected with reasons, and the fee still owed."),
        conditions=(conflicts.officer_has_no_conflict,),
        needs=(paying.proof_is_there, paying.rejection_of_a_proof_is_reasoned),
        effects=("tell_applicant",),
    )
    def judge_proof(self) -> None: ...

    @transition(
        source=(S.DRAFT, S.SUBMITTED, S.WITH_APPLICANT, S.IN_REVIEW, S.IN_DECISION, S.LETTER_DUE),
        target=None,
        permission=(Role.DESK_OFFICER, Role.DIRECTOR, Role.DECIDER),
        kinds=(WITH_FEES,),
        label=_("Exempt from a fee"),
        says=_("The applicant need not pay a fee, with the reason."),
        conditions=(conflicts.officer_has_no_conflict,),
        needs=(
            paying.fee_can_be_settled,
            paying.exemption_is_theirs_to_give,
            paying.exemption_is_reasoned,
        ),
        effects=("tell_applicant",),
    )
    def exempt_from_fee(self) -> None: ...

    # -- the authority's own acts ----------------------------------------------------------------

    @transition(
        source=S.DRAFT,
        target=S.IN_REVIEW,
        permission=(Role.DESK_OFFICER,),
        kinds=OWN_MOTION,
        label=pgettext_lazy("act of the authority", "File"),
        says=_("An act of the authority that needs no hearing goes to review."),
        needs=(hearing.grounds_are_written,),
        effects=("tell_bodies",),
    )
    def file(self) -> None: ...

    @transition(
        source=S.DRAFT,
        target=S.WITH_APPLICANT,
        permission=(Role.DESK_OFFICER,),
        kinds=WITH_HEARING,
        label=_("Serve notice"),
        says=_("The holder is told the grounds, in a letter, and may be heard."),
        needs=(hearing.grounds_are_written,),
        effects=("draw_letter", "tell_applicant"),
    )
    def serve_notice(self) -> None: ...

    @transition(
        source=S.WITH_APPLICANT,
        target=S.IN_REVIEW,
        permission=(Role.APPLICANT, Role.CLOCK),
        kinds=WITH_HEARING,
        label=_("Answer the notice"),
        says=_("The holder was heard, or let the time to be heard pass."),
        needs=(hearing.is_heard_or_silent_in_time,),
        effects=("tell_bodies", "tell_desk", "tell_applicant"),
    )
    def hear(self) -> None: ...

    @transition(
        source=S.DRAFT,
        target=S.IN_DECISION,
        permission=(Role.DIRECTOR,),
        kinds=(Kind.SUSPENSION,),
        label=_("Suspend at once"),
        says=_("In urgency: first transfers are blocked from this step on, the decision follows."),
        needs=(hearing.urgency_is_reasoned,),
        effects=("tell_decider", "tell_applicant"),
        movement="block_first_transfers",
    )
    def suspend_at_once(self) -> None: ...

    # -- review ----------------------------------------------------------------------------------

    @transition(
        source=S.IN_REVIEW,
        target=None,
        permission=(Role.MEMBER,),
        label=_("Vote"),
        says=_("A member of a reviewing body votes, with reasons; the case stays in review."),
        conditions=(reviewing.body_has_not_concluded, conflicts.officer_has_no_conflict),
        needs=(reviewing.vote_is_reasoned, reviewing.sheet_is_answered, reviewing.vote_counts),
    )
    def vote(self) -> None: ...

    @transition(
        source=S.IN_REVIEW,
        target=None,
        permission=(Role.CHAIR,),
        label=_("Give the opinion"),
        says=_("A reviewing body gives its opinion; the case stays in review."),
        conditions=(reviewing.body_has_not_concluded, conflicts.officer_has_no_conflict),
        needs=(
            reviewing.opinion_is_reasoned,
            reviewing.sheet_is_answered,
            reviewing.votes_carry_the_opinion,
        ),
        effects=("tell_desk",),
    )
    def give_opinion(self) -> None: ...

    @transition(
        source=S.IN_REVIEW,
        target=None,
        permission=(Role.CHAIR,),
        label=_("Take the review up again"),
        says=_("What a reviewing body has said becomes history, and it reviews the case anew."),
        conditions=(reviewing.body_has_spoken, conflicts.officer_has_no_conflict),
        needs=(deciding.reasons_are_given,),
    )
    def take_up_again(self) -> None: ...

    @transition(
        source=(S.SUBMITTED, S.IN_REVIEW, S.IN_DECISION),
        target=None,
        permission=(Role.DESK_OFFICER, Role.REVIEWER, Role.DECIDER),
        label=_("Declare a conflict of interest"),
        says=_("Whoever has a conflict of interest says so, and takes no part in the case any more."),
        conditions=(conflicts.takes_part_still,),
        needs=(conflicts.conflict_is_reasoned,),
    )
    def recuse(self) -> None: ...

    @transition(
        source=S.IN_REVIEW,
        target=None,
        permission=(Role.DIRECTOR,),
        label=_("Appoint a member for this case"),
        says=_("Somebody of the authority sits in a reviewing body for a member who takes no part."),
        needs=(reviewing.appointee_can_sit,),
    )
    def appoint_ad_hoc(self) -> None: ...

    @transition(
        source=S.IN_REVIEW,
        target=S.WITH_APPLICANT,
        permission=(Role.DESK_OFFICER, Role.REVIEWER),
        label=_("Ask the applicant"),
        says=_("Questions go to the applicant; the authority's clock stands still."),
        conditions=(conflicts.officer_has_no_conflict,),
        needs=(clarifying.questions_are_written,),
        effects=("send_notices", "tell_applicant"),
    )
    def ask(self) -> None: ...

    @transition(
        source=S.WITH_APPLICANT,
        target=ComesFrom(S.SUBMITTED, S.IN_REVIEW),
        permission=(Role.APPLICANT,),
        kinds=(Initiative.ASKED_FOR, Initiative.OWN_MOTION),
        label=_("Answer"),
        says=_("Every question is answered: back to where the case came from."),
        needs=(clarifying.every_question_is_answered, clarifying.answers_are_to_open_questions),
        effects=("tell_bodies", "tell_desk", "tell_applicant"),
    )
    def answer(self) -> None: ...

    @transition(
        source=S.IN_REVIEW,
        target=S.IN_DECISION,
        permission=(Role.DESK_OFFICER,),
        label=_("Recommend"),
        says=_("The opinions are in, the rules are answered: the desk recommends."),
        conditions=(
            reviewing.every_body_gave_its_opinion,
            documents.documents_for_decision_are_in_order,
            paying.fees_before_decision_are_settled,
            conflicts.officer_has_no_conflict,
        ),
        needs=(reviewing.recommendation_is_reasoned, reviewing.every_rule_is_answered),
        effects=("tell_decider",),
    )
    def recommend(self) -> None: ...

    # -- decision --------------------------------------------------------------------------------

    @transition(
        source=S.IN_DECISION,
        target=S.IN_REVIEW,
        permission=(Role.DECIDER,),
        label=_("Send back to review"),
        says=_("The deciding office wants something reviewed again."),
        conditions=(conflicts.officer_has_no_conflict,),
        needs=(deciding.reasons_are_given, reviewing.bodies_named_review),
        effects=("tell_bodies", "tell_desk"),
    )
    def send_back(self) -> None: ...

    @transition(
        source=S.IN_DECISION,
        target=S.LETTER_DUE,
        permission=(Role.DECIDER,),
        label=_("Approve"),
        says=_("All that was asked is granted, once the letter is issued."),
        conditions=(
            conflicts.decider_did_not_recommend,
            appealing.decider_did_not_decide_what_is_appealed,
            conflicts.officer_has_no_conflict,
        ),
        needs=(
            conflicts.decided_in_nobodys_stead_who_recommended,
            deciding.nothing_asked_is_withheld,
            deciding.nothing_unasked_is_granted,
            deciding.unpublished_with_a_basis,
            deciding.host_keeps_its_share,
            deciding.requirements_hold_together,
            deciding.asks_what_the_procedure_asks,
            deciding.blocking_rules_hold,
        ),
        effects=("draw_letter", "charge_fees", "send_notices"),
        movement="reserve",
        outcome="granted",
        asks_again=True,
    )
    def approve(self) -> None: ...

    @transition(
        source=S.IN_DECISION,
        target=S.LETTER_DUE,
        permission=(Role.DECIDER,),
        kinds=DIVISIBLE,
        label=_("Approve in part"),
        says=_("Less is granted than was asked: volume, uses, Parties, entities, vintages or period."),
        conditions=(
            conflicts.decider_did_not_recommend,
            appealing.decider_did_not_decide_what_is_appealed,
            conflicts.officer_has_no_conflict,
        ),
        needs=(
            conflicts.decided_in_nobodys_stead_who_recommended,
            deciding.less_than_asked,
            deciding.nothing_unasked_is_granted,
            deciding.unpublished_with_a_basis,
            deciding.reasons_are_given,
            deciding.host_keeps_its_share,
            deciding.requirements_hold_together,
            deciding.asks_what_the_procedure_asks,
            deciding.blocking_rules_hold,
        ),
        effects=("draw_letter", "charge_fees", "send_notices"),
        movement="reserve",
        outcome="granted",
        asks_again=True,
    )
    def approve_in_part(self) -> None: ...

    @transition(
        source=S.IN_DECISION,
        target=S.LETTER_DUE,
        permission=(Role.DECIDER,),
        label=_("Refuse"),
        says=_("What was asked is refused, with reasons, once the letter is issued."),
        conditions=(
            conflicts.decider_did_not_recommend,
            appealing.decider_did_not_decide_what_is_appealed,
            conflicts.officer_has_no_conflict,
        ),
        needs=(conflicts.decided_in_nobodys_stead_who_recommended, deciding.reasons_are_given),
        effects=("draw_letter",),
        movement="release",
        outcome="refused",
        asks_again=True,
    )
    def refuse(self) -> None: ...

    # -- signature -------------------------------------------------------------------------------

    @transition(
        source=S.LETTER_DUE,
        target=S.IN_DECISION,
        permission=(Role.SIGNER,),
        label=_("Decline to sign"),
        says=_(
            "The signing office declines: the letter is void, the reservation kept, the decision reopened."
        ),
        needs=(deciding.reasons_are_given, deciding.letter_is_presented),
        effects=("tell_decider", "tell_desk"),
    )
    def decline_to_sign(self) -> None: ...

    @transition(
        source=S.LETTER_DUE,
        target=ByOutcome({"granted": S.GRANTED, "refused": S.REFUSED}),
        permission=(Role.SYSTEM,),
        label=_("Conclude"),
        says=_("The letter is issued: what was decided takes effect."),
        needs=(deciding.letter_is_presented,),
        effects=("list_whom_to_tell", "tell_applicant", "tell_desk", "tell_programs", "open_anew"),
        movement="conclude",
    )
    def conclude(self) -> None: ...

    # -- what was given before -------------------------------------------------------------------

    @transition(
        source=S.DRAFT,
        target=S.GRANTED,
        permission=(Role.SYSTEM,),
        kinds=(Initiative.BROUGHT_IN,),
        label=_("Bring in"),
        says=_("An authorisation given before this register was kept is entered as far as it is known."),
        needs=(
            bringing_in.somebody_answers_for_it,
            bringing_in.uses_are_known,
            bringing_in.original_is_named_or_missing,
        ),
        movement="bring_in",
        outcome="granted",
    )
    def bring_in(self) -> None: ...

    # -- other ends ------------------------------------------------------------------------------

    @transition(
        source=(S.DRAFT, S.SUBMITTED, S.WITH_APPLICANT, S.IN_REVIEW),
        target=S.WITHDRAWN,
        permission=(Role.APPLICANT, Role.OPENING_OFFICER),
        kinds=ASKED_FOR,
        label=_("Withdraw"),
        says=_(
            "The applicant gives the application up, or the officer who filed it on paper does so for them."
        ),
        effects=("tell_desk", "tell_applicant"),
        movement="release",
    )
    def withdraw(self) -> None: ...

    @transition(
        source=(S.DRAFT, S.WITH_APPLICANT),
        target=S.LAPSED,
        permission=(Role.CLOCK,),
        kinds=ASKED_FOR,
        label=_("Lapse"),
        says=_("The applicant's time has run out, after warnings."),
        needs=(hearing.deadline_has_passed_after_warnings,),
        effects=("send_notices", "tell_applicant", "tell_desk"),
        movement="release",
    )
    def lapse(self) -> None: ...

    @transition(
        source=(S.DRAFT, S.WITH_APPLICANT, S.IN_REVIEW, S.IN_DECISION),
        target=S.WITHDRAWN,
        permission=(Role.OPENING_OFFICER,),
        kinds=(Initiative.OWN_MOTION, Initiative.WITH_HEARING),
        label=_("Discontinue"),
        says=_("The authority gives its own act up, and says so in a letter."),
        needs=(deciding.reasons_are_given,),
        effects=("draw_letter", "tell_applicant"),
        movement="release",
    )
    def discontinue(self) -> None: ...
