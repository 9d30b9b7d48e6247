"""The public register: what it tells of authorisations, how it is searched, and what it never tells."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Function
from authorisation.models import Case
from desk.register.selectors import PAGE, Search, entry, register
from tests.authorisation import factories as make
from tests.authorisation import standing

pytestmark = pytest.mark.django_db(transaction=True)


def _entitled(title: str, *, uses: list[str] | None = None) -> dict[str, object]:
    return make.content(activity={"title": title, "registry_id": title}, request={"uses": uses or ["NDC"]})


def _found(**looked_for: str) -> list[str]:
    return [row.title for row in register(Search(**looked_for), language="en").rows]


def test_the_register_tells_what_was_granted_and_links_to_the_check_of_its_letter() -> None:
    here, _there = make.two_staffs()
    case = Case.objects.get(pk=make.granted(here, _entitled("Composting of market waste")).pk)
    assert case.authorisation is not None
    letter = make.letter_of(case)

    text = (
        Client()
        .get(reverse("register_entry", kwargs={"identifier": case.authorisation.identifier}))
        .content.decode()
    )

    for told in ("Composting of market waste", "in force", "2\u202f100", "Switzerland", "Alpine Buyer"):
        assert told in text, told
    assert reverse("check_code", kwargs={"code": letter.code}) in text
    assert "It authorises nothing" in text


def test_nothing_of_a_case_that_was_not_granted_is_public() -> None:
    here, there = make.two_staffs()
    make.submitted(here, _entitled("Secret of the submitted"))
    make.letter_due(here, _entitled("Secret of the letter due"))
    make.refused(there, _entitled("Secret of the refused"))
    make.withdrawn(there, _entitled("Secret of the withdrawn"))
    shown = Client().get(reverse("register"))

    assert "Secret" not in shown.content.decode()
    assert _found(text="Secret") == []
    for case in Case.objects.exclude(identifier=""):
        address = reverse("register_entry", kwargs={"identifier": case.identifier})
        assert Client().get(address).status_code == 404


def test_what_the_authority_says_to_itself_is_not_public() -> None:
    here, _there = make.two_staffs()
    case = Case.objects.get(pk=make.granted(here).pk)
    assert case.authorisation is not None
    address = reverse("register_entry", kwargs={"identifier": case.authorisation.identifier})
    text = Client().get(address).content.decode()

    for kept in ("It holds.", "As reviewed.", case.reference, here.applicant.email, here.applicant.name):
        assert kept not in text, kept


def test_the_register_is_searched_by_words_party_use_and_state() -> None:
    here, there = make.two_staffs()
    make.granted(here, _entitled("Composting of waste"))
    make.granted(there, _entitled("Kilns for bricks"))

    assert _found() == ["Kilns for bricks", "Composting of waste"]
    assert _found(text="composting waste") == ["Composting of waste"]
    assert _found(text="composting bricks") == []
    assert _found(text=there.organisation.name) == ["Kilns for bricks"]
    assert _found(party=there.authority.party.code, text="composting") == (
        ["Composting of waste"] if there.authority.party.code in ("GHA", "CHE") else []
    )
    assert _found(use="NDC") == ["Kilns for bricks", "Composting of waste"]
    assert _found(use="IMP") == []
    assert _found(state="revoked") == []


def test_a_search_that_cannot_be_read_shows_everything() -> None:
    here, _there = make.two_staffs()
    make.granted(here, _entitled("Composting of waste"))

    answer = Client().get(
        reverse("register"), {"party": "XXX", "use": "'", "state": "eaten", "after": "none"}
    )

    assert answer.status_code == 200
    assert "Composting of waste" in answer.content.decode()


def test_the_register_costs_the_same_however_long_it_is() -> None:
    here, _there = make.two_staffs()
    make.granted(here)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            Client().get(reverse("register"))
        return len(queries)

    with_one = cost()
    for number in range(3):
        make.granted(here, _entitled(f"Composting of waste {number}"))
    assert cost() == with_one
    assert PAGE >= 10


def test_every_version_stands_with_its_letter_and_what_replaced_it_and_the_state_with_its_day() -> None:
    here, _there = make.two_staffs()
    case = Case.objects.get(pk=make.granted(here).pk)
    authorisation = case.authorisation
    assert authorisation is not None
    for type_, more in (("quantity_down", {"volumes": {2026: 500}}), ("revocation", {})):
        decided = standing.decided(
            here, authorisation, standing.planned(type_, **more), Function.DESK_OFFICER
        )
        make.issued(here, decided)
    found = entry(authorisation.identifier, clock=here.clock, language="en")
    assert found is not None
    assert (found.state, found.state_since) == ("revoked", here.authority.legal_date(here.clock.now()))
    first, second, third = found.versions
    assert [one.number for one in found.versions] == [1, 2, 3]
    assert (first.replaced_by, second.replaced_by, third.replaced_by) == (
        second.letter_number,
        third.letter_number,
        "",
    )
    assert [one.current for one in found.versions] == [False, False, True]
    page = Client().get(reverse("register_entry", kwargs={"identifier": authorisation.identifier}))
    text = page.content.decode()
    for version in found.versions:
        assert reverse("check_code", kwargs={"code": version.letter_code}) in text
    assert "Letter of revocation" in text
