"""Lists and pages of those who serve an authority: for whoever serves none, as if there were none."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function, User, Vetting
from accounts.services import create_membership, withdraw_vetting
from authorisation.models import Announcement
from desk.webhooks.models import Endpoint
from projects.entitlements import Granted, grant_entitlement
from tests.accounts.factories import AT, DAY, vetted
from tests.desk.browser import at_a_browser
from tests.desk.who.few import Few
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db

DESK, DIRECTOR = Function.DESK_OFFICER, Function.DIRECTOR
SERVING = frozenset({DESK, Function.REVIEWER, Function.DECIDER, Function.SIGNER, DIRECTOR})

# Who opens each; the others of the authority find nothing, as does an applicant.
LISTS: list[tuple[str, frozenset[Function]]] = [
    ("inbox", SERVING),
    ("overdue", SERVING),
    ("announcements", SERVING),
    ("obligations_board", SERVING),
    ("vetting", frozenset({DESK})),
    ("organisations_let_in", frozenset({DESK})),
    ("organisations_on_paper", frozenset({DESK, DIRECTOR})),
    ("case_on_paper", frozenset({DESK})),
    ("offices", frozenset({DIRECTOR})),
]


def _statuses(browser: Client, *addresses: str) -> list[int]:
    return [browser.get(address).status_code for address in addresses]


@pytest.mark.parametrize(("name", "serving"), LISTS, ids=[name for name, _serving in LISTS])
def test_a_list_is_shown_to_whom_it_serves(name: str, serving: frozenset[Function], made: Few) -> None:
    address = reverse(name)
    assert _statuses(at_a_browser(made.ours.applicant), address) == [404]
    for function in (DESK, Function.REVIEWER, DIRECTOR):
        assert _statuses(made.browser(function), address) == [200 if function in serving else 404]


def test_budget_and_specimens_are_for_some_of_the_authority_and_for_nobody_else(made: Few) -> None:
    stranger = at_a_browser(made.ours.applicant)
    addresses = reverse("budget"), reverse("specimens")
    assert _statuses(stranger, *addresses) == [404, 404]
    assert _statuses(made.browser(DIRECTOR), *addresses) == [200, 200]
    for of, status in ((made.ours, 200), (made.theirs, 404)):
        at = {"authority": of.authority.slug, "kind": "authorisation", "language": "en"}
        assert _statuses(made.browser(DIRECTOR), reverse("specimen", kwargs=at)) == [status]
    at = {"authority": made.ours.authority.slug, "kind": "authorisation", "language": "en"}
    assert _statuses(made.browser(Function.REVIEWER), reverse("specimen", kwargs=at)) == [404]


def test_a_draft_is_written_by_its_applicant_while_let_in_and_read_by_who_may_read_it(made: Few) -> None:
    address = reverse("application", kwargs={"public_id": made.cases["draft"].public_id})
    ours, theirs = at_a_browser(made.ours.applicant), at_a_browser(made.theirs.applicant)
    assert _statuses(ours, address) == [200]
    assert _statuses(made.browser(DESK), address) == [403]
    assert _statuses(theirs, address) == [404]
    vetting = Vetting.objects.get(organisation=made.ours.organisation, authority=made.ours.authority)
    officer = made.ours.offices[DESK][1]
    withdraw_vetting(vetting, reasons="Struck off.", by=officer, at=RealClock().now())
    assert _statuses(ours, address) == [403]


def test_a_task_to_tell_somebody_is_done_by_the_desk_and_director_of_its_authority(made: Few) -> None:
    task = Announcement.objects.filter(authority=made.ours.authority).earliest("pk")
    address = reverse("announcement_act", kwargs={"public_id": task.public_id, "step": "excuse"})
    assert _statuses(made.browser(DESK), address) == [200]
    assert _statuses(made.browser(Function.SIGNER), address) == [403]
    for nobody in (made.ours.applicant, made.theirs.offices[DESK][1]):
        assert _statuses(at_a_browser(User.objects.get(pk=nobody.pk)), address) == [404]


def test_an_entitled_registry_finds_what_is_tracked_in_it_and_nothing_else(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    vetted(theirs.organisation, ours.authority, member=theirs.applicant, officer=ours.offices[DESK][1])
    clerk, identifier = at_a_browser(theirs.applicant), made.authorisation.identifier
    activity = made.authorisation.activity.public_id
    addresses = (
        reverse("activity", kwargs={"public_id": activity}),
        reverse("record", kwargs={"identifier": identifier, "happening": "use"}),
    )
    strange = at_a_browser(User.objects.get(pk=theirs.offices[DESK][1].pk))
    assert _statuses(clerk, *addresses) == _statuses(strange, *addresses) == [404, 404]
    untracked = _granted(made, "Elsewhere")
    registry = reverse("registry", kwargs={"public_id": untracked})
    assert _statuses(clerk, *addresses, registry) == [404, 404, 200]
    _granted(made, "national")
    assert _statuses(clerk, *addresses) == [200, 200]
    for others in (made.browser(DESK), strange):
        assert _statuses(others, registry) == [404]
    assert _statuses(made.browser(DESK), *addresses) == [200, 200]


def _granted(made: Few, registry: str) -> object:
    granted = Granted(registry=registry, starts_on=DAY, basis="Agreement 4/2026")
    director = made.ours.holding(DIRECTOR)
    return grant_entitlement(
        made.ours.authority, made.theirs.organisation, granted, actor=director, clock=made.ours.clock
    ).public_id


def _of_a_program(made: Few) -> dict[str, str]:
    account = made.endpoint.account
    assert account is not None
    return {
        "programs": reverse("programs", kwargs={"public_id": made.ours.organisation.public_id}),
        "endpoints": reverse("endpoints", kwargs={"public_id": account.public_id}),
        "endpoint": reverse("endpoint", kwargs={"public_id": made.endpoint.public_id}),
        "message": reverse("endpoint_message", kwargs={"public_id": made.message.public_id}),
        "organisation": reverse("organisation", kwargs={"public_id": made.ours.organisation.public_id}),
    }


def test_an_organisation_its_programs_and_endpoints_are_for_whoever_belongs_to_it(made: Few) -> None:
    addresses = list(_of_a_program(made).values())
    assert _statuses(at_a_browser(made.ours.applicant), *addresses) == [200] * len(addresses)
    director = made.browser(DIRECTOR)
    for other in (at_a_browser(made.theirs.applicant), director):
        assert _statuses(other, *addresses) == [404] * len(addresses)
    assert Endpoint.objects.count() == 1
    create_membership(
        made.theirs.organisation, person=made.ours.applicant, starts_on=DAY, actor="system", at=AT
    )
    assert _statuses(at_a_browser(made.ours.applicant), *addresses) == [200] * len(addresses)
