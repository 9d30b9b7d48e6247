"""Is a letter genuine, and is it in force? Two answers, kept apart.

Genuine is what the bytes say: they are exactly those that were issued. In force is what the register
says today. Whatever cannot be read is not genuine, and says why; it never breaks the asker.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.wording import long_date
from authorisation.lifecycle_of_authorisations import State as AuthorisationState
from authorisation.lifecycle_of_endorsements import State as EndorsementState
from authorisation.models import Endorsement
from letters.content import parse
from letters.kinds import kind_of
from letters.lifecycle import State
from letters.models import Letter
from letters.sandbox import Examined, examine_apart, root_files
from workflow.clock import Clock, today


@dataclass(frozen=True, kw_only=True)
class Status:
    """What the register says of an issued letter: a word, a sentence, and the day on which it says so."""

    in_force: bool
    word: str
    sentence: str
    as_of: date


@dataclass(frozen=True, kw_only=True)
class Verification:
    """Genuine, not genuine, or cannot say, with the reasons; and a genuine letter with its status."""

    genuine: bool
    sentences: tuple[str, ...]
    cannot_say: bool = False
    letter: Letter | None = None
    status: Status | None = None

    @property
    def answer(self) -> str:
        """One of three: genuine, not genuine, cannot say."""
        return "genuine" if self.genuine else "cannot say" if self.cannot_say else "not genuine"

    @property
    def in_force(self) -> bool:
        """Genuine, and in force on the day of asking."""
        return self.genuine and self.status is not None and self.status.in_force

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON values, with the letter's content where it is genuine."""
        answer: dict[str, Any] = {
            "answer": self.answer,
            "genuine": self.genuine,
            "sentences": list(self.sentences),
        }
        if self.letter is not None and self.status is not None:
            answer |= {
                "number": self.letter.number,
                "kind": self.letter.kind,
                "sha256": self.letter.signed_sha256,
                "status": self.status.word,
                "in_force": self.status.in_force,
                "as_of": self.status.as_of.isoformat(),
                "content": parse(self.letter.content.encode()).model_dump(mode="json", by_alias=True),
            }
        return answer


def verify(pdf: bytes, *, clock: Clock) -> Verification:
    """Verifies the bytes of a letter against the register."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    letter = _issued().filter(signed_sha256=sha256).first()
    if letter is None:
        return _unknown(pdf)
    status = status_of(letter, clock=clock)
    return Verification(
        genuine=True,
        sentences=(
            _("These are the bytes that were issued as %(number)s.") % {"number": letter.number},
            status.sentence,
        ),
        letter=letter,
        status=status,
    )


def by_code(code: str, *, clock: Clock) -> tuple[Letter, Status] | None:
    """The issued letter with this code and its status; None where there is none."""
    letter = _issued().filter(code=code.strip().upper()).first()
    return None if letter is None else (letter, status_of(letter, clock=clock))


def _issued() -> Any:
    letters = Letter.objects.exclude(signed_sha256="")
    return letters.select_related("authority__party", "case__authorisation", "superseded_by")


def status_of(letter: Letter, *, clock: Clock) -> Status:
    """What the register says of an issued letter today."""
    on = today(letter.authority, clock)
    if letter.state == State.SUPERSEDED and letter.superseded_by is not None:
        sentence = _("It was superseded by %(number)s.") % {"number": letter.superseded_by.number}
        return Status(in_force=False, word="superseded", sentence=sentence, as_of=on)
    if letter.state != State.ISSUED:
        sentence = _("It is no longer in force: %(state)s.") % {"state": letter.get_state_display()}
        return Status(in_force=False, word=letter.state, sentence=sentence, as_of=on)
    gives = kind_of(letter.kind).gives
    if gives == "authorisation":
        return _status_of_authorisation(letter, on)
    if gives == "endorsement":
        return _status_of_endorsement(letter, on)
    sentence = _("%(kind)s of %(date)s, issued and not withdrawn.") % {
        "kind": kind_of(letter.kind).title,
        "date": long_date(letter.date),
    }
    return Status(in_force=True, word="issued", sentence=sentence, as_of=on)


def _status_of_authorisation(letter: Letter, on: date) -> Status:
    authorisation = letter.case.authorisation
    if authorisation is None:
        sentence = _("The register holds no authorisation for this letter.")
        return Status(in_force=False, word="unknown", sentence=sentence, as_of=on)
    in_force = authorisation.state == AuthorisationState.IN_FORCE
    sentence = _("Authorisation %(identifier)s is %(state)s on %(day)s.") % {
        "identifier": authorisation.identifier,
        "state": authorisation.get_state_display(),
        "day": long_date(on),
    }
    return Status(in_force=in_force, word=authorisation.state, sentence=sentence, as_of=on)


def _status_of_endorsement(letter: Letter, on: date) -> Status:
    """Whether what the letter says still stands; used, it has done what it was for."""
    endorsement = Endorsement.objects.filter(case=letter.case).first()
    if endorsement is None:
        sentence = _("The register holds no endorsement for this letter.")
        return Status(in_force=False, word="unknown", sentence=sentence, as_of=on)
    until = endorsement.valid_until
    if endorsement.state == EndorsementState.IN_FORCE and until is not None and on > until:
        sentence = _("It was valid until %(until)s.") % {"until": long_date(until)}
        return Status(in_force=False, word=EndorsementState.LAPSED, sentence=sentence, as_of=on)
    in_force = endorsement.state == EndorsementState.IN_FORCE
    sentence = _("%(kind)s of %(date)s: %(state)s on %(day)s.") % {
        "kind": kind_of(letter.kind).title,
        "date": long_date(letter.date),
        "state": endorsement.get_state_display(),
        "day": long_date(on),
    }
    return Status(in_force=in_force, word=endorsement.state, sentence=sentence, as_of=on)


def _unknown(pdf: bytes) -> Verification:
    """Why these bytes are not a letter that was issued here, as far as the bytes themselves tell.

    Where they show no fault, the register alone does not know them: that is said, and nothing is claimed.
    """
    keys_dir = settings.SIGNING_KEYS_DIR
    found = examine_apart(
        pdf, roots=root_files(keys_dir), time_roots=sorted((keys_dir / "time-roots").glob("*.pem"))
    )
    sentences = [_("This file is not a letter that was issued here: no issued letter has its digest.")]
    if not found.finished:
        sentences.append(_("It could not be examined within the limits that every letter keeps."))
    holds = found.finished and not found.faults
    if holds:
        sentences.append(_("Its signatures show no fault: ask the authority that it names."))
    return Verification(
        genuine=False,
        cannot_say=holds,
        sentences=(*sentences, *found.faults, *found.doubts, *_origin(found)),
    )


def _origin(found: Examined) -> tuple[str, ...]:
    """Names the letter of which the file seems to be an altered copy."""
    if found.attached is None:
        return ()
    digest = hashlib.sha256(found.attached).hexdigest()
    letter = _issued().filter(content_sha256=digest).first()
    if letter is None:
        return (_("No issued letter has the content that is attached to it."),)
    return (
        _("Its content is that of %(number)s, but its bytes are not: ask for the original.")
        % {"number": letter.number},
    )
