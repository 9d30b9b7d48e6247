"""The applicant's pages. Each reads through a selector and acts through a use-case; none decides anything."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Authority, Organisation, User
from accounts.services.chains import begun_everywhere
from authorisation.clarification import ANSWERS, open_places
from authorisation.fees import owed_by
from authorisation.kinds import Kind
from authorisation.lifecycle import State
from authorisation.models import Case
from authorisation.services import applications
from authorisation.supporting_documents import types_offered
from desk.acting import actor_of
from desk.applications import selectors
from desk.applications.beginning import begun
from desk.applications.forms import NewApplicationForm
from desk.applications.typed import as_typed
from desk.applications.written import Written, case_written, closed, to_case, version_seen
from desk.keeping import forget_typed, keeps_what_is_typed, typed_before, writer_mark
from desk.selectors.standing import standing_of
from workflow.clock import Clock, RealClock, today
from workflow.door import Act
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused

# -- a new application -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_application(request: HttpRequest) -> HttpResponse:
    """Asks where, for whom and for what, and opens the draft."""
    person, clock = cast(User, request.user), RealClock()
    form = NewApplicationForm(
        request.POST if request.method == "POST" else None,
        authorities=selectors.authorities_offered(get_language() or "en"),
        organisations=selectors.organisations_offered(person, clock=clock),
        kinds=selectors.kinds_offered(clock=clock),
    )
    reasons: tuple[Reason, ...] = ()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                case = _opened(request, form, person, clock)
            except Refused as refusal:
                reasons, status = refusal.reasons, refusal.status
            else:
                return redirect("application", public_id=case.public_id)
    context = {"form": form, "summary": form.summary, "reasons": reasons}
    return render(request, "desk/applications/new.html", context, status=status)


def _opened(request: HttpRequest, form: NewApplicationForm, person: User, clock: Clock) -> Case:
    authority = Authority.objects.select_related("party").get(public_id=form.cleaned_data["authority"])
    applicant = Organisation.objects.get(public_id=form.cleaned_data["organisation"])
    on = begun_everywhere(clock.now())
    acting = selectors.organisation_acting(person, applicant, on=on)
    kind = Kind(form.cleaned_data["kind"])
    return applications.open_case(
        act=Act(
            actor=actor_of(request, organisation=acting.public_id if acting else applicant.public_id),
            clock=clock,
        ),
        authority=authority,
        kind=kind,
        applicant=applicant,
        content=begun(as_typed(form.cleaned_data["title"]), authority, applicant, kind),
    )


# -- writing it --------------------------------------------------------------------------------------


@require_safe
def application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The task list."""
    written = case_written(request, public_id)
    case = written.case
    if case.state not in selectors.OPEN:
        return closed(request, case)
    draft, owed = selectors.draft_of(case), owed_by(case)
    context = {
        "case": case,
        "draft": draft,
        "tasks": selectors.tasks(draft, opened=open_places(case)),
        "papers": selectors.papers(case, language=get_language() or "en"),
        "fees": owed,
        "fees_status": selectors.fees_status(owed),
        "standing": standing_of(case, clock=written.clock),
        "kind": Kind(case.kind).label,
        "is_asked": case.state == State.WITH_APPLICANT,
    }
    return render(request, "desk/applications/tasks.html", context)


# -- handing it in -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def application_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All answers, what is missing, what the rules say; the declaration, and handing in."""
    written = case_written(request, public_id)
    if request.method == "POST":
        return _submit(request, written)
    if written.case.state not in selectors.OPEN:
        return closed(request, written.case)
    return _show_check(request, written)


def _submit(request: HttpRequest, written: Written) -> HttpResponse:
    try:
        case = applications.submit(
            written.case,
            act=written.act(request),
            declared=request.POST.get("declared") == "yes",
            seen=version_seen(request),
        )
    except Refused as refusal:
        return _show_check(request, written, refusal=refusal)
    messages.success(
        request, _("Your application was submitted. The authority checks now whether it is complete.")
    )
    return to_case(case)


def _show_check(request: HttpRequest, written: Written, *, refusal: Refused | None = None) -> HttpResponse:
    case = written.case
    draft = selectors.draft_of(case)
    reasons = refusal.reasons if refusal else ()
    context = {
        "case": case,
        "draft": draft,
        "summaries": selectors.summaries(draft),
        "findings": selectors.findings(case, draft, on=today(case.authority, written.clock)),
        "papers": selectors.papers(case, language=get_language() or "en"),
        "is_draft": case.state == State.DRAFT,
        # Of what cannot be read the page names every place itself, each with the way there.
        "reasons": [reason for reason in reasons if reason.code != "malformed"],
        "refused": refusal is not None,
        "declared": request.POST.get("declared") == "yes",
        "key": uuid4(),
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/applications/check.html", context, status=status)


# -- answering, and giving up ------------------------------------------------------------------------


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
def application_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the authority asked, with an answer to each; kept as written, or sent."""
    written = case_written(request, public_id)
    if request.method == "POST":
        return _answer(request, written)
    if written.case.state != State.WITH_APPLICANT:
        return closed(request, written.case)
    return _show_answer(request, written, typed=typed_before(request))


def _answer(request: HttpRequest, written: Written) -> HttpResponse:
    case = written.case
    asked = selectors.asking(case, selectors.draft_of(case))
    texts = {each.number: as_typed(request.POST.get(f"answer-{each.number}") or "") for each in asked}
    try:
        if asked:
            _keep_answers(written, {str(each.question.pk): texts[each.number] for each in asked})
        forget_typed(request)
        if "save" in request.POST:
            messages.success(request, _("Your answers are saved. They are not sent yet."))
            return redirect("application_answer", public_id=case.public_id)
        answered = applications.answer(
            case, act=written.act(request), answers=texts, seen=version_seen(request)
        )
    except Refused as refusal:
        if refusal.kind is Refusal.UNSEEN:
            raise Http404 from refusal
        case.application.refresh_from_db()
        return _show_answer(request, written, refusal=refusal)
    messages.success(request, _("Your answers were sent to the authority."))
    return to_case(answered)


def _keep_answers(written: Written, texts: Mapping[str, str]) -> None:
    applications.change_application(
        written.case,
        act=Act(actor=written.actor, clock=written.clock),
        change=lambda content: {**content, ANSWERS: dict(texts)},
    )


def _show_answer(
    request: HttpRequest, written: Written, *, refusal: Refused | None = None, typed: QueryDict | None = None
) -> HttpResponse:
    case = written.case
    draft = selectors.draft_of(case)
    asked = selectors.asking(case, draft)
    if typed is not None:
        asked = [
            replace(each, answer=as_typed(typed.get(f"answer-{each.number}") or each.answer))
            for each in asked
        ]
    context = {
        "case": case,
        "draft": draft,
        "asked": asked,
        "standing": standing_of(case, clock=written.clock),
        "reasons": [reason for reason in refusal.reasons if reason.code != "malformed"] if refusal else (),
        "refused": refusal is not None,
        "key": uuid4(),
        "waited": typed is not None,
        "writer": writer_mark(cast(User, request.user)),
        "may_add_documents": bool(types_offered(case)),
        "count": ngettext("The authority asks one thing.", "The authority asks %(count)s things.", len(asked))
        % {"count": len(asked)},
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/applications/answer.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def application_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks once more, and gives the application up."""
    written = case_written(request, public_id)
    refusal = None
    if request.method == "POST":
        try:
            case = applications.withdraw(
                written.case,
                act=written.act(request),
                reason=as_typed(request.POST.get("reason") or "").strip(),
                seen=version_seen(request),
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("The application was withdrawn."))
            return to_case(case)
    context = {
        "case": written.case,
        "reasons": refusal.reasons if refusal else (),
        "reason": request.POST.get("reason") or "",
        "key": uuid4(),
    }
    return render(
        request, "desk/applications/withdraw.html", context, status=refusal.status if refusal else 200
    )
