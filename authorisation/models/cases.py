"""A case, its application while it is written and as it was frozen, and the questions about it."""

from django.db import models

from accounts.models import Authority, Organisation, User
from audit.models import AppendOnly, WriteOnce
from authorisation.fees import fees_of
from authorisation.kinds import WITH_FEES, Initiative, Kind
from authorisation.lifecycle import CaseLifecycle
from projects.models import Activity, CooperativeApproach, NdcPeriod


class Case(CaseLifecycle):
    """One request or one act of the authority, from draft to its end.

    `simulated` marks a case that runs on a clock of its own (a demonstration): the world's clock
    leaves it alone. `opened_on` and the other dates are legal dates of the authority.
    """

    lock_rank = 10

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="cases")
    reference = models.CharField(max_length=40, unique=True)
    source_id = models.CharField(max_length=100, blank=True, default="")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    initiative = models.CharField(max_length=20, choices=Initiative.choices)
    applicant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="opened_cases")
    opened_on = models.DateField()
    procedure_version = models.CharField(max_length=40)
    simulated = models.BooleanField(default=False)
    # Places of the application whose values were never published, in a case built from public sources.
    unverified = models.JSONField(default=list)

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="cases", null=True)
    approach = models.ForeignKey(
        CooperativeApproach, on_delete=models.PROTECT, related_name="cases", null=True
    )
    ndc_period = models.ForeignKey(NdcPeriod, on_delete=models.PROTECT, related_name="cases", null=True)
    authorisation = models.ForeignKey(
        "authorisation.Authorisation", on_delete=models.PROTECT, related_name="cases", null=True
    )
    # What an appeal goes against, and the upheld appeal that a case takes up.
    appealed = models.ForeignKey("self", on_delete=models.PROTECT, related_name="appeals", null=True)
    after_appeal = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="taken_up_by", null=True
    )
    # The identifier that the authorisation will bear: taken with the first approval, kept ever after.
    identifier = models.CharField(max_length=40, blank=True, default="")
    submitted_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    warned_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("authority", "-id"), name="cases_of_an_authority"),)
        constraints = (
            models.UniqueConstraint(
                fields=("source_id",), name="one_case_per_source", condition=~models.Q(source_id="")
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def kinds(self) -> frozenset[str]:
        """The labels under which steps name this case: kind, on whose initiative, whether it owes fees."""
        return frozenset({self.kind, self.initiative, *((WITH_FEES,) if fees_of(self) else ())})


class Application(models.Model):
    """What the applicant is writing. Freely changed while a case is with them; frozen as versions.

    `edits` says of each place that was changed by whom (public id) and when: {"by": ..., "at": ...}.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="application")
    content = models.JSONField()
    saved_at = models.DateTimeField()
    edits = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.case)


class ApplicationVersion(AppendOnly):
    """An application as it was submitted: RFC 8785 canonical text under its SHA-256.

    `documents` lists the documents it was submitted with, each with its type and digest, in the same form.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    documents = models.TextField(default="[]")
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()
    frozen_on = models.DateField()

    class Meta:
        ordering = ("case", "number")
        constraints = (models.UniqueConstraint(fields=("case", "number"), name="one_application_version"),)

    def __str__(self) -> str:
        return f"{self.number}"


class Question(WriteOnce):
    """A missing item or a question, tied to a place of the application, and its answer.

    path      the place; `documents.<type>` for a type of document, empty for the application as a whole
    number    counts the questions of the case, through all rounds
    """

    write_once = (
        "case",
        "round",
        "number",
        "path",
        "text",
        "asked_by",
        "asked_at",
        "answer",
        "answered_at",
        "answered_by",
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    round = models.ForeignKey(
        "authorisation.QuestionRound", on_delete=models.PROTECT, related_name="questions", null=True
    )
    number = models.PositiveSmallIntegerField(null=True)
    path = models.CharField(max_length=100, blank=True, default="")
    text = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("case", "number"), name="one_question_of_a_number"),)

    def __str__(self) -> str:
        return self.path


class Waiver(AppendOnly):
    """A content item that an officer found not applicable, with the reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="waivers")
    path = models.CharField(max_length=100)
    reason = models.TextField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "path"), name="one_waiver_per_item"),
            models.CheckConstraint(name="waiver_with_a_reason", condition=~models.Q(reason="")),
        )

    def __str__(self) -> str:
        return self.path
