"""The world of the matrix, made once; what a test does to it is undone."""

import logging
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from authorisation import handling
from authorisation.procedures import BUILT_IN
from tests.authorisation.bodies import known
from tests.authorisation.charging import known_to_ask
from tests.desk.access.digest import undone
from tests.desk.access.world import FEE, PANEL, World, world


@pytest.fixture(scope="package")
def everybody(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Everybody at their browsers; the transaction in which they were made is rolled back at the end."""
    logging.disable(logging.WARNING)  # every refusal is logged, with all that led to it
    try:
        with django_db_blocker.unblock(), undone(), known(PANEL), known_to_ask(FEE):
            # What every test is given, which this is made before: one plain procedure for every Party.
            with patch.multiple(handling, SHIPPED={}, DEFAULT=BUILT_IN):
                made = world()
            # All of them come from one address, and how often that may ask is not the subject.
            with override_settings(CHECK_RATES=dict.fromkeys(settings.CHECK_RATES, "10000/min")):
                yield made
    finally:
        logging.disable(logging.NOTSET)


@pytest.fixture
def at_length(request: pytest.FixtureRequest) -> bool:
    """Whether everybody comes."""
    return bool(request.config.getoption("--proof"))
