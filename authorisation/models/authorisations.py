"""The instrument in force: one record, many versions, the same identifier."""

import json

from django.db import models

from accounts.models import Authority, Office, Organisation, User
from audit.models import AppendOnly, WriteOnce
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


class ActOverMany(AppendOnly):
    """One act of an authority over many authorisations, with one ground: who asked for it, and what it plans.

    `plan` is RFC 8785 canonical text; `name` is the `batch` of the planned acts that come of it. Why an
    authorisation was left out is said in `language`, that of whoever asked.
    """

    name = models.CharField(max_length=64, unique=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="acts_over_many")
    plan = models.TextField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acts_over_many")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="acts_over_many")
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "acts over many"

    def __str__(self) -> str:
        return self.name


class Concerned(WriteOnce):
    """An authorisation that an act over many is about: in time its case, or why there is none.

    `against` holds the reasons as JSON, each with `code`, `text` and what mends it (`mend`); "" while it
    waits its turn, and where its case was opened.
    """

    write_once = ("act", "authorisation", "case", "against")

    act = models.ForeignKey(ActOverMany, on_delete=models.PROTECT, related_name="concerned")
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="+")
    case = models.OneToOneField(
        "authorisation.Case", on_delete=models.PROTECT, related_name="concerned", null=True
    )
    against = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "concerned"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("act", "authorisation"), name="concerned_once_by_an_act"),
            models.CheckConstraint(
                name="opened_or_refused", condition=models.Q(case__isnull=True) | models.Q(against="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.act} {self.authorisation}"

    @property
    def reasons(self) -> list[dict[str, str]]:
        """Why there is no case of it: `code`, `text`, `mend` of each reason."""
        return list(json.loads(self.against)) if self.against else []
