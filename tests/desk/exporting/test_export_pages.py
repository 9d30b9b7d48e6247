"""The export that a director has made on a page: in the background, followed, taken along, removed."""

import io
import json
import subprocess
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import Function, User
from audit.models import Event
from desk.exporting import services, working, writing
from desk.exporting.models import Export, ExportPart
from projects.content_store import BytesLost
from projects.models import Document
from tests.authorisation.factories import Staff, granted, two_staffs
from tests.desk.browser import prove_again, signed_in, with_app
from tests.desk.exporting.test_export import busy
from workflow import daily, outbox
from workflow.clock import RealClock
from workflow.effects import Delivery
from workflow.models import OutboxMessage
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, settings: LazySettings) -> None:
    stores: dict[str, Any] = dict(settings.STORAGES)
    options = {**stores["exports"]["OPTIONS"], "location": tmp_path / "exports"}
    settings.STORAGES = {**stores, "exports": {**stores["exports"], "OPTIONS": options}}


def director(of: Staff) -> Any:
    return of.proving(Function.DIRECTOR)


def proved(person: User) -> Client:
    browser: Client = signed_in(with_app(person))
    prove_again(browser, person)
    return browser


def asked(of: Staff) -> Export:
    return services.ask_for_export(of.authority, actor=director(of), clock=RealClock())


def in_store() -> list[str]:
    root = Path(storages["exports"].location)  # type: ignore[attr-defined]
    return sorted(str(each.relative_to(root)) for each in root.rglob("*") if each.is_file())


def let_it_come_due() -> None:
    OutboxMessage.objects.filter(delivered_at=None).update(due_at=RealClock().now())


def unpacked(content: bytes, folder: Path) -> Path:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")
    (inside,) = folder.iterdir()
    return inside


def test_a_director_has_it_made_follows_it_and_takes_it_along(tmp_path: Path, monkeypatch: Any) -> None:
    ours, _theirs = two_staffs()
    busy(ours)
    monkeypatch.setattr(working, "SECONDS", 0.0)  # a turn for every document
    person = ours.offices[Function.DIRECTOR][1]
    browser = proved(person)
    at = {"public_id": ours.authority.public_id}
    page, ask = reverse("exports", kwargs=at), reverse("ask_for_export", kwargs=at)
    assert page in browser.get(reverse("offices")).content.decode()
    assert browser.post(ask, {}).headers["Location"] == page
    shown = browser.get(page).content.decode()
    assert 'hx-trigger="every 3s"' in shown
    assert "The rows are read." in shown
    twice = browser.post(ask, {})
    assert (twice.status_code, Export.objects.count()) == (422, 1)
    assert "Wait until it is ready" in twice.content.decode()

    assert outbox.deliver(outbox.due()[-1])  # the first turn
    half = browser.get(page).content.decode()
    assert "The documents are copied." in half
    outbox.deliver_due()
    export = Export.objects.get()
    assert (export.standing, export.done, export.lost) == ("ready", export.total, 0)
    assert export.parts.count() > 4
    ready = browser.get(page).content.decode()
    assert "hx-trigger" not in ready
    takes = reverse("take_export_along", kwargs={"public_id": export.public_id})
    assert takes in ready
    before = Event.objects.count()
    assert browser.get(takes).status_code == 200
    assert Event.objects.count() == before, "only who takes it along stands in the trail"
    taken: Any = browser.post(takes, {})
    content = b"".join(taken.streaming_content)
    assert (taken.status_code, len(content)) == (200, export.size)
    assert int(taken.headers["Content-Length"]) == export.size

    # The same as the command writes.
    inside = unpacked(content, tmp_path / "taken")
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=inside).returncode == 0
    call_command("export_authority", ours.authority.slug, "--out", str(tmp_path / "command"))
    manifests = [
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        for folder in (inside, tmp_path / "command")
    ]
    ours_of, theirs_of = ({each["path"]: each for each in one["files"]} for one in manifests)
    # What was asked for and made since stands in the trail, and in no other file.
    told = {path for path in theirs_of if ours_of.get(path) != theirs_of[path]}
    assert set(ours_of) == set(theirs_of)
    assert told <= {"rows/audit.Event.jsonl", "rows/accounts.Authority.jsonl"}
    trail = Event.objects.filter(stream=ours.authority.trail_stream, action__startswith="export_")
    assert list(trail.order_by("sequence").values_list("action", "actor")) == [
        ("export_asked_for", person.actor),
        ("export_ready", "system"),
        ("export_taken_along", person.actor),
    ]


def test_rows_are_read_in_chunks_and_over_several_turns_and_all_are_there_once(
    tmp_path: Path, monkeypatch: Any
) -> None:
    ours, _theirs = two_staffs()
    busy(ours)
    monkeypatch.setattr(writing, "_AT_ONCE", 2)
    monkeypatch.setattr(working, "ROWS_SECONDS", 0.0)  # a turn for every chunk
    export = asked(ours)
    call_command("export_authority", ours.authority.slug, "--out", str(tmp_path / "command"))
    outbox.deliver(outbox.due()[-1])
    export.refresh_from_db()
    assert (export.standing, export.stage, export.turn) == ("running", "rows", 1)
    outbox.deliver_due()
    export.refresh_from_db()
    taken = services.take_along(export, actor=director(ours), clock=RealClock())
    inside = unpacked(b"".join(taken.pieces), tmp_path / "taken")
    assert subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=inside).returncode == 0
    manifest = json.loads((inside / "manifest.json").read_text(encoding="utf-8"))

    pieces: dict[str, list[str]] = {}
    for each in manifest["files"]:
        if each["path"].startswith("rows/"):
            label = ".".join(each["path"].removeprefix("rows/").split(".")[:2])
            lines = (inside / each["path"]).read_text(encoding="utf-8").splitlines()
            assert len(lines) == each["rows"]
            pieces.setdefault(label, []).extend(lines)
    assert (inside / "rows/authorisation.Entry.3.jsonl").exists()
    assert (
        len(manifest["rows_read_at"])
        == Export.objects.get().parts.filter(files__0__path__startswith="rows/").count()
    )
    whole = {
        path.name.removesuffix(".jsonl"): path.read_text(encoding="utf-8").splitlines()
        for path in (tmp_path / "command" / "rows").iterdir()
    }
    assert {label for label in whole if pieces[label] != whole[label]} == set()


def test_nobody_else_starts_or_takes_it_and_nothing_changes() -> None:
    ours, theirs = two_staffs()
    export = asked(ours)
    outbox.deliver_due()
    before = (list(Export.objects.values()), Event.objects.count(), in_store())
    for actor in (director(theirs), ours.holding(Function.DECIDER), ours.holding(Function.DESK_OFFICER)):
        for attempt in (
            lambda by: services.ask_for_export(ours.authority, actor=by, clock=RealClock()),
            lambda by: services.take_along(export, actor=by, clock=RealClock()),
        ):
            with pytest.raises(Refused) as refused:
                attempt(actor)
            assert refused.value.kind is Kind.ROLE
    assert (list(Export.objects.values()), Event.objects.count(), in_store()) == before


def test_without_the_second_factor_shown_again_nothing_is_made_and_nothing_taken() -> None:
    ours, _theirs = two_staffs()
    export = asked(ours)
    outbox.deliver_due()
    browser: Client = signed_in(with_app(ours.offices[Function.DIRECTOR][1]))
    before = (Export.objects.count(), Event.objects.count())
    unproved = ours.holding(Function.DIRECTOR)  # months ago
    for attempt in (
        lambda: services.ask_for_export(ours.authority, actor=unproved, clock=RealClock()),
        lambda: services.take_along(export, actor=unproved, clock=RealClock()),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert [reason.code for reason in refused.value.reasons] == ["proof"]
    for name, of in (("ask_for_export", ours.authority), ("take_export_along", export)):
        answer = browser.post(reverse(name, kwargs={"public_id": of.public_id}), {})
        assert answer.headers["Location"].startswith("/account/second-factor/")
    assert (Export.objects.count(), Event.objects.count()) == before


def test_two_authorities_have_theirs_made_at_once_and_one_has_one_at_a_time() -> None:
    ours, theirs = two_staffs()
    export = asked(ours)
    asked(theirs)
    with pytest.raises(Refused) as refused:
        asked(ours)
    assert [reason.code for reason in refused.value.reasons] == ["export-running"]
    assert refused.value.reasons[0].mend_text
    with pytest.raises(IntegrityError):
        Export.objects.create(authority=ours.authority, asked_by=export.asked_by, asked_at=RealClock().now())


def test_what_fails_is_tried_again_and_then_said_to_have_failed_and_another_is_made(monkeypatch: Any) -> None:
    ours, _theirs = two_staffs()
    export = asked(ours)
    outbox.deliver(outbox.due()[-1])

    def full(*_given: Any, **_more: Any) -> None:
        raise OSError("No space left on device")

    page = reverse("exports", kwargs={"public_id": ours.authority.public_id})
    browser: Client = signed_in(with_app(ours.offices[Function.DIRECTOR][1]))
    with monkeypatch.context() as patched:
        patched.setattr(working, "write_files", full)
        for _time in range(working.MOST_TRIES):
            let_it_come_due()
            outbox.deliver_due()
            export.refresh_from_db()
            assert (export.standing, export.fault) == ("running", "OSError")
        assert "is tried again" in browser.get(page).content.decode()
        let_it_come_due()
        outbox.deliver_due()
    export.refresh_from_db()
    assert (export.standing, export.expires_at) == ("failed", None)
    shown = browser.get(page).content.decode()
    assert "It was broken off three times." in shown
    assert "OSError" in shown
    assert reverse("ask_for_export", kwargs={"public_id": ours.authority.public_id}) in shown
    assert Event.objects.get(action="export_failed").actor == "system"

    again = asked(ours)
    outbox.deliver_due()
    again.refresh_from_db()
    assert again.standing == "ready"
    daily.run(RealClock())
    assert not ExportPart.objects.filter(export=export).exists()
    assert {name.partition("/")[0] for name in in_store()} == {str(again.public_id)}


def test_a_turn_that_was_broken_off_is_taken_up_and_one_that_is_over_does_nothing() -> None:
    ours, _theirs = two_staffs()
    granted(ours)
    export = asked(ours)
    first = Delivery(
        key=OutboxMessage.objects.latest("pk").key,
        payload={"export": str(export.public_id), "turn": 0},
        clock=RealClock(),
    )
    # The worker died after it had begun: nothing is kept of it.
    assert working._begun(export.public_id, 0) is not None
    working.carry_on(first)
    export.refresh_from_db()
    assert (export.turn, export.parts.count()) == (1, 1)
    before, stored = list(Export.objects.values()), in_store()
    working.carry_on(first)
    assert (list(Export.objects.values()), in_store()) == (before, stored)


def test_a_file_that_is_lost_is_named_and_said_aloud(tmp_path: Path, monkeypatch: Any) -> None:
    ours, _theirs = two_staffs()
    busy(ours)

    def lost(document: Document) -> bytes:
        raise BytesLost(document.sha256)

    monkeypatch.setattr(writing, "document_bytes", lost)
    export = asked(ours)
    outbox.deliver_due()
    export.refresh_from_db()
    assert (export.standing, export.lost) == ("ready", 1)
    taken = services.take_along(export, actor=director(ours), clock=RealClock())
    inside = unpacked(b"".join(taken.pieces), tmp_path / "taken")
    manifest = json.loads((inside / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["lost"] == [f"documents/{Document.objects.get(authority=ours.authority).sha256}"]
    browser: Client = signed_in(with_app(ours.offices[Function.DIRECTOR][1]))
    page = browser.get(reverse("exports", kwargs={"public_id": ours.authority.public_id}))
    assert "1 file is lost from the store" in page.content.decode()


def test_after_some_days_the_file_is_removed_and_nobody_takes_it() -> None:
    ours, _theirs = two_staffs()
    export = asked(ours)
    outbox.deliver_due()
    export.refresh_from_db()
    assert export.expires_at is not None
    assert export.ended_at is not None
    assert export.expires_at - export.ended_at == services.KEPT
    services.remove_what_is_over(RealClock())
    assert in_store()
    Export.objects.update(expires_at=RealClock().now() - timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        services.take_along(export, actor=director(ours), clock=RealClock())
    assert [reason.code for reason in refused.value.reasons] == ["export-not-ready"]
    daily.run(RealClock())
    export.refresh_from_db()
    assert (export.standing, in_store(), ExportPart.objects.count()) == ("removed", [], 0)
    assert Event.objects.get(action="export_removed").actor == "clock"
    assert not Event.objects.filter(action="export_taken_along").exists()
    before = Event.objects.count()
    daily.run(RealClock())
    assert Event.objects.filter(action="export_removed").count() == 1
    assert Event.objects.count() == before
