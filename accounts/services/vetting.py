"""Vetting: an organisation asks an authority to be let in, and the authority's desk answers."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Organisation, User, Vetting
from accounts.selectors import belongs_to, holds_function, is_vetted
from accounts.services.chains import begun_everywhere, locked_authority, locked_organisation, record, write


@transaction.atomic
def ask_for_vetting(organisation: Organisation, *, authority: Authority, by: User, at: datetime) -> Vetting:
    """Asks an authority to look at the organisation; event `vetting_asked` on the organisation's chain."""
    head = locked_organisation(organisation)
    if not belongs_to(by, head, on=begun_everywhere(at)):
        raise ValidationError(_("Only who belongs to the organisation asks for it."))
    if is_vetted(head, authority=authority):
        raise ValidationError(_("This authority has accepted the organisation already."))
    vetting = Vetting(organisation=head, authority=authority, asked_on=authority.legal_date(at), asked_by=by)
    write(vetting)
    record(
        head,
        "vetting_asked",
        facts={"vetting": str(vetting.public_id), "authority": str(authority.public_id)},
        actor=by.actor,
        at=at,
    )
    return vetting


@transaction.atomic
def decide_vetting(
    vetting: Vetting, *, outcome: Vetting.Outcome, reasons: str = "", by: User, at: datetime
) -> Vetting:
    """Lets the organisation act towards the authority, or not; event `vetting_decided` on its chain.

    By a desk officer of that authority who does not belong to the organisation. A refusal has reasons.
    """
    authority = locked_authority(vetting.authority)
    current = Vetting.objects.select_for_update().get(pk=vetting.pk)
    on = authority.legal_date(at)
    if not holds_function(by, Function.DESK_OFFICER, authority=authority, on=on):
        raise ValidationError(_("Organisations are looked at by the desk of the authority they ask."))
    if belongs_to(by, current.organisation, on=on):
        raise ValidationError(_("You belong to this organisation: let another officer look at it."))
    if current.outcome:
        raise ValidationError(_("This was answered already, on %(day)s.") % {"day": current.decided_on})
    if outcome == Vetting.Outcome.REFUSED and not reasons.strip():
        raise ValidationError(_("Say why, so that the organisation knows what to mend."))
    current.outcome, current.reasons = outcome, reasons.strip()
    current.decided_on, current.decided_by = on, by
    current.full_clean()
    current.save(update_fields=["outcome", "reasons", "decided_on", "decided_by"])
    record(
        authority,
        "vetting_decided",
        facts={
            "vetting": str(current.public_id),
            "organisation": str(current.organisation.public_id),
            "outcome": Vetting.Outcome(outcome).value,
        },
        actor=by.actor,
        at=at,
    )
    return current
