"""Each defence of the volumes holds alone, with the others switched off; and all of them under many hands."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum

from accounts.models import Function
from audit.immutability import RecordIsImmutable
from authorisation import volumes
from authorisation.balances import move
from authorisation.models import (
    Authorisation,
    Block,
    Case,
    Ceiling,
    Entry,
    IssuedVintage,
    Line,
    Recording,
    Series,
)
from authorisation.models.volumes import Pool
from authorisation.services import outcomes
from authorisation.verification import verify
from tests.accounts.factories import AT, DAY
from tests.authorisation.factories import Staff, in_review, two_staffs
from tests.authorisation.lifted_volumes import without_checks_of_volumes, without_triggers_of_volumes
from tests.authorisation.test_outcomes import SHOWN, asking, authorised, pools
from tests.authorisation.test_volumes import ceilings, moving, reserve, terms
from tests.workflow.children import at_once
from workflow.door import Act
from workflow.refusals import Refused

# The number of no entry so far.
NOT_WRITTEN = 10**9
OUT, RESERVED, AUTHORISED = Pool.OUTSIDE, Pool.RESERVED, Pool.AUTHORISED


@contextmanager
def only_the_guards() -> Iterator[None]:
    with ExitStack() as off:
        off.enter_context(without_triggers_of_volumes())
        off.enter_context(without_checks_of_volumes())
        yield


def full(case: Case) -> Ceiling:
    """The ceiling of 2026, of 1000 t, of which 990 t are reserved."""
    assert reserve(case, terms({2026: 990})) == []
    return Ceiling.objects.get(activity=case.activity, vintage=2026)


# -- one defence at a time -------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_guarded_update_alone_lets_nothing_pass() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    ceiling = full(case)
    with only_the_guards(), transaction.atomic():
        act = moving(Case.locked(case.pk))
        assert not move(act, ceiling, OUT, RESERVED, 11)
        assert not move(act, ceiling, OUT, AUTHORISED, 11)
        assert not move(act, ceiling, AUTHORISED, OUT, 1)
        assert not move(act, ceiling, RESERVED, AUTHORISED, 991)
        assert not move(act, ceiling, OUT, Pool.DRAWN, 1)
        line = Line.objects.get(case=case)
        for pool in (Pool.DRAWN, Pool.ISSUED, Pool.FIRST_TRANSFERRED, Pool.RETAINED, Pool.USED_OR_CANCELLED):
            assert not move(act, line, OUT, pool, 1), pool
        assert not move(act, line, RESERVED, OUT, 991)
        assert move(act, ceiling, OUT, RESERVED, 10)
    assert Entry.objects.filter(ceiling=ceiling).latest("sequence").target_after == 1000


@pytest.mark.django_db
def test_the_checks_alone_let_nothing_pass() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    ceiling = Ceiling.objects.filter(pk=full(case).pk)
    line = Line.objects.filter(case=case)
    Line.objects.filter(case=case).update(transferred_ahead=0)
    with without_triggers_of_volumes():
        for rows, columns in (
            (ceiling, {"reserved": F("reserved") + 11}),
            (ceiling, {"authorised": 11}),
            (ceiling, {"drawn": 1}),
            (ceiling, {"tonnes": 989}),
            (ceiling, {"reserved": -1}),
            (line, {"drawn": 1}),
            (line, {"issued": 1}),
            (line, {"capped": False, "drawn": 2, "first_transferred": 3, "issued": 2}),
            (line, {"capped": False, "drawn": 2, "first_transferred": 1, "retained": 2, "issued": 2}),
            (line, {"capped": False, "drawn": 5, "issued": 1, "first_transferred": 2}),
            (
                line,
                {"capped": False, "drawn": 5, "issued": 5, "first_transferred": 2, "used_or_cancelled": 3},
            ),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**columns)


@pytest.mark.django_db
def test_the_triggers_alone_let_no_pool_change_but_by_one_whole_move() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    ceiling = full(case)
    rows = Ceiling.objects.filter(pk=ceiling.pk)
    named: dict[str, Any] = {
        "entries_written": F("entries_written") + 1,
        "last_entry": NOT_WRITTEN,
        "last_source": OUT,
        "last_target": RESERVED,
        "last_tonnes": 1,
    }
    with without_checks_of_volumes():
        for columns in (
            {"reserved": F("reserved") + 1},
            {"entries_written": F("entries_written") + 1},
            {"last_tonnes": 5},
            {**named, "reserved": F("reserved") + 2},
            {**named, "authorised": 1},
            {**named, "reserved": F("reserved") + 1, "authorised": 1},
            {**named, "reserved": F("reserved") + 1, "entries_written": F("entries_written") + 2},
            {**named, "reserved": F("reserved") + 1, "last_entry": ceiling.last_entry_id},
            {**named, "reserved": F("reserved") + 1, "last_entry": None},
            {**named, "last_tonnes": 0},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**columns)
        with pytest.raises(IntegrityError), transaction.atomic():
            Ceiling.objects.create(activity=case.activity, scope=2, vintage=2031, tonnes=9, reserved=1)


@pytest.mark.django_db
def test_the_triggers_alone_let_no_entry_say_what_was_not_moved() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    ceiling = full(case)
    true: dict[str, Any] = {
        "pk": NOT_WRITTEN,
        "ceiling": ceiling,
        "case": case,
        "sequence": 2,
        "source": OUT,
        "target": RESERVED,
        "tonnes": 7,
        "source_after": None,
        "target_after": 997,
        "event": "0" * 64,
        "moved_on": DAY,
        "moved_at": AT,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(**true)
    Ceiling.objects.filter(pk=ceiling.pk).update(
        reserved=F("reserved") + 7,
        entries_written=2,
        last_entry=NOT_WRITTEN,
        last_source=OUT,
        last_target=RESERVED,
        last_tonnes=7,
    )
    for lie in (
        {"tonnes": 8},
        {"target_after": 998},
        {"target_after": None},
        {"source_after": 0},
        {"target": AUTHORISED},
        {"source": AUTHORISED},
        {"sequence": 3},
        {"pk": NOT_WRITTEN + 1},
        {"ceiling": None, "line": case.lines.get()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(**{**true, **lie})
    Entry.objects.create(**true)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(**{**true, "pk": NOT_WRITTEN + 1, "sequence": 3})


@pytest.mark.django_db
def test_no_balance_goes_and_no_entry_is_one_of_nothing() -> None:
    """Entries have no foreign key to their balance: the triggers alone hold them together."""
    ours, _theirs = two_staffs()
    case = in_review(ours)
    ceiling = full(case)
    unmoved = Ceiling.objects.create(activity=case.activity, scope=2, vintage=2031, tonnes=9)
    for balance in (ceiling, unmoved, case.lines.get()):
        table = balance._meta.db_table
        with pytest.raises(RecordIsImmutable):
            balance.delete()
        with pytest.raises(RecordIsImmutable):
            type(balance)._default_manager.filter(pk=balance.pk).delete()
        refused(f"DELETE FROM {table} WHERE id = {balance.pk}")
        refused(f"UPDATE {table} SET id = {NOT_WRITTEN} WHERE id = {balance.pk}")
    if connection.vendor == "postgresql":
        connection.check_constraints()  # no table is emptied whose foreign keys are still to be checked
        refused("TRUNCATE authorisation_ceiling")
        refused("TRUNCATE authorisation_line CASCADE")
    else:
        place = f"activity_id = {ceiling.activity_id}, vintage = 2026"
        refused(f"UPDATE OR REPLACE authorisation_ceiling SET {place} WHERE id = {unmoved.pk}")
        columns = ", ".join(str(field.column) for field in Ceiling._meta.concrete_fields)
        refused(
            f"INSERT OR REPLACE INTO authorisation_ceiling ({columns})"
            f" SELECT {columns} FROM authorisation_ceiling WHERE id = {unmoved.pk}"
        )
    entry = {**Entry.objects.filter(ceiling=ceiling).values().get(), "id": NOT_WRITTEN, "sequence": 1}
    for side in ({"ceiling_id": NOT_WRITTEN}, {"ceiling_id": None, "line_id": NOT_WRITTEN}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.create(**{**entry, **side})
    assert verify().wrong == []
    assert set(Ceiling.objects.values_list("pk", flat=True)) >= {ceiling.pk, unmoved.pk}


def refused(sql: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_a_move_without_its_entry_cannot_be_committed() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    ceiling = full(case)
    moved = []

    def move_without_entry() -> None:
        with transaction.atomic():
            moved.append(
                Ceiling.objects.filter(pk=ceiling.pk).update(
                    reserved=F("reserved") + 1,
                    entries_written=F("entries_written") + 1,
                    last_entry=NOT_WRITTEN,
                    last_source=OUT,
                    last_target=RESERVED,
                    last_tonnes=1,
                )
            )

    with pytest.raises(IntegrityError):
        move_without_entry()
    assert moved == [1]
    assert Ceiling.objects.get(pk=ceiling.pk).reserved == 990
    assert verify().wrong == []


def issued_to(of: Staff) -> IssuedVintage:
    """100 t of 2026, issued to an activity of theirs that is under review."""
    activity = in_review(of).activity
    assert activity is not None
    recording = Recording.objects.create(
        kind="issuance", activity=activity, on=DAY, evidence="Notice", recorded_at=AT, event="0" * 64
    )
    return IssuedVintage.objects.create(recording=recording, activity=activity, vintage=2026, tonnes=100)


def registered(series: Series, issued: IssuedVintage, first: int, last: int) -> Block:
    activity = issued.activity
    return Block.objects.create(
        authority=activity.authority,
        activity=activity,
        series=series,
        pattern="S-2026-{first}-{last}",
        first_number=first,
        last_number=last,
        issued=issued,
    )


@pytest.mark.django_db
def test_no_two_blocks_of_a_series_overlap_whoever_writes_them() -> None:
    ours, _theirs = two_staffs()
    issued = issued_to(ours)
    one, other = Series.objects.create(name="One"), Series.objects.create(name="Other")
    middle = registered(one, issued, 10, 20)
    registered(one, issued, 21, 30)
    registered(other, issued, 10, 30)
    for first, last in ((1, 10), (20, 20), (12, 13), (1, 99), (30, 31)):
        with pytest.raises(IntegrityError), transaction.atomic():
            registered(one, issued, first, last)
    for columns in ({"last_number": 21}, {"series": other}, {"first_number": 21}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Block.objects.filter(pk=middle.pk).update(**columns)
    registered(one, issued, 1, 9)


@pytest.mark.django_db
def test_what_was_changed_with_the_defences_down_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    ceiling = full(case)
    call_command("verify_volumes")
    assert "Every balance is what its entries come to." in capsys.readouterr().out
    with without_triggers_of_volumes():
        Ceiling.objects.filter(pk=ceiling.pk).update(reserved=5)
        Line.objects.filter(case=case).update(authorised=10, drawn=10, issued=10)
        with pytest.raises(CommandError) as wrong:
            call_command("verify_volumes")
        sentences = str(wrong.value).splitlines()
        assert f"Ceiling {ceiling.pk}: “reserved” holds 5 t, its entries come to 990 t." in sentences
        assert any("“issued” holds 10 t, its records come to 0 t." in sentence for sentence in sentences)
        assert any("trigger" in sentence for sentence in sentences)
        Ceiling.objects.filter(pk=ceiling.pk).update(reserved=990)
        Line.objects.filter(case=case).update(authorised=0, drawn=0, issued=0)


# -- many hands ------------------------------------------------------------------------------------


def granted_at_once(ours: Staff, cases: list[Case], each: int, vintages: tuple[int, ...] = (2026,)) -> int:
    """How many of as many workers as there are cases reserve so much at once; the rest is told why."""
    wanted = [terms({vintages[place % len(vintages)]: each}) for place in range(len(cases))]
    results = at_once(
        *[
            lambda case=case, asked=asked: reserve(case, asked)
            for case, asked in zip(cases, wanted, strict=True)
        ]
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert all(
        reason.code == "ceiling" for result in results if isinstance(result, list) for reason in result
    )
    return sum(result == [] for result in results)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("workers", "each"), [(6, 150), pytest.param(32, 25, marks=pytest.mark.proof)], ids=["6", "32"]
)
@pytest.mark.parametrize("scope", [Ceiling.Scope.SECTOR, Ceiling.Scope.NATIONAL], ids=["sector", "national"])
def test_what_is_granted_at_once_is_exactly_the_cap_of_the_sector_and_the_budget_of_the_country(
    scope: Ceiling.Scope, workers: int, each: int
) -> None:
    ours, _theirs = two_staffs()
    cases = [in_review(ours) for _worker in range(workers)]
    assert cases[0].activity is not None
    volumes.expect(cases[0].activity)
    cap = Ceiling.objects.create(
        scope=scope,
        authority=ours.authority,
        ndc_period=cases[0].ndc_period,
        sector=cases[0].activity.sector if scope == Ceiling.Scope.SECTOR else "",
        tonnes=600,
    )
    assert granted_at_once(ours, cases, each, (2026, 2027, 2028)) == 600 // each
    cap.refresh_from_db()
    assert cap.reserved == Line.objects.aggregate(of=Sum("reserved"))["of"] == 600
    assert ceilings(cases[0])[None] == 600
    assert verify().wrong == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("workers", "each"), [(6, 150), pytest.param(32, 50, marks=pytest.mark.proof)], ids=["6", "32"]
)
@pytest.mark.parametrize("bound", ["line", "total"])
def test_what_is_first_transferred_at_once_is_exactly_the_ceiling_of_the_authorisation(
    bound: str, workers: int, each: int
) -> None:
    ours, _theirs = two_staffs()
    asked = asking() if bound == "line" else asking(volumes_tco2e=None, total_tco2e=600)
    authorisation = authorised(ours, asked)
    act = Act(actor=ours.holding(Function.DESK_OFFICER), clock=ours.clock)

    def transfer() -> str:
        there = Authorisation.objects.get(pk=authorisation.pk)
        on = ours.clock.now().date()
        outcomes.record_first_transfer(
            there, act=act, on=on, to_party="CHE", volumes={2026: each}, evidence=SHOWN
        )
        return "done"

    results = at_once(*[transfer] * workers)
    refusals = [result for result in results if isinstance(result, Refused)]
    assert [result for result in results if isinstance(result, Exception) and result not in refusals] == []
    assert {reason.code for refusal in refusals for reason in refusal.reasons} == {"ceiling"}
    assert results.count("done") == 600 // each
    assert pools(authorisation)["first_transferred"] == 600
    if bound == "total":
        assert Ceiling.objects.get(scope=Ceiling.Scope.TOTAL).drawn == 600
    assert verify().wrong == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("workers", "each"), [(6, 150), pytest.param(32, 50, marks=pytest.mark.proof)], ids=["6", "32"]
)
def test_the_guards_alone_let_no_concurrency_pass_a_ceiling(workers: int, each: int) -> None:
    """No lock of a case, no trigger, on PostgreSQL no CHECK either: the UPDATE alone has to hold."""
    ours, _theirs = two_staffs()
    case = in_review(ours)
    volumes.expect(case.activity)  # type: ignore[arg-type]
    Ceiling.objects.filter(activity=case.activity, vintage=2026).update(tonnes=600)
    ceiling = Ceiling.objects.get(activity=case.activity, vintage=2026)

    def reserve_some() -> bool:
        with transaction.atomic():
            return move(moving(case), Ceiling.objects.get(pk=ceiling.pk), OUT, RESERVED, each)

    with only_the_guards() if connection.vendor == "postgresql" else without_triggers_of_volumes():
        results = at_once(*[reserve_some] * workers)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(result is True for result in results) == 600 // each
    assert Ceiling.objects.get(pk=ceiling.pk).reserved == 600
    assert verify().wrong == []
