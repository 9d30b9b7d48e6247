"""What is recorded so far of a letter that is signed by hand."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letters.models import HandNote, Letter, PaperRecord


def last_record(letter: "Letter") -> "PaperRecord | None":
    """What was recorded last of the signed paper; None where nothing was."""
    return letter.paper_records.select_related("check_made").order_by("number").last()


def noted_hands(letter: "Letter") -> "dict[int, HandNote]":
    """Which offices are known to have signed the paper so far, by their place; the latest note counts."""
    return {note.place: note for note in letter.hand_notes.select_related("office", "person").order_by("pk")}


def is_confirmed(record: "PaperRecord") -> bool:
    """Whether a second officer has found the copy to be that of the paper."""
    return hasattr(record, "check_made") and record.check_made.accepted
