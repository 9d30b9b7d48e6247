"""Every kind of letter, in every language, before there is any case: accepted by nobody."""

import shutil
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import Authority
from audit.models import Event
from desk.letter_codes import code_as_printed
from letters import specimens
from letters.certificates import OfficeSigner
from letters.content import content_beside
from letters.kinds import KINDS
from letters.models import Letter
from letters.offline import Believed, examine
from letters.signing import CannotSign, sign
from letters.verification import verify
from tests.accounts.factories import two_authorities
from tests.letters.languages import LANGUAGES
from tests.letters.pdf_tools import text_of
from tests.letters.test_houses import HOUSES
from workflow.clock import SetClock

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 9)
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
EVERY = [(kind.code, language) for kind in KINDS for language in LANGUAGES]


@pytest.fixture
def authority() -> Authority:
    ours, _theirs = two_authorities()
    return ours


def made(authority: Authority, kind: str = "authorisation", language: str = "en") -> bytes:
    return specimens.as_file(specimens.specimen(authority, kind, language, on=ON))


def test_letters_speak_the_languages_in_which_they_can_be_looked_at(authority: Authority) -> None:
    assert tuple(specimens.LANGUAGES) == LANGUAGES
    assert specimens.languages_of(authority)[0] == authority.languages[0]
    assert sorted(specimens.languages_of(authority)) == sorted(LANGUAGES)


def test_every_kind_in_every_language_is_marked_and_has_neither_number_nor_place_to_sign(
    authority: Authority,
) -> None:
    marks = set()
    for kind, language in EVERY:
        content = specimens.specimen(authority, kind, language, on=ON)
        page = specimens.on_screen(content, stylesheet="/look.css")
        assert (content.kind, content.language) == (kind, language)
        assert page.count('class="preview-banner" role="note"') == 1, (kind, language)
        assert page.count('class="preview-mark"') == 1
        assert 'id="field-' not in page
        assert "letter:check.svg" not in page
        assert content.number.startswith("[")
        assert not any(character.isdigit() for character in content.number)
        assert code_as_printed(content.code) is None
        marks.add(page.split('class="preview-mark" aria-hidden="true">')[1].split("<")[0])
    assert {"SPECIMEN", "MUESTRA", "AMOSTRA", "نموذج"} <= marks


def test_nothing_is_taken_or_kept(authority: Authority) -> None:
    before = Event.objects.count()
    made(authority)
    assert (Letter.objects.count(), Event.objects.count()) == (0, before)


def refused(pdf: bytes, director: OfficeSigner) -> None:
    """Nobody accepts it: not the register, not the file alone; and nobody can sign it."""
    found = verify(pdf, clock=SetClock(NOW))
    assert (found.genuine, found.cannot_say, found.letter) == (False, False, None)
    alone = examine(pdf, Believed(roots=director.roots, moment=NOW))
    assert alone.answer == "not genuine"
    with pytest.raises(CannotSign):
        sign(pdf, field_name="Signature1", signer=director, at=NOW, real_time=NOW)
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert not opened.attachments
        assert "/AcroForm" not in opened.Root


def test_a_specimen_is_no_letter(authority: Authority, director: OfficeSigner, tmp_path: Path) -> None:
    pdf = made(authority)
    refused(pdf, director)
    pages = len(pikepdf.open(BytesIO(pdf)).pages)
    # The mark is on every page of it.
    assert text_of(pdf).count("SPECIMEN") >= pages
    assert pdf == made(authority)


@pytest.mark.proof
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_kind_in_any_language_is_accepted_by_anybody(
    language: str, authority: Authority, director: OfficeSigner
) -> None:
    for kind in KINDS:
        refused(made(authority, kind.code, language), director)


@pytest.fixture
def housed(authority: Authority, settings: Settings, tmp_path: Path) -> Path:
    """The authority with the house of another test, in two languages."""
    own = tmp_path / "houses" / authority.slug
    shutil.copytree(HOUSES / "kenya", own)
    settings.LETTER_HOUSES_DIR = tmp_path / "houses"
    return own


def test_it_is_set_in_the_house_that_the_next_letter_will_have(authority: Authority, housed: Path) -> None:
    content = specimens.specimen(authority, "refusal", "en", on=ON)
    assert "Yours faithfully" in specimens.on_screen(content, stylesheet="/look.css")
    assert (housed / "1" / "house.css").read_text() in specimens.look(content)
    assert "Yours faithfully" in " ".join(text_of(specimens.as_file(content)).split())


def test_in_two_languages_where_the_house_has_two(authority: Authority, housed: Path) -> None:
    toml = housed / "1" / "house.toml"
    toml.write_text(toml.read_text() + '\nbeside = "fr"\n')
    content = specimens.specimen(authority, "refusal", "en", on=ON)
    assert content_beside(content) is not None
    page = specimens.on_screen(content, stylesheet="/look.css")
    assert 'class="in-two"' in page
    assert page.count('role="note"') == 1
    assert ".in-two" in specimens.look(content)


def test_the_command_writes_a_file_of_every_kind(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.management.commands.specimen_letters.as_file", lambda content: b"%PDF-1.7")
    call_command(
        "specimen_letters", authority=authority.slug, out=tmp_path / "out", language="ar", stdout=StringIO()
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        f"{kind.code}.ar.pdf" for kind in KINDS
    )
    with pytest.raises(CommandError, match="no authority"):
        call_command("specimen_letters", authority="nowhere", out=tmp_path / "out")
