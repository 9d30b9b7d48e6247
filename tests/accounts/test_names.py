import pytest

from accounts.names import LANGUAGES, country_name, in_language, party_name
from accounts.parties import known_parties


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_party_has_a_name_of_its_own_in_each_of_the_six_languages(language: str) -> None:
    names = {code: party_name(code, language) for code in known_parties()}
    assert all(name.strip() for name in names.values())
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("GHA", "en", "Ghana"),
        ("CHE", "fr", "Suisse"),
        ("PER", "es", "Perú"),
        ("UZB", "ru", "Узбекистан"),
        ("SGP", "zh", "新加坡"),
        ("EUE", "en", "European Union"),
        ("EUE", "ar", "الاتحاد الأوروبي"),
        ("COD", "fr", "République démocratique du Congo"),
        ("KOR", "en", "Republic of Korea"),
    ],
)
def test_a_party_is_named_in_the_language_asked_for(code: str, language: str, name: str) -> None:
    assert party_name(code, language) == name


def test_a_regional_language_gives_its_base_and_an_unknown_one_english() -> None:
    assert party_name("CHE", "fr-CH") == "Suisse"
    assert party_name("CHE", "sw") == "Switzerland"


def test_a_code_nobody_bears_has_no_name() -> None:
    with pytest.raises(KeyError):
        country_name("XXX", "en")
    with pytest.raises(KeyError):
        country_name("EUE", "en")


def test_a_country_that_is_no_party_has_a_name_too() -> None:
    assert country_name("HKG", "en") == "Hong Kong SAR China"


@pytest.mark.parametrize(
    ("language", "text"),
    [("fr", "Ministère"), ("fr-CH", "Ministère"), ("ar", "Ministry"), ("en", "Ministry")],
)
def test_a_text_is_taken_in_the_language_or_its_base_or_english(language: str, text: str) -> None:
    assert in_language({"fr": "Ministère", "en": "Ministry"}, language) == text


def test_where_even_the_fallback_is_missing_any_text_is_better_than_none() -> None:
    assert in_language({"es": "Ministerio", "en": ""}, "ar") == "Ministerio"
    with pytest.raises(ValueError, match="no text"):
        in_language({"en": ""}, "en")
