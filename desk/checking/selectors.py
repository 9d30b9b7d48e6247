"""The public check: what anybody who has the code of a letter is told about it.

Two answers, kept apart: that such a letter was issued, and how it stands today.
"""

import datetime as dt
from dataclasses import dataclass

from accounts.names import in_language, party_name
from desk.letter_codes import code_as_printed
from letters.content import AuthorisationBody, parse
from letters.kinds import kind_of, title_of
from letters.models import Letter
from letters.recorded_paper import last_record
from letters.redaction import public_copy
from letters.verification import Status, by_code, verify
from workflow.clock import Clock
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class CheckedLetter:
    """A letter that was issued, as the public is told of it.

    authority, party   their names in the language of the page
    file_number        the ministry's own, as written on the paper; "" where there is none
    sha256             of the signed file: whoever has the file can compare
    public_sha256      of the public copy, where a part of the letter is confidential; else ""
    on_paper           where the original is kept, for a letter that was signed by hand; else ""
    has_file           whether anybody may have the file: the letter, or its public copy
    says               what it says, for kinds of letter that are public; else None
    """

    code: str
    number: str
    kind: str
    title: Words
    date: dt.date
    issued_on: dt.date | None
    authority: str
    party_code: str
    party: str
    sha256: str
    public_sha256: str
    on_paper: str
    file_number: str
    has_file: bool
    demonstration: bool
    superseded_by: str
    status: Status
    says: AuthorisationBody | None


def check(typed: str, *, clock: Clock, language: str) -> CheckedLetter | None:
    """The issued letter with this code, however it was typed; None where no issued letter has it."""
    code = code_as_printed(typed)
    found = by_code(code, clock=clock) if code else None
    if found is None:
        return None
    letter, status = found
    return _told(letter, status, language)


@dataclass(frozen=True, kw_only=True)
class CheckedFile:
    """What the public is told of a file: one of three answers with its reasons, and the letter that it is."""

    answer: str
    sentences: tuple[str, ...]
    letter: CheckedLetter | None
    is_public_copy: bool

    @property
    def cannot_say(self) -> bool:
        """Whether neither yes nor no can be said now."""
        return self.answer == "cannot say"


def check_bytes(pdf: bytes, *, clock: Clock, language: str) -> CheckedFile:
    """The answer to a file that anybody sent; it is examined one at a time, apart, and not kept."""
    found = verify(pdf, clock=clock, one_at_a_time=True)
    known = found.letter is not None and found.status is not None
    return CheckedFile(
        answer=found.answer,
        sentences=found.sentences,
        letter=_told(found.letter, found.status, language) if known else None,  # type: ignore[arg-type]
        is_public_copy=found.is_public_copy,
    )


def _told(letter: Letter, status: Status, language: str) -> CheckedLetter:
    kind = kind_of(letter.kind)
    content = parse(letter.content.encode())
    later = letter.superseded_by
    kept = letter.custody.last() if letter.on_paper else None
    recorded = last_record(letter) if letter.on_paper else None
    # The public is shown the public copy, where there is one, and never what that leaves out.
    said = public_copy(content) or content
    return CheckedLetter(
        code=letter.code,
        number=letter.number,
        kind=letter.kind,
        title=title_of(content),
        date=letter.dated,
        issued_on=letter.issued_on,
        authority=in_language(letter.authority.name, language),
        party_code=letter.authority.party.code,
        party=party_name(letter.authority.party.code, language),
        sha256=letter.signed_sha256,
        demonstration=content.demonstration,
        superseded_by=later.number if later is not None else "",
        status=status,
        public_sha256=letter.public_sha256,
        on_paper=kept.place if kept is not None else "",
        file_number=recorded.file_number if recorded is not None else "",
        has_file=kind.public,
        says=said if kind.public and isinstance(said, AuthorisationBody) else None,
    )
