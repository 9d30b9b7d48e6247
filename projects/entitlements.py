"""Use-cases of entitled registries: the right to record for an authority is granted, and ended at once.

By whoever directs the authority. The trail of the authority tells both.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function, Organisation
from accounts.selectors import belongs_to, is_vetted
from accounts.services.chains import iso, locked_authority, locked_organisation
from accounts.wording import day
from audit import trail
from audit.trail import Happening, Json
from projects.documents import TakenIn, record_document
from projects.models import RegistryEntitlement
from projects.permissions import acts_in
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.door import refuse_unproved
from workflow.refusals import Kind, Reason, Refused, Words


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What is granted: recording for one registry, from a day until another or without an end.

    registry   its name as letters write it, `mechanism` for that of Article 6.4
    basis      what entitles it: a reference, a file that was taken in, or both
    """

    registry: str
    starts_on: date
    ends_on: date | None = None
    basis: str = ""
    file: TakenIn | None = None


def grant_entitlement(
    authority: Authority, organisation: Organisation, granted: Granted, *, actor: Person, clock: Clock
) -> RegistryEntitlement:
    """Entitles an organisation that the authority has let in to record for a registry; `registry_entitled`.

    Raises Refused with every reason; nothing is then written.
    """
    registry, basis = granted.registry.strip(), granted.basis.strip()
    _refuse_others(authority, organisation, actor=actor, clock=clock)
    with transaction.atomic():
        held = locked_organisation(organisation)
        head = locked_authority(authority)
        reasons = _against(head, held, granted, registry=registry, basis=basis, clock=clock)
        if reasons:
            raise Refused(Kind.RULE, reasons)
        at, file = clock.now(), granted.file
        document = (
            record_document(file, authority=head, received_by=actor.user, at=at) if file is not None else None
        )
        entitlement = RegistryEntitlement.objects.create(
            authority=head,
            organisation=held,
            registry=registry,
            starts_on=granted.starts_on,
            ends_on=granted.ends_on,
            basis=basis,
            basis_document=document,
            granted_by=actor.user,
        )
        facts: dict[str, Json] = {
            "registry": registry,
            "starts_on": granted.starts_on.isoformat(),
            "ends_on": iso(granted.ends_on),
            "basis": basis,
            **(file.facts() if file is not None else {}),
        }
        _tell(entitlement, head, "registry_entitled", facts, actor=actor, clock=clock)
    return entitlement


def end_entitlement(
    entitlement: RegistryEntitlement, *, reasons: str, actor: Person, clock: Clock
) -> RegistryEntitlement:
    """Ends an entitlement at once, with reasons; event `registry_entitlement_ended`.

    What was recorded under it stands. An act of the registry that is under way comes before, or not at all.
    Raises Refused with every reason; nothing is then written.
    """
    _refuse_others(entitlement.authority, entitlement.organisation, actor=actor, clock=clock)
    with transaction.atomic():
        # Whoever acts for it holds the lock of their organisation meanwhile.
        locked_organisation(entitlement.organisation)
        head = locked_authority(entitlement.authority)
        current = RegistryEntitlement.objects.select_for_update().get(pk=entitlement.pk)
        found = []
        if current.ended_at is not None or (current.ends_on and current.ends_on < today(head, clock)):
            found.append(
                _reason(
                    "ended", _("It has ended already."), _("Look at the list again: it may have changed.")
                )
            )
        if not reasons.strip():
            found.append(
                _reason(
                    "reasons-missing",
                    _("Why it is ended is not said."),
                    _("Give the reasons: the registry reads them."),
                )
            )
        if found:
            raise Refused(Kind.RULE, found)
        current.ended_at, current.ended_by = clock.now(), actor.user
        current.end_reasons = reasons.strip()
        current.save(update_fields=["ended_at", "ended_by", "end_reasons"])
        _tell(
            current,
            head,
            "registry_entitlement_ended",
            {"registry": current.registry},
            actor=actor,
            clock=clock,
            reason=current.end_reasons,
        )
    return current


def _refuse_others(authority: Authority, organisation: Organisation, *, actor: Person, clock: Clock) -> None:
    """Refuses who does not direct the authority today, shows no proof, or is of the organisation itself."""
    if not acts_in(Function.DIRECTOR, authority, actor, clock):
        raise Refused(
            Kind.ROLE,
            [
                _reason(
                    "role",
                    _("You may not entitle registries for this authority."),
                    _("Let whoever directs the authority do it."),
                )
            ],
        )
    refuse_unproved(actor, clock)
    if belongs_to(actor.user, organisation, on=today(authority, clock)):
        raise Refused(
            Kind.ROLE,
            [
                _reason(
                    "own-organisation",
                    _("You belong to this organisation."),
                    _("Let somebody else who directs the authority do it."),
                )
            ],
        )


def _against(
    authority: Authority,
    organisation: Organisation,
    granted: Granted,
    *,
    registry: str,
    basis: str,
    clock: Clock,
) -> list[Reason]:
    found = []
    if not is_vetted(organisation, authority=authority):
        found.append(
            _reason(
                "organisation-not-let-in",
                _("“%(name)s” may not act towards this authority."),
                _("Let the desk let it in first."),
                name=organisation.name,
            )
        )
    if not registry:
        found.append(
            _reason(
                "registry-missing",
                _("For which registry is not said."),
                _("Name it as letters write it, or write “mechanism” for that of Article 6.4."),
            )
        )
    if not basis and granted.file is None:
        found.append(
            _reason(
                "basis-missing",
                _("What entitles it is not said."),
                _("Name the agreement or the decision, or add the document."),
            )
        )
    first, last = granted.starts_on, granted.ends_on
    if last is not None and (last < first or last < today(authority, clock)):
        found.append(
            _reason(
                "ends-before",
                _("%(last)s is before it begins, or has passed."),
                _("Correct the last day, or leave it empty."),
                last=day(last),
            )
        )
    standing = RegistryEntitlement.objects.filter(
        authority=authority, organisation=organisation, registry=registry, ended_at__isnull=True
    )
    overlapping = [
        one
        for one in standing
        if (one.ends_on is None or one.ends_on >= first) and (last is None or one.starts_on <= last)
    ]
    if overlapping:
        found.append(
            _reason(
                "entitled-already",
                _("It is entitled already in these days, from %(first)s."),
                _("End that entitlement, or choose other days."),
                first=day(overlapping[0].starts_on),
            )
        )
    return found


def _reason(code: str, words: Words, mend: Words, **values: str) -> Reason:
    return Reason(code=code, words=words, mend=mend, values=values)


def _tell(
    entitlement: RegistryEntitlement,
    head: Authority,
    action: str,
    facts: dict[str, Json],
    *,
    actor: Person,
    clock: Clock,
    reason: str = "",
) -> None:
    trail.append(
        head,
        Happening(
            action=action,
            actor=actor.trail_name,
            office=actor.trail_office,
            reason=reason,
            facts={
                "entitlement": str(entitlement.public_id),
                "organisation": str(entitlement.organisation.public_id),
                **facts,
            },
            at=clock.now(),
        ),
    )
