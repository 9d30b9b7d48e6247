"""What an authority owns, as files: nothing is missing, nothing is another's, and every sum holds."""

import hashlib
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import Authority, User
from accounts.services import issue_token, open_service_account
from audit.models import ChainHead, Event
from authorisation.models import Case, Entry, Obligation
from authorisation.services.documents import Said, Upload, add_document
from desk.exporting import writing
from desk.exporting.owned import BY_CHAIN, LEFT_OUT, OWNED
from letters.models import Letter
from projects.content_store import BytesLost
from projects.models import Document
from tests.authorisation.factories import Staff, drafted, granted, letter_due, two_staffs
from tests.authorisation.test_outcomes import issue, transfer
from tests.letters.papers import issued_on_paper
from tests.projects.files import pdf

# Made once: a PDF says when it was made.
DESIGN = pdf()
OURS = {
    "config",
    "desk",
    "reporting",
    "letters",
    "authorisation",
    "projects",
    "workflow",
    "accounts",
    "audit",
}


def test_every_model_of_ours_is_exported_or_left_out_with_a_reason() -> None:
    models = {model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS}
    told, kept = {*OWNED, BY_CHAIN}, set(LEFT_OUT)
    assert models - told - kept == set(), "say in desk/exporting/owned.py what becomes of it in an export"
    assert (told & kept, (told | kept) - models) == (set(), set())
    assert all(reason.strip() for reason in LEFT_OUT.values())
    assert {model for model in LEFT_OUT if issubclass(model, ChainHead)} == set()


def busy(of: Staff) -> None:
    """A granted case with a transfer, and a draft with a document."""
    case = granted(of)
    assert case.activity is not None
    assert case.authorisation is not None
    of.clock.move_to(of.clock.now().replace(year=2027))
    issue(of, case.activity, {2026: 500})
    transfer(of, case.authorisation, {2026: 100})
    design = Upload(content=DESIGN, name="design.pdf", declared="application/pdf")
    add_document(drafted(of), design, Said(type="activity-design"), act=of.act())


def rows(folder: Path, label: str) -> list[dict[str, Any]]:
    text = (folder / "rows" / f"{label}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.django_db
def test_an_export_holds_all_of_an_authority_and_nothing_of_another(tmp_path: Path) -> None:
    ours, theirs = two_staffs()
    busy(ours)
    other = drafted(theirs)
    account = open_service_account(ours.organisation, name="Registry", by=ours.applicant, at=ours.clock.now())
    _token, secret = issue_token(
        account, scopes=["read"], lasts=timedelta(days=1), by=ours.applicant, at=ours.clock.now()
    )
    folder = tmp_path / "export"
    call_command("export_authority", ours.authority.slug, "--out", str(folder))

    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    on_disk = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    listed = {each["path"]: each for each in manifest["files"]}
    assert on_disk == {*listed, "manifest.json", "SHA256SUMS"}
    for path, told in listed.items():
        content = (folder / path).read_bytes()
        assert (told["size"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    done = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder)
    assert done.returncode == 0
    assert (folder.stat().st_mode & 0o077, manifest["lost"]) == (0, [])

    assert [row["public_id"] for row in rows(folder, "authorisation.Case")] == [
        str(case.public_id) for case in Case.objects.filter(authority=ours.authority).order_by("pk")
    ]
    assert len(rows(folder, "authorisation.Entry")) == Entry.objects.count() > 0
    assert len(rows(folder, "authorisation.Obligation")) == Obligation.objects.count()
    assert (folder / "procedures" / "built-in-1.toml").stat().st_size > 0
    letter = Letter.objects.get()
    signed = (folder / "letters" / f"{letter.signed_sha256}.pdf").read_bytes()
    assert hashlib.sha256(signed).hexdigest() == letter.signed_sha256
    document = Document.objects.get(name="design.pdf")
    assert (folder / "documents" / document.sha256).read_bytes() == DESIGN

    # The trail: every event of what it owns, in the order of its chain.
    streams = [
        cast(ChainHead, head).trail_stream
        for model in OWNED
        if issubclass(model, ChainHead)
        for head in OWNED[model].rows(model, ours.authority)
    ]
    own = [each for each in streams if not each.startswith(("accounts.user:", "accounts.organisation:"))]
    events = rows(folder, "audit.Event")
    assert len(events) == Event.objects.filter(stream__in=own).count() > 0
    digests = {each["digest"] for each in events}
    assert all(each["sequence"] == 1 or each["previous"] in digests for each in events)

    # Every row that another speaks of is there, by the name by which it is spoken of.
    lines = {row["id"] for row in rows(folder, "authorisation.Line")}
    assert {row["line"] for row in rows(folder, "authorisation.FirstTransfer")} <= lines
    cases = {row["public_id"] for row in rows(folder, "authorisation.Case")}
    assert {row["case"] for row in rows(folder, "authorisation.Line")} <= cases

    everything = b"".join(each.read_bytes() for each in (folder / "rows").iterdir()).decode()
    for foreign in (other.public_id, other.reference, theirs.authority.public_id, secret, account.public_id):
        assert str(foreign) not in everything
    assert "password" not in everything
    assert {row["email"] for row in rows(folder, "accounts.User")} == set(
        User.objects.filter(tenures__office__authority=ours.authority).values_list("email", flat=True)
    )


@pytest.mark.django_db
def test_of_a_letter_on_paper_every_file_is_there(tmp_path: Path) -> None:
    ours, _theirs = two_staffs()
    letter = issued_on_paper(ours, letter_due(ours))
    call_command("export_authority", ours.authority.slug, "--out", str(tmp_path / "export"))
    copied = letter.paper_records.get().copy_sha256
    files = {letter.unsigned_sha256, letter.paper_sha256, copied, letter.signed_sha256}
    assert len(files - {""}) == 4
    assert {each.stem for each in (tmp_path / "export" / "letters").iterdir()} == files


@pytest.mark.django_db
def test_an_export_is_never_written_over_and_says_what_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _theirs = two_staffs()
    design = Upload(content=pdf(), name="design.pdf", declared="application/pdf")
    add_document(drafted(ours), design, Said(type="activity-design"), act=ours.act())
    (tmp_path / "something").touch()
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_authority", ours.authority.slug, "--out", str(tmp_path))
    assert [each.name for each in tmp_path.iterdir()] == ["something"]
    with pytest.raises(CommandError, match="no authority"):
        call_command("export_authority", "nowhere", "--out", str(tmp_path / "x"))

    def lost(document: Document) -> bytes:
        raise BytesLost(document.sha256)

    monkeypatch.setattr(writing, "document_bytes", lost)
    with pytest.raises(CommandError, match="1 file"):
        call_command("export_authority", ours.authority.slug, "--out", str(tmp_path / "export"))
    manifest = json.loads((tmp_path / "export" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["lost"] == [f"documents/{Document.objects.get().sha256}"]
    assert Authority.objects.count() == 2
