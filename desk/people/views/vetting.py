"""Which organisations may act towards an authority, for its desk: answers, withdrawals, papers."""

from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import services
from accounts.models import Authority, Function, User, Vetting
from accounts.names import country_name, in_language
from accounts.selectors import accepted_vettings, unconfirmed_mandates
from desk.people.forms import ConfirmMandateForm, VettingForm, WithdrawVettingForm
from desk.people.selectors.authorities import authorities_in_function
from desk.people.selectors.let_in import let_in_page
from desk.people.selectors.vetting_page import vetting_page
from desk.people.told_by_mail import tell
from desk.people.views.one_form import FormPage, one_form, sent
from workflow.clock import RealClock


def vetting(request: HttpRequest) -> HttpResponse:
    """What the desks on which this person sits were asked and have not answered, oldest first."""
    person = cast(User, request.user)
    authorities = authorities_in_function(person, Function.DESK_OFFICER, clock=RealClock())
    if not authorities:
        raise Http404
    asked = request.GET
    page = vetting_page(authorities, after=asked.get("after", ""), paper=asked.get("paper", ""))
    return render(request, "desk/vetting.html", {"page": page})


def organisations_let_in(request: HttpRequest) -> HttpResponse:
    """The organisations that these authorities have let in, page by page, by name."""
    authorities = _authorities(request)
    if not authorities:
        raise Http404
    page = let_in_page(authorities, words=request.GET.get("q", ""), after=request.GET.get("after", ""))
    return render(request, "desk/people/let_in.html", {"page": page})


def withdraw_vetting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An organisation no longer let act, with reasons."""
    person, clock = cast(User, request.user), RealClock()
    found = accepted_vettings(_authorities(request)).filter(public_id=public_id).first()
    if found is None:
        raise Http404

    def withdraw(given: dict[str, Any]) -> str:
        with transaction.atomic():
            services.withdraw_vetting(found, reasons=given["reasons"], by=person, at=clock.now())
            tell("vetting_withdrawn", clock=clock, vetting=str(found.public_id))
        return _("The organisation may no longer act, and its people are told by mail.")

    page = FormPage(
        title=_("No longer let this organisation act?"),
        button=_("Withdraw"),
        back=reverse("organisations_let_in"),
        back_label=_("Organisations let in"),
        lead=[
            found.organisation.name,
            _(
                "It keeps seeing its cases, and can do nothing in them towards "
                "%(authority)s until it is let in "
                "anew."
            )
            % {"authority": in_language(found.authority.name, get_language() or "en")},
        ],
    )
    return one_form(request, WithdrawVettingForm(sent(request)), page, withdraw)


def confirm_mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A power of attorney on paper, confirmed by an officer who has seen it."""
    person = cast(User, request.user)
    mandate = unconfirmed_mandates(_authorities(request)).filter(public_id=public_id).first()
    if mandate is None:
        raise Http404

    def confirm(given: dict[str, Any]) -> str:
        services.confirm_mandate_on_paper(mandate, seen=given["seen"], by=person, at=RealClock().now())
        return _("%(mandatary)s may act for %(principal)s towards this authority.") % {
            "mandatary": mandate.mandatary.name,
            "principal": mandate.principal.name,
        }

    page = FormPage(
        title=_("Confirm a power of attorney"),
        button=_("Confirm"),
        back=reverse("vetting"),
        back_label=_("Organisations that ask to be let in"),
        lead=[
            _("%(mandatary)s says that it may act for %(principal)s (%(country)s, %(number)s).")
            % {
                "mandatary": mandate.mandatary.name,
                "principal": mandate.principal.name,
                "country": country_name(mandate.principal.country, get_language() or "en"),
                "number": mandate.principal.identification or "–",
            },
            _("Reference of the paper: %(reference)s") % {"reference": mandate.paper_reference},
            _("Date of the paper: %(day)s") % {"day": formats.date_format(mandate.paper_dated_on or "")},
            _("By confirming, you also let %(principal)s in.") % {"principal": mandate.principal.name},
        ],
    )
    return one_form(request, ConfirmMandateForm(sent(request)), page, confirm)


def _authorities(request: HttpRequest) -> list[Authority]:
    return authorities_in_function(cast(User, request.user), Function.DESK_OFFICER, clock=RealClock())


def decide_vetting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The answer to one of them; to officers of other authorities, as if it were not there."""
    person, clock = cast(User, request.user), RealClock()
    authorities = authorities_in_function(person, Function.DESK_OFFICER, clock=clock)
    asked = (
        Vetting.objects.select_related("organisation", "authority")
        .filter(public_id=public_id, authority__in=authorities)
        .first()
    )
    if asked is None:
        raise Http404
    organisation = asked.organisation

    def decide(given: dict[str, Any]) -> str:
        services.decide_vetting(
            asked,
            outcome=Vetting.Outcome(given["outcome"]),
            reasons=given["reasons"],
            of_the_state=given["of_the_state"],
            unit=given["unit"],
            by=person,
            at=clock.now(),
        )
        return _("The organisation is told on its page.")

    page = FormPage(
        title=organisation.name,
        button=_("Answer"),
        back=reverse("vetting"),
        back_label=_("Organisations that ask to be let in"),
        lead=[
            _("Country of incorporation: %(country)s")
            % {"country": country_name(organisation.country, get_language() or "en")},
            _("Identification number there: %(number)s") % {"number": organisation.identification or "–"},
        ],
    )
    return one_form(request, VettingForm(sent(request)), page, decide)
