"""Uses and cancellations of units named by their serials, and what the rules ask of an adjustment."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Function
from authorisation.models import Authorisation, Block, FirstTransfer, Use
from authorisation.services import decisions
from authorisation.verification import verify
from tests.authorisation.factories import Staff, asked, concluded, in_decision, two_staffs
from tests.authorisation.test_outcomes import (
    ONE,
    asking,
    authorised,
    cancel,
    fresh,
    issue,
    pools,
    refused,
    transfer,
    use,
)

pytestmark = pytest.mark.django_db

BY_USE = "Use or Cancellation"


@pytest.fixture(autouse=True)
def volumes_add_up() -> Any:
    """Whatever a test has done, every balance is what its entries and records come to."""
    yield
    assert verify().wrong == []


def consume(of: Staff, authorisation: Authorisation, *serials: str, **more: Any) -> None:
    cancel(of, authorisation, more.pop("volumes", {}), serials=serials, **more)


def places() -> list[tuple[int, int, str, str]]:
    rows = Block.objects.order_by("first_number")
    return [(one.first_number, one.last_number, one.holder, one.place) for one in rows]


def issued_to_two(definition: str | None = BY_USE, **request: Any) -> tuple[Staff, Staff, Authorisation]:
    ours, theirs = two_staffs()
    authorisation = authorised(ours, asking(definition, **request))
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-40", "Anna"), (f"{ONE}41-100", "Ben")])
    return ours, theirs, authorisation


def test_the_units_that_are_named_are_used_whoever_holds_them_and_none_before_them() -> None:
    ours, _theirs, authorisation = issued_to_two()
    consume(ours, authorisation, f"{ONE}91-100", f"{ONE}31-50")
    assert places() == [
        (1, 30, "Anna", "held"),
        (31, 40, "Anna", "used_or_cancelled"),
        (41, 50, "Ben", "used_or_cancelled"),
        (51, 90, "Ben", "held"),
        (91, 100, "Ben", "used_or_cancelled"),
    ]
    assert (pools(authorisation)["first_transferred"], pools(authorisation)["used_or_cancelled"]) == (30, 30)
    assert [row.tonnes for row in FirstTransfer.objects.all()] == [30]
    consume(ours, authorisation, f"{ONE}1-30", volumes={2026: 30})
    assert pools(authorisation)["used_or_cancelled"] == 60


def test_what_cannot_be_used_by_its_serial_is_refused_and_nothing_has_moved() -> None:
    ours, _theirs, authorisation = issued_to_two(volumes_tco2e={"2026": 100})
    other = authorised(ours, asking(BY_USE, volumes_tco2e={"2026": 10}))
    issue(ours, other.activity, blocks=[("OTHER-9-2026-1-10", "Cleo")])
    consume(ours, authorisation, f"{ONE}31-50")
    for serials, more, codes in (
        ((f"{ONE}50-60",), {}, ["block-moved"]),
        ((f"{ONE}51-60", f"{ONE}60-70"), {}, ["block-twice"]),
        ((f"{ONE}99-101",), {}, ["block-not-covered"]),
        (("OTHER-9-2026-1-10",), {}, ["block-not-covered"]),
        (("no serial", f"{ONE}1-101"), {}, ["serial-unreadable", "block-not-covered"]),
        ((f"{ONE}51-60",), {"volumes": {2026: 9}}, ["volume-and-blocks-differ"]),
        ((), {}, ["volume-missing"]),
    ):
        given: dict[str, Any] = more
        assert refused(lambda s=serials, g=given: consume(ours, authorisation, *s, **g)) == codes  # type: ignore[misc]
    assert pools(other)["issued"] == 10


def test_what_was_first_transferred_by_serial_is_what_is_used_by_serial() -> None:
    ours, _theirs, authorisation = issued_to_two(None)
    transfer(ours, authorisation, serial=f"{ONE}41-60")
    assert refused(lambda: use(ours, authorisation, {}, serials=[f"{ONE}60-61"])) == ["not-first-transferred"]
    assert refused(lambda: use(ours, authorisation, {}, serials=[f"{ONE}51-60"], for_year=2031)) == ["A6"]
    use(ours, authorisation, {}, serials=[f"{ONE}51-60"])
    assert [(row.tonnes, row.for_year) for row in Use.objects.all()] == [(10, 2027)]
    assert [row[:2] for row in places() if row[3] == "used_or_cancelled"] == [(51, 60)]


def test_the_part_of_the_host_is_of_other_units_than_those_that_are_used() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours, asking(BY_USE))
    granted = asked(case).model_copy(update={"host_retention_percent": "7.5"})
    authorisation = concluded(
        ours,
        decisions.approve(case, act=ours.act(Function.DECIDER), granted=granted, share_reason="As agreed."),
    )
    ours.clock.move_to(ours.clock.now() + timedelta(days=330))
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-101", "Anna")])
    consume(ours, authorisation, f"{ONE}1-93")
    assert places() == [
        (1, 93, "Anna", "used_or_cancelled"),
        (94, 100, "Anna", "retained"),
        (101, 101, "Anna", "held"),
    ]
    assert pools(authorisation)["retained"] == 7
    assert refused(lambda: consume(ours, authorisation, f"{ONE}101-101")) == ["not-covered"]


def test_an_adjustment_is_due_for_the_vintage_year_and_nothing_else_is_recorded() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    assert refused(lambda: transfer(ours, authorisation, {2026: 10}, adjusted_in=2027)) == ["A5"]
    assert refused(lambda: transfer(ours, authorisation, {2026: 10}, unadjusted=True)) == ["A7"]
    transfer(ours, authorisation, {2026: 10}, adjusted_in=2026)
    transfer(ours, authorisation, {2026: 5})
    assert pools(authorisation)["first_transferred"] == 15


def test_a_year_of_adjustment_can_be_that_of_one_vintage_alone() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    ours.clock.move_to(ours.clock.now().replace(year=2028))
    both = {2026: 10, 2027: 10}
    assert refused(lambda: transfer(ours, authorisation, both, adjusted_in=2026)) == ["A5"]
    transfer(ours, authorisation, both)
    assert fresh(authorisation).lines.get(vintage=2027).first_transferred == 10
