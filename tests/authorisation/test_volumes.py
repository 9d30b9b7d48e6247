"""Volumes: what is reserved, authorised and released, and that no concurrency passes a ceiling."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from accounts.models import Function
from audit import trail
from audit.immutability import RecordIsImmutable
from audit.trail import Happening
from authorisation import volumes
from authorisation.balances import Moving
from authorisation.models import Case, Ceiling, Entry, Line
from authorisation.models.volumes import Pool
from authorisation.services import decisions
from authorisation.terms import Terms
from letters import services as letters
from letters.models import Letter
from projects.services import Registering, state_expected_mitigation
from tests.accounts.factories import AT, DAY
from tests.authorisation.factories import (
    Staff,
    content,
    in_decision,
    in_review,
    letter_due,
    letter_of,
    two_staffs,
)
from tests.authorisation.lifted_volumes import without_triggers_of_volumes
from tests.workflow.children import at_once
from workflow.door import Act, Move, pass_through
from workflow.refusals import Kind, Reason, Refused

EXPECTED = {2026: 1000, 2027: 2000, 2028: 3000}


def moving(case: Case) -> Moving:
    event = trail.linked(case, Happening(action="approve", actor="system", at=AT))
    return Moving(case=case, event=event, on=DAY)


def reserve(case: Case, terms: Terms) -> list[Reason]:
    """Reserves in a transaction of its own, past every guard of the case; rolled back where it is refused."""
    with transaction.atomic():
        fresh = Case.locked(case.pk)
        reasons = volumes.reserve(moving(fresh), terms)
        if reasons:
            transaction.set_rollback(True)
        return reasons


def release(case: Case) -> None:
    with transaction.atomic():
        volumes.release(moving(Case.locked(case.pk)))


def terms(by_vintage: dict[int, int] | None = None, total: int | None = None) -> Terms:
    return Terms(volumes=by_vintage, total=total)


def lines(case: Case) -> dict[int, int]:
    return {line.vintage: line.reserved for line in case.lines.all()}


def ceilings(case: Case) -> dict[int | None, int]:
    assert case.activity is not None
    return {row.vintage: row.reserved for row in case.activity.ceilings.all()}


def cases_of_one_activity(
    of: Staff, count: int, at: Callable[..., Case] = in_review, **request: Any
) -> list[Case]:
    return [at(of, content(request=request)) for _one in range(count)]


# -- one after the other ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_reserved_stands_under_every_ceiling() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert reserve(case, terms({2026: 600, 2027: 1500}, total=2000)) == []
    assert lines(case) == {2026: 600, 2027: 1500}
    assert ceilings(case) == {2026: 600, 2027: 1500, 2028: 0, None: 2000}
    assert case.ceilings.get().reserved == case.ceilings.get().tonnes == 2000


@pytest.mark.django_db
def test_a_total_alone_counts_under_the_ceiling_of_the_activity_and_opens_a_line_per_expected_vintage() -> (
    None
):
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert reserve(case, terms(total=2500)) == []
    assert {line.vintage: line.capped for line in case.lines.all()} == dict.fromkeys(EXPECTED, False)
    assert ceilings(case) == {2026: 0, 2027: 0, 2028: 0, None: 2500}


@pytest.mark.django_db
def test_no_volume_at_all_reserves_nothing_and_opens_the_lines_of_its_period() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    open_ended = Terms(outcomes_from=DAY.replace(year=2027), outcomes_to=DAY.replace(year=2028))
    assert reserve(case, open_ended) == []
    assert {line.vintage: line.capped for line in case.lines.all()} == {2027: False, 2028: False}
    assert set(ceilings(case).values()) == {0}
    assert not Entry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (terms({2026: 1000}), []),
        (terms({2026: 1001}), ["A3"]),
        (terms({2026: 1001, 2027: 2001}), ["A3", "A3"]),
        (terms({2026: 1000, 2027: 2000, 2028: 3000}), []),
        (terms({2026: 1000, 2027: 2000, 2028: 3001}), ["A3", "A3"]),
        (terms(total=6000), []),
        (terms(total=6001), ["A3"]),
        (terms({2029: 1}), ["A3"]),
    ],
)
def test_a_ceiling_may_be_filled_and_not_passed(wanted: Terms, codes: list[str]) -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    reasons = reserve(case, wanted)
    assert [reason.code for reason in reasons] == codes
    assert all("%(" not in str(reason) for reason in reasons)
    if codes:
        assert not Line.objects.exists()
        assert not Entry.objects.exists()


@pytest.mark.django_db
def test_a_new_decision_takes_the_place_of_the_one_before() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert reserve(case, terms({2026: 1000, 2027: 100})) == []
    assert reserve(case, terms({2026: 900, 2028: 5})) == []
    assert lines(case) == {2026: 900, 2027: 0, 2028: 5}
    assert ceilings(case) == {2026: 900, 2027: 0, 2028: 5, None: 905}
    assert reserve(case, terms(total=10)) == []
    assert set(lines(case).values()) == {0}
    assert ceilings(case)[None] == 10


@pytest.mark.django_db
def test_a_refused_second_decision_leaves_the_first_as_it_was() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert reserve(case, terms({2026: 1000})) == []
    before = list(Entry.objects.values())
    assert reserve(case, terms({2026: 1001})) != []
    assert lines(case) == {2026: 1000}
    assert ceilings(case)[2026] == 1000
    assert list(Entry.objects.values()) == before


@pytest.mark.django_db
def test_what_is_released_is_free_for_others() -> None:
    ours, _theirs = two_staffs()
    first, second = cases_of_one_activity(ours, 2)
    assert reserve(first, terms({2026: 1000})) == []
    assert [reason.code for reason in reserve(second, terms({2026: 1}))] == ["A3"]
    release(first)
    release(first)
    assert reserve(second, terms({2026: 1000})) == []
    assert [entry.tonnes for entry in first.entries.filter(line__isnull=False)] == [1000, 1000]


@pytest.mark.django_db
def test_an_activity_of_another_authority_has_ceilings_of_its_own() -> None:
    ours, theirs = two_staffs()
    assert reserve(in_review(ours), terms({2026: 1000})) == []
    other = in_review(theirs)
    assert reserve(other, terms({2026: 1000})) == []
    assert ceilings(other)[2026] == 1000


@pytest.mark.django_db
def test_an_estimate_lowered_below_what_was_given_takes_nothing_back() -> None:
    ours, _theirs = two_staffs()
    case, other = cases_of_one_activity(ours, 2)
    assert case.activity is not None
    assert reserve(case, terms({2026: 600, 2027: 1})) == []
    registering = Registering(authority=ours.authority, actor="system", at=AT)
    state_expected_mitigation(case.activity, {2026: 500, 2027: 50}, registering)
    volumes.expect(case.activity)
    kept = {row.vintage: row.tonnes for row in case.activity.ceilings.all()}
    assert kept == {2026: 600, 2027: 50, 2028: 3000, None: 3550}
    assert [reason.code for reason in reserve(other, terms({2026: 1}))] == ["A3"]
    assert reserve(other, terms({2027: 49})) == []


@pytest.mark.django_db
def test_caps_of_a_sector_and_of_the_country_hold_too() -> None:
    ours, theirs = two_staffs()
    case = in_review(ours)
    assert case.activity is not None
    for scope, sector, tonnes in (
        (Ceiling.Scope.SECTOR, case.activity.sector, 900),
        (Ceiling.Scope.NATIONAL, "", 800),
    ):
        Ceiling.objects.create(
            scope=scope, authority=ours.authority, ndc_period=case.ndc_period, sector=sector, tonnes=tonnes
        )
    assert [reason.code for reason in reserve(case, terms({2026: 850}))] == ["ceiling"]
    assert [reason.code for reason in reserve(case, terms({2026: 950}))] == ["ceiling", "ceiling"]
    assert reserve(case, terms({2026: 800})) == []
    assert reserve(in_review(theirs), terms({2026: 1000})) == []


# -- the last line of defence ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("pool", ["reserved", "authorised"])
def test_the_database_lets_no_update_pass_a_ceiling(pool: str) -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert reserve(case, terms({2026: 999})) == []
    full = Ceiling.objects.filter(activity=case.activity, vintage=2026)
    with without_triggers_of_volumes():
        full.update(**{pool: F(pool) + 1})
        with pytest.raises(IntegrityError), transaction.atomic():
            full.update(**{pool: F(pool) + 1})
        with pytest.raises(IntegrityError), transaction.atomic():
            full.update(reserved=F("reserved") - 2000)


@pytest.mark.django_db
def test_a_line_never_moves_more_than_it_may() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert reserve(case, terms({2026: 10})) == []
    line = Line.objects.filter(case=case)
    for columns in (
        {"first_transferred": 1},
        {"retained": 1},
        {"used_or_cancelled": 1},
        {"vintage": 2020},
        {"reserved": -1},
    ):
        with without_triggers_of_volumes(), pytest.raises(IntegrityError), transaction.atomic():
            line.update(**columns)


@pytest.mark.django_db
def test_an_entry_stays_as_it_was_written_and_says_something() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    assert reserve(case, terms({2026: 10})) == []
    entry = Entry.objects.earliest("pk")
    with pytest.raises(RecordIsImmutable):
        Entry.objects.filter(pk=entry.pk).update(tonnes=11)
    with pytest.raises(RecordIsImmutable):
        entry.delete()
    same = {"line": entry.line, "case": case, "event": "0" * 64, "moved_on": DAY, "moved_at": AT}
    for wrong in (
        {"sequence": 2, "source": Pool.OUTSIDE, "target": Pool.RESERVED, "tonnes": 0},
        {"sequence": 2, "source": Pool.RESERVED, "target": Pool.RESERVED, "tonnes": 1},
        {"sequence": 1, "source": Pool.OUTSIDE, "target": Pool.RESERVED, "tonnes": 1},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(**same, **wrong)


# -- all at once -----------------------------------------------------------------------------------


def faults(results: Sequence[Any]) -> list[Any]:
    """What was raised and is not an answer to a person: deadlocks, locked databases, broken constraints."""
    return [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]


@pytest.mark.django_db(transaction=True)
def test_reservations_at_once_never_pass_the_expected_mitigation() -> None:
    """The rule that looks first is left out here: the guarded UPDATE alone has to hold."""
    ours, _theirs = two_staffs()
    cases = cases_of_one_activity(ours, 8)
    for case in cases:
        volumes.expect(case.activity)  # type: ignore[arg-type]
    results = at_once(*[lambda case=case: reserve(case, terms({2026: 150})) for case in cases])
    assert faults(results) == []
    assert sum(result == [] for result in results) == 6
    assert ceilings(cases[0])[2026] == Line.objects.aggregate(tonnes=Sum("reserved"))["tonnes"] == 900
    entries = Entry.objects.filter(ceiling__vintage=2026).order_by("sequence")
    assert [(entry.sequence, entry.target_after) for entry in entries] == [
        (place, 150 * place) for place in range(1, 7)
    ]


@pytest.mark.django_db(transaction=True)
def test_updates_at_once_without_any_guard_never_pass_the_ceiling() -> None:
    """The CHECK alone has to hold."""
    ours, _theirs = two_staffs()
    case = in_review(ours)
    volumes.expect(case.activity)  # type: ignore[arg-type]
    bare = Ceiling.objects.filter(activity=case.activity, vintage=2026)
    with without_triggers_of_volumes():
        results = at_once(*[lambda: bare.update(reserved=F("reserved") + 150)] * 8)
    assert sum(result == 1 for result in results) == 6
    assert sum(isinstance(result, IntegrityError) for result in results) == 2
    assert bare.get().reserved == 900


@pytest.mark.django_db(transaction=True)
def test_first_reservations_at_once_make_each_ceiling_once() -> None:
    ours, _theirs = two_staffs()
    cases = cases_of_one_activity(ours, 5)
    results = at_once(*[lambda case=case: reserve(case, terms({2026: 1, 2027: 1})) for case in cases])
    assert results == [[]] * 5
    assert ceilings(cases[0]) == {2026: 5, 2027: 5, 2028: 0, None: 10}


@pytest.mark.django_db(transaction=True)
def test_decisions_anew_at_once_never_wait_for_each_other_in_a_circle() -> None:
    """Each gives back one vintage and takes the others: on PostgreSQL a circle would be a deadlock."""
    ours, _theirs = two_staffs()
    cases = cases_of_one_activity(ours, 4)
    for _round in range(6):
        held = [{2026: 10}, {2027: 10}, {2028: 10}, {2026: 1, 2028: 1}]
        for case, given in zip(cases, held, strict=True):
            assert reserve(case, terms(given)) == []
        anew = terms({2026: 5, 2027: 5, 2028: 5})
        results = at_once(*[lambda case=case, anew=anew: reserve(case, anew) for case in cases])
        assert results == [[]] * 4
    assert ceilings(cases[0]) == {2026: 20, 2027: 20, 2028: 20, None: 60}


def _approving(of: Staff, case: Case) -> Callable[[], str]:
    act = Act(actor=of.holding(Function.DECIDER), clock=of.clock)
    return lambda: decisions.approve(Case.objects.get(pk=case.pk), act=act).state


@pytest.mark.django_db(transaction=True)
def test_of_five_approvals_of_one_case_at_once_one_is_accepted_and_four_are_refused_with_a_reason() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    results = at_once(*[_approving(ours, case)] * 5)
    assert faults(results) == []
    refusals = [result for result in results if isinstance(result, Refused)]
    assert [result for result in results if isinstance(result, str)] == ["letter_due"]
    assert [(refusal.kind, [reason.code for reason in refusal.reasons]) for refusal in refusals] == [
        (Kind.STATE, ["state"])
    ] * 4
    assert Letter.objects.count() == 1
    assert lines(case) == {2026: 600, 2027: 1500}
    actions = [event.action for event in trail.events_of(case.trail_stream)]
    assert (actions.count("approve"), actions.count("approve:refused")) == (1, 4)


@pytest.mark.django_db(transaction=True)
def test_approvals_of_different_cases_of_one_activity_at_once_grant_what_there_is_and_refuse_the_rest() -> (
    None
):
    ours, _theirs = two_staffs()
    cases = cases_of_one_activity(ours, 5, in_decision, volumes_tco2e={"2026": 300, "2027": 300})
    results = at_once(*[_approving(ours, case) for case in cases])
    assert faults(results) == []
    refusals = [result for result in results if isinstance(result, Refused)]
    assert len(refusals) == 2
    assert all({reason.code for reason in refusal.reasons} == {"A3"} for refusal in refusals)
    assert ceilings(cases[0]) == {2026: 900, 2027: 900, 2028: 0, None: 1800}
    assert Letter.objects.count() == 3
    assert len({letter.number for letter in Letter.objects.all()}) == 3


@pytest.mark.django_db(transaction=True)
def test_acts_that_name_letter_and_case_in_opposite_order_never_wait_for_each_other_in_a_circle() -> None:
    ours, _theirs = two_staffs()
    for _round in range(4):
        case = letter_due(ours, content(request={"volumes_tco2e": {"2028": 1}}))
        letter = letter_of(case)
        act = Act(actor=ours.act(Function.SIGNER).actor, clock=ours.clock)

        def there(case: Case = case, letter: Letter = letter, act: Act = act) -> str:
            return letters.decline(letter, act=act, reasons="No.").state

        def back(case: Case = case, letter: Letter = letter, act: Act = act) -> str:
            void = Move(
                step=Letter.void, record=letter, facts={"reasoned": True}, writes={"void_reason": "No."}
            )
            returned = decisions.decline_move(case, letter=str(letter.public_id), digest="0", reasons="No.")
            return str(pass_through(act, returned, void).records[0].came_from)

        results = at_once(there, back, there, back)
        assert faults(results) == []
        assert sum(isinstance(result, Refused) for result in results) == 3
        assert Letter.objects.get(pk=letter.pk).state == "void"
