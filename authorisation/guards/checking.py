"""Why an application may not be returned, or accepted for review, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from authorisation import completeness, proposals
from authorisation.handling import bodies_of
from authorisation.kinds import WITH_CONTENT_ITEMS
from authorisation.national_questions import missing_answers
from authorisation.supporting_documents import BEFORE_REVIEW, wanted
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


def _missing(case: "Case") -> list[completeness.Item]:
    if case.kind not in WITH_CONTENT_ITEMS:
        return []
    waived = set(case.waivers.values_list("path", flat=True))
    return [item for item in completeness.missing(proposals.content_of(case)) if item.path not in waived]


def every_missing_item_is_named(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A request for completion names all that is missing, and something must be missing."""
    missing = [item.path for item in _missing(case)]
    missing += [item.path for item in missing_answers(case, proposals.content_of(case))]
    missing += [want.place for want in wanted(case, BEFORE_REVIEW)]
    named = set(cast(list[str], facts.get("missing") or []))
    if not missing and not named:
        yield Reason(
            code="nothing-missing",
            words=_("Nothing is missing from this application."),
            mend=_("Accept it for review."),
        )
    for path in missing:
        if path not in named:
            yield Reason(
                code="missing-not-named",
                words=_("The missing item “%(path)s” is not named to the applicant."),
                values={"path": path},
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
    for item in missing_answers(case, proposals.content_of(case)):
        yield Reason(
            code="answer-missing",
            words=_("The question “%(question)s” is not answered."),
            values={"question": str(item.label)},
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
    """Every body that is to review the case has an office in which somebody sits."""
    for body in bodies_of(case):
        if not case.authority.offices.filter(body=body.code, tenures__isnull=False).exists():
            yield Reason(
                code="body-empty",
                words=_("Nobody sits in the reviewing body “%(body)s”."),
                values={"body": body.label},
                mend=_("Let the authority appoint somebody to it."),
            )
