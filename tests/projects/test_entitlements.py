"""Entitling a registry: by whom, with which basis, from when until when, and ended at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Function
from accounts.services import withdraw_vetting
from audit.trail import events_of
from projects.documents import take_in
from projects.entitlements import Granted, end_entitlement, grant_entitlement
from projects.models import Document, RegistryEntitlement
from projects.permissions import recording_roles, registries_of
from tests.accounts.factories import organisation, vetted
from tests.authorisation.factories import Staff, two_staffs
from workflow.actors import Person
from workflow.clock import SetClock
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


def granted(of: Staff, **more: Any) -> Granted:
    what: dict[str, Any] = {"registry": "Alpine", "starts_on": today(of), "basis": "Agreement 4/2026", **more}
    return Granted(**what)


def today(of: Staff) -> date:
    return of.clock.now().date()


def grant(of: Staff, to: Staff, what: Granted | None = None) -> RegistryEntitlement:
    vetted(to.organisation, of.authority, member=to.applicant, officer=of.offices[Function.DESK_OFFICER][1])
    return grant_entitlement(
        of.authority,
        to.organisation,
        what or granted(of),
        actor=of.holding(Function.DIRECTOR),
        clock=of.clock,
    )


def clerk(of: Staff) -> Person:
    return Person(user=of.applicant, organisation=of.organisation)


def refused(act: Callable[[], object], kind: Kind = Kind.RULE) -> list[str]:
    """The codes of a refusal, which wrote nothing."""
    before = list(RegistryEntitlement.objects.values()), Document.objects.count()
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.kind == kind
    assert all(reason.mend_text for reason in refusal.value.reasons)
    assert (list(RegistryEntitlement.objects.values()), Document.objects.count()) == before
    return [reason.code for reason in refusal.value.reasons]


def test_an_entitled_registry_records_from_its_first_day_to_its_last_and_here_alone() -> None:
    ours, theirs = two_staffs()
    first = today(ours) + timedelta(days=2)
    grant(ours, theirs, granted(ours, starts_on=first, ends_on=first + timedelta(days=5)))
    may = {
        days: bool(registries_of(ours.authority, clerk(theirs), SetClock(ours.clock.now() + timedelta(days))))
        for days in (1, 2, 7, 8)
    }
    assert may == {1: False, 2: True, 7: True, 8: False}
    later = SetClock(ours.clock.now() + timedelta(days=3))
    assert recording_roles(ours.authority, clerk(theirs), later) == {"registry"}
    assert recording_roles(theirs.authority, clerk(theirs), later) == frozenset()
    assert recording_roles(ours.authority, clerk(ours), later) == frozenset()
    # Who acts in an office acts for no registry.
    officer = replace(clerk(theirs), office=ours.holding(Function.DESK_OFFICER).office)
    assert recording_roles(ours.authority, officer, later) == frozenset()


def test_it_ends_at_once_with_reasons_and_can_be_granted_anew_the_same_day() -> None:
    ours, theirs = two_staffs()
    entitlement = grant(ours, theirs)
    director = ours.holding(Function.DIRECTOR)
    assert registries_of(ours.authority, clerk(theirs), ours.clock) == {"Alpine"}
    codes = refused(lambda: end_entitlement(entitlement, reasons=" ", actor=director, clock=ours.clock))
    assert codes == ["reasons-missing"]
    end_entitlement(entitlement, reasons="The registry closed.", actor=director, clock=ours.clock)
    assert registries_of(ours.authority, clerk(theirs), ours.clock) == frozenset()
    codes = refused(lambda: end_entitlement(entitlement, reasons="Again.", actor=director, clock=ours.clock))
    assert codes == ["ended"]
    grant_entitlement(ours.authority, theirs.organisation, granted(ours), actor=director, clock=ours.clock)
    assert registries_of(ours.authority, clerk(theirs), ours.clock) == {"Alpine"}
    told = events_of(ours.authority.trail_stream).filter(action__startswith="registry_ent")
    assert list(told.values_list("action", "reason")) == [
        ("registry_entitled", ""),
        ("registry_entitlement_ended", "The registry closed."),
        ("registry_entitled", ""),
    ]
    assert all(str(theirs.organisation.public_id) in event.facts for event in told)


def test_whoever_directs_proves_at_the_act_who_they_are() -> None:
    ours, theirs = two_staffs()
    late = replace(ours.holding(Function.DIRECTOR), proof=None)
    told: dict[str, Any] = {"actor": late, "clock": ours.clock}
    assert refused(
        lambda: grant_entitlement(ours.authority, theirs.organisation, granted(ours), **told), Kind.ROLE
    ) == ["proof"]
    entitlement = grant(ours, theirs)
    assert refused(lambda: end_entitlement(entitlement, reasons="It closed.", **told), Kind.ROLE) == ["proof"]


def test_its_basis_may_be_a_document_which_is_recorded_with_it() -> None:
    ours, theirs = two_staffs()
    file = take_in(b"The two agree.", name="agreement.txt")
    entitlement = grant(ours, theirs, granted(ours, basis="", file=file))
    document = entitlement.basis_document
    assert document is not None
    assert (document.sha256, document.authority) == (file.sha256, ours.authority)
    event = events_of(ours.authority.trail_stream).get(action="registry_entitled")
    assert file.sha256 in event.facts
    assert "agreement.txt" not in event.facts


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({"registry": "  "}, ["registry-missing"]),
        ({"basis": " "}, ["basis-missing"]),
        ({"ends_on": date(2020, 1, 1)}, ["ends-before"]),
        (
            {"registry": "", "basis": "", "ends_on": date(2020, 1, 1)},
            ["registry-missing", "basis-missing", "ends-before"],
        ),
    ],
)
def test_every_reason_is_given_at_once(more: dict[str, Any], codes: list[str]) -> None:
    ours, theirs = two_staffs()
    assert refused(lambda: grant(ours, theirs, granted(ours, **more))) == codes


def test_one_registry_is_entitled_once_at_a_time_and_only_who_was_let_in() -> None:
    ours, theirs = two_staffs()
    grant(ours, theirs, granted(ours, ends_on=today(ours) + timedelta(days=30)))
    director = ours.holding(Function.DIRECTOR)

    def again(**more: Any) -> object:
        return grant_entitlement(
            ours.authority, theirs.organisation, granted(ours, **more), actor=director, clock=ours.clock
        )

    assert refused(lambda: again(starts_on=today(ours) + timedelta(days=30))) == ["entitled-already"]
    again(starts_on=today(ours) + timedelta(days=31))
    again(registry="Another")
    stranger = organisation("Unknown Registry", identification="U-1")
    codes = refused(
        lambda: grant_entitlement(ours.authority, stranger, granted(ours), actor=director, clock=ours.clock)
    )
    assert codes == ["organisation-not-let-in"]
    officer = ours.offices[Function.DESK_OFFICER][1]
    vetting = theirs.organisation.vettings.get(authority=ours.authority)
    withdraw_vetting(vetting, reasons="It closed.", by=officer, at=ours.clock.now())
    assert refused(lambda: again(registry="Third")) == ["organisation-not-let-in"]


@pytest.mark.parametrize("function", [*sorted(set(Function) - {Function.DIRECTOR}), None])
def test_nobody_but_who_directs_the_authority_grants_or_ends(function: Function | None) -> None:
    ours, theirs = two_staffs()
    entitlement = grant(ours, theirs)
    actor = clerk(theirs) if function is None else ours.holding(function)
    for other in (actor, theirs.holding(Function.DIRECTOR)):
        granting = refused(
            lambda other=other: grant_entitlement(  # type: ignore[misc]
                ours.authority,
                theirs.organisation,
                granted(ours, registry="Other"),
                actor=other,
                clock=ours.clock,
            ),
            Kind.ROLE,
        )
        ending = refused(
            lambda other=other: end_entitlement(  # type: ignore[misc]
                entitlement, reasons="Gone.", actor=other, clock=ours.clock
            ),
            Kind.ROLE,
        )
        assert (granting, ending) == (["role"], ["role"])
