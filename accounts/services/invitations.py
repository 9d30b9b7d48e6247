"""Invitations by e-mail to join an organisation. Each holds once, for a week, for that address.

A member invites colleagues. The first person of an organisation that is known from paper is invited by the
desk, or a director, of the authority that knows it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Invitation, Membership, Organisation, User
from accounts.selectors import belongs_to, holds_function, invitation_with
from accounts.services.chains import (
    begun_everywhere,
    locked_authority,
    locked_organisation,
    record,
    write,
)
from accounts.services.organisations import create_membership
from audit.commitments import commit
from audit.trail import Json

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
    invitation, token = _written(head, email, authority=None, by=by, at=at)
    record(head, "colleague_invited", facts=_facts(invitation), actor=by.actor, at=at)
    return invitation, token


@transaction.atomic
def invite_first_person(
    organisation: Organisation, *, authority: Authority, email: str, by: User, at: datetime
) -> tuple[Invitation, str]:
    """An invitation to be the first who belongs to an organisation, and its token, which is told once.

    By an officer of the authority's desk, or a director; never of themself. That the authority knows the
    organisation is for the caller to say. Any earlier one no longer holds: there is one first person. Event
    `first_person_invited` on the authority's chain, with a commitment to the address.
    """
    head = locked_organisation(organisation)
    knowing = locked_authority(authority)
    if not _answers_for(knowing, by, at):
        raise ValidationError(
            _("The first person of an organisation is invited by the desk of the authority, or a director.")
        )
    if head.memberships.exists():
        raise ValidationError(_("Somebody belongs to this organisation. They invite their colleagues."))
    email = email.strip().lower()
    if email == by.email.lower():
        raise ValidationError(_("Nobody invites themself. Invite somebody who works for the organisation."))
    head.invitations.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=at)
    invitation, token = _written(head, email, authority=knowing, by=by, at=at)
    facts = {**_facts(invitation), "organisation": str(head.public_id)}
    record(knowing, "first_person_invited", facts=facts, actor=by.actor, at=at)
    return invitation, token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Takes an open invitation back; event `invitation_withdrawn` on the organisation's chain.

    By a member; that of a first person by the desk of its authority, or a director.
    """
    head = locked_organisation(invitation.organisation)
    current = Invitation.objects.select_for_update().get(pk=invitation.pk)
    own = belongs_to(by, head, on=begun_everywhere(at))
    if not own and not (current.authority and _answers_for(current.authority, by, at)):
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
    organisation; that of a first person as long as who sent it is in office, and nobody else came first.
    """
    found = invitation_with(digest_of(token))
    if found is None:
        raise ValidationError(_no_longer())
    head = locked_organisation(found.organisation)
    current = Invitation.objects.select_for_update().get(pk=found.pk)
    on = begun_everywhere(at)
    stands_by = _still_invites(current, head, at)
    if current.accepted_at or current.withdrawn_at or at >= current.expires_at or not stands_by:
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


def _written(
    head: Organisation, email: str, *, authority: Authority | None, by: User, at: datetime
) -> tuple[Invitation, str]:
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organisation=head,
        email=email,
        token_sha256=digest_of(token),
        invited_by=by,
        authority=authority,
        invited_at=at,
        expires_at=at + HOLDS,
    )
    write(invitation)
    return invitation, token


def _facts(invitation: Invitation) -> dict[str, Json]:
    return {
        "invitation": str(invitation.public_id),
        "address": commit(invitation.email, subject=str(invitation.public_id)),
        "expires_at": invitation.expires_at.isoformat(),
    }


def _answers_for(authority: Authority, person: User, at: datetime) -> bool:
    """Whether the person sits at the desk of the authority today, or directs it."""
    on = authority.legal_date(at)
    return any(
        holds_function(person, function, authority=authority, on=on)
        for function in (Function.DESK_OFFICER, Function.DIRECTOR)
    )


def _still_invites(invitation: Invitation, head: Organisation, at: datetime) -> bool:
    """Whether whoever sent the invitation could send it still."""
    if invitation.authority is None:
        return belongs_to(invitation.invited_by, head, on=begun_everywhere(at))
    knowing = locked_authority(invitation.authority)
    return _answers_for(knowing, invitation.invited_by, at) and not head.memberships.exists()


def _no_longer() -> str:
    return _("This invitation does not hold, or no longer. Ask whoever invited you to do so again.")
