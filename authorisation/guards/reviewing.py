"""Why a vote or an opinion may not be given, or a case not be recommended, each reason a sentence.

Needs find the day on which they are asked in the facts (`on`): who sits in a body follows from it.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from authorisation import proposals
from authorisation.guards.conflicts import people_out
from authorisation.handling import bodies_of
from authorisation.procedures.shape import Body
from authorisation.reviews import Review, body_of, recorded_silence, reviews_of, standing_opinions
from workflow.actors import Actor, Person
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


def every_body_gave_its_opinion(case: "Case", actor: Actor) -> Iterable[Reason]:
    """The desk recommends when the bodies have spoken, or their silence was recorded."""
    spoken = {*standing_opinions(case), *recorded_silence(case)}
    for body in bodies_of(case):
        if body.code not in spoken:
            yield Reason(
                code="opinion-missing",
                words=_("The reviewing body “%(body)s” has not given its opinion."),
                values={"body": body.label},
                mend=_("Wait for the opinion."),
            )


# -- opinions and votes ----------------------------------------------------------------------------


def opinion_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """An opinion says why, and speaks for a body of the procedure."""
    if not facts.get("reasoned"):
        yield Reason(
            code="reasons-missing", words=_("The opinion gives no reasons."), mend=_("Give the reasons.")
        )
    if _body(case, facts) is None:
        yield Reason(
            code="body-unknown",
            words=_("“%(body)s” does not review in this procedure."),
            values={"body": str(facts.get("body"))},
            mend=_("Act in the office of a reviewing body of this procedure."),
        )


def body_has_not_concluded(case: "Case", actor: Actor) -> Iterable[Reason]:
    """What a body of several has concluded stands until the chair takes its review up again."""
    body = body_of(case, actor.office, actor.user.pk) if isinstance(actor, Person) else None
    if body is not None and body.members > 1 and body.code in standing_opinions(case):
        yield Reason(
            code="concluded",
            words=_("The body has concluded: its opinion is recorded, and no vote can be added to it."),
            mend=_("If something has to be said anew, the chair takes the review up again."),
        )


def vote_is_reasoned(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A vote says why."""
    if not facts.get("reasoned"):
        yield Reason(
            code="reasons-missing", words=_("The vote gives no reasons."), mend=_("Give the reasons.")
        )


def sheet_is_answered(case: "Case", facts: Facts) -> Iterable[Reason]:
    """The required questions of the body's review sheet are answered. `answered`: codes that are."""
    body = _body(case, facts)
    answered = set(cast(list[str], facts.get("answered") or []))
    # In a body of several the sheets are those of the votes.
    if body is None or facts.get("sheet") is False:
        return
    for item in body.sheet:
        if item.required and item.code not in answered:
            yield Reason(
                code="sheet-open",
                words=_("The question “%(question)s” of the review sheet is not answered."),
                values={"question": item.label},
                mend=_("Answer with yes, no or not applicable."),
            )


def vote_counts(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A member votes for a seat, on the application as it is, until the body has concluded."""
    review = _review(case, facts)
    if review is None or not review.votes_are_asked:
        yield Reason(
            code="no-votes",
            words=_("In this body nobody votes: whoever holds its office gives its opinion."),
            mend=_("Give the opinion."),
        )
        return
    if facts.get("seat") is None:
        yield Reason(
            code="no-seat",
            words=_("You have no vote in this body for this case."),
            mend=_("The director can appoint somebody for a member who takes no part."),
        )
    if facts.get("read") != _read(case):
        yield Reason(
            code="version-changed",
            words=_("The application has changed since you read it: it is now version %(version)s."),
            values={"version": _read(case)},
            mend=_("Read what changed, and vote then."),
        )


def votes_carry_the_opinion(case: "Case", facts: Facts) -> Iterable[Reason]:
    """In a body of several the opinion is what its votes come to, with minutes; the chair saw them all."""
    review = _review(case, facts)
    if review is None or not review.votes_are_asked or review.opinion is not None:
        return
    yield from quorum_is_reached(review)
    if facts.get("votes_seen") != review.votes_given:
        yield Reason(
            code="votes-changed",
            words=_("A vote came in since you opened this page."),
            mend=_("Look at the votes again, and record the opinion then."),
        )
    elif review.counted.verdict is not None and facts.get("verdict") != review.counted.verdict.value:
        yield Reason(
            code="verdict-differs",
            words=_("The opinion is not what the votes come to. %(counted)s"),
            values={"counted": str(review.counted)},
            mend=_("Record what the votes come to; a member may change their vote before that."),
        )
    if not facts.get("minutes"):
        yield Reason(
            code="minutes-missing",
            words=_("The minutes of the body are missing."),
            mend=_("Write the minutes, or attach them."),
        )


def quorum_is_reached(review: Review) -> Iterable[Reason]:
    """Enough members have voted; where too few are left for it, what mends that is to appoint somebody."""
    counted = review.counted
    if counted.verdict is not None:
        return
    if counted.members < counted.quorum:
        yield Reason(
            code="quorum-impossible",
            words=_("Only %(members)s members of “%(body)s” can vote, and the quorum is %(quorum)s."),
            values={"members": counted.members, "body": review.body.label, "quorum": counted.quorum},
            mend=_(
                "Let the director appoint members or deputies, or somebody for this case alone in the place "
                "of a member who takes no part."
            ),
        )
    else:
        yield Reason(
            code="quorum",
            words=_("%(voted)s of %(members)s members have voted, and the quorum is %(quorum)s."),
            values={"voted": counted.voted, "members": counted.members, "quorum": counted.quorum},
            mend=_("Wait for the votes, or let a deputy vote for a member who is absent."),
        )


def body_has_spoken(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Only a review that ended can be taken up again."""
    office = actor.office if isinstance(actor, Person) else None
    body = body_of(case, office, actor.user.pk) if isinstance(actor, Person) else None
    if body is None or body.code not in standing_opinions(case):
        yield Reason(
            code="not-concluded",
            words=_("Your body has given no opinion that could be taken up again."),
            mend=_("Go on with the review as it is."),
        )


# -- members for one case --------------------------------------------------------------------------


def appointee_can_sit(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Somebody of the authority without a conflict sits in a body for a member who takes no part.

    `member`: the person's key where somebody of the authority was named; `vacant`: how many seats are free.
    """
    review = _review(case, facts)
    if not facts.get("reasoned"):
        yield Reason(
            code="reasons-missing",
            words=_("Why this person is appointed is not said."),
            mend=_("Give the reasons."),
        )
    if review is None:
        yield Reason(
            code="body-unknown",
            words=_("“%(body)s” does not review in this procedure."),
            values={"body": str(facts.get("body"))},
            mend=_("Choose a body that reviews this case."),
        )
        return
    if not review.out:
        yield Reason(
            code="nobody-out",
            words=_("No member of “%(body)s” is out, so nobody is appointed for this case alone."),
            values={"body": review.body.label},
            mend=_("Appoint a deputy for a member who is absent."),
        )
    elif len([seat for seat in review.seats if seat.ad_hoc]) >= len(review.out):
        yield Reason(
            code="replaced-already",
            words=_("For every member of “%(body)s” who is out somebody was appointed already."),
            values={"body": review.body.label},
        )
    if facts.get("eligible") is not True:
        yield Reason(
            code="not-eligible",
            words=_("This person cannot sit in the body for this case."),
            mend=_(
                "Choose somebody who holds an office of the authority, does not sit in the body yet, and has "
                "no conflict of interest."
            ),
        )


def is_eligible(case: "Case", review: Review, person: int) -> bool:
    """Whether a person (primary key) of the authority could sit in the body for this case alone."""
    return person not in people_out(case) and review.seat_of(person) is None


# -- sending back, and recommending ----------------------------------------------------------------


def bodies_named_review(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What is to be reviewed anew is named by bodies that review the case."""
    asked = {body.code for body in bodies_of(case)}
    for code in cast(list[str], facts.get("bodies") or []):
        if code not in asked:
            yield Reason(
                code="body-unknown",
                words=_("“%(body)s” does not review in this procedure."),
                values={"body": code},
                mend=_("Choose among the bodies that review this case."),
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
        if finding.rule not in answered and not finding.informs:
            yield Reason(
                code=finding.rule,
                words=finding.reason.words,
                values=finding.reason.values,
                mend=_("Answer this finding in the recommendation."),
            )


def _body(case: "Case", facts: Facts) -> Body | None:
    return next((body for body in bodies_of(case) if body.code == facts.get("body")), None)


def _review(case: "Case", facts: Facts) -> Review | None:
    """The review of the body named, as it stands now that the case is locked."""
    body, on = _body(case, facts), facts.get("on")
    if body is None or not isinstance(on, str):
        return None
    (review,) = reviews_of(case, on=date.fromisoformat(on), bodies=(body,))
    return review


def _read(case: "Case") -> int:
    """The number of the last version of the application."""
    last = case.versions.last()
    return last.number if last is not None else 0
