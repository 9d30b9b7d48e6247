"""The supporting documents of a case: each version as it came, and what the desk found of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from audit.models import AppendOnly, WriteOnce
from authorisation.models.cases import Case
from projects.models import Document


class CaseDocument(WriteOnce):
    """One version of a document of a case.

    Documents of one type and title are versions of each other: the last counts, the others stay readable.
    `office` is that of the officer who added it, with a note; without one an applicant did. One that was
    removed from a draft is shown nowhere; its row and its bytes stay.
    """

    write_once = (
        "case",
        "document",
        "type",
        "title",
        "number",
        "note",
        "added_by",
        "office",
        "added_at",
        "removed_at",
        "removed_by",
    )

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="of_case")
    type = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True, default="")
    number = models.PositiveSmallIntegerField()
    note = models.TextField(blank=True, default="")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "type", "title", "number"), name="one_version_of_a_document"
            ),
            models.CheckConstraint(
                name="removed_by_somebody",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.number}"

    @property
    def finding(self) -> "DocumentFinding | None":
        """What the desk found of it last; None where it has not looked at it."""
        return next(reversed(self.findings.all()), None)

    @property
    def is_rejected(self) -> bool:
        """Whether the desk rejected it."""
        return self.finding is not None and self.finding.verdict == DocumentFinding.Verdict.REJECTED


class DocumentFinding(AppendOnly):
    """What a desk officer found of one version of a document. The last finding of a version counts."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    document = models.ForeignKey(CaseDocument, on_delete=models.PROTECT, related_name="findings")
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reasons = models.TextField(blank=True, default="")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    found_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                name="rejected_with_reasons", condition=~Q(verdict="rejected") | ~Q(reasons="")
            ),
        )

    def __str__(self) -> str:
        return self.verdict
