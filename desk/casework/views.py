"""The desk's page of a case, and the acts that are taken on it. The views decide nothing: the door does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from authorisation import proposals
from authorisation.document_types import document_types
from authorisation.models import Case, CaseDocument, DocumentFinding
from authorisation.models.decisions import Outcome
from authorisation.national_questions import as_item, questions_of
from authorisation.rules import to_answer
from authorisation.services import acts, applications, desk, documents, fees
from authorisation.supporting_documents import scan_of
from desk.act_forms import ActForm, fresh
from desk.acting import capacities_of
from desk.casework import reviewing
from desk.casework.forms import (
    AcceptForm,
    AskForm,
    DiscontinueForm,
    FileForm,
    RecommendForm,
    ReturnForm,
    ServeNoticeForm,
    SubmitForm,
    SuspendAtOnceForm,
    WaiveForm,
    WithdrawForm,
)
from desk.casework.review_forms import AppointForm, OpinionForm, RecuseForm, TakeUpForm, VoteForm
from desk.casework.selectors import Casework, casework
from desk.documents.forms import JudgeDocumentForm, OfficersDocumentForm, RemoveDocumentForm
from desk.documents.selectors import document_of
from desk.fees.forms import ExemptForm, JudgeProofForm, ProofForm
from desk.fees.selectors import FeeShown
from desk.offers import offer_of
from desk.posting import PageAct, carry_out, lost, status_of
from desk.selectors.at_the_authority import case_worked_on_by
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Refused


def _waive(case: Case, form: WaiveForm, act: Act) -> object:
    given = form.cleaned_data
    return desk.waive(case, act=act, path=given["path"], reason=given["reason"], seen=given["seen"])


def _return(case: Case, form: ReturnForm, act: Act) -> object:
    return desk.return_for_completion(case, act=act, seen=form.cleaned_data["seen"])


def _accept(case: Case, form: AcceptForm, act: Act) -> object:
    return desk.accept(case, act=act, seen=form.cleaned_data["seen"])


def _ask(case: Case, form: AskForm, act: Act) -> object:
    return desk.ask(case, act=act, questions=form.questions(), seen=form.cleaned_data["seen"])


def _recommend(case: Case, form: RecommendForm, act: Act) -> object:
    given = form.cleaned_data
    return desk.recommend(
        case,
        act=act,
        outcome=Outcome(given["outcome"]),
        reasons=given["reasons"],
        answers=form.answers(),
        seen=given["seen"],
    )


def _document(case: Case, form: ActForm) -> CaseDocument:
    found = document_of(case, form.cleaned_data["document"])
    if found is None:
        raise Http404
    return found


def _add_document(case: Case, form: OfficersDocumentForm, act: Act) -> object:
    return documents.add_document(case, form.upload(), form.said(), act=act, seen=form.cleaned_data["seen"])


def _remove_document(case: Case, form: RemoveDocumentForm, act: Act) -> object:
    return documents.remove_document(case, _document(case, form), act=act, seen=form.cleaned_data["seen"])


def _judge_document(case: Case, form: JudgeDocumentForm, act: Act) -> object:
    given = form.cleaned_data
    return documents.judge_document(
        case,
        _document(case, form),
        act=act,
        verdict=DocumentFinding.Verdict(given["verdict"]),
        reasons=given["reasons"],
        seen=given["seen"],
    )


def _hand_in_proof(case: Case, form: ProofForm, act: Act) -> object:
    given = form.cleaned_data
    return fees.hand_in_proof(
        case, form.upload(), fee=given["fee"], reference=given["reference"], act=act, seen=given["seen"]
    )


def _judge_proof(case: Case, form: JudgeProofForm, act: Act) -> object:
    given = form.cleaned_data
    return fees.judge_proof(
        case,
        fee=given["fee"],
        verdict=DocumentFinding.Verdict(given["verdict"]),
        reasons=given["reasons"],
        act=act,
        seen=given["seen"],
    )


def _exempt(case: Case, form: ExemptForm, act: Act) -> object:
    given = form.cleaned_data
    return fees.exempt_from_fee(case, fee=given["fee"], reasons=given["reasons"], act=act, seen=given["seen"])


def _submit(case: Case, form: SubmitForm, act: Act) -> object:
    given = form.cleaned_data
    return applications.submit(
        case, act=act, declared=given["declared"], scan=scan_of(case), seen=given["seen"]
    )


def _withdraw(case: Case, form: WithdrawForm, act: Act) -> object:
    given = form.cleaned_data
    return applications.withdraw(case, act=act, reason=given["reason"].strip(), seen=given["seen"])


def _file(case: Case, form: FileForm, act: Act) -> object:
    return acts.file(case, act=act, seen=form.cleaned_data["seen"])


def _serve_notice(case: Case, form: ServeNoticeForm, act: Act) -> object:
    return acts.serve_notice(case, act=act, seen=form.cleaned_data["seen"])


def _suspend_at_once(case: Case, form: SuspendAtOnceForm, act: Act) -> object:
    given = form.cleaned_data
    return acts.suspend_at_once(case, act=act, urgency=given["urgency"], seen=given["seen"])


def _discontinue(case: Case, form: DiscontinueForm, act: Act) -> object:
    given = form.cleaned_data
    return acts.discontinue(case, act=act, reasons=given["reasons"], seen=given["seen"])


WORK: Mapping[str, PageAct[Case]] = {
    "file": PageAct(form=FileForm, do=_file, done=_("The act went to review.")),
    "serve_notice": PageAct(
        form=ServeNoticeForm,
        do=_serve_notice,
        done=_("The notice is drawn. Once it is signed the holder has it, and may be heard."),
    ),
    "suspend_at_once": PageAct(
        form=SuspendAtOnceForm,
        do=_suspend_at_once,
        done=_("First transfers are blocked from now on. The decision follows."),
    ),
    "discontinue": PageAct(
        form=DiscontinueForm,
        do=_discontinue,
        done=_("The act is given up. The letter that says so is drawn."),
    ),
    "submit": PageAct(
        form=SubmitForm, do=_submit, done=_("The application was submitted for the applicant.")
    ),
    "withdraw": PageAct(
        form=WithdrawForm, do=_withdraw, done=_("The application was withdrawn for the applicant.")
    ),
    "add_document": PageAct(form=OfficersDocumentForm, do=_add_document, done=_("The document was added.")),
    "remove_document": PageAct(
        form=RemoveDocumentForm, do=_remove_document, done=_("The document was removed.")
    ),
    "judge_document": PageAct(
        form=JudgeDocumentForm, do=_judge_document, done=_("What you found of the document was recorded.")
    ),
    "hand_in_proof": PageAct(
        form=ProofForm, do=_hand_in_proof, done=_("The proof of payment was handed in for the applicant.")
    ),
    "judge_proof": PageAct(
        form=JudgeProofForm, do=_judge_proof, done=_("What you found of the proof of payment was recorded.")
    ),
    "exempt_from_fee": PageAct(
        form=ExemptForm, do=_exempt, done=_("The applicant was exempted from the fee.")
    ),
    "waive": PageAct(form=WaiveForm, do=_waive, done=_("The item was found not applicable.")),
    "return_for_completion": PageAct(
        form=ReturnForm,
        do=_return,
        done=_("The application goes back to the applicant. The letter that names what is missing is drawn."),
    ),
    "accept": PageAct(form=AcceptForm, do=_accept, done=_("The application was accepted for review.")),
    "ask": PageAct(form=AskForm, do=_ask, done=_("The questions went to the applicant.")),
    "vote": PageAct(form=VoteForm, do=reviewing.vote, done=_("Your vote was recorded.")),
    "give_opinion": PageAct(form=OpinionForm, do=reviewing.give_opinion, done=_("The opinion was recorded.")),
    "take_up_again": PageAct(
        form=TakeUpForm, do=reviewing.take_up_again, done=_("The body reviews the case anew.")
    ),
    "appoint_ad_hoc": PageAct(
        form=AppointForm, do=reviewing.appoint, done=_("The person was appointed for this case.")
    ),
    "recuse": PageAct(
        form=RecuseForm, do=reviewing.recuse, done=_("You take no part in this case any more.")
    ),
    "recommend": PageAct(
        form=RecommendForm, do=_recommend, done=_("The recommendation went to the deciding office.")
    ),
}


# Steps that have a form in each row of a list.
_OF_FEES = ("hand_in_proof", "judge_proof", "exempt_from_fee")
_OF_ROWS = frozenset({"waive", "judge_document", "remove_document", *_OF_FEES})


@require_safe
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The desk's page of a case; for whoever does not work at its authority, as if there were none."""
    return _page(request, _case(request, public_id))


@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One act of the desk or of a reviewing body."""
    case = _case(request, public_id)
    if step not in WORK:
        raise Http404
    work = WORK[step]
    form = _form(work, case, _actor(request, case), data=request.POST, files=request.FILES)
    return carry_out(
        request,
        form,
        clock=RealClock(),
        do=lambda act: work.do(case, form, act),
        done=work.done,
        then=reverse("casework", kwargs={"public_id": case.public_id}),
        again=partial(_again, request, public_id, form),
    )


def _again(request: HttpRequest, public_id: UUID, form: ActForm, refusal: Refused | None) -> HttpResponse:
    return _page(request, _case(request, public_id), filled_in=form, refusal=refusal)


def _case(request: HttpRequest, public_id: UUID) -> Case:
    case = case_worked_on_by(cast(User, request.user), public_id, clock=RealClock())
    if case is None:
        raise Http404
    return case


def _actor(request: HttpRequest, case: Case) -> Person | None:
    """The person of the request in the office that the form names, if they hold it."""
    office = request.POST.get("office", "")
    held = capacities_of(request, authority=case.authority)
    return next((one for one in held if one.office and str(one.office.public_id) == office), None)


def _form(work: PageAct[Case], case: Case, actor: Person | None, **options: Any) -> ActForm:
    options |= reviewing.options_of(work.form, case, actor)
    if issubclass(work.form, RecommendForm):
        options["rules"] = to_answer(proposals.findings_on_request(case))
    if issubclass(work.form, OfficersDocumentForm | AskForm):
        options["types"] = document_types(case.procedure_version).values()
    if issubclass(work.form, AskForm):
        options["asked"] = [as_item(question) for question in questions_of(case)]
    return work.form(**options)


def _page(
    request: HttpRequest,
    case: Case,
    *,
    filled_in: ActForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    shown = casework(
        case,
        capacities=capacities_of(request, authority=case.authority),
        clock=RealClock(),
        language=get_language() or "en",
    )
    forms = {step: _offered(shown, step, filled_in) for step in WORK if step not in _OF_ROWS}
    context = {
        "page": shown,
        "forms": forms,
        "offers": {offer.step: offer for offer in shown.offers},
        "waiving": _waiving(shown, filled_in),
        "judging": _by_document(shown, "judge_document", filled_in),
        "removing": _by_document(shown, "remove_document", filled_in),
        "proving": _by_fee(shown, "hand_in_proof", filled_in, lambda fee: fee.takes_proof),
        "judging_proofs": _by_fee(shown, "judge_proof", filled_in, lambda fee: fee.may_be_judged),
        "exempting": _by_fee(shown, "exempt_from_fee", filled_in, lambda fee: fee.takes_proof),
        "refusal": refusal,
        "written": lost(filled_in, shown.offers),
        "mistakes": filled_in.mistakes if filled_in is not None else (),
    }
    status = 200 if filled_in is None else status_of(refusal)
    return render(request, "desk/casework/page.html", context, status=status)


def _offered(shown: Casework, step: str, filled_in: ActForm | None) -> ActForm | None:
    """The form of a step that may be taken; or what was filled in, which is never thrown away."""
    offer = offer_of(step, shown.offers)
    bound = filled_in is not None and filled_in.step == step
    if offer is None or not offer.allowed:
        return filled_in if bound else None
    initial = {
        **fresh(shown.case.version, offer.actor),
        **reviewing.shown_with(shown.case, WORK[step].form, offer.actor),
    }
    if bound and filled_in is not None:
        # A new key and the version now shown: what was written is sent as a new act.
        return filled_in.again(initial)
    return _form(WORK[step], shown.case, offer.actor, initial=initial)


def _by_document(shown: Casework, step: str, filled_in: ActForm | None) -> dict[str, ActForm]:
    """A form of this step for the current version of each document, by its id."""
    offer = offer_of(step, shown.offers)
    if offer is None or not offer.allowed:
        return {}
    forms: dict[str, ActForm] = {}
    proofs = {str(fee.file.id) for fee in shown.fees if fee.file is not None}
    for document in shown.documents:
        found = str(document.current.id)
        if step == "judge_document" and found in proofs:
            # Judged with its fee.
            continue
        initial = {**fresh(shown.case.version, offer.actor), "document": found}
        if filled_in is not None and filled_in.step == step and filled_in.data.get("document") == found:
            forms[found] = filled_in.again(initial)
        else:
            forms[found] = WORK[step].form(initial=initial, place=f"_{found}")
    return forms


def _by_fee(
    shown: Casework, step: str, filled_in: ActForm | None, takes: Callable[[FeeShown], bool]
) -> dict[str, ActForm]:
    """A form of this step for each fee that takes it, by its number."""
    offer = offer_of(step, shown.offers)
    if offer is None or not offer.allowed:
        return {}
    forms: dict[str, ActForm] = {}
    for fee in shown.fees:
        if takes(fee):
            number = str(fee.number)
            initial = {**fresh(shown.case.version, offer.actor), "fee": fee.number}
            if filled_in is not None and filled_in.step == step and filled_in.data.get("fee") == number:
                forms[number] = filled_in.again(initial)
            else:
                forms[number] = WORK[step].form(initial=initial, place=f"_{number}")
    return forms


def _waiving(shown: Casework, filled_in: ActForm | None) -> dict[str, ActForm]:
    """A form for each item that may be found not applicable, by its place."""
    offer = offer_of("waive", shown.offers)
    if offer is None or not offer.allowed:
        return {}
    forms: dict[str, ActForm] = {}
    for row in shown.checklist:
        if row.may_be_waived:
            path = row.item.path
            initial = {**fresh(shown.case.version, offer.actor), "path": path}
            if filled_in is not None and filled_in.step == "waive" and filled_in.data.get("path") == path:
                forms[path] = filled_in.again(initial)
            else:
                forms[path] = WaiveForm(initial=initial, place="_" + path.replace(".", "_"))
    return forms
