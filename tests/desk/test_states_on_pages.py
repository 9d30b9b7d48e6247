"""Every page about an authorisation that is suspended, resumed, revoked, given up or expired comes whole."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation
from authorisation.services import expiry
from letters.models import Letter
from tests.authorisation.factories import Staff, granted, issued, two_staffs
from tests.authorisation.standing import decided, planned
from tests.desk.browser import signed_in
from tests.desk.test_volume_pages import said

pytestmark = pytest.mark.django_db

# Of each state, the acts that lead there, with who opens each: the desk, or the holder.
_DESK, _HOLDER = Function.DESK_OFFICER, None
WAYS: dict[str, tuple[tuple[str, Function | None], ...]] = {
    "suspended": (("suspension", _DESK),),
    "resumed": (("suspension", _DESK), ("resumption", _HOLDER)),
    "revoked": (("revocation", _DESK),),
    "surrendered": (("surrender", _HOLDER),),
    "expired": (),
}


def led_to(of: Staff, way: str) -> Authorisation:
    """An authorisation in this state, with the letters of every act issued."""
    standing = Authorisation.objects.get(cases=granted(of))
    for type_, who in WAYS[way]:
        issued(of, decided(of, standing, planned(type_), who))
    if way == "expired":
        of.clock.move_to(datetime(2032, 2, 1, 12, tzinfo=UTC))
        assert expiry.expire(standing, clock=of.clock)
    return Authorisation.objects.get(pk=standing.pk)


def test_the_page_of_obligations_says_what_the_state_means_and_since_when_it_had_effect() -> None:
    of = two_staffs()[0]
    standing = led_to(of, "suspended")
    page = signed_in(of.applicant).get(reverse("obligations", kwargs={"identifier": standing.identifier}))
    text = said(page)
    assert "Nothing can be first transferred until it is resumed." in text
    assert "It took effect on" in text
    assert "In effect since" not in text


def addresses(authorisation: Authorisation) -> Iterator[tuple[str, bool]]:
    """The pages about it, each with whether anybody may open it."""
    named = {"identifier": authorisation.identifier}
    for search in ("", f"?state={authorisation.state}", f"?text={authorisation.identifier}"):
        yield reverse("register") + search, True
    yield reverse("register_entry", kwargs=named), True
    yield reverse("api_register_entry", kwargs=named), True
    yield reverse("volumes", kwargs=named), False
    yield reverse("acts", kwargs=named), False
    yield reverse("inbox"), False
    for case in authorisation.cases.all():
        for page in ("case", "casework", "deciding"):
            yield reverse(page, kwargs={"public_id": case.public_id}), False
    for letter in Letter.objects.filter(case__authorisation=authorisation):
        yield reverse("signing", kwargs={"public_id": letter.public_id}), False
        # Of what is drawn and not issued there is no file yet.
        if letter.issued_at is not None:
            yield reverse("letter_file", kwargs={"public_id": letter.public_id}), False
            yield reverse("check_code", kwargs={"code": letter.code}), True


@pytest.mark.parametrize("way", WAYS)
def test_every_page_comes_and_says_the_state(way: str) -> None:
    ours, _theirs = two_staffs()
    authorisation = led_to(ours, way)
    assert authorisation.state == (State.IN_FORCE if way == "resumed" else way)
    officer, anybody = signed_in(ours.holding(Function.DESK_OFFICER).user), Client()
    for address, public in addresses(authorisation):
        assert officer.get(address).status_code == 200, address
        if public:
            assert anybody.get(address).status_code == 200, address
    entry = anybody.get(reverse("register_entry", kwargs={"identifier": authorisation.identifier}))
    text = entry.content.decode()
    assert str(State(authorisation.state).label) in text
    for letter in Letter.objects.filter(
        case__authorisation=authorisation, state__in=("issued", "superseded")
    ):
        assert (letter.number in text) == (letter.kind != "notice")
    holder = signed_in(ours.applicant)
    for name in ("volumes", "acts"):
        assert holder.get(reverse(name, kwargs={"identifier": authorisation.identifier})).status_code == 200
    for case in authorisation.cases.all():
        assert holder.get(reverse("case", kwargs={"public_id": case.public_id})).status_code == 200
