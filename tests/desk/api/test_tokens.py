"""Tokens of service accounts: shown once, narrow, and ended at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Scope, ServiceAccount, ServiceToken
from accounts.services import (
    create_membership,
    end_membership,
    end_service_account,
    issue_token,
    open_service_account,
    revoke_token,
    rotate_token,
    token_with,
)
from audit.models import Event
from tests.accounts.factories import DAY, person
from tests.authorisation.factories import granted, submitted, two_staffs
from tests.desk.api.calling import get, token_of
from workflow.clock import RealClock

pytestmark = pytest.mark.django_db


def test_a_token_opens_what_its_organisation_has_and_nothing_of_others() -> None:
    ours, theirs = two_staffs()
    case, other = granted(ours), submitted(theirs)
    secret = token_of(ours.organisation, ours.applicant)

    listed = get("cases", secret)
    assert listed.status_code == 200
    assert [row["reference"] for row in listed.json()["results"]] == [case.reference]
    assert get(f"cases/{case.public_id}", secret).json()["actions"] == []
    assert get(f"cases/{other.public_id}", secret).status_code == 404
    told = get(f"authorisations/{case.identifier}", secret)
    assert [version["number"] for version in told.json()["versions"]] == [1]
    stranger = token_of(theirs.organisation, theirs.applicant)
    assert get(f"authorisations/{case.identifier}", stranger).status_code == 404


def test_of_a_token_the_digest_alone_is_kept() -> None:
    ours, _theirs = two_staffs()
    secret = token_of(ours.organisation, ours.applicant)
    token = ServiceToken.objects.get()
    assert secret not in str(vars(token))
    assert secret.startswith(token.begins)
    assert not Event.objects.filter(facts__contains=secret).exists()


def test_every_token_that_does_not_hold_is_answered_alike() -> None:
    ours, _theirs = two_staffs()
    at, by = RealClock().now(), ours.applicant
    revoked, ended, expired = (
        token_of(ours.organisation, by, name=name) for name in ("revoked", "ended", "expired")
    )
    revoke_token(ServiceToken.objects.get(account__name="revoked"), by=by, at=at)
    end_service_account(ServiceAccount.objects.get(name="ended"), by=by, at=at)
    late = ServiceToken.objects.filter(account__name="expired")
    late.update(issued_at=at - timedelta(days=2), expires_at=at - timedelta(days=1))

    answers = [get("cases", secret) for secret in (revoked, ended, expired, "desk_unknown", "Ü")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}


def test_a_token_that_may_only_report_reads_nothing() -> None:
    ours, _theirs = two_staffs()
    secret = token_of(ours.organisation, ours.applicant, scopes=(Scope.REPORT,))
    answer = get("cases", secret)
    assert answer.status_code == 403
    assert "read" in answer.json()["detail"]


def test_a_rotated_token_goes_on_for_a_day_and_the_new_one_for_as_long_as_the_old_was_issued_for() -> None:
    ours, _theirs = two_staffs()
    at, by = RealClock().now(), ours.applicant
    old = token_of(ours.organisation, by)
    new_token, new = rotate_token(ServiceToken.objects.get(), by=by, at=at)
    assert new != old
    assert new_token.expires_at - at == timedelta(days=30)
    assert token_with(old, at=at) is not None
    assert token_with(old, at=at + timedelta(days=1, seconds=1)) is None
    assert token_with(new, at=at + timedelta(days=2)) is not None


def test_a_token_that_holds_no_more_is_neither_rotated_nor_revoked_again() -> None:
    ours, _theirs = two_staffs()
    at, by = RealClock().now(), ours.applicant
    account = open_service_account(ours.organisation, name="Registry", by=by, at=at)
    day = timedelta(days=1)
    run_out, _secret = issue_token(account, scopes=[Scope.READ], lasts=day, by=by, at=at - day)
    revoked, _secret = issue_token(account, scopes=[Scope.READ], lasts=day, by=by, at=at)
    revoke_token(revoked, by=by, at=at)
    stood = (list(ServiceToken.objects.order_by("pk").values()), Event.objects.count())
    for token in (run_out, revoked):
        with pytest.raises(ValidationError, match="holds no more"):
            rotate_token(token, by=by, at=at)
    with pytest.raises(ValidationError, match="revoked already"):
        revoke_token(revoked, by=by, at=at + day)
    assert (list(ServiceToken.objects.order_by("pk").values()), Event.objects.count()) == stood


def test_nothing_is_done_with_an_account_that_was_ended() -> None:
    ours, _theirs = two_staffs()
    at, by = RealClock().now(), ours.applicant
    account = open_service_account(ours.organisation, name="Registry", by=by, at=at)
    token, _secret = issue_token(account, scopes=[Scope.READ], lasts=timedelta(days=9), by=by, at=at)
    ended = end_service_account(account, by=by, at=at)
    events = Event.objects.count()
    later = at + timedelta(days=1)
    for deed in (
        lambda: issue_token(account, scopes=[Scope.READ], lasts=timedelta(days=9), by=by, at=later),
        lambda: rotate_token(token, by=by, at=later),
        lambda: end_service_account(account, by=by, at=later),
    ):
        with pytest.raises(ValidationError, match="was ended"):
            deed()
    assert ServiceToken.objects.count() == 1
    assert ServiceAccount.objects.get().ended_at == ended.ended_at == at
    assert Event.objects.count() == events


def test_the_last_use_is_noted() -> None:
    ours, _theirs = two_staffs()
    secret = token_of(ours.organisation, ours.applicant)
    assert ServiceToken.objects.get().last_used_at is None
    get("cases", secret)
    assert ServiceToken.objects.get().last_used_at is not None


def test_only_who_belongs_to_the_organisation_manages_its_accounts() -> None:
    ours, theirs = two_staffs()
    at = RealClock().now()
    account = open_service_account(ours.organisation, name="Registry", by=ours.applicant, at=at)
    token, _secret = issue_token(
        account, scopes=[Scope.READ], lasts=timedelta(days=1), by=ours.applicant, at=at
    )
    events = Event.objects.count()
    stranger = theirs.applicant
    for deed in (
        lambda: open_service_account(ours.organisation, name="Another", by=stranger, at=at),
        lambda: issue_token(account, scopes=[Scope.READ], lasts=timedelta(days=1), by=stranger, at=at),
        lambda: rotate_token(token, by=stranger, at=at),
        lambda: revoke_token(token, by=stranger, at=at),
        lambda: end_service_account(account, by=stranger, at=at),
    ):
        with pytest.raises(ValidationError, match="Only who belongs"):
            deed()
    assert (ServiceAccount.objects.count(), ServiceToken.objects.count()) == (1, 1)
    assert Event.objects.count() == events
    assert ServiceToken.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("scopes", "days"), [([], 1), (["everything"], 1), (["read"], 0), (["read"], 367), (["read"], -1)]
)
def test_no_token_without_a_scope_or_an_end(scopes: list[str], days: int) -> None:
    ours, _theirs = two_staffs()
    at = RealClock().now()
    account = open_service_account(ours.organisation, name="Registry", by=ours.applicant, at=at)
    said = "Say what the token is to open" if days == 1 else "a day at least, and a year at most"
    with pytest.raises(ValidationError, match=said):
        issue_token(account, scopes=scopes, lasts=timedelta(days=days), by=ours.applicant, at=at)
    assert not ServiceToken.objects.exists()


def test_what_was_opened_goes_on_when_its_person_leaves_and_is_ended_by_a_colleague() -> None:
    ours, _theirs = two_staffs()
    at = RealClock().now()
    secret = token_of(ours.organisation, ours.applicant)
    colleague = person("colleague@example.org")
    create_membership(ours.organisation, person=colleague, starts_on=DAY, actor="system", at=at)
    end_membership(ours.applicant.memberships.get(), ends_on=None, actor="system", at=at)
    assert get("cases", secret).status_code == 200
    end_service_account(ServiceAccount.objects.get(), by=colleague, at=at)
    assert get("cases", secret).status_code == 401
