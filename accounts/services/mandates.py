"""Mandates: an organisation lets a consultant act for it, from-until, and takes that back at once.

One that has an account gives it here. For one that has none, the consultant records the power of attorney on
paper, and the desk of the authority towards which it shall hold confirms that it has seen it.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Mandate, Organisation, User, Vetting
from accounts.selectors import belongs_to, holds_function, is_vetted, members_of, organisation_with
from accounts.services.chains import (
    begun_everywhere,
    iso,
    locked_authority,
    locked_organisation,
    locked_organisations,
    record,
    refuse_overlap,
    write,
)
from accounts.services.organisations import create_organisation
from accounts.services.vetting import refuse_others


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
    standing = Mandate.objects.filter(
        principal=head, mandatary=mandatary, authority__isnull=True, revoked_at__isnull=True
    )
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
def record_mandate_on_paper(
    mandatary: Organisation,
    *,
    name: str,
    country: str,
    identification: str,
    authority: Authority,
    reference: str,
    dated_on: date,
    starts_on: date,
    ends_on: date | None = None,
    by: User,
    at: datetime,
) -> Mandate:
    """Records a power of attorney of an organisation that has no account; it holds once it is confirmed.

    name, country, identification  of the principal, which gets a record without people where it has none
    authority                      towards which the mandate shall hold, and which confirms it
    reference, dated_on            of the paper

    By a member of the mandatary; event `mandate_recorded` on the principal's chain.
    """
    if not belongs_to(by, mandatary, on=begun_everywhere(at)):
        raise ValidationError(_("Only who belongs to the organisation records whom it acts for."))
    if dated_on > authority.legal_date(at):
        raise ValidationError(_("The paper cannot bear a date that is still to come."))
    if not reference.strip():
        raise ValidationError(_("Give the reference of the paper, or who signed it where it has none."))
    principal = organisation_with(country=country, identification=identification.strip())
    if principal is None:
        principal = create_organisation(
            name, country=country, identification=identification.strip(), actor=by.actor, at=at
        )
    elif members_of(principal, on=begun_everywhere(at)):
        raise ValidationError(
            _("This organisation has an account here. Ask it to give you the mandate on its own page.")
        )
    heads = locked_organisations(principal, mandatary)
    head = heads[principal.pk]
    mandate = Mandate(
        principal=head,
        mandatary=heads[mandatary.pk],
        starts_on=starts_on,
        ends_on=ends_on,
        given_by=by,
        authority=authority,
        paper_reference=reference.strip(),
        paper_dated_on=dated_on,
    )
    write(mandate)
    standing = Mandate.objects.filter(
        principal=head, mandatary=mandatary, authority=authority, revoked_at__isnull=True
    )
    refuse_overlap(
        standing.values_list("starts_on", "ends_on"),
        _("A mandate of this organisation is recorded for some of these days already."),
    )
    record(
        head,
        "mandate_recorded",
        facts={
            "mandate": str(mandate.public_id),
            "mandatary": str(mandatary.public_id),
            "authority": str(authority.public_id),
            "paper_dated_on": dated_on.isoformat(),
            "starts_on": starts_on.isoformat(),
            "ends_on": iso(ends_on),
        },
        actor=by.actor,
        at=at,
    )
    return mandate


@transaction.atomic
def confirm_mandate_on_paper(mandate: Mandate, *, seen: bool, by: User, at: datetime) -> Mandate:
    """Lets a mandate on paper hold towards the authority; event `mandate_confirmed` on the authority's chain.

    By a desk officer of that authority who has `seen` the original or a certified copy, and belongs to
    neither organisation. The principal is thereby let in too: it has nobody here who could ask.
    """
    if mandate.authority is None:
        raise ValidationError(_("This mandate was given here, and needs no paper."))
    heads = locked_organisations(mandate.principal, mandate.mandatary)
    authority = locked_authority(mandate.authority)
    current = Mandate.objects.select_for_update().get(pk=mandate.pk)
    for organisation in heads.values():
        refuse_others(authority, organisation, by=by, at=at)
    if current.revoked_at is not None or current.confirmed_at is not None:
        raise ValidationError(_("This mandate was confirmed or ended already."))
    if not seen:
        raise ValidationError(_("Say that you have seen the paper, the original or a certified copy."))
    current.confirmed_at, current.confirmed_by = at, by
    current.save(update_fields=["confirmed_at", "confirmed_by"])
    facts = {
        "mandate": str(current.public_id),
        "principal": str(current.principal.public_id),
        "mandatary": str(current.mandatary.public_id),
    }
    record(authority, "mandate_confirmed", facts=facts, actor=by.actor, at=at)
    if not is_vetted(current.principal, authority=authority):
        _let_in(current, authority, by=by, at=at)
    return current


def _let_in(mandate: Mandate, authority: Authority, *, by: User, at: datetime) -> None:
    on = authority.legal_date(at)
    known = Vetting.objects.filter(organisation=mandate.principal, authority=authority, outcome="").first()
    vetting = known or Vetting(
        organisation=mandate.principal, authority=authority, asked_on=on, asked_by=mandate.given_by
    )
    vetting.outcome, vetting.decided_on, vetting.decided_by = Vetting.Outcome.ACCEPTED, on, by
    vetting.full_clean()
    vetting.save()
    facts = {
        "vetting": str(vetting.public_id),
        "organisation": str(mandate.principal.public_id),
        "outcome": Vetting.Outcome.ACCEPTED.value,
    }
    record(authority, "vetting_decided", facts=facts, actor=by.actor, at=at)


@transaction.atomic
def revoke_mandate(mandate: Mandate, *, by: User, at: datetime) -> Mandate:
    """Ends a mandate at once; event `mandate_revoked` on the principal's chain.

    By a member of the principal, of the mandatary who lays it down, or, on paper, by the authority's desk.
    """
    # Who acts under it holds the lock of the mandatary until they are done.
    head = locked_organisations(mandate.principal, mandate.mandatary)[mandate.principal.pk]
    current = Mandate.objects.select_for_update().get(pk=mandate.pk)
    on = begun_everywhere(at)
    own = belongs_to(by, head, on=on) or belongs_to(by, current.mandatary, on=on)
    if not own and not _answers_for(current, by, at):
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


def _answers_for(mandate: Mandate, by: User, at: datetime) -> bool:
    """Whether the person sits at the desk that confirms, or confirmed, a mandate on paper."""
    if mandate.authority is None:
        return False
    on = mandate.authority.legal_date(at)
    return holds_function(by, Function.DESK_OFFICER, authority=mandate.authority, on=on)
