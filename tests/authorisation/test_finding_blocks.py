"""Which registered blocks share a unit with a serial: against a look at every unit of every block."""

import pytest

from authorisation import blocks
from authorisation.models import Series
from authorisation.serials import Serial
from tests.authorisation.factories import two_staffs
from tests.authorisation.test_defences import issued_to, registered

pytestmark = pytest.mark.django_db


def test_the_blocks_that_share_a_unit_are_found_for_one_serial_and_for_many() -> None:
    ours, _theirs = two_staffs()
    issued = issued_to(ours)
    numbers = {"One": ((2, 3), (4, 4), (8, 12), (15, 15)), "Other": ((5, 9),)}
    there = [
        registered(series, issued, first, last)
        for name, of_series in numbers.items()
        for series in [Series.objects.create(name=name)]
        for first, last in of_series
    ]
    asked = [
        Serial(series=name, pattern="{first}-{last}", first=first, last=first + more, vintage=2026)
        for name in ("One", "Other", "None")
        for first in range(1, 17)
        for more in (0, 1, 4, 15)
    ]
    held = {
        serial: [
            block.pk
            for block in there
            if block.series.name == serial.series
            and {*range(block.first_number, block.last_number + 1)} & {*range(serial.first, serial.last + 1)}
        ]
        for serial in asked
    }
    assert {serial: [one.pk for one in blocks.overlapping(serial)] for serial in asked} == held
    for_many = blocks.overlapping_each(asked)
    assert {serial: [one.pk for one in found] for serial, found in for_many.items()} == {
        serial: keys for serial, keys in held.items() if keys
    }
