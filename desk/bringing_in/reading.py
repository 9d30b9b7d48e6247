"""Reads the values of one row of a table that is brought in, and keeps every sentence against them."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

import pycountry
from django.utils.translation import gettext as _

from accounts.models import Party
from accounts.names import party_name
from authorisation.first_transfer import Trigger

# The year of the Paris Agreement: nothing was authorised under it before.
FIRST_YEAR = 2015
LAST_YEAR = 2100
_CA_ID = re.compile(r"CA\d{4}", re.ASCII)
_NOT_ASSIGNED = frozenset({"", "NA", "N/A"})


class Reading:
    """The cells of a row by column, read one after the other; what is wrong gathers in `sentences`."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.sentences: list[str] = []

    def against(self, sentence: str, column: str) -> None:
        """Notes what is wrong with a column; the sentence may name `column` and its `value`."""
        self.sentences.append(sentence % {"column": column, "value": self.given[column]})

    def party(self, column: str) -> str:
        """The code of a Party, given by its code or by one of its English names; "" for none."""
        code = _codes().get(self.given[column].casefold(), "")
        if not code:
            self.against(_("%(column)s: “%(value)s” is no Party."), column)
        return code

    def whole(self, column: str, least: int, most: int) -> int:
        """A whole number between these, both included; 0 for none."""
        text = self.given[column]
        if re.fullmatch(r"\d{1,13}", text, re.ASCII) and least <= int(text) <= most:
            return int(text)
        self.against(_("%(column)s: “%(value)s” is no such whole number."), column)
        return 0

    def day(self, column: str) -> date | None:
        """A day as in 2024-12-31; None for none."""
        try:
            return date.fromisoformat(self.given[column])
        except ValueError:
            self.against(_("%(column)s: “%(value)s” is no day, as in 2024-12-31."), column)
            return None

    def definition(self, column: str) -> str | None:
        """A definition of first transfer, in either spelling; None for none."""
        found = _DEFINITIONS.get(self.given[column].casefold())
        if found is None:
            self.against(_("%(column)s: “%(value)s” is no first transfer (rule A4)."), column)
        return found

    def ca_id(self, column: str) -> str:
        """The identifier of a cooperative approach; "" while none is assigned."""
        text = self.given[column].upper()
        if text in _NOT_ASSIGNED:
            return ""
        if not _CA_ID.fullmatch(text):
            self.against(_("%(column)s: “%(value)s” is neither CA and four digits nor NA."), column)
        return text

    def not_empty(self, *columns: str) -> None:
        """Something must stand in each of these."""
        for column in columns:
            if not self.given[column]:
                self.against(_("%(column)s is empty."), column)


# Also as it is spelled on the other side of the ocean.
_DEFINITIONS: Mapping[str, str] = {
    spelled: trigger.value
    for trigger in Trigger
    for spelled in (
        trigger.value.casefold(),
        trigger.value.casefold().replace("authorisation", "authorization"),
    )
}


@cache
def _codes() -> Mapping[str, str]:
    """The code of every Party by its code and its English names, in lower case."""
    found: dict[str, str] = {}
    for code in Party.objects.values_list("code", flat=True):
        country = pycountry.countries.get(alpha_3=code)
        names = [getattr(country, name, "") for name in ("name", "common_name", "official_name")]
        for name in (code, party_name(code, "en"), *(names if country else ())):
            if name:
                found[name.casefold()] = code
    return found
