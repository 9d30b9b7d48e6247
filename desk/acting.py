"""As whom a person acts in a request: in which office or for which organisation, and how they proved it.

Everything here fails closed: who names an office that they do not hold today acts not at all, and a proof
is what the session says of a second factor shown again, and nothing else.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Authority, Function, Office, User
from accounts.second_factor import METHODS, awaits_set_up_code, has_second_factor, needs_second_factor
from accounts.selectors import offices_held, organisations_of
from accounts.services.chains import begun_everywhere
from desk.people.selectors.authorities import offices_in_function
from workflow.actors import Person, Proof
from workflow.clock import Clock, RealClock, today
from workflow.door import NO_PROOF, PROOF_LASTS
from workflow.refusals import Refused

View = Callable[..., HttpResponseBase]
G = TypeVar("G")
D = TypeVar("D")


def actor_of(request: HttpRequest, *, office: UUID | None = None, organisation: UUID | None = None) -> Person:
    """The person of this request, in the office or for the organisation with this public id.

    Without either they act as nobody in particular, which no step allows. PermissionDenied where they do
    not hold the office, or do not belong to the organisation, today.
    """
    clock = RealClock()
    person = cast(User, request.user)
    if not isinstance(request.user, User) or not person.is_active:
        raise PermissionDenied
    proof = proof_of(request)
    if office is not None:
        return Person(user=person, office=_held(person, office, clock), proof=proof)
    if organisation is not None:
        belongs = organisations_of(person, on=begun_everywhere(clock.now()))
        for found in belongs:
            if found.public_id == organisation:
                return Person(user=person, organisation=found, proof=proof)
        raise PermissionDenied
    return Person(user=person, proof=proof)


def acting_at(request: HttpRequest, public_id: UUID, *functions: Function) -> tuple[Authority, Person]:
    """The authority with this id, and the person in the office with such a function that they hold there.

    Http404 for who holds none today: to them it is as if there were no such page.
    """
    person = cast(User, request.user)
    held = offices_in_function(person, *functions, clock=RealClock())
    office = next((one for one in held if one.authority.public_id == public_id), None)
    if office is None:
        raise Http404
    return office.authority, Person(user=person, office=office, proof=proof_of(request))


def capacities_of(request: HttpRequest, *, authority: Authority) -> list[Person]:
    """Everything as which this person may act towards an authority: its offices, then organisations."""
    clock = RealClock()
    person = cast(User, request.user)
    on, proof = today(authority, clock), proof_of(request)
    offices = offices_held(person, authority=authority, on=on)
    return [
        *(Person(user=person, office=office, proof=proof) for office in offices),
        *(
            Person(user=person, organisation=organisation, proof=proof)
            for organisation in organisations_of(person, on=on)
        ),
    ]


def proof_of(request: HttpRequest) -> Proof | None:
    """The last second factor that the person showed again in this session; that of signing in is none."""
    shown = [record for record in _second_factors(request) if record.get("reauthenticated")]
    if not shown:
        return None
    return Proof(method=shown[-1]["type"], at=datetime.fromtimestamp(shown[-1]["at"], UTC))


def is_proved(request: HttpRequest) -> bool:
    """Whether the person showed their second factor again just now; the door judges the same way."""
    proof = proof_of(request)
    return proof is not None and RealClock().now() - proof.at <= PROOF_LASTS


def asks_again(view: View) -> View:
    """The view's posts ask for the second factor again, and go on with what was sent once it is shown."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not is_proved(request):
            return to_second_factor(request)
        return view(request, *args, **kwargs)

    return asked


def once_proved(request: HttpRequest, carry_out: Callable[[G], D]) -> Callable[[G], D | HttpResponse]:
    """What a page carries out: where the use-case asks for the second factor, the person is led to show it.

    Raises ReauthenticationRequired for who has one: what was sent is then carried out once it is shown.
    """

    def carried_out(given: G) -> D | HttpResponse:
        try:
            return carry_out(given)
        except Refused as refusal:
            if all(reason.code != NO_PROOF for reason in refusal.reasons):
                raise
            return to_second_factor(request)

    return carried_out


def behind_second_factor(view: View) -> View:
    """The view opens for who needs a second factor only once this session has seen it.

    Who has none yet is led to where it is set up, and who has not confirmed it to where that is done; who has
    one, and signed in before, is asked for it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = request.user
        if isinstance(person, User) and needs_second_factor(person, at=RealClock().now()):
            if not has_second_factor(person):
                return _to_setting_up(request)
            if awaits_set_up_code(person):
                messages.warning(request, _("Your second factor is not confirmed: enter your set-up code."))
                return HttpResponseRedirect(reverse("set_up_code"))
            if not has_shown_second_factor(request):
                return HttpResponseRedirect(_with_next(reverse("mfa_reauthenticate"), request))
        return view(request, *args, **kwargs)

    return guarded


def to_second_factor(request: HttpRequest) -> HttpResponseRedirect:
    """Leads to where a second factor is set up; raises ReauthenticationRequired for who has one."""
    if has_second_factor(cast(User, request.user)):
        raise ReauthenticationRequired
    return _to_setting_up(request)


def has_shown_second_factor(request: HttpRequest) -> bool:
    """Whether this session has seen an authenticator app, a passkey, or a recovery code in their stead."""
    return bool([record for record in _records(request) if record.get("method") == "mfa"])


def _to_setting_up(request: HttpRequest) -> HttpResponseRedirect:
    messages.warning(
        request,
        _("Your office decides, signs or manages: set up a second factor first, then go on.")
        if needs_second_factor(cast(User, request.user), at=RealClock().now())
        else _("This step asks for a second factor: set one up first, then go on."),
    )
    return HttpResponseRedirect(reverse("mfa_index"))


def _with_next(address: str, request: HttpRequest) -> str:
    back = request.get_full_path() if request.method == "GET" else reverse("cases")
    return f"{address}?{urlencode({'next': back})}"


def _second_factors(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        record
        for record in _records(request)
        if record.get("method") == "mfa" and record.get("type") in METHODS
    ]


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    """What the library wrote into the session whenever this person proved who they are, oldest first."""
    return list(get_authentication_records(request, cast(User, request.user)))


def _held(person: User, office: UUID, clock: Clock) -> Office:
    found = Office.objects.select_related("authority__party").filter(public_id=office).first()
    if found is None:
        raise PermissionDenied
    if found not in offices_held(person, authority=found.authority, on=today(found.authority, clock)):
        raise PermissionDenied
    return found
