"""Random lives of three authorisations of one activity, against a small model in plain Python.

A is for use towards an NDC, with a ceiling per vintage, and the host keeps 5 % of each transfer. B is for
another purpose, first transferred by use or cancellation, without a ceiling of its own. C is for both, first
transferred when issued, with a total over its vintages. A fourth case reserves and releases beside them. All
are revoked and given up, whole and in part, topped up, capped lower, suspended and resumed, by their cases.
The letters of A and C foresee a circumstance in which a revocation touches what is first transferred, that
of A also one for a reduction; that of B foresees none.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import Function
from authorisation import volumes
from authorisation.issuing import Issuance
from authorisation.models import Authorisation, Case, IssuedVintage, Line
from authorisation.services import decisions, outcomes
from authorisation.verification import verify
from tests.authorisation.factories import Staff, concluded, content, in_decision, in_review, two_staffs
from tests.authorisation.factories import asked as asked_of
from tests.authorisation.standing import carried_out, planned
from tests.authorisation.test_outcomes import SHOWN
from tests.authorisation.test_volumes import moving, reserve, terms
from workflow.door import Act
from workflow.refusals import Refused

EXPECTED = {2026: 200, 2027: 150}
CAPS = {2026: 60, 2027: 80}
TOTAL = 100
VINTAGES = st.sampled_from(sorted(EXPECTED))
TONNES = st.integers(1, 90)
NAMES = st.sampled_from("ABC")
FOUND = "Over-crediting was found."
TOUCHING = {"circumstance": FOUND, "check": "With the other Party’s records."}


@dataclass
class Row:
    """One line of the model."""

    drawn: int = 0
    issued: int = 0
    gone: int = 0
    kept: int = 0
    used: int = 0
    revoked: int = 0
    is_issued: bool = False

    @property
    def stands(self) -> int:
        return self.gone + self.kept


@dataclass
class Lot:
    """What one issuance brought of a vintage: how much is free, what each authorisation covers and lost."""

    vintage: int
    free: int
    covered: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)


@dataclass
class Model:
    """What ought to be, by addition and comparison alone."""

    rows: dict[tuple[str, int], Row] = field(
        default_factory=lambda: {(name, vintage): Row() for name in "ABC" for vintage in EXPECTED}
    )
    caps: dict[int, int] = field(default_factory=lambda: dict(CAPS))
    total: int = TOTAL
    lots: list[Lot] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=lambda: dict.fromkeys("ABC", "in_force"))
    taken: dict[int, int] = field(default_factory=lambda: dict(CAPS))
    taken_in_all: int = sum(CAPS.values()) + TOTAL
    reserved: dict[int, int] = field(default_factory=dict)

    def of(self, name: str) -> dict[int, Row]:
        return {vintage: row for (other, vintage), row in self.rows.items() if other == name}

    def room(self, name: str, vintage: int) -> int:
        under_vintage = EXPECTED[vintage] - self.taken[vintage] - self.reserved.get(vintage, 0)
        if name == "A":
            return self.caps[vintage] - self.rows[name, vintage].drawn
        if name == "B":
            in_all = sum(EXPECTED.values()) - self.taken_in_all - sum(self.reserved.values())
            return max(0, min(under_vintage, in_all))
        drawn = sum(row.drawn for row in self.of("C").values())
        return max(0, min(self.total - drawn, under_vintage))

    def draw(self, name: str, vintage: int, tonnes: int) -> None:
        self.rows[name, vintage].drawn += tonnes
        if name in "BC":
            self.taken[vintage] += tonnes
        if name == "B":
            self.taken_in_all += tonnes

    def issue(self, vintage: int, tonnes: int) -> None:
        lot = Lot(vintage, tonnes)
        self.lots.append(lot)
        for name in "ABC":
            self.rows[name, vintage].is_issued = True
        for name in "ABC":
            self.cover(name, lot)

    def cover(self, name: str, lot: Lot) -> None:
        row = self.rows[name, lot.vintage]
        if self.states[name] != "in_force":
            return
        ahead = row.drawn - row.issued
        # Of A the ceilings of its vintages say what is left; of the others nothing but this does.
        free = max(0, lot.free - (0 if name == "A" else lot.lost.get(name, 0)))
        covers = min(free, ahead + min(self.room(name, lot.vintage), max(0, free - ahead)))
        if covers <= 0:
            return
        self.draw(name, lot.vintage, max(0, covers - ahead))
        row.issued += covers
        lot.free -= covers
        lot.covered[name] = lot.covered.get(name, 0) + covers
        if name == "C":
            row.gone += max(0, min(covers, row.issued - row.gone))

    def leave(self, name: str, vintage: int, gone: int, kept: int) -> bool:
        row = self.rows[name, vintage]
        whole = row.gone + row.kept + gone + kept
        if row.is_issued and whole > row.issued:
            return False
        more = max(0, whole - row.drawn)
        if more > self.room(name, vintage):
            return False
        self.draw(name, vintage, more)
        row.gone += gone
        row.kept += kept
        return True

    def transfer(self, name: str, vintage: int, tonnes: int, gross: bool) -> bool:
        kept = math.ceil(tonnes / 20) if name == "A" else 0
        open_to_it = name != "B" and self.states[name] == "in_force"
        return open_to_it and self.leave(name, vintage, tonnes - kept if gross else tonnes, kept)

    def cancel(self, name: str, vintage: int, tonnes: int) -> bool:
        row = self.rows[name, vintage]
        fresh = max(0, tonnes - (row.gone - row.used))
        by_use = name == "B" and self.states[name] == "in_force"
        if fresh and (not by_use or not self.leave(name, vintage, fresh, 0)):
            return False
        row.used += tonnes
        return True

    def reserve(self, wanted: dict[int, int]) -> bool:
        fits = all(self.taken[vintage] + tonnes <= EXPECTED[vintage] for vintage, tonnes in wanted.items())
        if fits and self.taken_in_all + sum(wanted.values()) <= sum(EXPECTED.values()):
            self.reserved = dict(wanted)
            return True
        return False

    # -- acts ------------------------------------------------------------------------------------

    def changeable(self, name: str) -> bool:
        return self.states[name] in ("in_force", "suspended")

    def lower(self, name: str, vintage: int, bound: int) -> None:
        """What is drawn above a bound falls to it; what was covered last is covered no longer."""
        row = self.rows[name, vintage]
        drawn = max(row.stands, min(row.drawn, bound))
        issued = min(row.issued, drawn)
        left = row.issued - issued
        for lot in reversed([lot for lot in self.lots if lot.vintage == vintage]):
            less = min(left, lot.covered.get(name, 0))
            lot.covered[name] = lot.covered.get(name, 0) - less
            lot.lost[name] = lot.lost.get(name, 0) + less
            lot.free += less
            left -= less
        if name in "BC":
            self.taken[vintage] -= row.drawn - drawn
        if name == "B":
            self.taken_in_all -= row.drawn - drawn
        row.drawn, row.issued = drawn, issued

    def take_back(self, name: str, vintage: int | None, tonnes: int) -> bool:
        """As much of a vintage as is not gone, or all of every vintage: revoked or given up."""
        rows, stands = self.of(name), sum(row.stands for row in self.of(name).values())
        wanted = {one: tonnes if vintage == one else 0 for one in rows} if vintage is not None else None
        if not self.changeable(name):
            return False
        if name == "A" and vintage is not None and tonnes > self.caps[vintage]:
            return False
        bounds = {one: self.caps[one] if name == "A" else row.drawn for one, row in rows.items()}
        free = {one: bounds[one] - row.stands for one, row in rows.items()}
        taken = {one: free[one] if wanted is None else min(wanted[one], free[one]) for one in rows}
        whole = sum(taken.values())
        if name == "C":
            left = self.total - sum(row.drawn - taken[one] for one, row in rows.items())
            whole = left if wanted is None else min(tonnes, left)
        if whole == 0 and (wanted is not None or (name != "B" and stands)):
            return False
        for one, row in rows.items():
            self.lower(name, one, bounds[one] - taken[one])
            row.revoked += taken[one]
            if name == "A":
                self.caps[one] -= taken[one]
                self.taken[one] -= taken[one]
                self.taken_in_all -= taken[one]
        if name == "C":
            self.total -= whole
            self.taken_in_all -= whole
        return True

    def reach(self, name: str, vintage: int, tonnes: int) -> None:
        """First-transferred tonnes are revoked: what was issued of them nothing covers again."""
        row = self.rows[name, vintage]
        row.gone -= tonnes
        row.revoked += tonnes
        row.drawn -= tonnes
        row.issued = min(row.issued, row.drawn)
        if name == "A":
            self.caps[vintage] -= tonnes
        else:
            self.total -= tonnes
        self.taken[vintage] -= tonnes
        self.taken_in_all -= tonnes

    def touch(self, name: str, vintage: int, tonnes: int) -> bool:
        """A revocation of one vintage, of what is first transferred too once nothing else is left."""
        row = self.rows[name, vintage]
        if not self.changeable(name) or (name == "A" and tonnes > self.caps[vintage]):
            return False
        bound = self.caps[vintage] if name == "A" else row.drawn
        free = bound - row.stands
        rest = max(0, tonnes - free)
        if name == "C":
            rest = max(0, rest - (self.total - sum(other.drawn for other in self.of("C").values())))
        if not rest:
            return self.take_back(name, vintage, tonnes)
        if name == "B" or rest > row.gone - row.used:
            return False
        if tonnes > rest:
            assert self.take_back(name, vintage, tonnes - rest)
        self.reach(name, vintage, rest)
        return True

    def cap_touching(self, vintage: int, tonnes: int) -> bool:
        row = self.rows["A", vintage]
        if tonnes >= row.stands or not self.changeable("A"):
            return self.cap(vintage, tonnes)
        if row.stands - tonnes > row.gone - row.used:
            return False
        if self.caps[vintage] > row.stands:
            assert self.cap(vintage, row.stands)
        self.reach("A", vintage, row.stands - tonnes)
        return True

    def top_up(self, vintage: int, tonnes: int) -> bool:
        in_all = self.taken_in_all + sum(self.reserved.values()) + tonnes
        of_vintage = self.taken[vintage] + self.reserved.get(vintage, 0) + tonnes
        if not self.changeable("A") or of_vintage > EXPECTED[vintage] or in_all > sum(EXPECTED.values()):
            return False
        self.caps[vintage] += tonnes
        self.taken[vintage] += tonnes
        self.taken_in_all += tonnes
        self.cover_again("A")
        return True

    def cap(self, vintage: int, tonnes: int) -> bool:
        row = self.rows["A", vintage]
        if not self.changeable("A") or not row.stands <= tonnes < self.caps[vintage]:
            return False
        self.lower("A", vintage, tonnes)
        fallen = self.caps[vintage] - tonnes
        self.caps[vintage] = tonnes
        self.taken[vintage] -= fallen
        self.taken_in_all -= fallen
        return True

    def move(self, name: str, source: str, target: str) -> bool:
        if self.states[name] != source:
            return False
        self.states[name] = target
        return True

    def cover_again(self, name: str) -> None:
        for lot in self.lots:
            self.cover(name, lot)


@dataclass
class World:
    """The same in the product, made once."""

    staff: Staff
    authorisations: dict[str, Authorisation]
    fourth: Case
    began: datetime


def _world() -> World:
    ours, _theirs = two_staffs()
    expected = {"expected_tco2e": {str(vintage): tonnes for vintage, tonnes in EXPECTED.items()}}
    both = {"outcomes_occur": {"from": "2026-01-01", "to": "2027-12-31"}}
    other = {"uses": ["OP"], "oimp": {"op": "Targets"}, "volumes_tco2e": None, **both}
    asked: dict[str, dict[str, Any]] = {
        "A": {"volumes_tco2e": {str(vintage): tonnes for vintage, tonnes in CAPS.items()}, **both},
        "B": {**other, "first_transfer_definition": "Use or Cancellation"},
        "C": {**other, "uses": ["NDC", "OP"], "first_transfer_definition": "Issuance", "total_tco2e": TOTAL},
    }
    made = {}
    for name, request in asked.items():
        case = in_decision(ours, content(request=request, activity=expected))
        foreseen = {
            "revocable_after_transfer": (FOUND,) if name in "AC" else None,
            "reducible_after_transfer": (FOUND,) if name == "A" else None,
        }
        kept = {"host_retention_percent": "5" if name == "A" else None}
        granted = asked_of(case).model_copy(update={**kept, **foreseen})
        made[name] = concluded(ours, decisions.approve(case, act=ours.act(Function.DECIDER), granted=granted))
    fourth = in_review(ours, content(request=asked["A"], activity=expected))
    ours.clock.move_to(ours.clock.now() + timedelta(days=900))
    return World(staff=ours, authorisations=made, fourth=fourth, began=ours.clock.now())


class Lives(RuleBasedStateMachine):
    """What may happen to them, in any order."""

    world: ClassVar[World]
    # How many lives and steps were lived, and in how many of them both said no.
    lived: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.lived["lives"] += 1
        # Not `atomic`: the door asks to be the outermost, and takes the test's own block for nothing.
        self.savepoint = transaction.savepoint()
        self.model = Model()
        self.world.staff.clock.instant = self.world.began

    def teardown(self) -> None:
        assert verify().wrong == []
        transaction.savepoint_rollback(self.savepoint)

    def step(self, kind: str, done: bool = True) -> None:
        self.lived["steps"] += 1
        self.lived[kind if done else "refused"] += 1

    def act(self) -> Act:
        return self.world.staff.act(Function.DESK_OFFICER)

    def on(self) -> date:
        return self.world.staff.clock.now().date()

    def of(self, name: str) -> Authorisation:
        return Authorisation.objects.get(pk=self.world.authorisations[name].pk)

    def agrees(self, kind: str, wanted: bool, take: Callable[[], object]) -> None:
        self.step(kind, wanted)
        try:
            take()
            done = True
        except Refused:
            done = False
        assert done == wanted

    @rule(vintage=VINTAGES, tonnes=TONNES)
    def issue(self, vintage: int, tonnes: int) -> None:
        self.step("issuances")
        self.model.issue(vintage, tonnes)
        issuance = Issuance(on=self.on(), volumes={vintage: tonnes}, evidence=SHOWN)
        outcomes.record_issuance(self.world.authorisations["A"].activity, issuance, act=self.act())

    @rule(name=NAMES, vintage=VINTAGES, tonnes=TONNES, gross=st.booleans())
    def transfer(self, name: str, vintage: int, tonnes: int, gross: bool) -> None:
        wanted = self.model.transfer(name, vintage, tonnes, gross)
        how: dict[str, Any] = {"on": self.on(), "to_party": "CHE", "evidence": SHOWN, "gross": gross}
        self.agrees(
            "first transfers",
            wanted,
            lambda: outcomes.record_first_transfer(
                self.of(name), act=self.act(), volumes={vintage: tonnes}, **how
            ),
        )

    @rule(name=NAMES, vintage=VINTAGES, tonnes=TONNES)
    def cancel(self, name: str, vintage: int, tonnes: int) -> None:
        wanted = self.model.cancel(name, vintage, tonnes)
        how: dict[str, Any] = {"on": self.on(), "purpose": "Target", "evidence": SHOWN}
        self.agrees(
            "cancellations",
            wanted,
            lambda: outcomes.record_cancellation(
                self.of(name), act=self.act(), volumes={vintage: tonnes}, **how
            ),
        )

    @rule(wanted=st.dictionaries(VINTAGES, TONNES, min_size=1))
    def reserve(self, wanted: dict[int, int]) -> None:
        fits = self.model.reserve(wanted)
        self.step("reservations", fits)
        assert (reserve(self.world.fourth, terms(wanted)) == []) == fits

    @rule()
    def release(self) -> None:
        self.step("releases")
        self.model.reserved = {}
        with transaction.atomic():
            volumes.release(moving(Case.locked(self.world.fourth.pk)))

    def does(self, wanted: bool, name: str, type_: str, **more: Any) -> None:
        """The act is opened, decided and concluded, or cannot be opened."""
        unasked = type_ in ("suspension", "resumption", "revocation")
        who = Function.DESK_OFFICER if unasked else None
        self.agrees(
            "acts",
            wanted,
            lambda: carried_out(self.world.staff, self.of(name), planned(type_, **more), who),
        )

    @rule(name=NAMES, vintage=VINTAGES, tonnes=TONNES, by_holder=st.booleans())
    def take_back(self, name: str, vintage: int, tonnes: int, by_holder: bool) -> None:
        wanted = self.model.take_back(name, vintage, tonnes)
        self.does(wanted, name, "surrender" if by_holder else "revocation", volumes={vintage: tonnes})

    @rule(name=NAMES, by_holder=st.booleans())
    def take_all_back(self, name: str, by_holder: bool) -> None:
        wanted = self.model.take_back(name, None, 0)
        if wanted:
            self.model.states[name] = "surrendered" if by_holder else "revoked"
        self.does(wanted, name, "surrender" if by_holder else "revocation")

    @rule(name=NAMES, vintage=VINTAGES, tonnes=TONNES)
    def touch(self, name: str, vintage: int, tonnes: int) -> None:
        wanted = self.model.touch(name, vintage, tonnes)
        self.does(wanted, name, "revocation", volumes={vintage: tonnes}, touching=TOUCHING)

    @rule(vintage=VINTAGES, tonnes=TONNES)
    def cap_touching(self, vintage: int, tonnes: int) -> None:
        wanted = self.model.cap_touching(vintage, tonnes)
        self.does(wanted, "A", "quantity_down", volumes={vintage: tonnes}, touching=TOUCHING)

    @rule(vintage=VINTAGES, tonnes=TONNES)
    def top_up(self, vintage: int, tonnes: int) -> None:
        self.does(self.model.top_up(vintage, tonnes), "A", "top_up", volumes={vintage: tonnes})

    @rule(vintage=VINTAGES, tonnes=TONNES)
    def cap(self, vintage: int, tonnes: int) -> None:
        self.does(self.model.cap(vintage, tonnes), "A", "quantity_down", volumes={vintage: tonnes})

    @rule(name=NAMES)
    def suspend(self, name: str) -> None:
        self.does(self.model.move(name, "in_force", "suspended"), name, "suspension")

    @rule(name=NAMES)
    def resume(self, name: str) -> None:
        wanted = self.model.move(name, "suspended", "in_force")
        if wanted:
            self.model.cover_again(name)
        self.does(wanted, name, "resumption")

    @invariant()
    def is_as_the_model_says(self) -> None:
        names = {one.pk: name for name, one in self.world.authorisations.items()}
        found = {
            (names[line.authorisation_id or 0], line.vintage): (
                line.drawn,
                line.issued,
                line.first_transferred,
                line.retained,
                line.used_or_cancelled,
                line.revoked,
                line.authorised,
            )
            for line in Line.objects.filter(authorisation__isnull=False)
        }
        assert found == {
            (name, vintage): (
                row.drawn,
                row.issued,
                row.gone,
                row.kept,
                row.used,
                row.revoked,
                self.model.caps[vintage] if name == "A" else 0,
            )
            for (name, vintage), row in self.model.rows.items()
        }
        states = {names[pk]: state for pk, state in Authorisation.objects.values_list("pk", "state")}
        assert states == self.model.states
        free: dict[int, int] = {}
        for lot in self.model.lots:
            free[lot.vintage] = free.get(lot.vintage, 0) + lot.free
        assert free == {
            vintage: sum(one.not_covered for one in IssuedVintage.objects.filter(vintage=vintage))
            for vintage in free
        }
        above = self.world.authorisations["A"].activity.ceilings
        held = {one.vintage: (one.authorised, one.reserved) for one in above.all()}
        assert held.pop(None) == (self.model.taken_in_all, sum(self.model.reserved.values()))
        assert held == {
            vintage: (taken, self.model.reserved.get(vintage, 0))
            for vintage, taken in self.model.taken.items()
        }


def live(examples: int, steps: int) -> None:
    quick = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Lives.world = _world()
    Lives.lived = Counter()
    run_state_machine_as_test(Lives, settings=quick)


@pytest.mark.django_db
def test_a_few_random_lives_are_as_the_model_says() -> None:
    live(examples=6, steps=12)


@pytest.mark.proof
@pytest.mark.django_db
def test_thousands_of_random_steps_are_as_the_model_says(
    record_property: Callable[[str, object], None],
) -> None:
    live(examples=150, steps=30)
    lived = Lives.lived
    kinds = ("issuances", "first transfers", "cancellations", "reservations", "releases", "acts", "refused")
    record_property(
        "proof",
        f"Volumes against a model in plain Python, on {connection.vendor}: {lived['steps']} steps in "
        f"{lived['lives']} random lives ({', '.join(f'{lived[kind]} {kind}' for kind in kinds)}); after each "
        "every balance was as the model says, and after each life every balance the sum of its entries.",
    )
    assert lived["steps"] > 2000
    assert all(lived[kind] for kind in kinds)
