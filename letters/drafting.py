"""Draws up the content of a letter from the records of its case, in the authority's language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from accounts.models import Function, Organisation
from accounts.names import country_name, in_language, party_name
from accounts.selectors import holders_of, offices_of
from authorisation import completeness, proposals
from authorisation.application import ApplicationContent, purpose_code
from authorisation.models import Case, Decision
from authorisation.terms import Difference, Terms, withheld
from letters import content as letter
from letters.kinds import LetterKind, kind_of
from letters.templatetags.letter_format import long_date
from projects.content import ActivityContent, CooperativeApproachContent, PeriodContent
from projects.fields import FIRST_VINTAGE
from workflow.refusals import Kind, Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is known when a letter is drawn: all of its content but number and code.

    `decision` is what the letter is about, where it says what was decided.
    """

    case: Case
    kind: LetterKind
    language: str
    date: date
    signatories: tuple[letter.Signatory, ...]
    decision: Decision | None = None


def draft(case: Case, kind_code: str, *, on: date, decision: Decision | None = None) -> Draft:
    """Finds who signs and in which language. Raises Refused where a signing office is empty.

    The letter says the last decision of the case, or the one handed in, which may not be taken yet.
    """
    kind = kind_of(kind_code)
    language = case.authority.languages[0]
    return Draft(
        case=case,
        kind=kind,
        language=language,
        date=on,
        signatories=_signatories(case, kind, language, on),
        decision=decision or case.decisions.last(),
    )


def compose(drawn: Draft, *, number: str, code: str) -> letter.Letter:
    """The whole content, with its number and code. Raises Refused where it would contradict itself."""
    with translation.override(drawn.language):
        head = _head(drawn, number=number, code=code)
        try:
            return _BODIES[drawn.kind.code](drawn, head)
        except ValidationError as fault:
            raise Refused(
                Kind.RULE,
                [
                    Reason(
                        code="letter-impossible",
                        words=gettext_lazy("No letter can say this: %(sentence)s"),
                        values={"sentence": sentence},
                        mend=gettext_lazy("Correct what is granted, or return the application."),
                    )
                    for sentence in letter.sentences_of(fault)
                ],
            ) from None


def _signatories(case: Case, kind: LetterKind, language: str, on: date) -> tuple[letter.Signatory, ...]:
    found = []
    for place, function in enumerate(kind.signing_offices, start=1):
        held = [
            (office, holders[0])
            for office in offices_of(case.authority, function=Function(function))
            if (holders := holders_of(office, on=on))
        ]
        if not held:
            raise Refused(
                Kind.RULE,
                [
                    Reason(
                        code="signing-office-empty",
                        words=gettext_lazy("Nobody holds the office that signs this letter: %(function)s."),
                        values={"function": function.replace("_", " ")},
                        mend=gettext_lazy("Let the authority appoint somebody to it."),
                    )
                ],
            )
        office, holder = held[0]
        found.append(
            letter.Signatory(
                office_title=in_language(office.title, language),
                field_name=f"Signature{place}",
                person_name=holder.name,
            )
        )
    return tuple(found)


def _head(drawn: Draft, *, number: str, code: str) -> dict[str, Any]:
    case, language = drawn.case, drawn.language
    party = case.authority.party.code
    return {
        "schema": "letter-content/1",
        "kind": drawn.kind.code,
        "number": number,
        "case_reference": case.reference,
        "code": code,
        "check_url": f"{settings.PUBLIC_URL}/check/{code}/",
        "language": language,
        "demonstration": case.simulated or settings.DEMONSTRATION,
        "party": _party(party, language),
        "authority": letter.IssuingAuthority(
            name=in_language(case.authority.name, language),
            legal_basis=(_legal_basis(proposals.content_of(case)),),
        ),
        "addressee": _addressee(case.applicant, language),
        "date": drawn.date,
        "signatories": drawn.signatories,
    }


def _legal_basis(content: ApplicationContent) -> str:
    if content.request is not None and content.request.tracking_registry == "mechanism":
        return _("Article 6, paragraph 4, of the Paris Agreement; decision 3/CMA.3, annex")
    return _("Article 6, paragraph 2, of the Paris Agreement; decision 2/CMA.3, annex")


def _addressee(applicant: Organisation, language: str) -> letter.Addressee:
    return letter.Addressee(
        name=applicant.name,
        name_latin=applicant.name_latin or None,
        country=_country(applicant.country, language),
        identification=applicant.identification or None,
    )


def _party(code: str, language: str) -> letter.Party:
    return letter.Party(code=code, name=party_name(code, language))


def _country(code: str, language: str) -> letter.Country:
    return letter.Country(code=code, name=country_name(code, language))


def _period(content: PeriodContent | None) -> letter.Period | None:
    if content is None or content.starts_on is None or content.ends_on is None:
        return None
    return letter.Period(first=content.starts_on, last=content.ends_on)


def _volumes(tonnes: Mapping[int, int] | None) -> tuple[letter.VintageVolume, ...]:
    return tuple(
        letter.VintageVolume(vintage=vintage, tonnes=volume)
        for vintage, volume in sorted((tonnes or {}).items())
        if vintage >= 2021
    )


def _uses(names: Iterable[str]) -> tuple[letter.Use, ...]:
    wanted = set(names)
    return tuple(use for use in ("NDC", "IMP", "OP") if use in wanted)


# -- authorisation, in full and in part ----------------------------------------------------------


def _authorisation(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    return letter.Authorisation(**head, **_authorised(drawn, _decision(drawn)))


def _partial_authorisation(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    decision = _decision(drawn)
    return letter.PartialAuthorisation(
        **head,
        **_authorised(drawn, decision),
        requested_and_granted=_requested_and_granted(drawn, decision),
    )


def _decision(drawn: Draft) -> Decision:
    if drawn.decision is None:
        raise ValueError(f"Case {drawn.case.reference} has no decision to write a letter about.")
    return drawn.decision


def _authorised(drawn: Draft, decision: Decision) -> dict[str, Any]:
    case, language = drawn.case, drawn.language
    content = proposals.content_of(case)
    terms = Terms.model_validate_json(decision.granted)
    activity = content.activity or ActivityContent()
    waived = dict(case.waivers.values_list("path", "reason"))
    party = _party(case.authority.party.code, language)
    return {
        "instrument": letter.Instrument(
            identifier=case.identifier, version=1, authorises=_OBJECTS[case.kind]
        ),
        "cooperative_approach": _approach(content.cooperative_approach, party, language),
        "activity": _activity(activity, waived),
        "uses": letter.Uses(
            uses=_uses(terms.uses),
            purpose_code=cast(letter.PurposeCode, purpose_code(terms.uses)),
            imp_purposes=terms.imp,
            op_purposes=(terms.op,) if terms.op else (),
            using_parties=tuple(_party(code, language) for code in terms.parties if code != party.code)
            if terms.for_ndc
            else (),
        ),
        "first_transfer": terms.first_transfer_definition,
        "ceilings": _ceilings(terms, _occurring(terms, activity)),
        "entities": tuple(
            letter.Entity(
                name=entity.name,
                country=_country(entity.country or party.code, language),
                identification=entity.identification,
                roles=tuple(_role(role) for role in entity.roles),
                authorised_by=party,
            )
            for entity in terms.entities
        ),
        "periods": letter.Periods(
            outcomes_occur=_occurring(terms, activity),
            last_use_on=cast(date, terms.last_use_on),
            last_issuance_on=terms.last_issuance_on,
            last_cancellation_on=terms.last_cancellation_on,
        ),
        "tracking": letter.Tracking(
            registry=_stated(_registry(terms.tracking_registry), "request.tracking_registry", waived),
            underlying_registry=activity.standard if activity.standard != "Bilateral" else None,
        ),
        "conditions": (*terms.conditions, *_percentages(terms)),
        "change_terms": terms.change_terms,
        "unverified": tuple(case.unverified),
    }


_OBJECTS: Mapping[str, tuple[letter.Object, ...]] = {
    "approach": ("approach",),
    "entities": ("entities",),
    "outcomes": ("outcomes",),
    "consolidated": ("approach", "outcomes", "entities"),
}


def _approach(
    content: CooperativeApproachContent | None, party: letter.Party, language: str
) -> letter.CooperativeApproach:
    approach = content or CooperativeApproachContent()
    agreement = approach.agreement
    return letter.CooperativeApproach(
        identifier=approach.ca_id,
        name=approach.name,
        parties=tuple(_party(code, language) for code in approach.parties or (party.code,)),
        agreement=letter.Agreement(title=agreement.title, signed_on=agreement.signed_on)
        if agreement is not None and agreement.title
        else None,
        duration=_period(approach.duration),
    )


def _activity(activity: ActivityContent, waived: Mapping[str, str]) -> letter.Activity:
    period = _period(activity.crediting_period)
    return letter.Activity(
        title=activity.title or "",
        scale=cast(letter.Scale, activity.scale),
        standard=_stated(activity.standard, "activity.standard", waived),
        registry_id=_stated(activity.registry_id, "activity.registry_id", waived),
        methodology=_stated(activity.methodology, "activity.methodology", waived),
        sector=_stated(activity.sector, "activity.sector", waived),
        activity_type=_stated(activity.activity_type, "activity.activity_type", waived),
        ghgs=activity.ghgs or (),
        metric=_stated(activity.metric, "activity.metric", waived),
        gwp=_stated(activity.gwp, "activity.gwp", waived),
        mitigation_type=_stated(activity.mitigation_type, "activity.mitigation_type", waived),
        location=_stated(activity.location, "activity.location", waived),
        crediting_period=letter.StatedPeriod(value=period)
        if period
        else letter.StatedPeriod(not_applicable=_not_stated("activity.crediting_period", waived)),
        expected=_volumes(activity.expected_tco2e),
    )


def _stated(value: str | None, path: str, waived: Mapping[str, str]) -> letter.StatedText:
    if value:
        return letter.StatedText(value=value)
    return letter.StatedText(not_applicable=_not_stated(path, waived))


def _not_stated(path: str, waived: Mapping[str, str]) -> str:
    return waived.get(path) or _("not stated in the application")


def _registry(registry: str | None) -> str | None:
    words = {
        "national": _("registry of the Party"),
        "international": _("international registry"),
        "mechanism": _("mechanism registry under Article 6, paragraph 4"),
    }
    return words.get(registry, registry) if registry else None


def _role(role: str) -> str:
    words = {
        "activity participant": _("activity participant"),
        "seller": _("seller"),
        "acquirer": _("acquirer"),
        "user": _("user"),
    }
    return words.get(role, role)


def _percentages(terms: Terms) -> list[str]:
    """The shares of outcomes as sentences, so that no condition stands in the data alone."""
    found = []
    if terms.host_retention_percent:
        found.append(
            _(
                "Of each transfer, %(percent)s per cent of the outcomes, rounded up to the next whole "
                "tonne, are kept by the host Party."
            )
            % {"percent": terms.host_retention_percent}
        )
    if terms.omge_percent:
        found.append(
            _(
                "Of what is issued in each vintage, %(percent)s per cent, rounded up to the next whole "
                "tonne, are cancelled for overall mitigation in global emissions."
            )
            % {"percent": terms.omge_percent}
        )
    return found


def _occurring(terms: Terms, activity: ActivityContent) -> letter.Period:
    """When outcomes occur: within the crediting period, where the application was let off saying more."""
    within = activity.crediting_period or PeriodContent()
    return letter.Period(
        first=cast(date, terms.outcomes_from or within.starts_on),
        last=cast(date, terms.outcomes_to or within.ends_on),
    )


def _ceilings(terms: Terms, occurring: letter.Period) -> letter.Ceilings:
    by_vintage = _volumes(terms.volumes)
    total = None
    if terms.total is not None:
        total = letter.TotalCeiling(
            tonnes=terms.total,
            first_vintage=max(occurring.first.year, FIRST_VINTAGE),
            last_vintage=occurring.last.year,
        )
    none_because = None if by_vintage or total else "not_requested"
    return letter.Ceilings(by_vintage=by_vintage, total=total, none_because=cast(Any, none_because))


def _requested_and_granted(drawn: Draft, decision: Decision) -> letter.RequestedAndGranted:
    asked = Terms.model_validate_json(decision.requested)
    granted = Terms.model_validate_json(decision.granted)
    rows = _compared_vintages(asked, granted)
    total = None
    if rows:
        total = _compared(_sum(row.requested for row in rows), _sum(row.granted for row in rows))
    overall = None
    if asked.total is not None or granted.total is not None:
        overall = _compared(asked.volume, granted.volume)
    terms = [_in_words(one, drawn.language) for one in withheld(asked, granted)]
    if granted.host_retention_percent:
        terms.append(
            letter.ComparedTerm(
                subject="other",
                requested=_("no share of the outcomes kept by the host Party"),
                granted=_("%(percent)s per cent of each transfer kept by the host Party")
                % {"percent": granted.host_retention_percent},
            )
        )
    return letter.RequestedAndGranted(
        volumes=rows,
        total=total,
        overall=overall,
        terms=tuple(term for term in terms if term is not None),
        reasons=tuple(decision.reasons),
    )


def _compared_vintages(asked: Terms, granted: Terms) -> tuple[letter.ComparedVintage, ...]:
    """Every vintage asked for or granted. What was asked for and is not granted is granted as 0 t."""
    if asked.volumes is None and granted.volumes is None:
        return ()
    rows = []
    for vintage in sorted({*(asked.volumes or {}), *(granted.volumes or {})}):
        requested = None if asked.volumes is None else asked.volumes.get(vintage, 0)
        given = None if granted.volumes is None else granted.volumes.get(vintage, 0)
        difference = None if requested is None or given is None else requested - given
        rows.append(
            letter.ComparedVintage(vintage=vintage, requested=requested, granted=given, difference=difference)
        )
    return tuple(rows)


def _sum(volumes: Iterable[int | None]) -> int | None:
    known = list(volumes)
    return None if None in known else sum(volume for volume in known if volume is not None)


def _compared(requested: int | None, granted: int | None) -> letter.ComparedVolume:
    difference = None if requested is None or granted is None else requested - granted
    return letter.ComparedVolume(requested=requested, granted=granted, difference=difference)


def _in_words(difference: Difference, language: str) -> letter.ComparedTerm | None:
    """A difference other than of volume, which the table of volumes shows."""
    nothing = _("not granted")
    if difference.what in ("use", "purpose"):
        return letter.ComparedTerm(subject="uses", requested=difference.asked, granted=nothing)
    if difference.what == "Party":
        name = party_name(difference.key, language)
        return letter.ComparedTerm(subject="parties", requested=name, granted=nothing)
    if difference.what in ("entity", "role"):
        asked = f"{difference.key}: {difference.asked}"
        return letter.ComparedTerm(subject="entities", requested=asked, granted=nothing)
    if difference.what == "period":
        names = {
            "outcomes_from": _("outcomes occur from"),
            "outcomes_to": _("outcomes occur until"),
            "last_issuance_on": _("last issuance"),
            "last_use_on": _("last use"),
            "last_cancellation_on": _("last cancellation"),
        }
        name = names[difference.key]
        return letter.ComparedTerm(
            subject="periods",
            requested=f"{name}: {_in_full(difference.asked)}",
            granted=f"{name}: {_in_full(difference.granted)}",
        )
    return None


def _in_full(day: str) -> str:
    """A date as a letter writes it, in the language in force."""
    return long_date(date.fromisoformat(day)) if day else _("no date")


# -- refusal and request for completion ----------------------------------------------------------


def _refusal(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    decision = _decision(drawn)
    return letter.Refusal(**head, request=_request_summary(drawn.case), reasons=tuple(decision.reasons))


def _request_for_completion(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    case = drawn.case
    waived = set(case.waivers.values_list("path", flat=True))
    items = [item for item in completeness.missing(proposals.content_of(case)) if item.path not in waived]
    return letter.RequestForCompletion(
        **head,
        request=_request_summary(case),
        items=tuple(
            letter.MissingItem(path=item.path, label=str(item.label), mend=str(item.mend)) for item in items
        ),
        answer_by=case.due_on,
        answer_at=f"{settings.PUBLIC_URL}/cases/{case.public_id}/",
    )


def _request_summary(case: Case) -> letter.RequestSummary:
    content = proposals.content_of(case)
    request, approach, activity = content.request, content.cooperative_approach, content.activity
    return letter.RequestSummary(
        submitted_on=cast(date, case.submitted_on),
        activity_title=(activity.title if activity else None) or "",
        cooperative_approach=approach.name if approach else None,
        uses=_uses((request.uses if request else None) or ()),
        by_vintage=_volumes(request.volumes_tco2e if request else None),
        total=request.total_tco2e if request else None,
        outcomes_occur=_period(request.outcomes_occur) if request else None,
        last_use_on=request.last_use_on if request else None,
    )


_BODIES: Mapping[str, Callable[[Draft, dict[str, Any]], letter.Letter]] = {
    "authorisation": _authorisation,
    "partial_authorisation": _partial_authorisation,
    "refusal": _refusal,
    "request_for_completion": _request_for_completion,
}
