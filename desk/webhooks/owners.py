"""Whose an endpoint is: a program's of an organisation, or an authority's own; who manages it, who is told.

An organisation's is managed by whoever belongs to the organisation, an authority's by whoever directs it.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, ServiceAccount, User
from accounts.selectors import belongs_to, holders_of, holds_function, is_open, members_of, offices_of
from accounts.services.chains import begun_everywhere, locked_authority, locked_organisation
from accounts.services.credentials import managed_organisation
from audit.models import ChainHead
from desk.webhooks.models import Endpoint

Owner = ServiceAccount | Authority


def owner_of(endpoint: Endpoint) -> Owner:
    """The program or the authority to which the endpoint belongs: one of them, as the database holds."""
    owner: Owner | None = endpoint.account or endpoint.authority
    if owner is None:
        raise ValueError("An endpoint of nobody.")
    return owner


def may_manage(owner: Owner, person: User, *, at: datetime) -> bool:
    """Whether the person opens, changes and ends its endpoints, and reads what was sent to them."""
    if isinstance(owner, Authority):
        return holds_function(person, Function.DIRECTOR, authority=owner, on=owner.legal_date(at))
    return belongs_to(person, owner.organisation, on=begun_everywhere(at))


def managed(owner: Owner, by: User | ServiceAccount, *, at: datetime) -> ChainHead:
    """The head of the chain that tells of its endpoints, locked. ValidationError for whom it is not for.

    A program manages nothing, and has its own messages sent again.
    """
    if isinstance(by, ServiceAccount):
        if by != owner:
            raise ValidationError(_("A program has only its own messages sent again."))
        return locked_organisation(by.organisation)
    if isinstance(owner, ServiceAccount):
        return managed_organisation(owner.organisation, by, at)
    head = locked_authority(owner)
    if not may_manage(head, by, at=at):
        raise ValidationError(_("Only who directs the authority manages its endpoints."))
    return head


def stands(owner: Owner) -> bool:
    """Whether anything is sent to it at all: the account of a program may have ended."""
    return isinstance(owner, Authority) or is_open(owner)


def people_of(owner: Owner, *, at: datetime) -> list[User]:
    """Who is told when an endpoint is set aside: whoever may mend it."""
    if isinstance(owner, ServiceAccount):
        return members_of(owner.organisation, on=begun_everywhere(at))
    directing = offices_of(owner, function=Function.DIRECTOR)
    held = (holders_of(office, on=owner.legal_date(at)) for office in directing)
    return list({person.pk: person for people in held for person in people}.values())
