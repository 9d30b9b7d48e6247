"""The applicant's pages. Each reads through a selector and acts through a use-case; none decides anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Authority, Organisation, User
from accounts.services.chains import begun_everywhere
from authorisation.kinds import Kind
from authorisation.lifecycle import State
from authorisation.models import Case
from authorisation.services import applications
from desk.acting import actor_of
from desk.applications import selectors
from desk.applications.forms import NewApplicationForm, SectionForm
from desk.applications.places import Raw
from desk.applications.saving import Saved, with_answers
from desk.applications.sections import BY_NAME, Section
from desk.applications.typed import as_typed
from desk.selectors.seen import case_seen_by
from desk.selectors.standing import standing_of
from workflow.actors import Person
from workflow.clock import Clock, RealClock, today
from workflow.door import Act
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused

_LONGEST_KEY = 100


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A case that the person of the request may write as its applicant."""

    case: Case
    actor: Person
    clock: Clock

    def act(self, request: HttpRequest) -> Act:
        """An act of this person, under the key that the form brings."""
        return Act(actor=self.actor, clock=self.clock, key=request.POST.get("key", "")[:_LONGEST_KEY])


def _written(request: HttpRequest, public_id: UUID) -> _Written:
    """The case as its applicant has it: 404 for who may not see it, 403 for who may only see it."""
    person, clock = cast(User, request.user), RealClock()
    case = case_seen_by(person, public_id, clock=clock)
    if case is None:
        raise Http404
    on = today(case.authority, clock)
    organisation = selectors.organisation_acting(person, case.applicant, on=on)
    if organisation is None:
        raise PermissionDenied
    actor = actor_of(request, organisation=organisation.public_id)
    if not selectors.is_applicant(case, actor, clock=clock):
        raise PermissionDenied
    return _Written(case=case, actor=actor, clock=clock)


def _to_case(case: Case) -> HttpResponse:
    return redirect("case", public_id=case.public_id)


def _closed(request: HttpRequest, case: Case) -> HttpResponse:
    messages.info(request, _("The application cannot be changed now: it is with the authority."))
    return _to_case(case)


# -- a new application -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new_application(request: HttpRequest) -> HttpResponse:
    """Asks where, for whom and for what, and opens the draft."""
    person, clock = cast(User, request.user), RealClock()
    form = NewApplicationForm(
        request.POST if request.method == "POST" else None,
        authorities=selectors.authorities_offered(get_language() or "en"),
        organisations=selectors.organisations_offered(person, clock=clock),
        kinds=selectors.kinds_offered(),
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
        content=_begun(form.cleaned_data["title"], authority, applicant, kind),
    )


def _begun(title: str, authority: Authority, applicant: Organisation, kind: Kind) -> dict[str, Raw]:
    """What is known when an application begins: all of it stands in the sections, to be changed there."""
    entity = {"name": applicant.name, "country": applicant.country, "roles": ["applicant"]}
    if applicant.identification:
        entity["identification"] = applicant.identification
    return {
        "activity": {"title": as_typed(title)},
        "cooperative_approach": {"parties": [authority.party.code]},
        "entities": [entity],
        "request": {"kind": kind.value},
    }


# -- writing it --------------------------------------------------------------------------------------


@require_safe
def application(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The task list."""
    written = _written(request, public_id)
    case = written.case
    if case.state not in selectors.OPEN:
        return _closed(request, case)
    draft = selectors.draft_of(case)
    context = {
        "case": case,
        "draft": draft,
        "tasks": selectors.tasks(draft),
        "standing": standing_of(case, clock=written.clock),
        "kind": Kind(case.kind).label,
        "is_asked": case.state == State.WITH_APPLICANT,
    }
    return render(request, "desk/applications/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def application_section(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """One section: shown as it stands, saved as it is typed."""
    if name not in BY_NAME:
        raise Http404
    written, section = _written(request, public_id), BY_NAME[name]
    if request.method == "POST":
        return _save(request, written, section)
    if written.case.state not in selectors.OPEN:
        return _closed(request, written.case)
    return _show(request, written, section, written.case.application.content)


def _show(
    request: HttpRequest,
    written: _Written,
    section: Section,
    content: Mapping[str, Raw],
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    draft = selectors.draft_of(written.case, raw=content)
    form = SectionForm(section, content, draft.problems, more=request.GET.get("more", ""))
    context = {
        "case": written.case,
        "section": section,
        "form": form,
        "checking": request.GET.get("from") == "check" or request.POST.get("from") == "check",
        "reasons": refusal.reasons if refusal else (),
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/applications/section.html", context, status=status)


def _save(request: HttpRequest, written: _Written, section: Section) -> HttpResponse:
    """Saves whatever was sent, whatever is wrong with it, and then shows what is wrong."""
    done: list[Saved] = []
    by_itself = request.headers.get("HX-Request") == "true"

    def change(content: Mapping[str, Raw]) -> Mapping[str, Raw]:
        done.append(with_answers(section, content, request.POST, tidy=not by_itself))
        return done[-1].content

    act = Act(actor=written.actor, clock=written.clock)
    try:
        applications.change_application(written.case, act=act, change=change)
    except Refused as refusal:
        if refusal.kind is Refusal.UNSEEN:
            raise Http404 from refusal
        # What was typed is shown again: it was not saved, and nobody should have to type it twice.
        typed = with_answers(section, written.case.application.content, request.POST, tidy=False).content
        return _show(request, written, section, typed, refusal=refusal)
    if by_itself:
        return render(request, "desk/applications/saved.html", {"at": written.clock.now()})
    return _after_saving(request, written, section, done[-1])


def _after_saving(request: HttpRequest, written: _Written, section: Section, saved: Saved) -> HttpResponse:
    for label in saved.dropped:
        words = _("“%(question)s” is not asked for these uses: what stood there was taken out.")
        messages.warning(request, words % {"question": label})
    here = reverse("application_section", kwargs={"public_id": written.case.public_id, "name": section.name})
    checking = "from=check" if request.POST.get("from") == "check" else ""
    if request.POST.get("more") or request.POST.get("remove"):
        asked = request.POST.get("more") or request.POST["remove"].rpartition("-")[0]
        known = [each.name for each in section.asked()]
        more = f"more={asked}" if request.POST.get("more") and asked in known else ""
        query = "&".join(filter(None, (checking, more)))
        return redirect(f"{here}?{query}#{asked}" if asked in known else here)
    back_here = f"{here}?{checking}" if checking else here
    if saved.revealed:
        messages.info(request, _("Saved. For the uses that you chose there is more to answer below."))
        return redirect(back_here)
    if selectors.draft_of(written.case, raw=saved.content).problems_in(section):
        return redirect(back_here)
    messages.success(request, _("“%(section)s” is saved.") % {"section": section.title})
    target = "application_check" if checking else "application"
    return redirect(target, public_id=written.case.public_id)


# -- handing it in -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def application_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All answers, what is missing, what the rules say; the declaration, and handing in."""
    written = _written(request, public_id)
    if request.method == "POST":
        return _submit(request, written)
    if written.case.state not in selectors.OPEN:
        return _closed(request, written.case)
    return _show_check(request, written)


def _submit(request: HttpRequest, written: _Written) -> HttpResponse:
    try:
        case = applications.submit(
            written.case,
            act=written.act(request),
            declared=request.POST.get("declared") == "yes",
            seen=_seen(request),
        )
    except Refused as refusal:
        return _show_check(request, written, refusal=refusal)
    messages.success(
        request, _("Your application was submitted. The authority checks now whether it is complete.")
    )
    return _to_case(case)


def _seen(request: HttpRequest) -> int | None:
    """The version of the case that the person saw. Who sends none that can be read saw none at all."""
    version = request.POST.get("seen", "")
    return int(version) if version.isdecimal() and len(version) < 10 else -1


def _show_check(request: HttpRequest, written: _Written, *, refusal: Refused | None = None) -> HttpResponse:
    case = written.case
    draft = selectors.draft_of(case)
    reasons = refusal.reasons if refusal else ()
    context = {
        "case": case,
        "draft": draft,
        "summaries": selectors.summaries(draft),
        "findings": selectors.findings(case, draft),
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


@require_http_methods(["GET", "HEAD", "POST"])
def application_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the authority asked, with an answer to each; kept as written, or sent."""
    written = _written(request, public_id)
    if request.method == "POST":
        return _answer(request, written)
    if written.case.state != State.WITH_APPLICANT:
        return _closed(request, written.case)
    return _show_answer(request, written)


def _answer(request: HttpRequest, written: _Written) -> HttpResponse:
    case = written.case
    asked = selectors.asking(case, selectors.draft_of(case))
    texts = {each.number: as_typed(request.POST.get(f"answer-{each.number}") or "") for each in asked}
    try:
        if asked:
            _keep_answers(written, {str(each.question.pk): texts[each.number] for each in asked})
        if "save" in request.POST:
            messages.success(request, _("Your answers are saved. They are not sent yet."))
            return redirect("application_answer", public_id=case.public_id)
        answered = applications.answer(case, act=written.act(request), answers=texts, seen=_seen(request))
    except Refused as refusal:
        if refusal.kind is Refusal.UNSEEN:
            raise Http404 from refusal
        case.application.refresh_from_db()
        return _show_answer(request, written, refusal=refusal)
    messages.success(request, _("Your answers were sent to the authority."))
    return _to_case(answered)


def _keep_answers(written: _Written, texts: Mapping[str, str]) -> None:
    applications.change_application(
        written.case,
        act=Act(actor=written.actor, clock=written.clock),
        change=lambda content: {**content, selectors.ANSWERS: dict(texts)},
    )


def _show_answer(request: HttpRequest, written: _Written, *, refusal: Refused | None = None) -> HttpResponse:
    case = written.case
    draft = selectors.draft_of(case)
    asked = selectors.asking(case, draft)
    context = {
        "case": case,
        "draft": draft,
        "asked": asked,
        "standing": standing_of(case, clock=written.clock),
        "reasons": [reason for reason in refusal.reasons if reason.code != "malformed"] if refusal else (),
        "refused": refusal is not None,
        "key": uuid4(),
        "count": ngettext("The authority asks one thing.", "The authority asks %(count)s things.", len(asked))
        % {"count": len(asked)},
    }
    status = refusal.status if refusal else 200
    return render(request, "desk/applications/answer.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def application_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks once more, and gives the application up."""
    written = _written(request, public_id)
    refusal = None
    if request.method == "POST":
        try:
            case = applications.withdraw(
                written.case,
                act=written.act(request),
                reason=as_typed(request.POST.get("reason") or "").strip(),
                seen=_seen(request),
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("The application was withdrawn."))
            return _to_case(case)
    context = {
        "case": written.case,
        "reasons": refusal.reasons if refusal else (),
        "reason": request.POST.get("reason") or "",
        "key": uuid4(),
    }
    return render(
        request, "desk/applications/withdraw.html", context, status=refusal.status if refusal else 200
    )
