"""Why a first transfer, a use or a cancellation may not be recorded, each reason a sentence.

What is a matter of law the rules say (`authorisation.rules`), of the records that are made of the facts here.
What of it is a matter of volumes is said where volumes move (`authorisation.transfers`).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from authorisation.first_transfer import Trigger, outcome_under
from authorisation.rules import against
from authorisation.rules_of_records import FirstTransferred, Used
from authorisation.serials import read_serial
from authorisation.terms import Terms
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Authorisation, AuthorisationVersion

# The roles in which an authorised entity may use outcomes.
USING = frozenset({"user", "acquirer"})


def _version(authorisation: "Authorisation") -> "AuthorisationVersion":
    return authorisation.versions.get(number=authorisation.current_version)


def _terms(authorisation: "Authorisation") -> Terms:
    return Terms.model_validate_json(_version(authorisation).terms)


def _day(facts: Facts, name: str) -> date | None:
    value = facts.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _vintages(facts: Facts) -> list[int]:
    """The vintages of the volumes, and of the serials where these say them."""
    volumes, serials = facts.get("volumes"), facts.get("serials")
    named = [str(text) for text in serials] if isinstance(serials, list) else []
    read = [read_serial(text) for text in [*named, str(facts.get("serial") or "")]]
    found = {serial.vintage for serial in read if serial is not None and serial.vintage is not None}
    return sorted(found | ({int(vintage) for vintage in volumes} if isinstance(volumes, dict) else set()))


def transfers_are_not_blocked(authorisation: "Authorisation", actor: Actor) -> Iterable[Reason]:
    """A suspension at once blocks first transfers before it is decided."""
    if authorisation.transfers_blocked:
        yield Reason(
            code="transfers-blocked",
            words=_("First transfers are blocked: the authority is about to decide on a suspension."),
            mend=_("Wait for that decision."),
        )


def evidence_is_given(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """Whoever records what happened in a registry shows that it did."""
    if not facts.get("evidence"):
        yield Reason(
            code="evidence-missing",
            words=_("There is no evidence of it."),
            mend=_("Add the document that shows it, or name the registry's own reference."),
        )


def happened_in_its_time(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """On a day that has come, not before the authorisation nor the outcomes, of some positive volume."""
    on, today = _day(facts, "on"), _day(facts, "today")
    if on is None:
        yield Reason(code="day-missing", words=_("The day is not given."), mend=_("Give the day."))
        return
    if today is not None and on > today:
        yield Reason(
            code="in-the-future",
            words=_("%(on)s has not come yet."),
            values={"on": day(on)},
            mend=_("Record it when it has happened."),
        )
    since = authorisation.versions.earliest("number").effective_on
    if on < since:
        yield Reason(
            code="before-authorisation",
            words=_("On %(on)s nothing was authorised yet: the authorisation took effect on %(since)s."),
            values={"on": day(on), "since": day(since)},
            mend=_("Correct the day."),
        )
    for vintage in _vintages(facts):
        if vintage > on.year:
            yield Reason(
                code="before-its-vintage",
                words=_("On %(on)s no outcome of vintage %(vintage)s had occurred."),
                values={"on": day(on), "vintage": vintage},
                mend=_("Correct the vintage or the day."),
            )


def a_volume_is_named(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """Tonnes of some vintage, or the serial of a block."""
    volumes = facts.get("volumes")
    serials = facts.get("serial") or facts.get("serials")
    if not serials and not (isinstance(volumes, dict) and any(volumes.values())):
        yield Reason(
            code="volume-missing",
            words=_("No volume is given."),
            mend=_("Give the tonnes of each vintage, or the serial of the block."),
        )


def first_transferred_and_adjusted_as_due(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """Rules A5, A7 and A8: adjusted, and for the vintage year; and by an event that the letter names."""
    on, year = _day(facts, "on"), facts.get("adjusted_in")
    if on is None:
        return
    terms, since = _terms(authorisation), authorisation.versions.earliest("number").effective_on
    said: list[Reason] = []
    for vintage in _vintages(facts):
        adjusted_in: int | None = year if isinstance(year, int) else vintage
        record = FirstTransferred(
            outcome=outcome_under(terms, vintage=vintage, authorised_on=since, transferred_on=on),
            on=on,
            adjusted_in=None if facts.get("unadjusted") else adjusted_in,
            trigger=Trigger.INTERNATIONAL_TRANSFER,
        )
        said += [reason for reason in against(record) if reason not in said]
    yield from said


def goes_to_an_authorised_party(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """To another Party, and where the letter names Parties to one of them."""
    host, to = authorisation.authority.party.code, facts.get("to_party")
    named = set(_terms(authorisation).parties) - {host}
    if not to:
        yield Reason(
            code="party-missing",
            words=_("To which Party the outcomes went is not given."),
            mend=_("Name the Party."),
        )
    elif to == host:
        yield Reason(
            code="party-host",
            words=_("%(party)s is the host: what stays there is not transferred."),
            values={"party": str(to)},
            mend=_("Name the Party that acquired the outcomes."),
        )
    elif named and to not in named:
        yield _not_authorised(str(to), named)


def _not_authorised(party: str, named: Iterable[str]) -> Reason:
    return Reason(
        code="party-not-authorised",
        words=_("%(party)s is not among the Parties of this authorisation: %(named)s."),
        values={"party": party, "named": ", ".join(sorted(named))},
        mend=_("Correct the Party, or ask for a change of the authorisation."),
    )


def used_by_whom_it_names(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """By a Party or an entity; where the letter authorises Parties or users, by one of them."""
    terms = _terms(authorisation)
    party, entity = facts.get("by_party"), facts.get("by_entity")
    if bool(party) == bool(entity):
        yield Reason(
            code="user-missing",
            words=_("Who used the outcomes is not given: one Party, or one entity."),
            mend=_("Name the Party or the entity."),
        )
    named = set(terms.parties) - {authorisation.authority.party.code}
    if party and named and party not in named:
        yield _not_authorised(str(party), named)
    users = sorted(one.name for one in terms.entities if USING & set(one.roles))
    if entity and users and entity not in users:
        yield Reason(
            code="entity-not-authorised",
            words=_("“%(entity)s” is not among the entities that this authorisation lets use outcomes."),
            values={"entity": str(entity)},
            mend=_("Correct the name, or ask for a change of the authorisation."),
        )


def used_within_the_period(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """Rule A6: towards an NDC for a year of the period in which they occurred; not after the last day."""
    terms = _terms(authorisation)
    year = facts.get("for_year")
    period = authorisation.versions.select_related("case__ndc_period").earliest("number").case.ndc_period
    yield from _of_each_vintage(
        facts,
        Used(
            vintage=None,
            on=_day(facts, "on"),
            towards_ndc=terms.for_ndc and bool(facts.get("by_party")),
            used_for=year if isinstance(year, int) else None,
            first_year=period.first_year if period is not None else None,
            last_year=period.last_year if period is not None else None,
            last_on=terms.last_use_on,
        ),
    )


def cancelled_in_time(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """Rule A6: not after the last day of cancellation."""
    yield from _of_each_vintage(
        facts,
        Used(
            vintage=None,
            on=_day(facts, "on"),
            towards_ndc=False,
            used_for=None,
            first_year=None,
            last_year=None,
            last_on=_terms(authorisation).last_cancellation_on,
            cancelled=True,
        ),
    )


def _of_each_vintage(facts: Facts, used: Used) -> list[Reason]:
    """What the rules say of the same use of every vintage, each reason once; also where none is named."""
    vintages: list[int | None] = [*_vintages(facts)] or [None]
    said: list[Reason] = []
    for vintage in vintages:
        said += [reason for reason in against(replace(used, vintage=vintage)) if reason not in said]
    return said


def purpose_is_named(authorisation: "Authorisation", facts: Facts) -> Iterable[Reason]:
    """A cancellation says for what."""
    if not facts.get("purpose"):
        yield Reason(
            code="purpose-missing",
            words=_("For which purpose the outcomes were cancelled is not given."),
            mend=_("Name the purpose."),
        )
