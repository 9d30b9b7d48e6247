"""What becomes of outcomes: issuance, the blocks of units, first transfer, use and cancellation.

Issuance happens in somebody's registry and is recorded on activity and vintage, before or after a letter;
what an authorisation covers of it is written beside. Volumes are whole t CO2 eq, dates are legal dates.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Office, Organisation, Party, User
from audit.models import AppendOnly
from authorisation.first_transfer import Trigger
from authorisation.models.authorisations import Authorisation
from authorisation.models.volumes import Line
from projects.models import Activity, Document


class Recording(AppendOnly):
    """Something that happened to outcomes in a registry, with the evidence for it and who recorded it.

    event      digest of the event of the trail that recorded it
    on         the day on which it happened; `recorded_at` is when it was written down here
    registry   in whose registry; `mechanism` is that of Article 6.4
    evidence   a document, or a reference to one, or both
    """

    class Kind(models.TextChoices):
        ISSUANCE = "issuance", _("issuance")
        FIRST_TRANSFER = "first_transfer", _("first transfer")
        USE = "use", _("use")
        CANCELLATION = "cancellation", _("cancellation")
        REVERSAL = "reversal", _("reversal")
        REPLACEMENT = "replacement", _("replacement")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="recordings")
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.PROTECT, related_name="recordings", null=True
    )
    on = models.DateField()
    registry = models.CharField(max_length=200, blank=True, default="")
    evidence = models.CharField(max_length=500, blank=True, default="")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", null=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField()
    event = models.CharField(max_length=64)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                name="recording_with_evidence", condition=~Q(evidence="") | Q(document__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class IssuedVintage(models.Model):
    """What one issuance brought of one vintage, and what authorisations cover of it.

    covered            also what was revoked after its first transfer: nothing covers that again
    adaptation, omge   what was taken of it for adaptation, and cancelled for overall mitigation: of all that
                       the Article 6.4 mechanism issues, else of what is covered, as letters ask
    """

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="vintages")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="issued_vintages")
    vintage = models.PositiveSmallIntegerField()
    tonnes = models.PositiveBigIntegerField()
    covered = models.PositiveBigIntegerField(default=0)
    adaptation = models.PositiveBigIntegerField(default=0)
    omge = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("vintage", "pk")
        constraints = (
            models.UniqueConstraint(fields=("recording", "vintage"), name="one_issued_vintage"),
            models.CheckConstraint(name="issued_from_2021", condition=Q(vintage__gte=2021)),
            models.CheckConstraint(name="issued_something", condition=Q(tonnes__gt=0)),
            models.CheckConstraint(name="covered_of_what_is_issued", condition=Q(tonnes__gte=F("covered"))),
            models.CheckConstraint(
                name="levied_of_what_is_issued", condition=Q(tonnes__gte=F("adaptation") + F("omge"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.vintage}: {self.tonnes}"

    @property
    def not_covered(self) -> int:
        """What no authorisation covers: it can be neither transferred nor used."""
        return self.tonnes - self.covered


class Coverage(AppendOnly):
    """What a line covers of an issued vintage, and its part of what was taken of the issuance."""

    issued = models.ForeignKey(IssuedVintage, on_delete=models.PROTECT, related_name="coverages")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="coverages")
    tonnes = models.PositiveBigIntegerField()
    adaptation = models.PositiveBigIntegerField()
    omge = models.PositiveBigIntegerField()
    covered_on = models.DateField()
    event = models.CharField(max_length=64)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(name="covers_something", condition=Q(tonnes__gt=0)),
            models.CheckConstraint(
                name="levied_of_what_is_covered", condition=Q(tonnes__gte=F("adaptation") + F("omge"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.tonnes}"


class TakenBack(AppendOnly):
    """What a line no longer covers of an issued vintage: it was not first transferred, and an act took it."""

    issued = models.ForeignKey(IssuedVintage, on_delete=models.PROTECT, related_name="taken_back")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="taken_back")
    tonnes = models.PositiveBigIntegerField()
    taken_on = models.DateField()
    event = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = _("taken back")
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="takes_something_back", condition=Q(tonnes__gt=0)),)

    def __str__(self) -> str:
        return f"{self.tonnes}"


class Series(models.Model):
    """A series within which a programme gives each number once."""

    name = models.CharField(max_length=300, unique=True)

    class Meta:
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return self.name


class Block(models.Model):
    """Consecutive units of one vintage with one holder, and one fate.

    A block never overlaps another of its series (on PostgreSQL an exclusion constraint, on SQLite triggers),
    and belongs to one authorisation at most. `pattern` is its serial with `{first}` and `{last}` for its
    numbers. `issued` is the issuance that brought it, `line` the line that covers it.
    """

    class Place(models.TextChoices):
        HELD = "held", _("held")
        FIRST_TRANSFERRED = "first_transferred", _("first transferred")
        USED_OR_CANCELLED = "used_or_cancelled", _("used or cancelled")
        RETAINED = "retained", _("retained by the host")
        REVOKED = "revoked", _("revoked after its first transfer")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="blocks")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="blocks")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="blocks")
    pattern = models.CharField(max_length=300)
    first_number = models.PositiveBigIntegerField()
    last_number = models.PositiveBigIntegerField()
    issued = models.ForeignKey(IssuedVintage, on_delete=models.PROTECT, related_name="blocks")
    holder = models.CharField(max_length=300, blank=True, default="")
    authorisation = models.ForeignKey(
        Authorisation, on_delete=models.PROTECT, related_name="blocks", null=True
    )
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="blocks", null=True)
    place = models.CharField(max_length=20, choices=Place.choices, default=Place.HELD)

    class Meta:
        ordering = ("series", "first_number")
        constraints = (
            models.CheckConstraint(
                name="block_forward", condition=Q(first_number__gte=1, last_number__gte=F("first_number"))
            ),
            models.CheckConstraint(
                name="block_moves_only_where_it_is_covered",
                condition=Q(place="held") | Q(authorisation__isnull=False, line__isnull=False),
            ),
            models.UniqueConstraint(fields=("series", "first_number"), name="one_block_per_first_number"),
        )

    def __str__(self) -> str:
        return self.serial

    @property
    def serial(self) -> str:
        """As the programme writes it."""
        numbers = {"{first}": self.first_number, "{last}": self.last_number}
        text = self.pattern
        for place, number in numbers.items():
            text = text.replace(place, str(number))
        return text

    @property
    def tonnes(self) -> int:
        """One unit is one tonne."""
        return self.last_number - self.first_number + 1


class FirstTransfer(AppendOnly):
    """Outcomes that were first transferred: of which line, by which event, on which day, to whom.

    on        the day of the first transfer; the adjustment belongs to the vintage year, whatever it is
    share     what they are, where they are no part of a transfer: taken for adaptation or overall mitigation
    gross     whether the tonnes asked for were those before the host kept its part; null where nobody asked
    retained  what the host kept besides
    """

    class Share(models.TextChoices):
        NONE = "", _("transfer")
        ADAPTATION = "adaptation", _("share for adaptation")
        OVERALL_MITIGATION = "omge", _("cancelled for overall mitigation")

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="first_transfers")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="first_transfers")
    trigger = models.CharField(max_length=40, choices=Trigger.choices)
    share = models.CharField(max_length=20, choices=Share.choices, blank=True, default=Share.NONE)
    on = models.DateField()
    tonnes = models.PositiveBigIntegerField()
    retained = models.PositiveBigIntegerField(default=0)
    gross = models.BooleanField(null=True)
    to_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", null=True)
    serial = models.CharField(max_length=300, blank=True, default="")
    event = models.CharField(max_length=64)

    class Meta:
        ordering = ("on", "pk")
        constraints = (
            models.CheckConstraint(
                name="first_transfer_of_something", condition=Q(tonnes__gt=0) | Q(retained__gt=0)
            ),
        )

    def __str__(self) -> str:
        return f"{self.on}: {self.tonnes}"


class TransferTakenBack(AppendOnly):
    """First-transferred outcomes that an act revoked, as the terms of the letter foresee it.

    The record of their first transfer stays as it is; this one says what no longer stands of it. What was
    issued of them (`issued`) remains covered in the books of its issuance, so that no authorisation covers
    these units again. `circumstance` is the one of the letter's terms, `checked` how it was checked that
    nothing is counted twice.
    """

    first_transfer = models.ForeignKey(FirstTransfer, on_delete=models.PROTECT, related_name="taken_back")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="transfers_taken_back")
    tonnes = models.PositiveBigIntegerField()
    issued = models.PositiveBigIntegerField()
    circumstance = models.TextField()
    checked = models.TextField()
    taken_on = models.DateField()
    event = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = _("transfers taken back")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(name="takes_a_transfer_back", condition=Q(tonnes__gt=0)),
            models.CheckConstraint(
                name="takes_back_what_was_issued_or_not", condition=Q(tonnes__gte=F("issued"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.taken_on}: {self.tonnes}"


class Use(AppendOnly):
    """Outcomes that were used: by a Party or an entity, for which calendar year."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="uses")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="uses")
    tonnes = models.PositiveBigIntegerField()
    by_party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", null=True)
    by_entity = models.CharField(max_length=300, blank=True, default="")
    for_year = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="use_of_something", condition=Q(tonnes__gt=0)),)

    def __str__(self) -> str:
        return f"{self.tonnes}"


class Cancellation(AppendOnly):
    """Outcomes that were cancelled, and for which purpose."""

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="cancellations")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="cancellations")
    tonnes = models.PositiveBigIntegerField()
    purpose = models.CharField(max_length=500, blank=True, default="")
    overall_mitigation = models.BooleanField(default=False)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(name="cancellation_of_something", condition=Q(tonnes__gt=0)),)

    def __str__(self) -> str:
        return f"{self.tonnes}"
