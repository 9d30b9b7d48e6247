"""What the Party's contribution (NDC) says: coverage, parts, period, budget (checks N5 to N8)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from audit.trail import Json
from authorisation.oversight.matching import Match, inventory_gas, match
from authorisation.oversight.saying import (
    COVERED,
    PARTS,
    PERIOD,
    PROMISED,
    Basis,
    Submission,
    Years,
    at_most_a_warning,
    finding,
    in_words,
)
from authorisation.procedures.lists import Contribution, Force, Outside
from authorisation.rules import Finding, Firmness
from authorisation.terms import Terms
from workflow.refusals import Words

ADJUSTED_OUTSIDE = "Decision 2/CMA.3, annex, paragraph 14"
SAME_PERIOD = "Decision 2/CMA.3, annex, paragraph 8(b)"


def _asked_years(submission: Submission) -> Years | None:
    """The first and the last year in which outcomes are asked for."""
    terms = submission.terms
    years = {*(terms.volumes or {})}
    if terms.outcomes_from is not None:
        years.add(terms.outcomes_from.year)
    if terms.outcomes_to is not None:
        years.add(terms.outcomes_to.year)
    return (min(years), max(years)) if years else submission.stated


def is_meant(contribution: Contribution, submission: Submission) -> bool:
    """Whether outcomes are asked for in its period; without any year named, whether it runs that day."""
    asked = _asked_years(submission) or (submission.on.year, submission.on.year)
    return contribution.runs_in(*asked)


def by_coverage(contribution: Contribution, submission: Submission, basis: Basis) -> Iterator[Finding]:
    """N5: the sector and the gases lie within the contribution; if not, what follows is said."""
    outside, activity = contribution.outside or Outside(), submission.activity
    name = in_words(contribution)
    if contribution.sectors is not None and activity.sector and activity.sector not in contribution.sectors:
        yield from _outside(
            contribution,
            basis,
            _(
                "The sector “%(what)s” lies outside “%(ndc)s”: no outcome counts towards it, and a "
                "corresponding adjustment is due all the same (check N5)."
            ),
            what=activity.sector,
        )
    elif contribution.sectors is None and outside.conditions:
        yield finding(
            COVERED,
            at_most_a_warning(outside.force),
            Basis(citation=outside.source or basis.citation, firmness=basis.firmness),
            _(
                "Which sectors “%(ndc)s” covers is not held here. If it does not cover this one: "
                "%(conditions)s (check N5)."
            ),
            mend=_("Look up whether the sector is covered, and say what was found."),
            ndc=name,
            conditions=in_words(outside),
        )
    if contribution.gases is None:
        return
    named = {gas: inventory_gas(gas) for gas in activity.ghgs or ()}
    left_out: list[Json] = [
        gas for gas, known in named.items() if known is not None and known not in contribution.gases
    ]
    if left_out:
        yield from _outside(
            contribution,
            basis,
            _(
                "Gases outside “%(ndc)s”: %(what)s. No outcome in them counts towards it, and a "
                "corresponding adjustment is due all the same (check N5)."
            ),
            what=left_out,
        )
    nameless: list[Json] = [gas for gas, known in named.items() if known is None]
    if nameless:
        yield finding(
            COVERED,
            Force.WARNING,
            basis,
            _("Whether “%(ndc)s” covers these gases cannot be compared: %(what)s (check N5)."),
            mend=_("Write each gas as inventories do, such as CO2 or CH4."),
            ndc=name,
            what=nameless,
        )


def _outside(contribution: Contribution, basis: Basis, words: Words, *, what: Json) -> Iterator[Finding]:
    """What lies outside: the adjustment is due by the decision, what else follows is the Party's."""
    outside = contribution.outside or Outside()
    said = (
        basis
        if contribution.outside is None
        else Basis(citation=outside.source or basis.citation, firmness=basis.firmness)
    )
    yield finding(
        COVERED,
        outside.force,
        Basis(citation=f"{ADJUSTED_OUTSIDE}; {said.citation}", firmness=said.firmness),
        words,
        mend=_("Outside of it this holds: %(conditions)s")
        if outside.conditions
        else _("Weigh whether the country can bear an adjustment for which its contribution gains nothing."),
        ndc=in_words(contribution),
        what=what,
        conditions=in_words(outside),
    )


# -- conditional or not ------------------------------------------------------------------------------


def by_parts(contribution: Contribution, submission: Submission, basis: Basis) -> Iterator[Finding]:
    """N6: whether the activity falls into the conditional part of the contribution, or the unconditional."""
    for target in contribution.targets:
        found = match(target.scope, submission.activity)
        if found not in (Match.YES, Match.BY_WORDS):
            continue
        yield finding(
            PARTS,
            target.force if found is Match.YES else at_most_a_warning(target.force),
            Basis(citation=target.source or basis.citation, firmness=basis.firmness),
            _("The activity falls into the conditional part of “%(ndc)s”: %(part)s (check N6).")
            if target.conditional
            else _(
                "The activity falls into the unconditional part of “%(ndc)s”: %(part)s. What is transferred "
                "of it, the country must achieve once more (check N6)."
            ),
            mend=""
            if target.conditional
            else _("Show that the mitigation goes beyond what the country has promised to achieve itself."),
            ndc=in_words(contribution),
            part=in_words(target),
        )


# -- the period --------------------------------------------------------------------------------------


def by_periods(contributions: Sequence[Contribution], submission: Submission) -> Iterator[Finding]:
    """N7: the years lie in a period of the contribution. Nothing while one is not held: any may lie in it."""
    held = sorted(one.years for one in contributions if one.years is not None)
    if not held or any(one.years is None for one in contributions):
        return
    basis = Basis(citation=SAME_PERIOD, firmness=Firmness.READ)
    spans: list[Json] = [span(years) for years in held]
    asked = _asked_years(submission) if _names_years(submission.terms) else None
    if asked is not None:
        years = range(asked[0], asked[1] + 1)
        outside = [year for year in years if not any(first <= year <= last for first, last in held)]
        if outside:
            yield finding(
                PERIOD,
                Force.WARNING,
                basis,
                _(
                    "Outcomes would occur in %(outside)s, outside the implementation periods of the "
                    "country’s contribution: %(periods)s (check N7)."
                ),
                mend=_("Cut the period, or wait for the contribution in which those years lie."),
                outside=span((outside[0], outside[-1])),
                periods=spans,
            )
    if submission.stated is not None and submission.stated not in held:
        yield finding(
            PERIOD,
            Force.WARNING,
            basis,
            _(
                "The application names the implementation period %(stated)s; the country’s contribution has "
                "%(periods)s (check N7)."
            ),
            mend=_("Name the period of the contribution in which the outcomes occur."),
            stated=span(submission.stated),
            periods=spans,
        )


def _names_years(terms: Terms) -> bool:
    return bool(terms.volumes) or terms.outcomes_from is not None or terms.outcomes_to is not None


def span(years: Years) -> str:
    """The years as a sentence says them."""
    return str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"


# -- what is already promised ------------------------------------------------------------------------


def by_budget(contribution: Contribution, submission: Submission, basis: Basis) -> Iterator[Finding]:
    """N8: what is promised of the period, and whether the request still fits into the budget."""
    budget, years = contribution.budget, contribution.years
    promised = submission.promised.get(years) if years is not None else None
    if budget is None or years is None or promised is None:
        return
    basis = Basis(citation=budget.source or basis.citation, firmness=basis.firmness)
    asked = _asked_within(submission.terms, years)
    said: dict[str, Json] = {
        "period": span(years),
        "budget": budget.tonnes,
        "promised": promised.tonnes,
        "asked": asked,
        "together": promised.tonnes + (asked or 0),
    }
    if asked is None:
        yield finding(
            PROMISED,
            Force.WARNING,
            basis,
            _(
                "Of the budget of %(budget)s t for %(period)s, %(promised)s t are promised. The request sets "
                "no ceiling, so what it would take is not known (check N8)."
            ),
            mend=_("Ask for a volume, or set one when granting."),
            **said,
        )
    else:
        passes = promised.tonnes + asked > budget.tonnes
        yield finding(
            PROMISED,
            budget.force if passes else Force.INFORMATION,
            basis,
            _(
                "Of the budget of %(budget)s t for %(period)s, %(promised)s t are promised; with these "
                "%(asked)s t it would be %(together)s t, more than there is (check N8)."
            )
            if passes
            else _(
                "Of the budget of %(budget)s t for %(period)s, %(promised)s t are promised; with these "
                "%(asked)s t it would be %(together)s t (check N8)."
            ),
            mend=_("Lower the volume.") if passes else "",
            **said,
        )
    if promised.open_ended:
        yield finding(
            PROMISED,
            Force.INFORMATION,
            basis,
            _(
                "Authorisations of %(period)s without a ceiling, which are not in that sum: %(count)s "
                "(check N8)."
            ),
            mend="",
            period=span(years),
            count=promised.open_ended,
        )


def _asked_within(terms: Terms, years: Years) -> int | None:
    """What the terms would take of these years, t CO2 eq: the lowest of all ceilings given, if any."""
    first, last = years
    given = [] if terms.total is None else [terms.total]
    if terms.volumes is not None:
        given.append(sum(tonnes for vintage, tonnes in terms.volumes.items() if first <= vintage <= last))
    return min(given, default=None)
