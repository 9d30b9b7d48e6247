"""The pages of recording. The views decide nothing: the use-cases do, also of what would only be."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from authorisation.issuing import Issuance
from authorisation.models import Authorisation, Recording, Reversal
from authorisation.services import outcomes, reversals
from desk.act_forms import fresh, lines
from desk.acting import actor_of, capacities_of
from desk.documents.views import given_out
from desk.offers import Offer, offer_of, offers
from desk.posting import carry_out, status_of
from desk.recording.forms import (
    CancellationForm,
    Choices,
    FirstTransferForm,
    IssuanceForm,
    OneVintageForm,
    RecordForm,
    ReplacementForm,
    ReversalForm,
    UseForm,
)
from desk.recording.kept_files import mark_of
from desk.recording.selectors import (
    Reader,
    activity_page,
    choices_of,
    choices_of_issuance,
    choices_of_reversals,
    entitlements_of,
    reader_of,
    registry_page,
    to_replace,
    tracked_in,
)
from projects.content_store import BytesLost
from projects.documents import document_bytes, take_in
from projects.models import Activity, RegistryEntitlement
from workflow.actors import Person
from workflow.clock import RealClock
from workflow.door import Act
from workflow.refusals import Kind, Refused, Words

logger = logging.getLogger(__name__)

# What a button of these forms asks for: to see what it would do, to do it, or to change what was filled in.
LOOK, RECORD, CHANGE = "look", "record", "change"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something that can be recorded: its form, its use-case, and what is said of it."""

    form: type[RecordForm]
    title: Words
    lead: Words
    done: Words
    do: Callable[[Any, Any, Act], Activity | Authorisation]


def _issue(activity: Activity, form: IssuanceForm, act: Act) -> Activity:
    issuance = Issuance(
        on=form.cleaned_data["on"],
        volumes=form.volumes(),
        blocks=form.serials(),
        evidence=form.evidence(),
    )
    return outcomes.record_issuance(activity, issuance, act=act, seen=form.cleaned_data["seen"])


def _said(form: RecordForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "on": given["on"],
        "volumes": form.volumes(),
        "evidence": form.evidence(),
        "seen": given["seen"],
    }


def _transfer(authorisation: Authorisation, form: FirstTransferForm, act: Act) -> Authorisation:
    given = form.cleaned_data
    return outcomes.record_first_transfer(
        authorisation,
        act=act,
        to_party=given["to_party"],
        serial=given["serial"].strip(),
        gross=given.get("gross", False),
        **_said(form),
    )


def _use(authorisation: Authorisation, form: UseForm, act: Act) -> Authorisation:
    return outcomes.record_use(
        authorisation,
        act=act,
        by_party=form.by_party,
        by_entity=form.by_entity,
        for_year=form.cleaned_data["for_year"],
        serials=lines(form.cleaned_data["serials"]),
        **_said(form),
    )


def _cancel(authorisation: Authorisation, form: CancellationForm, act: Act) -> Authorisation:
    return outcomes.record_cancellation(
        authorisation,
        act=act,
        purpose=form.cleaned_data["purpose"],
        serials=lines(form.cleaned_data["serials"]),
        **_said(form),
    )


def _reverse(activity: Activity, form: ReversalForm, act: Act) -> Activity:
    given = form.cleaned_data
    return reversals.record_reversal(
        activity,
        act=act,
        on=given["on"],
        sort=Reversal.Sort(given["sort"]),
        vintage=given["vintage"],
        tonnes=given["amount"],
        evidence=form.evidence(),
        seen=given["seen"],
    )


def _replace(activity: Activity, form: ReplacementForm, act: Act) -> Activity:
    given = form.cleaned_data
    offered = Reversal.objects.filter(activity=activity).select_related("recording", "activity")
    reversal = offered.get(public_id=given["reversal"])
    return reversals.record_replacement(
        reversal,
        act=act,
        on=given["on"],
        vintage=given["vintage"],
        tonnes=given["amount"],
        evidence=form.evidence(),
        serial=given["serial"],
        seen=given["seen"],
    )


ISSUANCE = Happening(
    form=IssuanceForm,
    title=_("Record an issuance"),
    lead=_(
        "What a registry has issued is recorded as it happened, whatever the volume. Authorisations cover of "
        "it what their ceilings allow; the rest can be neither transferred nor used."
    ),
    done=_("The issuance is recorded."),
    do=_issue,
)
OF_AUTHORISATIONS: Mapping[str, Happening] = {
    "first-transfer": Happening(
        form=FirstTransferForm,
        title=_("Record a first transfer"),
        lead=_("Outcomes have gone to another Party for the first time."),
        done=_("The first transfer is recorded."),
        do=_transfer,
    ),
    "use": Happening(
        form=UseForm,
        title=_("Record a use"),
        lead=_("A Party or an entity has used outcomes."),
        done=_("The use is recorded."),
        do=_use,
    ),
    "cancellation": Happening(
        form=CancellationForm,
        title=_("Record a cancellation"),
        lead=_("Outcomes were cancelled, and can be used by nobody any more."),
        done=_("The cancellation is recorded."),
        do=_cancel,
    ),
}


OF_ACTIVITIES: Mapping[str, Happening] = {
    "reversal": Happening(
        form=ReversalForm,
        title=_("Record a reversal"),
        lead=_(
            "Removals were reversed, or units were credited in excess. It is recorded of the vintage; no "
            "line moves, and what was first transferred stands. What is reversed is to be replaced."
        ),
        done=_("The reversal is recorded."),
        do=_reverse,
    ),
    "replacement": Happening(
        form=ReplacementForm,
        title=_("Record a replacement"),
        lead=_(
            "Units replace what was reversed or credited in excess: from a buffer, or cancelled for it. No "
            "line moves by it."
        ),
        done=_("The replacement is recorded."),
        do=_replace,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Of what something is recorded, and where the page leads back to."""

    record: Activity | Authorisation
    activity: Activity
    happening: Happening
    choices: Choices
    reader: Reader
    offer: Offer | None


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, identifier: str, happening: str) -> HttpResponse:
    """Records a first transfer, use or cancellation; for whoever may not know of it, as if it were not."""
    found = Authorisation.objects.select_related("authority__party", "activity__authority")
    authorisation = found.filter(identifier=identifier).first()
    if authorisation is None or happening not in OF_AUTHORISATIONS:
        raise Http404
    clock = RealClock()
    reader = _reader(request, authorisation.activity)
    tracked = tracked_in(reader.registries).filter(pk=authorisation.pk)
    if not reader.inside and not tracked.exists():
        raise Http404
    what = OF_AUTHORISATIONS[happening]
    subject = Subject(
        record=authorisation,
        activity=authorisation.activity,
        happening=what,
        choices=choices_of(authorisation, registries=_own(reader)),
        reader=reader,
        offer=offer_of(what.form.step, offers(authorisation, reader.capacities, clock)),
    )
    return _answer(request, subject)


@require_http_methods(["GET", "HEAD", "POST"])
def record_issuance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Records an issuance of an activity; for whoever may not know of it, as if it were not."""
    activity, reader = _activity(request, public_id)
    clock = RealClock()
    subject = Subject(
        record=activity,
        activity=activity,
        happening=ISSUANCE,
        choices=choices_of_issuance(activity, registries=_own(reader), clock=clock),
        reader=reader,
        offer=offer_of(ISSUANCE.form.step, offers(activity, reader.capacities, clock)),
    )
    return _answer(request, subject)


@require_http_methods(["GET", "HEAD", "POST"])
def record_of_activity(request: HttpRequest, public_id: UUID, happening: str) -> HttpResponse:
    """Records a reversal or a replacement; for whoever may not know of the activity, as if it were not."""
    if happening not in OF_ACTIVITIES:
        raise Http404
    activity, reader = _activity(request, public_id)
    what = OF_ACTIVITIES[happening]
    subject = Subject(
        record=activity,
        activity=activity,
        happening=what,
        choices=choices_of_reversals(activity, registries=_own(reader)),
        reader=reader,
        offer=offer_of(what.form.step, offers(activity, reader.capacities, RealClock())),
    )
    return _answer(request, subject)


@require_safe
def activity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What happened to the outcomes of an activity, and what may be recorded."""
    found, reader = _activity(request, public_id)
    page = activity_page(
        found,
        reader,
        clock=RealClock(),
        after=request.GET.get("after", ""),
        authorisation=request.GET.get("authorisation", ""),
    )
    return render(request, "desk/recording/activity.html", {"page": page, "inside": reader.inside})


@require_safe
def registry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What an entitled registry records of; for everybody else as if there were none."""
    entitlement = (
        RegistryEntitlement.objects.select_related("authority", "organisation")
        .filter(public_id=public_id)
        .first()
    )
    if entitlement is None:
        raise Http404
    clock = RealClock()
    capacities = capacities_of(request, authority=entitlement.authority)
    own = [one.organisation for one in capacities if one.organisation is not None]
    if entitlement not in entitlements_of(own, clock=clock):
        raise Http404
    page = registry_page(entitlement, after=request.GET.get("after", ""))
    return render(request, "desk/recording/registry.html", {"page": page})


@require_safe
def evidence_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The document that shows what was recorded: for the authority, and for the registry that recorded it."""
    found = Recording.objects.select_related("document", "activity__authority").filter(public_id=public_id)
    recording = found.first()
    if recording is None or recording.document is None:
        raise Http404
    reader = _reader(request, recording.activity)
    if not reader.inside and recording.registry not in reader.registries:
        raise Http404
    document = recording.document
    try:
        content = document_bytes(document)
    except BytesLost:
        logger.exception("The evidence %s cannot be given out.", document.public_id)
        return render(request, "desk/recording/lost.html", {"recording": recording}, status=500)
    if request.method == "GET":
        act = Act(actor=_first(reader), clock=RealClock())
        outcomes.note_download_of_evidence(recording, act=act)
    return given_out(document, content)


# -- one form, looked at before it is carried out ------------------------------------------------------


def _answer(request: HttpRequest, subject: Subject) -> HttpResponse:
    if request.method != "POST":
        return _show(request, subject, _empty(request, subject), status=200)
    form = subject.happening.form(
        request.POST, files=request.FILES, choices=subject.choices, person=cast(User, request.user)
    )
    asked = request.POST.get("go", LOOK)
    if asked == CHANGE:
        return _show(request, subject, _empty(request, subject, request.POST.dict()), status=200)
    if asked == RECORD:
        return carry_out(
            request,
            form,
            clock=RealClock(),
            do=lambda act: subject.happening.do(subject.record, form, act),
            done=subject.happening.done,
            then=reverse("activity", kwargs={"public_id": subject.activity.public_id}),
            again=partial(_again, request, subject, form),
        )
    return _look(request, subject, form)


def _look(request: HttpRequest, subject: Subject, form: RecordForm) -> HttpResponse:
    """What it would do, said by the use-case itself; nothing is done."""
    if not form.is_valid():
        return _again(request, subject, form, None)
    person = cast(User, request.user)
    given = form.cleaned_data
    actor = actor_of(request, office=given["office"], organisation=given["organisation"])
    try:
        sent = given["file"]
        if sent is not None and subject.offer is not None and subject.offer.allowed:
            file = take_in(sent.read(), name=sent.name or "", declared=sent.content_type or "")
            form.keep(file, mark_of(file, person))
        foreseen = outcomes.foresee(
            lambda act: subject.happening.do(subject.record, form, act),
            act=Act(actor=actor, clock=RealClock()),
        )
    except Refused as refusal:
        if refusal.kind is Kind.UNSEEN:
            raise Http404 from refusal
        return _again(request, subject, form, refusal)
    context = {
        "subject": subject,
        "form": form,
        "foreseen": foreseen,
        "is_issuance": _is_issuance(subject),
        "of_reversals": isinstance(form, OneVintageForm),
        "to_replace": to_replace(subject.activity, form)
        if isinstance(form, OneVintageForm) and subject.reader.inside
        else None,
    }
    return render(request, "desk/recording/confirm.html", context)


def _again(request: HttpRequest, subject: Subject, form: RecordForm, refusal: Refused | None) -> HttpResponse:
    """The form once more with every reason beside its field, to be sent as a new act."""
    if refusal is not None:
        form.refuse(refusal)
    subject.record.refresh_from_db(fields=["version"])
    form.again(_begun(subject))
    return _show(request, subject, form, status=status_of(refusal))


def _show(request: HttpRequest, subject: Subject, form: RecordForm, *, status: int) -> HttpResponse:
    context = {
        "subject": subject,
        "form": form,
        "mistakes": form.mistakes if form.is_bound else (),
        "kept": form.kept_file,
        "is_issuance": _is_issuance(subject),
    }
    return render(request, "desk/recording/form.html", context, status=status)


def _empty(request: HttpRequest, subject: Subject, filled_in: Mapping[str, Any] | None = None) -> RecordForm:
    """The form as it is first shown, or with what was filled in before."""
    form = subject.happening.form(
        initial={**(filled_in or {}), **_begun(subject)},
        choices=subject.choices,
        person=cast(User, request.user),
    )
    form.remember(str((filled_in or {}).get("kept", "")))
    return form


def _begun(subject: Subject) -> dict[str, Any]:
    if subject.offer is None:
        return {}
    actor = subject.offer.actor
    organisation = actor.organisation.public_id if actor.organisation is not None else None
    return {**fresh(subject.record.version, actor), "organisation": organisation}


def _is_issuance(subject: Subject) -> bool:
    return isinstance(subject.record, Activity)


# -- who reads ---------------------------------------------------------------------------------------


def _reader(request: HttpRequest, of: Activity) -> Reader:
    return reader_of(of, capacities_of(request, authority=of.authority), RealClock())


def _activity(request: HttpRequest, public_id: UUID) -> tuple[Activity, Reader]:
    found = Activity.objects.select_related("authority__party").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    reader = _reader(request, found)
    tracked = tracked_in(reader.registries).filter(activity=found)
    if not reader.inside and not tracked.exists():
        raise Http404
    return found, reader


def _own(reader: Reader) -> frozenset[str]:
    """In whose name alone the reader records; none for an officer, who may name any registry."""
    return frozenset() if reader.inside else reader.registries


def _first(reader: Reader) -> Person:
    """In which capacity the reader looks: an office comes before an organisation."""
    return reader.capacities[0]
