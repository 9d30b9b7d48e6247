"""Authorisations that ask something of their holder: by the decision, or by the procedure."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from accounts.models import Function
from authorisation.models import Authorisation, Case, Obligation
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import Procedure
from authorisation.requirements import Requirement, Sort
from authorisation.services import decisions, obligations
from authorisation.services.documents import Upload
from tests.authorisation.factories import Staff, concluded, in_decision, issued

VERSION = "test/obligations"
AGREEMENT = Requirement(
    code="agreement",
    sort=Sort.CONDITION,
    name={"en": "Agreement with the community"},
    evidence={"en": "the agreement as registered"},
)
REPORT = Requirement(
    code="report",
    sort=Sort.OBLIGATION,
    name={"en": "Report on progress"},
    months=6,
    every=6,
    remind=(30, 7),
)
START = Requirement(code="start", sort=Sort.OBLIGATION, name={"en": "Start of the activity"}, months=12)


@contextmanager
def asking_always(*requirements: Requirement) -> Iterator[Procedure]:
    """Cases opened as long as this lasts run under a procedure that asks this of every holder."""
    handling = {kind: replace(way, obligations=requirements) for kind, way in BUILT_IN.handling.items()}
    terms = replace(BUILT_IN, version=VERSION, handling=handling)
    with (
        patch.dict("authorisation.procedures.SHIPPED", {VERSION: terms}),
        patch("authorisation.services.applications.procedure_for", lambda authority, on: terms),
    ):
        yield terms


def approved(of: Staff, *requirements: Requirement, given: dict[str, Any] | None = None) -> Case:
    """Approved in full, asking this of the holder; the letter is due."""
    case = in_decision(of, given)
    return decisions.approve(case, act=of.act(Function.DECIDER), requirements=requirements)


def authorised(of: Staff, *requirements: Requirement, given: dict[str, Any] | None = None) -> Authorisation:
    """In force under a decision that asks this of the holder."""
    return concluded(of, approved(of, *requirements, given=given))


def with_letter(of: Staff, *requirements: Requirement) -> Authorisation:
    """The same with the letter that says so, signed and issued."""
    case = approved(of, *requirements)
    issued(of, case)
    return Authorisation.objects.get(identifier=case.identifier)


def one(authorisation: Authorisation, code: str = "decision_1", turn: int = 1) -> Obligation:
    return Obligation.objects.get(authorisation=authorisation, code=code, turn=turn)


def shown(name: str = "shown.txt") -> Upload:
    return Upload(content=f"What shows it: {name}.".encode(), name=name, declared="text/plain")


def handed_in(of: Staff, obligation: Obligation) -> Obligation:
    return obligations.hand_in(obligation, act=of.act(), upload=shown(f"{obligation.public_id}.txt"))


def met(of: Staff, obligation: Obligation) -> Obligation:
    return obligations.find_met(
        obligation, act=of.act(Function.DESK_OFFICER), reasons="As registered.", reference="Registry 12"
    )
