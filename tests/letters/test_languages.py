"""Letters are complete in five languages, and say in each what they are known to say."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from letters.content import Letter
from letters.direction import isolated
from tests.letters import sample_content as sample
from tests.letters.languages import LANGUAGES, texts, words_of
from tests.processes import CHECKOUT

GOLDEN = Path(__file__).parent / "golden"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)s")
WORDS_OF_LETTERS = pytest.mark.parametrize("make", sample.EVERY_KIND, ids=lambda make: make.__name__)


@pytest.fixture(scope="module")
def every_text(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    found = texts(tmp_path_factory.mktemp("texts"))
    assert len(found) > 400
    return found


def catalogue(language: str) -> dict[object, Message]:
    folder = "locale" if language == "fr" else "locale_of_letters"
    with (CHECKOUT / folder / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {(message.id, message.context): message for message in read_po(file) if message.id}


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_text_of_a_letter_is_translated(language: str, every_text: list[Message]) -> None:
    known = catalogue(language)
    lacking = [
        message.id
        for message in every_text
        if (found := known.get((message.id, message.context))) is None or not all(forms(found))
    ]
    assert lacking == []


@pytest.mark.parametrize("language", ["es", "pt", "ar"])
def test_no_translation_loses_a_value_and_none_is_left_over(language: str, every_text: list[Message]) -> None:
    known = catalogue(language)
    for message in known.values():
        several = not isinstance(message.id, str)
        wanted = set(PLACEHOLDER.findall(" ".join(message.id) if several else str(message.id)))
        for form in forms(message):
            # A form of a plural may leave the number out: "one question".
            found = set(PLACEHOLDER.findall(form))
            assert found <= wanted if several else found == wanted, message.id
    assert set(known) - {(message.id, message.context) for message in every_text} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@WORDS_OF_LETTERS
def test_every_kind_says_in_every_language_what_it_is_known_to_say(
    make: Callable[[], Letter], language: str
) -> None:
    """What has changed on purpose is written anew with GOLDEN=1 in the environment, and read."""
    said = words_of(make().model_copy(update={"language": language}))
    kept = GOLDEN / language / f"{make.__name__}.txt"
    if os.environ.get("GOLDEN"):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(said, "utf-8")
    assert said == kept.read_text("utf-8")


def test_texts_of_another_direction_are_kept_together_and_the_frozen_content_stays() -> None:
    letter = sample.partial_authorisation()
    shown = isolated(letter)
    assert shown.addressee.name == f"\u2068{letter.addressee.name}\u2069"
    assert shown.authority.address == tuple(f"\u2068{line}\u2069" for line in letter.authority.address)
    assert shown.conditions == tuple(f"\u2068{line}\u2069" for line in letter.conditions)
    # Codes are compared by templates, and numbers and addresses are written from left to right anyway.
    assert (shown.first_transfer, shown.uses.uses, shown.kind) == (
        letter.first_transfer,
        letter.uses.uses,
        letter.kind,
    )
    assert shown.check_url == letter.check_url
    assert "\u2068" not in letter.addressee.name
