"""The legal rules that bind an authorisation, one object each, by the code of the law's digest.

A rule warns while an application is drafted, must be answered when the desk recommends, and blocks
at decision. Its words are the message. `firmness` says how firmly its source stands:

    read      read in the decision text itself
    relayed   read in a page that transcribes the official source
    recalled  general knowledge of the source, which was not read again
    design    a rule of this software, resting on the sources named
    national  data of the authority's procedure, resting on the sources that it names
    assumed   data of the authority's procedure that it marks as assumed

What national oversight says (`authorisation.oversight`) has the same shape, and is answered and blocks alike.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from accounts import wording
from authorisation import rules_of_records as records
from authorisation.application import USES
from authorisation.first_transfer import Trigger
from authorisation.parts import Calculation, contradictions
from authorisation.rules_of_records import Record, Said
from authorisation.shares import OVERALL_MITIGATION_PERCENT, levies
from authorisation.terms import Terms
from projects.fields import FIRST_VINTAGE
from workflow.refusals import Reason, Words


class Firmness(StrEnum):
    """How firmly the source of a rule stands."""

    READ = "read"
    RELAYED = "relayed"
    RECALLED = "recalled"
    DESIGN = "design"
    NATIONAL = "national"
    ASSUMED = "assumed"


_FIRMNESS: Mapping[Firmness, Words] = {
    Firmness.READ: _("read in the source itself"),
    Firmness.RELAYED: _("read in a page that transcribes the source"),
    Firmness.RECALLED: _("as generally understood; the source was not read again"),
    Firmness.DESIGN: _("a rule of this software that rests on it"),
    Firmness.NATIONAL: _("as the procedure of the authority has it"),
    Firmness.ASSUMED: _("as the procedure of the authority has it, in part assumed"),
}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Terms before a rule, with what they are measured against.

    expected    the activity's expected mitigation by vintage, t CO2 eq
    taken       what other live authorisations and decisions hold of it by vintage, t CO2 eq
    taken_total the same over all vintages, also where no vintage is named
    first_year, last_year   of the NDC implementation period
    asked       the terms asked for, where the terms are those of a decision
    initial_report   what is said of the initial report of the approach; None where nobody was asked
    issued      what is already issued by vintage, t CO2 eq
    parts       what the forms come to in which a decision gives a part
    outside_ndc    whether the mitigation lies outside what the contribution is known to cover
    """

    terms: Terms
    expected: Mapping[int, int]
    taken: Mapping[int, int]
    taken_total: int
    first_year: int | None
    last_year: int | None
    asked: Terms | None = None
    initial_report: str | None = None
    issued: Mapping[int, int] = field(default_factory=dict)
    parts: tuple[Calculation, ...] = ()
    outside_ndc: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule says of a proposal. A finding that does not block is a warning at every stage.

    informs     it only tells something, for or against, and asks for no answer
    citation    where it comes from, and `firmness`, how firmly that stands
    """

    rule: str
    reason: Reason
    blocks: bool
    informs: bool = False
    citation: Words = ""
    firmness: Firmness | None = None

    @property
    def basis(self) -> str:
        """Where it comes from and how firmly that stands, in words; empty where nothing is said of it."""
        if not self.citation or self.firmness is None:
            return str(self.citation)
        said = _("%(citation)s: %(firmness)s") % {
            "citation": self.citation,
            "firmness": _FIRMNESS[self.firmness],
        }
        return str(said)


def _nothing(_asked: object) -> tuple[()]:
    """What a rule says of what it is not about."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One legal rule: what it says, where it comes from, and how it is checked.

    check, tells   of terms: what stands against them, and what is only to be known of them
    of_record      of something that happened (`authorisation.rules_of_records`)
    warns, blocks  when it does, in words; empty where it never does
    """

    code: str
    words: Words
    citation: Words
    firmness: Firmness
    check: Callable[[Proposal], Said] = _nothing
    tells: Callable[[Proposal], Iterable[Reason]] = _nothing
    of_record: Callable[[Record], Said] = _nothing
    warns: Words = ""
    blocks: Words = ""

    @property
    def basis(self) -> Words:
        """Where it comes from and how firmly that stands, in words."""
        return _("%(citation)s: %(firmness)s") % {
            "citation": self.citation,
            "firmness": _FIRMNESS[self.firmness],
        }

    @property
    def firmly(self) -> Words:
        """How firmly its source stands, in words."""
        return _FIRMNESS[self.firmness]


def findings(proposal: Proposal) -> list[Finding]:
    """What every rule says of these terms, in the order of the rules; empty if they hold."""
    return [finding for rule in RULES for finding in _said_of(rule, proposal)]


def _said_of(rule: Rule, proposal: Proposal) -> Iterable[Finding]:
    for reason, blocks in rule.check(proposal):
        yield _finding(rule, reason, blocks=blocks)
    for reason in rule.tells(proposal):
        yield _finding(rule, reason, blocks=False, informs=True)


def findings_on_record(record: Record) -> list[Finding]:
    """What every rule says of something about to be recorded; empty if it may be."""
    return [
        _finding(rule, reason, blocks=blocks) for rule in RULES for reason, blocks in rule.of_record(record)
    ]


class RuleBroken(RuntimeError):
    """What the software itself would write breaks a rule: a fault of program or data, never an answer."""


def against(record: Record) -> list[Reason]:
    """Every reason for which a rule forbids to record this, each once."""
    found: list[Reason] = []
    for finding in findings_on_record(record):
        if finding.blocks and finding.reason not in found:
            found.append(finding.reason)
    return found


def must_hold(record: Record) -> None:
    """The same of what follows of itself from something recorded. Raises RuleBroken; nothing is kept then."""
    reasons = against(record)
    if reasons:
        raise RuleBroken(" ".join(str(reason) for reason in reasons))


def informing(code: str, reason: Reason) -> Finding:
    """What the rule of this code tells of an act, where nothing is to be answered. Raises KeyError."""
    return _finding({rule.code: rule for rule in RULES}[code], reason, blocks=False, informs=True)


def _finding(rule: Rule, reason: Reason, *, blocks: bool, informs: bool = False) -> Finding:
    return Finding(
        rule=rule.code,
        reason=reason,
        blocks=blocks,
        informs=informs,
        citation=rule.citation,
        firmness=rule.firmness,
    )


def to_answer(found: Iterable[Finding]) -> tuple[str, ...]:
    """The rules that ask for an answer before the decision, each once, in their order."""
    return tuple(dict.fromkeys(finding.rule for finding in found if not finding.informs))


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
                values={"from": wording.day(start)},
                mend=_("Let the period begin on 1 January 2021 or later."),
            ),
            True,
        )


def _ceilings_within_the_request(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    if proposal.asked is None:
        return
    for contradiction in contradictions(proposal.terms, proposal.parts):
        yield contradiction, True
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
                    values={"day": wording.day(day), "first": first, "last": last},
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
                values={"day": wording.day(terms.last_use_on), "last": last},
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


def _adjusted_outside_too(proposal: Proposal) -> Iterable[Reason]:
    if proposal.outside_ndc:
        yield Reason(
            code="A7",
            words=_(
                "The mitigation lies outside the contribution: for every first transfer a corresponding "
                "adjustment is due all the same, and the letter undertakes it (rule A7)."
            ),
        )


def _liability_on_grant(proposal: Proposal) -> Iterable[Reason]:
    """A8: what is first transferred at once, where the letter defines the authorisation as first transfer."""
    terms = proposal.terms
    if terms.first_transfer_definition != Trigger.AUTHORISATION or not terms.for_oimp:
        return
    for vintage, issued in sorted(proposal.issued.items()):
        ceiling = (terms.volumes or {}).get(vintage)
        covered = issued if terms.volumes is None else min(issued, ceiling or 0)
        if covered:
            yield Reason(
                code="A8",
                words=_(
                    "On grant, %(tonnes)s t of vintage %(vintage)s that are already issued are first "
                    "transferred, and an adjustment is due for that year (rule A8)."
                ),
                values={"tonnes": covered, "vintage": vintage},
            )


def _shares_of_the_mechanism(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    percent = proposal.terms.omge_percent
    if not _by_mechanism(proposal) or percent is None:
        return
    if Fraction(percent) < Fraction(OVERALL_MITIGATION_PERCENT):
        yield (
            Reason(
                code="A9",
                words=_(
                    "Under the Article 6.4 mechanism at least 2 per cent are cancelled for overall "
                    "mitigation, and the terms say %(percent)s per cent (rule A9)."
                ),
                values={"percent": percent},
                mend=_("Leave the percentage empty, or set 2 or more."),
            ),
            True,
        )


def _taken_by_the_mechanism(proposal: Proposal) -> Iterable[Reason]:
    volume = proposal.terms.volume
    if not _by_mechanism(proposal) or not volume:
        return
    taken = levies(volume, mechanism=True)
    yield Reason(
        code="A9",
        words=_(
            "Of %(tonnes)s t, at least %(adaptation)s t are forwarded for adaptation and %(cancelled)s t "
            "cancelled for overall mitigation when they are issued; these are then first transferred, "
            "whatever the letter defines (rule A9)."
        ),
        values={
            "tonnes": volume,
            "adaptation": taken.adaptation,
            "cancelled": taken.overall_mitigation,
        },
    )


def _no_share_is_asked(proposal: Proposal) -> Iterable[Reason]:
    percent = proposal.terms.omge_percent
    if percent and Fraction(percent) and not _by_mechanism(proposal):
        yield Reason(
            code="A10",
            words=_(
                "Outside the Article 6.4 mechanism no share for overall mitigation is taken of itself: that "
                "%(percent)s per cent are cancelled is a condition of this letter (rule A10)."
            ),
            values={"percent": percent},
        )


def _by_mechanism(proposal: Proposal) -> bool:
    return proposal.terms.tracking_registry == "mechanism"


def _initial_report(proposal: Proposal) -> Iterable[tuple[Reason, bool]]:
    if proposal.initial_report is None or proposal.initial_report.strip():
        return
    yield (
        Reason(
            code="A11",
            words=_(
                "Nothing is said of the initial report of the cooperative approach: it is due no later than "
                "the authorisation (rule A11)."
            ),
            mend=_(
                "Say when it was submitted or that it goes with the authorisation; or, where the Party finds "
                "that practical, that it follows with the biennial transparency report."
            ),
        ),
        False,
    )


_WHILE_WRITTEN = _("While an application is written; it must be answered when the desk recommends.")
_ON_DECISION = _("A decision that grants such terms.")

RULES: tuple[Rule, ...] = (
    Rule(
        code="A1",
        words=_("Outcomes must have occurred in 2021 or later."),
        citation=_("Decision 2/CMA.3, annex, paragraph 1(e)"),
        firmness=Firmness.READ,
        check=_vintages_from_2021,
        warns=_WHILE_WRITTEN,
        blocks=_ON_DECISION,
    ),
    Rule(
        code="A2",
        words=_("A quantity is a ceiling in whole t CO2 eq; what is granted lies within what is asked for."),
        citation=_("Agreed electronic format, table 2; decision 7/CMA.4, annex I, paragraphs 28 and 29"),
        firmness=Firmness.DESIGN,
        check=_ceilings_within_the_request,
        blocks=_(
            "A decision that grants more than was asked for, or a part that its own form does not give."
        ),
    ),
    Rule(
        code="A3",
        words=_(
            "The live ceilings of an activity may not exceed the mitigation that it is expected to achieve."
        ),
        citation=_("Avoidance of double counting: decision 2/CMA.3, annex"),
        firmness=Firmness.DESIGN,
        check=_within_expected_mitigation,
        warns=_WHILE_WRITTEN,
        blocks=_ON_DECISION,
    ),
    Rule(
        code="A4",
        words=_(
            "Uses form one of the seven purposes; another purpose than an NDC is named and has a definition "
            "of first transfer, use towards an NDC alone has neither."
        ),
        citation=_("Decision 2/CMA.3, annex, paragraph 2"),
        firmness=Firmness.READ,
        check=_uses_and_purposes_agree,
        warns=_WHILE_WRITTEN,
        blocks=_ON_DECISION,
    ),
    Rule(
        code="A5",
        words=_(
            "The corresponding adjustment belongs to the year in which the mitigation occurred; the day of "
            "the first transfer triggers it. Both are kept."
        ),
        citation=_("Decision 2/CMA.3, annex, paragraph 8(a)"),
        firmness=Firmness.READ,
        of_record=records.adjusted_for_the_vintage,
        blocks=_("A first transfer that would be adjusted for another year than its vintage."),
    ),
    Rule(
        code="A6",
        words=_("Outcomes are used for an NDC only within the implementation period in which they occurred."),
        citation=_("Decision 2/CMA.3, annex, paragraph 8(b)"),
        firmness=Firmness.READ,
        check=_within_the_ndc_period,
        of_record=records.used_within_the_period,
        warns=_(
            "While an application is written, and at decision where no use towards an NDC is asked for or "
            "the last day of use alone falls after the period."
        ),
        blocks=_(
            "A decision for use towards an NDC whose outcomes occur outside the period, and a use for a year "
            "outside it or after its last date."
        ),
    ),
    Rule(
        code="A7",
        words=_(
            "A corresponding adjustment is due for every first transfer, also where the mitigation lies "
            "outside the scope of the contribution."
        ),
        citation=_("Decision 2/CMA.3, annex, paragraphs 13 and 14"),
        firmness=Firmness.READ,
        tells=_adjusted_outside_too,
        of_record=records.adjusted_outside_too,
        warns=_(
            "Tells while an application is written and at decision, where the authority’s procedure holds "
            "what the contribution covers; check N5 asks for the answer. Every letter undertakes it."
        ),
        blocks=_("A first transfer without an adjustment."),
    ),
    Rule(
        code="A8",
        words=_(
            "Outcomes are first transferred by the event that the letter names: on grant where that is the "
            "authorisation and they are issued, else when they are issued, dated at the authorisation; at "
            "issuance, never before the authorisation; at use or cancellation; towards an NDC at the first "
            "international transfer. For combined uses by the earlier event."
        ),
        citation=_("Decision 2/CMA.3, annex, paragraphs 2, 8 and 16; combined uses as generally understood"),
        firmness=Firmness.READ,
        tells=_liability_on_grant,
        of_record=records.first_transferred_as_defined,
        warns=_("Tells at decision what is first transferred by the grant itself; no answer is asked for."),
        blocks=_("A first transfer recorded with another day than that of its event, or before it."),
    ),
    Rule(
        code="A9",
        words=_(
            "Of all that the Article 6.4 mechanism issues, 5 per cent go to adaptation and at least 2 per "
            "cent are cancelled for overall mitigation; of authorised units both are first transfers."
        ),
        citation=_(
            "Decision 3/CMA.3, annex, paragraphs 43, 58 and 59; decision 7/CMA.4, annex I, "
            "paragraphs 39 and 40"
        ),
        firmness=Firmness.READ,
        check=_shares_of_the_mechanism,
        tells=_taken_by_the_mechanism,
        of_record=records.shares_of_the_mechanism,
        warns=_("Tells while an application is written what will be taken; no answer is asked for."),
        blocks=_("A decision that sets less than 2 per cent, and an issuance of which less is taken."),
    ),
    Rule(
        code="A10",
        words=_(
            "Outside the Article 6.4 mechanism no share is taken of itself: shares for adaptation and "
            "overall mitigation are encouraged, not required."
        ),
        citation=_("Decision 2/CMA.3, annex, paragraphs 37 and 39"),
        firmness=Firmness.READ,
        tells=_no_share_is_asked,
        of_record=records.no_automatic_share,
        warns=_("Tells at decision that such a share is a condition of the letter; no answer is asked for."),
        blocks=_("An issuance of which more is taken than its letter asks for."),
    ),
    Rule(
        code="A11",
        words=_(
            "The initial report of a cooperative approach is submitted no later than its authorisation, or "
            "where practical with the next biennial transparency report."
        ),
        citation=_("Decision 2/CMA.3, annex, paragraph 18"),
        firmness=Firmness.READ,
        check=_initial_report,
        warns=_(
            "While an application is written; the answer when the desk recommends records what the Party "
            "chooses."
        ),
    ),
    Rule(
        code="A12",
        words=_(
            "A change or a revocation touches nothing that is already first transferred, unless the letter’s "
            "own terms say otherwise and nothing is counted twice; what is used or cancelled always stands."
        ),
        citation=_("Decision 4/CMA.6"),
        firmness=Firmness.RECALLED,
        of_record=records.what_was_transferred_stands,
        warns=_("Tells before an act what stands, and what it touches under which clause of the letter."),
        blocks=_(
            "A change or a revocation that would touch it where the letter’s terms do not foresee it, or "
            "without a recorded check that nothing is counted twice; and one that would touch what is used "
            "or cancelled."
        ),
    ),
    Rule(
        code="A13",
        words=_(
            "Each change makes the next version of the same authorisation: its identifier stays, the letter "
            "before is kept and marked superseded, and the change is reported."
        ),
        citation=_("Decision 2/CMA.3, annex, paragraph 21(c)"),
        firmness=Firmness.READ,
        of_record=records.each_change_is_a_version,
        warns=_("Tells before an act which version it makes; no answer is asked for."),
        blocks=_("A change under another identifier, or out of the order of versions."),
    ),
    Rule(
        code="A14",
        words=_(
            "Revoking the authorisation of an entity does not revoke that of the outcomes: each stands by "
            "itself."
        ),
        citation=_("Decision 4/CMA.6"),
        firmness=Firmness.RECALLED,
        of_record=records.an_entity_is_not_the_outcomes,
        warns=_("Tells before an entity is removed that the outcomes stay authorised."),
        blocks=_("A removal of an entity that would move outcomes."),
    ),
    Rule(
        code="A16",
        words=_("Everything is public unless it is marked confidential with a stated basis."),
        citation=_("Decision 2/CMA.3, annex, paragraph 24; decision 6/CMA.4, paragraph 6"),
        firmness=Firmness.READ,
        of_record=records.confidential_with_a_basis,
        warns=_(
            "While an application is written, of each document marked confidential; whether its basis "
            "holds must be answered when the desk recommends."
        ),
        blocks=_("A mark of confidentiality without a basis, of a document or of a part of a decision."),
    ),
    Rule(
        code="A18",
        words=_(
            "Where everything concerned is first transferred and the letter has no clause for it, a "
            "revocation is refused: the adjustment is kept, and only future issuance can be stopped."
        ),
        citation=_("Decision 4/CMA.6"),
        firmness=Firmness.RECALLED,
        of_record=records.no_revocation_after_first_transfer,
        blocks=_("A revocation of what is first transferred, where the letter’s terms do not foresee it."),
    ),
)
