"""Reversals of removals and units credited in excess: what is recorded, what replaces it, what stands."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from accounts.models import Function
from audit.trail import events_of
from authorisation.issuing import Evidence, Issuance
from authorisation.models import Authorisation, Entry, Recording, Replacement, Reversal
from authorisation.reversed import balance_of, balances
from authorisation.services import outcomes, reversals
from authorisation.verification import verify
from projects.models import Activity
from tests.authorisation.factories import Staff, two_staffs
from tests.authorisation.obliging import authorised
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db

SHOWN = Evidence(reference="Monitoring report 3")


@pytest.fixture
def staffs() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def of(staffs: tuple[Staff, Staff]) -> Staff:
    return staffs[0]


def today(of: Staff) -> date:
    return of.authority.legal_date(of.clock.now())


@pytest.fixture
def activity(of: Staff) -> Activity:
    """Of 2026, 400 t are issued and covered, and 100 t of them first transferred."""
    authorisation = authorised(of)
    of.clock.move_to(of.clock.now() + timedelta(days=330))
    desk = partial(of.act, Function.DESK_OFFICER)
    issuance = Issuance(on=today(of), volumes={2026: 400}, evidence=SHOWN)
    outcomes.record_issuance(authorisation.activity, issuance, act=desk())
    outcomes.record_first_transfer(
        Authorisation.objects.get(pk=authorisation.pk),
        act=desk(),
        on=today(of),
        to_party="CHE",
        volumes={2026: 100},
        evidence=SHOWN,
    )
    return authorisation.activity


def reverse(of: Staff, activity: Activity, tonnes: int = 150, **more: Any) -> Activity:
    how: dict[str, Any] = {
        "act": of.act(Function.DESK_OFFICER),
        "on": today(of),
        "sort": Reversal.Sort.REVERSAL,
        "vintage": 2026,
        "evidence": SHOWN,
        **more,
    }
    return reversals.record_reversal(activity, tonnes=tonnes, **how)


def replace(of: Staff, reversal: Reversal, tonnes: int, **more: Any) -> Activity:
    how: dict[str, Any] = {
        "act": of.act(Function.DESK_OFFICER),
        "on": today(of),
        "vintage": 2025,
        "evidence": SHOWN,
        **more,
    }
    return reversals.record_replacement(reversal, tonnes=tonnes, **how)


def refused(act: Callable[[], object], kind: Kind = Kind.RULE) -> list[str]:
    before = Recording.objects.count(), Reversal.objects.count(), Replacement.objects.count()
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.kind == kind
    assert all("%(" not in f"{reason}{reason.mend_text}" for reason in refusal.value.reasons)
    assert (Recording.objects.count(), Reversal.objects.count(), Replacement.objects.count()) == before
    return [reason.code for reason in refusal.value.reasons]


def test_what_is_reversed_and_replaced_is_added_up_and_moves_no_line(of: Staff, activity: Activity) -> None:
    lines, entries = list(activity.authorisations.get().lines.values()), Entry.objects.count()
    reverse(of, activity)
    reversal = Reversal.objects.get()
    replace(of, reversal, 60, serial="BUF-1-60")
    replace(of, reversal, 40)
    reverse(of, activity, 20, sort=Reversal.Sort.OVER_CREDITING)
    assert (balance_of(reversal).replaced, balance_of(reversal).outstanding) == (100, 50)
    assert {
        vintage: (one.reversed, one.replaced, one.outstanding) for vintage, one in balances(activity).items()
    } == {2026: (170, 100, 70)}
    assert list(activity.authorisations.get().lines.values()) == lines
    assert Entry.objects.count() == entries
    assert verify().wrong == []
    actions = [event.action for event in events_of(activity.trail_stream).order_by("sequence")]
    assert actions[-4:] == ["record_reversal", "record_replacement", "record_replacement", "record_reversal"]


def test_nothing_is_reversed_that_was_not_issued_nor_replaced_that_is_not_outstanding(
    of: Staff, activity: Activity
) -> None:
    assert refused(partial(reverse, of, activity, 401)) == ["more-than-issued"]
    reverse(of, activity, 300)
    assert refused(partial(reverse, of, activity, 101)) == ["more-than-issued"]
    reversal = Reversal.objects.get()
    assert refused(partial(replace, of, reversal, 301)) == ["more-than-outstanding"]
    earlier = today(of) - timedelta(days=1)
    assert refused(partial(replace, of, reversal, 1, on=earlier)) == ["before-the-reversal"]
    replace(of, reversal, 300)
    assert refused(partial(replace, of, reversal, 1)) == ["more-than-outstanding"]


def test_every_reason_against_a_reversal_is_said_at_once(of: Staff, activity: Activity) -> None:
    wrong = partial(
        reverse, of, activity, 0, evidence=Evidence(), on=today(of) + timedelta(days=1), vintage=2020
    )
    assert refused(wrong) == ["evidence-missing", "in-the-future", "volume-missing", "before-its-vintage"]


def test_only_an_officer_or_an_entitled_registry_of_the_authority_records_it(
    staffs: tuple[Staff, Staff], activity: Activity
) -> None:
    of, others = staffs
    assert refused(partial(reverse, of, activity, act=of.act(Function.DECIDER)), Kind.ROLE) == ["role"]
    assert refused(partial(reverse, of, activity, act=others.act(Function.DESK_OFFICER)), Kind.UNSEEN)
