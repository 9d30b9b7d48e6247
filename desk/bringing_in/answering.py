"""Who answers for what is brought in: an officer of the authority whose records it becomes."""

from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Function, User
from accounts.selectors import authority_of_party, holds_function
from desk.bringing_in.blocks import Answering, WhoAnswers
from desk.cast import cast_for
from projects.content import EntityContent
from workflow.clock import Clock, today

_OFFICES = (Function.DESK_OFFICER, Function.DIRECTOR)


def officer(email: str, *, clock: Clock) -> WhoAnswers:
    """The person with this address answers, for the authorities whose desk officer or director they are."""
    person = User.objects.filter(email__iexact=email.strip(), is_active=True).first()

    @cache
    def who(party: str) -> Answering | str:
        authority = authority_of_party(party)
        if authority is None:
            return _("%(party)s has no authority in this installation: found it first.") % {"party": party}
        on = today(authority, clock)
        if person is None or not any(
            holds_function(person, office, authority=authority, on=on) for office in _OFFICES
        ):
            return _("%(email)s is neither desk officer nor director of the authority of %(party)s.") % {
                "email": email,
                "party": party,
            }
        return Answering(authority=authority, person=person)

    return who


def demonstration(*, clock: Clock) -> WhoAnswers:
    """In a demonstration its own desk officers answer; an authority that is not there yet is made."""
    if not settings.DEMONSTRATION:
        raise ValueError("Only in a demonstration.")

    @cache
    def who(party: str) -> Answering | str:
        nobody = EntityContent(name=f"Applicant from {party}", country=party, identification=f"{party}-0")
        people = cast_for(party, nobody, at=clock.now())
        person = people.in_office(Function.DESK_OFFICER, clock.now()).user
        return Answering(authority=people.authority, person=person)

    return who
