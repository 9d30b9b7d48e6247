"""What the questions of an application offer to choose from."""

from collections.abc import Callable, Mapping
from functools import cache

import pycountry
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.names import country_name, party_name
from accounts.parties import known_parties
from authorisation.application import IMP, NDC, OP
from desk.applications.typed import Choices
from projects.codes import CodeList
from workflow.refusals import Words


def official(known: CodeList) -> Callable[[], Choices]:
    """Official values are what they are in every language: so they stand in the reporting format."""
    return lambda: [(code, code) for code in known.codes]


def _sorted(names: Mapping[str, str]) -> Choices:
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


@cache
def _countries(language: str) -> Choices:
    return _sorted({c.alpha_3: country_name(c.alpha_3, language) for c in pycountry.countries})


@cache
def _parties(language: str) -> Choices:
    return _sorted({code: party_name(code, language) for code in known_parties()})


def countries() -> Choices:
    """Countries by name in the person's language."""
    return _countries(get_language() or "en")


def parties() -> Choices:
    """Parties to the Agreement by name in the person's language."""
    return _parties(get_language() or "en")


SCALE_NAMES: dict[str, Words] = {
    "project": _("A project"),
    "programme": _("A programme with components"),
    "jurisdiction": _("A jurisdiction"),
    "policy": _("A policy"),
}

ROLE_NAMES: dict[str, Words] = {
    "applicant": _("Applicant: makes this application"),
    "activity participant": _("Activity participant"),
    "seller": _("Seller of the outcomes"),
    "acquirer": _("Acquirer of the outcomes"),
    "user": _("User of the outcomes"),
}

USE_NAMES: dict[str, Words] = {
    NDC: _("NDC: another Party counts them towards its nationally determined contribution"),
    IMP: _("IMP: an international mitigation purpose, such as CORSIA for airlines"),
    OP: _("OP: another purpose, such as voluntary use by companies"),
}

DEFINITION_NAMES: dict[str, Words] = {
    "Authorisation": _("Authorisation: when the authorisation is given"),
    "Issuance": _("Issuance: when the units are issued"),
    "Use or Cancellation": _("Use or cancellation: when the units are used or cancelled"),
}


def named(names: Mapping[str, Words], known: tuple[str, ...]) -> Callable[[], Choices]:
    """Known values, each by its name in words."""
    return lambda: [(value, names.get(value, value)) for value in known]
