"""What an act would do, as its page shows it, and who may plan which act. Volumes are whole t CO2 eq."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Function
from accounts.names import party_name
from authorisation.acts import HolderTransferred
from authorisation.consent import LISTS
from authorisation.effect import CeilingEffect, Effect, LineEffect, TermEffect
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation, Ceiling
from authorisation.permissions import acts_for
from authorisation.recipients import Recipient
from authorisation.rules import Finding
from authorisation.services.acts import OPENED_BY
from authorisation.touching import touching_of
from desk.changing.offered import ACTS, Offered
from desk.values import name_of_place
from letters.models import Letter
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.refusals import Reason, Words

# Terms whose names are not those of places of the application.
_NAMES: Mapping[str, Words] = {
    "holder": _("holder"),
    "ca_id": _("identifier of the cooperative approach"),
    "methodology": _("methodology"),
    "entities": _("entities authorised"),
    "uses": _("uses"),
    "imp": _("international mitigation purposes"),
    "op": _("other purpose"),
    "total": _("ceiling over all vintages"),
    "outcomes_from": _("outcomes occur from"),
    "outcomes_to": _("outcomes occur until"),
    "last_issuance_on": _("last issuance"),
    "last_use_on": _("last day of use"),
    "last_cancellation_on": _("last cancellation"),
    "first_transfer_definition": _("first transfer"),
    "consent_to_changes": _("Parties whose consent a change needs"),
    "consent_to_revocation": _("Parties whose consent a revocation needs"),
}


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """As whom the person may plan acts: in an office of the authority, or for the holder; None where not."""

    office: Person | None
    holder: Person | None

    def acts_on(self, offered: Offered) -> Person | None:
        """In which capacity they would open an act of this type; an office comes first."""
        if self.office is not None and (offered.by_authority or self.on_paper):
            return self.office
        return self.holder if offered.by_holder else None

    @property
    def on_paper(self) -> bool:
        """Whether they may open it for a holder who asked on paper: a desk officer may."""
        office = self.office.office if self.office is not None else None
        return office is not None and office.function == Function.DESK_OFFICER

    @property
    def offered(self) -> list[Offered]:
        """Every type of act that they may plan."""
        return [one for one in ACTS.values() if self.acts_on(one) is not None]


def capacity_of(authorisation: Authorisation, capacities: Sequence[Person], clock: Clock) -> Capacity:
    """As whom the person may plan acts about an authorisation today."""
    on = today(authorisation.authority, clock)
    offices = [one for one in capacities if one.office is not None and one.office.function in OPENED_BY]
    # Of a desk officer and a director who are one person, the desk's office does more here.
    offices.sort(key=lambda one: one.office is not None and one.office.function != Function.DESK_OFFICER)
    holders = [
        one
        for one in capacities
        if one.office is None
        and acts_for(one, authorisation.holder, on=on, authority=authorisation.authority)
    ]
    return Capacity(office=next(iter(offices), None), holder=next(iter(holders), None))


@dataclass(frozen=True, kw_only=True)
class TermShown:
    """A term before and after, by its name."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class CeilingShown:
    """What is held under a ceiling above the lines, before and after."""

    label: str
    effect: CeilingEffect


@dataclass(frozen=True, kw_only=True)
class EffectShown:
    """What an act would do, whole.

    forbidden    every reason why it cannot be done at all
    supersedes   the numbers of the letters that it replaces
    told         who is told of it outside the authority
    """

    type: Words
    state_before: Words
    state_after: Words
    version: int
    letter: str
    supersedes: tuple[str, ...]
    lines: tuple[LineEffect, ...]
    ceilings: tuple[CeilingShown, ...]
    changes: tuple[TermShown, ...]
    revoked: int
    stands: int
    touched: int
    circumstance: str
    check: str
    told: tuple[str, ...]
    speaks: tuple[Finding, ...]
    forbidden: tuple[Reason, ...]
    blocks_transfers: bool
    effective_on: date | None
    grounds: str
    consent: str

    @property
    def moves(self) -> bool:
        """Whether any tonne moves."""
        return any(line.moves for line in self.lines)


def effect_shown(authorisation: Authorisation, effect: Effect) -> EffectShown:
    """The effect in the words of the page; one query for the letters."""
    return effects_shown([(authorisation, effect)])[0]


def effects_shown(effects: Sequence[tuple[Authorisation, Effect]]) -> list[EffectShown]:
    """Each of the effects so, in the order given; one query for the letters of all."""
    superseded = {letter for _one, effect in effects for letter in effect.supersedes}
    letters = Letter.objects.filter(public_id__in=superseded).order_by("pk")
    numbers = dict(letters.values_list("public_id", "number"))
    return [_shown(one, effect, numbers) for one, effect in effects]


def _shown(authorisation: Authorisation, effect: Effect, numbers: Mapping[UUID, str]) -> EffectShown:
    language, before = get_language() or "en", effect.before
    touching = touching_of(effect.plan)
    return EffectShown(
        type=ACTS[effect.plan.type].label,
        state_before=State(before.state).label,
        state_after=State(effect.state).label,
        version=effect.version,
        letter=effect.letter,
        supersedes=tuple(number for letter, number in numbers.items() if letter in effect.supersedes),
        lines=effect.lines,
        ceilings=tuple(CeilingShown(label=_ceiling(one), effect=one) for one in effect.ceilings),
        changes=tuple(_term(one, language) for one in effect.changes),
        revoked=effect.revoked,
        stands=effect.stands,
        touched=effect.touched,
        circumstance=touching.circumstance if touching is not None else "",
        check=touching.check if touching is not None else "",
        told=tuple(_told(authorisation, effect, language)),
        speaks=effect.speaks,
        forbidden=effect.forbidden,
        blocks_transfers=effect.takes_away,
        effective_on=effect.plan.effective_on,
        grounds=effect.plan.grounds,
        consent=effect.plan.consent,
    )


def _term(one: TermEffect, language: str) -> TermShown:
    before, after = one.before, one.after
    if one.name in LISTS:
        before, after = (
            ", ".join(party_name(code, language) for code in said.split("; ") if code)
            for said in (before, after)
        )
        after = after or str(_("no Party"))
    return TermShown(label=str(_NAMES.get(one.name) or name_of_place(one.name)), before=before, after=after)


def _ceiling(one: CeilingEffect) -> str:
    label = str(Ceiling.Scope[one.scope.upper()].label)
    return f"{label} {one.vintage}" if one.vintage is not None else label


def _told(authorisation: Authorisation, effect: Effect, language: str) -> Iterable[str]:
    """The holder, by the letter; then everybody outside for whom the act makes a task, with its days."""
    yield _named(_("holder"), authorisation.holder.name)
    if isinstance(effect.plan, HolderTransferred):
        yield _named(_("new holder"), effect.plan.to)
    for one in effect.told:
        whom = party_name(one.whom, language) if one.recipient == Recipient.COUNTERPART else one.whom
        days = ngettext("within %(days)s day", "within %(days)s days", one.days) % {"days": one.days}
        yield f"{_named(Recipient(one.recipient).label, whom)}, {days}"


def _named(what: Words, name: str) -> str:
    return f"{what}: {name}" if name else str(what)
