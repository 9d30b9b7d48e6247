"""Conditions precedent and obligations of the holder, as a program types them with a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import pycountry
from django.utils.translation import gettext as _
from pydantic import ValidationError
from rest_framework import serializers

from authorisation.kinds import ASKING
from authorisation.models import Case
from authorisation.requirements import Requirement, faults, from_json
from desk.api.problems import sentences_of

_NAMES = frozenset(one.name for one in fields(Requirement))
# More than any letter can hold, as on the pages.
MOST = 50


def requirements_of(case: Case, given: Sequence[Any]) -> list[Requirement]:
    """What was typed, each in the form in which a decision keeps it. Raises serializers.ValidationError.

    `code` names one of the procedure's own, which it then takes the place of; any other is given its code by
    the decision.
    """
    if given and case.kind not in ASKING:
        raise _wrong([_("A decision of this kind asks nothing of the holder.")])
    if len(given) > MOST:
        raise _wrong([_("There are more than %(most)s.") % {"most": MOST}])
    found: list[Requirement] = []
    mistakes: list[str] = []
    for number, value in enumerate(given, start=1):
        read, wrong = _read(value)
        mistakes += [_("Row %(number)s: %(fault)s") % {"number": number, "fault": one} for one in wrong]
        found += [read] if read is not None else []
    if mistakes:
        raise _wrong(mistakes)
    return found


def _read(value: Any) -> tuple[Requirement | None, list[str]]:
    if not isinstance(value, Mapping):
        return None, [_("a condition or obligation is an object.")]
    unknown = sorted(str(name) for name in set(value) - _NAMES)
    if unknown:
        return None, [_("“%(name)s” is not known.") % {"name": name} for name in unknown]
    try:
        read = from_json({"code": "new", **value})
    except ValidationError as fault:
        return None, sentences_of(fault)
    # It stands in a sentence of the letter: in one line, however it was written.
    name = {language: " ".join(text.split()) for language, text in read.name.items()}
    read = replace(read, name=name)
    wrong = [fault for _key, fault in faults(read)]
    if not name or not all(name.values()):
        wrong.append(_("what the holder has to do is not said."))
    if read.currency and pycountry.currencies.get(alpha_3=read.currency) is None:
        wrong.append(_("Give the currency by its three letters, such as USD."))
    return read, wrong


def _wrong(mistakes: list[str]) -> serializers.ValidationError:
    return serializers.ValidationError({"requirements": mistakes})
