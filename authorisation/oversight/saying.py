"""What national oversight is asked about, and how it says what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import lazy

from accounts.names import in_language
from accounts.wording import Named
from audit.trail import Json
from authorisation.procedures.lists import ActivityList, Contribution, Entry, Force, Outside, Target
from authorisation.procedures.shape import Procedure
from authorisation.rules import Finding, Firmness
from authorisation.terms import Terms
from projects.content import ActivityContent
from workflow.refusals import Reason, Words

# The codes of the checks, as the codes of rules are.
NEGATIVE, POSITIVE, AUTOMATIC, ELIGIBLE = "N1", "N2", "N3", "N4"
COVERED, PARTS, PERIOD, PROMISED = "N5", "N6", "N7", "N8"

Years = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Promised:
    """What others hold of an implementation period, reserved or authorised.

    tonnes      t CO2 eq
    open_ended  authorisations of the period that have no ceiling of their own, and so are not in the sum
    """

    tonnes: int
    open_ended: int = 0


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A request before national oversight.

    on          the legal date of submission, or the day on which a draft is looked at
    activity    what it says of the activity
    terms       asked for, or about to be granted
    stated      the first and the last year of the implementation period that it names
    promised    what others hold, by the years of each contribution that has a budget
    """

    on: date
    activity: ActivityContent
    terms: Terms
    stated: Years | None = None
    promised: Mapping[Years, Promised] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Where a finding comes from."""

    citation: str
    firmness: Firmness


def in_words(one: ActivityList | Entry | Contribution | Target | Outside) -> Named:
    """What is named by language: in records by its code, or as the file calls it in English."""
    if isinstance(one, ActivityList):
        kept = one.code
    else:
        texts = one.conditions if isinstance(one, Outside) else one.name
        kept = in_language(texts, "en") if texts else ""
    return Named(kept, lazy(lambda: one.label, str)())


def basis_of(procedure: Procedure, place: str, source: str) -> Basis:
    """A source named in a procedure, as firm as the procedure says of that place."""
    firmness = Firmness.ASSUMED if procedure.assumes(place) else Firmness.NATIONAL
    return Basis(citation=source, firmness=firmness)


def finding(rule: str, force: Force, basis: Basis, words: Words, *, mend: Words, **values: Json) -> Finding:
    """A finding of this check, with what follows from it."""
    return Finding(
        rule=rule,
        reason=Reason(code=rule, words=words, values=values, mend=mend),
        blocks=force is Force.BINDING,
        informs=force is Force.INFORMATION,
        citation=basis.citation,
        firmness=basis.firmness,
    )


def at_most_a_warning(force: Force) -> Force:
    """The force of what a person has to look at: it never blocks by itself."""
    return Force.WARNING if force is Force.BINDING else force
