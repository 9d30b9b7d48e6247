"""A clause of a letter that lets first-transferred outcomes be touched: done, refused, what is kept of it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Function
from audit.verification import verify_database
from authorisation import acts
from authorisation.effect import effect_of
from authorisation.models import (
    Authorisation,
    Block,
    Case,
    Entry,
    FirstTransfer,
    IssuedVintage,
    Line,
    TransferTakenBack,
)
from authorisation.services import acts as services
from authorisation.verification import verify
from letters.models import Letter
from reporting.selectors import structured_summary
from reporting.structured_summary import Row
from tests.authorisation.factories import Staff, concluded, content, two_staffs
from tests.authorisation.standing import carried_out, decided, lines, opened, planned
from tests.authorisation.test_effect import STANDING, TERMS
from tests.authorisation.test_outcomes import ONE, authorised, cancel, issue, transfer, use
from workflow.clock import RealClock
from workflow.refusals import Refused

OFFICER = Function.DESK_OFFICER
FOUND = "Over-crediting was found."
CHECK = "Compared with the registry of the other Party on 2 November."
TOUCHING = {"circumstance": FOUND, "check": CHECK}
CLAUSE = {"revocable_after_transfer": [FOUND], "reducible_after_transfer": [FOUND]}


# -- worked out, without a database ----------------------------------------------------------------

FORESEEN = TERMS.model_copy(
    update={"revocable_after_transfer": (FOUND,), "reducible_after_transfer": (FOUND, "Fraud.")}
)


def effect(terms: Any = FORESEEN, **plan: Any) -> Any:
    said = {"grounds": "As the file shows.", "touching": TOUCHING, **plan}
    return effect_of(STANDING.__class__(**{**vars(STANDING), "terms": terms}), acts.read(said))


def codes(found: Any) -> list[str]:
    assert all("%(" not in str(reason) + reason.mend_text for reason in found.forbidden)
    return [reason.code for reason in found.forbidden]


def test_what_is_not_first_transferred_goes_first_and_then_what_is_and_is_not_used() -> None:
    found = effect(type="revocation", volumes={2026: 200})
    line = found.lines[0]
    assert codes(found) == []
    # 180 t of 600 are free; of 400 t first transferred 100 t are used, and the host keeps 20 t.
    assert (line.taken, line.touched, line.uncovered, line.touched_issued) == (200, 20, 180, 20)
    assert (line.after.held, line.after.first_transferred, line.after.stands) == (400, 380, 400)
    assert (found.revoked, found.touched, found.stands, found.state) == (200, 20, 400, "in_force")
    assert [finding.rule for finding in found.speaks if FOUND in str(finding.reason)] == ["A12"]


def test_all_means_all_that_is_neither_used_nor_kept_by_the_host() -> None:
    found = effect(type="revocation")
    assert codes(found) == []
    assert (found.touched, found.revoked, found.stands, found.state) == (300, 1980, 120, "revoked")
    assert found.lines[0].after.first_transferred == found.lines[0].after.used_or_cancelled == 100


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"terms": TERMS}, ["A12", "A18"]),
        ({"touching": {**TOUCHING, "circumstance": "Fraud."}}, ["A12", "A18"]),
        ({"touching": {"circumstance": FOUND}}, ["A12"]),
        ({"grounds": ""}, ["grounds-of-touching"]),
        ({"volumes": {2026: 481}}, ["A12"]),
        ({"volumes": {2026: 600}}, ["beyond-reach", "A12"]),
    ],
    ids=["silent", "another-circumstance", "not-checked", "no-grounds", "used", "retained"],
)
def test_each_thing_that_is_missing_is_said(change: dict[str, Any], expected: list[str]) -> None:
    given = {"type": "revocation", "volumes": {2026: 200}, **change}
    assert codes(effect(**given)) == expected


def test_a_reduction_has_circumstances_of_its_own() -> None:
    found = effect(type="quantity_down", volumes={2026: 400}, touching={**TOUCHING, "circumstance": "Fraud."})
    assert (codes(found), found.touched, found.revoked) == ([], 20, 20)
    assert found.lines[0].after.held == 400
    assert codes(effect(type="quantity_down", volumes={2026: 100})) == ["A12"]
    total = FORESEEN.model_copy(update={"volumes": None, "total": 2100})
    assert codes(effect(total, type="quantity_down", total=100)) == ["beyond-reach"]
    assert codes(effect(total, type="quantity_down", total=300)) == []
    with pytest.raises(ValueError, match="touches nothing"):
        effect(type="quantity_up", volumes={2026: 700})


def test_what_was_taken_for_adaptation_is_not_within_reach() -> None:
    line = STANDING.lines[2026].__class__(**{**vars(STANDING.lines[2026]), "levied": 295})
    standing = STANDING.__class__(**{**vars(STANDING), "terms": FORESEEN, "lines": {2026: line}})
    plan = acts.read({"type": "revocation", "grounds": "So.", "touching": TOUCHING})
    assert effect_of(standing, plan).touched == 5


# -- carried out -----------------------------------------------------------------------------------


@pytest.fixture
def ours() -> Staff:
    return two_staffs()[0]


@pytest.fixture(autouse=True)
def volumes_add_up(request: pytest.FixtureRequest) -> Any:
    yield
    if "ours" in request.fixturenames:
        assert verify().wrong == []
        assert verify_database().whole


def with_clause(of: Staff, clause: Any = CLAUSE, **issued: Any) -> Authorisation:
    """600 t of 2026, 500 t issued, 250 t first transferred in two goes, of which 40 t are used."""
    authorisation = authorised(of, content(request=clause))
    issue(of, authorisation.activity, {2026: 500}, **issued)
    transfer(of, authorisation, {2026: 150})
    transfer(of, authorisation, {2026: 100})
    use(of, authorisation, {2026: 40})
    return Authorisation.objects.get(pk=authorisation.pk)


BEFORE = {2026: (600, 500, 500, 250, 0, 40, 0), 2027: (1500, 0, 0, 0, 0, 0, 0)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("type_", "volumes", "after", "letter"),
    [
        ("revocation", {2026: 480}, (120, 120, 120, 120, 0, 40, 480), "revocation"),
        ("quantity_down", {2026: 120}, (120, 120, 120, 120, 0, 40, 130), "amendment"),
    ],
)
def test_an_act_touches_exactly_what_it_said_in_exactly_one_letter(
    ours: Staff, type_: str, volumes: dict[int, int], after: tuple[int, ...], letter: str
) -> None:
    standing = with_clause(ours)
    transfers = list(FirstTransfer.objects.order_by("pk").values())
    assert lines(standing) == BEFORE
    plan = planned(type_, volumes=volumes, touching=TOUCHING)
    said = services.preview(standing, plan, clock=RealClock())
    assert (said.touched, said.forbidden) == (130, ())
    letters = Letter.objects.count()

    case = decided(ours, standing, plan, OFFICER)
    assert lines(standing) == BEFORE
    assert refused(lambda: use(ours, standing, {2026: 1})) == ["use-held-back"]
    assert refused(lambda: cancel(ours, standing, {2026: 1})) == ["use-held-back"]
    found = concluded(ours, case)

    assert lines(found) == {2026: after, 2027: BEFORE[2027]}
    drawn = list(Letter.objects.order_by("pk"))[letters:]
    assert [one.kind for one in drawn] == ["notice", letter]
    written = json.loads(drawn[-1].content)
    assert written["lines"]["rows"][0]["touched"] == 130
    assert (written["circumstance"], written["check"]) == (FOUND, CHECK)
    assert "touched" not in written["lines"]["rows"][1]
    # The records of the first transfers stand; others say what was taken back, the latest first.
    assert list(FirstTransfer.objects.order_by("pk").values()) == transfers
    back = TransferTakenBack.objects.order_by("pk")
    assert [(one.first_transfer.tonnes, one.tonnes, one.issued) for one in back] == [
        (100, 100, 100),
        (150, 30, 30),
    ]
    assert {(one.circumstance, one.checked) for one in back} == {(FOUND, CHECK)}
    moved = Entry.objects.filter(line__authorisation=found, source="first_transferred")
    assert [(one.target, one.tonnes) for one in moved] == [("revoked", 130)]
    assert moved.get().event == back[0].event
    # Used again as before, of what still stands.
    assert refused(lambda: use(ours, found, {2026: 81})) != []
    use(ours, found, {2026: 80})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("clause", "touching", "codes"),
    [
        ({}, TOUCHING, ["A12", "A18"]),
        (CLAUSE, {**TOUCHING, "circumstance": "Something else."}, ["A12", "A18"]),
        (CLAUSE, {"circumstance": FOUND}, ["A12"]),
        ({**CLAUSE, "consent_to_revocation": ["CHE"]}, TOUCHING, ["consent-missing"]),
    ],
    ids=["silent", "another-circumstance", "not-checked", "no-consent"],
)
def test_where_the_letter_does_not_foresee_it_nothing_moves(
    ours: Staff, clause: Any, touching: Any, codes: list[str]
) -> None:
    standing = with_clause(ours, clause)
    before = Entry.objects.count(), Letter.objects.count(), Case.objects.count()
    plan = planned("revocation", volumes={2026: 480}, touching=touching)
    assert refused(lambda: opened(ours, standing, plan, OFFICER)) == codes
    assert (Entry.objects.count(), Letter.objects.count(), Case.objects.count()) == before
    assert (lines(standing), TransferTakenBack.objects.count()) == (BEFORE, 0)


def refused(act: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refusal:
        act()
    return [reason.code for reason in refusal.value.reasons]


@pytest.mark.django_db
def test_what_was_revoked_after_its_transfer_is_covered_by_nothing_again(ours: Staff) -> None:
    standing = with_clause(ours)
    plan = planned("revocation", volumes={2026: 480}, touching=TOUCHING)
    found = carried_out(ours, standing, plan, OFFICER)
    issued = IssuedVintage.objects.get()
    # Free are the 250 t that were not first transferred; the 130 t that were are not.
    assert (issued.tonnes, issued.covered, issued.not_covered) == (500, 250, 250)
    again = carried_out(ours, found, planned("top_up", volumes={2026: 880}), None)
    assert lines(again)[2026] == (1000, 370, 370, 120, 0, 40, 480)
    assert IssuedVintage.objects.get().not_covered == 0


@pytest.mark.django_db
def test_units_go_with_it_those_of_the_last_transfer_first_and_never_used_ones(ours: Staff) -> None:
    standing = authorised(ours, content(request=CLAUSE))
    issue(ours, standing.activity, blocks=[(f"{ONE}1-500", "Anna")])
    transfer(ours, standing, serial=f"{ONE}1-100")
    transfer(ours, standing, serial=f"{ONE}201-300")
    use(ours, standing, {}, serials=[f"{ONE}251-300"])
    plan = planned("revocation", volumes={2026: 460}, touching=TOUCHING)
    found = carried_out(ours, Authorisation.objects.get(pk=standing.pk), plan, OFFICER)
    places = {
        (block.first_number, block.last_number): block.place
        for block in Block.objects.filter(place__in=("revoked", "first_transferred", "used_or_cancelled"))
    }
    assert places == {
        (1, 90): "first_transferred",
        (91, 100): "revoked",
        (201, 250): "revoked",
        (251, 300): "used_or_cancelled",
    }
    assert set(Block.objects.filter(place="revoked").values_list("authorisation", flat=True)) == {found.pk}
    summary = structured_summary(ours.authority.party, until=2030)
    year = FirstTransfer.objects.first().on.year  # type: ignore[union-attr]
    assert summary.figures[year][Row.NDC] == summary.figures[2026][Row.ADJUSTMENT] == 140
    assert [(one.tonnes, one.serials) for one in summary.revoked_afterwards] == [
        (10, (f"{ONE}91-100",)),
        (50, (f"{ONE}201-250",)),
    ]
    assert [one.serials for one in summary.parts[2026, Row.ADJUSTMENT]] == [
        (f"{ONE}1-90",),
        (f"{ONE}251-300",),
    ]


@pytest.mark.django_db
def test_the_database_holds_to_it(ours: Staff) -> None:
    standing = with_clause(ours)
    found = carried_out(
        ours, standing, planned("revocation", volumes={2026: 480}, touching=TOUCHING), OFFICER
    )
    line = Line.objects.get(authorisation=found, vintage=2026)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Line.objects.filter(pk=line.pk).update(first_transferred=250, revoked=350)
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        TransferTakenBack.objects.all()._raw_delete("default")
    assert lines(found)[2026] == (120, 120, 120, 120, 0, 40, 480)
