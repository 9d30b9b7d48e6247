"""Letters and the consents of the offices that sign them. A letter's content never changes."""

import secrets
from typing import Any, NoReturn

from django.db import models

from accounts.models import Authority, Office, User
from audit.models import AppendOnly, WriteOnce
from authorisation.models import Case
from letters.lifecycle import LetterLifecycle
from workflow.governed import OutsideTheDoor

# Crockford's base 32: no letter that can be taken for a digit.
_CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """A code by which a letter can be asked after: 60 random bits in three groups of four signs."""
    signs = [secrets.choice(_CODE_SIGNS) for _position in range(12)]
    return "-".join("".join(signs[start : start + 4]) for start in (0, 4, 8))


class Letter(LetterLifecycle, WriteOnce):
    """What was decided, in immutable bytes.

    content           RFC 8785 canonical JSON, frozen when the letter is drawn
    unsigned_sha256   of the rendered PDF, to which the offices consent
    signed_sha256     of the sealed PDF, which is the letter
    public_sha256     of its public copy, where a part of the letter is confidential
    date              the decision date that the letter bears
    """

    write_once = (
        "authority",
        "case",
        "kind",
        "number",
        "code",
        "language",
        "content",
        "content_sha256",
        "date",
        "drawn_at",
        "unsigned_sha256",
        "signed_sha256",
        "public_sha256",
        "signed_on",
        "issued_at",
    )

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="letters")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=40)
    number = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=20, unique=True, default=new_code)
    language = models.CharField(max_length=10)
    content = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    date = models.DateField()
    drawn_at = models.DateTimeField()
    unsigned_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    public_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_on = models.DateField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_on = models.DateField(null=True)
    fault = models.TextField(blank=True, default="")
    void_reason = models.TextField(blank=True, default="")
    superseded_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="supersedes", null=True, blank=True
    )

    class Meta:
        indexes = (models.Index(fields=("case", "id"), name="letters_of_a_case"),)

    def __str__(self) -> str:
        return self.number

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """A letter is never deleted, not even a void one."""
        raise OutsideTheDoor("A letter is never deleted.")


class Signature(AppendOnly):
    """An office's recorded consent to the digest of the unsigned letter, with the proof of who gave it."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="signatures")
    place = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    unsigned_sha256 = models.CharField(max_length=64)
    proved_by = models.CharField(max_length=40)
    consented_at = models.DateTimeField()
    consented_on = models.DateField()

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("letter", "place"), name="one_signature_per_place"),)

    def __str__(self) -> str:
        return f"{self.letter} {self.place}"


class Seal(AppendOnly):
    """The certificate that sealed a field of an issued letter, by its SHA-256 fingerprint."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="seals")
    field_name = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("letter", "field_name"), name="one_seal_per_field"),)

    def __str__(self) -> str:
        return self.field_name
