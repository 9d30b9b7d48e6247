"""An application taken along and opened in another country, and everything that is refused as a dossier."""

import base64
import hashlib
import html
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from audit.models import Event
from authorisation.models import Case, CaseDocument
from authorisation.services.documents import Said, Upload, add_document
from authorisation.supporting_documents import current_of
from desk.dossiers import reading
from desk.dossiers.packing import pack
from desk.dossiers.reading import read
from projects.documents import document_bytes
from projects.models import Document
from tests.accounts.factories import vetted
from tests.authorisation.factories import Staff, content, drafted, two_staffs
from tests.desk.browser import signed_in
from tests.projects.files import pdf, program
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def both() -> tuple[Staff, Staff]:
    """Two countries; the applicant of the first is let in at the second, too."""
    ours, theirs = two_staffs()
    vetted(
        ours.organisation,
        theirs.authority,
        member=ours.applicant,
        officer=theirs.offices[Function.DESK_OFFICER][1],
    )
    return ours, theirs


def written(of: Staff) -> Case:
    """A draft with two documents."""
    case = drafted(of, content())
    design = Upload(content=pdf(), name="design.pdf", declared="application/pdf")
    case = add_document(case, design, Said(type="activity-design"), act=of.act())
    study = Upload(content=pdf(2), name="study.pdf", declared="application/pdf")
    said = Said(type="other", title="Study", confidential=True, basis="Trade secrets")
    return add_document(case, study, said, act=of.act())


def packed(of: Staff) -> bytes:
    case = Case.objects.select_related("application", "authority__party").get(pk=written(of).pk)
    return pack(case, act=of.act())


def hand_in(person: Any, at: Staff, file: bytes, **more: Any) -> Any:
    browser: Client = signed_in(person.applicant)
    given = {
        "authority": str(at.authority.public_id),
        "organisation": str(person.organisation.public_id),
        "file": SimpleUploadedFile("a.dossier.zip", file),
        **more,
    }
    return browser.post(reverse("open_dossier"), given, follow=True)


def test_an_application_is_taken_along_and_opened_in_another_country(both: tuple[Staff, Staff]) -> None:
    ours, theirs = both
    case = written(ours)
    browser: Client = signed_in(ours.applicant)
    address = reverse("export_application", kwargs={"public_id": case.public_id})
    assert address in browser.get(reverse("case", kwargs={"public_id": case.public_id})).content.decode()
    assert browser.get(address).status_code == 200
    answer: Any = browser.post(address, {})
    file = b"".join(answer.streaming_content)
    assert answer["Content-Disposition"] == f'attachment; filename="{case.reference}.dossier.zip"'
    told = Event.objects.get(stream=case.trail_stream, action="export_application")
    assert json.loads(told.facts) == {"sha256": hashlib.sha256(file).hexdigest()}

    page = hand_in(ours, theirs, file)
    (there,) = Case.objects.filter(authority=theirs.authority)
    assert page.redirect_chain[-1][0] == reverse("application", kwargs={"public_id": there.public_id})
    assert (there.state, there.kind, there.applicant) == ("draft", case.kind, ours.organisation)
    given, kept = there.application.content, case.application.content
    assert given["activity"].items() >= kept["activity"].items()
    assert given["entities"] == kept["entities"]
    assert [
        (row.type, row.title, row.document.sha256, row.document.confidentiality_basis)
        for row in current_of(there)
    ] == [
        (row.type, row.title, row.document.sha256, row.document.confidentiality_basis)
        for row in current_of(case)
    ]
    assert [document_bytes(row.document)[:5] for row in current_of(there)] == [b"%PDF-", b"%PDF-"]
    # It is theirs now: what belongs to one authority is never shared with another.
    assert {row.document.authority for row in current_of(there)} == {theirs.authority}


def test_the_same_application_makes_the_same_file_but_for_its_time(both: tuple[Staff, Staff]) -> None:
    ours, _theirs = both
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(packed(ours))).read("manifest.json"))
    assert manifest == {
        "format": "authorisation-dossier",
        "version": 1,
        "made_at": ANY,
        "made_by": ANY,
        "reference": ANY,
        "authority": "GHA",
        "kind": "consolidated",
        "application": {"path": "application.json", "size": ANY, "sha256": ANY},
        "documents": [ANY, ANY],
    }


def test_what_this_authority_does_not_know_is_named_and_a_type_becomes_another(
    both: tuple[Staff, Staff],
) -> None:
    ours, theirs = both

    def change(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
        application = json.loads(files["application.json"])
        application["foo"] = {"bar": 1}
        application["activity"]["colour"] = "green"
        application["request"]["uses"] = ["LUNCH"]
        application["entities"] = "everybody"
        files["application.json"] = json.dumps(application).encode()
        manifest["documents"][0]["type"] = "stool-land-certificate"

    page = hand_in(ours, theirs, changed(packed(ours), change))
    (there,) = Case.objects.filter(authority=theirs.authority)
    assert {"foo", "entities"}.isdisjoint(there.application.content)
    assert "colour" not in there.application.content["activity"]
    assert "uses" not in there.application.content["request"]
    text = page.content.decode()
    for named in ("foo", "activity.colour", "request.uses", "entities", "design.pdf"):
        assert named in text
    assert {(row.type, row.title) for row in current_of(there)} == {
        ("other", "design.pdf"),
        ("other", "Study"),
    }


def changed(
    file: bytes,
    change: Callable[[dict[str, bytes], dict[str, Any]], None],
    *,
    honest: bool = True,
    sealed: bool = False,
) -> bytes:
    """The dossier, changed; with sizes and digests that fit again, unless it is not honest.

    Whoever changes one cannot seal it again, and leaves the seal out, unless it is to stay.
    """
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if not sealed:
        files.pop("seal.json", None)
    manifest = json.loads(files.pop("manifest.json"))
    change(files, manifest)
    if honest:
        for each in (manifest["application"], *manifest["documents"]):
            bytes_ = files.get(each["path"], b"")
            each |= {"size": len(bytes_), "sha256": hashlib.sha256(bytes_).hexdigest()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, bytes_ in files.items():
            archive.writestr(name, bytes_)
    return made.getvalue()


def test_a_sealed_dossier_says_by_which_key_and_an_unsealed_one_that_nobody_vouches(
    both: tuple[Staff, Staff],
) -> None:
    ours, theirs = both
    file = packed(ours)
    seal = json.loads(zipfile.ZipFile(io.BytesIO(file)).read("seal.json"))
    keys = [key["public_key"] for key in Client().get(reverse("webhook_keys")).json()["keys"]]
    assert seal["public_key"] == keys[0]

    page = hand_in(ours, theirs, file).content.decode()
    assert f"sealed and unchanged, by the key {seal['public_key']}" in html.unescape(page)
    page = hand_in(ours, theirs, changed(file, lambda files, manifest: None)).content.decode()
    assert "bears no seal" in page
    assert Case.objects.filter(authority=theirs.authority).count() == 2


def _another_reference(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["reference"] = "GHA-2026-9999"


def _another_key(files: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    seal = json.loads(files["seal.json"])
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    files["seal.json"] = json.dumps(
        {**seal, "public_key": f"whpk_{base64.b64encode(public).decode()}"}
    ).encode()


def _no_seal_at_all(files: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    files["seal.json"] = b'{"public_key": "whpk_", "signature": ""}'


@pytest.mark.parametrize("change", [_another_reference, _another_key, _no_seal_at_all])
def test_a_seal_that_does_not_hold_refuses_the_dossier(
    change: Callable[[dict[str, bytes], dict[str, Any]], None], both: tuple[Staff, Staff]
) -> None:
    ours, theirs = both
    page = hand_in(ours, theirs, changed(packed(ours), change, sealed=True))
    assert page.status_code == 422
    assert "seal of the dossier does not hold" in page.content.decode()
    assert not Case.objects.filter(authority=theirs.authority).exists()


def _other_path(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["../../etc/cron.d/x"] = files.pop("documents/001")
    manifest["documents"][0]["path"] = "../../etc/cron.d/x"


def _absolute(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["/etc/passwd"] = files.pop("documents/001")
    manifest["documents"][0]["path"] = "/etc/passwd"


def _not_named(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["documents/009"] = b"more"


def _not_there(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    del files["documents/001"]


def _twice(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["documents"].append(manifest["documents"][0])


def _newer(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["version"] = 2


def _more_fields(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["decision"] = "approved"


def _program(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["documents/001"] = program()


def _not_what_it_is_called(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["documents"][0]["name"] = "design.png"


def _text_of_numbers(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["application.json"] = b'{"request": {"total_tco2e": NaN}}'


def _deep(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["application.json"] = b'{"a":' * 400 + b"1" + b"}" * 400


def _deepest(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["application.json"] = b"[" * 100_000 + b"]" * 100_000


def _a_list(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["application.json"] = b"[1]"


def _bomb(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["documents/001"] = bytes(64 * 1024 * 1024)


def _long_text(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    files["application.json"] = b'{"a": "' + b" " * 2_000_000 + b'"}'


def _of_an_appeal(files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["kind"] = "revocation"


@pytest.mark.parametrize(
    "change",
    [
        _other_path, _absolute, _not_named, _not_there, _twice, _newer, _more_fields, _program,
        _not_what_it_is_called, _text_of_numbers, _deep, _deepest, _a_list, _bomb, _long_text, _of_an_appeal,
    ],
)  # fmt: skip
def test_a_dossier_that_means_no_good_is_refused_and_nothing_is_written(
    change: Callable[[dict[str, bytes], dict[str, Any]], None],
    both: tuple[Staff, Staff],
) -> None:
    ours, theirs = both
    file = changed(packed(ours), change)
    before = Document.objects.count(), CaseDocument.objects.count(), Event.objects.count()
    page = hand_in(ours, theirs, file)
    assert page.status_code == 422
    assert not Case.objects.filter(authority=theirs.authority).exists()
    assert (Document.objects.count(), CaseDocument.objects.count(), Event.objects.count()) == before


def _another_digest(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["documents"][0]["sha256"] = "0" * 64


def _shorter(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["documents"][0]["size"] -= 1


def _longer(_files: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["documents"][0]["size"] += 1


def _another_application(files: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    files["application.json"] += b" "


@pytest.mark.parametrize("change", [_another_digest, _shorter, _longer, _another_application])
def test_what_is_not_what_the_manifest_says_is_refused(
    change: Callable[[dict[str, bytes], dict[str, Any]], None], both: tuple[Staff, Staff]
) -> None:
    with pytest.raises(Refused) as refusal:
        read(changed(packed(both[0]), change, honest=False))
    assert [reason.code for reason in refusal.value.reasons] == ["dossier-changed"]


def _zipped(*entries: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, bytes_ in entries:
            archive.writestr(name, bytes_)
    return made.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"PK\x03\x04",
        b"%PDF-1.7",
        _zipped(),
        _zipped(("manifest.json", b"{}")),
        _zipped(("manifest.json", b"null")),
        _zipped(("manifest.json", b"\xff\xfe")),
        _zipped(("manifest.json", b"[" * 50_000)),
        _zipped(("manifest.json", b" " * 40_000_000)),
        _zipped(("manifest.json", b"{}"), how=zipfile.ZIP_LZMA),
        _zipped(*[(f"documents/{number:03d}", b"") for number in range(999)], ("manifest.json", b"{}")),
    ],
)
def test_what_is_no_dossier_is_refused(file: bytes) -> None:
    with pytest.raises(Refused):
        read(file)


def test_a_length_that_lies_unpacks_no_more_than_was_said(both: tuple[Staff, Staff]) -> None:
    # The directory of the archive says a few bytes; what is packed there comes to many.
    file = bytearray(_zipped(("manifest.json", b" " * 40_000_000)))
    said = (40_000_000).to_bytes(4, "little")
    assert file.count(said) == 2
    with pytest.raises(Refused):
        read(bytes(file).replace(said, (20).to_bytes(4, "little")))


def test_a_file_that_is_too_large_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PACKED", 10)
    with pytest.raises(Refused) as refusal:
        read(b"x" * 11)
    assert [reason.code for reason in refusal.value.reasons] == ["dossier-too-large"]


def test_nobody_takes_along_or_opens_what_is_not_theirs(both: tuple[Staff, Staff]) -> None:
    ours, theirs = both
    case = written(ours)
    address = reverse("export_application", kwargs={"public_id": case.public_id})
    events = Event.objects.count()
    assert signed_in(theirs.applicant).post(address, {}).status_code == 404
    officer = ours.offices[Function.DESK_OFFICER][1]
    assert signed_in(officer).post(address, {}).status_code == 403
    assert Event.objects.count() == events
    # For an organisation that is not theirs, and for one that the authority has not let in.
    foreign = hand_in(theirs, ours, packed(ours), organisation=str(ours.organisation.public_id))
    assert foreign.status_code == 422
    not_let_in = hand_in(theirs, ours, packed(ours))
    assert not_let_in.status_code == 422
    assert Case.objects.filter(applicant=theirs.organisation).count() == 0
