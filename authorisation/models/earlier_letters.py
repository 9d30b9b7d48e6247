"""Letters that this software did not draw: the originals of authorisations that were brought in."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.models import AppendOnly
from authorisation.models.authorisations import AuthorisationVersion
from projects.models import Document


class Unknown(models.TextChoices):
    """What may be unknown of an authorisation that was given before this register was kept."""

    LETTER = "letter", _("its letter")
    NUMBER = "number", _("the number of its letter")
    DAYS = "days", _("its days: the year is known, and 1 January stands for them")
    HOLDER = "holder", _("its holder")
    VOLUMES = "volumes", _("the volume authorised: what is issued bounds it")
    OTHER_PURPOSES = "other_purposes", _("which purposes other than an NDC: all are entered")
    TITLE = "title", _("the title of the activity")
    PERIODS = "periods", _("its periods")
    CHANGE_TERMS = "change_terms", _("how it may be changed or revoked")


class EarlierLetter(AppendOnly):
    """The original of the first version of an authorisation that was brought in, as far as it is known.

    `public_id` is the letter that the version names; its SHA-256 stands there too, empty without a scan.

    number    the one it bears
    link      where it is published
    document  its scan, kept here
    unknown   codes of `Unknown`
    source    the file, and the row of it, from which it was brought in
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.OneToOneField(
        AuthorisationVersion, on_delete=models.PROTECT, related_name="earlier_letter"
    )
    number = models.CharField(max_length=200, blank=True, default="")
    link = models.CharField(max_length=1000, blank=True, default="")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", null=True)
    unknown = models.JSONField(default=list)
    source = models.CharField(max_length=300)
    brought_in_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(name="earlier_letter_with_a_source", condition=~Q(source="")),)

    @property
    def web_address(self) -> str:
        """The link, where a browser may follow it."""
        return self.link if self.link.startswith(("https://", "http://")) else ""

    @property
    def only_its_year(self) -> bool:
        """Whether 1 January stands for days that nobody knows: of them the year alone may be told."""
        return Unknown.DAYS in self.unknown

    @property
    def unknown_in_words(self) -> list[str]:
        """What is not known of the authorisation."""
        return [str(Unknown(code).label) for code in self.unknown]

    def __str__(self) -> str:
        return self.number or self.link or str(self.public_id)
