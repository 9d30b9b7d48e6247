"""The pages on which an application is taken along as one file, and on which such a file is opened."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Authority, Organisation, User
from accounts.services.chains import begun_everywhere
from authorisation.kinds import Initiative
from desk.acting import actor_of
from desk.applications import selectors
from desk.applications.written import case_written
from desk.dossiers.forms import DossierForm
from desk.dossiers.opening import Opened, open_dossier
from desk.dossiers.packing import pack
from desk.dossiers.reading import Dossier, read, refuse_too_large
from desk.people.forms import ConfirmForm
from desk.people.views.one_form import FormPage, one_form, sent
from projects.content_store import BytesLost
from workflow.clock import RealClock
from workflow.door import Act


@require_http_methods(["GET", "HEAD", "POST"])
def export_application(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """What the file will hold, and then the file."""
    written = case_written(request, public_id)
    if written.case.initiative != Initiative.ASKED_FOR:
        raise Http404
    if request.method != "POST":
        page = FormPage(
            title=_("Take the application along"),
            button=_("Make the file"),
            back=reverse("case", kwargs={"public_id": public_id}),
            back_label=_("Case"),
            lead=[
                _("The file holds the application as it stands, and the documents that you handed in."),
                _("Another installation opens it as a draft, and asks what it needs besides."),
                _("It holds what is confidential, too: give it to nobody who may not have that."),
            ],
        )
        return one_form(request, ConfirmForm(sent(request)), page, lambda _given: "")
    try:
        packed = pack(written.case, act=written.act(request))
    except BytesLost as fault:
        messages.error(request, _("A document of the application is lost, so no file can be made."))
        raise Http404 from fault
    name = f"{written.case.reference}.dossier.zip"
    return FileResponse(BytesIO(packed), as_attachment=True, filename=name, content_type="application/zip")


@require_http_methods(["GET", "HEAD", "POST"])
def open_a_dossier(request: HttpRequest) -> HttpResponse:
    """A file that was made elsewhere becomes a draft here."""
    person, clock = cast(User, request.user), RealClock()
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DossierForm(
        *given,
        authorities=selectors.authorities_offered(get_language() or "en"),
        organisations=selectors.organisations_offered(person, clock=clock),
    )
    page = FormPage(
        title=_("Open a dossier"),
        button=_("Open it as a draft"),
        back=reverse("cases"),
        back_label=_("All cases"),
        lead=[
            _("An application that was written in another installation goes on here, as a draft of yours."),
            _("Nothing is handed in by that: you see in the draft what this authority asks besides."),
        ],
    )

    def do(filled: dict[str, Any]) -> HttpResponse:
        opened = _opened(request, filled, person)
        _say(request, opened)
        return redirect("application", public_id=opened.case.public_id)

    return one_form(request, form, page, do)


def _opened(request: HttpRequest, filled: dict[str, Any], person: User) -> Opened:
    file, clock = filled["file"], RealClock()
    refuse_too_large(file.size)
    dossier = read(file.read())
    authority = Authority.objects.select_related("party").get(public_id=filled["authority"])
    applicant = Organisation.objects.get(public_id=filled["organisation"])
    acting = selectors.organisation_acting(person, applicant, on=begun_everywhere(clock.now()))
    actor = actor_of(request, organisation=acting.public_id if acting else applicant.public_id)
    opened = open_dossier(
        dossier, authority=authority, applicant=applicant, act=Act(actor=actor, clock=clock)
    )
    _say_of_the_seal(request, dossier)
    if dossier.aside:
        told = _("Of the application this was not understood, and is asked anew: %(places)s.")
        messages.warning(request, told % {"places": ", ".join(dossier.aside[:20])})
    return opened


def _say_of_the_seal(request: HttpRequest, dossier: Dossier) -> None:
    """By which key it is sealed, to be compared: only who knows the key knows who made the dossier."""
    made_by = dossier.manifest.made_by
    if dossier.seal is None:
        messages.warning(
            request, _("The dossier bears no seal: it is undamaged, and nobody vouches for who made it.")
        )
        return
    told = _(
        "The dossier is sealed and unchanged, by the key %(key)s. It says that it comes from %(address)s: "
        "compare the key with the one told there, at %(keys)s."
    )
    keys = f"{made_by.rstrip('/')}{reverse('webhook_keys')}"
    messages.info(request, told % {"key": dossier.seal.public_key, "address": made_by, "keys": keys})


def _say(request: HttpRequest, opened: Opened) -> None:
    messages.success(
        request, _("The dossier is open as a draft. Below stands what this authority still asks.")
    )
    for name in _first(opened.retyped):
        told = _("“%(name)s” is of a type that this authority does not know: it stands under “Other”.")
        messages.info(request, told % {"name": name})
    for name, why in _first(opened.left_out):
        told = _("“%(name)s” was left out: %(why)s")
        messages.warning(request, told % {"name": name, "why": why})


def _first(found: Iterable[Any]) -> list[Any]:
    """As many as a page can say."""
    return list(found)[:20]
