"""What a letter about an act says: what was and what is, line by line, and how the authorisation then stands.

Written from the effect of the act (`authorisation.effect`), in the language in force.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import party_name
from accounts.wording import long_date
from authorisation import acts, proposals
from authorisation.acts import AnyPlan
from authorisation.consent import LISTS
from authorisation.effect import Effect, TermEffect, replaces_letter
from authorisation.models import AuthorisationVersion, Case, Decision
from authorisation.obligations import still_asked
from authorisation.planned import effect_for, plan_of
from authorisation.requirements import kept
from authorisation.terms import Terms
from authorisation.touching import CLAUSES, touching_of
from letters import content as letter
from letters.comparing import role_in_words
from letters.models import Letter
from letters.requirements_said import sentences
from projects.fields import FIRST_VINTAGE

_LABELS = {
    "ca_id": gettext_lazy("Identifier of the cooperative approach"),
    "methodology": gettext_lazy("Methodology"),
    "holder": gettext_lazy("Holder"),
    "uses": gettext_lazy("Uses"),
    "imp": gettext_lazy("International mitigation purposes"),
    "op": gettext_lazy("Other purpose"),
    "first_transfer_definition": gettext_lazy("First transfer"),
    "total": gettext_lazy("Total ceiling, t CO₂ eq"),
    "outcomes_from": gettext_lazy("Outcomes occur from"),
    "outcomes_to": gettext_lazy("Outcomes occur until"),
    "last_issuance_on": gettext_lazy("Last issuance"),
    "last_use_on": gettext_lazy("Last use"),
    "last_cancellation_on": gettext_lazy("Last cancellation"),
    "parties": gettext_lazy("Parties"),
    "entities": gettext_lazy("Entities authorised"),
    "tracking_registry": gettext_lazy("Tracking"),
    "conditions": gettext_lazy("Conditions"),
    "change_terms": gettext_lazy("Changes and revocation"),
    "consent_to_changes": gettext_lazy("Parties whose consent a change needs"),
    "consent_to_revocation": gettext_lazy("Parties whose consent a revocation needs"),
    "revocable_after_transfer": gettext_lazy("When a revocation may touch what is first transferred"),
    "reducible_after_transfer": gettext_lazy("When a reduction may touch what is first transferred"),
    "host_retention_percent": gettext_lazy("Per cent of each transfer kept by the host Party"),
    "omge_percent": gettext_lazy("Per cent of what is issued cancelled for overall mitigation"),
}
_DAYS = frozenset(acts.PERIOD)


def statement(case: Case, decision: Decision | None, language: str) -> dict[str, Any]:
    """What a letter says of the act of a case: as decided, or as planned where nothing is decided yet."""
    plan = acts.parse(decision.plan) if decision is not None and decision.plan else plan_of(case)
    effect = effect_for(case, plan)
    terms = Terms.model_validate_json(decision.granted) if decision and decision.granted else effect.terms
    before, touching = _letter_before(effect), touching_of(plan)
    content = proposals.content_of(case)
    asked = _still_asked(case)
    added = sentences(kept(decision.requirements), decided_on=decision.decided_on) if decision else ()
    return {
        "act": plan.type,
        "whole": plan.type in ("revocation", "surrender") and getattr(plan, "volumes", None) is None,
        "identifier": effect.before.identifier,
        "version": effect.version,
        "versions_letter": before.number if before is not None else None,
        "replaces": before is not None and replaces_letter(plan),
        "authorises": OBJECTS[effect.before.objects],
        "activity_title": (content.activity.title if content.activity else None) or "",
        "grounds": tuple(text for text in (plan.grounds, *(decision.reasons if decision else ())) if text),
        "text": getattr(plan, "text", None),
        "lines": _lines(effect, terms),
        "taken": effect.revoked,
        "terms": tuple(_term(one, language) for one in _changes(effect, terms, asked, added)),
        "now": tuple(_now(effect, terms if decision else effect.before.terms, language, (*asked, *added))),
        "tells": tuple(
            str(finding.reason) for finding in effect.speaks if finding.informs and not finding.blocks
        ),
        "circumstance": touching.circumstance if touching is not None and effect.touched else None,
        "check": (touching.check or None) if touching is not None and effect.touched else None,
        "consent": plan.consent or None,
        "decided_on": decision.decided_on if decision is not None else None,
        "effective_on": plan.effective_on,
    }


def notice(case: Case, language: str, *, answer_by: date | None) -> dict[str, Any]:
    """What a notice says: the act as it is planned, and until when and where the holder may be heard."""
    return {
        **statement(case, None, language),
        "answer_by": answer_by,
        "answer_at": f"{settings.PUBLIC_URL}/cases/{case.public_id}/",
    }


def discontinued(case: Case, reasons: str) -> dict[str, Any]:
    """What is said of an act that is not pursued."""
    plan, content = plan_of(case), proposals.content_of(case)
    identifier = case.authorisation.identifier if case.authorisation is not None else ""
    return {
        "act": plan.type,
        "identifier": identifier,
        "activity_title": (content.activity.title if content.activity else None) or "",
        "told": case.letters.filter(kind="notice").exists(),
        "reasons": tuple(line for line in reasons.splitlines() if line.strip()),
    }


OBJECTS: Mapping[str, tuple[letter.Object, ...]] = {
    "approach": ("approach",),
    "entities": ("entities",),
    "outcomes": ("outcomes",),
    "consolidated": ("approach", "outcomes", "entities"),
}


def _letter_before(effect: Effect) -> Letter | None:
    before = effect.before.letter
    return Letter.objects.filter(public_id=before).first() if before is not None else None


def _lines(effect: Effect, terms: Terms) -> letter.ActLines:
    return letter.ActLines(
        capped=terms.volumes is not None,
        rows=tuple(
            letter.ActLine(
                vintage=one.vintage,
                before=one.before.held,
                after=one.after.held,
                stands=one.after.stands,
                taken=one.taken,
                uncovered=one.uncovered,
                touched=one.touched or None,
            )
            for one in effect.lines
            if one.vintage >= FIRST_VINTAGE
        ),
        total_before=effect.before.terms.total,
        total_after=terms.total,
    )


def _still_asked(case: Case) -> Sequence[str]:
    """What earlier letters ask of the holder and is not done with, in sentences."""
    if case.authorisation is None:
        return ()
    return [
        said
        for decision, asked in still_asked(case.authorisation, but=case)
        for said in sentences(asked, decided_on=decision.decided_on)
    ]


def _changes(
    effect: Effect, terms: Terms, asked: Sequence[str], added: Sequence[str]
) -> Iterable[TermEffect]:
    """The terms that change, with the conditions under which the act was granted and what it asks."""
    yield from effect.changes
    if terms.conditions != effect.terms.conditions or added:
        yield TermEffect(
            name="conditions",
            before="\n".join((*effect.before.terms.conditions, *asked)),
            after="\n".join((*terms.conditions, *asked, *added)),
        )


def _term(one: TermEffect, language: str) -> letter.ActTerm:
    return letter.ActTerm(
        label=str(_LABELS.get(one.name, one.name)),
        before=_said(one.name, one.before, language) or None,
        after=_said(one.name, one.after, language) or (_("no Party") if one.name in LISTS else None),
    )


def _said(name: str, value: str, language: str) -> str:
    if name in _DAYS and value:
        return long_date(date.fromisoformat(value))
    if name == "parties" or name in LISTS:
        return "; ".join(party_name(code, language) for code in value.split("; ") if code)
    return value


def _now(effect: Effect, terms: Terms, language: str, asked: Sequence[str]) -> Iterable[letter.Fact]:
    """The authorisation item by item, with what is asked of the holder; its volumes the lines say."""
    values: dict[str, str] = {
        "ca_id": effect.ca_id or _("not yet assigned"),
        "methodology": effect.methodology or "",
        "uses": ", ".join(terms.uses),
        "imp": "; ".join(terms.imp),
        "op": terms.op or "",
        "first_transfer_definition": terms.first_transfer_definition or "",
        "parties": "; ".join(party_name(code, language) for code in terms.parties),
        "entities": "\n".join(
            f"{one.name}: {', '.join(role_in_words(role) for role in one.roles)}" if one.roles else one.name
            for one in terms.entities
        ),
        **{name: _day(getattr(terms, name)) for name in acts.PERIOD},
        "conditions": "\n".join((*terms.conditions, *asked)),
        "change_terms": terms.change_terms or "",
        **{
            name: "; ".join(party_name(code, language) for code in getattr(terms, name) or ())
            for name in LISTS
        },
        **{name: "\n".join(getattr(terms, name) or ()) for name in CLAUSES.values()},
        "host_retention_percent": terms.host_retention_percent or "",
        "omge_percent": terms.omge_percent or "",
    }
    for name, value in values.items():
        if value:
            yield letter.Fact(label=str(_LABELS[name]), value=value)


def _day(value: date | None) -> str:
    return long_date(value) if value is not None else ""


def replaced_by(case: Case, plan: AnyPlan) -> list[Letter]:
    """The issued letters that the letter of a granted act replaces.

    Those of the version before, unless the act leaves it as it is; and where a suspension ends with the
    act, the letter of that suspension.
    """
    about = AuthorisationVersion.objects.filter(authorisation=case.authorisation_id).exclude(case=case)
    found: list[Letter] = []
    if replaces_letter(plan):
        current = about.exclude(case__kind__in=("suspension", "resumption")).order_by("number").last()
        found += Letter.objects.filter(public_id=cast(Any, current).letter, state="issued")
    if plan.type in ("resumption", "revocation", "surrender"):
        suspended = Letter.objects.filter(
            case__authorisation=case.authorisation_id, kind="suspension", state="issued"
        )
        found += suspended.exclude(case=case)
    return found
