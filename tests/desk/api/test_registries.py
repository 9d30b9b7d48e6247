"""A registry that is entitled reports what happened in it, and nothing else; twice is once."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Organisation, Scope
from accounts.services import create_membership
from audit.models import Event
from audit.verification import verify_database
from authorisation.models import Authorisation, Block, Recording
from authorisation.verification import verify
from projects.models import RegistryEntitlement
from tests.accounts.factories import AT, DAY, organisation, person
from tests.authorisation.factories import Staff, concluded, content, letter_due, two_staffs
from tests.desk.api.calling import get, post, token_of
from workflow.clock import RealClock, today

pytestmark = pytest.mark.django_db


def in_force(of: Staff) -> Authorisation:
    """Authorised for use towards an NDC."""
    return concluded(of, letter_due(of, content()))


def registry(of: Staff, *, name: str = "Registry One", entitled: bool = True) -> tuple[Organisation, str]:
    """Whoever runs a registry, entitled by the authority or not, and the secret of its program."""
    runs = organisation(name, identification=name)
    member = person(f"{name.replace(' ', '')}@example.org")
    create_membership(runs, person=member, starts_on=DAY, actor="system", at=AT)
    if entitled:
        RegistryEntitlement.objects.create(
            authority=of.authority, organisation=runs, registry="national", starts_on=DAY
        )
    return runs, token_of(runs, member)


def said(of: Staff, **more: Any) -> dict[str, Any]:
    on = today(of.authority, RealClock())
    return {"on": on.isoformat(), "evidence": "Registry notice 7", **more}


def vintage_of(authorisation: Authorisation) -> int:
    return int(authorisation.lines.order_by("vintage").values_list("vintage", flat=True)[0])


def test_a_registry_reports_an_issuance_and_a_first_transfer_and_the_trail_names_its_program() -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    runs, secret = registry(ours)
    vintage = vintage_of(authorisation)
    block = f"REG-77-{vintage}-1-100"
    issued = post(
        f"activities/{authorisation.activity.public_id}/issuances",
        said(ours, blocks=[{"serial": block, "holder": "Owner One"}]),
        secret,
    )
    assert issued.status_code == 201, issued.json()
    moved = post(
        f"authorisations/{authorisation.identifier}/first-transfers",
        said(ours, to_party="CHE", serial=block),
        secret,
    )
    assert moved.status_code == 201, moved.json()
    line = authorisation.lines.get(vintage=vintage)
    assert (line.issued, line.first_transferred) == (100, 100)
    assert Block.objects.get().place == "first_transferred"
    recording = Recording.objects.get(kind="first_transfer")
    assert (recording.organisation, recording.recorded_by) == (runs, None)
    assert Event.objects.filter(action="record_first_transfer", actor__startswith="service:").count() == 1
    assert verify().wrong == []
    assert verify_database().faults == ()


def test_what_was_reported_already_is_refused_by_its_serial_and_moves_nothing() -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    _runs, secret = registry(ours)
    address = f"activities/{authorisation.activity.public_id}/issuances"
    serial = f"REG-77-{vintage_of(authorisation)}-1-100"
    post(address, said(ours, blocks=[{"serial": serial}]), secret)
    overlapping = f"REG-77-{vintage_of(authorisation)}-50-120"
    again = post(address, said(ours, blocks=[{"serial": overlapping}]), secret)
    assert (again.status_code, again.json()["reasons"][0]["code"]) == (422, "block-recorded")
    assert authorisation.lines.get(vintage=vintage_of(authorisation)).issued == 100
    assert Block.objects.count() == 1


@pytest.mark.parametrize("which", ["not entitled", "no longer entitled", "entitled elsewhere", "reads only"])
def test_no_other_program_reports_anything(which: str) -> None:
    ours, theirs = two_staffs()
    authorisation = in_force(ours)
    by = theirs if which == "entitled elsewhere" else ours
    runs, secret = registry(by, entitled=which != "not entitled")
    if which == "no longer entitled":
        RegistryEntitlement.objects.update(ends_on=today(ours.authority, RealClock()) - timedelta(days=2))
    if which == "reads only":
        secret = token_of(runs, runs.memberships.get().person, scopes=(Scope.READ,), name="reader")
    events = Event.objects.exclude(action__endswith=":refused").count()
    for address, more in (
        (f"activities/{authorisation.activity.public_id}/issuances", {"volumes_tco2e": {"2026": 5}}),
        (f"authorisations/{authorisation.identifier}/first-transfers", {"to_party": "CHE"}),
        (f"authorisations/{authorisation.identifier}/uses", {"by_party": "CHE", "for_year": 2027}),
        (f"authorisations/{authorisation.identifier}/cancellations", {"purpose": "Voluntary"}),
    ):
        answer = post(address, said(ours, **more), secret)
        assert answer.status_code in (403, 404), (which, address, answer.status_code)
    assert Event.objects.exclude(action__endswith=":refused").count() == events
    assert not Recording.objects.exists()


def test_a_registry_sees_no_case() -> None:
    ours, _theirs = two_staffs()
    authorisation = in_force(ours)
    _runs, secret = registry(ours)
    assert get("cases", secret).json()["results"] == []
    assert get(f"authorisations/{authorisation.identifier}", secret).status_code == 404
