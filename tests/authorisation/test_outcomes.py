"""Issuance, first transfer, use and cancellation through the use-cases: what moves, and what is refused."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Function
from audit import trail
from authorisation.issuing import Evidence, Issuance
from authorisation.models import (
    Authorisation,
    Block,
    Case,
    Entry,
    FirstTransfer,
    IssuedVintage,
    Recording,
)
from authorisation.services import outcomes
from authorisation.verification import verify
from projects.models import Activity, RegistryEntitlement
from tests.accounts.factories import DAY
from tests.authorisation.factories import Staff, concluded, content, letter_due, two_staffs
from workflow.actors import Person
from workflow.door import Act
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db

SHOWN = Evidence(reference="Registry notice 7")
OTHER_PURPOSE = {"uses": ["OP"], "oimp": {"op": "Voluntary targets"}}
ONE = "REG-77-2026-1-"


@pytest.fixture(autouse=True)
def volumes_add_up() -> Any:
    """Whatever a test has done, every balance is what its entries and records come to."""
    yield
    assert verify().wrong == []


def asking(definition: str | None = None, **request: Any) -> dict[str, Any]:
    """An application for 600 t of 2026 and 1500 t of 2027, by default for use towards an NDC."""
    purpose = {**OTHER_PURPOSE, "first_transfer_definition": definition} if definition else {}
    return content(request={**purpose, **request})


def authorised(of: Staff, given: Mapping[str, Any] | None = None) -> Authorisation:
    authorisation = concluded(of, letter_due(of, given))
    # Everything below happens in the year after the first vintage.
    of.clock.move_to(of.clock.now() + timedelta(days=330))
    return authorisation


def officer(of: Staff) -> Act:
    return of.act(Function.DESK_OFFICER)


def today(of: Staff) -> date:
    return of.clock.now().date()


def issue(of: Staff, activity: Activity, volumes: dict[int, int] | None = None, **more: Any) -> None:
    how = {"on": today(of), "volumes": volumes or {}, "evidence": SHOWN, **more}
    outcomes.record_issuance(activity, Issuance(**how), act=officer(of))


def transfer(
    of: Staff, authorisation: Authorisation, volumes: dict[int, int] | None = None, **more: Any
) -> None:
    how: dict[str, Any] = {"on": today(of), "to_party": "CHE", "evidence": SHOWN, "volumes": volumes, **more}
    outcomes.record_first_transfer(fresh(authorisation), act=officer(of), **how)


def use(of: Staff, authorisation: Authorisation, volumes: dict[int, int], **more: Any) -> None:
    how: dict[str, Any] = {"on": today(of), "by_party": "CHE", "for_year": 2027, "evidence": SHOWN, **more}
    outcomes.record_use(fresh(authorisation), act=officer(of), volumes=volumes, **how)


def cancel(of: Staff, authorisation: Authorisation, volumes: dict[int, int], **more: Any) -> None:
    how: dict[str, Any] = {"on": today(of), "purpose": "A climate target", "evidence": SHOWN, **more}
    outcomes.record_cancellation(fresh(authorisation), act=officer(of), volumes=volumes, **how)


def fresh(authorisation: Authorisation) -> Authorisation:
    return Authorisation.objects.get(pk=authorisation.pk)


def pools(authorisation: Authorisation, vintage: int = 2026) -> dict[str, int]:
    """What is not nothing on the line of a vintage."""
    line = authorisation.lines.get(vintage=vintage)
    names = ("authorised", "drawn", "issued", "first_transferred", "retained", "used_or_cancelled")
    return {name: getattr(line, name) for name in names if getattr(line, name)}


def refused(act: Callable[[], object], kind: Kind = Kind.RULE) -> list[str]:
    """The codes of a refusal, which moved nothing and whose words are whole."""
    before = list(Entry.objects.values()), Recording.objects.count(), list(Block.objects.values())
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.kind == kind
    assert all("%(" not in str(reason) + reason.mend_text for reason in refusal.value.reasons)
    assert (list(Entry.objects.values()), Recording.objects.count(), list(Block.objects.values())) == before
    return [reason.code for reason in refusal.value.reasons]


# -- issuance --------------------------------------------------------------------------------------


def test_an_issuance_is_covered_up_to_the_ceiling_and_never_refused_for_its_volume() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, {2026: 400})
    issue(ours, authorisation.activity, {2026: 350})
    assert pools(authorisation) == {"authorised": 600, "drawn": 600, "issued": 600}
    assert [row.not_covered for row in IssuedVintage.objects.all()] == [0, 150]
    assert not FirstTransfer.objects.exists()


def test_outcomes_issued_before_the_letter_are_covered_by_it_and_first_transferred_with_it() -> None:
    ours, _theirs = two_staffs()
    case = letter_due(ours, asking("Authorisation"))
    assert case.activity is not None
    issue(ours, case.activity, {2026: 500}, on=DAY)
    authorisation = concluded(ours, case)
    assert pools(authorisation) == {"authorised": 600, "drawn": 500, "issued": 500, "first_transferred": 500}
    ours.clock.move_to(ours.clock.now() + timedelta(days=400))
    issue(ours, authorisation.activity, {2026: 200})
    assert pools(authorisation)["first_transferred"] == 600
    effective_on = authorisation.versions.get().effective_on
    assert {first.on for first in FirstTransfer.objects.all()} == {effective_on}
    assert {first.trigger for first in FirstTransfer.objects.all()} == {"Authorisation"}


def test_by_issuance_outcomes_are_first_transferred_when_issued_and_the_host_keeps_its_part() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours, asking("Issuance"))
    issue(ours, authorisation.activity, {2026: 100}, on=today(ours) - timedelta(days=3))
    first = FirstTransfer.objects.get()
    assert (first.trigger, first.on, first.tonnes) == ("Issuance", today(ours) - timedelta(days=3), 100)


def test_two_authorisations_of_one_activity_cover_an_issuance_in_turn() -> None:
    ours, _theirs = two_staffs()
    first = authorised(ours, asking(volumes_tco2e={"2026": 300}))
    second = authorised(ours, asking(volumes_tco2e={"2026": 200}))
    issue(ours, first.activity, {2026: 450})
    assert (pools(first)["issued"], pools(second)["issued"]) == (300, 150)
    assert refused(lambda: transfer(ours, second, {2026: 151})) == ["not-covered"]
    transfer(ours, second, {2026: 150})


def test_the_mechanism_takes_its_shares_of_all_it_issues_and_those_of_what_is_covered_are_transfers() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours, asking(tracking_registry="mechanism"))
    issue(ours, authorisation.activity, {2026: 901})
    row = IssuedVintage.objects.get()
    assert (row.adaptation, row.omge, row.not_covered) == (46, 19, 301)
    assert pools(authorisation) == {
        "authorised": 600,
        "drawn": 600,
        "issued": 600,
        "first_transferred": 42,
        "used_or_cancelled": 12,
    }
    assert sorted(FirstTransfer.objects.values_list("share", "tonnes")) == [("adaptation", 30), ("omge", 12)]


def test_a_letter_without_volumes_covers_what_is_expected_and_a_total_bounds_all_vintages() -> None:
    ours, _theirs = two_staffs()
    whole = authorised(ours, asking("Use or Cancellation", volumes_tco2e=None))
    issue(ours, whole.activity, {2026: 1001})
    assert pools(whole) == {"drawn": 1000, "issued": 1000}
    assert refused(lambda: cancel(ours, whole, {2026: 1001})) == ["not-covered"]
    cancel(ours, whole, {2026: 1000})
    assert pools(whole)["first_transferred"] == pools(whole)["used_or_cancelled"] == 1000
    ceiling = whole.activity.ceilings.get(vintage=2026)
    assert (ceiling.authorised, ceiling.tonnes) == (1000, 1000)


def test_a_total_over_several_vintages_is_drawn_on_by_each() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours, asking(volumes_tco2e=None, total_tco2e=1500))
    issue(ours, authorisation.activity, {2026: 900})
    ours.clock.move_to(ours.clock.now() + timedelta(days=365))
    issue(ours, authorisation.activity, {2027: 900})
    assert (pools(authorisation)["issued"], pools(authorisation, 2027)["issued"]) == (900, 600)


NOT_ISSUED: list[tuple[dict[str, Any], list[str]]] = [
    ({"volumes": {2026: 1}, "evidence": Evidence()}, ["evidence-missing"]),
    ({"volumes": {}}, ["volume-missing"]),
    ({"volumes": {2020: 1}}, ["A1"]),
    ({"volumes": {2031: 1}}, ["before-its-vintage"]),
    ({"volumes": {2026: 1}, "on": date(2099, 1, 1)}, ["in-the-future"]),
    ({"blocks": [("no serial", "")]}, ["serial-unreadable"]),
    ({"blocks": [("REG-77-1-9", "")]}, ["serial-without-vintage"]),
    ({"blocks": [(f"{ONE}1-9", ""), (f"{ONE}9-12", "")]}, ["block-recorded"]),
    ({"volumes": {2026: 8}, "blocks": [(f"{ONE}1-9", "")]}, ["volume-and-blocks-differ"]),
    ({"evidence": Evidence(), "volumes": {2020: 1}}, ["evidence-missing", "A1"]),
]


def test_what_cannot_have_been_issued_is_refused_with_all_reasons() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    for changes, codes in NOT_ISSUED:
        assert refused(lambda how=changes: issue(ours, authorisation.activity, **how)) == codes  # type: ignore[misc]
    last = trail.events_of(authorisation.activity.trail_stream).latest("sequence")
    assert last.action == "record_issuance:refused"


# -- first transfer --------------------------------------------------------------------------------


def test_without_a_recorded_issuance_the_ceiling_alone_bounds_a_first_transfer() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    transfer(ours, authorisation, {2026: 599})
    assert refused(lambda: transfer(ours, authorisation, {2026: 2})) == ["ceiling"]
    transfer(ours, authorisation, {2026: 1})
    assert pools(authorisation) == {"authorised": 600, "drawn": 600, "first_transferred": 600}


def test_an_issuance_that_follows_a_transfer_covers_it_first_and_then_bounds_the_next() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    transfer(ours, authorisation, {2026: 500})
    issue(ours, authorisation.activity, {2026: 300})
    assert pools(authorisation) == {"authorised": 600, "drawn": 500, "issued": 300, "first_transferred": 500}
    assert refused(lambda: transfer(ours, authorisation, {2026: 1})) == ["not-covered"]
    issue(ours, authorisation.activity, {2026: 250})
    assert refused(lambda: transfer(ours, authorisation, {2026: 51})) == ["not-covered"]
    transfer(ours, authorisation, {2026: 50})
    assert pools(authorisation) == {"authorised": 600, "drawn": 550, "issued": 550, "first_transferred": 550}


def test_an_event_of_several_vintages_moves_all_or_nothing() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    ours.clock.move_to(ours.clock.now() + timedelta(days=365))
    assert refused(lambda: transfer(ours, authorisation, {2026: 601, 2027: 1501})) == ["ceiling", "ceiling"]
    assert refused(lambda: transfer(ours, authorisation, {2026: 1, 2027: 1501})) == ["ceiling"]
    transfer(ours, authorisation, {2026: 600, 2027: 1500})


NOT_TRANSFERRED: list[tuple[dict[str, Any], list[str]]] = [
    ({"to_party": ""}, ["party-missing"]),
    ({"to_party": "GHA"}, ["party-host"]),
    ({"to_party": "SGP"}, ["party-not-authorised"]),
    ({"evidence": Evidence()}, ["evidence-missing"]),
    ({"volumes": {}}, ["volume-missing"]),
    ({"volumes": {2030: 1}}, ["before-its-vintage"]),
    ({"on": date(2099, 1, 1)}, ["in-the-future"]),
    ({"on": DAY - timedelta(days=400), "volumes": {2025: 1}}, ["before-authorisation"]),
    ({"volumes": {2025: 1}}, ["not-covered"]),
    ({"serial": f"{ONE}1-9", "volumes": {}}, ["block-not-covered"]),
    ({"serial": "nothing", "volumes": {}}, ["serial-unreadable"]),
    ({"to_party": "", "evidence": Evidence()}, ["evidence-missing", "party-missing"]),
]


def test_what_cannot_have_been_first_transferred_is_refused_with_all_reasons() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    for changes, codes in NOT_TRANSFERRED:
        how = {"volumes": {2026: 1}, **changes}
        assert refused(lambda how=how: transfer(ours, authorisation, **how)) == codes  # type: ignore[misc]


def test_an_international_transfer_is_no_first_transfer_where_the_letter_names_another_event() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours, asking("Use or Cancellation"))
    assert refused(lambda: transfer(ours, authorisation, {2026: 1})) == ["first-transfer-definition"]


def test_nothing_is_first_transferred_while_transfers_are_blocked_and_nothing_new_is_covered() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, {2026: 3})
    Authorisation.objects.filter(pk=authorisation.pk).update(transfers_blocked=True)
    assert refused(lambda: transfer(ours, authorisation, {2026: 1})) == ["transfers-blocked"]
    issue(ours, authorisation.activity, {2026: 5})
    assert pools(authorisation) == {"authorised": 600, "drawn": 3, "issued": 3}


# -- use and cancellation --------------------------------------------------------------------------


def test_only_what_was_first_transferred_is_used_towards_an_ndc_in_the_period_of_the_outcomes() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    transfer(ours, authorisation, {2026: 100})
    assert refused(lambda: use(ours, authorisation, {2026: 101})) == ["not-first-transferred"]
    assert refused(lambda: use(ours, authorisation, {2026: 1}, for_year=2031)) == ["A6"]
    assert refused(lambda: use(ours, authorisation, {2026: 1}, for_year=None)) == ["year-missing"]
    assert refused(lambda: use(ours, authorisation, {2026: 1}, by_party="")) == ["user-missing"]
    nobody = {"by_party": "", "by_entity": "Nobody"}
    assert refused(lambda: use(ours, authorisation, {2026: 1}, **nobody)) == ["entity-not-authorised"]
    use(ours, authorisation, {2026: 60}, for_year=2030)
    use(ours, authorisation, {2026: 40}, by_party="", by_entity="Alpine Buyer")
    assert refused(lambda: use(ours, authorisation, {2026: 1})) == ["not-first-transferred"]
    assert pools(authorisation)["used_or_cancelled"] == 100


def test_a_use_is_the_first_transfer_where_the_letter_says_so_and_takes_what_was_transferred_first() -> None:
    ours, _theirs = two_staffs()
    asked = asking("Use or Cancellation", uses=["NDC", "OP"])
    authorisation = authorised(ours, asked)
    transfer(ours, authorisation, {2026: 100})
    cancel(ours, authorisation, {2026: 130})
    assert pools(authorisation)["first_transferred"] == pools(authorisation)["used_or_cancelled"] == 130
    triggers = FirstTransfer.objects.values_list("trigger", "tonnes")
    assert list(triggers) == [("First international transfer", 100), ("Use or Cancellation", 30)]
    assert refused(lambda: cancel(ours, authorisation, {2026: 471})) == ["ceiling"]
    assert refused(lambda: cancel(ours, authorisation, {2026: 1}, purpose=" ")) == ["purpose-missing"]


# -- blocks ----------------------------------------------------------------------------------------


def test_a_block_is_covered_and_transferred_in_parts_and_what_is_over_the_ceiling_is_cut_off() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, blocks=[(f"{ONE}1-500", "Owner One"), (f"{ONE}501-900", "Owner Two")])
    covered = {block.serial: block.holder for block in authorisation.blocks.all()}
    assert covered == {f"{ONE}1-500": "Owner One", f"{ONE}501-600": "Owner Two"}
    transfer(ours, authorisation, serial=f"{ONE}491-510")
    assert {block.serial: block.place for block in authorisation.blocks.all()} == {
        f"{ONE}1-490": "held",
        f"{ONE}491-500": "first_transferred",
        f"{ONE}501-510": "first_transferred",
        f"{ONE}511-600": "held",
    }
    assert refused(lambda: transfer(ours, authorisation, serial=f"{ONE}500-520")) == ["block-moved"]
    assert refused(lambda: transfer(ours, authorisation, serial=f"{ONE}600-601")) == ["block-not-covered"]
    assert pools(authorisation)["first_transferred"] == 20


def test_of_one_project_only_the_blocks_that_the_application_names_are_covered() -> None:
    ours, _theirs = two_staffs()
    named = [{"serial": f"{ONE}1-100", "holder": "Owner One"}]
    authorisation = authorised(ours, asking(blocks=named))
    assert [(block.serial, block.holder) for block in Block.objects.all()] == [(f"{ONE}1-100", "Owner One")]
    issue(ours, authorisation.activity, blocks=[(f"{ONE}101-200", "Owner Two")])
    issue(ours, authorisation.activity, {2026: 50})
    assert pools(authorisation)["issued"] == 100
    assert refused(lambda: transfer(ours, authorisation, serial=f"{ONE}101-101")) == ["block-not-covered"]
    assert refused(lambda: transfer(ours, authorisation, {2026: 101})) == ["not-covered"]
    transfer(ours, authorisation, serial=f"{ONE}1-100")


def test_a_block_belongs_to_one_authorisation_at_most() -> None:
    ours, _theirs = two_staffs()
    named = [{"serial": f"{ONE}1-100", "holder": "Owner One"}]
    first = authorised(ours, asking(blocks=named, volumes_tco2e={"2026": 100}))
    with pytest.raises(Refused) as refusal:
        letter_due(ours, asking(blocks=[{"serial": f"{ONE}100-150"}], volumes_tco2e={"2026": 51}))
    assert [reason.code for reason in refusal.value.reasons] == ["A3"]
    assert {block.authorisation for block in Block.objects.all()} == {first}


# -- by whom ---------------------------------------------------------------------------------------


def test_an_entitled_registry_records_what_happened_in_it_and_nobody_else_of_no_office_does() -> None:
    ours, theirs = two_staffs()
    authorisation = authorised(ours, asking(tracking_registry="Alpine"))
    running = Person(user=theirs.applicant, organisation=theirs.organisation)
    act = Act(actor=running, clock=ours.clock)
    how: dict[str, Any] = {"on": today(ours), "to_party": "CHE", "volumes": {2026: 1}, "evidence": SHOWN}

    def record(**more: Any) -> None:
        outcomes.record_first_transfer(fresh(authorisation), act=act, **{**how, **more})

    assert refused(record, Kind.UNSEEN) == ["not-found"]
    RegistryEntitlement.objects.create(
        authority=ours.authority, organisation=theirs.organisation, registry="Alpine", starts_on=today(ours)
    )
    elsewhere = Evidence(reference="Notice", registry="Another")
    assert refused(lambda: record(evidence=elsewhere)) == ["another-registry"]
    record()
    recording = Recording.objects.get()
    assert (recording.registry, recording.organisation) == ("Alpine", theirs.organisation)
    issuance = Issuance(on=today(ours), volumes={2026: 3}, evidence=SHOWN)
    outcomes.record_issuance(authorisation.activity, issuance, act=act)
    assert IssuedVintage.objects.get().recording.registry == "Alpine"
    RegistryEntitlement.objects.update(ends_on=today(ours) - timedelta(days=1), starts_on=DAY)
    assert refused(record, Kind.UNSEEN) == ["not-found"]


def test_neither_the_holder_nor_another_office_records() -> None:
    ours, _theirs = two_staffs()
    authorisation = authorised(ours)
    how: dict[str, Any] = {"on": today(ours), "to_party": "CHE", "volumes": {2026: 1}, "evidence": SHOWN}
    for function in (Function.DECIDER, Function.REVIEWER, Function.SIGNER, None):
        act = ours.act(function)
        codes = refused(
            lambda act=act: outcomes.record_first_transfer(authorisation, act=act, **how),  # type: ignore[misc]
            Kind.ROLE,
        )
        assert codes == ["role"]


def test_the_desk_of_another_authority_does_not_even_see_it() -> None:
    ours, theirs = two_staffs()
    authorisation = authorised(ours)
    act = Act(actor=theirs.holding(Function.DESK_OFFICER), clock=ours.clock)
    issuance = Issuance(on=today(ours), volumes={2026: 3}, evidence=SHOWN)
    assert refused(
        lambda: outcomes.record_issuance(authorisation.activity, issuance, act=act), Kind.UNSEEN
    ) == ["not-found"]
    assert not IssuedVintage.objects.exists()
    assert Case.objects.count() == 1
