"""What an authorisation asks of its holder: conditions precedent, and obligations with the days they fall
due.

A requirement comes from the procedure, as a standing one of the kind of case, or from the decision, typed
beside its conditions in free text. It is data, in one shape wherever it comes from, and is kept with the
decision word for word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import cast

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter

from accounts.models import Function
from accounts.names import in_language
from audit.trail import Json


class Sort(models.TextChoices):
    """What a requirement does as long as it is not met."""

    # Holds back the effect of the authorisation; nothing is breached.
    CONDITION = "condition", _("condition precedent")
    # Falls due on a day, and is breached where it is not met.
    OBLIGATION = "obligation", _("obligation of the holder")


class Since(models.TextChoices):
    """From when on the days until it falls due are counted."""

    GRANT = "grant", _("the decision")
    ISSUANCE = "issuance", _("each issuance")


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One thing that is asked of a holder.

    code        names it among those of its procedure, or of its decision
    name        what is to be done, by language; `evidence`, what shows that it was
    since       from when its days are counted: the legal date of the decision, or the day of an issuance
    on          a fixed day instead
    months, days    how long after `since` it falls due (the first time); a condition needs neither
    every       falls due again so many months later, and so on
    once        since an issuance: since the first one alone
    remind      so many calendar days before it falls due, the holder is reminded
    escalate_to who is told, with the desk, when its day has passed
    amount      what is to be paid, with `currency` (ISO 4217); `per_tonne`: for each tonne covered of an
                issuance
    """

    code: str
    sort: Sort
    name: Mapping[str, str]
    evidence: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    since: Since = Since.GRANT
    on: date | None = None
    months: int | None = None
    days: int | None = None
    every: int | None = None
    once: bool = False
    remind: tuple[int, ...] = ()
    escalate_to: Function = Function.DIRECTOR
    amount: Decimal | None = None
    currency: str = ""
    per_tonne: bool = False

    @property
    def label(self) -> str:
        """What is to be done, in the language of the page."""
        return in_language(self.name, get_language() or "en")

    @property
    def shown_by(self) -> str:
        """What shows that it was done, in the language of the page; empty where that is not said."""
        return in_language(self.evidence, get_language() or "en") if self.evidence else ""

    @property
    def is_condition(self) -> bool:
        """Whether it holds back the effect of the authorisation."""
        return self.sort == Sort.CONDITION


_ADAPTER = TypeAdapter(Requirement)


def as_json(requirement: Requirement) -> dict[str, Json]:
    """As JSON values, without floats: for the decision, and for the facts of an event."""
    return cast(dict[str, Json], _ADAPTER.dump_python(requirement, mode="json"))


def from_json(value: object) -> Requirement:
    """The requirement that was kept in this form."""
    return _ADAPTER.validate_python(value)


def kept(values: Iterable[object]) -> tuple[Requirement, ...]:
    """The requirements that were kept with a decision."""
    return tuple(from_json(value) for value in values)


def faults(requirement: Requirement) -> Sequence[tuple[str, str]]:
    """What contradicts itself in a requirement: the field, and the fault as a sentence."""
    found: list[tuple[str, object]] = []
    given = [one for one in (requirement.on, requirement.months, requirement.days) if one is not None]
    if len(given) > 1:
        found.append(("on", _("only one of on, months and days says when it falls due.")))
    if not requirement.is_condition and not given:
        found.append(("months", _("when it falls due is not said: months, days or a fixed day.")))
    if requirement.since == Since.ISSUANCE:
        found += _of_issuance(requirement)
    elif requirement.once:
        found.append(("once", _("only what follows an issuance can follow the first one alone.")))
    if requirement.is_condition and requirement.every is not None:
        found.append(("every", _("a condition precedent is met once, and does not fall due again.")))
    found += _of_money(requirement)
    return [(key, str(words)) for key, words in found]


def _of_issuance(requirement: Requirement) -> Iterable[tuple[str, object]]:
    if requirement.is_condition:
        yield "since", _("what holds back the effect of an authorisation cannot wait for an issuance.")
    if requirement.on is not None:
        yield "on", _("what follows an issuance has no fixed day.")
    if requirement.every is not None:
        yield "every", _("what follows an issuance falls due again with the next one.")


def _of_money(requirement: Requirement) -> Iterable[tuple[str, object]]:
    if (requirement.amount is None) != (not requirement.currency):
        yield "amount", _("an amount and its currency are given together.")
    if requirement.per_tonne and requirement.since != Since.ISSUANCE:
        yield "per_tonne", _("an amount for each tonne is counted from what an issuance brings.")
    if requirement.per_tonne and requirement.amount is None:
        yield "per_tonne", _("how much is to be paid for each tonne is not said.")
