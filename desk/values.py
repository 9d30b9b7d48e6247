"""What stands in an application, in words: the names of its places, and values as people read them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import country_name, party_name
from authorisation.completeness import BY_PATH
from letters.templatetags.letter_format import long_date, tonnes
from projects.content import CooperativeApproachContent, EntityContent, PeriodContent
from workflow.refusals import Words

# Places that the list of content items does not name.
_NAMES: Mapping[str, Words] = {
    "ndc_period": gettext_lazy("NDC implementation period"),
    "ndc_period.from": gettext_lazy("NDC implementation period, first year"),
    "ndc_period.to": gettext_lazy("NDC implementation period, last year"),
    "cooperative_approach.ca_id": gettext_lazy("identifier of the cooperative approach"),
    "cooperative_approach.name": gettext_lazy("name of the cooperative approach"),
    "cooperative_approach.agreement.title": gettext_lazy("agreement between the Parties"),
    "cooperative_approach.agreement.signed_on": gettext_lazy("date of the agreement"),
    "cooperative_approach.duration.from": gettext_lazy("cooperative approach, from"),
    "cooperative_approach.duration.to": gettext_lazy("cooperative approach, until"),
    "activity.title": gettext_lazy("title of the activity"),
    "activity.scale": gettext_lazy("scale of the activity"),
    "activity.registry_id": gettext_lazy("number in the registry of the standard"),
    "activity.mitigation_type": gettext_lazy("type of mitigation"),
    "activity.ghgs": gettext_lazy("greenhouse gases"),
    "activity.location": gettext_lazy("location"),
    "activity.crediting_period.from": gettext_lazy("crediting period, from"),
    "activity.crediting_period.to": gettext_lazy("crediting period, until"),
    "request.kind": gettext_lazy("kind of request"),
    "request.submitted_on": gettext_lazy("date of the application"),
    "request.volumes_tco2e": gettext_lazy("volumes asked for"),
    "request.total_tco2e": gettext_lazy("total volume asked for"),
    "request.outcomes_occur.from": gettext_lazy("outcomes occur, from"),
    "request.outcomes_occur.to": gettext_lazy("outcomes occur, until"),
    "request.conditions": gettext_lazy("conditions proposed"),
}

# What an application holds as a code, as people read it. Uses are known by their codes everywhere, and
# sectors and activity types by the official spelling of the reporting format.
_CODES: Mapping[str, Words] = {
    "applicant": gettext_lazy("applicant"),
    "activity participant": gettext_lazy("activity participant"),
    "seller": gettext_lazy("seller"),
    "acquirer": gettext_lazy("acquirer"),
    "user": gettext_lazy("user"),
    "project": gettext_lazy("project"),
    "programme": gettext_lazy("programme with components"),
    "jurisdiction": gettext_lazy("jurisdiction"),
    "policy": gettext_lazy("policy"),
    "Authorisation": gettext_lazy("Authorisation"),
    "Issuance": gettext_lazy("Issuance"),
    "Use or Cancellation": gettext_lazy("Use or cancellation"),
}


def of_code(code: str) -> str:
    """A code of the application in words, such as a role; itself where it has no other."""
    return str(_CODES.get(code, code))


def name_of_place(path: str) -> str:
    """The name of a place in the application, such as "methodology"; its address where it has no name."""
    if path in BY_PATH:
        return str(BY_PATH[path].label)
    return str(_NAMES.get(path, path.replace("_", " ").replace(".", ", ")))


def in_words(value: Any, *, language: str, party: bool = False) -> tuple[str, ...]:
    """A value of the application as lines to read; none where nothing is given.

    `party`: codes are those of Parties, which are shown by name.
    """
    if value is None or value == "" or value == () or value == {}:
        return ()
    if isinstance(value, CooperativeApproachContent):
        return tuple(text for text in (value.name, value.ca_id) if text)
    if isinstance(value, PeriodContent):
        return _period(value)
    if isinstance(value, Mapping):
        return tuple(f"{year}: {tonnes(volume)}" for year, volume in sorted(value.items()))
    if isinstance(value, tuple):
        return tuple(_one(item, language, party) for item in value)
    if hasattr(value, "names_something"):
        return tuple(text for text in (*(value.imp or ()), value.op) if text)
    return (_one(value, language, party),)


def _one(value: Any, language: str, party: bool) -> str:
    if isinstance(value, EntityContent):
        country = country_name(value.country, language) if value.country else ""
        about = ", ".join(text for text in (country, value.identification or "") if text)
        roles = ", ".join(of_code(role) for role in value.roles or ())
        return f"{value.name or ''}{f' ({about})' if about else ''}{f': {roles}' if roles else ''}"
    if isinstance(value, date):
        return long_date(value)
    return party_name(str(value), language) if party else of_code(str(value))


def _period(period: PeriodContent) -> tuple[str, ...]:
    first, last = period.starts_on, period.ends_on
    if first is None and last is None:
        return ()
    return (
        _("%(first)s to %(last)s")
        % {"first": long_date(first) if first else "…", "last": long_date(last) if last else "…"},
    )


def joined(values: Iterable[str]) -> str:
    """Values on one line."""
    return "; ".join(values)
