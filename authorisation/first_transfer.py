"""When an outcome is first transferred: the four definitions, and their combination. Pure, on dates.

Source: decision 2/CMA.3, annex, paragraph 2. For use towards an NDC the first transfer is the first
international transfer, fixed by law; for any other purpose it is what the letter says: the authorisation,
the issuance, or the use or cancellation. Outcomes authorised for both are first transferred by the earlier
event. The adjustment belongs to the vintage year, whatever the date (paragraph 8(a)).
"""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.terms import Terms


class Trigger(models.TextChoices):
    """The event that is the first transfer, as the nomenclature spells it (table 49b)."""

    INTERNATIONAL_TRANSFER = "First international transfer", _("first international transfer")
    AUTHORISATION = "Authorisation", _("authorisation")
    ISSUANCE = "Issuance", _("issuance")
    USE_OR_CANCELLATION = "Use or Cancellation", _("use or cancellation")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is known of an outcome: what it is authorised for, and the dates of what happened to it.

    definition           what the letter says for purposes other than an NDC; None where it says nothing
    used_or_cancelled_on the first use or cancellation
    """

    vintage: int
    for_ndc: bool
    for_oimp: bool
    definition: str | None
    authorised_on: date
    issued_on: date | None = None
    transferred_on: date | None = None
    used_or_cancelled_on: date | None = None


def outcome_under(
    terms: Terms,
    *,
    vintage: int,
    authorised_on: date,
    issued_on: date | None = None,
    transferred_on: date | None = None,
    used_or_cancelled_on: date | None = None,
) -> Outcome:
    """An outcome of a vintage under the terms of its authorisation, with what happened to it."""
    return Outcome(
        vintage=vintage,
        for_ndc=terms.for_ndc,
        for_oimp=terms.for_oimp,
        definition=terms.first_transfer_definition,
        authorised_on=authorised_on,
        issued_on=issued_on,
        transferred_on=transferred_on,
        used_or_cancelled_on=used_or_cancelled_on,
    )


@dataclass(frozen=True, kw_only=True)
class FirstTransfer:
    """The first transfer of an outcome: by which event, on which day, and to which year it is adjusted."""

    trigger: Trigger
    on: date
    adjusted_in: int

    @property
    def year(self) -> int:
        """The year in which it counts as first transferred."""
        return self.on.year


def first_transfer(outcome: Outcome) -> FirstTransfer | None:
    """The first transfer of an outcome; None where it is not first transferred yet.

    Where two events fall on one day, the international transfer is named.
    """
    events = [
        (on, order, trigger)
        for order, trigger in enumerate(triggers(outcome.for_ndc, outcome.for_oimp, outcome.definition))
        if (on := _happened_on(trigger, outcome)) is not None
    ]
    if not events:
        return None
    on, _order, trigger = min(events)
    return FirstTransfer(trigger=trigger, on=on, adjusted_in=outcome.vintage)


def triggers(for_ndc: bool, for_oimp: bool, definition: str | None) -> tuple[Trigger, ...]:
    """The events of which the earliest is the first transfer of outcomes authorised for these uses.

    Two Parties may have written the international transfer as the definition for another purpose: then only
    a recorded one counts. A purpose other than an NDC without a definition (rule A4) has no first transfer.
    """
    found = [Trigger.INTERNATIONAL_TRANSFER] if for_ndc else []
    if for_oimp and definition in Trigger.values and definition not in found:
        found.append(Trigger(definition))
    return tuple(found)


def _happened_on(trigger: Trigger, outcome: Outcome) -> date | None:
    if trigger == Trigger.INTERNATIONAL_TRANSFER:
        return outcome.transferred_on
    if trigger == Trigger.USE_OR_CANCELLATION:
        return outcome.used_or_cancelled_on
    if outcome.issued_on is None:
        # Nothing is first transferred that is no outcome yet, by whatever definition.
        return None
    if trigger == Trigger.AUTHORISATION:
        return outcome.authorised_on
    return max(outcome.issued_on, outcome.authorised_on)
