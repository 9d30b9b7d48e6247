"""The demonstration's people: for each Party an authority with its offices, for each applicant an account.

Nothing of this exists outside a demonstration.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import pycountry
from allauth.mfa.totp.internal import auth as totp
from babel.core import get_global
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Authority, Function, Office, Organisation, Party, User, Vetting
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
from authorisation.procedures import BUILT_IN
from projects.content import EntityContent
from workflow.actors import SYSTEM, Person, Proof

# Before the first day on which anything here could have been applied for: the Agreement is of that day.
FROM = date(2015, 12, 12)

# A domain that nobody can ever have (RFC 2606).
MAIL_DOMAIN = "@demonstration.example"

_TITLES = {
    Function.DESK_OFFICER: "Desk officer",
    Function.REVIEWER: "Reviewer",
    Function.DECIDER: "Head of the authority",
    Function.SIGNER: "Minister",
    Function.DIRECTOR: "Director",
}


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The people who carry a case: whoever applies, and one holder of each office."""

    authority: Authority
    organisation: Organisation
    applicant: User
    offices: dict[str, tuple[Office, User]]

    def applying(self) -> Person:
        """The applicant's person."""
        return Person(user=self.applicant, organisation=self.organisation)

    def in_office(self, function: Function, at: datetime) -> Person:
        """The holder of an office, who has just proved who they are, as in a demonstration."""
        office, person = self.offices[function]
        return Person(user=person, office=office, proof=Proof(method="demonstration", at=at))


def cast_for(party: str, applicant: EntityContent, *, at: datetime) -> Cast:
    """Finds the demonstration's people of a Party and of an applicant, or makes them."""
    with transaction.atomic():
        authority = authority_of_party(party) or _make_authority(party, at)
        offices = {
            office.function: (office, office.tenures.select_related("person").get().person)
            for office in authority.offices.all()
        }
        organisation = _organisation(applicant, party, at)
        person = organisation.memberships.select_related("person").earliest("pk").person
        if not is_vetted(organisation, authority=authority):
            asked = ask_for_vetting(organisation, authority=authority, by=person, at=at)
            _office, officer = offices[Function.DESK_OFFICER]
            decide_vetting(asked, outcome=Vetting.Outcome.ACCEPTED, by=officer, at=at)
        return Cast(
            authority=authority,
            organisation=organisation,
            applicant=person,
            offices=offices,
        )


def _make_authority(code: str, at: datetime) -> Authority:
    name = party_name(code, "en")
    authority = create_authority(
        Party.objects.get(code=code),
        slug=code.lower(),
        name={
            "en": f"Designated National Authority, {name}",
            "fr": f"Autorité nationale désignée, {party_name(code, 'fr')}",
        },
        time_zone=_time_zone(code),
        languages=["en", "fr"],
        actor=SYSTEM.trail_name,
        at=at,
    )
    for function, title in _TITLES.items():
        office = create_office(
            authority,
            function=function,
            title={"en": title},
            body=BUILT_IN.bodies[0] if function == Function.REVIEWER else "",
            actor=SYSTEM.trail_name,
            at=at,
        )
        person = _person(
            f"{function.value.replace('_', '-')}.{code.lower()}", f"{title} of {name} (demonstration)"
        )
        # Also for officers who sign a request for completion; only reviewers sign nothing.
        if function != Function.REVIEWER:
            totp.TOTP.activate(person, totp.generate_totp_secret())
        start_tenure(office, person=person, starts_on=FROM, actor=SYSTEM.trail_name, at=at)
    return authority


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
