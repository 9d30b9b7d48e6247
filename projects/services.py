"""Use-cases that register what applications are about. They run in the transaction of the act that asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Party
from accounts.services.chains import locked_authority
from audit import trail
from audit.trail import Happening
from projects.content import (
    ActivityContent,
    CooperativeApproachContent,
    EntityContent,
    NdcPeriodContent,
)
from projects.models import (
    Activity,
    CooperativeApproach,
    Entity,
    EntityRole,
    ExpectedMitigation,
    NdcPeriod,
    TrackingArrangement,
)
from projects.selectors import activity_meant, expected_by_vintage
from workflow.refusals import Kind, Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Registering:
    """For whom and by whom something is registered, and when."""

    authority: Authority
    actor: str
    at: datetime


def hold_register(authority: Authority) -> None:
    """Keeps the register of an authority to the caller until its transaction ends.

    Whether an approach or an activity is known yet is looked up before it is registered: of two applications
    that are the first about the same one, the second finds what the first registered.
    """
    locked_authority(authority)


def register_ndc_period(party: Party, content: NdcPeriodContent) -> NdcPeriod | None:
    """The NDC period of these years; None while they are not both given."""
    if content.first_year is None or content.last_year is None:
        return None
    period, _made = NdcPeriod.objects.get_or_create(
        party=party, first_year=content.first_year, last_year=content.last_year
    )
    return period


def register_approach(
    content: CooperativeApproachContent, registering: Registering
) -> CooperativeApproach | None:
    """The cooperative approach with this identifier, or while it has none of this name.

    None while neither is given. Raises Refused where the name stands under another identifier.
    """
    approaches = CooperativeApproach.objects.filter(authority=registering.authority)
    known = approaches.filter(ca_id=content.ca_id).first() if content.ca_id else None
    named = approaches.filter(name=content.name).first() if content.name else None
    if known is not None:
        return known
    if named is not None and content.ca_id and named.ca_id:
        raise Refused(
            Kind.RULE,
            [
                Reason(
                    code="approach-identifier",
                    words=_("“%(name)s” is registered as %(registered)s, not as %(given)s."),
                    values={"name": named.name, "registered": named.ca_id, "given": content.ca_id},
                    mend=_("Correct the identifier, or give the other approach its own name."),
                )
            ],
        )
    if named is not None:
        return named
    name = content.name or content.ca_id
    if not name:
        return None
    agreement, duration = content.agreement, content.duration
    approach = CooperativeApproach.objects.create(
        authority=registering.authority,
        ca_id=content.ca_id,
        name=name,
        agreement_title=(agreement.title if agreement else None) or "",
        agreement_signed_on=agreement.signed_on if agreement else None,
        starts_on=duration.starts_on if duration else None,
        ends_on=duration.ends_on if duration else None,
        initial_report=content.initial_report or "",
    )
    approach.parties.set(Party.objects.filter(code__in=content.parties or ()))
    _tell(approach, "register", registering, {"ca_id": content.ca_id, "parties": list(content.parties or ())})
    return approach


def register_activity(
    content: ActivityContent, approach: CooperativeApproach | None, registering: Registering
) -> Activity | None:
    """The activity under this number in its standard's registry, or without a number of this title.

    An activity known by its title alone takes the number when it has one. None while the title is not
    given. Raises Refused where the number stands for another title: one activity under two names could
    be authorised twice.
    """
    if not content.title:
        return None
    known = activity_meant(content, registering.authority)
    if known is not None and known.title != content.title:
        raise Refused(
            Kind.RULE,
            [
                Reason(
                    code="activity-title",
                    words=_("%(number)s is already registered as “%(registered)s”, not as “%(given)s”."),
                    values={
                        "number": known.registry_id,
                        "registered": known.title,
                        "given": content.title,
                    },
                    mend=_("Correct the number or the title: one activity has one of each."),
                )
            ],
        )
    if known is not None:
        if content.registry_id and not known.registry_id:
            _number(known, content, registering)
        return known
    period = content.crediting_period
    activity = Activity.objects.create(
        authority=registering.authority,
        approach=approach,
        title=content.title,
        scale=content.scale,
        standard=content.standard or "",
        registry_id=content.registry_id or "",
        methodology=content.methodology or "",
        sector=content.sector or "",
        activity_type=content.activity_type or "",
        activity_type_note=content.activity_type_note or "",
        mitigation_type=content.mitigation_type or "",
        metric=content.metric or "",
        gwp=content.gwp or "",
        location=content.location or "",
        crediting_starts_on=period.starts_on if period else None,
        crediting_ends_on=period.ends_on if period else None,
    )
    _tell(
        activity,
        "register",
        registering,
        {"standard": activity.standard, "registry_id": activity.registry_id},
    )
    return activity


def _number(activity: Activity, content: ActivityContent, registering: Registering) -> None:
    """Gives an activity known by its title the number that its standard's registry gave it."""
    activity.standard, activity.registry_id = content.standard or "", content.registry_id or ""
    activity.save(update_fields=["standard", "registry_id"])
    _tell(
        activity,
        "number",
        registering,
        {"standard": activity.standard, "registry_id": activity.registry_id},
    )


def register_entities(activity: Activity, entities: tuple[EntityContent, ...]) -> None:
    """Registers the entities of an activity with their roles. Having a role here authorises nobody."""
    for content in entities:
        if not (content.name and content.country and content.identification):
            continue
        entity, _made = Entity.objects.get_or_create(
            country=content.country,
            identification=content.identification,
            defaults={"name": content.name},
        )
        for role in content.roles or ():
            EntityRole.objects.get_or_create(activity=activity, entity=entity, role=role)


def state_expected_mitigation(
    activity: Activity, expected: Mapping[int, int], registering: Registering
) -> None:
    """States what the activity is expected to achieve, in t CO2 eq by vintage, where it has changed."""
    before = expected_by_vintage(activity)
    changed = {vintage: tonnes for vintage, tonnes in expected.items() if before.get(vintage) != tonnes}
    if changed:
        ExpectedMitigation.objects.bulk_create(
            ExpectedMitigation(activity=activity, vintage=vintage, tonnes=tonnes, stated_at=registering.at)
            for vintage, tonnes in sorted(changed.items())
        )
        _tell(
            activity,
            "state_expected_mitigation",
            registering,
            {"tco2e": {str(vintage): tonnes for vintage, tonnes in changed.items()}},
        )


def record_tracking_arrangement(party: Party, registry: str) -> TrackingArrangement:
    """Records how a Party tracks its outcomes: one of the known kinds, or a registry by its name."""
    known = registry in TrackingArrangement.Kind.values
    kind = TrackingArrangement.Kind(registry) if known else TrackingArrangement.Kind.OTHER
    arrangement, _made = TrackingArrangement.objects.get_or_create(party=party, kind=kind, name=registry)
    return arrangement


def _tell(
    record: Activity | CooperativeApproach,
    action: str,
    registering: Registering,
    facts: Mapping[str, trail.Json],
) -> None:
    head = type(record).locked(record.pk)
    trail.append(
        head,
        Happening(
            action=action,
            from_state=head.state,
            to_state=head.state,
            actor=registering.actor,
            facts=facts,
            at=registering.at,
        ),
    )
