"""The languages of the pages: their catalogues are whole and compiled, and people choose among them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings as configured
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy
from pytest_django.fixtures import Settings

from accounts import wording
from accounts.models import User
from accounts.selectors import language_of
from audit.canonical import plain_json
from authorisation.roles import Role
from config import catalogues
from letters.templatetags.letter_format import tonnes
from tests.desk import cases as make
from tests.processes import CHECKOUT
from workflow.refusals import Reason

# What makemessages reads: the product, and nothing that came to lie beside it.
PRODUCT = (
    "accounts audit authorisation config desk letters projects reporting workflow templates locale".split()
)
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%[a-z]", re.IGNORECASE)
LANGUAGES = [code for code, _name in configured.LANGUAGES if code != configured.LANGUAGE_CODE]
NBSP, GROUP = wording.SPACE, wording.GROUP
REMEDY = "Run `make messages`, and translate what is then empty in locale/{}/LC_MESSAGES/django.po:"


def _messages(catalogue: Path) -> dict[tuple[object, str | None], Message]:
    with catalogue.open("rb") as file:
        return {(message.id, message.context): message for message in read_po(file) if message.id}


def _forms(message: Message) -> list[tuple[str, str]]:
    """Each translated form beside its original; of the forms for several that is the plural."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string or ""))]
    one, *others = list(message.string or [""])
    return [(message.id[0], one), *((message.id[1], other) for other in others)]


def _places(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def _differ(original: str, translated: str, *, plural: bool) -> bool:
    """Whether the places differ. A form of a plural may leave the number out: "one passkey"."""
    wanted, found = _places(original), _places(translated)
    return not found <= wanted if plural else wanted != found


@pytest.fixture(autouse=True)
def _no_language_is_left_behind() -> Iterator[None]:
    """A request leaves its language to the thread: the next test, here or elsewhere, starts without one."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogues as `make messages` would leave them, in a copy of the product."""
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext is not installed (Debian's package gettext)")
    copy = tmp_path_factory.mktemp("product")
    for name in PRODUCT:
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(CHECKOUT / "manage.py", copy)
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--verbosity", "0"],
        cwd=copy,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(copy / "var")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return copy


def _of(folder: Path, code: str) -> Path:
    return folder / "locale" / code / "LC_MESSAGES" / "django.po"


# -- the catalogues --------------------------------------------------------------------------------


def test_every_language_that_is_offered_has_a_catalogue_and_every_catalogue_is_offered() -> None:
    assert [source.parts[-3] for source in catalogues.sources()] == LANGUAGES


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_catalogue_holds_every_text_of_the_code_and_no_other(collected: Path, code: str) -> None:
    kept, now = _messages(_of(CHECKOUT, code)), _messages(_of(collected, code))

    lacking = [str(key[0]) for key in now if key not in kept]
    assert not lacking, "\n".join([REMEDY.format(code), *lacking])
    left_over = [str(key[0]) for key in kept if key not in now]
    assert not left_over, "\n".join(["No longer in the code. Run `make messages`:", *left_over])


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_translated_and_none_is_a_guess(code: str) -> None:
    messages = _messages(_of(CHECKOUT, code)).values()

    empty = [message.id for message in messages if not all(found for _text, found in _forms(message))]
    assert not empty, "\n".join([REMEDY.format(code), *map(str, empty)])
    assert [message.id for message in messages if message.fuzzy] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_places_of_its_original(code: str) -> None:
    wrong = [
        (original, translated)
        for message in _messages(_of(CHECKOUT, code)).values()
        for original, translated in _forms(message)
        if _differ(original, translated, plural=not isinstance(message.id, str))
    ]
    assert wrong == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_catalogue_names_no_line_no_date_and_no_machine(code: str) -> None:
    text = _of(CHECKOUT, code).read_text("utf-8")

    assert not re.search(
        r"^#:|POT-Creation-Date|PO-Revision-Date|#~|" + re.escape(str(CHECKOUT)), text, re.MULTILINE
    )


def test_django_and_the_sign_in_library_speak_the_languages_themselves() -> None:
    for code in LANGUAGES:
        with translation.override(code):
            assert translation.gettext("This field is required.") != "This field is required."
            assert translation.gettext("Incorrect code.") != "Incorrect code."


# -- compiled ----------------------------------------------------------------------------------------


@pytest.fixture
def own_catalogue(tmp_path: Path, settings: Settings) -> Path:
    """A catalogue of one text, in a folder of its own, not compiled."""
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "a"\nmsgstr "b"\n'
    )
    settings.LOCALE_PATHS = [tmp_path]
    return source


def _said() -> list[str]:
    return [f"{message.msg} {message.hint}" for message in catalogues.catalogues_are_compiled()]


def test_the_catalogues_of_this_code_are_compiled() -> None:
    assert _said() == []


def test_a_catalogue_that_is_not_compiled_is_an_error_that_says_what_to_run(own_catalogue: Path) -> None:
    (said,) = _said()

    assert "is not compiled" in said
    assert "make catalogues" in said
    assert [message.id for message in catalogues.catalogues_are_compiled()] == ["config.E001"]


def test_a_catalogue_older_than_its_source_is_an_error_until_it_is_compiled_again(
    own_catalogue: Path,
) -> None:
    folder = own_catalogue.parents[2]
    assert catalogues.compile_stale(folder) == [own_catalogue]
    assert catalogues.compile_stale(folder) == []
    assert _said() == []

    later = own_catalogue.with_suffix(".mo").stat().st_mtime + 10
    os.utime(own_catalogue, (later, later))

    (said,) = _said()
    assert "older than its source" in said


def test_a_language_without_any_catalogue_is_an_error(tmp_path: Path, settings: Settings) -> None:
    settings.LOCALE_PATHS = [tmp_path]

    (said,) = _said()
    assert "there is no catalogue" in said


# -- choosing ----------------------------------------------------------------------------------------


def _language_of(page: bytes) -> str:
    (found,) = re.findall(r'<html lang="([^"]+)" dir="ltr">', page.decode())
    return str(found)


@pytest.mark.django_db
def test_a_choice_is_kept_in_the_browser_and_leads_back_to_the_page() -> None:
    client = Client()
    assert _language_of(client.get("/register/").content) == "en"

    chosen = client.post("/language/", {"language": "fr", "next": "/register/?words=a"})

    assert (chosen.status_code, chosen["Location"]) == (302, "/register/?words=a")
    page = client.get("/register/")
    assert _language_of(page.content) == "fr"
    assert "Registre des autorisations" in page.content.decode()
    assert "Accept-Language" in page["Vary"]


@pytest.mark.django_db
def test_the_switch_stands_on_every_page_and_names_where_to_come_back_to() -> None:
    page = Client().get("/register/?words=a").content.decode()

    assert 'action="/language/"' in page
    assert '<input type="hidden" name="next" value="/register/?words=a">' in page
    assert 'value="fr" lang="fr">Français</button>' in page
    assert 'lang="en">' not in page.partition("<body>")[2], "the language it is in is none to choose"
    french = Client().get("/register/", headers={"accept-language": "fr"}).content.decode()
    assert 'value="en" lang="en">English</button>' in french, "by the name that its readers know"


@pytest.mark.django_db
def test_a_choice_leads_to_no_other_site() -> None:
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        chosen = Client().post("/language/", {"language": "fr", "next": elsewhere})

        assert (chosen.status_code, chosen["Location"]) == (302, "/"), elsewhere


@pytest.mark.django_db
def test_a_visit_alone_and_a_language_that_is_not_offered_choose_nothing() -> None:
    client = Client()
    person = make.world().member
    client.force_login(person)

    client.get("/language/?language=fr")
    client.post("/language/", {"language": "ar"})
    client.post("/language/", {})

    assert configured.LANGUAGE_COOKIE_NAME not in client.cookies
    assert User.objects.get(pk=person.pk).language == ""


@pytest.mark.django_db
def test_the_choice_of_somebody_signed_in_stays_with_their_account_and_nobody_elses() -> None:
    world = make.world()
    client = Client()
    client.force_login(world.member)

    client.post("/language/", {"language": "fr"})

    assert User.objects.get(pk=world.member.pk).language == "fr"
    assert set(User.objects.exclude(pk=world.member.pk).values_list("language", flat=True)) == {""}


@pytest.mark.django_db
def test_a_sign_in_brings_the_language_of_the_account_unless_this_browser_was_given_another() -> None:
    world = make.world()
    User.objects.filter(pk=world.member.pk).update(language="fr")
    credentials = {"login": world.member.email, "password": make.PASSWORD}
    new, used = Client(), Client()
    used.post("/language/", {"language": "en"})

    new.post("/sign-in/", credentials)
    used.post("/sign-in/", credentials)

    assert _language_of(new.get("/cases/").content) == "fr"
    assert _language_of(used.get("/cases/").content) == "en"


@pytest.mark.django_db
def test_who_chose_no_language_goes_on_in_that_of_their_browser_when_they_sign_in() -> None:
    world = make.world()
    client = Client(headers={"accept-language": "fr-CA, en;q=0.5"})

    client.post("/sign-in/", {"login": world.member.email, "password": make.PASSWORD})

    assert configured.LANGUAGE_COOKIE_NAME not in client.cookies
    assert _language_of(client.get("/cases/").content) == "fr"


@pytest.mark.django_db
def test_who_chose_no_language_is_written_to_in_one_of_the_authority_that_they_work_with() -> None:
    world = make.world()
    world.here.languages = ["ar", "fr", "en"]

    assert language_of(world.member) == "en"
    assert language_of(world.member, authority=world.here) == "fr", "the first in which there are words"
    world.member.language = "en"
    assert language_of(world.member, authority=world.here) == "en", "what somebody chose holds"


def test_who_says_nothing_is_answered_in_the_language_of_their_browser() -> None:
    page = Client().get("/", headers={"accept-language": "fr-CA, en;q=0.5"})

    assert _language_of(page.content) == "fr"


# -- days and figures ----------------------------------------------------------------------------------


def test_a_reason_says_its_values_in_the_language_of_whoever_reads_it_and_keeps_them_as_codes() -> None:
    reason = Reason(
        code="example",
        words=gettext_lazy("The time runs until %(due)s."),
        values={"due": wording.day(date(2026, 7, 1)), "role": Role.DESK_OFFICER, "tonnes": 12000},
        mend="%(role)s, %(tonnes)s t",
    )

    assert (str(reason), reason.mend_text) == (
        f"The time runs until 1{NBSP}July{NBSP}2026.",
        f"desk officer, 12{GROUP}000 t",
    )
    with translation.override("fr"):
        assert str(reason) == f"Le délai court jusqu’au 1er{NBSP}juillet{NBSP}2026."
        assert reason.mend_text == f"agent instructeur, 12{GROUP}000 t"
    assert plain_json(reason.values) == {"due": "2026-07-01", "role": "desk_officer", "tonnes": 12000}


# -- right to left -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_language_from_right_to_left_turns_the_page_and_its_sheet(settings: Settings) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]

    page = Client().get("/register/", headers={"accept-language": "ar"}).content.decode()

    assert '<html lang="ar" dir="rtl">' in page
    assert "css/bootstrap.rtl.min.css" in page
    assert "css/bootstrap.min.css" not in page


def test_a_volume_keeps_its_figure_before_its_unit_in_text_from_right_to_left() -> None:
    page = Template(
        "{% load desk i18n %}{{ most|volume }} "
        "{% blocktranslate with m=most|volume %}At most {{ m }}{% endblocktranslate %}"
    )
    volume = f"<bdi>12{GROUP}000{NBSP}t{NBSP}CO₂{NBSP}eq</bdi>"

    assert page.render(Context({"most": 12000})) == f"{volume} At most {volume}"
    assert tonnes(12000) == f"12{GROUP}000{NBSP}t{NBSP}CO₂{NBSP}eq", "no markup outside of pages"


def test_no_page_writes_a_volume_that_text_from_right_to_left_would_turn_round() -> None:
    pages = list((CHECKOUT / "templates" / "desk").rglob("*.html"))

    assert any("|volume" in page.read_text("utf-8") for page in pages)
    assert [page.name for page in pages if "|tonnes" in page.read_text("utf-8")] == []
