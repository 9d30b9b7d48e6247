"""Puts the terms of a case before the rules and national oversight, with what they are measured against."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from pydantic import ValidationError

from authorisation import oversight, rules
from authorisation.application import ApplicationContent
from authorisation.first_transfer import Trigger
from authorisation.handling import procedure_of
from authorisation.kinds import OF_OUTCOMES, OVERSEEN, WITH_CONTENT_ITEMS
from authorisation.oversight import Submission
from authorisation.parts import Around, Calculation, Held, calculations
from authorisation.planned import effect_for, is_about
from authorisation.promised import promised_beside
from authorisation.rules import Finding, Proposal
from authorisation.rules_of_records import Marked
from authorisation.supporting_documents import marked_confidential
from authorisation.terms import Form, Terms, asked_for
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


def terms_asked(case: "Case") -> Terms:
    """The terms for which a case asks: of its application, or those that its planned act would make."""
    return effect_for(case).terms if is_about(case) else asked_for(content_of(case))


def findings_on_request(case: "Case", *, on: date | None = None) -> list[Finding]:
    """What rules and national oversight say of the request.

    Of a kind that asks for no authorisation, only whether what is marked confidential is so. Of an act
    about an authorisation, what they say of it as the authorisation stands now.

    `on`: the day on which a draft is looked at. What was submitted is judged as of its submission.
    """
    if is_about(case):
        return [*effect_for(case).speaks, *on_confidentiality(case)]
    if case.kind not in OVERSEEN:
        return on_confidentiality(case)
    content = content_of(case)
    terms = asked_for(content)
    found = rules.findings(proposal(case, terms, content)) if case.kind in WITH_CONTENT_ITEMS else []
    return [*found, *on_confidentiality(case), *oversight_of(case, terms, content, on=on)]


def findings_on_decision(case: "Case", granted: Terms) -> list[Finding]:
    """What they say of terms to be granted; nothing of a kind that grants no authorisation."""
    if case.kind not in OVERSEEN:
        return []
    content = content_of(case)
    found = (
        rules.findings(proposed_decision(case, granted, content)) if case.kind in WITH_CONTENT_ITEMS else []
    )
    return [*found, *on_confidentiality(case), *oversight_of(case, granted, content)]


def on_confidentiality(case: "Case") -> list[Finding]:
    """What rule A16 says of the documents of a case that are marked confidential."""
    marked = marked_confidential(case)
    return rules.findings_on_record(Marked(documents=tuple(marked.items()))) if marked else []


def proposed_decision(case: "Case", granted: Terms, content: ApplicationContent) -> Proposal:
    """Terms to be granted, with those asked for and with what the forms come to in which a part is given."""
    asked = asked_for(content)
    proposed = proposal(case, granted, content, asked=asked)
    if not granted.parts:
        return proposed
    around = Around(expected=proposed.expected, ceilings=_ceilings_cited(case, proposed))
    return replace(proposed, parts=calculations(asked, granted, around))


def parts_of(case: "Case", granted: Terms) -> tuple[Calculation, ...]:
    """The arithmetic of the forms that these terms name; what the case holds itself does not count."""
    return proposed_decision(case, granted, content_of(case)).parts if granted.parts else ()


def _ceilings_cited(case: "Case", proposed: Proposal) -> dict[Form, Held]:
    """The cap of the sector, the budget of the period, and what others hold of them and of the activity."""
    found = {Form.PROJECT_CAP: Held(ceiling=0, held=proposed.taken_total)}
    if case.ndc_period is None or case.activity is None:
        return found
    own = own_total(case)
    for one in case.authority.ceilings.filter(ndc_period=case.ndc_period):
        held = Held(
            ceiling=one.tonnes,
            held=max(one.reserved + one.authorised - own, 0),
            name=one.sector or f"{case.ndc_period.first_year}–{case.ndc_period.last_year}",
        )
        if one.scope == one.Scope.NATIONAL:
            found[Form.NATIONAL_BUDGET] = held
        elif one.scope == one.Scope.SECTOR and one.sector == case.activity.sector:
            found[Form.SECTOR_CAP] = held
    return found


def oversight_of(
    case: "Case", terms: Terms, content: ApplicationContent, *, on: date | None = None
) -> Sequence[Finding]:
    """What the lists of the case's procedure and the Party's contribution say of these terms.

    As of the legal date of submission; of a draft as of `on`, by default the day on which it was opened.
    """
    if case.kind not in OVERSEEN or content.activity is None:
        return []
    procedure = procedure_of(case)
    as_of = case.submitted_on or on or case.opened_on
    period = content.ndc_period
    stated = None
    if period is not None and period.first_year is not None and period.last_year is not None:
        stated = (period.first_year, period.last_year)
    return oversight.findings(
        procedure,
        Submission(
            on=as_of,
            activity=content.activity,
            terms=terms,
            stated=stated,
            promised={
                years: promised_beside(case, *years)
                for years in oversight.contributions_with_a_budget(procedure, as_of)
            },
        ),
    )


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
    if case.kind in WITH_CONTENT_ITEMS - OF_OUTCOMES:
        # An approach or entities authorised alone take nothing of what the activity achieves.
        expected = {}
    period = content.ndc_period
    return Proposal(
        terms=terms,
        expected=expected,
        taken=taken,
        taken_total=taken_total,
        first_year=period.first_year if period else None,
        last_year=period.last_year if period else None,
        asked=asked,
        initial_report=_initial_report(case, content),
        outside_ndc=_outside_ndc(case, terms, content),
        issued=_issued(case) if terms.first_transfer_definition == Trigger.AUTHORISATION else {},
    )


def _outside_ndc(case: "Case", terms: Terms, content: ApplicationContent) -> bool:
    """Whether a contribution that the procedure holds does not cover the sector, or a gas."""
    return any(
        isinstance(finding.citation, str) and finding.citation.startswith(oversight.ADJUSTED_OUTSIDE)
        for finding in oversight_of(case, terms, content)
    )


def _issued(case: "Case") -> dict[int, int]:
    """What is already issued of the activity and covered by nothing, t CO2 eq by vintage."""
    found: dict[int, int] = {}
    if case.activity is not None:
        for one in case.activity.issued_vintages.all():
            found[one.vintage] = found.get(one.vintage, 0) + one.not_covered
    return found


def _initial_report(case: "Case", content: ApplicationContent) -> str:
    """What the application says of the initial report, else what is registered of the approach."""
    said = content.cooperative_approach.initial_report if content.cooperative_approach else None
    return said or (case.approach.initial_report if case.approach is not None else "")


def own_total(case: "Case") -> int:
    """What the case holds over all vintages, reserved or authorised, t CO2 eq."""
    by_line = sum(line.reserved + line.authorised for line in case.lines.filter(capped=True))
    total = case.ceilings.first()
    if total is None:
        return by_line
    held = total.reserved + total.authorised
    # A total that holds nothing beside lines that do is one of an earlier decision.
    return min(by_line, held) if by_line and held else by_line or held
