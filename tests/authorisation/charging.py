"""A procedure that asks for fees, which no file ships."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import Fee, Procedure

VERSION = "test/fees"


def procedure_asking(*fees: Fee) -> Procedure:
    """The plain procedure, but these fees are asked of every kind of case."""
    handling = {kind: replace(way, fees=fees) for kind, way in BUILT_IN.handling.items()}
    return replace(BUILT_IN, version=VERSION, handling=handling)


@contextmanager
def known_to_ask(*fees: Fee) -> Iterator[Procedure]:
    """A procedure with these fees is known as long as this lasts, besides all that are known already."""
    terms = procedure_asking(*fees)
    with patch.dict("authorisation.procedures.SHIPPED", {VERSION: terms}):
        yield terms


@contextmanager
def opened_under(terms: Procedure) -> Iterator[None]:
    """New cases are opened under this procedure as long as this lasts."""
    with patch("authorisation.services.applications.procedure_for", lambda authority, on: terms):
        yield
