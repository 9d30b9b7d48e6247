"""Whose consent a change or a revocation needs, as the terms of an authorisation say it as data.

The application may ask for it, the procedure of the authority may set it (`consent`, of a kind of case), and
the deciding office chooses. Letters whose terms say nothing of it as data are read by their words.
"""

from authorisation.kinds import AUTHORISING
from authorisation.procedures.shape import Handling
from authorisation.terms import Terms

# Acts that take nothing from the other Party, or nothing yet: nobody's consent is asked for them.
_NEEDS_NONE = frozenset({"clarification", "identifier_assigned", "suspension", "resumption"})


def consent_of(terms: Terms, act: str) -> tuple[str, ...] | None:
    """The codes of the Parties whose consent an act of this type needs; None where no data says it."""
    if act in _NEEDS_NONE:
        return ()
    return terms.consent_to_revocation if act == "revocation" else terms.consent_to_changes


def is_read_from_words(change_terms: str | None) -> bool:
    """Whether a letter's own words make a change depend on somebody's consent, where no data says whose.

    Read from the stem that the languages of Parties share (consent, consentement, consentimiento, consenso):
    where a letter speaks of consent at all, a person has to show it, or to have the letter clarified first.
    """
    text = (change_terms or "").lower()
    return "consent" in text or "consens" in text


def with_consent(terms: Terms, handling: Handling, *, host: str) -> Terms:
    """The terms with what the procedure asks, the consent of every other Party, where they say nothing."""
    if handling.kind not in AUTHORISING:
        return terms
    others = tuple(code for code in terms.parties if code != host)
    update = {
        name: others
        for act, name in (("change", "consent_to_changes"), ("revocation", "consent_to_revocation"))
        if act in handling.consent and getattr(terms, name) is None
    }
    return terms.model_copy(update=update) if update else terms
