from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Authority, Function, Membership, Office, Organisation, Party, Tenure
from accounts.services import (
    create_authority,
    create_membership,
    create_office,
    create_organisation,
    end_membership,
    end_tenure,
)
from audit.canonical import parse_canonical
from audit.models import Event
from audit.trail import event_record, events_of, verify
from tests.accounts.factories import AT, DAY, authority, office, organisation, person, tenure, two_authorities
from tests.accounts.story import refused

pytestmark = pytest.mark.django_db


def _story(head: Authority | Organisation) -> list[str]:
    return [event.action for event in events_of(head.trail_stream)]


def _facts(head: Authority | Organisation) -> Any:
    event = events_of(head.trail_stream).last()
    assert event is not None
    return parse_canonical(event.facts)


def test_an_authority_opens_its_own_chain() -> None:
    ghana, vanuatu = two_authorities()
    assert _story(ghana) == _story(vanuatu) == ["authority_created"]
    assert _facts(ghana) == {
        "party": "GHA",
        "slug": "gha",
        "name": {"en": "Authority of GHA"},
        "time_zone": "Africa/Accra",
        "languages": ["en"],
    }


def test_a_party_has_one_authority() -> None:
    ghana, _ = two_authorities()
    with pytest.raises(ValidationError):
        create_authority(
            Party.objects.get(code="GHA"),
            slug="second",
            name={"en": "Second"},
            time_zone="Africa/Accra",
            languages=["en"],
            actor="system",
            at=AT,
        )
    assert Authority.objects.count() == 2
    assert _story(ghana) == ["authority_created"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"time_zone": "Accra"}, "“Accra” is no time zone"),
        ({"languages": []}, "This field cannot be blank"),
        ({"languages": "en"}, "A list of languages is expected"),
        ({"languages": ["en", "en"]}, "none of them twice"),
        ({"languages": ["not a language"]}, "“not a language” is no language tag"),
        ({"name": {}}, "This field cannot be blank"),
        ({"name": ["Ministry"]}, "A text in at least one language is expected"),
        ({"name": {"en": " "}}, "The text in “en” is empty"),
        ({"name": {"??": "Ministry"}}, "“??” is no language tag"),
    ],
)
def test_an_authority_with_a_wrong_value_is_refused_and_nothing_is_written(
    given: dict[str, Any], sentence: str
) -> None:
    two_authorities()
    right: dict[str, Any] = {"name": {"en": "Authority"}, "time_zone": "Asia/Tashkent", "languages": ["en"]}
    with pytest.raises(ValidationError) as refused:
        create_authority(
            Party.objects.get(code="UZB"), slug="uzb", actor="system", at=AT, **{**right, **given}
        )
    assert any(sentence in message for message in refused.value.messages)
    assert Authority.objects.count() == 2
    assert Event.objects.count() == 2


def test_an_organisation_opens_its_own_chain() -> None:
    stoves = organisation()
    assert _story(stoves) == ["organisation_created"]
    assert _facts(stoves) == {
        "name": "Stoves Ltd",
        "name_latin": "",
        "country": "GHA",
        "identification": "C-1",
    }


@pytest.mark.parametrize(
    ("country", "identification", "sentence"),
    [
        ("Ghana", "C-2", "“Ghana” is no country code"),
        ("gha", "C-2", "“gha” is no country code"),
        ("GHA", "C-1", "An organisation with this identification number exists already."),
    ],
)
def test_an_organisation_with_a_wrong_value_is_refused_and_nothing_is_written(
    country: str, identification: str, sentence: str
) -> None:
    organisation()
    with pytest.raises(ValidationError) as refused:
        create_organisation("Other", country=country, identification=identification, actor="system", at=AT)
    assert any(sentence in message for message in refused.value.messages)
    assert Organisation.objects.count() == 1
    assert Event.objects.count() == 1


def test_two_organisations_without_a_number_may_stand_beside_each_other() -> None:
    organisation("One", identification="")
    organisation("Two", identification="")
    assert Organisation.objects.count() == 2


def test_memberships_and_tenures_stand_in_the_chain_of_their_head_only() -> None:
    ghana, vanuatu = two_authorities()
    stoves, ama = organisation(), person()
    membership = create_membership(stoves, person=ama, starts_on=DAY, actor=ama.actor, at=AT)
    desk = office(ghana)
    held = tenure(desk, ama)
    end_membership(membership, ends_on=DAY + timedelta(days=9), actor=ama.actor, at=AT)
    end_tenure(held, ends_on=DAY + timedelta(days=9), actor="system", at=AT)
    assert _story(stoves) == ["organisation_created", "membership_started", "membership_ended"]
    assert _story(ghana) == ["authority_created", "office_created", "tenure_started", "tenure_ended"]
    assert _story(vanuatu) == ["authority_created"]
    assert _facts(ghana) == {
        "office": str(desk.public_id),
        "person": str(ama.public_id),
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-11",
    }
    membership.refresh_from_db()
    held.refresh_from_db()
    assert membership.ends_on == held.ends_on == date(2026, 3, 11)


def test_the_chains_verify_and_hold_no_name_and_no_address() -> None:
    ghana, _ = two_authorities()
    ama = person("ama@example.org", name="Ama Mensah")
    tenure(office(ghana), ama)
    create_membership(organisation(), person=ama, starts_on=DAY, actor=ama.actor, at=AT)
    for event in Event.objects.all():
        assert "Ama" not in event.facts
        assert "example.org" not in event.facts
    assert verify(event_record(event) for event in events_of(ghana.trail_stream)).whole


def test_a_tenure_or_membership_cannot_end_before_it_starts() -> None:
    ghana, _ = two_authorities()
    desk, ama, stoves = office(ghana), person(), organisation()
    events = Event.objects.count()
    with pytest.raises(ValidationError, match="A tenure cannot end before it starts"):
        tenure(desk, ama, ends_on=DAY - timedelta(days=1))
    with pytest.raises(ValidationError, match="A membership cannot end before it starts"):
        create_membership(
            stoves, person=ama, starts_on=DAY, ends_on=DAY - timedelta(days=1), actor="system", at=AT
        )
    assert not Tenure.objects.exists()
    assert not Membership.objects.exists()
    assert Event.objects.count() == events


def test_the_database_itself_refuses_a_reversed_tenure_or_membership() -> None:
    ghana, _ = two_authorities()
    desk, ama, stoves = office(ghana), person(), organisation()
    earlier = DAY - timedelta(days=1)
    for reversed_span in (
        Tenure(office=desk, person=ama, starts_on=DAY, ends_on=earlier),
        Membership(organisation=stoves, person=ama, starts_on=DAY, ends_on=earlier),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            reversed_span.save()


def test_a_tenure_cannot_be_ended_before_it_started_or_prolonged() -> None:
    ghana, _ = two_authorities()
    held = tenure(office(ghana), person(), ends_on=DAY + timedelta(days=5))
    story = _story(ghana)
    with pytest.raises(ValidationError, match="A tenure cannot end before it starts"):
        end_tenure(held, ends_on=DAY - timedelta(days=1), actor="system", at=AT)
    with pytest.raises(ValidationError, match=r"ends on 7.+March.+2026 already"):
        end_tenure(held, ends_on=DAY + timedelta(days=6), actor="system", at=AT)
    held.refresh_from_db()
    assert held.ends_on == DAY + timedelta(days=5)
    assert _story(ghana) == story


def test_a_membership_cannot_be_ended_twice() -> None:
    stoves = organisation()
    membership = create_membership(stoves, person=person(), starts_on=DAY, actor="system", at=AT)
    end_membership(membership, ends_on=DAY, actor="system", at=AT)
    with pytest.raises(ValidationError, match=r"ends on 2.+March.+2026 already"):
        end_membership(membership, ends_on=DAY, actor="system", at=AT)
    assert _story(stoves) == ["organisation_created", "membership_started", "membership_ended"]


def test_two_people_may_hold_an_office_on_one_day_but_nobody_holds_it_twice() -> None:
    ghana, _ = two_authorities()
    desk, ama, kofi = office(ghana), person(), person("kofi@example.org")
    tenure(desk, ama, ends_on=DAY + timedelta(days=5))
    tenure(desk, kofi)
    with pytest.raises(ValidationError, match="holds this office on some of these days already"):
        tenure(desk, ama, starts_on=DAY + timedelta(days=5))
    assert Tenure.objects.count() == 2
    tenure(desk, ama, starts_on=DAY + timedelta(days=6))
    assert Tenure.objects.count() == 3


def test_nobody_belongs_twice_to_an_organisation_on_one_day() -> None:
    stoves, ama = organisation(), person()
    create_membership(stoves, person=ama, starts_on=DAY, actor="system", at=AT)
    with pytest.raises(ValidationError, match="belongs to this organisation on some of these days already"):
        create_membership(stoves, person=ama, starts_on=DAY + timedelta(days=30), actor="system", at=AT)
    assert Membership.objects.count() == 1
    assert _story(stoves) == ["organisation_created", "membership_started"]


def test_an_office_has_one_of_the_known_functions() -> None:
    ghana = authority()
    with pytest.raises(ValidationError):
        create_office(ghana, function="minister", title={"en": "Minister"}, actor="system", at=AT)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        Office(authority=ghana, function="minister", title={"en": "Minister"}).save()
    assert not Office.objects.exists()
    create_office(ghana, function=Function.SIGNER, title={"en": "Minister"}, actor="system", at=AT)
    assert Office.objects.get().function == Function.SIGNER


def test_a_membership_that_was_ended_at_once_is_not_ended_again_and_one_with_a_day_is_shortened() -> None:
    stoves = organisation()
    ama, kofi = person("ama@example.org"), person("kofi@example.org")
    joined, to_come = (
        create_membership(stoves, person=one, starts_on=DAY, actor="system", at=AT) for one in (ama, kofi)
    )
    end_membership(joined, ends_on=None, actor="system", at=AT)
    for ends_on in (None, DAY):
        with refused("was ended already"):
            end_membership(joined, ends_on=ends_on, actor="system", at=AT)
    end_membership(to_come, ends_on=DAY + timedelta(days=9), actor="system", at=AT)
    assert end_membership(
        to_come, ends_on=DAY + timedelta(days=3), actor="system", at=AT
    ).ends_on == DAY + timedelta(days=3)
    with refused("already"):
        end_membership(to_come, ends_on=DAY + timedelta(days=9), actor="system", at=AT)
