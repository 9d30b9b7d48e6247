"""What of a case is shown to whom: the authority sees its own deliberation, an applicant what was decided."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import authorities_served
from authorisation.lifecycle import State
from authorisation.models import Case
from desk.timeline import Line
from workflow.clock import Clock, today

_DECISIONS = frozenset({"case.approve", "case.approve_in_part", "case.refuse"})

# Reasons that people of the authority give each other.
_DELIBERATIONS = _DECISIONS | {
    "case.vote",
    "case.give_opinion",
    "case.take_up_again",
    "case.recuse",
    "case.appoint_ad_hoc",
    "case.recommend",
    "case.send_back",
    "case.decline_to_sign",
    "case.silence",
    "letter.void",
    "letter.fail",
}


# What is the authority's own business: whom it has still to tell, what it plans before notice is served, and
# who of its people read the scan of a paper.
_OF_THE_DESK = (
    "announcement.",
    "obligation.open_suspension",
    "obligation.escalate",
    "letter.download_document",
)


def serves_the_authority(person: User, case: Case, *, clock: Clock) -> bool:
    """Whether the person holds an office of the case's authority today."""
    return case.authority in authorities_served(person, on=today(case.authority, clock))


def is_decision_out(case: Case) -> bool:
    """Whether the letter that says the decision was issued. Until then it may still be taken back."""
    return case.state in (State.GRANTED, State.REFUSED)


def story_for_applicant(case: Case, lines: Iterable[Line]) -> list[Line]:
    """A case's story without what the authority says to itself, and without a decision not yet issued.

    The reasons of a decision are in its letter, and on the page beside it.
    """
    told = [line for line in lines if not line.refused and not line.step.startswith(_OF_THE_DESK)]
    taken = [line for line in told if line.step in _DECISIONS]
    out = taken[-1:] if is_decision_out(case) else []
    return [_without_deliberation(line, decided=line in out) for line in told]


def _without_deliberation(line: Line, *, decided: bool) -> Line:
    if line.step in _DECISIONS and not decided:
        return replace(
            line, sentence=_("A decision was taken. It says what was decided with its letter."), reason=""
        )
    # What a body's silence counts as is said of its opinion.
    return replace(line, reason="", clock="") if line.step in _DELIBERATIONS else line
