"""Names of countries and Parties in seven languages, and choosing a text by language.

The names are those of the Unicode locale data (package Babel), found by ISO code (package pycountry).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pycountry
from babel import Locale

LANGUAGES = ("ar", "en", "es", "fr", "pt", "ru", "zh")

_EUROPEAN_UNION = "EUE"

# Names the locale data writes in a way no letter between Parties can carry: the United Nations' own instead.
_UNITED_NATIONS_NAMES: dict[str, dict[str, str]] = {
    "COD": {
        "ar": "جمهورية الكونغو الديمقراطية",
        "en": "Democratic Republic of the Congo",
        "es": "República Democrática del Congo",
        "fr": "République démocratique du Congo",
        "pt": "República Democrática do Congo",
        "ru": "Демократическая Республика Конго",
        "zh": "刚果民主共和国",
    },
    "COG": {
        "ar": "الكونغو",
        "en": "Congo",
        "es": "Congo",
        "fr": "Congo",
        "pt": "Congo",
        "ru": "Конго",
        "zh": "刚果",
    },
    "KOR": {
        "ar": "جمهورية كوريا",
        "en": "Republic of Korea",
        "es": "República de Corea",
        "fr": "République de Corée",
        "pt": "República da Coreia",
        "ru": "Республика Корея",
        "zh": "大韩民国",
    },
    "MMR": {
        "ar": "ميانمار",
        "en": "Myanmar",
        "es": "Myanmar",
        "fr": "Myanmar",
        "pt": "Mianmar",
        "ru": "Мьянма",
        "zh": "缅甸",
    },
    "PRK": {
        "ar": "جمهورية كوريا الشعبية الديمقراطية",
        "en": "Democratic People's Republic of Korea",
        "es": "República Popular Democrática de Corea",
        "fr": "République populaire démocratique de Corée",
        "pt": "República Popular Democrática da Coreia",
        "ru": "Корейская Народно-Демократическая Республика",
        "zh": "朝鲜民主主义人民共和国",
    },
    "PSE": {
        "ar": "دولة فلسطين",
        "en": "State of Palestine",
        "es": "Estado de Palestina",
        "fr": "État de Palestine",
        "pt": "Estado da Palestina",
        "ru": "Государство Палестина",
        "zh": "巴勒斯坦国",
    },
    "VAT": {
        "ar": "الكرسي الرسولي",
        "en": "Holy See",
        "es": "Santa Sede",
        "fr": "Saint-Siège",
        "pt": "Santa Sé",
        "ru": "Святой Престол",
        "zh": "教廷",
    },
}


@cache
def _territories(language: str) -> Mapping[str, str]:
    territories: Mapping[str, str] = Locale(language).territories
    return territories


def _known(language: str) -> str:
    """One of the seven languages: the tag without region, or English where names are not kept in it."""
    base = language.partition("-")[0].lower()
    return base if base in LANGUAGES else "en"


def country_name(alpha3: str, language: str) -> str:
    """The name of a country in a language (English for all but the seven). Raises `KeyError` if unknown."""
    language = _known(language)
    if alpha3 in _UNITED_NATIONS_NAMES:
        return _UNITED_NATIONS_NAMES[alpha3][language]
    country = pycountry.countries.get(alpha_3=alpha3)
    if country is None:
        raise KeyError(alpha3)
    return _territories(language)[country.alpha_2]


def country_codes() -> list[str]:
    """The alpha-3 codes of all countries and territories (ISO 3166-1)."""
    return [country.alpha_3 for country in pycountry.countries]


def party_name(alpha3: str, language: str) -> str:
    """The name of a Party: a country's, or the European Union's (EUE). Raises `KeyError` if unknown."""
    if alpha3 == _EUROPEAN_UNION:
        return _territories(_known(language))["EU"]
    return country_name(alpha3, language)


def in_language(texts: Mapping[str, str], language: str, fallback: str = "en") -> str:
    """The text in that language, else in its base language, else in the fallback, else the first one given.

    Raises `ValueError` where there is no text at all.
    """
    for tag in (language, language.partition("-")[0], fallback):
        if texts.get(tag):
            return texts[tag]
    for text in texts.values():
        if text:
            return text
    raise ValueError("no text in any language")
