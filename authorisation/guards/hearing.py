"""Why somebody may not be asked or heard, and why time has not run out, each reason a sentence."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


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
    if not facts.get("heard") and not _passed(case, facts, case.due_on):
        yield Reason(
            code="hearing-runs",
            words=_("The holder has not answered yet, and may until %(due)s."),
            values={"due": day(case.due_on) if case.due_on else ""},
            mend=_("Wait for the answer, or for the day to pass."),
        )


def deadline_has_passed_after_warnings(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Nothing lapses before its day, nor without a warning; one that came late moves the day."""
    last = _last_day(case, facts)
    if not _passed(case, facts, last):
        yield Reason(
            code="deadline-runs",
            words=_("The time runs until %(due)s."),
            values={"due": day(last) if last else ""},
            mend=_("Wait for the day to pass."),
        )
    if case.warned_on is None:
        yield Reason(
            code="not-warned",
            words=_("The applicant was not warned that the case would lapse."),
            mend=_("Send the warning first."),
        )


def _last_day(case: "Case", facts: Facts) -> date | None:
    """The last day on which the applicant may act: as due, or later where the facts say so."""
    said = facts.get("last_day")
    days = [case.due_on, date.fromisoformat(said) if isinstance(said, str) else None]
    return max((one for one in days if one is not None), default=None)


def _passed(case: "Case", facts: Facts, last: date | None) -> bool:
    today = facts.get("today")
    return last is not None and isinstance(today, str) and date.fromisoformat(today) > last
