"""National oversight: what the lists of a procedure and the Party's contribution (NDC) say of a request.

Pure: a procedure and a submission in, findings out. They have the shape of what the legal rules say
(`authorisation.rules`), are answered alike, and block a decision only where the procedure says that a list,
a budget or a part of the contribution is binding. All is compared as of one legal date, that of submission.

What rests on words alone (a technology, a gas nobody has named like that) never blocks: a person compares.
"""

from datetime import date

from authorisation.oversight.contribution import (
    ADJUSTED_OUTSIDE,
    by_budget,
    by_coverage,
    by_parts,
    by_periods,
    is_meant,
)
from authorisation.oversight.lists import by_eligibility, by_lists
from authorisation.oversight.saying import Promised, Submission, Years, basis_of
from authorisation.procedures.shape import Procedure
from authorisation.rules import Finding

__all__ = ["ADJUSTED_OUTSIDE", "Promised", "Submission", "contributions_with_a_budget", "findings"]


def findings(procedure: Procedure, submission: Submission) -> list[Finding]:
    """What national oversight says, in the order of the checks; empty where it has nothing to say."""
    in_force = [
        (place, one) for place, one in enumerate(procedure.contributions, start=1) if one.holds(submission.on)
    ]
    found = [*by_lists(procedure, submission), *by_eligibility(procedure, submission)]
    for place, contribution in in_force:
        if is_meant(contribution, submission):
            basis = basis_of(procedure, f"ndc.{place}", contribution.source)
            found += by_coverage(contribution, submission, basis)
            found += by_parts(contribution, submission, basis)
            found += by_budget(contribution, submission, basis)
    found += by_periods([one for _place, one in in_force], submission)
    return sorted(found, key=lambda finding: finding.rule)


def contributions_with_a_budget(procedure: Procedure, on: date) -> list[Years]:
    """The years of each contribution of which it must be known what is promised."""
    return [
        one.years
        for one in procedure.contributions
        if one.budget is not None and one.years is not None and one.holds(on)
    ]
