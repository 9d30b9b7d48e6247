"""What authorisations ask of their holders: each thing that falls due, what was handed in, what was found."""

from functools import cached_property

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Office, User
from audit.models import AppendOnly
from authorisation.lifecycle_of_obligations import ObligationLifecycle
from authorisation.models.authorisations import Authorisation
from authorisation.models.cases import Case
from authorisation.models.documents import CaseDocument
from authorisation.requirements import Requirement, Sort, from_json


class Obligation(ObligationLifecycle):
    """A condition precedent, or one turn of an obligation.

    case        whose decision asks for it
    rule        the requirement, as it was kept with that decision (`authorisation.requirements`)
    since       the legal date from which its days are counted; `recording` the issuance, where that is one
    turn        which time it falls due, from 1; of what follows issuances, the how manieth of them
    due_on      the last day to meet it; none for a condition without one. `scheduled_on`: before more time
                was given
    met_on      the legal date on which it was recorded as met
    amount      what is to be paid, where anything is, in `currency`
    """

    lock_rank = 30

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="obligations")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="obligations")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="obligations")
    sort = models.CharField(max_length=20, choices=Sort.choices)
    code = models.CharField(max_length=60)
    rule = models.JSONField()
    since = models.DateField()
    recording = models.ForeignKey(
        "authorisation.Recording", on_delete=models.PROTECT, related_name="obligations", null=True
    )
    turn = models.PositiveSmallIntegerField(default=1)
    begun_on = models.DateField()
    scheduled_on = models.DateField(null=True)
    met_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=("authority", "state", "due_on"), name="obligations_on_the_board"),)
        constraints = (
            models.UniqueConstraint(
                fields=("authorisation", "case", "code", "turn"), name="one_turn_of_an_obligation"
            ),
            models.CheckConstraint(
                name="obligation_falls_due", condition=Q(sort=Sort.CONDITION) | Q(scheduled_on__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.authorisation}/{self.code}/{self.turn}"

    @cached_property
    def requirement(self) -> Requirement:
        """What is asked."""
        return from_json(self.rule)


class ObligationEvidence(AppendOnly):
    """What shows that it was done: a document of its case, or a reference, or both; nothing is taken back."""

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="evidence")
    document = models.OneToOneField(
        CaseDocument, on_delete=models.PROTECT, related_name="evidence_of_obligation", null=True
    )
    reference = models.CharField(max_length=500, blank=True, default="")
    note = models.TextField(blank=True, default="")
    handed_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True)
    handed_in_at = models.DateTimeField()
    handed_in_on = models.DateField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                name="evidence_of_something", condition=~Q(reference="") | Q(document__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.obligation}"


class ObligationFinding(AppendOnly):
    """What an officer found of it, with reasons. `until`: the day given instead, where more time was."""

    class Verdict(models.TextChoices):
        MET = "find_met", _("met")
        NOT_MET = "find_not_met", _("not met")
        MORE_TIME = "extend", _("more time")
        BREACH = "find_breach", _("breach")
        WAIVED = "waive", _("waived")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="findings")
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reasons = models.TextField()
    until = models.DateField(null=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    said_on = models.DateField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="finding_with_reasons", condition=~Q(reasons="")),)

    def __str__(self) -> str:
        return self.verdict


class ObligationReminder(AppendOnly):
    """The clock reminded of it, or passed it on: once for each day that its requirement names."""

    class What(models.TextChoices):
        REMIND = "remind", _("reminded")
        ESCALATE = "escalate", _("passed on")

    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="reminders")
    what = models.CharField(max_length=20, choices=What.choices)
    day = models.DateField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("obligation", "what", "day"), name="one_obligation_reminder_a_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.day}"
