"""Mandates: an organisation lets a consultant act for it, from-until, and takes that back at once."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate, Organisation, User
from accounts.selectors import belongs_to
from accounts.services.chains import begun_everywhere, iso, locked_organisation, record, refuse_overlap, write


@transaction.atomic
def give_mandate(
    principal: Organisation,
    *,
    mandatary: Organisation,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    at: datetime,
) -> Mandate:
    """Lets the members of `mandatary` act for `principal`; event `mandate_given` on the principal's chain.

    Given by a member of the principal. It is not passed on: a consultant mandates nobody for their client.
    """
    head = locked_organisation(principal)
    if not belongs_to(by, head, on=begun_everywhere(at)):
        raise ValidationError(_("Only who belongs to the organisation lets another act for it."))
    if starts_on < begun_everywhere(at):
        raise ValidationError(_("A mandate is given from today on, not for days that have passed."))
    mandate = Mandate(principal=head, mandatary=mandatary, starts_on=starts_on, ends_on=ends_on, given_by=by)
    write(mandate)
    standing = Mandate.objects.filter(principal=head, mandatary=mandatary, revoked_at__isnull=True)
    refuse_overlap(
        standing.values_list("starts_on", "ends_on"),
        _("This organisation may act for yours on some of these days already."),
    )
    record(
        head,
        "mandate_given",
        facts={
            "mandate": str(mandate.public_id),
            "mandatary": str(mandatary.public_id),
            "starts_on": starts_on.isoformat(),
            "ends_on": iso(ends_on),
        },
        actor=by.actor,
        at=at,
    )
    return mandate


@transaction.atomic
def revoke_mandate(mandate: Mandate, *, by: User, at: datetime) -> Mandate:
    """Ends a mandate at once; event `mandate_revoked` on the principal's chain.

    By a member of the principal, or of the mandatary who lays it down.
    """
    head = locked_organisation(mandate.principal)
    current = Mandate.objects.select_for_update().get(pk=mandate.pk)
    on = begun_everywhere(at)
    if not (belongs_to(by, head, on=on) or belongs_to(by, current.mandatary, on=on)):
        raise ValidationError(_("Only who gave a mandate, or holds it, ends it."))
    if current.revoked_at is not None:
        raise ValidationError(_("This mandate was ended already."))
    current.revoked_at, current.revoked_by = at, by
    current.save(update_fields=["revoked_at", "revoked_by"])
    record(
        head,
        "mandate_revoked",
        facts={"mandate": str(current.public_id), "mandatary": str(current.mandatary.public_id)},
        actor=by.actor,
        at=at,
    )
    return current
