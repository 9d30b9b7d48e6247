"""The fees of a case: what was asked for in a notice, what shows that it was paid, and who was exempted."""

import unicodedata

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from audit.models import AppendOnly, WriteOnce
from authorisation.models.cases import Case
from authorisation.models.decisions import Statement
from authorisation.models.documents import CaseDocument
from authorisation.procedures.shape import Stage


class FeeNotice(AppendOnly):
    """One fee, as the applicant was asked for it: what the procedure said on that day stands in it.

    number      the place of the fee among those of the kind in its procedure, from 1
    amount      in the currency's unit (ISO 4217), at most two decimals
    served_on   the legal date since which it is owed; `due_on` the last day, where the procedure gives one
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="fee_notices")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=20, choices=[(stage.value, stage.value) for stage in Stage])
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    basis = models.TextField(blank=True, default="")
    served_at = models.DateTimeField()
    served_on = models.DateField()
    due_on = models.DateField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="one_notice_of_a_fee"),
            models.CheckConstraint(name="fee_above_nothing", condition=Q(amount__gt=0)),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What whoever pays writes on the payment; the case's reference is unique, so this is."""
        return f"{self.case.reference}/F{self.number}"


class ProofState(models.TextChoices):
    """What became of a proof of payment."""

    HANDED_IN = "handed_in", _("handed in, not checked yet")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    REPLACED = "replaced", _("replaced by another")
    REMOVED = "removed", _("removed from the draft")


class FeeProof(WriteOnce):
    """What shows that a fee was paid: a payment, by its reference, and a file about it.

    Over all cases of an authority a payment counts once, and so does a file, as long as the proof was not
    rejected, replaced or removed: constraints of the database say so, whoever comes first.

    reference   the payment's, as written; `payment` is what of it counts (`payment_of`)
    sha256      of the file's bytes
    """

    write_once = ("authority", "notice", "document", "reference", "payment", "sha256", "handed_in_at")

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="fee_proofs")
    notice = models.ForeignKey(FeeNotice, on_delete=models.PROTECT, related_name="proofs")
    document = models.OneToOneField(CaseDocument, on_delete=models.PROTECT, related_name="proof_of_fee")
    reference = models.CharField(max_length=100)
    payment = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    handed_in_at = models.DateTimeField()
    standing = models.CharField(max_length=20, choices=ProofState.choices, default=ProofState.HANDED_IN)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "payment"),
                name="a_payment_counts_once",
                condition=Q(standing__in=["handed_in", "accepted"]),
            ),
            models.UniqueConstraint(
                fields=("authority", "sha256"),
                name="a_file_of_a_payment_counts_once",
                condition=Q(standing__in=["handed_in", "accepted"]),
            ),
            models.UniqueConstraint(
                fields=("notice",),
                name="one_counting_proof_of_a_fee",
                condition=Q(standing__in=["handed_in", "accepted"]),
            ),
            models.CheckConstraint(name="proof_of_some_payment", condition=~Q(payment="")),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reasons(self) -> str:
        """Why it was rejected; empty where it was not."""
        finding = self.document.finding
        return finding.reasons if finding is not None else ""


def payment_of(reference: str) -> str:
    """What counts of a reference of a payment: letters and figures, in capitals, whatever stands between."""
    plain = unicodedata.normalize("NFKC", reference).upper()
    return "".join(sign for sign in plain if sign.isalnum())


class FeeExemption(Statement):
    """A fee that need not be paid, and why."""

    notice = models.OneToOneField(FeeNotice, on_delete=models.PROTECT, related_name="exemption")
    reasons = models.TextField()

    class Meta(Statement.Meta):
        constraints = (models.CheckConstraint(name="exemption_with_reasons", condition=~Q(reasons="")),)

    def __str__(self) -> str:
        return str(self.notice)
