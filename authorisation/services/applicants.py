"""How an applicant that is known from paper gets its first person here."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import services as accounts
from accounts.models import Authority, Invitation, Organisation, User
from accounts.services.chains import locked_organisation
from authorisation.applicants import known_from_paper
from workflow.refusals import Kind, Reason, Refused


@transaction.atomic
def invite_first_person(
    organisation: Organisation, *, authority: Authority, email: str, by: User, at: datetime
) -> tuple[Invitation, str]:
    """Invites somebody to be the first who belongs to the organisation; the invitation, and its token, once.

    By the desk or a director of the authority to which its papers came first. Raises Refused where they came
    to another, or somebody belongs to it already; ValidationError for who is neither.
    """
    head = locked_organisation(organisation)
    if not known_from_paper([authority]).filter(pk=head.pk).exists():
        raise Refused(
            Kind.RULE,
            [
                Reason(
                    code="not-known-from-paper",
                    words=_("%(organisation)s is not known to this authority from paper alone."),
                    values={"organisation": head.name},
                    mend=_(
                        "Whoever belongs to it invites colleagues; of one to which nobody belongs, the "
                        "authority that its papers came to first invites the first person."
                    ),
                )
            ],
        )
    return accounts.invite_first_person(head, authority=authority, email=email, by=by, at=at)
