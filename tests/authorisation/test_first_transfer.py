"""When an outcome is first transferred: every combination of uses, definition and events."""

from datetime import date, timedelta
from itertools import product

import pytest

from authorisation.first_transfer import FirstTransfer, Outcome, Trigger, first_transfer, triggers
from projects import codes

EARLY, AUTHORISED, LATE, LAST = (
    date(2023, 11, 30),
    date(2024, 2, 28),
    date(2024, 9, 1),
    date(2026, 1, 5),
)
DEFINITIONS = (None, *codes.FIRST_TRANSFERS.codes)
DAYS = (None, EARLY, AUTHORISED, LATE, LAST)


def by_the_table(outcome: Outcome) -> date | None:
    """The table of the structured summary, row by row, with no regard to how the product says it."""
    issued = outcome.issued_on
    of_definition = {
        None: None,
        "Authorisation": None if issued is None else outcome.authorised_on,
        "Issuance": None if issued is None else max(issued, outcome.authorised_on),
        "Use or Cancellation": outcome.used_or_cancelled_on,
        "First international transfer": outcome.transferred_on,
    }[outcome.definition]
    if outcome.for_ndc and outcome.for_oimp:
        both = [day for day in (outcome.transferred_on, of_definition) if day is not None]
        return min(both) if both else None
    if outcome.for_ndc:
        return outcome.transferred_on
    return of_definition if outcome.for_oimp else None


def test_every_combination_is_as_the_table_says() -> None:
    cells = 0
    for for_ndc, for_oimp, definition, issued, transferred, used in product(
        (True, False), (True, False), DEFINITIONS, DAYS, DAYS, DAYS
    ):
        outcome = Outcome(
            vintage=2022,
            for_ndc=for_ndc,
            for_oimp=for_oimp,
            definition=definition,
            authorised_on=AUTHORISED,
            issued_on=issued,
            transferred_on=transferred,
            used_or_cancelled_on=used,
        )
        found = first_transfer(outcome)
        assert (found.on if found else None) == by_the_table(outcome), outcome
        assert found is None or found.adjusted_in == 2022
        cells += 1
    assert cells == 4 * 5 * 5 * 5 * 5


@pytest.mark.parametrize(
    ("definition", "issued_on", "trigger", "on"),
    [
        ("Authorisation", EARLY, Trigger.AUTHORISATION, AUTHORISED),
        ("Authorisation", LAST, Trigger.AUTHORISATION, AUTHORISED),
        ("Issuance", EARLY, Trigger.ISSUANCE, AUTHORISED),
        ("Issuance", LAST, Trigger.ISSUANCE, LAST),
    ],
)
def test_a_block_issued_before_counts_on_the_day_of_the_authorisation_and_a_later_one_in_its_year(
    definition: str, issued_on: date, trigger: Trigger, on: date
) -> None:
    outcome = Outcome(
        vintage=2021,
        for_ndc=False,
        for_oimp=True,
        definition=definition,
        authorised_on=AUTHORISED,
        issued_on=issued_on,
    )
    assert first_transfer(outcome) == FirstTransfer(trigger=trigger, on=on, adjusted_in=2021)


def test_of_two_events_the_earlier_is_named_and_on_one_day_the_international_transfer() -> None:
    for before, trigger in ((1, Trigger.USE_OR_CANCELLATION), (0, Trigger.INTERNATIONAL_TRANSFER)):
        outcome = Outcome(
            vintage=2021,
            for_ndc=True,
            for_oimp=True,
            definition="Use or Cancellation",
            authorised_on=AUTHORISED,
            transferred_on=LATE,
            used_or_cancelled_on=LATE - timedelta(days=before),
        )
        found = first_transfer(outcome)
        assert found is not None
        assert (found.trigger, found.year) == (trigger, 2024)


def test_what_two_parties_wrote_as_international_transfer_has_that_trigger_alone() -> None:
    assert triggers(False, True, "First international transfer") == (Trigger.INTERNATIONAL_TRANSFER,)
    assert triggers(True, True, "First international transfer") == (Trigger.INTERNATIONAL_TRANSFER,)
    assert triggers(True, False, "Issuance") == (Trigger.INTERNATIONAL_TRANSFER,)
    assert triggers(False, True, None) == ()
    assert triggers(False, True, "Something else") == ()
