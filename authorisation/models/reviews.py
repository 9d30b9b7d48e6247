"""What happens inside the reviewing bodies: votes, recusals, members for one case, and reviews begun anew.

None is ever changed. A round of a body ends when its review is begun anew: what was said in it is history.
"""

from django.db import models

from accounts.models import User
from authorisation.models.decisions import Statement
from authorisation.verdicts import Verdict


class Vote(Statement):
    """The vote of one member of a body; of several in one round the last one stands.

    seat    whose vote it is: the member's, also where a deputy gave it in their stead
    round   how often the body's review had been begun anew before
    read    the number of the version of the application that was before the member
    sheet   the member's answers to the review sheet: code to answer and comment
    """

    body = models.CharField(max_length=100)
    round = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reasons = models.TextField()
    read = models.PositiveSmallIntegerField()
    sheet = models.JSONField(default=dict)

    class Meta(Statement.Meta):
        constraints = (models.CheckConstraint(name="vote_with_reasons", condition=~models.Q(reasons="")),)

    def __str__(self) -> str:
        return self.verdict


class Recusal(Statement):
    """A person declares a conflict of interest and takes no part in the case any more."""

    reasons = models.TextField()

    class Meta(Statement.Meta):
        constraints = (
            models.CheckConstraint(name="recusal_with_reasons", condition=~models.Q(reasons="")),
            models.UniqueConstraint(fields=("case", "person"), name="one_recusal_of_a_person"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}"


class AdHocMember(Statement):
    """Somebody of the authority sits in a body for this case alone, for a member who is out."""

    body = models.CharField(max_length=100)
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField()

    class Meta(Statement.Meta):
        constraints = (
            models.CheckConstraint(name="ad_hoc_member_with_reasons", condition=~models.Q(reasons="")),
            models.UniqueConstraint(fields=("case", "body", "member"), name="one_ad_hoc_seat_of_a_person"),
        )

    def __str__(self) -> str:
        return self.body


class Reopening(Statement):
    """Bodies begin their review anew: sent back by the deciding office, or taken up again by the chair."""

    bodies = models.JSONField(default=list)
    reasons = models.TextField()

    class Meta(Statement.Meta):
        constraints = (
            models.CheckConstraint(name="reopening_with_reasons", condition=~models.Q(reasons="")),
        )

    def __str__(self) -> str:
        return ", ".join(self.bodies)
