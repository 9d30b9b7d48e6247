"""Why an application may not be submitted, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import Named
from authorisation import proposals
from authorisation.document_types import PAPER
from authorisation.handling import handling_of
from authorisation.kinds import ENDORSING, Kind
from projects.models import Activity
from projects.selectors import activity_meant
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


def prerequisites_are_in_force(case: "Case", actor: Actor) -> Iterable[Reason]:
    """Of every kind that must come before, an endorsement is in force, or a case was granted."""
    activity = _activity(case)
    for kind in handling_of(case).prerequisites:
        if activity is None or not _stands(kind, activity, case):
            yield Reason(
                code="prerequisite",
                words=_("Before this, a %(kind)s must be in force for the activity, and none is."),
                values={"kind": Named(kind.value, kind.label)},
                mend=_("Apply for that first, or correct the title or the number of the activity."),
            )


def _activity(case: "Case") -> Activity | None:
    """The activity of the case: before the first submission, the one that the application means."""
    if case.activity is not None:
        return case.activity
    content = proposals.content_of(case).activity
    return activity_meant(content, case.authority) if content is not None else None


def _stands(kind: Kind, activity: Activity, case: "Case") -> bool:
    if kind in ENDORSING:
        return activity.endorsements.filter(kind=kind, state="in_force").exists()
    return activity.cases.filter(kind=kind, state="granted").exclude(pk=case.pk).exists()


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
    """An application on paper is filed by an officer together with its scan, a document of the case."""
    scan = str(facts.get("scan") or "")
    kept = case.documents.filter(type=PAPER, document__sha256=scan, removed_at__isnull=True)
    if facts.get("on_paper") and not (scan and kept.exists()):
        yield Reason(
            code="scan-missing",
            words=_("The application was made on paper, and its scan is not attached."),
            mend=_("Attach the scan of the signed paper."),
        )


def block_is_named(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Units pass to another holder, who is named, of a block that the application names."""
    if not facts.get("named"):
        yield Reason(
            code="block-not-named",
            words=_("The application names no block with the units %(serial)s."),
            values={"serial": str(facts.get("serial") or "")},
            mend=_("Write the serial as the application has it, or a part of one that it has."),
        )
    if not facts.get("holder_given"):
        yield Reason(
            code="holder-missing",
            words=_("To whom the units pass is not said."),
            mend=_("Name the new holder."),
        )
