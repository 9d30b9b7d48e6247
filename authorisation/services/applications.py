"""Use-cases of the applicant: open, save, submit, answer, withdraw."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
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
from authorisation.blocks import with_holder
from authorisation.clarification import (
    changed_since_submitted,
    is_answered_by_change,
    locked_changes,
    open_places,
    open_round,
)
from authorisation.edits import changed_places
from authorisation.handling import procedure_for, procedure_of
from authorisation.kinds import Initiative, Kind
from authorisation.lifecycle import State
from authorisation.models import Application, ApplicationVersion, Case
from authorisation.national_questions import missing_answers
from authorisation.permissions import acts_for, may_see_case, roles_in_case
from authorisation.procedures.shape import Stage
from authorisation.roles import Role
from authorisation.running import due_of_draft
from authorisation.services.fees import serve_notices
from authorisation.services.rounds import answer_questions
from authorisation.supporting_documents import (
    BEFORE_REVIEW,
    answered_by_a_document,
    frozen,
    lines_of,
    type_at,
    wanted,
)
from authorisation.terms import asked_for
from authorisation.vetting import against_unvetted
from projects.problems import sentences_of
from projects.services import (
    Registering,
    hold_register,
    register_activity,
    register_approach,
    register_entities,
    register_ndc_period,
)
from workflow.actors import Person, Program
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
    appealed: Case | None = None,
) -> Case:
    """Opens a draft in the name of an organisation: by one of its people, or by the desk on paper.

    `source_id` and `unverified` belong to a case built from public sources: its identifier there,
    and the places whose values were never published. `appealed` is what an appeal goes against.
    """
    person = who_may_open(act, authority, applicant)
    on = today(authority, act.clock)
    terms = procedure_for(authority, on)
    if kind not in terms.kinds:
        raise Refused(
            Refusal.RULE,
            [
                Reason(
                    code="kind-not-offered",
                    words=_("This authority does not offer a case of the kind “%(kind)s”."),
                    values={"kind": kind},
                    mend=_("Choose a kind that its procedure names."),
                )
            ],
        )
    draft = Case(
        authority=authority,
        source_id=source_id,
        kind=kind,
        applicant=applicant,
        opened_by=person.user,
        procedure_version=terms.version,
        simulated=act.clock.simulated,
        unverified=list(unverified),
        appealed=appealed,
    )
    return write_draft(draft, content, by=act)


def write_draft(
    draft: Case, content: Mapping[str, Any], *, by: Act, facts: Mapping[str, trail.Json] | None = None
) -> Case:
    """Stores a new case with its application: the reference and the dates are given here.

    `facts` is what the event says besides kind and reference. Whether it may be opened was asked before.
    """
    clock, kind = by.clock, Kind(draft.kind)
    on = today(draft.authority, clock)
    draft.initiative = draft.initiative or Initiative.ASKED_FOR
    draft.opened_on = on
    draft.waiting_since = clock.now()
    draft.due_on = due_of_draft(procedure_of(draft), kind, on)
    with transaction.atomic():
        draft.reference = next_reference(draft.authority, on.year)
        draft.save()
        Application.objects.create(case=draft, content=dict(content), saved_at=clock.now())
        trail.append(
            draft,
            Happening(
                action="open",
                to_state=draft.state,
                actor=by.actor.trail_name,
                office=by.actor.trail_office,
                facts={"kind": kind.value, "reference": draft.reference, **(facts or {})},
                procedure_version=draft.procedure_version,
                request_id=by.request_id,
                at=clock.now(),
            ),
        )
        serve_notices(draft, Stage.SUBMISSION, clock=clock)
    return draft


def who_may_open(act: Act, authority: Authority, applicant: Organisation) -> Person:
    """Whoever acts, where they may open a case for this organisation. Raises Refused."""
    actor, on = act.actor, today(authority, act.clock)
    if isinstance(actor, Person):
        held = offices_held(actor.user, authority=authority, on=on) if actor.office else []
        at_the_desk = actor.office in held and actor.office is not None
        if at_the_desk and actor.office is not None and actor.office.function == Function.DESK_OFFICER:
            return actor
        if acts_for(actor, applicant, on=on, authority=authority):
            reasons = against_unvetted(actor, applicant, authority)
            if reasons:
                raise Refused(Refusal.ROLE, reasons)
            return actor
    if isinstance(actor, Program):
        raise Refused(Refusal.ROLE, [_no_program()])
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


def _no_program() -> Reason:
    """Who acts in a case is a person who proves who they are, the system or the clock, and nobody else."""
    return Reason(
        code="role",
        words=_(
            "A program acts in no case: people answer for what an application says, and declare it true."
        ),
        mend=_("Let somebody of the organisation do it in their own session; the program may read the case."),
    )


def next_reference(authority: Authority, year: int) -> str:
    """The next reference of a case of this authority: Party, year, running number."""
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
    neither overwrites the other; whatever it raises undoes the change. Of each place that changed it is kept
    who changed it and when. Raises Refused where the case is not with the applicant.
    """
    with transaction.atomic():
        fresh = Case.locked(case.pk)
        _refuse_unless_open_for_writing(fresh, act)
        application = Application.objects.get(case=fresh)
        before, application.content = application.content, dict(change(application.content))
        _refuse_what_is_locked(fresh, before, application.content)
        application.saved_at = act.clock.now()
        application.edits = {**application.edits, **_edits(before, application.content, act)}
        application.save(update_fields=["content", "saved_at", "edits"])
    return application


def _edits(before: Mapping[str, Any], after: Mapping[str, Any], act: Act) -> dict[str, dict[str, str]]:
    mark = {"by": str(cast(Person, act.actor).user.public_id), "at": act.clock.now().isoformat()}
    return {".".join(place): mark for place in changed_places(before, after)}


def _refuse_what_is_locked(case: Case, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Once the review began, only what was asked about may change."""
    locked = locked_changes(before, after, open_places(case))
    if locked:
        raise Refused(
            Refusal.RULE,
            [
                Reason(
                    code="locked",
                    words=_("“%(path)s” cannot be changed now: the authority did not ask about it."),
                    values={"path": ".".join(place)},
                    mend=_(
                        "Change only what was asked about, and say in your answers what else should change."
                    ),
                )
                for place in locked
            ],
        )


def _refuse_unless_open_for_writing(case: Case, act: Act) -> None:
    if isinstance(act.actor, Program) and may_see_case(case, act.actor, act.clock):
        raise Refused(Refusal.ROLE, [_no_program()])
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
    content, documents = _well_formed(case), frozen(case)
    missing = [item.path for item in completeness.missing(content) + missing_answers(case, content)]
    missing += [want.place for want in wanted(case, BEFORE_REVIEW)]
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
            "documents": _digests(documents),
            "missing": cast(list[trail.Json], missing),
            "warnings": cast(list[trail.Json], _warnings(case, content, today(case.authority, act.clock))),
        },
        writes={"submitted_on": today(case.authority, act.clock)},
        beside=(
            partial(_freeze, act=act, content=content, documents=documents),
            partial(_register, act=act, content=content),
        ),
        seen=seen,
        asked={
            "declared": declared,
            "scan": scan,
            "sha256": _digest(content),
            "documents": _digests(documents),
        },
    )
    return take(act, move)


def answer(
    case: Case, *, act: Act, answers: Mapping[int, str] | None = None, seen: int | None = None
) -> Case:
    """Answers what the authority asked: questions in words, by their number, missing items by giving them.

    A new version of the application is frozen.
    """
    content, documents = _well_formed(case), frozen(case)
    given = {number: text for number, text in (answers or {}).items() if text.strip()}
    asked: dict[str, trail.Json] = {str(number): text for number, text in given.items()}
    missing = {item.path for item in completeness.missing(content) + missing_answers(case, content)}
    lines = lines_of(case)
    waiting, changed = open_round(case), changed_since_submitted(case, content)
    clarifies = waiting is not None and waiting.purpose == waiting.Purpose.CLARIFICATION
    for question in case.questions.filter(answered_at__isnull=True):
        if type_at(question.path):
            is_given = answered_by_a_document(question, lines)
        elif clarifies:
            is_given = is_answered_by_change(question, changed)
        else:
            is_given = bool(question.path) and question.path not in missing
        if is_given:
            given.setdefault(cast(int, question.number), "")
    move = Move(
        step=Case.answer,
        record=case,
        facts={
            "answered": cast(list[trail.Json], sorted(given)),
            "sha256": _digest(content),
            "documents": _digests(documents),
        },
        beside=(
            partial(_freeze, act=act, content=content, documents=documents),
            partial(_register, act=act, content=content),
            partial(answer_questions, act=act, answers=given),
        ),
        seen=seen,
        asked={"answers": asked, "sha256": _digest(content), "documents": _digests(documents)},
    )
    return take(act, move)


def record_holder(case: Case, *, act: Act, serial: str, to: str, seen: int | None = None) -> Case:
    """Records, while the case is open, that units of a block which the application names have another holder.

    A version of the application is frozen that says so; nothing else of it changes.
    """
    content = proposals.content_of(case)
    named = content.request.blocks if content.request is not None else None
    renamed = with_holder(named or (), serial, to.strip())
    changed = content
    if content.request is not None and renamed is not None:
        request = content.request.model_copy(update={"blocks": renamed})
        changed = content.model_copy(update={"request": request})
    move = Move(
        step=Case.record_holder,
        record=case,
        facts={"serial": serial, "named": renamed is not None, "holder_given": bool(to.strip())},
        beside=(partial(_write_holder, act=act, before=content, after=changed),),
        seen=seen,
        asked={"serial": serial, "to": to},
    )
    return take(act, move)


def _write_holder(
    case: Case, event: Event, *, act: Act, before: ApplicationContent, after: ApplicationContent
) -> None:
    if proposals.content_of(case) != before:
        raise Refused(Refusal.STALE, [_changed_meanwhile()])
    text = rfc8785.dumps(after.as_json())
    last = case.versions.last()
    ApplicationVersion.objects.create(
        case=case,
        number=case.versions.count() + 1,
        content=text.decode(),
        sha256=hashlib.sha256(text).hexdigest(),
        documents=last.documents if last is not None else "[]",
        frozen_by=cast(Person, act.actor).user,
        frozen_at=event.time,
        frozen_on=today(case.authority, act.clock),
    )
    application = Application.objects.get(case=case)
    request = {**(application.content.get("request") or {}), "blocks": after.as_json()["request"]["blocks"]}
    application.content = {**application.content, "request": request}
    application.save(update_fields=["content"])


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


def _warnings(case: Case, content: ApplicationContent, on: date) -> list[str]:
    """The codes of the rules and checks that ask for an answer about the request, each once."""
    terms = asked_for(content)
    found = rules.findings(proposals.proposal(case, terms, content)) + proposals.on_confidentiality(case)
    return list(rules.to_answer([*found, *proposals.oversight_of(case, terms, content, on=on)]))


def _digest(content: ApplicationContent) -> str:
    return hashlib.sha256(rfc8785.dumps(content.as_json())).hexdigest()


def _digests(documents: Sequence[Mapping[str, trail.Json]]) -> list[trail.Json]:
    """Of each document its type and digest, as the trail lists them."""
    return [{"type": one["type"], "sha256": one["sha256"]} for one in documents]


def _freeze(
    case: Case,
    event: Event,
    *,
    act: Act,
    content: ApplicationContent,
    documents: Sequence[Mapping[str, trail.Json]],
) -> None:
    """Freezes what was read before the case was locked, if it still stands."""
    if _well_formed(case) != content or frozen(case) != documents:
        raise Refused(Refusal.STALE, [_changed_meanwhile()])
    text = rfc8785.dumps(content.as_json())
    ApplicationVersion.objects.create(
        case=case,
        number=case.versions.count() + 1,
        content=text.decode(),
        sha256=hashlib.sha256(text).hexdigest(),
        documents=rfc8785.dumps(cast(Any, documents)).decode(),
        frozen_by=cast(Person, act.actor).user,
        frozen_at=event.time,
        frozen_on=today(case.authority, act.clock),
    )


def _changed_meanwhile() -> Reason:
    return Reason(
        code="application-changed",
        words=_("The application was saved again while it was being handed in."),
        mend=_("Look at it once more, and hand it in."),
    )


def _register(case: Case, event: Event, *, act: Act, content: ApplicationContent) -> None:
    """Registers what the application is about, as far as it says so."""
    if case.authorisation is not None:
        # About an authorisation that stands, all is registered: only its act changes any of it.
        return
    hold_register(case.authority)
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
