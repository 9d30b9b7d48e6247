"""What was said about a case: opinions, recommendations and decisions. None is ever changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from audit.models import AppendOnly
from authorisation.models.cases import Case


class Verdict(models.TextChoices):
    """What a reviewing body found."""

    FAVOURABLE = "favourable", _("favourable")
    WITH_CONDITIONS = "with_conditions", _("favourable with conditions")
    UNFAVOURABLE = "unfavourable", _("unfavourable")
    ABSTAIN = "abstain", _("abstains")


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
    """The opinion of a reviewing body."""

    body = models.CharField(max_length=100)
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reasons = models.TextField()

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
    """What was decided: the terms asked for and granted, as RFC 8785 canonical text."""

    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    requested = models.TextField()
    granted = models.TextField(blank=True, default="")
    reasons = models.JSONField(default=list)
    conditions = models.JSONField(default=list)
    decided_on = models.DateField()

    def __str__(self) -> str:
        return self.outcome
