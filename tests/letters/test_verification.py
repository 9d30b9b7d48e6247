"""Is it genuine, and is it in force? The command, on the letter itself and on everything that is not it."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from accounts.models import Function
from audit.models import Event
from audit.verification import verify_database
from letters import storage, verification
from letters.inspection import MOST_BYTES
from letters.models import Letter
from letters.rendering import render
from tests.audit.lifted_triggers import lifted_triggers
from tests.authorisation.factories import (
    Staff,
    granted,
    issued,
    two_staffs,
    with_applicant,
)
from tests.authorisation.standing import carried_out, planned
from tests.letters.sample_content import authorisation
from workflow.actors import SYSTEM
from workflow.clock import RealClock, SetClock
from workflow.door import Act, Move, pass_through

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, kw_only=True)
class Issued:
    """Two authorities' letters of authorisation, a request for completion, and what was consented to."""

    ours: bytes
    theirs: bytes
    request: bytes
    unsigned: bytes
    number: str
    code: str
    staff: Staff


@pytest.fixture(scope="module")
def letters(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Issued]:
    """Issued once for all the tests, each of which changes the register only for itself."""
    with django_db_blocker.unblock():
        ours, theirs = two_staffs()
        first = granted(ours).letters.get()
        other = granted(theirs).letters.get()
        request = issued(ours, with_applicant(ours), Function.DESK_OFFICER)
        made = Issued(
            ours=storage.fetch(first.signed_sha256),
            theirs=storage.fetch(other.signed_sha256),
            request=storage.fetch(request.signed_sha256),
            unsigned=storage.fetch(first.unsigned_sha256),
            number=first.number,
            code=first.code,
            staff=ours,
        )
    yield made
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def verified(pdf: bytes | None, tmp_path: Path, **options: Any) -> tuple[int, str, str]:
    """Exit status, standard output, standard error; None stands for a file that is not there."""
    path = tmp_path / "letter.pdf"
    if pdf is not None:
        path.write_bytes(pdf)
    out, err = StringIO(), StringIO()
    try:
        call_command(
            "verify_letter", str(path), *options.get("arguments", ()), stdout=out, stderr=err, no_color=True
        )
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def test_the_letter_itself_is_genuine_and_in_force(letters: Issued, tmp_path: Path) -> None:
    status, out, err = verified(letters.ours, tmp_path)
    assert (status, err) == (0, "")
    assert out.startswith("GENUINE\n")
    assert letters.number in out
    assert "in force" in out
    assert "DEMONSTRATION" in out
    assert verified(letters.theirs, tmp_path)[0] == verified(letters.request, tmp_path)[0] == 0


def test_programs_are_told_the_same_as_json(letters: Issued, tmp_path: Path) -> None:
    status, out, err = verified(letters.ours, tmp_path, arguments=["--json"])
    answer = json.loads(out)
    assert (status, err, answer["genuine"], answer["in_force"]) == (0, "", True, True)
    assert answer["sha256"] == hashlib.sha256(letters.ours).hexdigest()
    assert answer["content"]["number"] == answer["number"] == letters.number
    status, out, _err = verified(letters.ours + b" ", tmp_path, arguments=["--json"])
    answer = json.loads(out)
    assert (status, answer["genuine"]) == (1, False)
    assert answer["sentences"]


def _flipped(at: Callable[[bytes], int]) -> Callable[[Issued], bytes]:
    def flip(letters: Issued) -> bytes:
        pdf = bytearray(letters.ours)
        pdf[at(letters.ours)] ^= 1
        return bytes(pdf)

    return flip


NOT_GENUINE: dict[str, Callable[[Issued], bytes | None]] = {
    "its first byte changed": _flipped(lambda pdf: 0),
    "a byte of a page changed": _flipped(lambda pdf: len(pdf) // 3),
    "a byte of the signature changed": _flipped(lambda pdf: pdf.rindex(b"/Contents") + 200),
    "its last byte changed": _flipped(lambda pdf: len(pdf) - 1),
    "a line break added": lambda letters: letters.ours + b"\n",
    "bytes added": lambda letters: letters.ours + b"\n% and one thing more\n",
    "another letter added": lambda letters: letters.ours + letters.theirs,
    "a byte missing": lambda letters: letters.ours[:-1],
    "half of it": lambda letters: letters.ours[: len(letters.ours) // 2],
    "never signed": lambda letters: letters.unsigned,
    "another PDF": lambda letters: render(authorisation()),
    "no PDF": lambda letters: b"Dear Sir or Madam",
    "an empty file": lambda letters: b"",
    "no file": lambda letters: None,
    "far too large": lambda letters: b"%PDF-1.7" + b"0" * MOST_BYTES,
}


@pytest.mark.parametrize("what", NOT_GENUINE)
def test_whatever_is_not_the_letter_is_not_genuine_and_a_sentence_says_so(
    what: str, letters: Issued, tmp_path: Path
) -> None:
    status, out, err = verified(NOT_GENUINE[what](letters), tmp_path)
    assert (status, out) == (1, "")
    assert err.strip().endswith(".")
    assert "Traceback" not in err
    if what not in ("no file", "far too large"):
        assert err.startswith("NOT GENUINE\n")
        assert len(err.splitlines()) >= 2


def test_an_altered_copy_is_told_whose_copy_it_is(letters: Issued, tmp_path: Path) -> None:
    _status, _out, err = verified(letters.ours + b"\n% more", tmp_path)
    assert f"Its content is that of {letters.number}" in err


# -- genuine, and no longer in force ---------------------------------------------------------------


def test_a_letter_of_an_authorisation_that_is_no_longer_in_force_is_genuine_with_status_one(
    letters: Issued, tmp_path: Path
) -> None:
    letter = Letter.objects.get(number=letters.number)
    standing = letter.case.authorisation
    assert standing is not None
    carried_out(letters.staff, standing, planned("suspension"), Function.DESK_OFFICER)
    status, out, _err = verified(letters.ours, tmp_path)
    assert status == 1
    assert out.startswith("GENUINE\n")
    assert "suspended" in out
    assert verified(letters.theirs, tmp_path)[0] == 0
    carried_out(letters.staff, standing, planned("resumption"), Function.DESK_OFFICER)
    assert verified(letters.ours, tmp_path)[0] == 0


def test_a_letter_withdrawn_is_genuine_with_status_one(letters: Issued, tmp_path: Path) -> None:
    letter = Letter.objects.get(number=letters.number)
    pass_through(Act(actor=SYSTEM, clock=RealClock()), Move(step=Letter.withdraw, record=letter))
    status, out, _err = verified(letters.ours, tmp_path)
    assert (status, "withdrawn" in out) == (1, True)


# -- by code ---------------------------------------------------------------------------------------


def test_a_letter_is_found_by_its_code_however_it_is_typed(letters: Issued) -> None:
    for typed in (letters.code, f"  {letters.code.lower()} "):
        found = verification.by_code(typed, clock=RealClock())
        assert found is not None
        assert (found[0].number, found[1].in_force) == (letters.number, True)
    for wrong in ("", "0000-0000-0000", letters.code[:-1], "%", letters.code + "x"):
        assert verification.by_code(wrong, clock=RealClock()) is None


def test_the_status_is_that_of_the_authority_s_day(letters: Issued) -> None:
    clock = SetClock(Letter.objects.latest("pk").drawn_at)
    found = verification.by_code(letters.code, clock=clock)
    assert found is not None
    assert found[1].as_of == clock.now().date()


# -- the trail behind it ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'as agreed' WHERE action = 'approve'",
        "UPDATE audit_event SET facts = replace(facts, '600', '900') WHERE action = 'approve'",
        "UPDATE audit_event SET actor = 'system' WHERE action = 'consent'",
        "UPDATE audit_event SET time = '2026-01-01 00:00:00+00:00' WHERE action = 'issue'",
        "DELETE FROM audit_event WHERE action = 'conclude'",
        "UPDATE audit_event SET sequence = sequence + 1 WHERE action = 'conclude'",
        "UPDATE audit_event SET action = 'refuse' WHERE action = 'approve'",
    ],
)
def test_an_event_changed_by_plain_sql_is_found(letters: Issued, statement: str) -> None:
    assert verify_database().whole
    with lifted_triggers(connection), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0
    verdict = verify_database()
    assert not verdict.whole
    err = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verify_trail", stdout=StringIO(), stderr=err)
    assert end.value.code == 1
    assert "authorisation.case:" in err.getvalue() or "letters.letter:" in err.getvalue()


def test_every_digest_in_the_trail_is_that_of_the_letter_s_bytes(letters: Issued) -> None:
    events = {
        event.action: json.loads(event.facts)
        for event in Event.objects.filter(stream=Letter.objects.get(number=letters.number).trail_stream)
    }
    assert events["issue"]["digest"] == hashlib.sha256(letters.ours).hexdigest()
    assert events["present"]["digest"] == events["consent"]["digest"]
    assert events["consent"]["digest"] == hashlib.sha256(letters.unsigned).hexdigest()
