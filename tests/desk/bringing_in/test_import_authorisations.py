"""Bringing in earlier letters from tables: every row has a fate, scans are kept, and again is the same."""

import csv
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from accounts.models import Authority, Function, Organisation
from audit.models import Event
from audit.verification import verify_database
from authorisation.acts import read as read_plan
from authorisation.models import Authorisation, Case, EarlierLetter, Line
from authorisation.services import acts, earlier
from authorisation.standing import terms_in_force
from authorisation.terms import Terms
from authorisation.verification import verify
from desk.bringing_in.letter_rows import LetterRow, OtherRow, read_letter_rows
from desk.bringing_in.statuses import ELSEWHERE, Standing, known_names, standing_named
from desk.bringing_in.tables import BadFile
from projects.content_store import ContentStore
from projects.models import Document
from tests.authorisation.factories import two_staffs
from tests.desk.api.calling import get
from tests.projects.files import pdf
from workflow.clock import RealClock
from workflow.models import OutboxMessage
from workflow.refusals import Kind, Reason, Refused

FULL = {
    "party": "Malawi",
    "programme": "GS",
    "project_id": "11677",
    "status": "AUTHORISED",
    "authorised_on": "2024-07-03",
    "uses": "NDC; OIMP",
    "title": "Cookstoves for households",
    "ca_id": "CA0007",
    "parties": "MWI; CHE",
    "imp": "CORSIA",
    "first_transfer_definition": "Authorization",
    "volumes_tco2e": "2022: 1,000; 2023: 2500",
    "outcomes_from": "2022-01-01",
    "outcomes_to": "2023-12-31",
    "last_use_on": "2030-12-31",
    "letter_number": "EAD/7/2024",
    "scan": "letter 7.pdf",
    "holder": "Hearth Ltd",
    "holder_identification": "MW-77",
}
SPARSE = {
    **dict.fromkeys(FULL, ""),
    "party": "MWI",
    "programme": "VCS",
    "project_id": "2500",
    "status": "auth",
    "authorised_on": "2023",
    "uses": "NDC",
}
PENDING = {**SPARSE, "project_id": "2600", "status": "PENDING"}


def csv_of(folder: Path, *rows: dict[str, str], name: str = "letters.csv", apart: str = ",") -> Path:
    path = folder / name
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), delimiter=apart)
        writer.writeheader()
        writer.writerows(rows)
    return path


def xlsx_of(folder: Path, *rows: dict[str, Any], name: str = "letters.xlsx") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        sheet.append(row)
    book.save(folder / name)
    return folder / name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Holds the scan that a full row names."""
    (tmp_path / "letter 7.pdf").write_bytes(pdf())
    return tmp_path


def run(path: Path, **options: Any) -> tuple[str, str, str]:
    """What a run printed, its errors, and the sentence with which it failed."""
    out, err = StringIO(), StringIO()
    options = {"letters": path.parent, **options}
    try:
        call_command("import_authorisations", path, stdout=out, stderr=err, no_color=True, **options)
    except CommandError as failed:
        return out.getvalue(), err.getvalue(), str(failed)
    return out.getvalue(), err.getvalue(), ""


def everything() -> list[Any]:
    """What may not be written twice, or by a trial."""
    models = (Authority, Authorisation, Case, Document, EarlierLetter, Event, Line, Organisation)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.django_db
def test_letters_come_in_with_their_terms_and_scans_and_again_nothing_more_happens(folder: Path) -> None:
    path = csv_of(folder, FULL, SPARSE, PENDING)
    out, err, failed = run(path)

    assert (err, failed) == ("", "")
    assert out.splitlines()[2].startswith("3 · left aside · Nothing was authorised yet")
    assert out.endswith("3 rows:\n  recorded: 2\n  left aside: 1\n")
    full, sparse = Authorisation.objects.order_by("pk")
    version = full.versions.get()
    terms = Terms.model_validate_json(version.terms)
    assert (full.state, full.holder.name, full.activity.title) == ("in_force", "Hearth Ltd", FULL["title"])
    assert (terms.uses, terms.imp, terms.parties) == (("NDC", "IMP", "OP"), ("CORSIA",), ("MWI", "CHE"))
    assert (terms.volumes, terms.first_transfer_definition) == ({2022: 1000, 2023: 2500}, "Authorisation")
    assert dict(full.lines.values_list("vintage", "authorised")) == {2022: 1000, 2023: 2500}
    assert (version.signed_on, version.effective_on) == (date(2024, 7, 3), date(2024, 7, 3))
    letter = EarlierLetter.objects.get(version=version)
    assert letter.number == "EAD/7/2024"
    assert set(letter.unknown) == {"change_terms"}
    assert letter.document is not None
    assert ContentStore("documents").fetch(letter.document.sha256) == (folder / FULL["scan"]).read_bytes()
    assert version.letter_sha256 == letter.document.sha256
    other = EarlierLetter.objects.get(version__authorisation=sparse)
    assert other.only_its_year
    assert {"letter", "holder", "volumes"} <= set(other.unknown)
    assert verify().wrong == []
    assert verify_database().faults == ()
    before = everything()

    out, err, failed = run(path)

    assert out.endswith("3 rows:\n  already there: 2\n  left aside: 1\n")
    assert (err, failed, everything()) == ("", "", before)

    changed = {**FULL, "volumes_tco2e": "2022: 1000; 2023: 9000", "holder": "Another"}
    _out, err, failed = run(csv_of(folder, changed))

    assert "volumes: here 2022: 1000; 2023: 2500, in the file 2022: 1000; 2023: 9000." in err
    assert "holder: here Hearth Ltd, in the file Another." in err
    assert failed
    assert everything() == before, "what is here is not overwritten"

    second = {**FULL, "letter_number": "EAD/8/2024"}
    out, err, failed = run(csv_of(folder, FULL, second))

    assert "recorded: 1\n  already there: 1\n" in out, "another letter with the same words is another one"
    assert (err, failed, Document.objects.count()) == ("", "", 1)


@pytest.mark.django_db
def test_whose_consent_a_letter_asks_for_comes_in_and_holds(folder: Path) -> None:
    asks = {
        "change_terms": "With consent.",
        "consent_to_changes": "",
        "consent_to_revocation": "che; SWE;CHE",
    }
    path = csv_of(folder, {**FULL, "parties": "MWI; CHE; SWE", **asks})
    before = everything()
    out, err, failed = run(path, dry_run=True)
    assert ("would be recorded" in out, err, failed, everything()) == (True, "", "", before)
    assert run(path)[1:] == ("", "")
    found = Authorisation.objects.get()
    terms = terms_in_force(found)
    assert (terms.consent_to_changes, terms.consent_to_revocation) == (None, ("CHE", "SWE"))

    def against(**plan: Any) -> list[str]:
        effect = acts.preview(found, read_plan({"grounds": "So.", **plan}), clock=RealClock())
        return [str(reason) for reason in effect.forbidden]

    assert against(type="revocation") == [
        "The terms of the letter ask for the consent of Switzerland, Sweden, and none is shown."
    ]
    (said,) = against(type="quantity_down", volumes={2022: 1})
    assert "the consent of the other Party" in said, "where no data says whose, the words are read"
    assert "already there: 1" in run(path)[0]
    changed = {**FULL, "parties": "MWI; CHE; SWE", **asks, "consent_to_revocation": "CHE"}
    assert "consent_to_revocation: here CHE; SWE, in the file CHE." in run(csv_of(folder, changed))[1]
    assert terms_in_force(found).consent_to_revocation == ("CHE", "SWE"), "nothing is overwritten"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "state", "held"),
    [
        ("FREEZE", "suspended", 3500),
        ("REVOKE", "revoked", 0),
        ("surrendered", "surrendered", 0),
        ("expired", "expired", 3500),
    ],
)
def test_what_was_suspended_or_has_ended_comes_in_as_it_stands(
    folder: Path, status: str, state: str, held: int
) -> None:
    path = csv_of(folder, {**FULL, "status": status}, {**SPARSE, "status": status})
    out, err, failed = run(path)

    assert (err, failed) == ("", "")
    assert "recorded: 2" in out
    assert {one.state for one in Authorisation.objects.all()} == {state}
    full = Authorisation.objects.earliest("pk")
    assert sum(full.lines.values_list("authorised", flat=True)) == held
    assert sum(full.lines.values_list("revoked", flat=True)) == (3500 if held == 0 else 0)
    assert full.current_version == 1
    told = Event.objects.filter(stream=full.trail_stream, action=f"bring_in_as_{state}").get()
    assert "letters.csv: 1" in told.facts, "the trail says by which row"
    assert not OutboxMessage.objects.filter(payload__step=f"bring_in_as_{state}").exists()
    assert (verify().wrong, verify_database().faults) == ([], ())
    before = everything()
    assert run(path) == (ANY, "", "")
    assert everything() == before

    _out, err, _failed = run(csv_of(folder, FULL))
    assert f"status: here {state}, in the file in_force." in err, "nothing is set in force by a table"
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        ("FREEZE", {"status_since": "2025-03-02"}, "2025-03-02"),
        ("REVOKE", {"status_since": "2025-03-02"}, "2025-03-02"),
        ("surrendered", {}, None),
        ("expired", {"last_use_on": "2025-12-31"}, "2026-01-01"),
        ("expired", {"last_use_on": "2025-12-31", "status_since": "2025-06-01"}, "2025-06-01"),
    ],
)
def test_the_register_tells_since_when_it_stands_so_and_not_when_it_was_brought_in(
    folder: Path, status: str, said: dict[str, str], told: str | None
) -> None:
    path = csv_of(folder, {**FULL, "status": status, **said})
    _out, err, failed = run(path)
    assert (err, failed) == ("", "")
    identifier = Authorisation.objects.get().identifier
    assert get(f"register/{identifier}").json()["state_since"] == told
    page = Client().get(reverse("register_entry", args=[identifier])).content.decode()
    assert ("since a day before this register was kept" in page) == (told is None)
    assert told is None or f'datetime="{told}"' in page
    assert run(path) == (ANY, "", "")

    # Said otherwise later on, it is told and moves nothing.
    before = everything()
    _out, err, _failed = run(csv_of(folder, {**FULL, **said, "status": status, "status_since": "2025-05-05"}))
    assert "status_since: here" in err
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "since", "why"),
    [
        ("FREEZE", "2999-01-01", "has not come yet"),
        ("REVOKE", "2021-01-01", "before it was given"),
        ("AUTHORISED", "2025-03-02", "of one that is in force"),
        ("FREEZE", "in spring", "is no day"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_comes_in(
    folder: Path, status: str, since: str, why: str
) -> None:
    _out, err, failed = run(csv_of(folder, {**FULL, "status": status, "status_since": since}))
    assert why in err
    assert failed
    assert not Authorisation.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_one_whose_process_died_before_it_stood_as_it_should_is_taken_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_of(folder, {**FULL, "status": "REVOKE"})
    with monkeypatch.context() as patched:
        patched.setattr(earlier, "stand_as", lambda found, *_known, **_who: found)
        run(path)
    assert Authorisation.objects.get().state == "in_force"
    out, err, failed = run(path)
    assert ("recorded: 1" in out, err, failed) == (True, "", "")
    assert Authorisation.objects.get().state == "revoked"


@pytest.mark.django_db
def test_a_trial_says_what_would_be_and_writes_nothing(folder: Path) -> None:
    before = everything()
    bad = {**FULL, "letter_number": "9", "scan": "nowhere.pdf"}
    out, err, failed = run(csv_of(folder, FULL, bad), dry_run=True)
    assert "1 · would be recorded" in out
    assert "Nothing was written." in out
    assert "2 · refused · scan: “nowhere.pdf” is not in the folder." in err
    assert failed
    assert everything() == before


@pytest.mark.django_db
def test_an_officer_answers_for_their_own_authority_alone(folder: Path) -> None:
    ours, theirs = two_staffs()
    _office, officer = ours.offices[Function.DESK_OFFICER]
    row = {**SPARSE, "party": ours.authority.party.code}
    _out, err, _failed = run(
        csv_of(folder, row, {**row, "party": theirs.authority.party.code}), by=officer.email
    )
    assert f"neither desk officer nor director of the authority of {theirs.authority.party.code}" in err
    assert [one.authority for one in Authorisation.objects.all()] == [ours.authority]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("../letter 7.pdf", None, "leads out of the folder"),
        ("letter.exe", b"MZ", "letter.exe"),
        ("letter.pdf", b"MZ", "letter.pdf"),
    ],
)
def test_a_scan_is_checked_as_every_file_is(
    folder: Path, name: str, content: bytes | None, sentence: str
) -> None:
    inside = folder / "letters"
    inside.mkdir()
    if content is not None:
        (inside / name).write_bytes(content)
    _out, err, failed = run(csv_of(folder, {**FULL, "scan": name}), letters=inside)
    assert err.startswith("1 · refused")
    assert sentence in err
    assert failed
    assert not Authorisation.objects.exists()
    assert not Document.objects.exists()


def refusing(*_known: Any, **_who: Any) -> Any:
    """The last thing that is done about a row, refused."""
    raise Refused(Kind.RULE, [Reason(code="no", words="It may not stand so.")])


def files_kept() -> set[str]:
    """The files in the store of documents, by where they lie."""
    root = Path(storages["documents"].path(""))
    return {str(path) for path in root.rglob("*") if path.is_file()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "late"),
    [
        ({"status": "FREEZE", "status_since": "2999-01-01"}, False),
        ({"status": "FREEZE"}, True),
    ],
    ids=["before anything is entered", "when all else is done"],
)
def test_a_row_that_is_refused_leaves_no_scan_in_the_store(
    folder: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], late: bool
) -> None:
    scan = folder / FULL["scan"]
    scan.write_bytes(scan.read_bytes() + b"\n% of a row that is refused\n")
    kept_before = files_kept()
    with monkeypatch.context() as patched:
        if late:
            patched.setattr(earlier, "stand_as", refusing)
        _out, err, failed = run(csv_of(folder, {**FULL, **wrong}))
    assert err.startswith("1 · refused")
    assert failed
    assert files_kept() == kept_before
    entered: tuple[Any, ...] = (Document, Case, EarlierLetter, Authorisation)
    assert [model.objects.count() for model in entered] == [0, 0, 0, 0]
    assert not Organisation.objects.filter(name="Hearth Ltd").exists()
    assert not Event.objects.filter(action="receive_document").exists()
    # Corrected, the row comes in with its scan.
    assert run(csv_of(folder, {**FULL, "status": "FREEZE"}))[1:] == ("", "")
    document = Document.objects.get()
    assert document.sha256 == sha256(scan.read_bytes()).hexdigest()
    assert len(files_kept() - kept_before) == 1


@pytest.mark.django_db
def test_without_a_folder_no_scan_is_taken_and_the_row_is_refused(folder: Path) -> None:
    _out, err, _failed = run(csv_of(folder, FULL), letters=None)
    assert "no folder with the letters was named" in err
    assert not Authorisation.objects.exists()


# -- tables ----------------------------------------------------------------------------------------


def read(path: Path) -> list[Any]:
    return [row.__dict__ for row in read_letter_rows(path)]


@pytest.mark.django_db
def test_csv_and_xlsx_say_the_same_whatever_the_spreadsheet_made_of_it(tmp_path: Path) -> None:
    as_text = read(csv_of(tmp_path, FULL, SPARSE, PENDING))
    assert read(xlsx_of(tmp_path, FULL, SPARSE, PENDING)) == as_text
    assert read(csv_of(tmp_path, FULL, SPARSE, PENDING, name="south.csv", apart=";")) == as_text
    typed = {
        **FULL,
        "project_id": 11677,
        "authorised_on": datetime(2024, 7, 3),
        "outcomes_from": date(2022, 1, 1),
        "last_use_on": datetime(2030, 12, 31),
        "first_transfer_definition": "authorisation",
    }
    sparse = {**SPARSE, "project_id": 2500.0, "authorised_on": 2023, "letter_number": None}
    assert read(xlsx_of(tmp_path, typed, sparse, PENDING)) == as_text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("=1+1", "total_tco2e: a formula that was never worked out"),
        ("#REF!", "total_tco2e: an error of the spreadsheet"),
        (12.5, "total_tco2e: “12.5” is no such whole number"),
        (datetime(2024, 1, 1, 12), "total_tco2e: an instant, where a day is asked for"),
        (date(2024, 1, 1), "total_tco2e: “2024-01-01” is no such whole number"),
    ],
)
def test_what_a_spreadsheet_cannot_hand_over_is_a_fault_of_the_row(
    tmp_path: Path, cell: object, sentence: str
) -> None:
    [row] = read_letter_rows(xlsx_of(tmp_path, {**SPARSE, "total_tco2e": cell}))
    assert isinstance(row, OtherRow)
    assert sentence in " ".join(row.sentences)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("party", "Atlantis", "party: “Atlantis” is no Party"),
        ("programme", "", "programme is empty"),
        ("authorised_on", "3.7.2024", "authorised_on: “3.7.2024” is no day"),
        ("authorised_on", "1999", "authorised_on: “1999” is no such whole number"),
        ("uses", "", "authorises no use"),
        ("uses", "VCM", "uses"),
        ("volumes_tco2e", "2022 1000", "volumes_tco2e: “2022 1000” is not as in"),
        ("volumes_tco2e", "2019: 5", "volumes_tco2e.2019"),
        ("total_tco2e", "=SUM(A1:A3)", "total_tco2e: a formula"),
        ("outcomes_from", "2020-01-01", "outcomes_from"),
        ("outcomes_from", "2025-01-01", "ends"),
        ("first_transfer_definition", "", "no first transfer (rule A4)"),
        ("holder", "", "holder_identification: of which holder?"),
        ("parties", "MWI; XXX", "parties"),
        ("letter_number", "9" * 201, "letter_number: longer than 200"),
        ("consent_to_changes", "XYZ", "consent_to_changes"),
        ("consent_to_changes", "Switzerland", "consent_to_changes"),
        ("consent_to_changes", "MWI", "“MWI” names the Party that gave the letter, and others are asked."),
        ("consent_to_revocation", "SWE; CHE", "“SWE; CHE” names a Party that is not among “parties”."),
    ],
)
def test_a_malformed_row_is_refused_with_its_column(
    tmp_path: Path, column: str, value: str, sentence: str
) -> None:
    [row] = read_letter_rows(csv_of(tmp_path, {**FULL, column: value}))
    assert isinstance(row, OtherRow)
    assert not row.aside
    assert sentence in " ".join(row.sentences)


@pytest.mark.django_db
def test_every_reason_is_told_at_once(tmp_path: Path) -> None:
    [row] = read_letter_rows(
        csv_of(tmp_path, {**FULL, "party": "", "status": "DONE", "uses": "", "ca_id": "7"})
    )
    assert isinstance(row, OtherRow)
    assert len(row.sentences) >= 4


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"a,b\n1,2\n", "lacks the columns: party, programme"),
        ("a.csv", b"\xff\xfe\x00", "is not text in UTF-8"),
        ("a.csv", b"party,programme,project_id,status,authorised_on,uses,party\n", "more than once: party"),
        ("a.xlsx", b"PK\x03\x04 no archive", "a.xlsx"),
        ("a.xlsx", b"party,programme", "a.xlsx"),
        ("none.csv", None, "cannot be read"),
        ("none.xlsx", None, "cannot be read"),
    ],
)
def test_a_file_of_another_shape_is_refused_whole(
    tmp_path: Path, name: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFile, match=sentence.replace("(", r"\(")):
        list(read_letter_rows(tmp_path / name))


# -- names of states elsewhere -----------------------------------------------------------------------

COMES_TO = {
    "PENDING": "submitted",
    "REJECTED": "refused",
    "APPROVED": "endorsed",
    "PDD_SUBMITTED": "in_review",
    "PDD_REJECTED_BY_CERTIFIER": "with_applicant",
    "PDD_APPROVED_BY_CERTIFIER": "in_review",
    "PDD_REJECTED_BY_DNA": "with_applicant",
    "PDD_APPROVED_BY_DNA": "in_review",
    "VALIDATION_REPORT_SUBMITTED": "in_decision",
    "VALIDATION_REPORT_REJECTED": "with_applicant",
    "VALIDATION_REPORT_APPROVED": "letter_due",
    "AUTHORISED": "in_force",
    "SUBMITTED_INF": "submitted",
    "APPROVED_INF": "endorsed",
    "REJECTED_INF": "refused",
    "SUBMITTED_PROPOSAL": "in_review",
    "ACCEPTED_PROPOSAL": "in_decision",
    "REJECTED_PROPOSAL": "refused",
    "CREATE": "submitted",
    "REJECT": "refused",
    "ISSUE": "in_force",
    "TRANSFER": "in_force",
    "CERTIFY": "says_nothing",
    "RETIRE": "in_force",
    "REVOKE": "revoked",
    "FREEZE": "suspended",
    "AUTH": "in_force",
    "UNFREEZE": "in_force",
    "OWNERSHIP_UPDATE": "says_nothing",
    "APPROVE": "endorsed",
    "CANCEL": "in_force",
}


def test_no_name_of_other_builds_is_left_out() -> None:
    assert set(ELSEWHERE) == set(COMES_TO)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*COMES_TO, *(name.lower() for name in list(COMES_TO)[:1])])
def test_each_name_of_a_state_elsewhere_has_its_fate(tmp_path: Path, name: str) -> None:
    standing = standing_named(name)
    assert standing == COMES_TO[name.upper()]
    [row] = read_letter_rows(csv_of(tmp_path, {**SPARSE, "status": name}))
    if standing.is_brought_in:
        assert isinstance(row, LetterRow)
        assert row.stands_as == COMES_TO[name.upper()]
    else:
        assert isinstance(row, OtherRow)
        assert row.aside == (standing is not Standing.SAYS_NOTHING)
        assert row.sentences


@pytest.mark.django_db
def test_an_unknown_name_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    [row] = read_letter_rows(csv_of(tmp_path, {**SPARSE, "status": "DONE"}))
    assert isinstance(row, OtherRow)
    assert not row.aside
    for name in known_names():
        assert name in row.sentences[0]
