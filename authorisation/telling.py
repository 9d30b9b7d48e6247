"""Who outside the authority is to be told of a grant, or of an act about an authorisation. Pure.

The effect that is shown before anybody confirms (`authorisation.effect`) and the tasks that are made with the
act (`authorisation.services.announcements`) both ask here, so that what is shown is what is done.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from authorisation.recipients import Recipient, TellingRule
from authorisation.terms import Terms

# Letters and tasks name a registry or a standard in so many characters at most.
_LONGEST = 200
# What an approach of two Parties names where no programme stands behind the activity: nobody to be told.
_NO_STANDARD = frozenset({"", "Bilateral"})


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Somebody who is told within so many calendar days; `whom` is the Party, registry or standard meant."""

    recipient: Recipient
    whom: str
    days: int


def whom_to_tell(
    terms: Terms, *, host: str, standard: str, rules: Mapping[Recipient, TellingRule]
) -> tuple[Telling, ...]:
    """Everybody who is to be told of a version with these terms, in the order of recipients.

    host      the code of the Party whose authority acts
    standard  that of the activity
    rules     of the procedure under which the act is handled: whether, and within how many days
    """
    return tuple(
        Telling(recipient=recipient, whom=whom[:_LONGEST], days=rules[recipient].days)
        for recipient, whom in _recipients(terms, host, standard)
        if rules[recipient].needed
    )


def _recipients(terms: Terms, host: str, standard: str) -> Iterable[tuple[Recipient, str]]:
    yield from ((Recipient.COUNTERPART, code) for code in sorted(set(terms.parties) - {host}))
    if terms.tracking_registry:
        yield Recipient.REGISTRY, terms.tracking_registry
    if standard not in _NO_STANDARD:
        yield Recipient.STANDARD, standard
    yield Recipient.PLATFORM, ""
    yield Recipient.PUBLIC, ""
