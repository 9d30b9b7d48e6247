"""The legal rules that bind an authorisation, one object each, by the code of the law's digest.

A rule warns while an application is drafted, must be answered when the desk recommends, and blocks
at decision. Its words are the message. `firmness` says how firmly its source stands:

    read      read in the decision text itself
    relayed   read in a page that transcribes the official source
    design    a rule of this software, resting on the sources named
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from authorisation.application import USES
from authorisation.terms import Terms
from projects.fields import FIRST_VINTAGE
from workflow.refusals import Reason, Words


class Firmness(StrEnum):
    """How firmly the source of a rule stands."""

    READ = "read"
    RELAYED = "relayed"
    DESIGN = "design"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Terms before a rule, with what they are measured against.

    expected    the activity's expected mitigation by vintage, t CO2 eq
    taken       what other live authorisations and decisions hold of it by vintage, t CO2 eq
    taken_total the same over all vintages, also where no vintage is named
    first_year, last_year   of the NDC implementation period
    asked       the terms asked for, where the terms are those of a decision
    """

    terms: Terms
    expected: Mapping[int, int]
    taken: Mapping[int, int]
    taken_total: int
    first_year: int | None
    last_year: int | None
    asked: Terms | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule says of a proposal. A finding that does not block is a warning at every stage."""

    rule: str
    reason: Reason
    blocks: bool


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One legal rule: what it says, where it comes from, and how it is checked."""

    code: str
    words: Words
    citation: str
    firmness: Firmness
    check: Callable[[Proposal], Iterable[tuple[Reason, bool]]]


def findings(proposal: Proposal) -> list[Finding]:
    """What every rule says of these terms, in the order of the rules; empty if they hold."""
    return [
        Finding(rule=rule.code, reason=reason, blocks=blocks)
        for rule in RULES
        for reason, blocks in rule.check(proposal)
    ]


def _vintages_from_2021(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    for vintage in sorted(proposal.terms.volumes or {}):
        if vintage < FIRST_VINTAGE:
            yield (
                Reason(
                    code="A1",
                    words=_("Vintage %(vintage)s lies before 2021 (rule A1)."),
                    values={"vintage": vintage},
                    mend=_("Leave out every vintage before 2021."),
                ),
                True,
            )
    start = proposal.terms.outcomes_from
    if start is not None and start.year < FIRST_VINTAGE:
        yield (
            Reason(
                code="A1",
                words=_("The outcomes would occur from %(from)s on, before 2021 (rule A1)."),
                values={"from": start.isoformat()},
                mend=_("Let the period begin on 1 January 2021 or later."),
            ),
            True,
        )


def _ceilings_within_the_request(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    if proposal.asked is None:
        return
    asked, granted = proposal.asked, proposal.terms
    if asked.volumes is not None:
        for vintage, tonnes in sorted((granted.volumes or {}).items()):
            wanted = asked.volumes.get(vintage, 0)
            if tonnes > wanted:
                yield (
                    Reason(
                        code="A2",
                        words=_(
                            "%(granted)s t of vintage %(vintage)s would be granted, "
                            "but %(asked)s t were asked for (rule A2)."
                        ),
                        values={"granted": tonnes, "vintage": vintage, "asked": wanted},
                        mend=_(
                            "Grant at most what was asked for, or ask the applicant to amend the request."
                        ),
                    ),
                    True,
                )
    if asked.volume is not None and (granted.volume is None or granted.volume > asked.volume):
        yield (
            Reason(
                code="A2",
                words=_("In all %(granted)s t would be granted, but %(asked)s t were asked for (rule A2)."),
                values={
                    "granted": "∞" if granted.volume is None else granted.volume,
                    "asked": asked.volume,
                },
                mend=_("Grant at most what was asked for, or ask the applicant to amend the request."),
            ),
            True,
        )


def _within_expected_mitigation(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    if not proposal.expected:
        return
    for vintage, tonnes in sorted((proposal.terms.volumes or {}).items()):
        free = max(proposal.expected.get(vintage, 0) - proposal.taken.get(vintage, 0), 0)
        if tonnes > free:
            yield (
                Reason(
                    code="A3",
                    words=_(
                        "%(tonnes)s t of vintage %(vintage)s are more than the %(free)s t that are free of "
                        "its expected mitigation of %(expected)s t (rule A3)."
                    ),
                    values={
                        "tonnes": tonnes,
                        "vintage": vintage,
                        "free": free,
                        "expected": proposal.expected.get(vintage, 0),
                    },
                    mend=_("Lower the volume of this vintage, or show more expected mitigation for it."),
                ),
                True,
            )
    volume = proposal.terms.volume
    free = _free_in_the_period(proposal)
    if volume is not None and volume > free:
        yield (
            Reason(
                code="A3",
                words=_(
                    "%(tonnes)s t in all are more than the %(free)s t that are free of the activity's "
                    "expected mitigation (rule A3)."
                ),
                values={"tonnes": volume, "free": free},
                mend=_("Lower the total, or show more expected mitigation."),
            ),
            True,
        )


def _free_in_the_period(proposal: Proposal) -> int:
    """What is free of the expected mitigation of the vintages in the period, and of all vintages."""
    first = proposal.terms.outcomes_from.year if proposal.terms.outcomes_from else 0
    last = proposal.terms.outcomes_to.year if proposal.terms.outcomes_to else 9999
    in_period = sum(
        tonnes - proposal.taken.get(vintage, 0)
        for vintage, tonnes in proposal.expected.items()
        if first <= vintage <= last
    )
    overall = sum(proposal.expected.values()) - proposal.taken_total
    return max(min(in_period, overall), 0)


def _uses_and_purposes_agree(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    terms = proposal.terms
    if proposal.asked is not None and not terms.uses:
        yield (
            Reason(
                code="A4",
                words=_("No use would be authorised: an authorisation is for at least one (rule A4)."),
                mend=_("Grant at least one of the uses asked for, or refuse."),
            ),
            True,
        )
    for use in terms.uses:
        if use not in USES:
            yield (
                Reason(
                    code="A4",
                    words=_("“%(use)s” is not a use that can be authorised (rule A4)."),
                    values={"use": use},
                    mend=_("Choose among NDC, IMP and OP."),
                ),
                True,
            )
    if terms.for_oimp:
        if terms.first_transfer_definition is None:
            yield (
                Reason(
                    code="A4",
                    words=_("A use other than an NDC needs a definition of first transfer (rule A4)."),
                    mend=_("Choose authorisation, issuance, or use or cancellation."),
                ),
                True,
            )
        if ("IMP" in terms.uses and not terms.imp) or ("OP" in terms.uses and not terms.op):
            yield (
                Reason(
                    code="A4",
                    words=_("Each use other than an NDC needs its purpose named (rule A4)."),
                    mend=_("Name the purpose, for instance a phase of CORSIA."),
                ),
                True,
            )
    elif terms.uses and (terms.first_transfer_definition is not None or terms.imp or terms.op):
        yield (
            Reason(
                code="A4",
                words=_(
                    "Use towards an NDC alone has its first transfer fixed by law, and no other purpose "
                    "(rule A4)."
                ),
                mend=_("Leave the definition of first transfer and the other purposes empty."),
            ),
            True,
        )


def _within_the_ndc_period(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    terms, first, last = proposal.terms, proposal.first_year, proposal.last_year
    if first is None or last is None:
        return
    for vintage in sorted(terms.volumes or {}):
        if not first <= vintage <= last:
            yield (_outside(vintage, first, last), terms.for_ndc)
    edges = (("from", terms.outcomes_from), ("to", terms.outcomes_to))
    for _edge, day in edges:
        if day is not None and not first <= day.year <= last:
            yield (
                Reason(
                    code="A6",
                    words=_(
                        "The period in which outcomes may occur reaches to %(day)s, outside the NDC "
                        "implementation period %(first)s to %(last)s (rule A6)."
                    ),
                    values={"day": day.isoformat(), "first": first, "last": last},
                    mend=_("Cut the period, or split the request by NDC implementation period."),
                ),
                terms.for_ndc,
            )
    if terms.for_ndc and terms.last_use_on is not None and terms.last_use_on.year > last:
        yield (
            Reason(
                code="A6",
                words=_(
                    "The last use on %(day)s falls after the NDC implementation period ends in %(last)s: "
                    "what is used then must be for a year within it (rule A6)."
                ),
                values={"day": terms.last_use_on.isoformat(), "last": last},
                mend=_("Keep in view for which year outcomes are used, or bring the last use forward."),
            ),
            False,
        )


def _outside(vintage: int, first: int, last: int) -> Reason:
    return Reason(
        code="A6",
        words=_(
            "Vintage %(vintage)s lies outside the NDC implementation period %(first)s to %(last)s (rule A6)."
        ),
        values={"vintage": vintage, "first": first, "last": last},
        mend=_("Leave this vintage out, or ask for it under the period in which it occurs."),
    )


RULES: tuple[Rule, ...] = (
    Rule(
        code="A1",
        words=_("Outcomes must have occurred in 2021 or later."),
        citation="Decision 2/CMA.3, annex, paragraph 1(e)",
        firmness=Firmness.READ,
        check=_vintages_from_2021,
    ),
    Rule(
        code="A2",
        words=_("A quantity is a ceiling in whole t CO2 eq; what is granted lies within what is asked for."),
        citation="Agreed electronic format, table 2; decision 7/CMA.4, annex I, paragraphs 28 and 29",
        firmness=Firmness.DESIGN,
        check=_ceilings_within_the_request,
    ),
    Rule(
        code="A3",
        words=_(
            "The live ceilings of an activity may not exceed the mitigation that it is expected to achieve."
        ),
        citation="Avoidance of double counting: decision 2/CMA.3, annex",
        firmness=Firmness.DESIGN,
        check=_within_expected_mitigation,
    ),
    Rule(
        code="A4",
        words=_(
            "Uses form one of the seven purposes; another purpose than an NDC is named and has a definition "
            "of first transfer, use towards an NDC alone has neither."
        ),
        citation="Decision 2/CMA.3, annex, paragraph 2",
        firmness=Firmness.READ,
        check=_uses_and_purposes_agree,
    ),
    Rule(
        code="A6",
        words=_("Outcomes are used for an NDC only within the implementation period in which they occurred."),
        citation="Decision 2/CMA.3, annex, paragraph 8(b)",
        firmness=Firmness.READ,
        check=_within_the_ndc_period,
    ),
)
