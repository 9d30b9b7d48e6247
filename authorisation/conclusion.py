"""What an issued letter of a granted case brings into force: an endorsement, or an authorisation."""

from datetime import date
from uuid import UUID

from audit import trail
from audit.trail import Happening
from authorisation import covering, issuing, obligations, volumes
from authorisation.balances import Moving
from authorisation.deadlines import months_after
from authorisation.handling import handling_of
from authorisation.kinds import OF_OUTCOMES
from authorisation.models import Authorisation, AuthorisationVersion, Case, EarlierLetter, Endorsement
from authorisation.terms import Terms
from projects.models import Document
from workflow.actors import SYSTEM
from workflow.refusals import Reason
from workflow.series import next_in
from workflow.steps import Facts


def endorsed_until(case: Case, decided_on: date) -> date | None:
    """The last day on which what a case endorses is in force unused; None where its procedure sets no end.

    Counted from the decision: the letter says the day before anybody has signed it.
    """
    validity = handling_of(case).validity
    return months_after(decided_on, validity.months) if validity else None


def endorse(moving: Moving, facts: Facts) -> Endorsement:
    """Makes the endorsement that a letter of intent or of no objection creates, valid as the procedure says.

    The facts name the letter, the digest of its signed bytes, and the day on which it takes effect.
    """
    case, event = moving.case, moving.event
    if case.activity is None:
        raise ValueError(f"Case {case.reference} was granted without an activity.")
    decision = case.decisions.last()
    if decision is None:
        raise ValueError(f"Case {case.reference} was granted without a decision.")
    validity = handling_of(case).validity
    endorsement = Endorsement.objects.create(
        authority=case.authority,
        case=case,
        kind=case.kind,
        activity=case.activity,
        holder=case.applicant,
        letter=UUID(str(facts["letter"])),
        letter_sha256=str(facts["digest"]),
        effective_on=date.fromisoformat(str(facts["effective_on"])),
        valid_until=endorsed_until(case, decision.decided_on),
        reminders_due=bool(validity and validity.remind),
    )
    trail.append(
        endorsement,
        Happening(
            action="bring_into_force",
            to_state=endorsement.state,
            actor=SYSTEM.trail_name,
            facts={
                "kind": endorsement.kind,
                "case": str(case.public_id),
                "letter": str(facts["letter"]),
                "digest": str(facts["digest"]),
                "valid_until": endorsement.valid_until.isoformat() if endorsement.valid_until else None,
            },
            procedure_version=case.procedure_version,
            at=event.time,
        ),
    )
    return endorsement


def bring_into_force(moving: Moving, facts: Facts) -> AuthorisationVersion:
    """Makes the authorisation with its version 1, and turns what was reserved into authorised.

    What was issued before is covered, and first transferred where the letter's definition says so. An
    approach or entities authorised alone have no lines.

    The facts name the letter, the digest of its signed bytes, and the four dates of the act.
    """
    case, event = moving.case, moving.event
    decision = case.decisions.last()
    if decision is None:
        raise ValueError(f"Case {case.reference} was granted without a decision.")
    version = _enter(
        moving,
        Terms.model_validate_json(decision.granted),
        facts,
        decided_on=decision.decided_on,
    )
    authorisation = version.authorisation
    # Before anything is covered: conditions precedent hold that back.
    obligations.begin(case, authorisation, event, on=moving.on)
    if case.kind in OF_OUTCOMES:
        volumes.authorise(moving, authorisation)
        issuing.bring_in_named_blocks(case, authorisation, event)
        covering.cover_what_is_issued(moving, authorisation)
        obligations.begin_after_issuance(authorisation, event, on=moving.on)
    return version


def bring_in(moving: Moving, facts: Facts) -> list[Reason]:
    """Makes the authorisation, with its version 1, of a letter that was given before this register was kept.

    The ceilings that its letter sets stand above it as above any other; where none is known it has lines as
    soon as something was issued. The facts are those of `services.earlier`.
    """
    case, event = moving.case, moving.event
    terms = Terms.model_validate(facts["terms"])
    if terms.volumes is not None or terms.total is not None:
        reasons = volumes.reserve(moving, terms)
        if reasons:
            return reasons
    version = _enter(moving, terms, facts, decided_on=date.fromisoformat(str(facts["decided_on"])))
    unknown = facts["unknown"]
    digest = str(facts["digest"])
    EarlierLetter.objects.create(
        public_id=version.letter,
        version=version,
        number=str(facts["number"]),
        link=str(facts["link"]),
        document=Document.objects.filter(authority=case.authority, sha256=digest).first() if digest else None,
        unknown=unknown,
        source=str(facts["source"]),
        brought_in_at=event.time,
    )
    volumes.authorise(moving, version.authorisation)
    return []


def _enter(moving: Moving, terms: Terms, facts: Facts, *, decided_on: date) -> AuthorisationVersion:
    """The authorisation of a granted case with its version 1, and the event that brings it into force."""
    case, event = moving.case, moving.event
    if case.activity is None or case.approach is None:
        raise ValueError(f"Case {case.reference} was granted without an activity or an approach.")
    authorisation = Authorisation.objects.create(
        authority=case.authority,
        identifier=case.identifier,
        activity=case.activity,
        approach=case.approach,
        holder=case.applicant,
        current_version=1,
    )
    version = AuthorisationVersion.objects.create(
        authorisation=authorisation,
        number=1,
        case=case,
        terms=terms.canonical(),
        letter=UUID(str(facts["letter"])),
        letter_sha256=str(facts["digest"]),
        decided_on=decided_on,
        signed_on=date.fromisoformat(str(facts["signed_on"])),
        notified_on=date.fromisoformat(str(facts["notified_on"])),
        effective_on=date.fromisoformat(str(facts["effective_on"])),
    )
    trail.append(
        authorisation,
        Happening(
            action="bring_into_force",
            to_state=authorisation.state,
            actor=SYSTEM.trail_name,
            facts={
                "identifier": authorisation.identifier,
                "version": version.number,
                "case": str(case.public_id),
                "letter": str(facts["letter"]),
                "digest": str(facts["digest"]),
                "terms": terms.as_json(),
            },
            procedure_version=case.procedure_version,
            at=event.time,
        ),
    )
    type(case).objects.filter(pk=case.pk).update(authorisation=authorisation)
    return version


def next_identifier(party: str, year: int) -> str:
    """The next identifier of an authorisation: Party, year of decision, running number.

    Letters, digits and hyphens only, as the agreed electronic format asks.
    """
    return f"{party}-AUTH-{year}-{next_in(f'authorisation:{party}:{year}'):04d}"
