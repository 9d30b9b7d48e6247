"""Why an endorsement may not lapse, each reason a sentence."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Endorsement


def validity_has_passed_after_reminders(endorsement: "Endorsement", facts: Facts) -> Iterable[Reason]:
    """Nothing lapses before its day, nor without the reminders that its procedure promises."""
    today = facts.get("today")
    until = endorsement.valid_until
    if until is None:
        yield Reason(code="no-end", words=_("This endorsement has no end."))
    elif not isinstance(today, str) or date.fromisoformat(today) <= until:
        yield Reason(
            code="validity-runs",
            words=_("The endorsement is valid until %(until)s."),
            values={"until": day(until)},
            mend=_("Wait for the day to pass."),
        )
    if endorsement.reminders_due and not endorsement.reminders.exists():
        yield Reason(
            code="not-reminded",
            words=_("The holder was not reminded that the endorsement would lapse."),
            mend=_("Send the reminder first."),
        )
