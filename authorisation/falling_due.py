"""By when a requirement falls due, the first time and again. Pure, on legal dates of the authority.

Months are calendar months counted from one and the same day, so that what is due at the end of a month does
not drift: 31 August, 28 February, 31 August.
"""

from datetime import date, timedelta

from authorisation.deadlines import months_after
from authorisation.requirements import Requirement


def falls_due(requirement: Requirement, since: date, *, turn: int = 1) -> date | None:
    """The day of its first turn, or of a later one; None where it has none: a condition without a last day.

    `since`: the legal date of the decision, or the day of the issuance. What has no further turn raises
    ValueError.
    """
    if turn > 1 and requirement.every is None:
        raise ValueError(f"{requirement.code} falls due once.")
    again = (requirement.every or 0) * (turn - 1)
    if requirement.on is not None:
        return months_after(requirement.on, again)
    if requirement.months is not None:
        return months_after(since, requirement.months + again)
    if requirement.days is not None:
        return months_after(since + timedelta(days=requirement.days), again)
    return None


def reminder_days(requirement: Requirement, due_on: date, *, begun_on: date) -> tuple[date, ...]:
    """The days on which the holder is reminded, in order; none from before it was asked for."""
    days = {due_on - timedelta(days=before) for before in requirement.remind}
    return tuple(sorted(day for day in days if day >= begun_on))
