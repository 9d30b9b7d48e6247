"""One act over many authorisations: looked at with constant queries, its cases opened by the outbox."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Function, Tenure
from authorisation import acts
from authorisation.handling import procedure_for
from authorisation.models import ActOverMany, Authorisation, Case, Concerned, Line, PlannedAct
from authorisation.planned import effect_on, plan_of
from authorisation.services.acts import preview, preview_over_many, serve_notice
from authorisation.services.acts_over_many import OPEN_ONE, ask_over_many, open_one
from authorisation.taking_stock import standing_of
from authorisation.taking_stock_of_many import standings_of
from tests.authorisation.factories import Staff, content, two_staffs
from tests.authorisation.standing import decided, opened, planned
from tests.authorisation.test_outcomes import authorised, issue, transfer
from workflow.clock import RealClock
from workflow.effects import Delivery
from workflow.models import OutboxMessage
from workflow.outbox import deliver_due
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

OFFICER = Function.DESK_OFFICER


@pytest.fixture
def both() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def ours(both: tuple[Staff, Staff]) -> Staff:
    return both[0]


def over_many(type_: str = "revocation", **more: Any) -> acts.OverMany:
    return acts.read_over_many({"type": type_, "grounds": "The law has changed.", **more})


def another(of: Staff, number: int) -> Authorisation:
    return authorised(of, content(activity={"title": f"Lamps {number}", "registry_id": f"MA-{number}"}))


def asked(of: Staff, many: list[Authorisation], plan: acts.OverMany, name: str = "2027") -> ActOverMany:
    return ask_over_many(of.authority, many, plan, act=of.act(OFFICER), name=name)


def read(many: list[Authorisation]) -> list[Authorisation]:
    """As a page reads them."""
    found = Authorisation.objects.filter(pk__in=[one.pk for one in many])
    return list(found.select_related("authority__party", "holder").order_by("pk"))


# -- looked at -------------------------------------------------------------------------------------


def test_many_stand_as_each_of_them_alone_does(ours: Staff) -> None:
    """With ceilings above, units held, an act that awaits its letter, and an identifier."""
    first, second, third = authorised(ours), another(ours, 78), another(ours, 79)
    issue(ours, first.activity, {2026: 500})
    transfer(ours, first, {2026: 250})
    transfer(ours, second, {2026: 600, 2027: 1500})
    decided(ours, third, planned("quantity_down", volumes={2026: 10}), OFFICER)
    ours.authority.approaches.update(ca_id="CA0042")
    many, on = read([first, second, third]), ours.clock.now().date()
    under = procedure_for(ours.authority, on)
    assert standings_of(many, under=under) == [standing_of(one, under=under) for one in many]
    assert standings_of(many[::-1], under=under) == standings_of(many, under=under)[::-1]
    assert standings_of(many, under=under)[2].awaiting
    for plan in (over_many(), over_many("suspension"), over_many("resumption")):
        effects = preview_over_many(many, plan, clock=RealClock())
        assert effects == [effect_on(one, plan, on=on) for one in many]
    assert preview_over_many([], over_many(), clock=RealClock()) == []


def test_looking_at_many_with_many_lines_asks_no_more_than_at_two(ours: Staff) -> None:
    def queries(many: list[Authorisation]) -> int:
        fresh = read(many)
        with CaptureQueriesContext(connection) as captured:
            effects = preview_over_many(fresh, over_many(), clock=RealClock())
        assert sum(len(one.lines) for one in effects) == Line.objects.filter(authorisation__in=many).count()
        return len(captured)

    two = [authorised(ours), another(ours, 78)]
    few = queries(two)
    many = [*two, *(another(ours, number) for number in range(79, 82))]
    for one in many:
        case = one.lines.earliest("pk").case
        Line.objects.bulk_create(
            Line(case=case, authorisation=one, vintage=vintage, capped=True) for vintage in range(2029, 2129)
        )
    assert queries(many) == few <= 12


# -- opened ----------------------------------------------------------------------------------------


def test_it_opens_one_case_of_each_however_often_and_says_why_one_is_left_out(ours: Staff) -> None:
    first, second = authorised(ours), another(ours, 78)
    transfer(ours, second, {2026: 600, 2027: 1500})
    act = asked(ours, [first, second], over_many())
    assert not Case.objects.filter(kind="revocation").exists(), "nothing is opened within the request"
    assert asked(ours, [first, second], over_many()) == act
    assert OutboxMessage.objects.filter(effect=OPEN_ONE).count() == 2
    deliver_due()
    case = Case.objects.get(kind="revocation")
    done, left_out = act.concerned.all()
    assert (done.authorisation, done.case, done.against) == (first, case, "")
    assert (left_out.authorisation, left_out.case) == (second, None)
    assert [one["code"] for one in left_out.reasons] == ["A12", "A18"]
    assert all(one["text"] and "%(" not in one["text"] for one in left_out.reasons)
    assert PlannedAct.objects.get(case=case).batch == act.name
    # Whatever is delivered twice, also where a crash came between the case and its note.
    for message in OutboxMessage.objects.filter(effect=OPEN_ONE):
        open_one(Delivery(key=message.key, payload=message.payload, clock=ours.clock))
    assert Case.objects.filter(kind="revocation").count() == 1
    assert asked(ours, [first, second], over_many()) == act
    deliver_due()
    assert (Case.objects.filter(kind="revocation").count(), Concerned.objects.count()) == (1, 2)


def test_more_than_fifty_are_taken_at_once(ours: Staff) -> None:
    """Asked for with one row and one message of each."""
    first = authorised(ours)
    names = ("authority", "activity", "approach", "holder", "current_version")
    said = {name: getattr(first, name) for name in names}
    Authorisation.objects.bulk_create(
        Authorisation(identifier=f"{first.identifier}-{number}", **said) for number in range(60)
    )
    act = asked(ours, list(Authorisation.objects.order_by("pk")), over_many("suspension"))
    assert (act.concerned.count(), OutboxMessage.objects.filter(effect=OPEN_ONE).count()) == (61, 61)


def test_who_lost_the_office_meanwhile_opens_nothing(ours: Staff) -> None:
    authorisation = authorised(ours)
    act = asked(ours, [authorisation], over_many())
    Tenure.objects.filter(office=act.office).update(ends_on=ours.clock.now().date() - timedelta(days=1))
    deliver_due()
    assert not Case.objects.filter(kind="revocation").exists()
    assert [one["code"] for one in act.concerned.get().reasons] == ["not-found"]


def test_nobody_else_asks_for_it_and_nobody_without_grounds(both: tuple[Staff, Staff]) -> None:
    ours, theirs = both
    authorisation = authorised(ours)
    for act in (ours.act(), ours.act(Function.REVIEWER), ours.act(Function.SIGNER), theirs.act(OFFICER)):
        with pytest.raises(Refused) as refused:
            ask_over_many(ours.authority, [authorisation], over_many(), act=act, name="2027")
        assert refused.value.kind == Refusal.ROLE
    with pytest.raises(Refused) as refused:
        asked(ours, [authorisation], over_many(grounds=""))
    assert [one.code for one in refused.value.reasons] == ["grounds-missing"]
    # And of another authority nothing is opened, whatever list is handed in.
    by_them = theirs.act(OFFICER)
    foreign = ask_over_many(theirs.authority, [authorisation], over_many(), act=by_them, name="2028")
    deliver_due()
    assert [one["code"] for one in foreign.concerned.get().reasons] == ["not-found"]
    assert not Case.objects.filter(kind="revocation").exists()
    assert not ActOverMany.objects.filter(name="2027").exists()


def test_no_hearing_ends_and_nothing_takes_effect_before_the_common_day(ours: Staff) -> None:
    many = [authorised(ours), another(ours, 78)]
    until = ours.clock.now().date() + timedelta(days=200)
    act = asked(ours, many, over_many(cure_until=until))
    deliver_due()
    served = []
    for one in act.concerned.all():
        assert one.case is not None
        ours.clock.move_to(ours.clock.now() + timedelta(days=3))
        served.append(serve_notice(one.case, act=ours.act(OFFICER)))
    assert {case.due_on for case in served} == {until}
    assert {plan_of(case).effective_on for case in served} == {until + timedelta(days=1)}
    alone = serve_notice(opened(ours, many[0], planned("revocation"), OFFICER), act=ours.act(OFFICER))
    assert alone.due_on is not None
    assert alone.due_on < until, "without a common day the clock of its hearing counts"
    early = planned("revocation", cure_until=until, effective_on=until)
    codes = [reason.code for reason in preview(many[1], early, clock=RealClock()).forbidden]
    assert codes == ["within-window"]
