"""Acts about an authorisation carried out through their cases: before, after, and each one's refused twin."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from accounts.models import Function
from audit.verification import verify_database
from authorisation.effect import Effect
from authorisation.kinds import Kind
from authorisation.models import Authorisation, Block, Case, Ceiling, Entry, IssuedVintage, Line
from authorisation.planned import plan_of
from authorisation.services import acts as services
from authorisation.services import appeals, applications, decisions, desk, expiry
from authorisation.verification import verify
from letters.models import Letter
from letters.services import take_effect_by_the_clock
from projects.models import Activity, CooperativeApproach
from tests.authorisation.factories import (
    Staff,
    another_holder,
    concluded,
    content,
    drafted,
    holder,
    letter_of,
    recommended,
    two_staffs,
)
from tests.authorisation.standing import (
    carried_out,
    decided,
    lines,
    opened,
    planned,
    reviewable,
)
from tests.authorisation.test_outcomes import asking, authorised, issue, transfer
from workflow.actors import SYSTEM, Person
from workflow.clock import RealClock, SetClock
from workflow.daily import Tally
from workflow.door import Act, take
from workflow.effects import Delivery
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

OFFICER, DIRECTOR = Function.DESK_OFFICER, Function.DIRECTOR


@pytest.fixture(autouse=True)
def volumes_add_up() -> Any:
    """Whatever a test has done, every balance is what its entries and records come to."""
    yield
    assert verify().wrong == []
    assert verify_database().whole


@pytest.fixture
def ours() -> Staff:
    return two_staffs()[0]


@pytest.fixture
def standing(ours: Staff) -> Authorisation:
    """600 t of 2026, of which 500 t are issued and 250 t left, and 1500 t of 2027, for use towards an NDC."""
    authorisation = authorised(ours)
    another_holder(ours)
    issue(ours, authorisation.activity, {2026: 500})
    transfer(ours, authorisation, {2026: 250})
    return Authorisation.objects.get(pk=authorisation.pk)


def held() -> dict[int | None, tuple[int, int]]:
    """What is reserved and authorised under the ceilings of the activity."""
    found = Ceiling.objects.filter(activity__isnull=False)
    return {one.vintage: (one.reserved, one.authorised) for one in found if one.reserved or one.authorised}


BEFORE = {2026: (600, 500, 500, 250, 0, 0, 0), 2027: (1500, 0, 0, 0, 0, 0, 0)}
HELD = {2026: (0, 600), 2027: (0, 1500), None: (0, 2100)}

# Of each act: who opens it, what its letter is, the state after it, the lines and what is held above them.
# Type, what the plan says besides, who opens it, letter, state, lines, what is held above.
Row = tuple[Any, ...]
DONE: tuple[Row, ...] = (
    ("clarification", {"text": "So."}, OFFICER, "addendum", "in_force", BEFORE, HELD),
    ("correction", {"text": "So."}, None, "addendum", "in_force", BEFORE, HELD),
    ("identifier_assigned", {"ca_id": "CA0044"}, OFFICER, "addendum", "in_force", BEFORE, HELD),
    ("methodology", {"methodology": "B"}, None, "addendum", "in_force", BEFORE, HELD),
    ("entity_added", {"entity": {"name": "Third"}}, None, "addendum", "in_force", BEFORE, HELD),
    ("entity_removed", {"name": "Alpine Buyer"}, OFFICER, "addendum", "in_force", BEFORE, HELD),
    (
        "entity_renamed", {"name": "Alpine Buyer", "to": "Alpine AG"}, None, "addendum", "in_force",
        BEFORE, HELD,
    ),
    ("transfer_of_holder", {"to": "Second Owner"}, None, "addendum", "in_force", BEFORE, HELD),
    (
        "use_added", {"use": "OP", "op": "Targets", "first_transfer_definition": "Use or Cancellation"},
        None, "amendment", "in_force", BEFORE, HELD,
    ),
    ("period", {"last_use_on": "2029-12-31"}, OFFICER, "amendment", "in_force", BEFORE, HELD),
    (
        "consent_terms", {"consent_to_revocation": ["CHE"], "consent": "Note 12"}, OFFICER, "amendment",
        "in_force", BEFORE, HELD,
    ),
    (
        "period", {"outcomes_from": "2027-01-01"}, None, "amendment", "in_force",
        {2026: (250, 250, 250, 250, 0, 0, 0), 2027: BEFORE[2027]},
        {2026: (0, 250), 2027: (0, 1500), None: (0, 1750)},
    ),
    (
        "quantity_up", {"volumes": {2026: 1000, 2028: 7}}, None, "amendment", "in_force",
        {2026: (1000, 500, 500, 250, 0, 0, 0), 2027: BEFORE[2027], 2028: (7, 0, 0, 0, 0, 0, 0)},
        {2026: (0, 1000), 2027: (0, 1500), 2028: (0, 7), None: (0, 2507)},
    ),
    (
        "quantity_down", {"volumes": {2026: 400, 2027: 1}}, OFFICER, "amendment", "in_force",
        {2026: (400, 400, 400, 250, 0, 0, 0), 2027: (1, 0, 0, 0, 0, 0, 0)},
        {2026: (0, 400), 2027: (0, 1), None: (0, 401)},
    ),
    (
        "top_up", {"volumes": {2026: 400}}, None, "amendment", "in_force",
        {2026: (1000, 500, 500, 250, 0, 0, 0), 2027: BEFORE[2027]},
        {2026: (0, 1000), 2027: (0, 1500), None: (0, 2500)},
    ),
    ("suspension", {}, OFFICER, "suspension", "suspended", BEFORE, HELD),
    (
        "revocation", {}, OFFICER, "revocation", "revoked",
        {2026: (250, 250, 250, 250, 0, 0, 350), 2027: (0, 0, 0, 0, 0, 0, 1500)},
        {2026: (0, 250), None: (0, 250)},
    ),
    (
        "revocation", {"volumes": {2026: 200, 2027: 1500}}, DIRECTOR, "revocation", "in_force",
        {2026: (400, 400, 400, 250, 0, 0, 200), 2027: (0, 0, 0, 0, 0, 0, 1500)},
        {2026: (0, 400), None: (0, 400)},
    ),
    (
        "surrender", {}, None, "surrender", "surrendered",
        {2026: (250, 250, 250, 250, 0, 0, 350), 2027: (0, 0, 0, 0, 0, 0, 1500)},
        {2026: (0, 250), None: (0, 250)},
    ),
    (
        "surrender", {"volumes": {2027: 500}}, None, "surrender", "in_force",
        {2026: BEFORE[2026], 2027: (1000, 0, 0, 0, 0, 0, 500)},
        {2026: (0, 600), 2027: (0, 1000), None: (0, 1600)},
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "more", "who", "letter", "state", "after", "above"),
    DONE,
    ids=[f"{row[0]}-{'-'.join(row[1]) or 'all'}" for row in DONE],
)
def test_an_act_does_exactly_what_was_said_before_in_exactly_one_letter(
    ours: Staff,
    standing: Authorisation,
    type_: str,
    more: dict[str, Any],
    who: Function | None,
    letter: str,
    state: str,
    after: dict[int, tuple[int, ...]],
    above: dict[Any, Any],
) -> None:
    assert (lines(standing), held()) == (BEFORE, HELD)
    plan = planned(type_, **more)
    said = services.preview(standing, plan, clock=RealClock())
    letters = Letter.objects.count()

    case = decided(ours, standing, plan, who)

    assert lines(standing) == BEFORE
    drawn = list(Letter.objects.order_by("pk"))[letters:]
    notices = ["notice"] if case.initiative == "with_hearing" else []
    assert [one.kind for one in drawn] == [*notices, letter]
    taking = type_ in ("revocation", "surrender", "quantity_down", "period")
    assert Authorisation.objects.get().transfers_blocked is taking

    found = concluded(ours, case)

    assert (found.state, found.current_version, found.identifier) == (state, 2, standing.identifier)
    assert not found.transfers_blocked
    assert (lines(found), held()) == (after, above)
    version = found.versions.get(number=2)
    assert version.terms == said.terms.canonical()
    assert version.case == case
    assert version.decided_on <= version.signed_on <= version.notified_on <= version.effective_on
    assert {one.vintage: one.after.held for one in said.lines} == {
        vintage: pools[0] for vintage, pools in after.items()
    }
    assert Case.objects.get(pk=case.pk).state == "granted"
    assert Letter.objects.count() == letters + len(drawn)
    assert told(found) == foreseen(said)


def told(found: Authorisation) -> list[tuple[str, str, int]]:
    """Whom tasks were made to tell of its current version, within how many days."""
    made = found.announcements.filter(version_told=found.current_version).order_by("pk")
    days = made.values_list("recipient", "whom", "due_on", "acted_on")
    return [(recipient, whom, (due - acted).days) for recipient, whom, due, acted in days if due]


def foreseen(effect: Effect) -> list[tuple[str, str, int]]:
    """Whom the effect says will be told, of which there is always somebody."""
    assert effect.told
    return [(one.recipient, one.whom, one.days) for one in effect.told]


REFUSED: tuple[tuple[str, dict[str, Any], Function | None, list[str]], ...] = (
    ("quantity_down", {"volumes": {2026: 249}}, OFFICER, ["A12"]),
    ("quantity_up", {"volumes": {2026: 1001}}, None, ["A3"]),
    ("top_up", {"volumes": {2026: 401}}, None, ["A3"]),
    ("revocation", {"volumes": {2028: 1}}, OFFICER, ["not-covered"]),
    ("surrender", {"volumes": {2027: 1501}}, None, ["more-than-authorised"]),
    ("resumption", {}, OFFICER, ["authorisation-state"]),
    ("use_removed", {"use": "NDC"}, None, ["A4"]),
    ("entity_removed", {"name": "Nobody"}, None, ["entity-unknown"]),
    ("consent_terms", {"consent_to_revocation": ["CHE"]}, OFFICER, ["consent-missing"]),
    ("consent_terms", {"consent_to_changes": ["SWE"], "consent": "Note 12"}, None, ["not-a-counterpart"]),
    (
        "consent_terms",
        {"consent_to_changes": ["CHE"], "revocable_after_transfer": ["Lies"], "consent": "Note 12"},
        OFFICER,
        ["consent-and-touching"],
    ),
    ("transfer_of_holder", {"to": "Nobody"}, None, ["holder-unknown"]),
)


@pytest.mark.parametrize(
    ("type_", "more", "who", "codes"), REFUSED, ids=[f"{row[0]}-{row[3][0]}" for row in REFUSED]
)
def test_the_twin_that_a_rule_forbids_moves_nothing(
    ours: Staff,
    standing: Authorisation,
    type_: str,
    more: dict[str, Any],
    who: Function | None,
    codes: list[str],
) -> None:
    before = Entry.objects.count(), Letter.objects.count(), Case.objects.count()
    with pytest.raises(Refused) as refused:
        opened(ours, standing, planned(type_, **more), who)
    assert [reason.code for reason in refused.value.reasons] == codes
    assert (Entry.objects.count(), Letter.objects.count(), Case.objects.count()) == before
    assert lines(standing) == BEFORE


# -- what happens to a case on its way -------------------------------------------------------------


def in_decision(of: Staff, standing: Authorisation, type_: str, who: Function | None, **more: Any) -> Case:
    return recommended(of, reviewable(of, opened(of, standing, planned(type_, **more), who)))


def fresh(standing: Authorisation) -> Authorisation:
    return Authorisation.objects.get(pk=standing.pk)


def test_what_is_refused_leaves_everything_as_it_was(ours: Staff, standing: Authorisation) -> None:
    topped = in_decision(ours, standing, "top_up", None, volumes={2026: 400})
    decisions.approve(topped, act=ours.act(Function.DECIDER))
    assert held()[2026] == (400, 600)
    letter = Letter.objects.latest("pk")
    moves = decisions.decline_move(topped, letter=str(letter.public_id), digest="0" * 64, reasons="Not so.")
    back = take(ours.act(Function.SIGNER), moves)
    assert held()[2026] == (400, 600), "the reservation is kept"
    decisions.refuse(back, act=ours.act(Function.DECIDER), reasons=["No monitoring report."])
    assert (held(), lines(standing)) == (HELD, BEFORE)


def test_a_decision_taken_again_replaces_what_it_had_reserved(ours: Staff, standing: Authorisation) -> None:
    case = in_decision(ours, standing, "top_up", None, volumes={2026: 400})
    case = decisions.approve(case, act=ours.act(Function.DECIDER))
    letter = Letter.objects.latest("pk")
    moves = decisions.decline_move(case, letter=str(letter.public_id), digest="0" * 64, reasons="Not so.")
    case = take(ours.act(Function.SIGNER), moves)
    case = decisions.approve(case, act=ours.act(Function.DECIDER))
    assert held()[2026] == (400, 600)
    assert lines(concluded(ours, case))[2026][0] == 1000


@pytest.mark.parametrize(
    ("type_", "who", "asked", "granted", "left"),
    [
        ("top_up", None, {2026: 400}, {2026: 10}, {2026: 610, 2027: 1500}),
        ("quantity_up", None, {2026: 1000}, {2026: 700}, {2026: 700, 2027: 1500}),
        ("quantity_down", OFFICER, {2027: 100}, {2027: 900}, {2026: 600, 2027: 900}),
        ("revocation", OFFICER, None, {2027: 5}, {2026: 600, 2027: 1495}),
        ("surrender", None, {2026: 50, 2027: 9}, {2027: 9}, {2026: 600, 2027: 1491}),
    ],
)
def test_an_act_is_granted_in_part(
    ours: Staff,
    standing: Authorisation,
    type_: str,
    who: Function | None,
    asked: dict[int, int] | None,
    granted: dict[int, int],
    left: dict[int, int],
) -> None:
    case = in_decision(ours, standing, type_, who, **({"volumes": asked} if asked else {}))
    how: dict[str, Any] = {"act": ours.act(Function.DECIDER), "volumes": granted}
    with pytest.raises(Refused) as refused:
        decisions.approve_act_in_part(case, **how, reasons=[])
    assert [reason.code for reason in refused.value.reasons] == ["reasons-missing"]
    case = decisions.approve_act_in_part(case, **how, reasons=["Enough for now."])
    found = concluded(ours, case)
    assert {vintage: pools[0] for vintage, pools in lines(found).items()} == left
    assert found.state == "in_force"
    assert plan_of(case) != getattr(case.decisions.get(), "plan", "")


@pytest.mark.parametrize(
    ("asked", "granted"),
    [({2026: 5}, {2026: 6}), ({2026: 5}, {2027: 5}), ({2026: 5}, {2026: 5}), ({2026: 5}, {2026: 0})],
)
def test_no_more_is_granted_than_the_act_asks_for(
    ours: Staff, standing: Authorisation, asked: dict[int, int], granted: dict[int, int]
) -> None:
    case = in_decision(ours, standing, "top_up", None, volumes=asked)
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        decisions.approve_act_in_part(case, act=ours.act(Function.DECIDER), volumes=granted, reasons=["So."])
    assert {reason.code for reason in refused.value.reasons} <= {"unasked", "not-in-part", "no-part"}
    assert Entry.objects.count() == before


def test_between_decision_and_letter_nothing_leaves_so_that_the_letter_stays_true(
    ours: Staff, standing: Authorisation
) -> None:
    case = decided(ours, standing, planned("revocation"), OFFICER)
    with pytest.raises(Refused) as refused:
        transfer(ours, standing, {2026: 1})
    assert [reason.code for reason in refused.value.reasons] == ["transfers-blocked"]
    issue(ours, standing.activity, {2027: 30})
    assert lines(standing) == BEFORE, "what is issued meanwhile is covered by nothing"
    found = concluded(ours, case)
    assert lines(found)[2027] == (0, 0, 0, 0, 0, 0, 1500)
    assert {one.vintage: one.not_covered for one in IssuedVintage.objects.all()} == {2026: 250, 2027: 30}


def test_only_one_act_is_decided_at_a_time(ours: Staff, standing: Authorisation) -> None:
    second = in_decision(ours, standing, "revocation", OFFICER)
    first = decided(ours, standing, planned("top_up", volumes={2026: 1}))
    with pytest.raises(Refused) as refused:
        decisions.approve(second, act=ours.act(Function.DECIDER))
    assert [reason.code for reason in refused.value.reasons] == ["another-act-decided"]
    concluded(ours, first)
    found = concluded(ours, decisions.approve(second, act=ours.act(Function.DECIDER)))
    assert (found.state, found.current_version) == ("revoked", 3)
    assert lines(found)[2026][6] == 351


# -- suspension ------------------------------------------------------------------------------------


def at_once(of: Staff, standing: Authorisation) -> Case:
    case = opened(of, standing, planned("suspension"), DIRECTOR)
    return services.suspend_at_once(case, act=of.act(DIRECTOR), urgency="Units are being sold abroad today.")


def test_at_once_first_transfers_are_blocked_from_that_step_and_the_decision_confirms_it(
    ours: Staff, standing: Authorisation
) -> None:
    case = opened(ours, standing, planned("suspension"), DIRECTOR)
    with pytest.raises(Refused) as refused:
        services.suspend_at_once(case, act=ours.act(DIRECTOR), urgency=" ")
    assert [reason.code for reason in refused.value.reasons] == ["urgency-missing"]
    assert not fresh(standing).transfers_blocked
    case = services.suspend_at_once(case, act=ours.act(DIRECTOR), urgency="Units are being sold today.")
    assert fresh(standing).transfers_blocked
    with pytest.raises(Refused):
        transfer(ours, standing, {2026: 1})
    found = concluded(ours, decisions.approve(case, act=ours.act(Function.DECIDER)))
    assert (found.state, found.transfers_blocked) == ("suspended", False)
    with pytest.raises(Refused):
        transfer(ours, found, {2026: 1})
    issue(ours, found.activity, {2026: 50})
    assert lines(found) == BEFORE
    said = services.preview(found, planned("resumption"), clock=ours.clock)
    resumed = carried_out(ours, found, planned("resumption"), OFFICER)
    assert told(resumed) == foreseen(said)
    assert resumed.state == "in_force"
    assert lines(resumed)[2026] == (600, 550, 550, 250, 0, 0, 0), "what was issued meanwhile is covered"
    transfer(ours, resumed, {2026: 1})


@pytest.mark.parametrize("lift", ["refuse", "discontinue"])
def test_a_suspension_at_once_that_is_not_confirmed_blocks_no_more_but_another_does(
    ours: Staff, standing: Authorisation, lift: str
) -> None:
    first, other = at_once(ours, standing), at_once(ours, standing)
    for case in (first, other):
        assert fresh(standing).transfers_blocked
        if lift == "refuse":
            decisions.refuse(case, act=ours.act(Function.DECIDER), reasons=["Nothing was sold."])
        else:
            Case.objects.filter(pk=case.pk).update(opened_by=ours.offices[OFFICER][1])
            services.discontinue(case, act=ours.act(OFFICER), reasons="Nothing was sold.")
            assert Letter.objects.latest("pk").kind == "discontinued"
    assert not fresh(standing).transfers_blocked
    transfer(ours, standing, {2026: 1})


def test_nothing_takes_effect_before_the_holder_could_be_heard(ours: Staff, standing: Authorisation) -> None:
    case = opened(ours, standing, planned("revocation"), OFFICER)
    case = services.serve_notice(case, act=ours.act(OFFICER))
    assert (case.state, Letter.objects.latest("pk").kind) == ("with_applicant", "notice")
    with pytest.raises(Refused) as refused:
        services.hear(case, act=ours.act(), statement=" ")
    assert [reason.code for reason in refused.value.reasons] == ["statement-missing"]
    steps: tuple[Callable[[], object], ...] = (
        lambda: services.hear(case, act=ours.act(OFFICER), statement="For them."),
        lambda: decisions.approve(case, act=ours.act(Function.DECIDER)),
        lambda: recommended(ours, case),
    )
    for step in steps:
        with pytest.raises(Refused):
            step()
    assert (fresh(standing).state, lines(standing)) == ("in_force", BEFORE)
    heard = services.hear(case, act=ours.act(), statement="The report is on its way.")
    assert heard.state == "in_review"


# -- days ------------------------------------------------------------------------------------------


def test_an_act_that_names_a_later_day_waits_for_it_and_is_carried_out_once(
    ours: Staff, standing: Authorisation
) -> None:
    later = ours.clock.now().date() + timedelta(days=30)
    case = decided(ours, standing, planned("revocation", effective_on=later), OFFICER)
    Case.objects.update(simulated=False)
    waiting = concluded(ours, case)
    assert (waiting.state, waiting.current_version, waiting.transfers_blocked) == ("in_force", 1, True)
    assert lines(waiting) == BEFORE
    assert preview_codes(waiting) == ["another-act-decided"]
    assert take_effect_by_the_clock(ours.clock).done == 0
    ours.clock.move_to(ours.clock.now() + timedelta(days=31))
    assert take_effect_by_the_clock(ours.clock) == Tally(done=1)
    assert take_effect_by_the_clock(ours.clock).done == 0
    found = fresh(standing)
    assert (found.state, found.current_version, found.transfers_blocked) == ("revoked", 2, False)
    assert found.versions.get(number=2).effective_on == later
    assert lines(found)[2026] == (250, 250, 250, 250, 0, 0, 350)


def preview_codes(standing: Authorisation) -> list[str]:
    effect = services.preview(standing, planned("surrender"), clock=RealClock())
    return [reason.code for reason in effect.forbidden]


def test_an_authorisation_expires_the_day_after_the_last_of_its_final_dates_and_once(
    ours: Staff, standing: Authorisation
) -> None:
    Case.objects.update(simulated=False)

    def on(year: int, month: int, day: int) -> SetClock:
        return SetClock(ours.clock.now().replace(year=year, month=month, day=day, hour=12))

    assert expiry.run(on(2030, 12, 31)).done == 0
    case = decided(ours, standing, planned("clarification", text="So."), OFFICER)
    assert expiry.run(on(2031, 1, 1)).done == 0, "a decided act awaits its letter"
    concluded(ours, case)
    assert expiry.run(on(2031, 1, 1)) == Tally(done=1)
    assert expiry.run(on(2031, 1, 1)).done == 0
    found = fresh(standing)
    assert (found.state, lines(found)) == ("expired", BEFORE)
    with pytest.raises(Refused):
        transfer(ours, found, {2026: 1})


# -- other shapes of authorisation -----------------------------------------------------------------


def test_a_total_over_vintages_is_revoked_and_topped_up(ours: Staff) -> None:
    given = asking(volumes_tco2e=None, total_tco2e=900)
    standing = authorised(ours, given)
    issue(ours, standing.activity, {2026: 300})
    transfer(ours, standing, {2026: 100})
    more = carried_out(ours, standing, planned("top_up", volumes={2026: 100}))
    total = Ceiling.objects.get(scope=Ceiling.Scope.TOTAL)
    assert (total.tonnes, total.authorised, total.drawn) == (1000, 1000, 300)
    found = carried_out(ours, more, planned("revocation"), OFFICER)
    total.refresh_from_db()
    assert (total.tonnes, total.authorised, total.drawn, total.revoked) == (100, 100, 100, 900)
    assert lines(found)[2026] == (0, 100, 100, 100, 0, 0, 200)
    assert held() == {2026: (0, 100), None: (0, 100)}


def test_a_letter_without_a_ceiling_gives_back_what_it_covers_and_covers_no_more(ours: Staff) -> None:
    standing = authorised(ours, asking(volumes_tco2e=None))
    issue(ours, standing.activity, {2026: 300})
    transfer(ours, standing, {2026: 100})
    found = carried_out(ours, standing, planned("surrender"))
    assert lines(found)[2026] == (0, 100, 100, 100, 0, 0, 200)
    assert held() == {2026: (0, 100), None: (0, 100)}
    issue(ours, standing.activity, {2027: 5})
    assert lines(found)[2027] == (0, 0, 0, 0, 0, 0, 0)


def test_what_was_revoked_under_a_letter_without_a_ceiling_is_covered_by_it_never_again(ours: Staff) -> None:
    standing = authorised(ours, asking(volumes_tco2e=None))
    units = "REG-77-2026-1-"
    issue(ours, standing.activity, blocks=[(f"{units}1-300", "Stoves of GHA")])
    found = carried_out(ours, standing, planned("revocation", volumes={2026: 40}), OFFICER)
    assert lines(found)[2026] == (0, 260, 260, 0, 0, 0, 40)
    stopped = carried_out(ours, found, planned("suspension"), OFFICER)
    # What is issued meanwhile is covered when the suspension ends, what was revoked before it is not.
    issue(ours, standing.activity, blocks=[(f"{units}301-320", "Stoves of GHA")])
    assert lines(stopped)[2026] == (0, 260, 260, 0, 0, 0, 40)
    resumed = carried_out(ours, stopped, planned("resumption"), OFFICER)
    assert lines(resumed)[2026] == (0, 280, 280, 0, 0, 0, 40)
    numbers = Block.objects.filter(authorisation=None).values_list("first_number", "last_number")
    assert [*numbers] == [(261, 300)]
    assert verify().wrong == []


def test_ceilings_are_set_where_there_were_none_and_a_new_period_brings_its_vintages(ours: Staff) -> None:
    standing = authorised(
        ours, asking(volumes_tco2e=None, outcomes_occur={"from": "2026-01-01", "to": "2027-12-31"})
    )
    issue(ours, standing.activity, {2026: 300})
    transfer(ours, standing, {2026: 100})
    longer = carried_out(ours, standing, planned("period", outcomes_to="2028-12-31"))
    assert lines(longer)[2028] == (0, 0, 0, 0, 0, 0, 0)
    found = carried_out(ours, longer, planned("quantity_down", volumes={2026: 350, 2028: 40}))
    assert {vintage: pools[:4] for vintage, pools in lines(found).items()} == {
        2026: (350, 300, 300, 100), 2027: (0, 0, 0, 0), 2028: (40, 0, 0, 0),
    }  # fmt: skip
    assert set(Line.objects.values_list("capped", flat=True)) == {True}
    assert held() == {2026: (0, 350), 2028: (0, 40), None: (0, 390)}
    issue(ours, standing.activity, {2027: 5, 2026: 60})
    assert lines(found)[2026][:3] == (350, 350, 350)


def test_what_is_first_transferred_by_being_issued_stands_and_the_unissued_rest_is_revoked(
    ours: Staff,
) -> None:
    standing = authorised(ours, asking("Authorisation"))
    issue(ours, standing.activity, {2026: 450})
    found = carried_out(ours, standing, planned("revocation"), OFFICER)
    assert lines(found) == {
        2026: (450, 450, 450, 450, 0, 0, 150), 2027: (0, 0, 0, 0, 0, 0, 1500),
    }  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.ENTITIES, Kind.APPROACH])
def test_an_approach_or_entities_granted_alone_are_an_instrument_without_lines(
    ours: Staff, kind: Kind
) -> None:
    whole = authorised(ours)
    case = applications.submit(drafted(ours, asking(), kind=kind), act=ours.act(), declared=True)
    case = desk.accept(case, act=ours.act(OFFICER))
    case = decisions.approve(recommended(ours, case), act=ours.act(Function.DECIDER))
    alone = concluded(ours, case)
    assert (alone.state, alone.current_version, alone.lines.exists()) == ("in_force", 1, False)
    assert alone.activity == whole.activity
    assert not case.entries.exists()
    before = lines(whole), held()
    changed = carried_out(ours, alone, planned("entity_removed", name="Alpine Buyer"), OFFICER)
    assert changed.current_version == 2
    revoked = carried_out(ours, changed, planned("revocation"), OFFICER)
    assert (revoked.state, fresh(whole).state) == ("revoked", "in_force")
    assert (lines(whole), held()) == before
    transfer(ours, whole, {2027: 5})


def test_an_act_about_an_approach_granted_alone_moves_the_approach_and_no_activity(ours: Staff) -> None:
    case = applications.submit(drafted(ours, asking(), kind=Kind.APPROACH), act=ours.act(), declared=True)
    case = desk.accept(case, act=ours.act(OFFICER))
    alone = concluded(ours, decisions.approve(recommended(ours, case), act=ours.act(Function.DECIDER)))

    def states() -> tuple[str, str]:
        approach = CooperativeApproach.objects.get(pk=alone.approach_id)
        return approach.state, Activity.objects.get(pk=alone.activity_id).state

    assert states() == ("authorised", "proposed")
    suspended = carried_out(ours, alone, planned("suspension"), OFFICER)
    assert states() == ("suspended", "proposed")
    resumed = carried_out(ours, suspended, planned("resumption"))
    assert states() == ("authorised", "proposed")
    whole = authorised(ours)
    assert whole.approach == alone.approach
    # An act about outcomes, or one beside which another instrument bears the approach, leaves it as it is.
    carried_out(ours, carried_out(ours, whole, planned("suspension"), OFFICER), planned("resumption"))
    carried_out(ours, resumed, planned("revocation"), OFFICER)
    assert states() == ("authorised", "authorised")


@pytest.mark.parametrize(("type_", "who"), [("revocation", OFFICER), ("surrender", None)])
def test_an_approach_ends_with_its_only_instrument(ours: Staff, type_: str, who: Function | None) -> None:
    case = applications.submit(drafted(ours, asking(), kind=Kind.APPROACH), act=ours.act(), declared=True)
    case = desk.accept(case, act=ours.act(OFFICER))
    alone = concluded(ours, decisions.approve(recommended(ours, case), act=ours.act(Function.DECIDER)))
    carried_out(ours, alone, planned(type_), who)
    assert CooperativeApproach.objects.get(pk=alone.approach_id).state == "ended"


def test_letters_name_the_one_that_says_what_is_authorised_and_no_suspension(ours: Staff) -> None:
    standing = authorised(ours)

    def named(type_: str, who: Function | None) -> tuple[str, bool]:
        case = decided(ours, standing, planned(type_), who)
        concluded(ours, case)
        said = json.loads(letter_of(case).content)
        return said["versions_letter"], said["replaces"]

    first = Letter.objects.get(public_id=standing.versions.get().letter).number
    assert named("suspension", OFFICER) == (first, False)
    assert named("resumption", None) == (first, False)
    assert named("suspension", OFFICER) == (first, False)
    assert named("revocation", OFFICER) == (first, True)


# -- what is registered ----------------------------------------------------------------------------


def test_identifier_methodology_and_holders_are_registered_with_the_act(ours: Staff) -> None:
    one = "REG-77-2026-1-"
    given = content(
        request={"blocks": [{"serial": f"{one}1-600", "holder": "First"}], "volumes_tco2e": {"2026": 600}}
    )
    standing = authorised(ours, given)
    carried_out(ours, standing, planned("identifier_assigned", ca_id="CA0044"), OFFICER)
    carried_out(ours, standing, planned("methodology", methodology="Metered stoves, version 2"))
    carried_out(ours, standing, planned("transfer_of_holder", serial=f"{one}101-200", to="Second"))
    standing.approach.refresh_from_db()
    standing.activity.refresh_from_db()
    assert standing.approach.ca_id == "CA0044"
    assert standing.activity.methodology == "Metered stoves, version 2"
    assert holders() == {(1, 100): "First", (101, 200): "Second", (201, 600): "First"}
    transfer(ours, standing, serial=f"{one}101-200")
    with pytest.raises(Refused) as refused:
        opened(ours, standing, planned("transfer_of_holder", serial=f"{one}101-300", to="Third"))
    assert [reason.code for reason in refused.value.reasons] == ["block-moved"]
    found = carried_out(ours, fresh(standing), planned("revocation", volumes={2026: 450}), OFFICER)
    assert lines(found)[2026] == (150, 150, 150, 100, 0, 0, 450)
    gone = Block.objects.filter(authorisation=None)
    assert [(block.first_number, block.last_number) for block in gone] == [(51, 100), (201, 600)]


def holders() -> dict[tuple[int, int], str]:
    return {(one.first_number, one.last_number): one.holder for one in Block.objects.order_by("first_number")}


# -- appeals against acts --------------------------------------------------------------------------


def test_an_upheld_appeal_against_an_act_takes_the_act_up_anew_and_undoes_nothing(
    ours: Staff, standing: Authorisation
) -> None:
    case = decided(ours, standing, planned("revocation", volumes={2027: 5}), OFFICER)
    found = concluded(ours, case)
    appeal = appeals.open_appeal(Case.objects.get(pk=case.pk), act=ours.act(), grounds="Five are too many.")
    appeal = applications.submit(appeal, act=ours.act(), declared=True)
    appeal = recommended(ours, desk.accept(appeal, act=ours.act(OFFICER)))
    other = holder(ours.offices[Function.DECIDER][0], "second decider")
    act = ours.act(Function.DECIDER)
    actor = replace(cast(Person, act.actor), user=other)
    appeal = decisions.approve(appeal, act=Act(actor=actor, clock=ours.clock))
    before = lines(found)
    take(
        Act(actor=SYSTEM, clock=ours.clock),
        decisions.conclusion_moves(
            appeal, letter="1", digest="0", signed_on=ours.clock.now().date(),
            notified_on=ours.clock.now().date(), effective_on=ours.clock.now().date(),
        )[0],
    )  # fmt: skip
    appeals.open_anew(Delivery(key=uuid4(), payload={"record": str(appeal.public_id)}, clock=ours.clock))
    anew = Case.objects.get(after_appeal=appeal)
    assert (anew.state, anew.kind, anew.authorisation) == ("in_review", Kind.REVOCATION, found)
    assert plan_of(anew) == planned("revocation", volumes={2027: 5})
    assert lines(found) == before
