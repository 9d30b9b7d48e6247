"""Whose consent a change or a revocation needs, as the terms of an authorisation say it as data.

The application may ask for it, the procedure of the authority may set it (`consent`, of a kind of case), the
deciding office chooses, and a change may name others later. Letters whose terms say nothing of it as data are
read by their words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.names import party_name
from authorisation.acts import AnyPlan, ConsentChanged
from authorisation.kinds import AUTHORISING
from authorisation.procedures.shape import Handling
from authorisation.terms import Terms
from authorisation.touching import CLAUSES
from workflow.refusals import Reason

# The terms that say it.
LISTS = ("consent_to_changes", "consent_to_revocation")
# Acts that take nothing from the other Party, or nothing yet: nobody's consent is asked for them.
_NEEDS_NONE = frozenset({"clarification", "identifier_assigned", "suspension", "resumption"})


@dataclass(frozen=True, kw_only=True)
class Needed:
    """Whose consent an act needs: of the Parties of these codes, and of whomever the letter's words mean."""

    parties: tuple[str, ...] = ()
    by_words: bool = False

    def __bool__(self) -> bool:
        return bool(self.parties) or self.by_words


def consent_needed(terms: Terms, plan: AnyPlan) -> Needed:
    """Whose consent the act needs, as the terms stand.

    A change of these terms needs that of the Parties that they name and of those that they would name:
    nobody loses their say, and nobody is bound, without having been asked.
    """
    if plan.type in _NEEDS_NONE:
        return Needed()
    lists = ["consent_to_revocation" if plan.type == "revocation" else "consent_to_changes"]
    after = terms
    if isinstance(plan, ConsentChanged):
        after = with_other_consent(terms, plan)
        lists = [one for one in LISTS if one in lists or getattr(terms, one) != getattr(after, one)]
    named = [code for said in (terms, after) for one in lists for code in getattr(said, one) or ()]
    unsaid = any(getattr(terms, one) is None for one in lists)
    return Needed(
        parties=tuple(dict.fromkeys(named)), by_words=unsaid and is_read_from_words(terms.change_terms)
    )


def counterparts(terms: Terms, *, host: str) -> tuple[str, ...]:
    """Who can be named: every other Party that takes part, or that the terms name already."""
    said = (code for name in LISTS for code in getattr(terms, name) or ())
    return tuple(code for code in dict.fromkeys((*terms.parties, *said)) if code != host)


def with_other_consent(terms: Terms, plan: ConsentChanged) -> Terms:
    """The terms with what the act names. The same Parties in another order are no others.

    Where neither data nor words ask for consent, to name nobody changes nothing.
    """
    words = is_read_from_words(terms.change_terms)
    update: dict[str, tuple[str, ...]] = {}
    for name in LISTS:
        old: tuple[str, ...] | None = getattr(terms, name)
        new: tuple[str, ...] | None = getattr(plan, name)
        if new is not None and (set(new) != set(old or ()) or (old is None and words)):
            update[name] = tuple(dict.fromkeys(new))
    return terms.model_copy(update=update)


def against_naming(terms: Terms, plan: ConsentChanged, *, host: str) -> Iterable[Reason]:
    """Only another Party that takes part can be named, and nothing is changed but whose consent is needed."""
    known = counterparts(terms, host=host)
    named = dict.fromkeys(code for name in LISTS for code in getattr(plan, name) or ())
    for code in named:
        if code not in known:
            yield Reason(
                code="not-a-counterpart",
                words=_("%(party)s is not another Party that takes part."),
                values={"party": party_name(code, get_language() or "en")},
                mend=_("Name Parties that take part besides your own."),
            )
    if any(getattr(plan, name) for name in CLAUSES.values()):
        yield Reason(
            code="consent-and-touching",
            words=_(
                "Whose consent is needed, and when an act may touch what is first transferred, are not "
                "changed together: a Party would agree to the one and be bound by the other."
            ),
            mend=_("Leave the circumstances out, and change here only whose consent is needed."),
        )


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
