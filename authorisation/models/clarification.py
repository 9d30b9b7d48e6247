"""Rounds of questions to the applicant: each asked at once, and answered at once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from audit.models import WriteOnce
from authorisation.models.cases import ApplicationVersion, Case


class QuestionRound(WriteOnce):
    """One round of questions: who asked, in which office and when, and when it was answered.

    purpose     what is missing before the review, or a clarification for it: then only what was asked about
                is open for changes
    version     the version of the application that was frozen with the answers
    """

    class Purpose(models.TextChoices):
        COMPLETION = "completion", _("completion")
        CLARIFICATION = "clarification", _("clarification")

    write_once = (
        "case",
        "number",
        "purpose",
        "asked_by",
        "office",
        "asked_at",
        "answered_at",
        "answered_by",
        "version",
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="question_rounds")
    number = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    version = models.ForeignKey(ApplicationVersion, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ("case", "number")
        constraints = (models.UniqueConstraint(fields=("case", "number"), name="one_round_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.number}"
