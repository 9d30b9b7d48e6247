"""The cases and letters on which somebody works for the authority, as against those who apply."""

from uuid import UUID

from accounts.models import User
from accounts.selectors import authorities_served
from authorisation.models import Case
from desk import permissions
from desk.selectors.seen import case_seen_by, cases_seen_by
from letters.models import Letter
from workflow.clock import Clock, today


def case_worked_on_by(person: User, public_id: UUID, *, clock: Clock) -> Case | None:
    """The case with this id where the person holds an office of its authority today; else None."""
    case = case_seen_by(person, public_id, clock=clock)
    if case is None or not permissions.serves_the_authority(person, case, clock=clock):
        return None
    return case


def letter_worked_on_by(person: User, public_id: UUID, *, clock: Clock) -> Letter | None:
    """The letter with this id where the person holds an office of its authority today; else None."""
    letters = Letter.objects.filter(public_id=public_id, case__in=cases_seen_by(person, clock=clock))
    letter = letters.select_related(
        "authority__party", "case__authority__party", "case__applicant", "case__activity", "case__approach"
    ).first()
    if letter is None:
        return None
    served = authorities_served(person, on=today(letter.authority, clock))
    return letter if letter.authority in served else None
