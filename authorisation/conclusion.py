"""What an issued letter of a granted case brings into force: the authorisation and its lines."""

from datetime import date
from uuid import UUID

from audit import trail
from audit.trail import Happening
from authorisation import volumes
from authorisation.models import Authorisation, AuthorisationVersion
from authorisation.terms import Terms
from authorisation.volumes import Moving
from workflow.actors import SYSTEM
from workflow.series import next_in
from workflow.steps import Facts


def bring_into_force(moving: Moving, facts: Facts) -> AuthorisationVersion:
    """Makes the authorisation with its version 1, and turns what was reserved into authorised.

    The facts name the letter, the digest of its signed bytes, and the four dates of the act.
    """
    case, event = moving.case, moving.event
    decision = case.decisions.last()
    if decision is None or case.activity is None or case.approach is None:
        raise ValueError(f"Case {case.reference} was granted without a decision, activity or approach.")
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
        terms=decision.granted,
        letter=UUID(str(facts["letter"])),
        letter_sha256=str(facts["digest"]),
        decided_on=decision.decided_on,
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
                "terms": Terms.model_validate_json(decision.granted).as_json(),
            },
            procedure_version=case.procedure_version,
            at=event.time,
        ),
    )
    type(case).objects.filter(pk=case.pk).update(authorisation=authorisation)
    volumes.authorise(moving, authorisation)
    return version


def next_identifier(party: str, year: int) -> str:
    """The next identifier of an authorisation: Party, year of decision, running number.

    Letters, digits and hyphens only, as the agreed electronic format asks.
    """
    return f"{party}-AUTH-{year}-{next_in(f'authorisation:{party}:{year}'):04d}"
