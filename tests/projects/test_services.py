"""Registering what applications are about: the same thing once, for its own authority, with a trail."""

from typing import Any

import pytest

from accounts.models import Authority, Party
from audit import trail
from audit.verification import verify_database
from projects.content import ActivityContent, CooperativeApproachContent, EntityContent, NdcPeriodContent
from projects.models import (
    Activity,
    CooperativeApproach,
    Entity,
    EntityRole,
    ExpectedMitigation,
    NdcPeriod,
    TrackingArrangement,
)
from projects.selectors import expected_by_vintage
from projects.services import (
    Registering,
    record_tracking_arrangement,
    register_activity,
    register_approach,
    register_entities,
    register_ndc_period,
    state_expected_mitigation,
)
from tests.accounts.factories import AT, two_authorities
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


def by(authority: Authority) -> Registering:
    return Registering(authority=authority, actor="system", at=AT)


def approach(**fields: Any) -> CooperativeApproachContent:
    given = {"name": "Stoves for two valleys", "parties": ["GHA", "CHE"], **fields}
    return CooperativeApproachContent.model_validate(given)


def activity(**fields: Any) -> ActivityContent:
    given = {"title": "Efficient stoves", "standard": "Bilateral", "registry_id": "MA-1", **fields}
    return ActivityContent.model_validate(given)


def registered(content: CooperativeApproachContent, authority: Authority) -> CooperativeApproach:
    found = register_approach(content, by(authority))
    assert found is not None
    return found


def actions(record: Any) -> list[str]:
    return [event.action for event in trail.events_of(record.trail_stream)]


def test_an_approach_is_registered_once_and_for_its_own_authority() -> None:
    ours, theirs = two_authorities()
    first = registered(approach(), ours)
    assert registered(approach(), ours) == first
    assert registered(approach(), theirs) != first
    assert sorted(party.code for party in first.parties.all()) == ["CHE", "GHA"]
    assert (first.state, first.ca_id, actions(first)) == ("proposed", None, ["register"])
    assert verify_database().whole


def test_an_approach_is_known_by_its_identifier_before_its_name() -> None:
    ours, _theirs = two_authorities()
    first = registered(approach(ca_id="CA0001"), ours)
    assert registered(approach(ca_id="CA0001", name="Called otherwise"), ours) == first
    assert registered(approach(ca_id="CA0001", name=None), ours) == first
    assert registered(approach(), ours) == first


def test_an_approach_given_by_its_identifier_alone_is_registered_under_it() -> None:
    ours, _theirs = two_authorities()
    first = registered(approach(ca_id="CA0002", name=None), ours)
    assert (first.ca_id, first.name) == ("CA0002", "CA0002")
    assert registered(approach(ca_id="CA0002", name=None), ours) == first


def test_one_name_under_two_identifiers_is_refused() -> None:
    ours, theirs = two_authorities()
    registered(approach(ca_id="CA0001"), ours)
    with pytest.raises(Refused) as refused:
        register_approach(approach(ca_id="CA0003"), by(ours))
    assert refused.value.kind == Kind.RULE
    assert [reason.code for reason in refused.value.reasons] == ["approach-identifier"]
    assert "CA0001" in str(refused.value)
    assert CooperativeApproach.objects.count() == 1
    registered(approach(ca_id="CA0003"), theirs)


def test_what_names_nothing_registers_nothing() -> None:
    ours, _theirs = two_authorities()
    assert register_approach(approach(name=None), by(ours)) is None
    assert register_activity(activity(title=None), None, by(ours)) is None
    assert register_ndc_period(ours.party, NdcPeriodContent.model_validate({"from": 2021})) is None
    assert not CooperativeApproach.objects.exists()
    assert not Activity.objects.exists()
    assert not NdcPeriod.objects.exists()


def test_an_activity_is_known_by_its_number_and_by_its_title_where_it_has_none() -> None:
    ours, theirs = two_authorities()
    numbered = register_activity(activity(), None, by(ours))
    assert register_activity(activity(), None, by(ours)) == numbered
    assert register_activity(activity(), None, by(theirs)) != numbered
    assert register_activity(activity(standard="Other"), None, by(ours)) != numbered
    unnumbered = register_activity(activity(registry_id=None), None, by(ours))
    assert unnumbered != numbered
    assert register_activity(activity(registry_id=None), None, by(ours)) == unnumbered
    assert actions(numbered) == ["register"]


def test_one_number_under_two_titles_is_refused_since_it_could_be_authorised_twice() -> None:
    ours, _theirs = two_authorities()
    register_activity(activity(), None, by(ours))
    with pytest.raises(Refused) as refused:
        register_activity(activity(title="Efficient ovens"), None, by(ours))
    assert [reason.code for reason in refused.value.reasons] == ["activity-title"]
    assert "Efficient stoves" in str(refused.value)
    assert Activity.objects.count() == 1


def test_entities_have_their_roles_once_and_none_without_a_number() -> None:
    ours, _theirs = two_authorities()
    one = register_activity(activity(), None, by(ours))
    assert one is not None
    entities = tuple(
        EntityContent.model_validate(given)
        for given in (
            {
                "name": "Stoves Ltd",
                "country": "GHA",
                "identification": "C-1",
                "roles": ["applicant", "seller"],
            },
            {"name": "Stoves Limited", "country": "GHA", "identification": "C-1", "roles": ["seller"]},
            {"name": "Nameless", "country": "GHA", "identification": None, "roles": ["acquirer"]},
        )
    )
    register_entities(one, entities)
    register_entities(one, entities)
    assert [entity.name for entity in Entity.objects.all()] == ["Stoves Ltd"]
    assert sorted(EntityRole.objects.values_list("role", flat=True)) == ["applicant", "seller"]


def test_of_expected_mitigation_the_last_statement_counts_and_only_changes_are_stated() -> None:
    ours, _theirs = two_authorities()
    one = register_activity(activity(), None, by(ours))
    assert one is not None
    state_expected_mitigation(one, {2026: 10, 2027: 20}, by(ours))
    state_expected_mitigation(one, {2026: 10, 2027: 20}, by(ours))
    state_expected_mitigation(one, {2027: 25}, by(ours))
    assert expected_by_vintage(one) == {2026: 10, 2027: 25}
    assert ExpectedMitigation.objects.count() == 3
    assert actions(one) == ["register", "state_expected_mitigation", "state_expected_mitigation"]
    assert trail.event_record(trail.events_of(one.trail_stream)[2])["facts"] == {"tco2e": {"2027": 25}}
    assert verify_database().whole


@pytest.mark.parametrize(
    ("registry", "kind"),
    [("national", "national"), ("mechanism", "mechanism"), ("other", "other"), ("Verra", "other")],
)
def test_a_registry_is_one_of_the_known_kinds_or_known_by_its_name(registry: str, kind: str) -> None:
    party = Party.objects.get(code="GHA")
    first = record_tracking_arrangement(party, registry)
    assert record_tracking_arrangement(party, registry) == first
    assert (first.kind, first.name, TrackingArrangement.objects.count()) == (kind, registry, 1)


def test_a_period_of_a_party_is_registered_once() -> None:
    ours, theirs = two_authorities()
    years = NdcPeriodContent.model_validate({"from": 2021, "to": 2030})
    first = register_ndc_period(ours.party, years)
    assert register_ndc_period(ours.party, years) == first
    assert register_ndc_period(theirs.party, years) != first
