"""The instrument in force: one record, many versions, the same identifier."""

from django.db import models

from accounts.models import Authority, Organisation
from audit.models import AppendOnly
from authorisation.lifecycle_of_authorisations import AuthorisationLifecycle
from projects.models import Activity, CooperativeApproach


class Authorisation(AuthorisationLifecycle):
    """An authorisation of outcomes. What it says is in its versions; what became of it, in its lines."""

    lock_rank = 20

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="authorisations")
    identifier = models.CharField(max_length=40, unique=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="authorisations")
    approach = models.ForeignKey(CooperativeApproach, on_delete=models.PROTECT, related_name="authorisations")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="authorisations")
    current_version = models.PositiveSmallIntegerField()
    transfers_blocked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.identifier


class AuthorisationVersion(AppendOnly):
    """What an authorisation says from its effective date on, until the next version.

    `terms` is RFC 8785 canonical text. The letter is known here only by its opaque id and the
    SHA-256 of its signed bytes.
    """

    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    case = models.OneToOneField(
        "authorisation.Case", on_delete=models.PROTECT, related_name="authorisation_version"
    )
    terms = models.TextField()
    letter = models.UUIDField()
    letter_sha256 = models.CharField(max_length=64)
    decided_on = models.DateField()
    signed_on = models.DateField()
    notified_on = models.DateField()
    effective_on = models.DateField()

    class Meta:
        ordering = ("authorisation", "number")
        constraints = (
            models.UniqueConstraint(fields=("authorisation", "number"), name="one_authorisation_version"),
            models.CheckConstraint(
                name="signed_after_decided", condition=models.Q(signed_on__gte=models.F("decided_on"))
            ),
            models.CheckConstraint(
                name="effective_after_signed", condition=models.Q(effective_on__gte=models.F("signed_on"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}"


class PlannedAct(AppendOnly):
    """What a case about an authorisation plans to do, as it was opened (`authorisation.acts`).

    `plan` is RFC 8785 canonical text. `batch` is common to the cases of one act over many authorisations.
    `breach` is the finding on which it was opened, where it was one: its ground.
    """

    case = models.OneToOneField("authorisation.Case", on_delete=models.PROTECT, related_name="planned")
    type = models.CharField(max_length=40)
    plan = models.TextField()
    batch = models.CharField(max_length=64, blank=True, default="", db_index=True)
    breach = models.ForeignKey(
        "authorisation.ObligationFinding", on_delete=models.PROTECT, related_name="acts", null=True
    )
    # One case for each authorisation in a batch, however often it is opened.
    once = models.CharField(max_length=130, null=True, unique=True)  # noqa: DJ001 - null: no batch

    def __str__(self) -> str:
        return self.type
