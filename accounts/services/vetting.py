"""Vetting: an organisation asks an authority to be let in; its desk answers, and may withdraw that later."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Mandate, Organisation, User, Vetting
from accounts.selectors import belongs_to, holds_function, is_vetted
from accounts.services.chains import (
    begun_everywhere,
    locked_authority,
    locked_organisation,
    locked_organisations,
    record,
    write,
)
from accounts.wording import long_date


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
    vetting: Vetting,
    *,
    outcome: Vetting.Outcome,
    reasons: str = "",
    of_the_state: bool = False,
    unit: str = "",
    by: User,
    at: datetime,
) -> Vetting:
    """Lets the organisation act towards the authority, or not; event `vetting_decided` on its chain.

    `of_the_state`: it is a part of the authority's own State; `unit` that of the authority it belongs to.

    By a desk officer of that authority who does not belong to the organisation. A refusal has reasons.
    """
    authority = locked_authority(vetting.authority)
    current = Vetting.objects.select_for_update().get(pk=vetting.pk)
    on = authority.legal_date(at)
    refuse_others(authority, current.organisation, by=by, at=at)
    if current.outcome:
        answered = long_date(current.decided_on) if current.decided_on else ""
        raise ValidationError(_("This was answered already, on %(day)s.") % {"day": answered})
    if outcome == Vetting.Outcome.REFUSED and not reasons.strip():
        raise ValidationError(_("Say why, so that the organisation knows what to mend."))
    current.outcome, current.reasons = outcome, reasons.strip()
    current.decided_on, current.decided_by = on, by
    current.of_the_state, current.unit = of_the_state, unit.strip() if of_the_state else ""
    current.full_clean()
    current.save(update_fields=["outcome", "reasons", "decided_on", "decided_by", "of_the_state", "unit"])
    record(
        authority,
        "vetting_decided",
        facts={
            "vetting": str(current.public_id),
            "organisation": str(current.organisation.public_id),
            "outcome": Vetting.Outcome(outcome).value,
            **({"of_the_state": True, "unit": current.unit} if of_the_state else {}),
        },
        actor=by.actor,
        at=at,
    )
    return current


@transaction.atomic
def withdraw_vetting(vetting: Vetting, *, reasons: str, by: User, at: datetime) -> Vetting:
    """Takes back at once that the organisation may act towards the authority; event `vetting_withdrawn`.

    By a desk officer of that authority who does not belong to the organisation, with reasons, which it reads.
    Its cases stay where they are; it may act in them again once it was let in anew.
    """
    # Whoever acts for it, themselves or under a mandate, holds the lock of their own organisation meanwhile.
    acting = Mandate.objects.filter(principal=vetting.organisation, revoked_at__isnull=True)
    acting = acting.select_related("mandatary")
    locked_organisations(vetting.organisation, *(mandate.mandatary for mandate in acting))
    authority = locked_authority(vetting.authority)
    current = Vetting.objects.select_for_update().get(pk=vetting.pk)
    refuse_others(authority, current.organisation, by=by, at=at)
    if current.outcome != Vetting.Outcome.ACCEPTED or current.withdrawn_on is not None:
        raise ValidationError(
            _("This authority has not let the organisation in, or has withdrawn it already.")
        )
    if not reasons.strip():
        raise ValidationError(_("Say why, so that the organisation knows what to mend."))
    current.withdrawn_on, current.withdrawn_by = authority.legal_date(at), by
    current.withdrawal_reasons = reasons.strip()
    current.full_clean()
    current.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawal_reasons"])
    record(
        authority,
        "vetting_withdrawn",
        facts={
            "vetting": str(current.public_id),
            "organisation": str(current.organisation.public_id),
        },
        actor=by.actor,
        at=at,
    )
    return current


def refuse_others(authority: Authority, organisation: Organisation, *, by: User, at: datetime) -> None:
    """Refuses who is no desk officer of the authority today, or belongs to the organisation."""
    on = authority.legal_date(at)
    if not holds_function(by, Function.DESK_OFFICER, authority=authority, on=on):
        raise ValidationError(_("Organisations are looked at by the desk of the authority they ask."))
    if belongs_to(by, organisation, on=on):
        raise ValidationError(_("You belong to this organisation: let another officer look at it."))
