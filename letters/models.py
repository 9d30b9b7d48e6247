"""Letters and the consents of the offices that sign them. A letter's content never changes."""

import datetime as dt
import secrets
from typing import Any, NoReturn

from django.db import models

from accounts.models import Authority, Office, User
from audit.models import AppendOnly, WriteOnce
from authorisation.models import Case
from letters.lifecycle import LetterLifecycle
from projects.models import Document
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
    on_paper          whether it is signed by hand; then the paper is the original, and what is issued is a
                      certified copy of it, sealed by the authority
    paper_sha256      of the PDF that is printed to be signed by hand
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
        "paper_sha256",
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
    on_paper = models.BooleanField(default=False)
    paper_sha256 = models.CharField(max_length=64, blank=True, default="")
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

    @property
    def dated(self) -> dt.date:
        """The date of the letter: on paper the one that was written by hand, once it is issued."""
        return self.signed_on if self.on_paper and self.signed_on is not None else self.date

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


class PaperRecord(WriteOnce):
    """What an officer recorded of a letter that was signed by hand. A wrong one is followed by the next.

    file_number   the ministry's own number, as written on the paper; empty where it gave none
    signed_on     the last of the dates written by hand: the date of the letter
    copy_sha256   of the certified copy before it is sealed, which a second officer compares
    """

    write_once = (
        "letter",
        "number",
        "file_number",
        "signed_on",
        "recorded_by",
        "office",
        "recorded_at",
        "copy_sha256",
    )

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="paper_records")
    number = models.PositiveSmallIntegerField()
    file_number = models.CharField(max_length=100, blank=True)
    signed_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    copy_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("letter", "number"), name="one_record_per_number"),)

    def __str__(self) -> str:
        return f"{self.letter} {self.number}"


class HandSignature(AppendOnly):
    """Who signed a letter by hand, in which office, and the date that they wrote beside it."""

    record = models.ForeignKey(PaperRecord, on_delete=models.PROTECT, related_name="signatures")
    place = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("record", "place"), name="one_hand_per_place"),)

    def __str__(self) -> str:
        return f"{self.record} {self.place}"


class HandNote(AppendOnly):
    """That one office has signed the paper, written down before the next one does; the latest row counts.

    What is recorded at the end, with the scan, agrees with it.
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="hand_notes")
    place = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_on = models.DateField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_in = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.letter} {self.place}"


class Scan(AppendOnly):
    """A file of the scan of a letter that was signed by hand, as it was uploaded; several are in order."""

    record = models.ForeignKey(PaperRecord, on_delete=models.PROTECT, related_name="scans")
    place = models.PositiveSmallIntegerField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("record", "place"), name="one_scan_per_place"),)

    def __str__(self) -> str:
        return f"{self.record} {self.place}"


class PaperCheck(AppendOnly):
    """What a second officer found when they compared the copy with the paper; reasons, where it is not so."""

    record = models.OneToOneField(PaperRecord, on_delete=models.PROTECT, related_name="check_made")
    accepted = models.BooleanField()
    reasons = models.TextField(blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    proved_by = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.record)


class Custody(AppendOnly):
    """Where the paper of a letter is kept, and who keeps it, from a day until the next row."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="custody")
    place = models.CharField(max_length=200)
    keeper = models.CharField(max_length=200)
    since = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.letter} {self.place}"
