"""An act and the end of the right to it, at the same time: one comes first, and no act comes after."""

from collections.abc import Callable
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from django.db import connection

from accounts.models import Function, User, Vetting
from accounts.services import deactivate_person, withdraw_vetting
from authorisation.models import Case
from authorisation.services import applications
from tests.accounts.factories import office, person, tenure
from tests.desk import cases as make
from workflow import door
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*works: Callable[[], None]) -> None:
    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not [thread for thread in threads if thread.is_alive()], "they wait for one another"


def _endings(world: make.World) -> dict[str, Callable[[], object]]:
    other = person("other@example.org")
    tenure(office(world.here, function=Function.DIRECTOR), other, starts_on=make.FROM)
    now = RealClock().now()
    vetting = Vetting.objects.get(organisation=world.stoves, authority=world.here)
    return {
        "account": lambda: deactivate_person(world.member, actor=other.actor, at=now),
        "vetting": lambda: withdraw_vetting(vetting, reasons="Struck off.", by=world.officer, at=now),
    }


def _submits(world: make.World, case: Case) -> bool:
    member = User.objects.get(pk=world.member.pk)
    act = Act(actor=Person(user=member, organisation=world.stoves), clock=RealClock())
    try:
        applications.submit(case, act=act, declared=True)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("ending", ["account", "vetting"])
def test_of_an_act_and_an_ending_at_once_the_act_comes_first_or_not_at_all(ending: str) -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    end, start = _endings(world)[ending], Barrier(2)
    done: dict[str, bool] = {}

    def acts() -> None:
        start.wait(timeout=20)
        done["act"] = _submits(world, case)

    def ends() -> None:
        start.wait(timeout=20)
        end()

    _at_once(acts, ends)
    case = Case.objects.get(pk=case.pk)
    assert (case.state == "submitted") == done["act"]
    if case.state == "draft":
        assert not _submits(world, case), "and after the end nothing goes"


@pytest.mark.parametrize("ending", ["account", "vetting"])
def test_an_ending_waits_for_an_act_that_has_passed_the_checks(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make.world()
    case = make.draft(world.here, world.stoves, world.member, title="Stoves")
    end = _endings(world)[ending]
    checked, ended = Event(), Event()
    order: list[str] = []
    take = door._take

    def taken_slowly(*arguments: Any) -> None:
        checked.set()
        if not ended.wait(timeout=2):
            order.append("act")
        take(*arguments)

    monkeypatch.setattr(door, "_take", taken_slowly)

    def ends() -> None:
        checked.wait(timeout=20)
        end()
        ended.set()
        order.append("end")

    _at_once(lambda: order.append(f"submitted: {_submits(world, case)}"), ends)
    assert order[0] == "act", "the ending did not wait"
    assert "submitted: True" in order
