"""Why an appeal may not be made, or not be decided by somebody, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from authorisation.deputies import behind
from authorisation.kinds import AUTHORISING, Kind
from workflow.actors import Actor, Person
from workflow.refusals import Reason

if TYPE_CHECKING:
    from authorisation.models import Case


def decider_did_not_decide_what_is_appealed(case: "Case", actor: Actor) -> Iterable[Reason]:
    """An appeal is decided by other people than the decision, and than those who recommended it."""
    if not isinstance(actor, Person) or case.appealed is None:
        return
    earlier = case.appealed
    said = [*earlier.decisions.all(), *earlier.recommendations.all()]
    if actor.user.pk in behind(said):
        yield Reason(
            code="appeal-own-decision",
            words=_("You took part in the decision that is appealed against, so somebody else decides here."),
            mend=_("Let another holder of the deciding office decide. The director can appoint one."),
        )


def appeal_names_a_decision(case: "Case", actor: Actor) -> Iterable[Reason]:
    """An appeal is against a decision whose letter was issued, and there is one appeal at a time."""
    if case.kind != Kind.APPEAL:
        return
    appealed = case.appealed
    if appealed is None or appealed.state not in ("granted", "refused"):
        yield Reason(
            code="nothing-to-appeal",
            words=_("There is no decision in force that this appeal goes against."),
            mend=_("Open the appeal on the page of a case that was decided."),
        )
    else:
        yield from would_authorise_twice(appealed)


def would_authorise_twice(appealed: "Case") -> Iterable[Reason]:
    """An upheld appeal opens the whole request anew; where any of it is authorised, that would be twice."""
    if appealed.state == "granted" and appealed.kind in AUTHORISING:
        yield Reason(
            code="appeal-beside-authorisation",
            words=_(
                "This decision gave an authorisation. An appeal opens the whole request anew, and would "
                "bring a second authorisation beside it: the same outcomes could be used twice."
            ),
            mend=_(
                "Apply for what was not granted in a new application that says so. The remedies that the law "
                "provides against the decision stay open."
            ),
        )


def follows_an_upheld_appeal(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Only what an upheld appeal opened starts in review."""
    upheld = case.after_appeal
    if upheld is None or upheld.kind != Kind.APPEAL or upheld.state != "granted":
        yield Reason(
            code="no-appeal-upheld",
            words=_("No upheld appeal opened this case."),
            mend=_("Submit the application."),
        )
