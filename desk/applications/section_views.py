"""One section of an application: shown as it stands, saved as typed, never over a colleague's head."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from authorisation.clarification import open_places
from authorisation.models import Application
from authorisation.services import applications
from desk.applications import overtaking, selectors
from desk.applications.forms import SectionForm
from desk.applications.overtaking import Clash, Overtaken
from desk.applications.places import Raw, put
from desk.applications.questions import Section
from desk.applications.saving import Saved, with_answers
from desk.applications.sections import sections_for
from desk.applications.written import Written, case_written, closed
from desk.keeping import forget_typed, keeps_what_is_typed, typed_before, writer_mark
from workflow.door import Act
from workflow.refusals import Kind, Refused, Words


@dataclass(frozen=True, kw_only=True)
class ToChoose:
    """An answer that a colleague changed too: who, when, and both values in words."""

    name: str
    label: Words
    by: str
    at: datetime
    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    now: str


@keeps_what_is_typed
@require_http_methods(["GET", "HEAD", "POST"])
def application_section(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """One section: shown as it stands, saved as it is typed."""
    written = case_written(request, public_id)
    section = next((one for one in sections_for(written.case) if one.name == name), None)
    if section is None:
        raise Http404
    if request.method == "POST":
        return _save(request, written, section)
    if written.case.state not in selectors.OPEN:
        return closed(request, written.case)
    typed = typed_before(request)
    if typed is not None:
        return _show_typed(request, written, section, typed, waited=True)
    return _show(request, written, section, written.case.application.content)


def _show(
    request: HttpRequest,
    written: Written,
    section: Section,
    content: Mapping[str, Raw],
    *,
    marks: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
    clashes: Iterable[Clash] = (),
    waited: bool = False,
) -> HttpResponse:
    draft = selectors.draft_of(written.case, raw=content)
    stands = overtaking.marks(section, written.case.application.content)
    form = SectionForm(
        section,
        content,
        draft.problems,
        more=request.GET.get("more", ""),
        marks={**stands, **(marks or {})},
        opened=open_places(written.case),
    )
    choices = _choices(written, clashes)
    context = {
        "case": written.case,
        "section": section,
        "form": form,
        "checking": "check" in (request.GET.get("from"), request.POST.get("from")),
        "reasons": refusal.reasons if refusal else (),
        "choices": choices,
        "waited": waited,
        "writer": writer_mark(cast(User, request.user)),
    }
    status = refusal.status if refusal else 409 if choices else 200
    return render(request, "desk/applications/section.html", context, status=status)


def _show_typed(
    request: HttpRequest,
    written: Written,
    section: Section,
    typed: QueryDict,
    *,
    refusal: Refused | None = None,
    clashes: tuple[Clash, ...] = (),
    waited: bool = False,
) -> HttpResponse:
    """What was typed and is not saved is shown again: nobody should have to type it twice.

    Of what the person changed, the form goes on saying what they saw when they began.
    """
    stands = written.case.application.content
    shown = overtaking.with_mine(section, stands, typed)
    seen = {
        asked.name: typed.get(f"saw-{asked.name}") or ""
        for asked in section.asked()
        if overtaking.is_typed(asked, typed)
    }
    return _show(
        request, written, section, shown, marks=seen, refusal=refusal, clashes=clashes, waited=waited
    )


def _choices(written: Written, clashes: Iterable[Clash]) -> list[ToChoose]:
    clashes = tuple(clashes)
    if not clashes:
        return []
    people = User.objects.filter(public_id__in={clash.by for clash in clashes})
    names = {str(person.public_id): person.get_full_name() or person.email for person in people}
    zone = ZoneInfo(written.case.authority.time_zone)
    return [
        ToChoose(
            name=clash.asked.name,
            label=clash.asked.label,
            by=names.get(clash.by, ""),
            at=clash.at.astimezone(zone),
            theirs=_in_words(clash, clash.theirs),
            mine=_in_words(clash, clash.mine),
            now=clash.now,
        )
        for clash in clashes
    ]


def _in_words(clash: Clash, value: Raw) -> tuple[str, ...]:
    content: dict[str, Raw] = {}
    put(content, clash.asked.place, value)
    return tuple(selectors.told_of(clash.asked, content))


def _save(request: HttpRequest, written: Written, section: Section) -> HttpResponse:
    """Saves whatever was sent, whatever is wrong with it, and then shows what is wrong."""
    done: list[Saved] = []
    by_itself = request.headers.get("HX-Request") == "true"

    def change(content: Mapping[str, Raw]) -> Mapping[str, Raw]:
        # The case is locked: what is read here is what stands.
        edits = Application.objects.values_list("edits", flat=True).get(case=written.case)
        person = str(written.actor.user.public_id)
        answers = overtaking.settled(section, content, request.POST, edits=edits, person=person)
        done.append(
            with_answers(
                section, content, answers, on_the_form=request.POST.getlist("asked"), tidy=not by_itself
            )
        )
        return done[-1].content

    act = Act(actor=written.actor, clock=written.clock)
    try:
        application = applications.change_application(written.case, act=act, change=change)
    except Overtaken as overtaken:
        written.case.application.content = dict(overtaken.content)
        if by_itself:
            choices = _choices(written, overtaken.clashes)
            return render(request, "desk/applications/overtaken.html", {"choices": choices})
        return _show_typed(request, written, section, request.POST, clashes=overtaken.clashes)
    except Refused as refusal:
        if refusal.kind is Kind.UNSEEN:
            raise Http404 from refusal
        return _show_typed(request, written, section, request.POST, refusal=refusal)
    forget_typed(request)
    if by_itself:
        # What is asked only from now on stands on no page yet.
        on_the_page = request.POST.getlist("asked")
        stands = overtaking.marks(section, application.content)
        marks = {name: mark for name, mark in stands.items() if name in on_the_page}
        return render(request, "desk/applications/saved.html", {"marks": marks})
    return _after_saving(request, written, section, done[-1])


def _after_saving(request: HttpRequest, written: Written, section: Section, saved: Saved) -> HttpResponse:
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
