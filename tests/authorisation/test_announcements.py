"""Who must be told of what was done to an authorisation: listed with the act, told by machine or officer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail

from accounts.models import Function
from audit.trail import events_of
from authorisation.lifecycle_of_announcements import State
from authorisation.models import Announcement, Authorisation, Correspondent
from authorisation.procedures import BUILT_IN
from authorisation.recipients import USUAL, Recipient
from authorisation.services import announcements
from authorisation.services.acts import preview
from tests.authorisation.factories import Staff, content, two_staffs
from tests.authorisation.factories import refused as refused_case
from tests.authorisation.obliging import authorised
from tests.authorisation.standing import planned
from tests.authorisation.timing import staff_of
from workflow import outbox
from workflow.actors import CLOCK, Person
from workflow.door import Act, Move, take
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def staffs() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def of(staffs: tuple[Staff, Staff]) -> Staff:
    return staffs[0]


def listed(authorisation: Authorisation, act: str = "conclude") -> dict[tuple[str, str], Announcement]:
    found = authorisation.announcements.filter(act=act).order_by("pk")
    return {(one.recipient, one.whom): one for one in found}


def today(of: Staff) -> date:
    return of.authority.legal_date(of.clock.now())


def refused(act: Callable[[], object], kind: Kind = Kind.RULE) -> list[str]:
    """The codes of a refusal that told nobody anything."""
    columns = [field.name for field in Announcement._meta.concrete_fields if "trail" not in field.name]
    before = list(Announcement.objects.order_by("pk").values(*columns))
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.kind == kind
    assert all("%(" not in f"{reason}{reason.mend_text}" for reason in refusal.value.reasons)
    assert list(Announcement.objects.order_by("pk").values(*columns)) == before
    return [reason.code for reason in refusal.value.reasons]


def test_with_the_first_grant_everybody_is_listed_who_must_be_told(of: Staff) -> None:
    given = content(activity={"standard": "VCS"}, request={"tracking_registry": "national"})
    authorisation = authorised(of, given=given)
    found = listed(authorisation)
    parties = [("counterpart", code) for code in ("CHE", "GHA") if code != of.authority.party.code]
    assert sorted(found) == sorted(
        [*parties, ("registry", "national"), ("standard", "VCS"), ("platform", ""), ("public", "")]
    )
    for (recipient, _whom), one in found.items():
        assert one.due_on == today(of) + timedelta(days=USUAL[Recipient(recipient)].days)
        assert (one.state, one.version_told, one.acted_on) == ("due", 1, today(of))
        assert [event.action for event in events_of(one.trail_stream)] == ["list"]


def test_a_procedure_says_whom_and_within_how_many_days(of: Staff) -> None:
    told = {
        **USUAL,
        Recipient.PLATFORM: replace(USUAL[Recipient.PLATFORM], days=3),
        Recipient.COUNTERPART: replace(USUAL[Recipient.COUNTERPART], needed=False),
    }
    terms = replace(BUILT_IN, version="test/told", told=told)
    with (
        patch.dict("authorisation.procedures.SHIPPED", {"test/told": terms}),
        patch("authorisation.services.applications.procedure_for", lambda authority, on: terms),
    ):
        authorisation = authorised(of)
        found = listed(authorisation)
    with patch("authorisation.planned.procedure_for", lambda authority, on: terms):
        said = preview(authorisation, planned("clarification", text="So."), clock=of.clock).told
    assert [(one.recipient, one.whom) for one in said] == list(found)
    assert found["platform", ""].due_on == today(of) + timedelta(days=3)
    assert not [one for one in found if one[0] == "counterpart"]


def test_every_change_of_state_lists_them_again(of: Staff) -> None:
    authorisation = authorised(of)
    before = set(listed(authorisation))
    take(Act(actor=CLOCK, clock=of.clock), Move(step=Authorisation.expire, record=authorisation))
    again = listed(authorisation, "expire")
    assert set(again) == before
    assert {one.version_told for one in again.values()} == {1}


def test_a_refusal_lists_nobody(of: Staff) -> None:
    refused_case(of)
    assert not Announcement.objects.exists()


def test_the_public_is_told_by_the_register_and_others_by_mail_where_an_address_is_known() -> None:
    of = staff_of("GHA", "Africa/Accra")
    director = of.act(Function.DIRECTOR).actor
    assert isinstance(director, Person)
    announcements.set_correspondent(
        of.authority,
        recipient=Recipient.COUNTERPART,
        whom="CHE",
        email="dna@che.example",
        actor=director,
        clock=of.clock,
    )
    authorisation = authorised(of)
    mail.outbox.clear()
    outbox.deliver_due()
    found = listed(authorisation)
    public, party = found["public", ""], found["counterpart", "CHE"]
    # On the day of the delivery, which is the world's.
    assert (public.state, public.by_mail, public.done_on is not None) == ("done", False, True)
    assert public.link.endswith(f"/register/{authorisation.identifier}/")
    assert (party.state, party.by_mail, party.done_on is not None) == ("done", True, True)
    assert found["platform", ""].state == found["registry", "national"].state == "due"
    (sent,) = [one for one in mail.outbox if one.to == ["dna@che.example"]]
    assert authorisation.identifier in sent.subject
    assert party.link in sent.body
    # Delivered again, nothing is told twice.
    for one in found.values():
        outbox.enqueue(announcements.ANNOUNCE, {"announcement": str(one.public_id)}, clock=of.clock)
    outbox.deliver_due()
    assert len([one for one in mail.outbox if one.to == ["dna@che.example"]]) == 1
    assert events_of(party.trail_stream).filter(action="tell").count() == 1


def test_nobody_is_written_to_about_a_demonstration(of: Staff) -> None:
    actor = of.act(Function.DESK_OFFICER).actor
    assert isinstance(actor, Person)
    announcements.set_correspondent(
        of.authority,
        recipient=Recipient.COUNTERPART,
        whom="CHE",
        email="dna@che.example",
        actor=actor,
        clock=of.clock,
    )
    authorised(of)
    outbox.deliver_due()
    assert Announcement.objects.get(recipient="public").state == "done"
    assert Announcement.objects.filter(state=State.DONE).count() == 1
    assert not [one for one in mail.outbox if one.to == ["dna@che.example"]]


def test_an_officer_records_the_submission_to_the_platform_with_day_and_link(
    staffs: tuple[Staff, Staff],
) -> None:
    of, others = staffs
    platform = listed(authorised(of))["platform", ""]
    record = partial(announcements.record_done, platform)
    officer = of.act(Function.DESK_OFFICER)
    assert refused(partial(record, act=officer, on=None)) == ["day-missing", "link-missing"]
    later, earlier = today(of) + timedelta(days=1), today(of) - timedelta(days=1)
    address = "https://carp.example/1"
    assert refused(partial(record, act=officer, on=later, link=address)) == ["in-the-future"]
    assert refused(partial(record, act=officer, on=earlier, link=address)) == ["before-the-act"]
    assert refused(partial(record, act=of.act(Function.DECIDER), on=today(of), link=address), Kind.ROLE)
    for stranger in (others.act(Function.DESK_OFFICER), of.act()):
        assert refused(partial(record, act=stranger, on=today(of), link=address), Kind.UNSEEN)
    done = record(act=of.act(Function.DESK_OFFICER), on=today(of), link=address)
    assert (done.state, done.done_on, done.link) == ("done", today(of), address)
    assert refused(partial(record, act=of.act(Function.DESK_OFFICER), on=today(of), link=address), Kind.STATE)


def test_nobody_is_left_untold_without_a_reason(of: Staff) -> None:
    registry = listed(authorised(of))["registry", "national"]
    excuse = partial(announcements.excuse, registry, act=of.act(Function.DIRECTOR))
    assert refused(partial(excuse, reasons=" ")) == ["excuse-reasons"]
    assert excuse(reasons="The registry is ours.").state == "not_needed"


def test_addresses_are_set_by_the_desk_and_the_director_of_their_authority(
    staffs: tuple[Staff, Staff],
) -> None:
    of, others = staffs
    how: dict[str, Any] = {"recipient": Recipient.REGISTRY, "whom": "Verra", "clock": of.clock}
    for stranger in (
        others.act(Function.DIRECTOR).actor,
        of.act(Function.DECIDER).actor,
        of.act().actor,
    ):
        assert isinstance(stranger, Person)
        setting = partial(
            announcements.set_correspondent, of.authority, email="x@y.example", actor=stranger, **how
        )
        assert refused(setting, Kind.ROLE) == ["role"]
    assert not Correspondent.objects.exists()
    desk = of.act(Function.DESK_OFFICER).actor
    assert isinstance(desk, Person)
    announcements.set_correspondent(of.authority, email="x@y.example", actor=desk, **how)
    announcements.set_correspondent(of.authority, email="", actor=desk, **how)
    assert Correspondent.objects.get().email == ""
