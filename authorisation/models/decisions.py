"""What was said about a case: opinions, recommendations and decisions. None is ever changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from audit.models import AppendOnly
from authorisation.models.cases import Case
from authorisation.verdicts import Verdict


class Outcome(models.TextChoices):
    """What was recommended or decided."""

    APPROVE = "approve", _("approval")
    APPROVE_IN_PART = "approve_in_part", _("approval in part")
    REFUSE = "refuse", _("refusal")


class Statement(AppendOnly):
    """Something said by a person in an office, with reasons, at an instant."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="%(class)ss")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    said_on = models.DateField()

    class Meta:
        abstract = True
        ordering = ("pk",)


class Opinion(Statement):
    """The opinion of a reviewing body. In its last round the last one stands, the others are history.

    round       how often the body's review had been begun anew before
    read        the number of the version of the application that it is about; 0 where there was none
    counted     how it came about, where the body voted: numbers, majority and by what (`votes.Tally`)
    minutes     the minutes as text; `minutes_document` the SHA-256 of a document kept here
    sheet       for a body of one, the answers to the review sheet: code to answer and comment
    """

    body = models.CharField(max_length=100)
    round = models.PositiveSmallIntegerField(default=0)
    read = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reasons = models.TextField()
    counted = models.JSONField(default=dict)
    minutes = models.TextField(blank=True, default="")
    minutes_document = models.CharField(max_length=64, blank=True, default="")
    sheet = models.JSONField(default=dict)

    class Meta(Statement.Meta):
        constraints = (models.CheckConstraint(name="opinion_with_reasons", condition=~models.Q(reasons="")),)

    def __str__(self) -> str:
        return self.verdict


class Recommendation(Statement):
    """What the desk recommends, and its answer to every rule finding."""

    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reasons = models.TextField()
    answers = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.outcome


class Decision(Statement):
    """What was decided: the terms asked for and granted, as RFC 8785 canonical text.

    unpublished     what the public is not told: code (`authorisation.publication.Unpublished`) -> basis
    plan            of an act about a standing authorisation, the act as granted (`authorisation.acts`)
    conditions      those in free text; `requirements`, the typed ones: of the procedure, and of this decision
                    (`authorisation.requirements`)
    """

    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    requested = models.TextField()
    granted = models.TextField(blank=True, default="")
    plan = models.TextField(blank=True, default="")
    reasons = models.JSONField(default=list)
    conditions = models.JSONField(default=list)
    requirements = models.JSONField(default=list)
    unpublished = models.JSONField(default=dict)
    decided_on = models.DateField()

    def __str__(self) -> str:
        return self.outcome
