"""Two authorities with their people and a few cases, made once; what a test does to them is undone."""

import logging
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.desk.access.digest import undone
from tests.desk.who.few import Few, few


@pytest.fixture(scope="package")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Few]:
    """The transaction in which they were made is rolled back at the end."""
    logging.disable(logging.WARNING)  # every refusal is logged, with all that led to it
    try:
        with django_db_blocker.unblock(), undone():
            yield few()
    finally:
        logging.disable(logging.NOTSET)
