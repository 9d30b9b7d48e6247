"""The command, as a program runs it."""

import json
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.db import connection

from audit.evidence import write_pack
from audit.models import Event
from audit.trail import event_record, events_of
from tests.accounts.factories import two_authorities
from tests.audit.happenings import appended, chain
from tests.audit.lifted_triggers import lifted_triggers


def _run(**options: Any) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_trail", stdout=out, stderr=err, no_color=True, **options)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.django_db
def test_a_whole_trail_ends_with_status_zero_and_a_sentence() -> None:
    ours, _theirs = two_authorities()
    appended(ours, 2)
    status, out, err = _run()

    assert (status, err) == (0, "")
    assert out == f"The trail is whole: {Event.objects.count()} events in 2 streams.\n"


@pytest.mark.django_db
def test_a_changed_event_ends_with_status_one_and_its_name() -> None:
    ours, _theirs = two_authorities()
    appended(ours, 2)
    with lifted_triggers(connection), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_event SET reason = 'other' WHERE stream = %s AND sequence = 2", [ours.trail_stream]
        )
    status, out, err = _run()

    assert (status, out) == (1, "")
    assert (
        err
        == f"{ours.trail_stream}, event 2: the digest does not match the content: the event was changed.\n"
    )


@pytest.mark.django_db
def test_programs_get_json_and_the_same_status() -> None:
    ours, _theirs = two_authorities()
    status, out, err = _run(json=True)
    assert (status, err) == (0, "")
    assert json.loads(out) == {"whole": True, "events": Event.objects.count(), "streams": 2, "faults": []}

    with lifted_triggers(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE stream = %s", [ours.trail_stream])
    status, out, err = _run(json=True)
    (fault,) = json.loads(out)["faults"]
    assert (status, json.loads(out)["whole"]) == (1, False)
    assert (fault["stream"], fault["sequence"], fault["text"] + "\n") == (ours.trail_stream, None, err)


@pytest.mark.django_db
def test_a_pack_of_stored_events_is_whole(tmp_path: Path) -> None:
    ours, theirs = two_authorities()
    appended(ours, 3)
    stored = [*events_of(ours.trail_stream), *events_of(theirs.trail_stream)]
    pack = tmp_path / "evidence.zip"
    write_pack(pack, events=map(event_record, stored), files={})

    assert _run(evidence=pack) == (0, f"The trail is whole: {len(stored)} events in 2 streams.\n", "")


def test_a_pack_with_a_changed_event_is_named_without_a_database(tmp_path: Path) -> None:
    pack = tmp_path / "evidence.zip"
    write_pack(pack, events=chain(2), files={})
    with ZipFile(pack) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    with ZipFile(pack, "w") as opened:
        for name, content in parts.items():
            opened.writestr(name, content.replace(b"complete", b"finished"))
    status, out, err = _run(evidence=str(pack), json=True)

    assert (status, json.loads(out)["events"]) == (1, 2)
    assert ", event 1: the digest does not match the content" in err
    assert "events.jsonl is not the file of the manifest: its SHA-256 differs." in err


def test_a_pack_that_is_not_there_is_a_sentence_and_status_one(tmp_path: Path) -> None:
    status, _out, err = _run(evidence=tmp_path / "nothing.zip")

    assert status == 1
    assert err.startswith("The evidence pack cannot be read")
