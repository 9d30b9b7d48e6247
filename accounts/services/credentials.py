"""Use-cases of service accounts and their tokens: by whoever belongs to the organisation they act for."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, Scope, ServiceAccount, ServiceToken, User
from accounts.selectors import belongs_to
from accounts.services.chains import begun_everywhere, locked_organisation, record, write
from audit.trail import Json

# Told apart at a glance from a password, by people and by programs that look for leaked secrets.
PREFIX = "desk_"
LONGEST = timedelta(days=366)
# The old token goes on for so long after a rotation, so that no program stops in between.
OVERLAP = timedelta(days=1)
_USED_AGAIN_AFTER = timedelta(minutes=1)


@transaction.atomic
def open_service_account(organisation: Organisation, *, name: str, by: User, at: datetime) -> ServiceAccount:
    """A service account of an organisation; event `service_account_opened` on the organisation's chain."""
    head = managed_organisation(organisation, by, at)
    account = ServiceAccount(organisation=head, name=name.strip(), opened_by=by, opened_at=at)
    write(account)
    facts: dict[str, Json] = {"account": str(account.public_id), "name": account.name}
    record(head, "service_account_opened", facts=facts, actor=by.actor, at=at)
    return account


@transaction.atomic
def issue_token(
    account: ServiceAccount, *, scopes: Collection[str], lasts: timedelta, by: User, at: datetime
) -> tuple[ServiceToken, str]:
    """A token and its secret, which is told once; event `token_issued` on the organisation's chain.

    At most a year; `scopes` are values of `Scope`, at least one.
    """
    head = managed_organisation(account.organisation, by, at)
    current = standing_account(account)
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(Scope.values):
        raise ValidationError(_("Say what the token is to open: to read, to report, or both."))
    if not timedelta() < lasts <= LONGEST:
        raise ValidationError(_("A token holds for a day at least, and a year at most."))
    return _issued(head, current, wanted, expires_at=at + lasts, by=by, at=at)


@transaction.atomic
def rotate_token(token: ServiceToken, *, by: User, at: datetime) -> tuple[ServiceToken, str]:
    """A new token in place of one that still holds, which goes on for a day.

    The new one opens the same, for as long as the old one had been issued for.
    """
    head = managed_organisation(token.account.organisation, by, at)
    current = ServiceToken.objects.select_for_update().get(pk=token.pk)
    account = standing_account(current.account)
    if current.revoked_at is not None or current.expires_at <= at:
        raise ValidationError(_("This token holds no more. Issue a new one."))
    lasts = current.expires_at - current.issued_at
    new, secret = _issued(head, account, current.scopes, expires_at=at + lasts, by=by, at=at)
    current.expires_at = min(current.expires_at, at + OVERLAP)
    current.save(update_fields=["expires_at"])
    return new, secret


@transaction.atomic
def revoke_token(token: ServiceToken, *, by: User, at: datetime) -> ServiceToken:
    """Ends a token at once; event `token_revoked` on the organisation's chain."""
    head = managed_organisation(token.account.organisation, by, at)
    current = ServiceToken.objects.select_for_update().get(pk=token.pk)
    if current.revoked_at is not None:
        raise ValidationError(_("This token was revoked already."))
    current.revoked_at = at
    current.save(update_fields=["revoked_at"])
    record(head, "token_revoked", facts={"token": str(current.public_id)}, actor=by.actor, at=at)
    return current


@transaction.atomic
def end_service_account(account: ServiceAccount, *, by: User, at: datetime) -> ServiceAccount:
    """Ends a service account and all its tokens at once; event `service_account_ended`."""
    head = managed_organisation(account.organisation, by, at)
    current = standing_account(account)
    current.ended_at = at
    current.save(update_fields=["ended_at"])
    current.tokens.filter(revoked_at__isnull=True).update(revoked_at=at)
    record(head, "service_account_ended", facts={"account": str(current.public_id)}, actor=by.actor, at=at)
    return current


def token_with(secret: str, *, at: datetime) -> ServiceToken | None:
    """The token with this secret, where it holds now; that it was used is noted, to the minute."""
    standing = ServiceToken.objects.select_related("account__organisation").filter(
        token_sha256=_digest_of(secret), revoked_at__isnull=True, expires_at__gt=at, account__ended_at=None
    )
    token = standing.first()
    if token is not None and (token.last_used_at is None or token.last_used_at < at - _USED_AGAIN_AFTER):
        # Written only when it is due: a program that reads takes no lock of the database.
        ServiceToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


def _issued(
    head: Organisation,
    account: ServiceAccount,
    scopes: list[str],
    *,
    expires_at: datetime,
    by: User,
    at: datetime,
) -> tuple[ServiceToken, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ServiceToken(
        account=account,
        token_sha256=_digest_of(secret),
        begins=secret[: len(PREFIX) + 5],
        scopes=scopes,
        issued_by=by,
        issued_at=at,
        expires_at=expires_at,
    )
    write(token)
    facts: dict[str, Json] = {
        "account": str(account.public_id),
        "token": str(token.public_id),
        "scopes": list(scopes),
        "expires_at": expires_at.isoformat(),
    }
    record(head, "token_issued", facts=facts, actor=by.actor, at=at)
    return token, secret


def managed_organisation(organisation: Organisation, by: User, at: datetime) -> Organisation:
    """The organisation, locked. Raises ValidationError for who does not belong to it."""
    head = locked_organisation(organisation)
    if not belongs_to(by, head, on=begun_everywhere(at)):
        raise ValidationError(_("Only who belongs to the organisation manages its service accounts."))
    return head


def standing_account(account: ServiceAccount) -> ServiceAccount:
    """The account as it is now. Raises ValidationError where it was ended."""
    current = ServiceAccount.objects.select_for_update().get(pk=account.pk)
    if current.ended_at is not None:
        raise ValidationError(_("This service account was ended. Open a new one."))
    return current


def _digest_of(secret: str) -> str:
    # 256 random bits cannot be guessed from a digest: none of the slow functions for passwords is needed.
    return hashlib.sha256(secret.encode()).hexdigest()
