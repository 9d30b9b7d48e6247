"""What may be done about a case now: a button for each thing this person may do, and why not the rest."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from authorisation.models import Case
from desk.acting import capacities_of
from desk.offers import Offer, offers, told_to_outsiders
from letters.models import Letter
from workflow.clock import Clock
from workflow.refusals import Reason, Words

# At which address each step of a case is taken. The applicant's own steps have their box (desk/applications).
_PAGES: Mapping[str, str] = {
    "file": "casework",
    "serve_notice": "casework",
    "suspend_at_once": "casework",
    "discontinue": "casework",
    "return_for_completion": "casework",
    "accept": "casework",
    "waive": "casework",
    "vote": "casework",
    "give_opinion": "casework",
    "take_up_again": "casework",
    "recuse": "casework",
    "appoint_ad_hoc": "casework",
    "ask": "casework",
    "recommend": "casework",
    "send_back": "deciding",
    "approve": "deciding",
    "approve_in_part": "deciding",
    "refuse": "deciding",
    "add_document": "casework",
    "judge_document": "casework",
    "hand_in_proof": "casework",
    "judge_proof": "casework",
    "exempt_from_fee": "casework",
    "submit": "casework",
    "withdraw": "casework",
}
# Only for the officer who filed for an applicant on paper; everybody else's draft is its applicant's.
_OF_WHO_OPENED_IT = frozenset({"submit", "withdraw"})
_OF_LETTERS = frozenset({"consent", "retry", "void"})
_ON_THE_LETTERS_PAGE = frozenset({"decline_to_sign"})


@dataclass(frozen=True, kw_only=True)
class Doing:
    """One thing that the state allows: where it is done, or why this person may not do it.

    about   the number of the letter that it is about; empty where it is about the case
    """

    label: Words
    says: Words
    about: str
    address: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Doings:
    """What this person may do, what in their office has reasons against it, and what others do."""

    possible: tuple[Doing, ...]
    not_yet: tuple[Doing, ...]
    by_others: tuple[Doing, ...]


def doings(request: HttpRequest, case: Case, *, inside: bool, clock: Clock) -> Doings:
    """The steps of the case, and for people of its authority (`inside`) those of its letters.

    What stands against a step that is not theirs is told to outsiders only as far as it concerns them: the
    rest is the authority's deliberation.
    """
    capacities = capacities_of(request, authority=case.authority)
    found = [
        (offer, _doing(offer, _address(case, offer), ""))
        for offer in offers(case, capacities, clock)
        if not (inside and offer.step in _ON_THE_LETTERS_PAGE)
    ]
    if inside:
        for letter in Letter.objects.filter(case=case).select_related("authority", "case__authority"):
            address = reverse("signing", kwargs={"public_id": letter.public_id})
            found += [
                (offer, _doing(offer, f"{address}#{_ANCHORS.get(offer.step, offer.step)}", letter.number))
                for offer in offers(letter, capacities, clock)
                if offer.step in _OF_LETTERS
            ]
    return Doings(
        possible=tuple(doing for offer, doing in found if offer.allowed and doing.address),
        not_yet=tuple(doing for offer, doing in found if not offer.allowed and offer.is_theirs),
        by_others=tuple(
            doing if inside else _outside(doing) for offer, doing in found if not offer.is_theirs
        ),
    )


# Where on its page a step is taken, if not at its own name.
_ANCHORS: Mapping[str, str] = {
    "void": "decline",
    "waive": "completeness",
    "judge_document": "documents",
    "hand_in_proof": "fees",
    "judge_proof": "fees",
    "exempt_from_fee": "fees",
}


def _doing(offer: Offer, address: str, about: str) -> Doing:
    return Doing(label=offer.label, says=offer.says, about=about, address=address, reasons=offer.reasons)


def _address(case: Case, offer: Offer) -> str:
    page = _PAGES.get(offer.step)
    if page is None or offer.office is None:
        return ""
    if offer.step in _OF_WHO_OPENED_IT and case.opened_by_id != offer.actor.user.pk:
        return ""
    return f"{reverse(page, kwargs={'public_id': case.public_id})}#{_ANCHORS.get(offer.step, offer.step)}"


def _outside(doing: Doing) -> Doing:
    return Doing(
        label=doing.label,
        says=doing.says,
        about=doing.about,
        address="",
        reasons=told_to_outsiders(doing.reasons),
    )
