"""Authorities whose procedure has bodies of several, and their members; procedures that no file ships."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from accounts.models import Function, Office, User
from authorisation.models import Case
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import Body, Majority, Procedure, SheetItem
from authorisation.procedures.shipped import SHIPPED
from authorisation.services import reviews
from authorisation.verdicts import Verdict
from tests.accounts.factories import office, person, tenure
from tests.authorisation.factories import Staff
from workflow.actors import Person, Proof
from workflow.clock import SetClock
from workflow.door import Act

# A body of one, whose office the test authorities have.
ONE = next(iter(BUILT_IN.bodies.values()))
COMMITTEE = Body(
    code="committee",
    name={"en": "Technical advisory committee"},
    members=5,
    quorum=3,
    majority=Majority.SIMPLE,
)
SHEET = (
    SheetItem(code="additionality", question={"en": "Is it additional?"}),
    SheetItem(code="renewal", question={"en": "Is renewal dealt with?"}, required=False),
)


def procedure_with(*bodies: Body) -> Procedure:
    """The default procedure, but these bodies review every kind of case."""
    codes = tuple(body.code for body in bodies)
    return replace(
        BUILT_IN,
        version="test/bodies",
        bodies={body.code: body for body in bodies},
        handling={kind: replace(handling, bodies=codes) for kind, handling in BUILT_IN.handling.items()},
    )


@contextmanager
def known(*bodies: Body) -> Iterator[Procedure]:
    """A procedure with these bodies is known as long as this lasts."""
    terms = procedure_with(*bodies)
    with patch("authorisation.procedures.SHIPPED", {**SHIPPED, terms.version: terms}):
        yield terms


@contextmanager
def under(*bodies: Body) -> Iterator[Procedure]:
    """New cases are opened under a procedure with these bodies, which is known as long as this lasts."""
    with (
        known(*bodies) as terms,
        patch("authorisation.services.applications.procedure_for", lambda authority, on: terms),
    ):
        yield terms


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A body with its chair, who votes too, and its members."""

    of: Staff
    chair: tuple[Office, User]
    members: tuple[tuple[Office, User], ...]

    def act(self, who: tuple[Office, User], *, key: str = "") -> Act:
        """An act of the chair or of a member, an hour after the last."""
        clock = self.of.clock
        clock.move_to(clock.now() + timedelta(hours=1))
        return act_of(who, clock, key=key)

    @property
    def everybody(self) -> Sequence[tuple[Office, User]]:
        """The chair and the members."""
        return (self.chair, *self.members)

    def vote(self, case: Case, who: tuple[Office, User], verdict: Verdict, **options: Any) -> Case:
        return reviews.vote(case, act=self.act(who), verdict=verdict, reasons="As I read it.", **options)

    def conclude(self, case: Case, verdict: Verdict, **options: Any) -> Case:
        options = {"reasons": "As voted.", "minutes": "Met on Monday.", **options}
        return reviews.give_opinion(case, act=self.act(self.chair), verdict=verdict, **options)


def act_of(who: tuple[Office, User], clock: SetClock, *, key: str = "") -> Act:
    held, user = who
    proof = Proof(method="totp", at=clock.now() - timedelta(minutes=1))
    return Act(actor=Person(user=user, office=held, proof=proof), clock=clock, key=key)


def sitting(of: Staff, body: Body, *, members: int) -> Sitting:
    """Fills a body: one chair, and so many members besides."""
    chairing = office(of.authority, function=Function.CHAIR, body=body.code)
    seat = office(of.authority, function=Function.REVIEWER, body=body.code)
    slug = f"{body.code}.{of.authority.slug}"
    chair = person(f"chair@{slug}.example", name="Chana Chair")
    tenure(chairing, chair)
    found = []
    for number in range(1, members + 1):
        member = person(f"member{number}@{slug}.example", name=f"Member {number}")
        tenure(seat, member)
        found.append((seat, member))
    return Sitting(of=of, chair=(chairing, chair), members=tuple(found))
