"""Use-cases of the applicant: open, save, submit, answer, withdraw."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import rfc8785
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from accounts.models import Authority, Function, Organisation
from accounts.selectors import offices_held
from audit import trail
from audit.models import Event
from audit.trail import Happening
from authorisation import completeness, proposals, rules
from authorisation.application import ApplicationContent
from authorisation.kinds import Initiative, Kind
from authorisation.lifecycle import State
from authorisation.models import Application, ApplicationVersion, Case, Question
from authorisation.permissions import acts_for, may_see_case, roles_in_case, unvetted
from authorisation.procedures import BUILT_IN
from authorisation.roles import Role
from authorisation.terms import asked_for
from projects.problems import sentences_of
from projects.services import (
    Registering,
    register_activity,
    register_approach,
    register_entities,
    register_ndc_period,
)
from workflow.actors import Person
from workflow.clock import today
from workflow.door import Act, Move, take
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused
from workflow.series import next_in


def open_case(
    *,
    act: Act,
    authority: Authority,
    kind: Kind,
    applicant: Organisation,
    content: Mapping[str, Any],
    source_id: str = "",
    unverified: Sequence[str] = (),
) -> Case:
    """Opens a draft in the name of an organisation: by one of its people, or by the desk on paper.

    `source_id` and `unverified` belong to a case built from public sources: its identifier there,
    and the places whose values were never published.
    """
    person = _who_may_open(act, authority, applicant)
    terms = BUILT_IN
    if kind not in terms.kinds:
        raise Refused(
            Refusal.RULE,
            [
                Reason(
                    code="kind-not-offered",
                    words=_("This authority does not offer a case of the kind “%(kind)s”."),
                    values={"kind": kind.value.replace("_", " ")},
                    mend=_("Choose a kind that its procedure names."),
                )
            ],
        )
    on = today(authority, act.clock)
    with transaction.atomic():
        case = Case.objects.create(
            authority=authority,
            reference=_next_reference(authority, on.year),
            source_id=source_id,
            kind=kind,
            initiative=Initiative.ASKED_FOR,
            applicant=applicant,
            opened_by=person.user,
            opened_on=on,
            procedure_version=terms.version,
            simulated=act.clock.simulated,
            unverified=list(unverified),
            waiting_since=act.clock.now(),
        )
        Application.objects.create(case=case, content=dict(content), saved_at=act.clock.now())
        trail.append(
            case,
            Happening(
                action="open",
                to_state=case.state,
                actor=person.trail_name,
                office=person.trail_office,
                facts={"kind": kind.value, "reference": case.reference},
                procedure_version=terms.version,
                request_id=act.request_id,
                at=act.clock.now(),
            ),
        )
    return case


def _who_may_open(act: Act, authority: Authority, applicant: Organisation) -> Person:
    actor, on = act.actor, today(authority, act.clock)
    if isinstance(actor, Person) and actor.user.is_active:
        held = offices_held(actor.user, authority=authority, on=on) if actor.office else []
        at_the_desk = actor.office in held and actor.office is not None
        if at_the_desk and actor.office is not None and actor.office.function == Function.DESK_OFFICER:
            return actor
        if acts_for(actor, applicant, on=on):
            _refuse_unvetted(actor, applicant, authority)
            return actor
    raise Refused(
        Refusal.ROLE,
        [
            Reason(
                code="role",
                words=_("You may not open a case for this organisation."),
                mend=_("Let somebody of the organisation open it, or the desk of the authority."),
            )
        ],
    )


def _refuse_unvetted(actor: Person, applicant: Organisation, authority: Authority) -> None:
    reasons = [
        Reason(
            code="not-vetted",
            words=_("%(organisation)s has not been accepted by this authority yet."),
            values={"organisation": organisation.name},
            mend=_("Ask the authority to look at it, on the organisation's page, and wait for its answer."),
        )
        for organisation in unvetted(actor, applicant, authority)
    ]
    if reasons:
        raise Refused(Refusal.ROLE, reasons)


def _next_reference(authority: Authority, year: int) -> str:
    party = authority.party.code
    return f"{party}-{year}-{next_in(f'case:{party}:{year}'):04d}"


def save_application(case: Case, *, act: Act, content: Mapping[str, Any]) -> Application:
    """Saves the application as it is being written, also unfinished, while the case is with the applicant."""
    return change_application(case, act=act, change=lambda written: content)


def change_application(
    case: Case, *, act: Act, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Application:
    """Changes part of an application that is being written: `change` gets what stands and gives what is to.

    It reads what stands after the case is locked, so that of two people who write at different places
    neither overwrites the other. Raises Refused where the case is not with the applicant.
    """
    with transaction.atomic():
        fresh = Case.locked(case.pk)
        _refuse_unless_open_for_writing(fresh, act)
        application = Application.objects.get(case=fresh)
        application.content = dict(change(application.content))
        application.saved_at = act.clock.now()
        application.save(update_fields=["content", "saved_at"])
    return application


def _refuse_unless_open_for_writing(case: Case, act: Act) -> None:
    roles = roles_in_case(case, act.actor, act.clock)
    if not may_see_case(case, act.actor, act.clock) or not {Role.APPLICANT, Role.DESK_OFFICER} & roles:
        raise Refused(
            Refusal.UNSEEN, [Reason(code="not-found", words=_("There is no such case, or not for you."))]
        )
    if case.state not in (State.DRAFT, State.WITH_APPLICANT):
        raise Refused(
            Refusal.STATE,
            [
                Reason(
                    code="not-open",
                    words=_("The application cannot be changed now: it is with the authority."),
                    mend=_("Wait until the authority asks for something, or withdraw the application."),
                )
            ],
        )


def submit(
    case: Case,
    *,
    act: Act,
    declared: bool,
    scan: str = "",
    seen: int | None = None,
) -> Case:
    """Freezes the application as a version and hands it to the desk.

    `declared`: the declaration that it is true; `scan`: SHA-256 of the scanned paper, where an
    officer files for the applicant. What is missing is shown, not blocking.
    """
    content = _well_formed(case)
    missing = [item.path for item in completeness.missing(content)]
    on_paper = Role.DESK_OFFICER in roles_in_case(case, act.actor, act.clock)
    move = Move(
        step=Case.submit,
        record=case,
        facts={
            "declared": declared,
            "on_paper": on_paper,
            "scan": scan,
            "names_applicant": content.applicant is not None and bool(content.applicant.name),
            "names_activity": content.activity is not None and bool(content.activity.title),
            "sha256": _digest(content),
            "missing": cast(list[trail.Json], missing),
            "warnings": cast(list[trail.Json], _warnings(case, content)),
        },
        writes={"submitted_on": today(case.authority, act.clock)},
        beside=(partial(_freeze, act=act, content=content), partial(_register, act=act, content=content)),
        seen=seen,
        asked={"declared": declared, "scan": scan, "sha256": _digest(content)},
    )
    return take(act, move)


def answer(
    case: Case, *, act: Act, answers: Mapping[int, str] | None = None, seen: int | None = None
) -> Case:
    """Answers what the authority asked: questions in words, by their number, missing items by giving them.

    A new version of the application is frozen.
    """
    content = _well_formed(case)
    given = {number: text for number, text in (answers or {}).items() if text.strip()}
    asked: dict[str, trail.Json] = {str(number): text for number, text in given.items()}
    missing = {item.path for item in completeness.missing(content)}
    for number, question in enumerate(case.questions.filter(answered_at__isnull=True), start=1):
        if question.path and question.path not in missing:
            given.setdefault(number, "")
    move = Move(
        step=Case.answer,
        record=case,
        facts={"answered": cast(list[trail.Json], sorted(given)), "sha256": _digest(content)},
        beside=(
            partial(_answer_questions, act=act, answers=given),
            partial(_freeze, act=act, content=content),
            partial(_register, act=act, content=content),
        ),
        seen=seen,
        asked={"answers": asked, "sha256": _digest(content)},
    )
    return take(act, move)


def withdraw(case: Case, *, act: Act, reason: str = "", seen: int | None = None) -> Case:
    """Gives the application up. What was reserved for it is released."""
    move = Move(step=Case.withdraw, record=case, reason=reason, seen=seen)
    return take(act, move)


def _well_formed(case: Case) -> ApplicationContent:
    try:
        return ApplicationContent.model_validate(Application.objects.get(case=case).content)
    except ValidationError as error:
        raise Refused(
            Refusal.RULE,
            [
                Reason(code="malformed", words="%(sentence)s", values={"sentence": sentence})
                for sentence in sentences_of(error)
            ],
        ) from error


def _warnings(case: Case, content: ApplicationContent) -> list[str]:
    """The codes of the rules that have something to say about the request, each once."""
    found = rules.findings(proposals.proposal(case, asked_for(content), content))
    return list(dict.fromkeys(finding.rule for finding in found))


def _digest(content: ApplicationContent) -> str:
    return hashlib.sha256(rfc8785.dumps(content.as_json())).hexdigest()


def _freeze(case: Case, event: Event, *, act: Act, content: ApplicationContent) -> None:
    """Freezes the content that was read before the case was locked, if it still stands."""
    if _well_formed(case) != content:
        raise Refused(
            Refusal.STALE,
            [
                Reason(
                    code="application-changed",
                    words=_("The application was saved again while it was being handed in."),
                    mend=_("Look at it once more, and hand it in."),
                )
            ],
        )
    text = rfc8785.dumps(content.as_json())
    ApplicationVersion.objects.create(
        case=case,
        number=case.versions.count() + 1,
        content=text.decode(),
        sha256=hashlib.sha256(text).hexdigest(),
        frozen_by=cast(Person, act.actor).user,
        frozen_at=event.time,
        frozen_on=today(case.authority, act.clock),
    )


def _register(case: Case, event: Event, *, act: Act, content: ApplicationContent) -> None:
    """Registers what the application is about, as far as it says so."""
    registering = Registering(authority=case.authority, actor=act.actor.trail_name, at=event.time)
    approach, activity, period = case.approach, case.activity, case.ndc_period
    if content.cooperative_approach is not None:
        approach = register_approach(content.cooperative_approach, registering) or approach
    if content.activity is not None:
        activity = register_activity(content.activity, approach, registering) or activity
    if activity is not None:
        register_entities(activity, content.entities or ())
    if content.ndc_period is not None:
        period = register_ndc_period(case.authority.party, content.ndc_period) or period
    case.approach, case.activity, case.ndc_period = approach, activity, period
    case.save(update_fields=["approach", "activity", "ndc_period"])


def _answer_questions(case: Case, event: Event, *, act: Act, answers: Mapping[int, str]) -> None:
    open_questions = list(case.questions.filter(answered_at__isnull=True))
    for number, question in enumerate(open_questions, start=1):
        if number in answers:
            Question.objects.filter(pk=question.pk).update(
                answer=answers[number], answered_at=event.time, answered_by=cast(Person, act.actor).user
            )
