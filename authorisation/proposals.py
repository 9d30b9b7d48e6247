"""Puts the terms of a case before the rules, with what they are measured against."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

from authorisation import rules
from authorisation.application import ApplicationContent
from authorisation.rules import Finding, Proposal
from authorisation.terms import Terms, asked_for
from projects.selectors import expected_by_vintage

if TYPE_CHECKING:
    from authorisation.models import Case


def content_of(case: "Case") -> ApplicationContent:
    """The application of a case as last submitted, or as it stands while it never was."""
    last = case.versions.last()
    if last is not None:
        return ApplicationContent.model_validate_json(last.content)
    try:
        return ApplicationContent.model_validate(case.application.content)
    except ValidationError:
        # A draft may hold anything, and guards do not raise: what cannot be read says nothing yet.
        return ApplicationContent()


def findings_on_request(case: "Case") -> list[Finding]:
    """What the rules say of the request as it stands."""
    content = content_of(case)
    return rules.findings(proposal(case, asked_for(content), content))


def findings_on_decision(case: "Case", granted: Terms) -> list[Finding]:
    """What the rules say of terms to be granted."""
    content = content_of(case)
    return rules.findings(proposal(case, granted, content, asked=asked_for(content)))


def proposal(
    case: "Case", terms: Terms, content: ApplicationContent, *, asked: Terms | None = None
) -> Proposal:
    """These terms, with the mitigation expected of the activity and what others hold of it.

    What the case itself holds does not count against it: a new decision replaces it.
    """
    expected = dict(content.activity.expected_tco2e or {}) if content.activity else {}
    taken: dict[int, int] = {}
    taken_total = 0
    if case.activity is not None:
        expected = expected_by_vintage(case.activity) or expected
        own = {line.vintage: line.reserved + line.authorised for line in case.lines.filter(capped=True)}
        for ceiling in case.activity.ceilings.filter(vintage__isnull=False):
            vintage = int(ceiling.vintage or 0)
            taken[vintage] = ceiling.reserved + ceiling.authorised - own.get(vintage, 0)
        for ceiling in case.activity.ceilings.filter(vintage__isnull=True):
            taken_total = ceiling.reserved + ceiling.authorised - own_total(case)
    period = content.ndc_period
    return Proposal(
        terms=terms,
        expected=expected,
        taken=taken,
        taken_total=taken_total,
        first_year=period.first_year if period else None,
        last_year=period.last_year if period else None,
        asked=asked,
    )


def own_total(case: "Case") -> int:
    """What the case holds over all vintages, reserved or authorised, t CO2 eq."""
    by_line = sum(line.reserved + line.authorised for line in case.lines.filter(capped=True))
    total = case.ceilings.first()
    if total is None:
        return by_line
    held = total.reserved + total.authorised
    # A total that holds nothing beside lines that do is one of an earlier decision.
    return min(by_line, held) if by_line and held else by_line or held
