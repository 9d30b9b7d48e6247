"""Draws up the content of a letter from the records of its case, in the authority's language."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from accounts.models import Organisation
from accounts.names import country_name, in_language, party_name
from accounts.selectors import acting_tenure, offices_of
from audit.models import Event
from authorisation import completeness, proposals
from authorisation.application import ApplicationContent, purpose_code
from authorisation.clocks import What
from authorisation.concerned import concerned_by
from authorisation.conclusion import endorsed_until
from authorisation.fees import fees_of
from authorisation.guards.conflicts import part_of_the_state
from authorisation.models import Case, Decision
from authorisation.models.decisions import Outcome
from authorisation.national_questions import missing_answers
from authorisation.publication import Unpublished
from authorisation.requirements import kept
from authorisation.supporting_documents import BEFORE_REVIEW, lines_of
from authorisation.supporting_documents import wanted as wanted_documents
from authorisation.terms import Terms
from authorisation.touching import CLAUSES
from letters import content as letter
from letters import drafting_acts, houses
from letters.comparing import requested_and_granted, role_in_words
from letters.kinds import LetterKind, kind_of
from letters.models import Letter
from letters.notices import fee_notices_served_by, first_transfers_of
from letters.requirements_said import sentences
from letters.signatories import signing_offices
from projects.content import ActivityContent, CooperativeApproachContent, PeriodContent
from projects.fields import FIRST_VINTAGE
from workflow.refusals import Kind, Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is known when a letter is drawn: all of its content but number and code.

    `decision` is what the letter is about, where it says what was decided; `event` the step that draws it.
    `beside`: it is what stands in the second language of another.
    """

    case: Case
    kind: LetterKind
    language: str
    date: date
    signatories: tuple[letter.Signatory, ...]
    decision: Decision | None = None
    event: Event | None = None
    beside: bool = False


def draft(
    case: Case, kind_code: str, *, on: date, decision: Decision | None = None, event: Event | None = None
) -> Draft:
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
        event=event,
    )


def compose(drawn: Draft, *, number: str, code: str) -> letter.Letter:
    """The whole content, with its number and code. Raises Refused where it would contradict itself."""
    with translation.override(drawn.language):
        try:
            head = _head(drawn, number=number, code=code)
            content = _BODIES[drawn.kind.code](drawn, head)
        except houses.BadHouse as fault:
            raise Refused(
                Kind.RULE,
                [
                    Reason(
                        code="letter-house",
                        words=gettext_lazy("The authority’s own letterhead cannot be used: %(sentence)s"),
                        values={"sentence": str(fault)},
                        mend=gettext_lazy("Let whoever runs the system mend LETTER_HOUSES_DIR."),
                    )
                ],
            ) from None
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
    second = content.house.beside if content.house is not None else None
    if second is None or second == drawn.language or drawn.beside:
        return content
    signatories = _signatories(drawn.case, drawn.kind, second, drawn.date)
    other = replace(drawn, language=second, signatories=signatories, beside=True)
    return letter.in_second_language(content, compose(other, number=number, code=code))


def _signatories(case: Case, kind: LetterKind, language: str, on: date) -> tuple[letter.Signatory, ...]:
    found = []
    for place, rule in enumerate(signing_offices(kind, case), start=1):
        held = [
            (office, tenure)
            for office in offices_of(case.authority, function=rule.function)
            if rule.fits(office.function, office.body) and (tenure := acting_tenure(office, on=on))
        ]
        if not held:
            raise Refused(
                Kind.RULE,
                [
                    Reason(
                        code="signing-office-empty",
                        words=gettext_lazy("Nobody holds the office that signs this letter: %(function)s."),
                        values={"function": rule.label},
                        mend=gettext_lazy("Let the authority appoint somebody to it."),
                    )
                ],
            )
        office, tenure = held[0]
        found.append(
            letter.Signatory(
                office_title=in_language(office.title, language),
                field_name=f"Signature{place}",
                person_name=tenure.person.name,
                deputy_for=tenure.deputy_of.person.name if tenure.deputy_of is not None else None,
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
        "addressee": _addressee(concerned_by(case), language),
        "date": drawn.date,
        "signatories": drawn.signatories,
        "house": houses.in_force(settings.LETTER_HOUSES_DIR, case.authority.slug, on=drawn.date),
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
        requested_and_granted=requested_and_granted(drawn.case, decision, drawn.language),
    )


def _authorisation_of_approach(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    return letter.AuthorisationOfApproach(**head, **_authorised(drawn, _decision(drawn)))


def _authorisation_of_entities(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    return letter.AuthorisationOfEntities(**head, **_authorised(drawn, _decision(drawn)))


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
            identifier=case.identifier, version=1, authorises=drafting_acts.OBJECTS[case.kind]
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
                roles=tuple(role_in_words(role) for role in entity.roles),
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
        "conditions": (
            *terms.conditions,
            *sentences(kept(decision.requirements), decided_on=decision.decided_on),
            *_percentages(terms),
        ),
        "change_terms": terms.change_terms,
        **{
            name: tuple(_party(code, language) for code in codes)
            for name in ("consent_to_changes", "consent_to_revocation")
            if (codes := getattr(terms, name))
        },
        **{name: texts for name in CLAUSES.values() if (texts := getattr(terms, name))},
        "confidential": _confidential(decision),
        "unverified": tuple(case.unverified),
        "applicant_of_the_state": part_of_the_state(case) is not None,
    }


# Where what is kept from the public stands in the content of a letter.
_PATHS: Mapping[Unpublished, tuple[str, ...]] = {
    Unpublished.LOCATION: ("activity.location",),
    Unpublished.IDENTIFICATIONS: ("addressee.identification", "entities[].identification"),
    Unpublished.CONDITIONS: ("conditions[]", "entities[].conditions[]"),
}


def _confidential(decision: Decision) -> tuple[letter.Confidential, ...]:
    parts = ((Unpublished(code), basis) for code, basis in sorted(decision.unpublished.items()))
    return tuple(
        letter.Confidential(what=str(part.label), basis=basis, paths=_PATHS[part]) for part, basis in parts
    )


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


# -- refusal and request for completion ----------------------------------------------------------


def _refusal(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    decision = _decision(drawn)
    return letter.Refusal(**head, request=_request_summary(drawn.case), reasons=tuple(decision.reasons))


def _request_for_completion(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    case = drawn.case
    waived = set(case.waivers.values_list("path", flat=True))
    content = proposals.content_of(case)
    items = [item for item in completeness.missing(content) if item.path not in waived]
    items += missing_answers(case, content)
    missing = [
        letter.MissingItem(path=item.path, label=str(item.label), mend=str(item.mend)) for item in items
    ]
    missing += [
        letter.MissingItem(path=want.place, label=want.name, mend=want.sentence)
        for want in wanted_documents(case, BEFORE_REVIEW, language=drawn.language)
    ]
    return letter.RequestForCompletion(
        **head,
        request=_request_summary(case),
        items=tuple(missing),
        answer_by=case.due_on,
        answer_at=_page_of(case),
    )


def _page_of(case: Case) -> str:
    return f"{settings.PUBLIC_URL}/cases/{case.public_id}/"


def _request_summary(case: Case) -> letter.RequestSummary:
    content = proposals.content_of(case)
    request, approach, activity = content.request, content.cooperative_approach, content.activity
    return letter.RequestSummary(
        submitted_on=case.submitted_on or case.opened_on,
        activity_title=(activity.title if activity else None) or "",
        cooperative_approach=approach.name if approach else None,
        uses=_uses((request.uses if request else None) or ()),
        by_vintage=_volumes(request.volumes_tco2e if request else None),
        total=request.total_tco2e if request else None,
        outcomes_occur=_period(request.outcomes_occur) if request else None,
        last_use_on=request.last_use_on if request else None,
    )


# -- endorsements, acknowledgement, appeal -------------------------------------------------------


def _endorsed(drawn: Draft, head: dict[str, Any]) -> dict[str, Any]:
    decision = _decision(drawn)
    return {
        **head,
        "request": _request_summary(drawn.case),
        "conditions": tuple(decision.conditions),
        "valid_until": endorsed_until(drawn.case, decision.decided_on),
    }


def _intent(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    return letter.Intent(**_endorsed(drawn, head))


def _no_objection(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    return letter.NoObjection(**_endorsed(drawn, head))


def _acknowledgement(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    conditions = tuple(_decision(drawn).conditions)
    return letter.Acknowledgement(**head, request=_request_summary(drawn.case), conditions=conditions)


def _appeal(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    decision, appealed = _decision(drawn), drawn.case.appealed
    against = appealed.decisions.last() if appealed is not None else None
    if appealed is None or against is None:
        raise ValueError(f"Appeal {drawn.case.reference} goes against no decision.")
    issued = appealed.letters.exclude(signed_sha256="").order_by("pk").last()
    content = proposals.content_of(drawn.case)
    return letter.Appeal(
        **head,
        appealed=letter.AppealedDecision(
            case_reference=appealed.reference,
            letter_number=issued.number if issued is not None else None,
            decided_on=against.decided_on,
            outcome=str(against.get_outcome_display()),
        ),
        activity_title=(content.activity.title if content.activity else None) or "",
        submitted_on=cast(date, drawn.case.submitted_on),
        outcome="upheld" if decision.outcome == Outcome.APPROVE else "dismissed",
        reasons=tuple(decision.reasons),
    )


# -- notices: what happened, said in a letter that concludes nothing ------------------------------


def _receipt(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    case = drawn.case
    version = case.versions.last()
    if version is None:
        raise ValueError(f"Case {case.reference} was never submitted.")
    return letter.Receipt(
        **head,
        request=_request_summary(case),
        application_version=version.number,
        application_sha256=version.sha256,
        documents=tuple(
            letter.ReceivedDocument(name=line.name, sha256=line.current.document.sha256)
            for line in lines_of(case, language=drawn.language)
        ),
        examined_by=case.due_on,
        follow_at=_page_of(case),
    )


def _clarification(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    case = drawn.case
    asked = case.question_rounds.get(number=case.question_rounds.count())
    return letter.Clarification(
        **head,
        request=_request_summary(case),
        questions=tuple(
            letter.AskedQuestion(number=place, path=question.path or None, text=question.text)
            for place, question in enumerate(asked.questions.order_by("number"), start=1)
        ),
        answer_by=case.due_on,
        answer_at=_page_of(case),
    )


def _fee_notice(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    case = drawn.case
    fees = dict(fees_of(case))
    with_words = translation.get_language() or drawn.language
    return letter.FeeNotice(
        **head,
        request=_request_summary(case),
        fees=tuple(
            letter.OwedFee(
                reference=notice.reference,
                amount=f"{notice.amount:.2f}",
                currency=notice.currency,
                waits=cast(Any, notice.stage),
                basis=notice.basis or None,
                due_on=notice.due_on,
                pay_to=in_language(fees[notice.number].pay_to, with_words)
                if notice.number in fees and fees[notice.number].pay_to
                else None,
            )
            for notice in fee_notices_served_by(case, cast(Event, drawn.event))
        ),
        prove_at=_page_of(case),
    )


def _lapse(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    case = drawn.case
    facts = json.loads(cast(Event, drawn.event).facts)
    return letter.Lapse(
        **head,
        request=_request_summary(case),
        deadline=date.fromisoformat(facts["last_day"]),
        warned_on=tuple(
            warning.day
            for warning in case.clock_acts.filter(what=What.WARN, clock=facts["clock"], run=facts["run"])
        ),
        unanswered=tuple(
            question.text for question in case.questions.filter(answered_at__isnull=True).order_by("number")
        ),
    )


def _first_transfer(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    moved = first_transfers_of(cast(Event, drawn.event))
    recording, first = moved[0].recording, moved[0]
    version = drawn.case.authorisation_version
    authorisation = version.authorisation
    issued = Letter.objects.get(public_id=version.letter)
    return letter.FirstTransfer(
        **head,
        authorisation=authorisation.identifier,
        authorisation_letter=issued.number,
        activity_title=authorisation.activity.title,
        cooperative_approach=authorisation.approach.ca_id or None,
        transferred_on=first.on,
        event=cast(Any, str(first.trigger)),
        to_party=_party(first.to_party.code, drawn.language) if first.to_party is not None else None,
        rows=tuple(
            letter.TransferredVintage(
                vintage=one.line.vintage, tonnes=one.tonnes, kept=one.retained, serial=one.serial or None
            )
            for one in moved
        ),
        total=sum(one.tonnes for one in moved),
        kept_total=sum(one.retained for one in moved),
        registry=_registry(recording.registry) if recording.registry else None,
        evidence=recording.evidence or None,
    )


# -- acts about an authorisation -----------------------------------------------------------------


def _about(model: type[letter.ActStatement]) -> Callable[[Draft, dict[str, Any]], letter.Letter]:
    def body(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
        said = drafting_acts.statement(drawn.case, _decision(drawn), drawn.language)
        return cast(letter.Letter, model(**head, **said))

    return body


def _notice(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    return letter.Notice(
        **head, **drafting_acts.notice(drawn.case, drawn.language, answer_by=drawn.case.due_on)
    )


def _discontinued(drawn: Draft, head: dict[str, Any]) -> letter.Letter:
    reasons = drawn.event.reason if drawn.event is not None else ""
    return letter.Discontinued(**head, **drafting_acts.discontinued(drawn.case, reasons))


_BODIES: Mapping[str, Callable[[Draft, dict[str, Any]], letter.Letter]] = {
    "authorisation": _authorisation,
    "partial_authorisation": _partial_authorisation,
    "refusal": _refusal,
    "request_for_completion": _request_for_completion,
    "intent": _intent,
    "no_objection": _no_objection,
    "acknowledgement": _acknowledgement,
    "appeal": _appeal,
    "authorisation_of_approach": _authorisation_of_approach,
    "authorisation_of_entities": _authorisation_of_entities,
    "receipt": _receipt,
    "clarification": _clarification,
    "fee_notice": _fee_notice,
    "lapse": _lapse,
    "first_transfer": _first_transfer,
    "addendum": _about(letter.Addendum),
    "amendment": _about(letter.Amendment),
    "notice": _notice,
    "suspension": _about(letter.Suspension),
    "resumption": _about(letter.Resumption),
    "revocation": _about(letter.Revocation),
    "surrender": _about(letter.Surrender),
    "discontinued": _discontinued,
}
