"""The file of a form that is shown once more before it is carried out: taken in, and named by a sealed mark.

A browser sends a file once. What was taken in is known by its mark until the form is carried out; where it
never is, a file remains that nothing cites.
"""

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.core import signing

from accounts.models import User
from projects.documents import TakenIn

# As long as somebody may look at what a form would do.
KEPT = timedelta(hours=12)


def mark_of(file: TakenIn, person: User) -> str:
    """The mark of a file that this person sent; it says nothing to anybody else's form."""
    return signing.dumps({**asdict(file), "public_id": str(file.public_id)}, salt=_salt(person))


def file_of(mark: str, person: User) -> TakenIn | None:
    """The file of a mark; None where it is somebody else's, was tampered with, or is too old."""
    try:
        told = signing.loads(mark, salt=_salt(person), max_age=KEPT)
    except signing.BadSignature:
        return None
    return TakenIn(**{**told, "public_id": UUID(told["public_id"])})


def _salt(person: User) -> str:
    return f"desk.recording.kept_files:{person.public_id}"
