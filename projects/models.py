"""What outcomes come from and move under: NDC periods, approaches, activities, entities, documents."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Organisation, Party, User
from audit.models import AppendOnly, WriteOnce
from projects.lifecycle import ActivityLifecycle, ApproachLifecycle


class NdcPeriod(models.Model):
    """An implementation period of a Party's nationally determined contribution, in calendar years."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="ndc_periods")
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("party", "first_year", "last_year"), name="one_ndc_period"),
            models.CheckConstraint(name="ndc_period_forward", condition=Q(last_year__gte=F("first_year"))),
        )

    def __str__(self) -> str:
        return f"{self.first_year}-{self.last_year}"


class TrackingArrangement(models.Model):
    """How a Party tracks its outcomes (decision 2/CMA.3, annex, paragraphs 4(d) and 29)."""

    class Kind(models.TextChoices):
        NATIONAL = "national", _("registry of the Party")
        INTERNATIONAL = "international", _("international registry")
        MECHANISM = "mechanism", _("registry of the Article 6.4 mechanism")
        OTHER = "other", _("another registry")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="tracking_arrangements")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("party", "kind", "name"), name="one_tracking_arrangement"),
        )

    def __str__(self) -> str:
        return self.name


class RegistryEntitlement(models.Model):
    """The right of whoever runs a registry to record for an authority what happens to outcomes in it.

    `registry` is the name under which it records, `mechanism` for that of Article 6.4. The days are those of
    the authority, `ends_on` the last; null while there is no end. `ended_at` is when it was ended at once.

    basis   what entitles it: a reference, a document, or both
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="entitled_registries")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="registries_run")
    registry = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=500, blank=True, default="")
    basis_document = models.ForeignKey(
        "projects.Document", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    end_reasons = models.CharField(max_length=2000, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "organisation", "registry", "starts_on"),
                condition=Q(ended_at__isnull=True),
                name="one_entitlement",
            ),
            models.CheckConstraint(
                name="entitlement_ended_with_reasons", condition=Q(ended_at__isnull=True) | ~Q(end_reasons="")
            ),
            models.CheckConstraint(
                name="entitlement_forward", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
        )

    def __str__(self) -> str:
        return self.registry


class CooperativeApproach(ApproachLifecycle):
    """The arrangement between Parties under which outcomes move.

    `ca_id` is the identifier given by the UN platform, null while it is not yet assigned.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="approaches")
    ca_id = models.CharField(max_length=6, null=True, blank=True)  # noqa: DJ001 - null: not yet assigned
    name = models.CharField(max_length=300)
    parties = models.ManyToManyField(Party, related_name="approaches")
    agreement_title = models.CharField(max_length=300, blank=True, default="")
    agreement_signed_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    initial_report = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "ca_id"),
                name="one_approach_per_identifier",
                condition=Q(ca_id__isnull=False),
            ),
            models.UniqueConstraint(fields=("authority", "name"), name="one_approach_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class Activity(ActivityLifecycle):
    """The project, programme, jurisdiction or policy that achieves mitigation."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="activities")
    approach = models.ForeignKey(
        CooperativeApproach, on_delete=models.PROTECT, related_name="activities", null=True
    )
    title = models.CharField(max_length=500)
    scale = models.CharField(max_length=30, default="project")
    standard = models.CharField(max_length=100, blank=True, default="")
    registry_id = models.CharField(max_length=100, blank=True, default="")
    methodology = models.CharField(max_length=300, blank=True, default="")
    sector = models.CharField(max_length=100, blank=True, default="")
    activity_type = models.CharField(max_length=100, blank=True, default="")
    activity_type_note = models.CharField(max_length=500, blank=True, default="")
    mitigation_type = models.CharField(max_length=60, blank=True, default="")
    metric = models.CharField(max_length=20, blank=True, default="")
    gwp = models.CharField(max_length=100, blank=True, default="")
    location = models.CharField(max_length=300, blank=True, default="")
    crediting_starts_on = models.DateField(null=True, blank=True)
    crediting_ends_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = _("activities")
        constraints = (
            models.UniqueConstraint(
                fields=("authority", "standard", "registry_id"),
                name="one_activity_per_registry_id",
                condition=~Q(registry_id=""),
            ),
        )

    def __str__(self) -> str:
        return self.title


class ExpectedMitigation(AppendOnly):
    """What an activity is expected to achieve in one vintage, in t CO2 eq; the last statement counts."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="expected_mitigation")
    vintage = models.PositiveSmallIntegerField()
    tonnes = models.PositiveBigIntegerField()
    stated_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("activity", "vintage", "id"), name="expected_by_vintage"),)

    def __str__(self) -> str:
        return f"{self.vintage}: {self.tonnes}"


class Entity(models.Model):
    """A legal person that may have roles in activities. Having one here authorises nobody."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=300)
    name_latin = models.CharField(max_length=300, blank=True, default="")
    country = models.CharField(max_length=3)
    identification = models.CharField(max_length=100)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="entities", null=True, blank=True
    )

    class Meta:
        verbose_name_plural = _("entities")
        constraints = (
            models.UniqueConstraint(fields=("country", "identification"), name="one_entity_per_number"),
        )

    def __str__(self) -> str:
        return self.name


class EntityRole(models.Model):
    """A role that an entity has in an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="entity_roles")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=30)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("activity", "entity", "role"), name="one_role_once"),)

    def __str__(self) -> str:
        return self.role


class Document(WriteOnce):
    """A file, known by the SHA-256 of its bytes, with its confidentiality mark and the basis for it."""

    class Confidentiality(models.TextChoices):
        PUBLIC = "public", _("public")
        CONFIDENTIAL = "confidential", _("confidential")

    write_once = ("public_id", "authority", "sha256", "size", "media_type", "name", "scanned", "received_at")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="documents")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=255)
    # Whether a virus scanner found nothing in it; false where there was none to ask.
    scanned = models.BooleanField(default=False)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    confidentiality = models.CharField(
        max_length=20, choices=Confidentiality.choices, default=Confidentiality.CONFIDENTIAL
    )
    confidentiality_basis = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=("sha256",), name="document_by_digest"),)
        constraints = (
            models.CheckConstraint(
                name="confidential_with_a_basis",
                condition=~Q(confidentiality="confidential") | ~Q(confidentiality_basis=""),
            ),
        )

    def __str__(self) -> str:
        return self.sha256
