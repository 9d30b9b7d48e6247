"""The page of a letter on paper, its files and its acts. The views decide nothing: the door does."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from io import BytesIO
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from audit.trail import Json
from desk.act_forms import ActForm, fresh
from desk.acting import capacities_of
from desk.documents.views import SANDBOX
from desk.letter_at_work import given_out, letter_at_work
from desk.offers import Offer, offer_of
from desk.paper.forms import (
    ChooseElectronicForm,
    ChoosePaperForm,
    ConfirmPaperForm,
    HandOverForm,
    NoteHandForm,
    RecordPaperForm,
    ReturnPaperForm,
)
from desk.paper.selectors import PaperPage, paper_page, places_of, scan_of
from desk.posting import PageAct, carry_out, status_of
from letters import paper, recorded_paper
from letters.models import Letter
from projects.documents import document_bytes
from workflow.clock import RealClock, today
from workflow.door import Act
from workflow.refusals import Refused


def _choose_paper(letter: Letter, form: ChoosePaperForm, act: Act) -> object:
    return paper.choose_paper(letter, act=act, seen=form.cleaned_data["seen"])


def _choose_electronic(letter: Letter, form: ChooseElectronicForm, act: Act) -> object:
    return paper.choose_electronic(letter, act=act, seen=form.cleaned_data["seen"])


def _note_hand(letter: Letter, form: NoteHandForm, act: Act) -> object:
    place, signed = form.chosen()
    return paper.note_hand(letter, act=act, place=place, signed=signed, seen=form.cleaned_data["seen"])


def _record(letter: Letter, form: RecordPaperForm, act: Act) -> object:
    given = form.cleaned_data
    return paper.record(
        letter,
        act=act,
        signed=form.signed(),
        file_number=given["file_number"],
        kept=form.kept(),
        scan=form.sent(),
        seen=given["seen"],
    )


def _confirm(letter: Letter, form: ConfirmPaperForm, act: Act) -> object:
    given = form.cleaned_data
    return paper.confirm(letter, act=act, digest=given["digest"], code=form.code_typed(), seen=given["seen"])


def _return(letter: Letter, form: ReturnPaperForm, act: Act) -> object:
    given = form.cleaned_data
    return paper.send_back(letter, act=act, reasons=given["reasons"], seen=given["seen"])


def _hand_over(letter: Letter, form: HandOverForm, act: Act) -> object:
    return paper.hand_over(letter, act=act, kept=form.kept(), seen=form.cleaned_data["seen"])


STROKES: Mapping[str, PageAct[Letter]] = {
    "choose_paper": PageAct(
        form=ChoosePaperForm, do=_choose_paper, done=_("The letter is to be signed by hand. Print it.")
    ),
    "choose_electronic": PageAct(
        form=ChooseElectronicForm, do=_choose_electronic, done=_("The letter is to be signed electronically.")
    ),
    "note_hand": PageAct(
        form=NoteHandForm,
        do=_note_hand,
        done=_("It was recorded who signed. The paper goes on to the next office."),
    ),
    "record_paper": PageAct(
        form=RecordPaperForm,
        do=_record,
        done=_("The signed paper was recorded. Its copy is made; then somebody else compares it."),
    ),
    "confirm_paper": PageAct(
        form=ConfirmPaperForm,
        do=_confirm,
        done=_("You confirmed the copy. It is sealed, and the letter issued."),
    ),
    "return_paper": PageAct(form=ReturnPaperForm, do=_return, done=_("The record was sent back.")),
    "hand_over": PageAct(form=HandOverForm, do=_hand_over, done=_("It was recorded who keeps the paper.")),
}


@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A letter on paper; for whoever does not work at its authority, as if there were none."""
    return _page(request, letter_at_work(request, public_id))


@require_safe
def print_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file that is printed and signed by hand."""
    letter = letter_at_work(request, public_id)
    return given_out(request, letter, letter.paper_sha256 if letter.on_paper else "", "to-sign-by-hand")


@require_safe
def copy_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The copy of the paper as it will be sealed."""
    letter = letter_at_work(request, public_id)
    last = recorded_paper.last_record(letter)
    sha256 = last.copy_sha256 if last is not None else ""
    answer = given_out(request, letter, sha256, "copy-to-compare")
    _note_download(request, letter, {"sha256": sha256, "type": "copy"}, answer)
    return answer


@require_safe
def scan_file(request: HttpRequest, public_id: UUID, document: UUID) -> HttpResponseBase:
    """A file of the scan, as it was uploaded."""
    letter = letter_at_work(request, public_id)
    found = scan_of(letter, document)
    if found is None:
        raise Http404
    answer = FileResponse(
        BytesIO(document_bytes(found)),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )
    answer["Content-Security-Policy"] = SANDBOX
    _note_download(request, letter, {"document": str(found.public_id), "type": "scan"}, answer)
    return answer


def _note_download(
    request: HttpRequest, letter: Letter, facts: dict[str, Json], answer: HttpResponseBase
) -> None:
    """A scan shows handwriting: the trail says who took it, unless nothing was given out."""
    if request.method == "GET" and answer.status_code == HTTPStatus.OK:
        (actor, *_others) = capacities_of(request, authority=letter.authority)
        paper.note_download(letter, facts, act=Act(actor=actor, clock=RealClock()))


@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One act on a letter on paper."""
    letter = letter_at_work(request, public_id)
    if step not in STROKES:
        raise Http404
    stroke = STROKES[step]
    form: ActForm
    if step in (RecordPaperForm.step, NoteHandForm.step):
        places = places_of(letter, on=today(letter.authority, RealClock()), language=_language())
        if step == NoteHandForm.step:
            noted = sum(1 for place in places if place.noted)
            form = NoteHandForm(request.POST, places=places, noted=noted)
        else:
            form = RecordPaperForm(request.POST, files=request.FILES, places=places)
    else:
        form = stroke.form(request.POST)
    return carry_out(
        request,
        form,
        clock=RealClock(),
        do=lambda act: stroke.do(letter, form, act),
        done=stroke.done,
        then=reverse("paper", kwargs={"public_id": letter.public_id}),
        again=partial(_again, request, public_id, form),
    )


def _again(request: HttpRequest, public_id: UUID, form: ActForm, refusal: Refused | None) -> HttpResponse:
    return _page(request, letter_at_work(request, public_id), filled_in=form, refusal=refusal)


def _language() -> str:
    return get_language() or "en"


def _page(
    request: HttpRequest,
    letter: Letter,
    *,
    filled_in: ActForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    shown = paper_page(
        letter,
        capacities=capacities_of(request, authority=letter.authority),
        clock=RealClock(),
        language=_language(),
    )
    offered = {step: offer_of(step, shown.offers) for step in STROKES}
    context = {
        "page": shown,
        "offers": offered,
        "forms": {step: _form(shown, step, offer, filled_in) for step, offer in offered.items()},
        "files_again": filled_in is not None and filled_in.step == RecordPaperForm.step,
        "refusal": refusal,
        "mistakes": filled_in.mistakes if filled_in is not None else (),
    }
    status = 200 if filled_in is None else status_of(refusal)
    return render(request, "desk/paper/page.html", context, status=status)


def _form(shown: PaperPage, step: str, offer: Offer | None, filled_in: ActForm | None) -> ActForm | None:
    """The form of a step that may be taken. What was confirmed of one copy is never sent for another."""
    bound = filled_in is not None and filled_in.step == step
    if offer is None or not offer.allowed:
        return filled_in if bound else None
    values = fresh(shown.letter.version, offer.actor)
    if step == ConfirmPaperForm.step:
        return ConfirmPaperForm(
            initial={**values, "digest": shown.last.copy_sha256 if shown.last is not None else ""}
        )
    if bound and filled_in is not None:
        return filled_in.again(values)
    if step == RecordPaperForm.step:
        return RecordPaperForm(initial=values, places=shown.places)
    if step == NoteHandForm.step:
        return NoteHandForm(initial=values, places=shown.places, noted=shown.noted)
    return STROKES[step].form(initial=values)
