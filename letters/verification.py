"""Is a letter genuine, and is it in force? Two answers, kept apart.

Genuine is what the bytes say: they are exactly those that were issued. In force is what the register
says today. Whatever cannot be read is not genuine, and says why; it never breaks the asker.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.wording import long_date
from authorisation.lifecycle_of_authorisations import State as AuthorisationState
from authorisation.lifecycle_of_endorsements import State as EndorsementState
from authorisation.models import Endorsement
from letters.content import Letter as Content
from letters.content import parse
from letters.kinds import kind_of
from letters.lifecycle import State
from letters.models import Letter
from letters.redaction import public_copy
from letters.sandbox import Examined, Why, examine_apart, root_files
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
    """Genuine, not genuine, or cannot say, with the reasons; and a genuine letter with its status.

    is_public_copy   whether the file is the published copy of the letter, which bears no signature
    """

    genuine: bool
    sentences: tuple[str, ...]
    cannot_say: bool = False
    letter: Letter | None = None
    status: Status | None = None
    is_public_copy: bool = False

    @property
    def answer(self) -> str:
        """One of three: genuine, not genuine, cannot say."""
        return "genuine" if self.genuine else "cannot say" if self.cannot_say else "not genuine"

    @property
    def in_force(self) -> bool:
        """Genuine, and in force on the day of asking."""
        return self.genuine and self.status is not None and self.status.in_force

    @property
    def says(self) -> Content | None:
        """What the file says: of a public copy never what that leaves out; None where it is not genuine."""
        if self.letter is None:
            return None
        content = parse(self.letter.content.encode())
        return public_copy(content) or content if self.is_public_copy else content

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON values, with the letter's content where it is genuine."""
        answer: dict[str, Any] = {
            "answer": self.answer,
            "genuine": self.genuine,
            "sentences": list(self.sentences),
        }
        if self.letter is not None and self.status is not None and self.says is not None:
            answer |= {
                "number": self.letter.number,
                "kind": self.letter.kind,
                "sha256": self.letter.signed_sha256,
                "is_public_copy": self.is_public_copy,
                "date": self.letter.dated.isoformat(),
                "on_paper": self.letter.on_paper,
                "status": self.status.word,
                "in_force": self.status.in_force,
                "as_of": self.status.as_of.isoformat(),
                "content": self.says.model_dump(mode="json", by_alias=True),
            }
        return answer


def verify(pdf: bytes, *, clock: Clock, one_at_a_time: bool = False) -> Verification:
    """Verifies the bytes of a letter against the register.

    `one_at_a_time`: where another file is being examined already, nothing is said of this one now.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    letter = issued_letters().filter(signed_sha256=sha256).first()
    if letter is not None:
        said = _("These are the bytes that were issued as %(number)s.") % {"number": letter.number}
        return _genuine(letter, said, clock)
    letter = issued_letters().filter(public_sha256=sha256).first()
    if letter is not None:
        said = _(
            "This is the public copy of %(number)s, as it was published. It leaves out what is confidential "
            "and bears no signature."
        ) % {"number": letter.number}
        return _genuine(letter, said, clock, is_public_copy=True)
    return _unknown(pdf, one_at_a_time=one_at_a_time)


def _genuine(letter: Letter, said: str, clock: Clock, *, is_public_copy: bool = False) -> Verification:
    status = status_of(letter, clock=clock)
    return Verification(
        genuine=True,
        sentences=(
            said,
            *((_on_paper(letter),) if letter.on_paper and not is_public_copy else ()),
            status.sentence,
        ),
        letter=letter,
        status=status,
        is_public_copy=is_public_copy,
    )


def _on_paper(letter: Letter) -> str:
    """What a file is of which the original is on paper."""
    kept = letter.custody.last()
    return _("It is a certified copy: the original, signed by hand on %(day)s, is on paper at %(place)s.") % {
        "day": long_date(letter.dated),
        "place": kept.place if kept is not None else "-",
    }


def by_code(code: str, *, clock: Clock) -> tuple[Letter, Status] | None:
    """The issued letter with this code and its status; None where there is none."""
    letter = issued_letters().filter(code=code.strip().upper()).first()
    return None if letter is None else (letter, status_of(letter, clock=clock))


def issued_letters() -> QuerySet[Letter]:
    """The letters that were issued, with all that their status is read from."""
    letters = Letter.objects.exclude(signed_sha256="")
    return letters.select_related(
        "authority__party", "case__authorisation", "case__endorsement", "superseded_by"
    )


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
        "date": long_date(letter.dated),
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
    endorsement: Endorsement | None = getattr(letter.case, "endorsement", None)
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
        "date": long_date(letter.dated),
        "state": endorsement.get_state_display(),
        "day": long_date(on),
    }
    return Status(in_force=in_force, word=endorsement.state, sentence=sentence, as_of=on)


def _unknown(pdf: bytes, *, one_at_a_time: bool) -> Verification:
    """Why these bytes are not a letter that was issued here, as far as the bytes themselves tell.

    Where they show no fault, or could not be examined for a reason that is not theirs, nothing is claimed:
    the register alone does not know them.
    """
    keys_dir = settings.SIGNING_KEYS_DIR
    found = examine_apart(
        pdf,
        roots=root_files(keys_dir),
        time_roots=sorted((keys_dir / "time-roots").glob("*.pem")),
        one_at_a_time=one_at_a_time,
    )
    sentences = [_("This file is not a letter that was issued here: no issued letter has its digest.")]
    if found.unfinished is not None:
        sentences.append(_sentence_of(found.unfinished))
    holds = found.finished and not found.faults
    if holds:
        sentences.append(_("Its signatures show no fault: ask the authority that it names."))
    return Verification(
        genuine=False,
        cannot_say=holds or found.unfinished in (Why.BUSY, Why.SLOW),
        sentences=(*sentences, *found.faults, *found.doubts, *_origin(found)),
    )


def _sentence_of(why: Why) -> str:
    if why is Why.BUSY:
        return _("Another file is being examined at this moment. Send this one again in a few seconds.")
    if why is Why.SLOW:
        return _("There was not enough time to examine it. Send it again later.")
    return _("It could not be examined within the limits that every letter keeps.")


def _origin(found: Examined) -> tuple[str, ...]:
    """Names the letter of which the file seems to be an altered copy."""
    if found.attached is None:
        return ()
    digest = hashlib.sha256(found.attached).hexdigest()
    letter = issued_letters().filter(content_sha256=digest).first()
    if letter is None:
        return (_("No issued letter has the content that is attached to it."),)
    return (
        _("Its content is that of %(number)s, but its bytes are not: ask for the original.")
        % {"number": letter.number},
    )
