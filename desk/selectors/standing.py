"""Where a case stands: its state, who is waited on, since when and until when."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from authorisation.lifecycle import CLOCK, ENDED, WAITING_ON, State
from authorisation.models import Case
from workflow.clock import Clock, today
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The four answers that every page about a case gives. Days are local days of the authority.

    since      when the case came into its state
    until      when the one who is waited on is due; None where no clock runs
    clock      which clock that is
    overdue    the day has passed; never said of a case on a clock of its own
    """

    state: State
    waiting_on: Words
    since: date | None
    until: date | None
    clock: Words
    ended: bool
    overdue: bool


def standing_of(case: Case, *, clock: Clock) -> Standing:
    """Where the case stands; its authority must have been fetched with it."""
    state = State(case.state)
    since = case.waiting_since
    overdue = case.due_on is not None and not case.simulated and case.due_on < today(case.authority, clock)
    running = CLOCK.get(state)
    return Standing(
        state=state,
        waiting_on=WAITING_ON.get(state, _("nobody: the case has ended")),
        since=since.astimezone(ZoneInfo(case.authority.time_zone)).date() if since else None,
        until=case.due_on,
        clock=running.label if running else "",
        ended=state in ENDED,
        overdue=overdue,
    )
