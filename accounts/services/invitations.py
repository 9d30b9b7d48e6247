"""Invitations: a member asks a colleague by e-mail to join. Each holds once, for a week, for that address."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Invitation, Membership, Organisation, User
from accounts.selectors import belongs_to, invitation_with
from accounts.services.chains import begun_everywhere, locked_organisation, record, write
from accounts.services.organisations import create_membership
from audit.commitments import commit

HOLDS = timedelta(days=7)


@transaction.atomic
def invite(organisation: Organisation, *, email: str, by: User, at: datetime) -> tuple[Invitation, str]:
    """An invitation and its token, which is told once, to who was invited; only its digest is kept.

    An earlier one to the same address that is still open no longer holds. Event `colleague_invited` on the
    organisation's chain, with a commitment to the address.
    """
    head = locked_organisation(organisation)
    on = begun_everywhere(at)
    if not belongs_to(by, head, on=on):
        raise ValidationError(_("Only who belongs to the organisation invites colleagues."))
    email = email.strip().lower()
    if any(belongs_to(person, head, on=on) for person in User.objects.filter(email=email)):
        raise ValidationError(_("This person belongs to the organisation already."))
    open_ones = head.invitations.filter(email=email, accepted_at__isnull=True, withdrawn_at__isnull=True)
    open_ones.update(withdrawn_at=at)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organisation=head,
        email=email,
        token_sha256=digest_of(token),
        invited_by=by,
        invited_at=at,
        expires_at=at + HOLDS,
    )
    write(invitation)
    record(
        head,
        "colleague_invited",
        facts={
            "invitation": str(invitation.public_id),
            "address": commit(email, subject=str(invitation.public_id)),
            "expires_at": invitation.expires_at.isoformat(),
        },
        actor=by.actor,
        at=at,
    )
    return invitation, token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Takes an open invitation back; event `invitation_withdrawn` on the organisation's chain."""
    head = locked_organisation(invitation.organisation)
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not belongs_to(by, head, on=begun_everywhere(at)):
        raise ValidationError(_("Only who belongs to the organisation takes its invitations back."))
    if current.accepted_at is not None or current.withdrawn_at is not None:
        raise ValidationError(_("This invitation was used or taken back already."))
    current.withdrawn_at = at
    current.save(update_fields=["withdrawn_at"])
    record(
        head,
        "invitation_withdrawn",
        facts={"invitation": str(current.public_id)},
        actor=by.actor,
        at=at,
    )
    return current


@transaction.atomic
def accept_invitation(token: str, *, by: User, at: datetime) -> Membership:
    """Makes the person who was invited a member from now on; event `invitation_accepted`.

    An invitation holds once, until it expires or is taken back, and as long as who sent it belongs to the
    organisation.
    """
    found = invitation_with(digest_of(token))
    if found is None:
        raise ValidationError(_no_longer())
    head = locked_organisation(found.organisation)
    current = Invitation.objects.select_for_update().get(pk=found.pk)
    on = begun_everywhere(at)
    sent_by_a_member = belongs_to(current.invited_by, head, on=on)
    if current.accepted_at or current.withdrawn_at or at >= current.expires_at or not sent_by_a_member:
        raise ValidationError(_no_longer())
    if by.email.lower() != current.email.lower():
        raise ValidationError(
            _("This invitation was sent to another e-mail address. Sign in with the account of that address.")
        )
    current.accepted_at, current.accepted_by = at, by
    current.save(update_fields=["accepted_at", "accepted_by"])
    record(
        head,
        "invitation_accepted",
        facts={"invitation": str(current.public_id), "person": str(by.public_id)},
        actor=by.actor,
        at=at,
    )
    return create_membership(head, person=by, starts_on=on, actor=by.actor, at=at)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _no_longer() -> str:
    return _("This invitation does not hold, or no longer. Ask your colleague to invite you again.")
