"""Why somebody may not be recorded as told, or not as somebody would; each reason a sentence."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from authorisation.recipients import Recipient
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Announcement


def _day(facts: Facts, name: str) -> date | None:
    value = facts.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def day_has_come(announcement: "Announcement", facts: Facts) -> Iterable[Reason]:
    """They were told on a day that has come, and not before there was anything to tell."""
    on, today = _day(facts, "on"), _day(facts, "today")
    if on is None:
        yield Reason(code="day-missing", words=_("The day is not given."), mend=_("Give the day."))
    elif today is not None and on > today:
        yield Reason(
            code="in-the-future",
            words=_("%(on)s has not come yet."),
            values={"on": day(on)},
            mend=_("Record it when it has happened."),
        )
    elif on < announcement.acted_on:
        yield Reason(
            code="before-the-act",
            words=_("On %(on)s there was nothing to tell yet: the act is of %(act)s."),
            values={"on": day(on), "act": day(announcement.acted_on)},
            mend=_("Correct the day."),
        )


def place_is_named(announcement: "Announcement", facts: Facts) -> Iterable[Reason]:
    """What the platform has taken up has an address there; a message to others has one where it can."""
    if announcement.recipient == Recipient.PLATFORM and not facts.get("link"):
        yield Reason(
            code="link-missing",
            words=_("Where the submission stands on the UN platform is not given."),
            mend=_("Give its address there."),
        )


def excuse_is_reasoned(announcement: "Announcement", facts: Facts) -> Iterable[Reason]:
    """Nobody is left untold without a reason."""
    if not facts.get("reasoned"):
        yield Reason(
            code="excuse-reasons",
            words=_("It is not said why nobody has to be told."),
            mend=_("Give the reason."),
        )
