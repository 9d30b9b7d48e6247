"""Why a step of a case may not be taken, each reason a sentence.

Guards look at the case and the actor; needs look at the case and the facts handed in with the act.
All of them yield reasons and never raise. They run inside the door, after the case is locked.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from authorisation import completeness, proposals
from authorisation.kinds import WITH_CONTENT_ITEMS
from authorisation.procedures import procedure
from authorisation.terms import Terms, asked_for, withheld
from projects.models import Document
from workflow.actors import Actor, Person
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


# -- what the procedure asks before a submission -------------------------------------------------


def fee_is_proved(case: "Case", actor: Actor) -> Iterable[Reason]:
    """The fee before service, where the procedure asks one."""
    fee = procedure(case.procedure_version).fee
    if fee is not None:
        yield Reason(
            code="fee",
            words=_("A fee of %(fee)s is due before this step, and no proof of payment is here."),
            values={"fee": fee},
            mend=_("Pay the fee and add the proof of payment."),
        )


def prerequisites_are_in_force(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Kinds of case that must have been granted for the activity before."""
    for kind in procedure(case.procedure_version).prerequisites.get(case.kind, ()):
        granted = (
            case.activity is not None and case.activity.cases.filter(kind=kind, state="granted").exists()
        )
        if not granted:
            yield Reason(
                code="prerequisite",
                words=_("Before this, a case of the kind “%(kind)s” must have been granted."),
                values={"kind": kind.replace("_", " ")},
                mend=_("Apply for that first."),
            )


# -- submission ----------------------------------------------------------------------------------


def names_applicant_and_activity(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Of the content, only these two are needed to submit; all else may be completed later."""
    if not facts.get("names_applicant"):
        yield Reason(
            code="applicant-missing",
            words=_("The application does not name the applicant."),
            mend=_("Name one entity with the role of applicant."),
        )
    if not facts.get("names_activity"):
        yield Reason(
            code="title-missing",
            words=_("The application does not name the activity."),
            mend=_("Give the title of the activity."),
        )


def is_declared_true(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Who submits declares that the application is true."""
    if facts.get("declared") is not True:
        yield Reason(
            code="declaration-missing",
            words=_("The declaration that the application is true and complete was not made."),
            mend=_("Make the declaration."),
        )


def paper_is_scanned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """An application on paper is filed by an officer together with its scan, a document kept here."""
    scan = str(facts.get("scan") or "")
    kept = Document.objects.filter(authority=case.authority, sha256=scan)
    if facts.get("on_paper") and not (scan and kept.exists()):
        yield Reason(
            code="scan-missing",
            words=_("The application was made on paper, and its scan is not attached."),
            mend=_("Attach the scan of the signed paper."),
        )


# -- completeness --------------------------------------------------------------------------------


def _missing(case: "Case") -> list[completeness.Item]:
    if case.kind not in WITH_CONTENT_ITEMS:
        return []
    waived = set(case.waivers.values_list("path", flat=True))
    return [item for item in completeness.missing(proposals.content_of(case)) if item.path not in waived]


def every_missing_item_is_named(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A request for completion names all that is missing, and something must be missing."""
    missing = _missing(case)
    named = set(cast(list[str], facts.get("missing") or []))
    if not missing and not named:
        yield Reason(
            code="nothing-missing",
            words=_("Nothing is missing from this application."),
            mend=_("Accept it for review."),
        )
    for item in missing:
        if item.path not in named:
            yield Reason(
                code="missing-not-named",
                words=_("The missing item “%(path)s” is not named to the applicant."),
                values={"path": item.path},
                mend=_("Name every missing item at once, so that the applicant is asked only once."),
            )


def content_is_complete(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Every content item is given, or found not applicable by an officer, with a reason."""
    for item in _missing(case):
        yield Reason(
            code="content-missing",
            words=_("The application does not give “%(path)s”."),
            values={"path": item.path},
            mend=item.mend,
        )


def item_may_be_waived(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Only items 8 to 13 may be found not applicable, and only with a reason."""
    item = completeness.BY_PATH.get(str(facts.get("path")))
    if item is None or not item.waivable:
        yield Reason(
            code="not-waivable",
            words=_("“%(path)s” must be given: it cannot be found not applicable."),
            values={"path": str(facts.get("path"))},
            mend=_("Return the application for completion."),
        )
    if item is not None and case.waivers.filter(path=item.path).exists():
        yield Reason(
            code="waived-already",
            words=_("“%(path)s” was already found not applicable."),
            values={"path": item.path},
        )
    if not facts.get("reasoned"):
        yield Reason(
            code="reason-missing",
            words=_("Why the item is not applicable is not said."),
            mend=_("Give the reason in a sentence."),
        )


def bodies_are_assigned(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Every reviewing body of the procedure has an office in which somebody sits."""
    for body in procedure(case.procedure_version).bodies:
        if not case.authority.offices.filter(body=body, tenures__isnull=False).exists():
            yield Reason(
                code="body-empty",
                words=_("Nobody sits in the reviewing body “%(body)s”."),
                values={"body": body},
                mend=_("Let the authority appoint somebody to it."),
            )


def officer_has_no_conflict(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Nobody acts on a case of an organisation to which they belong."""
    if isinstance(actor, Person) and case.applicant.memberships.filter(person=actor.user).exists():
        yield Reason(
            code="conflict-of-interest",
            words=_("You belong, or belonged, to the organisation that applies here."),
            mend=_("Hand the case to a colleague who does not."),
        )


# -- questions, hearing, deadlines ---------------------------------------------------------------


def questions_are_written(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Somebody is asked something."""
    if not facts.get("questions"):
        yield Reason(
            code="question-missing",
            words=_("No question is written."),
            mend=_("Write at least one question."),
        )


def every_question_is_answered(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A missing item is answered by giving it, a question by an answer in words."""
    answered = set(cast(list[int], facts.get("answered") or []))
    for number, question in enumerate(case.questions.filter(answered_at__isnull=True), start=1):
        if number not in answered:
            yield Reason(
                code="question-open",
                words=_("Question %(number)s, on “%(path)s”, is not answered yet."),
                values={"number": number, "path": question.path},
                mend=_("Give what is asked for, or answer in words."),
            )


def grounds_are_written(case: "Case", facts: Facts) -> Iterable[Reason]:
    """An act of the authority states its grounds."""
    if not facts.get("grounds"):
        yield Reason(
            code="grounds-missing",
            words=_("The grounds of this act are not written."),
            mend=_("Write the grounds."),
        )


def urgency_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Acting before a hearing needs its own reason."""
    if not facts.get("urgency"):
        yield Reason(
            code="urgency-missing",
            words=_("Why this cannot wait is not said."),
            mend=_("Say why it cannot wait."),
        )


def is_heard_or_silent_in_time(case: "Case", facts: Facts) -> Iterable[Reason]:
    """The holder answers, or the day until which they may has passed."""
    if not facts.get("heard") and not _passed(case, facts):
        yield Reason(
            code="hearing-runs",
            words=_("The holder has not answered yet, and may until %(due)s."),
            values={"due": str(case.due_on or "")},
            mend=_("Wait for the answer, or for the day to pass."),
        )


def deadline_has_passed_after_warnings(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Nothing lapses before its day, nor without a warning."""
    if not _passed(case, facts):
        yield Reason(
            code="deadline-runs",
            words=_("The time runs until %(due)s."),
            values={"due": str(case.due_on or "")},
            mend=_("Wait for the day to pass."),
        )
    if case.warned_on is None:
        yield Reason(
            code="not-warned",
            words=_("The applicant was not warned that the case would lapse."),
            mend=_("Send the warning first."),
        )


def _passed(case: "Case", facts: Facts) -> bool:
    today = facts.get("today")
    return case.due_on is not None and isinstance(today, str) and date.fromisoformat(today) > case.due_on


# -- review and decision -------------------------------------------------------------------------


def every_body_gave_its_opinion(case: "Case", actor: Actor) -> Iterable[Reason]:
    """The desk recommends when the bodies have spoken. In this procedure silence means nothing."""
    given = set(case.opinions.values_list("body", flat=True))
    for body in procedure(case.procedure_version).bodies:
        if body not in given:
            yield Reason(
                code="opinion-missing",
                words=_("The reviewing body “%(body)s” has not given its opinion."),
                values={"body": body},
                mend=_("Wait for the opinion."),
            )


def opinion_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """An opinion says why, and speaks for a body of the procedure."""
    if not facts.get("reasoned"):
        yield Reason(
            code="reasons-missing", words=_("The opinion gives no reasons."), mend=_("Give the reasons.")
        )
    if facts.get("body") not in procedure(case.procedure_version).bodies:
        yield Reason(
            code="body-unknown",
            words=_("“%(body)s” does not review in this procedure."),
            values={"body": str(facts.get("body"))},
            mend=_("Act in the office of a reviewing body of this procedure."),
        )


def recommendation_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A recommendation says what it recommends and why."""
    if not facts.get("outcome") or not facts.get("reasoned"):
        yield Reason(
            code="recommendation-missing",
            words=_("The recommendation does not say what it recommends, and why."),
            mend=_("Choose an outcome and give the reasons."),
        )


def every_rule_is_answered(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What a rule says of the request is answered before the case goes to decision."""
    answered = set(cast(list[str], facts.get("answered_rules") or []))
    for finding in proposals.findings_on_request(case):
        if finding.rule not in answered:
            yield Reason(
                code=finding.rule,
                words=finding.reason.words,
                values=finding.reason.values,
                mend=_("Answer this finding in the recommendation."),
            )


def decider_did_not_recommend(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Who recommends never decides."""
    if isinstance(actor, Person) and case.recommendations.filter(person=actor.user).exists():
        yield Reason(
            code="four-eyes",
            words=_("You recommended in this case, so somebody else decides it."),
            mend=_("Let another holder of the deciding office decide."),
        )


def reasons_are_given(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What goes against somebody says why."""
    if not facts.get("reasoned"):
        yield Reason(code="reasons-missing", words=_("No reasons are given."), mend=_("Give the reasons."))


def _granted(facts: Facts) -> Terms:
    return Terms.model_validate(facts["granted"])


def nothing_asked_is_withheld(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A full approval grants all that was asked for."""
    for difference in withheld(asked_for(proposals.content_of(case)), _granted(facts)):
        yield Reason(
            code="part-only",
            words=_("Less is granted than was asked for: %(what)s %(key)s."),
            values={"what": difference.what, "key": difference.key},
            mend=_("Approve in part, with reasons."),
        )


def nothing_unasked_is_granted(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Uses, Parties, entities and periods beyond the request would be an authorisation nobody applied for."""
    for difference in withheld(_granted(facts), asked_for(proposals.content_of(case))):
        if difference.what in ("use", "Party", "entity", "role", "period") and difference.asked:
            yield Reason(
                code="unasked",
                words=_("More is granted than was asked for: %(what)s %(key)s."),
                values={"what": difference.what, "key": difference.key},
                mend=_("Grant at most what was asked for, or ask the applicant to amend the request."),
            )


def less_than_asked(case: "Case", facts: Facts) -> Iterable[Reason]:
    """An approval in part withholds something, or lets the host keep a share."""
    granted = _granted(facts)
    if not withheld(asked_for(proposals.content_of(case)), granted) and not granted.host_retention_percent:
        yield Reason(
            code="not-in-part",
            words=_("All that was asked for is granted: this is no approval in part."),
            mend=_("Approve in full."),
        )


def blocking_rules_hold(case: "Case", facts: Facts) -> Iterable[Reason]:
    """No rule of law stands against what is granted."""
    for finding in proposals.findings_on_decision(case, _granted(facts)):
        if finding.blocks:
            yield finding.reason


def letter_is_presented(case: "Case", facts: Facts) -> Iterable[Reason]:
    """The letter about this case is named, with the digest of its bytes."""
    if not facts.get("letter") or not facts.get("digest"):
        yield Reason(
            code="letter-missing",
            words=_("The letter of this case is not presented."),
            mend=_("Issue the letter first."),
        )
