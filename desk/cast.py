"""The demonstration's people: for each Party an authority with its offices, for each applicant an account.

Which offices and bodies there are follows from the procedure of the Party. Nothing of this exists outside a
demonstration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

import pycountry
from allauth.mfa.totp.internal import auth as totp
from babel.core import get_global
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Authority, Function, Office, Organisation, Party, Tenure, User, Vetting
from accounts.names import party_name
from accounts.selectors import authority_of_party, is_vetted, organisation_with
from accounts.services import (
    ask_for_vetting,
    create_authority,
    create_membership,
    create_office,
    create_organisation,
    decide_vetting,
    start_tenure,
)
from authorisation.handling import procedure_for
from authorisation.procedures.shape import Body, OfficeRule, Procedure, Texts
from projects.content import EntityContent
from workflow.actors import SYSTEM, Person, Proof

# Before the first day on which anything here could have been applied for: the Agreement is of that day.
FROM = date(2015, 12, 12)

# A domain that nobody can ever have (RFC 2606).
MAIL_DOMAIN = "@demonstration.example"

_TITLES: Mapping[Function, Texts] = {
    Function.DESK_OFFICER: {"en": "Desk officer", "fr": "Agent du bureau"},
    Function.REVIEWER: {"en": "Reviewer", "fr": "Examinateur"},
    Function.CHAIR: {"en": "Chair", "fr": "Présidence"},
    Function.DECIDER: {"en": "Head of the authority", "fr": "Chef de l’autorité"},
    Function.SIGNER: {"en": "Minister", "fr": "Ministre"},
    Function.DIRECTOR: {"en": "Director", "fr": "Directeur"},
}

# They sign nothing, so they need no second factor.
_WITHOUT_SECOND_FACTOR = frozenset({Function.REVIEWER, Function.CHAIR})


@dataclass(frozen=True, kw_only=True)
class Needed:
    """An office that a procedure needs: its function, its unit or body, and how many people hold it."""

    function: Function
    unit: str = ""
    title: Texts
    holders: int = 1

    @property
    def key(self) -> tuple[str, str]:
        """Function and unit."""
        return self.function.value, self.unit


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The people who carry a case: whoever applies, and the holders of each office."""

    authority: Authority
    organisation: Organisation
    applicant: User
    offices: tuple[tuple[Office, User], ...]

    def applying(self) -> Person:
        """The applicant's person."""
        return Person(user=self.applicant, organisation=self.organisation)

    def in_office(self, function: Function, at: datetime, unit: str = "") -> Person:
        """The first holder of an office of this function, and of this unit where one is named."""
        return self._holders(OfficeRule(function=function, unit=unit), at)[0]

    def meant_by(self, rule: OfficeRule, at: datetime) -> Person:
        """The holder of the office that a procedure means."""
        return self._holders(rule, at)[0]

    def members_of(self, body: Body, at: datetime) -> list[Person]:
        """Whoever sits in a body, its chair last."""
        members = self._holders(OfficeRule(function=Function.REVIEWER, unit=body.code), at)
        return [*members, self.speaker_of(body, at)] if body.members > 1 else members

    def speaker_of(self, body: Body, at: datetime) -> Person:
        """Whoever speaks for a body: its chair, or the one person who is the body."""
        function = Function.CHAIR if body.members > 1 else Function.REVIEWER
        return self._holders(OfficeRule(function=function, unit=body.code), at)[0]

    def _holders(self, rule: OfficeRule, at: datetime) -> list[Person]:
        """Each has just proved who they are, as in a demonstration."""
        proof = Proof(method="demonstration", at=at)
        return [
            Person(user=person, office=office, proof=proof)
            for office, person in self.offices
            if rule.fits(office.function, office.body)
        ]


def with_another_holder(people: Cast, rule: OfficeRule, at: datetime) -> Cast:
    """The same people, and somebody else in an office before them: where its holder takes no part."""
    office = people.meant_by(rule, at).office
    if office is None:
        raise LookupError(f"Nobody holds the office of the {rule.label}.")
    number = len({person.pk for held, person in people.offices if held == office}) + 1
    needed = Needed(function=Function(office.function), unit=office.body, title=office.title)
    with transaction.atomic():
        person = _make_officer(people.authority, needed, number)
        start_tenure(office, person=person, starts_on=FROM, actor=SYSTEM.trail_name, at=at)
    return replace(people, offices=((office, person), *people.offices))


def acting_for(people: Cast, organisation: Organisation) -> Cast:
    """The same offices, and somebody of another organisation who acts for it."""
    person = organisation.memberships.select_related("person").earliest("pk").person
    return replace(people, organisation=organisation, applicant=person)


def cast_for(party: str, applicant: EntityContent, *, at: datetime, on: date | None = None) -> Cast:
    """Finds the demonstration's people of a Party and of an applicant, or makes them.

    Which offices there must be, the procedure of the day of the application says (`on`, else that of `at`).
    """
    with transaction.atomic():
        authority = authority_of_party(party) or _make_authority(party, at)
        offices = _fitted_out(authority, procedure_for(authority, on or at.date()), at)
        organisation = _organisation(applicant, party, at)
        person = organisation.memberships.select_related("person").earliest("pk").person
        people = Cast(authority=authority, organisation=organisation, applicant=person, offices=offices)
        if not is_vetted(organisation, authority=authority):
            asked = ask_for_vetting(organisation, authority=authority, by=person, at=at)
            officer = people.in_office(Function.DESK_OFFICER, at).user
            decide_vetting(asked, outcome=Vetting.Outcome.ACCEPTED, by=officer, at=at)
        return people


def offices_needed(terms: Procedure) -> list[Needed]:
    """The offices without which some case under this procedure would find nobody."""
    rules = [rule for handling in terms.handling.values() for rule in (handling.deciding, *handling.signing)]
    needed = [
        Needed(function=Function.DESK_OFFICER, title=_TITLES[Function.DESK_OFFICER]),
        *_sitting(terms),
        *(_meant(rule) for rule in rules),
        Needed(function=Function.DIRECTOR, title=_TITLES[Function.DIRECTOR]),
    ]
    return list({one.key: one for one in reversed(needed)}.values())[::-1]


def _sitting(terms: Procedure) -> Iterator[Needed]:
    for body in terms.bodies.values():
        members = body.members - 1 if body.members > 1 else 1
        yield Needed(function=Function.REVIEWER, unit=body.code, title=body.name, holders=members)
        if body.members > 1:
            chair = {
                tag: f"{_TITLES[Function.CHAIR].get(tag, 'Chair')}, {name}" for tag, name in body.name.items()
            }
            yield Needed(function=Function.CHAIR, unit=body.code, title=chair)


def _meant(rule: OfficeRule) -> Needed:
    return Needed(function=rule.function, unit=rule.unit, title=rule.title or _TITLES[rule.function])


def _fitted_out(authority: Authority, terms: Procedure, at: datetime) -> tuple[tuple[Office, User], ...]:
    """The offices of the authority with their holders, those that were missing made."""
    tenures = Tenure.objects.filter(office__authority=authority).select_related("office", "person")
    found = [(tenure.office, tenure.person) for tenure in tenures.order_by("pk")]
    for needed in offices_needed(terms):
        held = [office for office, _person in found if (office.function, office.body) == needed.key]
        office = held[0] if held else _make_office(authority, needed, at)
        for number in range(len(held) + 1, needed.holders + 1):
            person = _make_officer(authority, needed, number)
            start_tenure(office, person=person, starts_on=FROM, actor=SYSTEM.trail_name, at=at)
            found.append((office, person))
    return tuple(found)


def _make_office(authority: Authority, needed: Needed, at: datetime) -> Office:
    return create_office(
        authority,
        function=needed.function,
        title=dict(needed.title),
        body=needed.unit,
        actor=SYSTEM.trail_name,
        at=at,
    )


def _make_officer(authority: Authority, needed: Needed, number: int) -> User:
    party = authority.party.code
    place = needed.function.value if not needed.unit else f"{needed.function.value}-{needed.unit}"
    local_part = place.replace("_", "-") if number == 1 else f"{place.replace('_', '-')}-{number}"
    title = needed.title.get("en") or next(iter(needed.title.values()))
    who = title if number == 1 else f"{title} {number}"
    person = _person(f"{local_part}.{party.lower()}", f"{who} of {party_name(party, 'en')} (demonstration)")
    if needed.function not in _WITHOUT_SECOND_FACTOR:
        totp.TOTP.activate(person, totp.generate_totp_secret())
    return person


def _make_authority(code: str, at: datetime) -> Authority:
    return create_authority(
        Party.objects.get(code=code),
        slug=code.lower(),
        name={
            "en": f"Designated National Authority, {party_name(code, 'en')}",
            "fr": f"Autorité nationale désignée, {party_name(code, 'fr')}",
        },
        time_zone=_time_zone(code),
        languages=["en", "fr"],
        actor=SYSTEM.trail_name,
        at=at,
    )


def _time_zone(code: str) -> str:
    """A time zone in use in the country; UTC where it has none of its own."""
    country = pycountry.countries.get(alpha_3=code)
    territory = country.alpha_2 if country else ""
    zones = sorted(zone for zone, place in get_global("zone_territories").items() if place == territory)
    return zones[0] if zones else "UTC"


def _organisation(applicant: EntityContent, party: str, at: datetime) -> Organisation:
    identification = applicant.identification or f"DEMONSTRATION-{applicant.name}"
    country = applicant.country or party
    known = organisation_with(country=country, identification=identification)
    if known is not None:
        return known
    organisation = create_organisation(
        applicant.name or identification,
        country=country,
        identification=identification,
        actor=SYSTEM.trail_name,
        at=at,
    )
    account = f"{slugify(organisation.name)[:40] or 'applicant'}.{organisation.public_id.hex[:4]}"
    person = _person(account, f"Applicant for {organisation.name} (demonstration)")
    create_membership(organisation, person=person, starts_on=FROM, actor=SYSTEM.trail_name, at=at)
    return organisation


def _person(local_part: str, name: str) -> User:
    """A person who signs in with the password that the demonstration prints."""
    person = User.objects.create_user(f"{local_part}{MAIL_DOMAIN}", name=name)
    person.password = _password_hash(settings.DEMONSTRATION_PASSWORD)
    person.save(update_fields=["password"])
    return person


@cache
def _password_hash(password: str) -> str:
    """Made once: all accounts of a demonstration share one password, and hashing is slow on purpose."""
    return make_password(password)
